"""The address that an article is recognised by: its URL without what differs from link to link."""

import re
from urllib.parse import urlsplit

# What links add to count readers, and what asks for the same article as one long or light page.
_ADDED = re.compile(r"utm_\w*|fbclid|gclid|dclid|msclkid|igshid|yclid|mc_[ce]id|_ga|amp|outputType", re.IGNORECASE)
_ALL_PAGES = ("page=all", "showpage=all")
_LIGHT_PATH = re.compile(r"/amp(?:\.html)?/?\Z", re.IGNORECASE)
_SITE_HOST = re.compile(r"(?:www|m|amp|mobile)\.")
_LIGHT_HOST = re.compile(r"(?:www\.|amp\.)++(?=[^.]++\.)")


def canonical_address(url: str | None) -> str | None:
    """One address for all links to an article, https whatever the link says; None where it names no single article."""
    try:
        parts = urlsplit((url or "").strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
    # Brackets that hold no IPv6 address, a port that is no number.
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host:
        return None
    path = _LIGHT_PATH.sub("", parts.path).rstrip("/")
    query = "&".join(part for part in parts.query.split("&") if part and not _is_added(part))
    # The front page of a site shows another article every day.
    if not path and not query:
        return None
    light = _LIGHT_HOST.match(host)
    host = host[light.end() if light else 0 :]
    at_port = "" if port in (None, 80, 443) else f":{port}"
    return f"https://{host}{at_port}{path}{'?' if query else ''}{query}"


def site_of(url: str | None) -> str:
    """The host whose page an address is, by one name for its light pages, too; "" where it is none."""
    try:
        host = urlsplit((url or "").strip()).hostname or ""
    # Brackets that hold no IPv6 address.
    except ValueError:
        return ""
    light = _SITE_HOST.match(host)
    return host[light.end() if light else 0 :]


def _is_added(part: str) -> bool:
    return part in _ALL_PAGES or _ADDED.fullmatch(part.partition("=")[0]) is not None
