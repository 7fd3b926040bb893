"""From a file's records to values of fields, batch by batch; what cannot be read is a problem of its row alone."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import compress
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cs_workspace.web.importing.checks import CHECKS, check
from cs_workspace.web.importing.columns import Reader, Survey, Wrong, reader_of
from cs_workspace.web.importing.dates import DateError
from cs_workspace.web.importing.dialect import Dialect, recognise
from cs_workspace.web.importing.errors import FileRefused, near_miss
from cs_workspace.web.importing.kinds import Reading
from cs_workspace.web.importing.mapping import Column, Table
from cs_workspace.web.importing.numbers import NumberError
from cs_workspace.web.importing.problems import Problem, Problems, Severity, shortened
from cs_workspace.web.importing.records import Batch, Records

Progress = Callable[[int], None]
KEY_LENGTH = 190  # ten less than is stored, for a word before it


@dataclass
class Surveyed:
    """What the first pass over a file found out."""

    path: Path
    dialect: Dialect
    header: list[str]
    surveys: list[Survey]
    rows: int = 0

    def newest(self) -> tuple[dt.date, str] | None:
        """The newest day of the columns that count, and the column."""
        found = [(day, survey.column.column) for survey in self.surveys if (day := survey.newest())]
        return max(found, default=None)


def survey_file(path: Path, table: Table, *, newest: bool, progress: Progress | None = None) -> Surveyed:
    """Reads a file once: is it one, has it the columns of the mapping, how does it write dates and numbers?

    Raises FileRefused for the first thing that speaks against the whole file.
    """
    dialect = recognise(path)
    try:
        with Records(path, dialect, progress=progress) as records:
            found = _survey(path, dialect, records, table, newest)
    except OSError as error:
        raise FileRefused(path.name, f"cannot be read: {error.strerror}.") from error
    for survey in found.surveys:
        _refuse_ambiguous(survey, path.name)
    return found


def _survey(path: Path, dialect: Dialect, records: Records, table: Table, newest: bool) -> Surveyed:
    places = _places(table, records.header, path.name)
    found = Surveyed(path, dialect, records.header, [Survey(column) for column in table.columns if column.column])
    for batch in records:
        found.rows += len(batch)
        cells = list(zip(*batch.rows, strict=True))
        for survey in found.surveys if cells else ():
            survey.see(cells[places[survey.column.column]], batch.lines, newest=newest)
    return found


def _places(table: Table, header: list[str], file: str) -> dict[str, int]:
    """Where each column of the mapping stands. Raises FileRefused with all that are missing or twice."""
    faults = []
    for name in dict.fromkeys(table.named_columns):
        if name not in header:
            faults.append(f"has no column “{name}”.{near_miss(name, [column for column in header if column])}")
        elif header.count(name) > 1:
            faults.append(f"has {header.count(name)} columns “{name}”.")
    if faults:
        raise FileRefused(file, " ".join(faults))
    return {name: header.index(name) for name in table.named_columns}


def _refuse_ambiguous(survey: Survey, file: str) -> None:
    name = survey.column.column
    try:
        survey.order()
    except DateError as error:
        raise FileRefused(
            file, f"column “{name}” {error}. Say which in the mapping: "
            f'{survey.column.field.name} = {{ column = "{name}", dates = "DMY" }} or "MDY".'
        ) from error  # fmt: skip
    try:
        survey.mark()
    except NumberError as error:
        raise FileRefused(
            file, f"column “{name}” {error}. Say which in the mapping: "
            f'{survey.column.field.name} = {{ column = "{name}", decimals = "." }} or ",".'
        ) from error  # fmt: skip


@dataclass
class Rows:
    """Rows that can be read, column by column; `cells` are the raw texts, for messages."""

    lines: list[int]
    cells: list[list[str]]
    keys: list[str]
    values: dict[str, list[Any]]

    def __len__(self) -> int:
        return len(self.lines)

    def without(self, dropped: set[int]) -> "Rows":
        """The rows but those at the given places."""
        if not dropped:
            return self
        kept = [place not in dropped for place in range(len(self.lines))]
        return Rows(
            list(compress(self.lines, kept)),
            list(compress(self.cells, kept)),
            list(compress(self.keys, kept)),
            {name: list(compress(values, kept)) for name, values in self.values.items()},
        )

    def row(self, place: int) -> dict[str, Any]:
        """One row by its fields."""
        return {name: values[place] for name, values in self.values.items()}


@dataclass
class TableReader:
    """The second pass over one file: values by field, problems to `problems`, and counts of what became of the rows."""

    table: Table
    surveyed: Surveyed
    problems: Problems
    zone: ZoneInfo
    today: dt.date
    shift: dt.timedelta = dt.timedelta()
    progress: Progress | None = None
    left_out: int = 0
    rows: int = 0
    _readers: dict[str, Reader] = field(default_factory=dict)
    _places: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.file = self.surveyed.path.name
        self._places = _places(self.table, self.surveyed.header, self.file)
        self._readers = {
            survey.column.field.name: reader_of(survey.column, survey.order(), survey.mark(), self.zone, self.shift)
            for survey in self.surveyed.surveys
        }
        self._columns = self.table.by_field

    def __iter__(self) -> Iterator[Rows]:
        try:
            with Records(self.surveyed.path, self.surveyed.dialect, progress=self.progress) as records:
                for batch in records:
                    self.rows += len(batch)
                    yield self._read(batch)
        except OSError as error:
            raise FileRefused(self.file, f"cannot be read: {error.strerror}.") from error

    def report(self, rows: Rows, place: int, severity: Severity, name: str, summary: str, detail: str = "") -> None:
        """Notes a problem of one row; `name` is a field, a column of the key, or empty for the row as a whole."""
        column = self._columns[name].column if name in self._columns else name
        value = rows.cells[place][self._places[column]] if column in self._places else ""
        self.problems.add(
            Problem(severity, self.file, rows.lines[place], column, shortened(value, 1_000), summary, detail)
        )

    def _read(self, batch: Batch) -> Rows:
        for bad in batch.bad:
            self.problems.add(Problem(Severity.ERROR, self.file, bad.line, "", "", bad.reason))
        rows = self._chosen(batch)
        cells = list(zip(*rows.cells, strict=True))
        rows.keys = self._keys(cells, len(rows))
        wrong: set[int] = set()
        for column in self.table.columns:
            rows.values[column.field.name] = self._values(column, cells, rows, wrong)
        self._check_keys(rows, wrong)
        self._check_future(rows, wrong)
        self._check_rows(rows, wrong)
        return rows.without(wrong)

    def _chosen(self, batch: Batch) -> Rows:
        """Without the rows that the mapping leaves out."""
        rows = Rows(batch.lines, batch.rows, [], {})
        if not self.table.only:
            return rows
        wanted = [(self._places[column], texts) for column, texts in self.table.only.items()]
        dropped = {
            place
            for place, cells in enumerate(batch.rows)
            if not all(cells[column].strip() in texts for column, texts in wanted)
        }
        self.left_out += len(dropped)
        return rows.without(dropped)

    def _keys(self, cells: list[tuple[str, ...]], count: int) -> list[str]:
        if not self.table.key or not cells:
            return [""] * count
        parts = [[text.strip() for text in cells[self._places[column]]] for column in self.table.key]
        if len(parts) == 1:
            return parts[0]
        return ["/".join(texts) if all(texts) else "" for texts in zip(*parts, strict=True)]

    def _values(self, column: Column, cells: list[tuple[str, ...]], rows: Rows, wrong: set[int]) -> list[Any]:
        name = column.field.name
        if not column.column:
            return [column.value] * len(rows)
        if not cells:
            return []
        reader = self._readers[name]
        values = list(map(reader.__getitem__, cells[self._places[column.column]]))
        if reader.erred:
            for place, value in enumerate(values):
                if isinstance(value, Wrong):
                    wrong.add(place)
                    self.report(rows, place, Severity.ERROR, name, value.summary, value.detail)
        return values

    def _check_keys(self, rows: Rows, wrong: set[int]) -> None:
        if not self.table.key:
            return
        for place, key in enumerate(rows.keys):
            if not key or len(key) > KEY_LENGTH or "\x00" in key:
                wrong.add(place)
                summary = f"is longer than {KEY_LENGTH} characters" if len(key) > KEY_LENGTH else "is empty"
                self.report(
                    rows,
                    place,
                    Severity.ERROR,
                    self.table.key[0],
                    summary if "\x00" not in key else "holds a NUL character",
                )

    def _check_future(self, rows: Rows, wrong: set[int]) -> None:
        """What has happened cannot lie ahead; the source's clock may be a zone away, so tomorrow passes."""
        limit = self.today + dt.timedelta(days=1)
        for column in self.table.columns:
            if not column.anchor:
                continue
            name = column.field.name
            is_moment = column.field.reading is Reading.DATETIME
            for place, value in enumerate(rows.values[name]):
                if value is not None and place not in wrong and (value.date() if is_moment else value) > limit:
                    self.report(rows, place, Severity.WARNING, name, "lies in the future")

    def _check_rows(self, rows: Rows, wrong: set[int]) -> None:
        kind = self.table.kind.name
        if kind not in CHECKS:
            return
        for place in range(len(rows)):
            if place in wrong:
                continue
            for finding in check(kind, rows.row(place)):
                self.report(rows, place, finding.severity, finding.field, finding.summary, finding.detail)
                if finding.severity is Severity.ERROR:
                    wrong.add(place)
