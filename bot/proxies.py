"""The proxies that the environment asks for, looked at before anything connects."""

import os
import re

import httpx

VARIABLES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")


def proxy_problem() -> str | None:
    """Why the environment's proxy settings cannot be used and what to change, or None where they can."""
    try:
        httpx.Client().close()
    # What httpx raises for settings it cannot read: ImportError, ValueError, InvalidURL, ...
    except Exception as error:
        found = [name for name in VARIABLES for variant in (name, name.lower()) if os.environ.get(variant)]
        # A proxy's address may hold a password.
        reason = re.sub(r"//[^/@\s]*@", "//…@", str(error))
        return (
            f"The proxy settings in the environment ({', '.join(found)}) cannot be used: {reason}. Write a proxy as "
            "http://host:port or socks5://host:port, and hosts in NO_PROXY without brackets, as in ::1."
        )
    return None
