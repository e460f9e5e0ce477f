"""Why something was not fetched."""


class FetchFailed(Exception):
    """Why nothing was fetched, in one line for the operator.

    `lasting` where it will be no better in an hour; `retry_after` are the seconds for which the host asks to be left
    alone.
    """

    def __init__(self, reason: str, lasting: bool = False, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.lasting = lasting
        self.retry_after = retry_after
