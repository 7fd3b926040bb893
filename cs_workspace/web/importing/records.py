"""Records of a text file in batches, in constant memory, each with the line it begins on."""

import csv
import io
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cs_workspace.web.importing.dialect import Dialect
from cs_workspace.web.importing.errors import FileRefused

BATCH = 5_000
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
        self._line = 0  # lines handed to the reader so far
        self._fed: list[str] = []  # those of the record at hand
        self._again: deque[str] = deque()  # those to be read once more, after a badly quoted one
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
        width, batch = len(self.header), Batch()
        for line, row in self._records:
            if isinstance(row, Bad):
                batch.bad.append(row)
            elif not any(row):
                continue
            elif len(row) == width:
                batch.lines.append(line)
                batch.rows.append(row)
            else:
                self._lay_beside_header(batch, line, row)
            if len(batch) >= BATCH:
                yield self._counted(batch)
                batch = Batch()
        yield self._counted(batch)

    def _counted(self, batch: Batch) -> Batch:
        if self._progress:
            self._progress(self._binary.tell())
        return batch

    def _lay_beside_header(self, batch: Batch, line: int, row: list[str]) -> None:
        width = len(self.header)
        if len(row) > width and not any(row[width:]):  # separators at the end of the line
            batch.lines.append(line)
            batch.rows.append(row[:width])
            return
        broken_off = len(row) < width and self._fed and not self._fed[-1].endswith(("\n", "\r"))
        if broken_off:
            raise FileRefused(
                self.name, f"breaks off here: the last line has {len(row)} of {width} columns. Export it again.", line
            )
        size = "short" if len(row) < width else "long"
        batch.bad.append(Bad(line, f"row_{size}", f"has {len(row)} columns, the header has {width}"))

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
            if len(line) == LONGEST_LINE:
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
