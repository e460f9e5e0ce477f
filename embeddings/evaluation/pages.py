"""How well saved pages are read, against facts about each that a person wrote down.

    python -m embeddings.evaluation.pages --pages tests/pages/mend --facts tests/pages/mend.jsonl

Each line of the facts names a page by its file's name without ending, and gives its title, outlet, place, published and
first_words, null for what it does not tell, and in `never` the pieces that are no part of its text.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import msgspec

from embeddings.sources.files import ArticleSettings, find_files, read_file
from embeddings.types import Article


class Facts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a saved page tells, and what of it is no part of the article."""

    article: str
    title: str | None
    outlet: str | None
    place: str | None
    published: str | None
    first_words: str
    never: list[str]


class Check(msgspec.Struct, frozen=True):
    """One thing that was looked at: what it is, what the page tells, what was found."""

    kind: str
    told: str | None
    found: str | None
    right: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=Path, required=True, help="folder with the pages, .txt and .md")
    parser.add_argument("--facts", type=Path, required=True, help="the facts, one page a line")
    parser.add_argument("--totals", action="store_true", help="print no single page")
    arguments = parser.parse_args()
    decoder = msgspec.json.Decoder(Facts)
    facts = [decoder.decode(line) for line in arguments.facts.read_text().splitlines()]
    articles = read_pages(arguments.pages)
    checks = {page.article: list(check(page, articles.get(page.article))) for page in facts}
    if not arguments.totals:
        _print_misses(checks)
    _print_totals([each for one in checks.values() for each in one])


def read_pages(folder: Path) -> dict[str, Article]:
    """The articles under a folder by the name of their file, without its ending."""
    paths = [path for path in find_files([folder]).files if path.suffix in (".txt", ".md")]
    return {
        path.stem: item for path in paths for item in read_file(path, ArticleSettings()) if isinstance(item, Article)
    }


def check(page: Facts, article: Article | None) -> Iterator[Check]:
    """Compare a page with the article that was read from it, None where none was."""
    text = article.text if article else ""
    found = (article.title, article.source, article.place, article.published) if article else (None,) * 4
    told = (page.title, page.outlet, page.place, page.published)
    for kind, expected, value in zip(("title", "outlet", "place", "date"), told, found, strict=True):
        yield Check(kind, expected, value, _folded(expected) == _folded(value))
    opening = " ".join(text.split()[: len(page.first_words.split())])
    yield Check("first words", page.first_words, opening, opening == page.first_words)
    plain = " ".join(text.split())
    for piece in page.never:
        stays = " ".join(piece.split()) in plain
        yield Check("left in the text", piece, piece if stays else None, not stays)


def _folded(value: str | None) -> str | None:
    return "".join(value.casefold().split()) if value else None


def _print_misses(checks: dict[str, list[Check]]) -> None:
    for article, one in checks.items():
        for miss in (each for each in one if not each.right):
            found = "" if miss.kind == "left in the text" else f", found {json.dumps(miss.found, ensure_ascii=False)}"
            print(f"{article}: {miss.kind}: {json.dumps(miss.told, ensure_ascii=False)}{found}")


def _print_totals(checks: list[Check]) -> None:
    for kind in ("title", "outlet", "place", "date", "first words"):
        told = [each for each in checks if each.kind == kind and each.told]
        invented = sum(each.kind == kind and not each.told and not each.right for each in checks)
        print(f"{kind:11} {sum(each.right for each in told)} of {len(told)} right, {invented} where none is told")
    never = [each for each in checks if each.kind == "left in the text"]
    print(f"{sum(not each.right for each in never)} of {len(never)} pieces are left in the text")


if __name__ == "__main__":
    main()
