"""The bot's secrets, and any text with them taken out of it."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from urllib.parse import quote, unquote

from bot.config import STORE_VARIABLE, TOKEN_VARIABLE
from bot.proxies import VARIABLES
from embeddings import SEARCH_KEY_VARIABLE

# The name and password that an address may hold.
CREDENTIALS = re.compile(r"(?<=//)[^/@\s]*@")
# The same among the options of a database's address.
PASSWORD = re.compile(r"(?<=password=)[^&\s]+", re.IGNORECASE)
# What is shorter stands in ordinary words, too.
SHORTEST_SECRET = 4


def webhook_secret(token: str) -> str:
    """What Telegram is to send along with each update; it is made of the token, goes with it, and does not tell it."""
    return hmac.new(token.encode(), b"wartabot webhook", hashlib.sha256).hexdigest()


class Redaction:
    """Takes secrets out of text, whatever wrote it."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Know the secrets that these environment variables hold."""
        token = environment.get(TOKEN_VARIABLE, "").strip()
        found = {token, token.partition(":")[2], webhook_secret(token) if token else ""}
        found.add(environment.get(SEARCH_KEY_VARIABLE, "").strip())
        for name in (*VARIABLES, *map(str.lower, VARIABLES), STORE_VARIABLE):
            held = environment.get(name, "")
            passwords = [credentials[:-1].partition(":")[2] for credentials in CREDENTIALS.findall(held)]
            for password in (*passwords, *PASSWORD.findall(held)):
                found |= {password, unquote(password)}
        found |= {quote(secret, safe="") for secret in found}
        # The longest first, as one may hold another.
        self._secrets = sorted((secret for secret in found if len(secret) >= SHORTEST_SECRET), key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """The text without them."""
        for secret in self._secrets:
            text = text.replace(secret, "[redacted]")
        return PASSWORD.sub("[redacted]", CREDENTIALS.sub("[redacted]@", text))
