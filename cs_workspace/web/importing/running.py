"""One import, from paths to figures.

Every file is read twice: once to see whether it is what the mapping says and how it writes dates and numbers, and once
to import it. Nothing is written before all files have passed the first reading, and everything is written in one
transaction: an import that is refused, fails or is killed leaves no trace.
"""

import datetime as dt
import gc
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pghistory
from django.db import transaction

from accounts.models import User
from cs_workspace.common import clock
from cs_workspace.common.triggers import answer_triggers
from cs_workspace.web.importing.errors import FileRefused, ImportRefused
from cs_workspace.web.importing.loaders import LOADERS, Loader, Outcome, Run
from cs_workspace.web.importing.mapping import Mapping, Table
from cs_workspace.web.importing.problems import Problems
from cs_workspace.web.importing.reading import Surveyed, TableReader, survey_file
from cs_workspace.web.importing.references import References
from cs_workspace.web.importing.settling import find_owners, settle
from cs_workspace.web.importing.sources import Found, find_files

FIRST_TARGET, LAST_TARGET = dt.date(2000, 1, 1), dt.date(2099, 12, 31)

# Called with a description of what goes on, bytes done and bytes to do
Progress = Callable[[str, int, int], None]


@dataclass
class Loaded:
    """What became of one table of the mapping."""

    kind: str
    files: list[str]
    rows: int
    left_out: int
    duplicates: int
    wrong: int
    outcomes: list[Outcome]


@dataclass
class Summary:
    """What an import did, or would have done."""

    mapping: str
    source: str
    dry_run: bool
    problems: Problems
    tables: list[Loaded] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    shift_days: int = 0
    accounts_touched: int = 0
    owners_given: int = 0
    seconds: float = 0.0

    @property
    def rows(self) -> int:
        """Rows read, the wrong ones among them."""
        return sum(table.rows for table in self.tables)


@contextmanager
def _collector_at_ease() -> Iterator[None]:
    """Rows are thousands of lists that refer to nothing and die with their batch; each batch would make Python look
    through everything else that it holds for what can go, which takes longer than to read the rows."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@_collector_at_ease()
def run_import(
    paths: Sequence[Path],
    mapping: Mapping,
    problems: Problems,
    *,
    dry_run: bool = False,
    shift_to: dt.date | None = None,
    owners: Sequence[str] = (),
    by: User | None = None,
    progress: Progress | None = None,
) -> Summary:
    """Imports the files that the mapping knows. Raises ImportRefused, having written nothing.

    `shift_to` moves all days by the same number, so that the newest falls on that day. `owners` are e-mail addresses
    of users among whom the accounts without an owner are shared out. `dry_run` does everything and takes it back.
    """
    started = time.monotonic()
    if shift_to and not FIRST_TARGET <= shift_to <= LAST_TARGET:
        raise ImportRefused(f"Dates can be moved to the years from {FIRST_TARGET.year} to {LAST_TARGET.year}.")
    users = find_owners(list(owners))
    found = find_files(list(paths), mapping)
    bar = _Bar(progress, found)
    surveyed = _survey(found, bar, newest=shift_to is not None)
    _refuse_changes_alone(surveyed)
    summary = Summary(mapping.name, mapping.source, dry_run, problems)
    _say_what_was_seen(summary, found, surveyed, mapping)
    shift = _shift(summary, surveyed, shift_to)
    run = Run(mapping, problems, clock.today(), References(mapping.source), shift, by)
    with transaction.atomic(), pghistory.context(imported=mapping.source):
        answer_triggers()
        for table, files in surveyed:
            summary.tables.append(_load(run, table, files, bar))
        summary.owners_given = settle(run, users)
        transaction.set_rollback(dry_run)
    summary.accounts_touched = len(run.touched)
    summary.seconds = round(time.monotonic() - started, 2)
    return summary


class _Bar:
    """Sums the progress over both readings of all files."""

    def __init__(self, progress: Progress | None, found: Found) -> None:
        self._progress = progress
        self._total = 2 * sum(path.stat().st_size for _, files in found.tables for path in files)
        self._done = 0

    def of(self, doing: str, path: Path) -> Callable[[int], None] | None:
        """What one reading of one file reports to."""
        report = self._progress
        if report is None:
            return None
        before = self._done
        self._done += path.stat().st_size
        return lambda done: report(f"{doing} {path.name}", before + done, self._total)


def _survey(found: Found, bar: _Bar, *, newest: bool) -> list[tuple[Table, list[Surveyed]]]:
    """The first reading of every file."""
    return [
        (
            table,
            [survey_file(path, table, newest=newest, progress=bar.of("Checking", path)) for path in files],
        )
        for table, files in found.tables
    ]


def _refuse_changes_alone(surveyed: list[tuple[Table, list[Surveyed]]]) -> None:
    """Changes of ARR are added to what their contracts began with, which only the contracts' own file tells."""
    files = {table.kind.name: files for table, files in surveyed}
    if "arr_changes" in files and "contracts" not in files:
        name = files["arr_changes"][0].path.name
        raise FileRefused(name, "changes the ARR of contracts; import their file along with it.")


def _say_what_was_seen(
    summary: Summary, found: Found, surveyed: list[tuple[Table, list[Surveyed]]], mapping: Mapping
) -> None:
    summary.absent = [f"{table.kind.name} ({table.files[0]})" for table in found.absent]
    summary.left_out = dict(found.left_out)
    for table, files in surveyed:
        for file in files:
            if file.dialect.notice:
                summary.notices.append(file.dialect.notice)
            if not file.rows:
                summary.notices.append(f"{file.path.name} has a header and no rows.")
            _say_columns(summary, table, file, mapping)


def _say_columns(summary: Summary, table: Table, file: Surveyed, mapping: Mapping) -> None:
    """Columns that nothing is made of: with the mapping's reason, or by name."""
    used = {*table.named_columns}
    for other in mapping.tables:
        if other.files == table.files:
            used |= {*other.named_columns}
    unknown = [column for column in file.header if column and column not in used and column not in table.left_out]
    for column in file.header:
        if column in table.left_out:
            summary.left_out[f"{file.path.name}, column {column}"] = table.left_out[column]
    if unknown:
        summary.left_out[f"{file.path.name}, column {', '.join(unknown)}"] = "is not in the mapping"


def _shift(summary: Summary, surveyed: list[tuple[Table, list[Surveyed]]], shift_to: dt.date | None) -> dt.timedelta:
    """How far all days move, said in the summary."""
    if shift_to is None:
        return dt.timedelta()
    newest = [(*found, file.path.name) for _, files in surveyed for file in files if (found := file.newest())]
    if not newest:
        raise ImportRefused("The files hold no date that could be moved.")
    day, column, name = max(newest)
    shift = shift_to - day
    summary.shift_days = shift.days
    summary.notices.append(
        f"All dates move by {shift.days:+,} days: the newest, {day} in {name} ({column}), falls on {shift_to}."
    )
    return shift


def _load(run: Run, table: Table, files: list[Surveyed], bar: _Bar) -> Loaded:
    """The second reading of the files of one table."""
    loader: Loader = LOADERS[table.kind.name](table, run)
    rows = left_out = 0
    for surveyed in files:
        reader = TableReader(
            table, surveyed, run.problems, run.mapping.zone, run.today, run.shift, bar.of("Importing", surveyed.path)
        )
        loader.read(reader)
        rows += reader.rows
        left_out += reader.left_out
    outcomes = loader.finish()
    wrong = rows - left_out - loader.stage.rows_added + loader.refused
    return Loaded(table.kind.name, loader.files, rows, left_out, loader.duplicates, wrong, outcomes)
