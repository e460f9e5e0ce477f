"""Load config.toml into typed settings; a key or value that is not known is refused by name."""

import difflib
import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec.structs import replace

from embeddings import SEARCH_KEY_VARIABLE, KnowledgeSettings, SettingsError, StoreSettings

DEFAULT_CONFIG = Path("config.toml")
TOKEN_VARIABLE = "TELEGRAM_BOT_TOKEN"
LISTEN_VARIABLE = "WARTABOT_LISTEN"
STORE_VARIABLE = "WARTABOT_STORE_URL"
# Telegram brings updates to no others: https://core.telegram.org/bots/webhooks.
WEBHOOK_URL = re.compile(r"https://[\w.-]+(:\d{1,5})?/[\w./-]*")
OWN_PATHS = ("/healthz", "/healthz/live", "/metrics")
"""What the server answers beside the webhook."""
DigestDay = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "never"]


class TelegramSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the bot reaches Telegram, whom it serves, how much, and what it keeps for how long."""

    api_url: str = "https://api.telegram.org"
    webhook_url: str = ""
    timezone: str = "Asia/Jakarta"
    follow_up_minutes: Annotated[int, msgspec.Meta(ge=0)] = 10
    answer_within_minutes: Annotated[int, msgspec.Meta(ge=1, le=1440)] = 10
    questions_a_minute_person: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 10
    questions_a_minute_chat: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 20
    inline_queries_a_minute_person: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 60
    taps_a_minute_person: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 60
    most_subscriptions: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 30
    alerts_an_hour: Annotated[int, msgspec.Meta(ge=1, le=100)] = 3
    most_waiting: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 200
    hurried_above: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 5
    keep_days: Annotated[int, msgspec.Meta(ge=1, le=3650)] = 30
    stalled_after_seconds: Annotated[int, msgspec.Meta(ge=1, le=3600)] = 90
    administrators: tuple[int, ...] = ()
    digest_day: DigestDay = "monday"
    digest_hour: Annotated[int, msgspec.Meta(ge=0, le=23)] = 8
    max_file_mb: Annotated[int, msgspec.Meta(ge=1, le=2000)] = 20
    allowed_chats: tuple[int, ...] = ()
    blocked_chats: tuple[int, ...] = ()
    blocked_people: tuple[int, ...] = ()


class NewsroomSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the bot of a newsroom introduces itself; what is left empty is its own."""

    name: Annotated[str, msgspec.Meta(max_length=64)] = ""
    greeting: Annotated[str, msgspec.Meta(max_length=1000)] = ""
    examples: Annotated[
        tuple[Annotated[str, msgspec.Meta(min_length=1, max_length=64)], ...], msgspec.Meta(max_length=20)
    ] = ()


class ServerSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the bot says how it is and what it counts, and where a webhook's updates arrive; empty for nowhere."""

    listen: str = ""


class LogSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a line of the log is written."""

    format: Literal["text", "json"] = "text"


class Config(KnowledgeSettings, frozen=True, forbid_unknown_fields=True):
    """Everything config.toml may say, one table per concern."""

    telegram: TelegramSettings = TelegramSettings()
    newsroom: NewsroomSettings = NewsroomSettings()
    server: ServerSettings = ServerSettings()
    logs: LogSettings = LogSettings()


def with_environment(config: Config, environment: Mapping[str, str]) -> Config:
    """The settings, of which those that hold a password may come from the environment."""
    url = environment.get(STORE_VARIABLE, "").strip()
    return replace(config, store=StoreSettings(url)) if url else config


def load_config_if_any(path: Path) -> Config | None:
    """As load_config; None where the file is the one that is looked for unasked and there is none here."""
    return load_config(path) if path != DEFAULT_CONFIG or path.exists() else None


def load_config(path: Path) -> Config:
    """Read a configuration file; raises SettingsError with the line, the key or the value to mend."""
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise SettingsError(
            f"{path}: no such configuration file. Name one with --config or WARTABOT_CONFIG, or run in the folder "
            "that holds config.toml."
        ) from error
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from error
    # Beside its own error and text that is not UTF-8: numbers of thousands of digits, and nesting as deep.
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}") from error
    _refuse_unknown_keys(path, content)
    config = _converted(path, content)
    _refuse_doubled_sources(path, config)
    try:
        ZoneInfo(config.telegram.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingsError(
            f"{path}: [telegram] timezone: no such time zone: {config.telegram.timezone!r}. "
            "Write one like Asia/Jakarta, Asia/Makassar or Asia/Jayapura."
        ) from error
    if problem := listen_problem(config.server.listen) or webhook_problem(config.telegram.webhook_url):
        raise SettingsError(f"{path}: {problem}")
    return config


def listen_problem(listen: str) -> str | None:
    """Why the server cannot listen there and what to write instead, or None where it may, or where it is off."""
    if not listen:
        return None
    try:
        address = urlsplit(f"//{listen}")
        if address.hostname and address.port and address.netloc == listen and "@" not in listen:
            return None
    except ValueError:
        pass
    return (
        f"[server] listen: {listen!r} is no address with a port. Write one like 127.0.0.1:8080, or 0.0.0.0:8080 in a "
        "container."
    )


def webhook_problem(url: str) -> str | None:
    """Why Telegram cannot bring updates there and what to write instead, or None where it can, or need not."""
    if not url or (WEBHOOK_URL.fullmatch(url) and urlsplit(url).path not in OWN_PATHS):
        return None
    return (
        f"[telegram] webhook_url: {url!r} is no address for a webhook: https, a host and a path of letters, digits, "
        ". _ - and /, as in https://bot.example.org/telegram, and none of the paths that the bot itself answers "
        f"({', '.join(OWN_PATHS)})."
    )


def token_problem(token: str) -> str | None:
    """Why this cannot be a bot's token and what to do, or None where it may be one; the token itself is not told."""
    if re.fullmatch("[0-9]+:[A-Za-z0-9_-]+", token):
        return None
    return (
        f"{TOKEN_VARIABLE} holds no token: that is digits, a colon, then letters, digits, _ and -, without spaces or "
        f"line breaks; it holds {len(token)} characters. Copy it again from @BotFather."
    )


def _refuse_unknown_keys(path: Path, content: dict[str, Any]) -> None:
    tables = {field.name: field.type for field in msgspec.structs.fields(Config)}
    for table, keys in content.items():
        if table not in tables:
            raise SettingsError(f"{path}: unknown table [{table}].{_suggestion(table, list(tables))}")
        # One of many, as [[sources]], is a tuple of its type.
        known = [field.name for field in msgspec.structs.fields(next(iter(get_args(tables[table])), tables[table]))]
        for key in chain.from_iterable(one for one in _listed(keys) if isinstance(one, dict)):
            if key not in known:
                raise SettingsError(f"{path}: unknown key {key!r} in [{table}].{_suggestion(key, known)}")


def _converted(path: Path, content: dict[str, Any]) -> Config:
    try:
        return msgspec.convert(content, Config)
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at `$.")
        raise SettingsError(
            f"{path}: {_place(place)}: {message}.{_hint(message)} docs/configuration.md lists what each key takes."
        ) from error


def _hint(message: str) -> str:
    """How to write what was written in another way, where operators often do."""
    if message.startswith("Expected `array`"):
        return ' Write it in brackets, as in ["berita"].'
    if "regex '^(https?:" in message:
        return f" Write the whole address, as in http://127.0.0.1:6333; a key comes from {SEARCH_KEY_VARIABLE}."
    return " Write the whole address, as in https://kabar.example/feed." if "regex '^https?:" in message else ""


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _place(place: str) -> str:
    """Where in the file a value stands, as it is written there: "[encoder] model", "[[sources]] no. 2, every"."""
    table, _, key = place.rstrip("`").partition(".")
    name, _, number = table.rstrip("]").partition("[")
    if number.isdigit():
        return ", ".join(part for part in (f"[[{name}]] no. {int(number) + 1}", key) if part)
    return " ".join(part for part in (f"[{table}]" if table else "", key) if part)


def _refuse_doubled_sources(path: Path, config: Config) -> None:
    doubled = [url for url, times in Counter(source.url for source in config.sources).items() if times > 1]
    if doubled:
        raise SettingsError(f"{path}: [[sources]] names {doubled[0]} twice; keep one of the two.")


def _suggestion(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    if not close and "token" in name.casefold():
        return f" The bot's token does not belong here, but into the environment, as {TOKEN_VARIABLE}."
    return f" Did you mean {close[0]!r}?" if close else f" Known here: {', '.join(sorted(known))}."
