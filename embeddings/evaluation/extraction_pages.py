"""How well articles are taken out of saved web pages: ours, trafilatura alone, and readability.

    python -m embeddings.evaluation.extraction_pages --pages tests/extraction/mend

Beside a folder of pages lies a file of its name with what each tells, one page a line: headline, outlet, published, the
paragraphs of the body, and in `may` the words that may stand in it, such as a dateline.
"""

import argparse
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from embeddings.sources.documents import read_document
from embeddings.sources.markup import lines_of, parse_html
from embeddings.types import Article


class Facts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a saved page tells."""

    page: str
    headline: str
    outlet: str
    published: str
    body: list[str]
    may: list[str]


class Extracted(msgspec.Struct, frozen=True):
    """What was taken out of a page; what was not found is None."""

    text: str = ""
    headline: str | None = None
    published: str | None = None
    outlet: str | None = None


class Score(msgspec.Struct):
    """Words of bodies that were found, that were expected, and both; and how many of the other facts are right."""

    pages: int = 0
    found: int = 0
    expected: int = 0
    both: int = 0
    headline: int = 0
    published: int = 0
    outlet: int = 0
    whole: int = 0
    """Pages whose body is exactly what it should be, word for word."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=Path, required=True, help="folder with the pages")
    parser.add_argument("--errors", action="store_true", help="print what is wrong of each page with ours")
    arguments = parser.parse_args()
    for name, extract in EXTRACTORS.items():
        score = Score()
        for facts, content in read_pages(arguments.pages):
            extracted = extract(content)
            add(score, facts, extracted)
            for line in misses(facts, extracted) if arguments.errors and name == "ours" else ():
                print(line)
        print(
            f"{name:12} {score.pages} pages: body precision {score.both / max(1, score.found):.3f}, recall "
            f"{score.both / score.expected:.3f}, whole {score.whole}; headline {score.headline}, date "
            f"{score.published}, outlet {score.outlet}"
        )


def read_pages(folder: Path) -> Iterator[tuple[Facts, bytes]]:
    """What is told of each page of a folder, and its bytes."""
    for line in folder.with_suffix(".jsonl").read_text(encoding="utf-8").splitlines():
        facts = msgspec.json.decode(line, type=Facts)
        yield facts, (folder / f"{facts.page}.html").read_bytes()


def ours(content: bytes) -> Extracted:
    """What `wartabot index` makes of a page."""
    article = next((item for item in read_document("page.html", content) if isinstance(item, Article)), None)
    return Extracted(article.text, article.title, article.published, article.source) if article else Extracted()


def trafilatura_alone(content: bytes) -> Extracted:
    """What trafilatura makes of a page with its own metadata."""
    from trafilatura import bare_extraction
    from trafilatura.settings import Document

    found = bare_extraction(content.decode(), include_comments=False, with_metadata=True)
    if not isinstance(found, Document):
        return Extracted()
    told = found.as_dict()
    return Extracted(told["text"] or "", told["title"], told["date"], told["sitename"])


def readability(content: bytes) -> Extracted:
    """What readability makes of a page; it looks for neither date nor outlet."""
    from readability import Document

    document = Document(content.decode())
    return Extracted("\n".join(lines_of(parse_html(document.summary()))), document.short_title())


EXTRACTORS: dict[str, Callable[[bytes], Extracted]] = {
    "ours": ours,
    "trafilatura": trafilatura_alone,
    "readability": readability,
}


def add(score: Score, facts: Facts, extracted: Extracted) -> None:
    """Count what is right of a page."""
    expected = Counter(_words(facts.body))
    found = _without(_words([extracted.text]), facts, expected)
    both = (found & expected).total()
    score.pages += 1
    score.found += found.total()
    score.expected += expected.total()
    score.both += both
    score.whole += both == found.total() == expected.total()
    score.headline += _same(extracted.headline, facts.headline)
    score.published += extracted.published == facts.published
    score.outlet += _same(extracted.outlet, facts.outlet)


def misses(facts: Facts, extracted: Extracted) -> Iterator[str]:
    """What is wrong of a page, in lines."""
    for name, told, found in (
        ("headline", facts.headline, extracted.headline),
        ("date", facts.published, extracted.published),
        ("outlet", facts.outlet, extracted.outlet),
    ):
        if not _same(found, told):
            yield f"{facts.page}: {name}: {told!r}, found {found!r}"
    expected = Counter(_words(facts.body))
    found_words = _without(_words([extracted.text]), facts, expected)
    for sign, words in (("too much", found_words - expected), ("missing", expected - found_words)):
        if words:
            yield f"{facts.page}: {sign}: {' '.join(words.elements())}"


def _without(words: Sequence[str], facts: Facts, expected: Counter[str]) -> Counter[str]:
    """The words found, but for those beyond the expected ones that may stand there."""
    found = Counter(words)
    return found - (Counter(_words(facts.may)) & (found - expected))


def _words(texts: Sequence[str]) -> list[str]:
    return re.findall(r"\w++", " ".join(texts).casefold())


def _same(found: str | None, told: str) -> bool:
    return "".join((found or "").casefold().split()) == "".join(told.casefold().split())


if __name__ == "__main__":
    main()
