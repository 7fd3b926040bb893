"""Records of a text file in batches, in constant memory, each with the line it begins on.

Almost all text is records of one line each: such text is taken a block at a time, at the speed of the `csv` module.
Only where a block holds a record of several lines, or a badly quoted one, its records are taken one by one.
"""

import csv
import io
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cs_workspace.web.importing.dialect import Dialect
from cs_workspace.web.importing.errors import FileRefused

BATCH = 5_000
BLOCK_LETTERS = 1 << 18
# What holds no line ends is no table, however large it is; it must not be read into memory to find out.
LONGEST_LINE = 10_000_000


@dataclass(frozen=True)
class Bad:
    """A record that cannot be laid beside the header."""

    line: int
    code: str
    reason: str


@dataclass
class Batch:
    """Records as wide as the header with the lines they begin on, and those that are not."""

    lines: list[int] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.rows) + len(self.bad)

    def split(self, count: int) -> "Batch":
        """Takes out that many records, and gives them as a batch of their own."""
        rows = max(count - len(self.bad), 0)
        taken = Batch(self.lines[:rows], self.rows[:rows], self.bad[:count])
        del self.lines[:rows], self.rows[:rows], self.bad[:count]
        return taken


class Records:
    """One pass over a file: the header at once, then batch by batch; blank records are none.

    Raises FileRefused where the file as a whole cannot be relied on: a quote that is never closed, a last line that
    breaks off. A record that is too short, too long or badly quoted is a `Bad` one, and the others go on.
    """

    def __init__(
        self, path: Path, dialect: Dialect, *, name: str = "", progress: Callable[[int], None] | None = None
    ) -> None:
        self.name = name or path.name
        self._progress = progress
        self._binary = path.open("rb")
        self._binary.seek(dialect.skip_bytes)
        self._text = io.TextIOWrapper(self._binary, encoding=dialect.encoding, newline="")
        self._separator = dialect.separator
        self._line = 0  # lines handed to the reader so far
        self._fed: list[str] = []  # those of the record at hand
        self._again: deque[str] = deque()  # those of a block to be taken one by one, or read again after a bad quote
        for _ in range(dialect.skip_lines):
            self._text.readline()
            self._line += 1
        self._reader = csv.reader(self._feed(), delimiter=dialect.separator, strict=True)
        self._records = self._read()
        try:
            self.header = self._read_header()
        except FileRefused:
            self._text.close()
            raise

    def __enter__(self) -> "Records":
        return self

    def __exit__(self, *_: object) -> None:
        self._text.close()

    def __iter__(self) -> Iterator[Batch]:
        """Batches of at most BATCH records; every record of the file is in exactly one of them."""
        batch = Batch()
        while self._extend(batch):
            while len(batch) >= BATCH:
                yield self._counted(batch.split(BATCH))
        yield self._counted(batch)

    def _extend(self, batch: Batch) -> bool:
        """Adds the records of one more block, or some of them; false at the end of the file."""
        if not self._again:
            text = self._block()
            if not text:
                return False
            rows = self._at_once(text)
            if rows is not None:
                self._add_all(batch, rows, ended=text.endswith(("\n", "\r")))
                return True
            self._again.extend(io.StringIO(text, newline=""))
        while self._again and len(batch) < BATCH:
            self._add_next(batch)
        return True

    def _block(self) -> str:
        """Text from the beginning of a line to the end of one."""
        return self._text.read(BLOCK_LETTERS) + self._text.readline(LONGEST_LINE)

    def _at_once(self, text: str) -> list[list[str]] | None:
        """The records of a block, if each is well quoted and has a line to itself."""
        if len(text) >= LONGEST_LINE:
            return None
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=self._separator, strict=True)
        try:
            rows = list(reader)
        except csv.Error:
            return None
        return rows if reader.line_num == len(rows) else None

    def _add_all(self, batch: Batch, rows: list[list[str]], *, ended: bool) -> None:
        """Adds the records of a block; `ended` says whether its last line has an end."""
        lines = range(self._line + 1, self._line + 1 + len(rows))
        self._line += len(rows)
        if all(map(any, rows)) and {*map(len, rows)} == {len(self.header)}:
            batch.lines.extend(lines)
            batch.rows.extend(rows)
            return
        for line, row in zip(lines, rows, strict=True):
            self._add(batch, line, row, ended=ended or line < self._line)

    def _add_next(self, batch: Batch) -> None:
        """Adds the next record, however many lines it has."""
        line, row = next(self._records)
        if isinstance(row, Bad):
            batch.bad.append(row)
        else:
            self._add(batch, line, row, ended=self._fed[-1].endswith(("\n", "\r")))

    def _add(self, batch: Batch, line: int, row: list[str], *, ended: bool) -> None:
        """Adds a record where its width lets it; `ended` says whether its line has an end."""
        width = len(self.header)
        if not any(row):
            return
        if len(row) > width and not any(row[width:]):  # separators at the end of the line
            row = row[:width]
        if len(row) == width:
            batch.lines.append(line)
            batch.rows.append(row)
            return
        if len(row) < width and not ended:
            raise FileRefused(
                self.name, f"breaks off here: the last line has {len(row)} of {width} columns. Export it again.", line
            )
        size = "short" if len(row) < width else "long"
        batch.bad.append(Bad(line, f"row_{size}", f"has {len(row)} columns, the header has {width}"))

    def _counted(self, batch: Batch) -> Batch:
        if self._progress:
            self._progress(self._binary.tell())
        return batch

    def _read_header(self) -> list[str]:
        for line, row in self._records:
            if isinstance(row, Bad):
                raise FileRefused(self.name, f"has no readable header: {row.reason}.", line)
            if any(cell.strip() for cell in row):
                return [cell.strip() for cell in row]
        raise FileRefused(self.name, "is empty.")

    def _feed(self) -> Iterator[str]:
        """Lines for the reader; those given back come first."""
        while True:
            line = self._again.popleft() if self._again else self._text.readline(LONGEST_LINE)
            if not line:
                return
            if len(line) >= LONGEST_LINE:
                raise FileRefused(self.name, f"has a line of more than {LONGEST_LINE:,} characters.", self._line + 1)
            self._line += 1
            self._fed.append(line)
            yield line

    def _read(self) -> Iterator[tuple[int, list[str] | Bad]]:
        """Records and the lines on which they begin."""
        while True:
            start = self._line + 1
            self._fed.clear()
            try:
                row = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield start, self._after(error, start)
            else:
                yield start, row

    def _after(self, error: csv.Error, start: int) -> Bad:
        """A badly quoted record loses its first line only: what it swallowed is read again."""
        reason = str(error)
        if "end of data" in reason or ("field limit" in reason and len(self._fed) > 1):
            raise FileRefused(self.name, "a quote is opened here and never closed; the file may be cut off.", start)
        self._line -= len(self._fed) - 1
        self._again.extendleft(reversed(self._fed[1:]))
        if "field limit" in reason:
            return Bad(start, "field_too_long", f"holds a field of more than {csv.field_size_limit():,} characters")
        return Bad(start, "bad_quoting", "is badly quoted")
