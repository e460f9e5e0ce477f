"""Checks of everything the bot needs, each with what to do about it."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import msgspec

from bot.config import LISTEN_VARIABLE, Config, listen_problem, load_config_if_any, token_problem, with_environment
from bot.data_folder import free_bytes_if_few, open_knowledge_base, open_to_others, refuse_closed
from bot.proxies import proxy_problem
from bot.sources import health_line
from embeddings import KnowledgeBase, StoreUnusable, WartabotError

DAMAGED_NAMED = 5


class Check(msgspec.Struct, frozen=True):
    """One thing that was looked at: whether it is sound, and what was found or is to be done."""

    name: str
    sound: bool
    finding: str


def checks(config: Path, data: Path, token: str | None) -> Iterator[Check]:
    """Look at one thing after the other; what stands on a broken one is left out."""
    try:
        settings = load_config_if_any(config)
    except WartabotError as error:
        yield Check("configuration", False, str(error))
        return
    found = (
        str(config)
        if settings
        else f"there is no {config} here, so the defaults hold; the data lie in {data.absolute()}"
    )
    yield Check("configuration", True, found)
    settings = with_environment(settings or Config(), os.environ)
    try:
        refuse_closed(data)
        yield from _knowledge(settings, data)
        yield from _folder(data)
    except StoreUnusable as error:
        yield Check("store", False, str(error))
    yield _telegram(settings.telegram.api_url, token)
    yield _server(os.environ.get(LISTEN_VARIABLE, settings.server.listen))


def _knowledge(settings: Config, data: Path) -> Iterator[Check]:
    try:
        knowledge = open_knowledge_base(data, settings)
        damage, summary = knowledge.store.check(), knowledge.summary()
        damaged = list(knowledge.store.damaged())
    except WartabotError as error:
        yield Check("store", False, str(error))
        return
    name = knowledge.store.name
    if damage:
        advice = "Move it away and run wartabot index: it is built again from the articles' files."
        yield Check("store", False, f"{name} is damaged ({damage}). {advice}")
        return
    if damaged:
        yield Check("store", False, _damaged(name, damaged))
    elif summary.articles == 0:
        yield Check("store", False, f"{name} holds no articles yet. Add some: wartabot index")
    else:
        found = f"{summary.articles} articles, {summary.passages} passages"
        yield Check("store", True, f"{name}: {found}, newest {summary.newest or 'of unknown date'}")
    yield from _search(knowledge, data, settings)
    for source in settings.sources:
        health = knowledge.store.source_health(source.url)
        yield Check("source", health.failures == 0, health_line(source, health))


def _search(knowledge: KnowledgeBase, data: Path, settings: Config) -> Iterator[Check]:
    try:
        encoder = knowledge.encoder
    except WartabotError as error:
        yield Check("encoder", False, str(error))
        return
    yield Check("encoder", True, f"{encoder.name}, {encoder.dimension} dimensions")
    try:
        knowledge.retriever.refresh()
        where, behind = knowledge.retriever.state()
    except WartabotError as error:
        yield Check("indexes", False, str(error))
        return
    if behind:
        advice = "Have them taken in: wartabot index"
        yield Check("indexes", False, f"{where}: of {behind} passages, not what is stored is searched. {advice}")
    else:
        searched = f"; searched at {where}" if settings.search.url else ""
        yield Check("indexes", True, f"up to date with the store in {data}{searched}")


def _damaged(name: str, ids: Sequence[str]) -> str:
    named = ", ".join(map(repr, ids[:DAMAGED_NAMED])) + (" and others" if len(ids) > DAMAGED_NAMED else "")
    return (
        f"{name}: {len(ids)} articles are damaged and not shown: they, or what was found in them, are no longer "
        f"what was stored: {named}. Index them again from their files: wartabot index FILES. Those that are still "
        "named then are dropped by: wartabot index --rebuild. Check the disk."
    )


def _folder(data: Path) -> Iterator[Check]:
    """What is wrong with the data folder; nothing where it is sound."""
    if not data.is_dir():
        return
    if commands := list(open_to_others(data)):
        yield Check("privacy", False, f"others can read what people asked. Close it: {'; '.join(commands)}")
    if (free := free_bytes_if_few(data)) is not None:
        advice = "Free some space, else neither articles nor answers can be stored."
        yield Check("disk", False, f"{free // 1_000_000} MB are left where {data} lies. {advice}")


def _telegram(api_url: str, token: str | None) -> Check:
    if token is None:
        return Check("Telegram", True, "TELEGRAM_BOT_TOKEN is not set; `wartabot run` opens the terminal conversation")
    if problem := token_problem(token) or proxy_problem():
        return Check("Telegram", False, problem)
    try:
        answer = httpx.get(f"{api_url.rstrip('/')}/bot{token}/getMe", timeout=10)
        content = answer.json()
    # What a proxy or a server that speaks another language makes the libraries raise is of many kinds; the
    # exception's own text may hold the URL, and with it the token.
    except Exception as error:
        return Check(
            "Telegram", False, f"{api_url} cannot be reached ({type(error).__name__}). Check the network and api_url."
        )
    if answer.status_code in (401, 404):
        return Check("Telegram", False, "the token is not accepted. Copy it again from @BotFather.")
    if not content.get("ok"):
        return Check("Telegram", False, f"{api_url} answered {answer.status_code}: {content.get('description')}")
    return Check("Telegram", True, f"@{content['result'].get('username')} at {api_url}")


def _server(listen: str) -> Check:
    """How the running bot says that it is."""
    if not listen:
        return Check("server", True, "off; [server] listen turns /healthz and /metrics on")
    if problem := listen_problem(listen):
        return Check("server", False, problem)
    url = f"http://{listen.replace('0.0.0.0', '127.0.0.1')}/healthz"
    try:
        said = httpx.get(url, timeout=15, trust_env=False).json()
        reasons = [] if said["ready"] else list(map(str, said["reasons"]))
    except httpx.ConnectError:
        return Check("server", True, f"nothing answers at {url}: the bot does not run, or was started without it")
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        return Check("server", False, f"{url} is not answered as the bot would ({type(error).__name__})")
    return Check("server", not reasons, "; ".join(reasons) or f"{url}: live and ready")
