"""The report of an import: a CSV file with every problem of every row."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cs_workspace.common.sending import disarmed
from cs_workspace.web.importing.errors import ImportRefused
from cs_workspace.web.importing.problems import Problem, Problems

HEADER = ["severity", "file", "line", "column", "value", "problem"]


@contextmanager
def problems_written_to(path: Path | None) -> Iterator[Problems]:
    """Problems of which each also goes to the file at `path`, if one is named.

    Raises ImportRefused where the file cannot be written; what a spreadsheet would run as a formula is disarmed.
    """
    if path is None:
        yield Problems()
        return
    try:
        file = path.open("w", encoding="utf-8-sig", newline="")
    except OSError as error:
        raise ImportRefused(f"The report {path} cannot be written: {error.strerror}.") from error
    with file:
        writer = csv.writer(file)
        writer.writerow(HEADER)

        def write(problem: Problem) -> None:
            cells = [problem.severity.value, problem.file, problem.line, problem.column, problem.value, problem.text]
            writer.writerow([disarmed(cell) for cell in cells])

        yield Problems(write)
