"""Requests to a Qdrant server: bounded, tried again where that may help, and their errors said for the operator."""

import os
import re
import time
import weakref
from http import HTTPStatus
from typing import Annotated, Any, Generic, TypeVar

import httpx
import msgspec

from embeddings.errors import SearchUnreachable, SettingsError, StoreUnusable

SEARCH_KEY_VARIABLE = "WARTABOT_SEARCH_KEY"
_KEY = re.compile(r"[!-~]*")
_URL = r"^(https?://[^\s/@?#]+(/[^\s@?#]*)?)?$"
MOST_BYTES = 16_000_000
# Seconds before each further try: while a question waits, and while there is time.
_PAUSES = (0.2,)
_PATIENT_PAUSES = (0.5, 1, 2, 4, 8)
# Seconds that each may take.
_QUESTION = 3.0
_PATIENT = 120.0
_SAID = 300

T = TypeVar("T")


class SearchSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the passages are searched: a Qdrant server's address; empty is in the data folder."""

    url: Annotated[str, msgspec.Meta(pattern=_URL)] = ""


class Refused(StoreUnusable):
    """The server does not do what it was asked, and would not do it the next time; `status` is HTTP's."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Server:
    """One Qdrant server, or one address in front of several."""

    def __init__(self, url: str) -> None:
        """The server at this address, with the key that the environment holds; raises SettingsError."""
        self.url = url.rstrip("/")
        key = os.environ.get(SEARCH_KEY_VARIABLE, "").strip()
        if not _KEY.fullmatch(key):
            raise SettingsError(f"{SEARCH_KEY_VARIABLE} holds a space or a letter that no key has. Copy the key again.")
        # A proxy for Telegram is none for a server of one's own.
        self._client = httpx.Client(headers={"api-key": key} if key else {}, trust_env=False)
        # Once nobody holds the server any more.
        weakref.finalize(self, self._client.close)

    def ask(self, method: str, path: str, body: Any, result: type[T], patient: bool = False) -> T:
        """The result of a request that may be sent twice; raises SearchUnreachable, or Refused.

        Somebody who is patient waits some fifteen seconds for the server to be back, a question a moment.
        """
        pauses = _PATIENT_PAUSES if patient else _PAUSES
        for pause in pauses:
            try:
                return self._once(method, path, body, result, patient)
            except SearchUnreachable:
                time.sleep(pause)
        return self._once(method, path, body, result, patient)

    def _once(self, method: str, path: str, body: Any, result: type[T], patient: bool) -> T:
        content = None if body is None else msgspec.json.encode(body)
        seconds = _PATIENT if patient else _QUESTION
        timeout = httpx.Timeout(seconds, connect=seconds / 3)
        # A few kilobytes, and nothing that grows by being unpacked.
        headers = {"content-type": "application/json", "accept-encoding": "identity"}
        try:
            with self._client.stream(
                method, f"{self.url}{path}", content=content, headers=headers, timeout=timeout
            ) as response:
                answer = self._read(response, seconds)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise self.away(f"cannot be reached ({type(error).__name__}: {str(error)[:_SAID]})") from error
        if response.status_code != HTTPStatus.OK:
            raise self._failed(response.status_code, answer)
        try:
            return msgspec.json.decode(answer, type=_Answer[result]).result  # type: ignore[valid-type]
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise self.away(f"does not answer {path} as Qdrant does ({error})") from error

    def _read(self, response: httpx.Response, seconds: float) -> bytes:
        content, begun = bytearray(), time.monotonic()
        for piece in response.iter_raw():
            content += piece
            # A timeout counts from one piece to the next.
            if time.monotonic() - begun > seconds:
                raise self.away(f"takes longer than {seconds:.0f} s to answer")
            if len(content) > MOST_BYTES:
                raise self.away(f"answers with more than {MOST_BYTES // 1_000_000} MB")
        return bytes(content)

    def _failed(self, status: int, answer: bytes) -> StoreUnusable:
        said = _said(answer)
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            way_out = f"Put the server's key into the environment, as {SEARCH_KEY_VARIABLE}"
            return Refused(f"The search server {self.url} does not accept the key. {way_out}.", status)
        if status == HTTPStatus.NOT_FOUND:
            return self.away("has not been filled with these articles, or not for this model: wartabot index does it")
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in (
            HTTPStatus.TOO_MANY_REQUESTS,
            HTTPStatus.REQUEST_TIMEOUT,
        ):
            return self.away(f"fails with {status} ({said})")
        return Refused(
            f"The search server {self.url} refuses what it is asked, with {status}: {said}. Have it filled anew: "
            "docs/scaling.md tells how.",
            status,
        )

    def away(self, what: str) -> SearchUnreachable:
        """What to raise for a server that does not do as Qdrant does, or not now."""
        return SearchUnreachable(
            f"The search server {self.url} {what}. Nothing is lost; see that it runs and that url under [search] "
            "names it, and try again."
        )


class _Answer(msgspec.Struct, Generic[T]):
    """What every answer of Qdrant has around it."""

    result: T


class _Status(msgspec.Struct):
    error: str


class _Failure(msgspec.Struct):
    status: _Status


def _said(answer: bytes) -> str:
    """What the server tells of a failure, shortened; the log takes out what is no text."""
    try:
        said = msgspec.json.decode(answer, type=_Failure).status.error
    except (msgspec.DecodeError, UnicodeDecodeError):
        said = answer[:_SAID].decode(errors="replace")
    return " ".join(said.split())[:_SAID]
