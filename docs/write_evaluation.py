"""Write evaluation.md from results.json, both in this folder: python docs/write_evaluation.py"""

import json
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
Json = dict[str, Any]


def evaluation_page(results: Json) -> str:
    """The page as Markdown, with every figure that results.json has."""
    machines = "; ".join(f"*{name}*: {words}" for name, words in results["machines"].items())
    parts = [
        "# Evaluation",
        "<!-- Written from results.json by `python docs/write_evaluation.py`: change the figures there. -->",
        paragraph(results["introduction"]),
        paragraph(f"{machines}. {results['about_machines']}"),
    ]
    for promise in results["promises"]:
        parts.append(f"## {promise['promise']}")
        for measurement in promise["measurements"]:
            parts.extend(section(measurement))
    return "\n\n".join(parts) + "\n"


def section(measurement: Json) -> list[str]:
    """One measurement: how it is repeated, where and when it was made, what came of it."""
    made = ", ".join(measurement[key] for key in ("machine", "date") if key in measurement)
    outside = f" **Not in this repository:** {measurement['outside']}." if "outside" in measurement else ""
    return [
        *([f"### {measurement['name']}"] if "name" in measurement else []),
        "\n".join(["```sh", *measurement["commands"], "```"]),
        paragraph(f"{made}.{outside}"),
        table(measurement["columns"], measurement["rows"]),
        *map(paragraph, measurement["notes"]),
    ]


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; every row has a cell for each column."""
    assert all(len(row) == len(columns) for row in rows), columns
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (columns, ["---"] * len(columns), *rows))


def paragraph(text: str) -> str:
    """A text in lines of at most 120 characters, as far as its words allow."""
    return textwrap.fill(text, 120, break_long_words=False, break_on_hyphens=False)


def main() -> None:
    results = json.loads((FOLDER / "results.json").read_text("utf-8"))
    (FOLDER / "evaluation.md").write_text(evaluation_page(results), "utf-8")


if __name__ == "__main__":
    main()
