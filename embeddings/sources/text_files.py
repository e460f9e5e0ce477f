"""An article from a .txt or .md file, with or without a header."""

from collections.abc import Iterator
from typing import IO

from embeddings.sources.build import build_article
from embeddings.sources.headers import split_header
from embeddings.sources.origin import Attempt, Origin, read_text
from embeddings.sources.plain_text import decode
from embeddings.sources.refusals import OnRemark
from embeddings.types import Article


def read_text_file(file: IO[bytes], origin: Origin) -> Iterator[Attempt]:
    """The one article of a text file."""

    def read(on_remark: OnRemark) -> Article:
        header, body = split_header(decode(read_text(file, origin)))
        return build_article(
            body,
            id=header.get("id") or origin.id,
            path=origin.path,
            title=header.get("title"),
            source=header.get("source") or origin.outlet,
            url=header.get("url") or origin.url,
            published=header.get("published") or header.get("date"),
            place=header.get("place"),
            newsroom=origin.newsroom,
            on_remark=on_remark,
        )

    yield origin.where, read
