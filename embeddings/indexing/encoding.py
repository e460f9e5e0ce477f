"""Split articles into passages, encode these and find facts, and store it all, some articles at a time."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from embeddings.errors import WartabotError
from embeddings.models.encoder import Encoder
from embeddings.passages import PassageSettings, passage_context, split_passages
from embeddings.sources.refusals import Refusal, fault
from embeddings.storage.store import Store
from embeddings.topics.finding import find_all
from embeddings.types import Article, Span

# Articles encoded together: enough for full batches, few enough that a kill loses seconds of work.
ARTICLES_AT_ONCE = 32


def encode_and_save(
    store: Store, encoder: Encoder, settings: PassageSettings, articles: Iterable[Article], refused: list[Refusal]
) -> Iterator[tuple[Article, list[Span]]]:
    """Store the articles one by one; one in which anything fails is refused, and those beside it are stored."""
    for batch in _batches(articles):
        split: list[tuple[Article, list[Span]]] = []
        for article in batch:
            with _refusing(article, refused):
                spans = split_passages(
                    article, encoder.count_tokens, encoder.max_passage_tokens, settings.target_tokens
                )
                split.append((article, spans))
        for article, spans, embeddings in _encoded(encoder, split, refused):
            with _refusing(article, refused):
                store.save(article, spans, embeddings, find_all(article))
                yield article, spans


def _encoded(
    encoder: Encoder, split: Sequence[tuple[Article, list[Span]]], refused: list[Refusal]
) -> Iterator[tuple[Article, list[Span], NDArray[np.float32]]]:
    """The articles with their passages' embeddings, encoded together, or one by one where that fails."""
    texts = [[passage_context(article) + article.text[start:end] for start, end in spans] for article, spans in split]
    try:
        together = encoder.encode_passages([text for of_one in texts for text in of_one])
    except Exception:
        for (article, spans), of_one in zip(split, texts, strict=True):
            with _refusing(article, refused):
                yield article, spans, encoder.encode_passages(of_one)
        return
    position = 0
    for article, spans in split:
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
