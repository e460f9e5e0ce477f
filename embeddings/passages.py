"""Cut an article into passages: offsets into its text, so that what is quoted is what was published."""

import re
from collections.abc import Callable, Sequence
from typing import Annotated

import msgspec

from embeddings.indonesian.sentences import split_sentences, trimmed
from embeddings.types import Article, Span

TokenCounter = Callable[[Sequence[str]], list[int]]


class PassageSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long passages are."""

    target_tokens: Annotated[int, msgspec.Meta(ge=16, le=400)] = 128


def split_passages(article: Article, count_tokens: TokenCounter, max_tokens: int, target_tokens: int) -> list[Span]:
    """Group whole sentences into passages of about `target_tokens`, never over `max_tokens`, breaking at paragraphs.

    `max_tokens` counts the text with what `passage_context` puts before it. A sentence longer than that is cut
    between words.
    """
    text = article.text
    room = max_tokens - count_tokens([passage_context(article)])[0]
    if room < 16:
        raise ValueError(f"the title of {article.id!r} leaves no room for its text within {max_tokens} tokens")
    sentences = split_sentences(text)
    lengths = count_tokens([text[start:end] for start, end in sentences])
    passages: list[Span] = []
    size = 0
    for (start, end), length in zip(sentences, lengths, strict=True):
        if length > room:
            passages.extend(_cut_between_words(text, (start, end), count_tokens, room))
            size = room
            continue
        new_paragraph = bool(passages) and "\n" in text[passages[-1][1] : start]
        limit = min(room, target_tokens // 2 if new_paragraph else target_tokens)
        if passages and size + length <= limit:
            passages[-1] = (passages[-1][0], end)
            size += length
        else:
            passages.append((start, end))
            size = length
    return passages


def passage_context(article: Article) -> str:
    """What the encoder and the lexical index read before a passage, and no quote ever shows."""
    return "".join(f"{part}\n" for part in (article.title, article.place, article.published) if part)


def _cut_between_words(text: str, span: Span, count_tokens: TokenCounter, room: int) -> list[Span]:
    start, end = span
    if count_tokens([text[start:end]])[0] <= room:
        return [span]
    middle = (start + end) // 2
    spaces = [match.start() for match in re.finditer(r"\s", text[start:end])]
    cut = start + min(spaces, key=lambda space: abs(start + space - middle)) if spaces else middle
    halves = (trimmed(text, start, cut), trimmed(text, cut, end))
    return [
        piece for half in halves if half[0] < half[1] for piece in _cut_between_words(text, half, count_tokens, room)
    ]
