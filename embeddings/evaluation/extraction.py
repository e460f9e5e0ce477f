"""How well officials and meetings are found, against articles of the news corpus labelled by hand.

    python -m embeddings.evaluation.extraction --data ../shared/data --labels tests/labelled_articles.jsonl

The labels hold no text: each line names an article and lists [start, end, label], offsets into its cleaned text.
"""

import argparse
import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from embeddings.sources.build import build_article
from embeddings.topics.meetings.find import find_meetings
from embeddings.topics.officials.find import officials_of
from embeddings.training.questions import rows
from embeddings.types import Article

CONTEXT = 70
Label = tuple[int, int, str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with corpus/")
    parser.add_argument("--labels", type=Path, required=True, help="the labels, one article a line")
    parser.add_argument("--errors", action="store_true", help="print each miss and each false find")
    arguments = parser.parse_args()
    labelled = {row["article"]: row["labels"] for row in map(json.loads, arguments.labels.read_text().splitlines())}
    articles = {
        row["id"]: build_article(
            row["text"], id=row["id"], title=row["title"], source=row["source"], published=row.get("date")
        )
        for row in rows(arguments.data / "corpus" / "news.jsonl.gz")
        if row["id"] in labelled
    }
    ids = list(labelled)
    half = len(ids) // 2
    for name, some in (("first half", ids[:half]), ("second half", ids[half:]), ("all", ids)):
        for kind in ("official", "meeting"):
            expected = {(id, *label) for id in some for label in labelled[id] if label[2].startswith(kind)}
            found = {(id, *label) for id in some for label in find_labels(articles[id]) if label[2].startswith(kind)}
            report(f"{name:11} {kind:8}", expected, found, articles if arguments.errors and name == "all" else {})
    started = time.perf_counter()
    for id in ids:
        list(find_labels(articles[id]))
    print(f"{(time.perf_counter() - started) / len(ids) * 1000:.2f} ms an article")


def report(
    name: str, expected: set[tuple[Any, ...]], found: set[tuple[Any, ...]], articles: Mapping[str, Article]
) -> None:
    """Print precision and recall, and each error in these articles."""
    right = len(expected & found)
    print(
        f"{name} {len(expected)} labelled, {len(found)} found, {right} right "
        f"precision {right / len(found):.3f}, recall {right / len(expected):.3f}"
    )
    for sign, errors in (("false", found - expected), ("missed", expected - found)):
        for id, start, end, label in sorted(errors) if articles else ():
            near = " ".join(articles[id].text[max(0, start - CONTEXT) : end + CONTEXT].split())
            print(f"  {sign:6} {id} {label}: {near}")


def find_labels(article: Article) -> Iterator[Label]:
    """What is found in an article, in the form of the labels."""
    for official in officials_of(article.text):
        yield (*official.name, f"official: {official.office} | {official.region}")
    for meeting in find_meetings(article):
        yield (*meeting.named, f"meeting: {meeting.kind} | {meeting.held or '-'}")


if __name__ == "__main__":
    main()
