"""The fake Bot API server as one that also brings updates: to the bot's own server, as a proxy before it would."""

import http.client
import json
import threading
import time
from typing import Any
from urllib.parse import urlsplit

from tests.telegram_server import Json, Refused, TelegramServer

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"


def request(
    port: int, path: str, body: bytes | None = None, method: str | None = None, **headers: str
) -> tuple[int, bytes, dict[str, str]]:
    """Ask the bot's own server something."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method or ("GET" if body is None else "POST"), path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read(), dict(answer.getheaders())
    finally:
        connection.close()


class BringingServer(TelegramServer):
    """Brings each update to the webhook, again and again until it is confirmed; refuses polling meanwhile."""

    def __init__(self, port: int) -> None:
        """The bot's own server listens at this port."""
        super().__init__()
        self.webhook: Json | None = None
        self.confirmed: list[int] = []
        self.attempts = 0
        self.repeat_confirmed = False
        """Whether what was confirmed is brought a second time, as after a confirmation that was lost."""
        self._bot_port = port
        self._brought: set[int] = set()
        threading.Thread(target=self._bring_all, daemon=True).start()

    def call(self, method: str, fields: Json) -> Any:
        """Answer one request of the bot."""
        if method == "getUpdates" and self.webhook is not None:
            raise Refused(409, "Conflict: can't use getUpdates method while webhook is active")
        result = super().call(method, fields)
        if method == "setWebhook":
            self.webhook = fields
        elif method == "deleteWebhook":
            self.webhook = None
        elif method == "getWebhookInfo":
            url = self.webhook["url"] if self.webhook else ""
            waiting = len(self._updates) - len(self.confirmed)
            return {"url": url, "has_custom_certificate": False, "pending_update_count": waiting}
        return result

    def _bring_all(self) -> None:
        while True:
            for update in list(self._updates):
                if self.webhook is not None and update["update_id"] not in self._brought:
                    self._brought.add(update["update_id"])
                    threading.Thread(target=self._bring, args=(update,), daemon=True).start()
            time.sleep(0.02)

    def _bring(self, update: Json) -> None:
        while not (webhook := self.webhook) or not self._is_confirmed(update, webhook):
            time.sleep(0.2)
        if self.repeat_confirmed:
            self._is_confirmed(update, webhook)
        self.confirmed.append(update["update_id"])

    def _is_confirmed(self, update: Json, webhook: Json) -> bool:
        self.attempts += 1
        try:
            return self.bring(update, webhook["secret_token"]) == 200
        # The bot is not there, or was killed meanwhile.
        except (OSError, http.client.HTTPException):
            return False

    def bring(self, update: Json | bytes, secret: str) -> int:
        """Bring something to the webhook once; the status of the answer."""
        assert self.webhook is not None
        content = update if isinstance(update, bytes) else json.dumps(update).encode()
        path = urlsplit(self.webhook["url"]).path
        return request(self._bot_port, path, content, **{SECRET_HEADER: secret, "Content-Type": "application/json"})[0]
