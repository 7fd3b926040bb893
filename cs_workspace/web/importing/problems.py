"""What was wrong with rows: every one is written down, groups of them are shown."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

EXAMPLES = 3
SHOWN_LETTERS = 80


class Severity(StrEnum):
    """Whether the row was imported all the same."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Problem:
    """One row's problem: where, in which column, what stands there, and why that is one.

    `summary` is the same for all problems of a group; `detail` says what is particular to this one.
    """

    severity: Severity
    file: str
    line: int
    column: str
    value: str
    summary: str
    detail: str = ""

    @property
    def text(self) -> str:
        """The whole reason."""
        return f"{self.summary}: {self.detail}" if self.detail else self.summary


@dataclass
class Group:
    """Problems of one kind in one column, with the first few of them."""

    count: int = 0
    examples: list[Problem] = field(default_factory=list)


class Problems:
    """Counts problems, keeps examples, and hands every one to the report."""

    def __init__(self, report: Callable[[Problem], object] | None = None) -> None:
        self.groups: dict[tuple[Severity, str, str, str], Group] = {}
        self._report = report

    def add(self, problem: Problem) -> None:
        """Takes one problem into account."""
        key = (problem.severity, problem.file, problem.column, problem.summary)
        group = self.groups.setdefault(key, Group())
        group.count += 1
        if len(group.examples) < EXAMPLES:
            group.examples.append(problem)
        if self._report:
            self._report(problem)

    def count(self, severity: Severity) -> int:
        """How many problems of that severity there are."""
        return sum(group.count for (found, *_), group in self.groups.items() if found is severity)

    def sorted(self) -> list[tuple[tuple[Severity, str, str, str], Group]]:
        """Groups, errors first, then by file, the largest first."""
        return sorted(self.groups.items(), key=lambda item: (item[0][0], item[0][1], -item[1].count, item[0][2:]))


def shortened(text: str, letters: int = SHOWN_LETTERS) -> str:
    """The text on one line, cut with an ellipsis."""
    line = " ".join(text.split())
    return line if len(line) <= letters else f"{line[: letters - 1]}…"
