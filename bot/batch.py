"""Answer one question a line: `wartabot ask --json --batch`."""

from collections.abc import Iterator
from typing import IO, Any

from embeddings import Answer, Certainty, KnowledgeBase, WartabotError, fault, read_line

# More than any question that max_question_length allows.
MAX_QUESTION_BYTES = 500_000


def answers(knowledge: KnowledgeBase, lines: IO[bytes]) -> Iterator[dict[str, Any]]:
    """The answers as JSON, in order; one bad line does not cost the answers to the others."""
    while (line := read_line(lines, MAX_QUESTION_BYTES)) != b"":
        yield _answer(knowledge, line and line.rstrip(b"\r\n"))


def _answer(knowledge: KnowledgeBase, line: bytes | None) -> dict[str, Any]:
    """The answer to a line; None is one that is longer than any question."""
    question = "" if line is None else line.decode("utf-8", "replace")
    try:
        if line is None:
            raise WartabotError(f"The line has more than {MAX_QUESTION_BYTES} bytes.")
        return knowledge.answer(line.decode()).to_json()
    except UnicodeDecodeError as error:
        reason = f"The line is not UTF-8: byte {error.start + 1} is 0x{error.object[error.start]:02x}."
    except WartabotError as error:
        reason = str(error)
    except Exception as error:
        reason = fault(error)
    return {**Answer(question, Certainty.NO, confidence=0.0).to_json(), "error": reason}
