"""What can go wrong, each message written for the person who must act.

WartabotError
├── EncoderUnavailable   the model cannot be loaded
├── IndexMismatch        the store was built with another model
├── QuestionTooLong      more than the answerer reads
├── StoreUnusable        the database is missing, damaged, locked, newer than this program, or cannot be written
│   ├── IndexingUnderWay another run holds the lock of the one that may index
│   └── StoreUnreachable the server is away, fails over, or others hold what is wanted: trying again may help
│       ├── StoreBusy    the server is there, but others hold what is wanted, or it took too long
│       └── SearchUnreachable    the search server is, or has not got all passages yet
└── SettingsError        config.toml is wrong
"""


class WartabotError(Exception):
    """Something the operator can act on; the message says what, where, and the way out."""


class EncoderUnavailable(WartabotError):
    """The encoder cannot be loaded."""


class IndexMismatch(WartabotError):
    """The stored embeddings come from another model than the one configured."""


class StoreUnusable(WartabotError):
    """The database is missing or damaged, or cannot be opened or written."""


class IndexingUnderWay(StoreUnusable):
    """Another process is indexing."""


class StoreUnreachable(StoreUnusable):
    """The server is away for now, or others hold what is wanted; the same call may be tried again."""


class StoreBusy(StoreUnreachable):
    """The server is there, but others hold what is wanted, or it took too long."""


class SearchUnreachable(StoreUnreachable):
    """The search server is away, or has not got all passages yet, which may take longer than anybody waits."""


class SettingsError(WartabotError):
    """The configuration file is missing, malformed, or has a key or value that is not known."""


class QuestionTooLong(WartabotError):
    """A question of more characters than the answerer reads."""

    def __init__(self, length: int, most: int) -> None:
        super().__init__(
            f"The question has {length} characters; at most {most} are read. Shorten it, or raise "
            "max_question_length under [answers]."
        )
        self.length = length
        self.most = most
