"""Where the pages of a document begin in its text, once cleaning has dropped some of it."""

from collections.abc import Iterator, Sequence

from embeddings.types import Span

# The end of a line stays as it is, whatever mark or dateline it loses before.
SURE_END = 40


def moved_offsets(raw: str, offsets: Sequence[int], text: str) -> tuple[int, ...]:
    """The place in the cleaned text of each offset into the raw one, ascending.

    What lies in a line that was dropped moves to the next one that was kept, or to the end.
    """
    kept = list(_kept_lines(raw, text))
    moved = []
    number = 0
    for offset in offsets:
        while number < len(kept) and kept[number][0][1] <= offset:
            number += 1
        if number == len(kept):
            moved.append(len(text))
            continue
        (_, raw_end), (start, end) = kept[number]
        # From its end on, a line is what it was.
        moved.append(max(start, end - (raw_end - offset)))
    return tuple(moved)


def _kept_lines(raw: str, text: str) -> Iterator[tuple[Span, Span]]:
    """Each line of the text, where it lies in the raw text, and where in the cleaned one."""
    lines = _lines(raw)
    for start, end in _lines(text):
        line = text[start:end]
        for raw_start, raw_end in lines:
            if raw[raw_start:raw_end].endswith(line[-SURE_END:]):
                yield (raw_start, raw_end), (start, end)
                break


def _lines(text: str) -> Iterator[Span]:
    """The lines that are not blank, without the spaces around them."""
    position = 0
    for line in text.splitlines(keepends=True):
        stripped = line.strip()
        if stripped:
            start = position + line.index(stripped)
            yield start, start + len(stripped)
        position += len(line)
