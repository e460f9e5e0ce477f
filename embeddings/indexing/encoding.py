"""Split articles into passages, encode these and find facts, and store it all, some articles at a time."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain, islice, tee

import numpy as np
from numpy.typing import NDArray

from embeddings.errors import WartabotError
from embeddings.indexing.sharing import encoded, sharing
from embeddings.models.encoder import Encoder
from embeddings.passages import PassageSettings, passage_context, split_passages
from embeddings.sources.refusals import Refusal, fault
from embeddings.storage.store import Store
from embeddings.topics.finding import find_all
from embeddings.types import Article, Span

# Articles encoded together: enough for full batches, few enough that a kill loses seconds of work.
ARTICLES_AT_ONCE = 32


Split = list[tuple[Article, list[Span]]]
"""Articles that are encoded together, with their passages."""


def encode_and_save(
    store: Store, encoder: Encoder, settings: PassageSettings, articles: Iterable[Article], refused: list[Refusal]
) -> Iterator[tuple[Article, list[Span]]]:
    """Store the articles one by one; one in which anything fails is refused, and those beside it are stored.

    Into PostgreSQL, other machines may help to encode them (see SharedEncoding).
    """
    batches = (_split(encoder, settings, batch, refused) for batch in _batches(articles))
    for split, together in _encoded(store.engine.url, encoder, batches):
        for article, spans, embeddings in _apart(encoder, split, together, refused):
            with _refusing(article, refused):
                store.save(article, spans, embeddings, find_all(article))
                yield article, spans


def _split(encoder: Encoder, settings: PassageSettings, articles: list[Article], refused: list[Refusal]) -> Split:
    split: Split = []
    for article in articles:
        with _refusing(article, refused):
            spans = split_passages(article, encoder.count_tokens, encoder.max_passage_tokens, settings.target_tokens)
            split.append((article, spans))
    return split


def _encoded(
    url: str, encoder: Encoder, batches: Iterator[Split]
) -> Iterator[tuple[Split, NDArray[np.float32] | None]]:
    """Each batch with its passages' embeddings, None where the encoder failed."""
    # One alone is encoded before anybody else has heard of it.
    first = list(islice(batches, 2 if url else 0))
    batches = chain(first, batches)
    if len(first) < 2:
        yield from ((split, encoded(encoder, _texts(split))) for split in batches)
        return
    splits, to_encode = tee(batches)
    with sharing(url, encoder) as shared:
        for embeddings, split in zip(shared.encode(map(_texts, to_encode)), splits, strict=True):
            yield split, embeddings


def _texts(split: Split) -> list[str]:
    return [passage_context(article) + article.text[start:end] for article, spans in split for start, end in spans]


def _apart(
    encoder: Encoder, split: Split, together: NDArray[np.float32] | None, refused: list[Refusal]
) -> Iterator[tuple[Article, list[Span], NDArray[np.float32]]]:
    """The articles with their passages' embeddings, encoded together, or one by one where that failed."""
    position = 0
    for article, spans in split:
        if together is None:
            with _refusing(article, refused):
                yield article, spans, encoder.encode_passages(_texts([(article, spans)]))
        else:
            yield article, spans, together[position : position + len(spans)]
            position += len(spans)


@contextmanager
def _refusing(article: Article, refused: list[Refusal]) -> Iterator[None]:
    """Refuse this article where anything fails; what is wrong with the store concerns them all."""
    try:
        yield
    except WartabotError:
        raise
    except Exception as error:
        # Raised on purpose where a title leaves no room; whatever else is raised is a fault of the program.
        reason = str(error) if type(error) is ValueError else fault(error)
        refused.append(Refusal(f"{article.path or '-'}, article {article.id!r}", reason))


def _batches(articles: Iterable[Article]) -> Iterator[list[Article]]:
    # itertools.batched comes with Python 3.12.
    remaining = iter(articles)
    while batch := list(islice(remaining, ARTICLES_AT_ONCE)):
        yield batch
