"""What every folder speaks of: articles, passages, and spans of their text."""

from hashlib import blake2b

import msgspec

Span = tuple[int, int]
"""Start and end, character offsets into an article's text."""


class Article(msgspec.Struct, frozen=True):
    """A published article; what its file does not say is None.

    `published` is an ISO 8601 date of the precision that is known: 2023-07-17, 2023-07 or 2023. `pages` are the offsets
    into the text at which the pages after the first begin, where it comes from a document that has pages.
    """

    id: str
    text: str
    title: str | None = None
    source: str | None = None
    url: str | None = None
    published: str | None = None
    place: str | None = None
    path: str | None = None
    pages: tuple[int, ...] = ()

    def content_hash(self) -> str:
        """Digest of all that a reader or the encoder sees of the article; where it lies does not count."""
        content = (self.id, self.text, self.title, self.source, self.url, self.published, self.place)
        # Those stored before there were pages keep their digests.
        return blake2b(
            msgspec.json.encode((*content, self.pages) if self.pages else content), digest_size=16
        ).hexdigest()


class Passage(msgspec.Struct, frozen=True):
    """A stretch of an article: start and end are character offsets into its text."""

    id: int
    article: Article
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.article.text[self.start : self.end]
