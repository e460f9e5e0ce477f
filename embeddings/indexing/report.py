"""What an indexing run did, and what it could not do."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from embeddings.sources.refusals import Refusal, Remark

# So many refused lines of a file are named, and the rest counted: a file may have millions.
MOST_NAMED = 100
# What has so many lines that are no articles, and none between them, is no file of articles.
MOST_REFUSED_IN_A_ROW = 1000

OnProgress = Callable[[int, int], None]
"""Told how much is done, and of how much."""


class IndexReport:
    """What an indexing run did."""

    def __init__(self) -> None:
        self.added = 0
        self.updated = 0
        self.unchanged = 0
        self.removed = 0
        self.found_anew = 0
        """Stored articles that the finders of another version had gone through."""
        self.passages = 0
        self.refused: list[Refusal] = []
        self.remarks: list[Remark] = []
        self.skipped: Counter[str] = Counter()
        """Files of kinds that are not read, by their ending."""

    def add(self, other: "IndexReport") -> None:
        """Count what another run did, too."""
        self.added += other.added
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.removed += other.removed
        self.found_anew += other.found_anew
        self.passages += other.passages
        self.refused += other.refused
        self.remarks += other.remarks
        self.skipped += other.skipped

    def count(self, passages: int, new: bool) -> None:
        """Note an article that was stored."""
        self.passages += passages
        self.added += new
        self.updated += not new


class FileReport:
    """What is refused and remarked in one file: the first of each are named in the run's report, the rest counted."""

    def __init__(self, file: Path, of_run: IndexReport) -> None:
        self._file = str(file)
        self._of_run = of_run
        self._remarks = 0
        self._refused_in_a_row = 0
        self.refused = 0

    def remark(self, remark: Remark) -> None:
        self._remarks += 1
        if self._remarks <= MOST_NAMED:
            self._of_run.remarks.append(remark)

    def accept(self) -> None:
        """Note that there was an article between what was refused."""
        self._refused_in_a_row = 0

    def refuse(self, refusal: Refusal) -> bool:
        """Note a refusal; whether it is worth reading on."""
        self.refused += 1
        self._refused_in_a_row += 1
        if self.refused <= MOST_NAMED:
            self._of_run.refused.append(refusal)
        if self._refused_in_a_row < MOST_REFUSED_IN_A_ROW:
            return True
        reason = f"{self._refused_in_a_row} lines in a row are no articles; what follows them was not read"
        self._of_run.refused.append(Refusal(self._file, reason))
        return False

    def count_the_rest(self) -> None:
        """Report how many there were beside those that are named."""
        if (further := self.refused - MOST_NAMED) > 0:
            self._of_run.refused.append(Refusal(self._file, f"{further} further lines are refused"))
        if (further := self._remarks - MOST_NAMED) > 0:
            self._of_run.remarks.append(Remark(self._file, f"{further} further lines have such fields"))
