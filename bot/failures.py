"""What a failed call to Telegram means: whether anything can have arrived, and whether trying again can help."""

import re

import httpx
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter

# A request that found no connection, or broke off before it was written whole, never reached Telegram.
NEVER_ARRIVED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.WriteError, httpx.WriteTimeout)
MAY_NOT_WRITE = re.compile(
    r"not enough rights|have no rights|need administrator rights|_FORBIDDEN|CHAT_RESTRICTED|TOPIC_CLOSED|TOPIC_DELETED"
    r"|message thread not found|chat not found|group chat was deactivated",
    re.IGNORECASE,
)


def surely_not_sent(error: BaseException) -> bool:
    """Whether a call failed in a way that leaves no doubt: trying it again cannot do anything twice."""
    if isinstance(error, RetryAfter):
        return True
    if not isinstance(error, NetworkError) or isinstance(error, BadRequest):
        return False
    if "timeout" in error.message.lower():
        # A gateway that lost patience does not know what became of the request.
        return isinstance(error.__cause__, NEVER_ARRIVED)
    # An error that the server itself states has no other error as its cause.
    return (
        error.__cause__ is None
        or isinstance(error.__cause__, NEVER_ARRIVED)
        or error.message.startswith("Bad Gateway (502)")
    )


def may_not_write(error: BaseException) -> bool:
    """Whether the chat does not let the bot write, so that an apology could not be sent either."""
    return isinstance(error, Forbidden) or (
        isinstance(error, BadRequest) and MAY_NOT_WRITE.search(error.message) is not None
    )


def is_of_network(error: BaseException) -> bool:
    """Whether Telegram could not be reached or did not answer."""
    # BadRequest is a NetworkError too, but one that the bot itself has caused.
    return isinstance(error, NetworkError) and not isinstance(error, BadRequest)
