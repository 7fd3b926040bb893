"""A temporary table for the rows of one table of the mapping: rows are many, memory is not.

There rows that say the same thing twice are found, and from there they are handed on in chunks, summed where need be.
"""

# ruff: noqa: S608  names of tables and columns are made here and checked by the mapping
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from cs_workspace.common.upserting import Selection, array_text

CHUNK = 10_000
# Rows that one statement writes: few statements, and what waits for the end of one takes megabytes at most.
PORTION = 100_000
# What COPY takes for more than the letter itself
SPECIAL = re.compile(r"[\\\t\n\r]")
ESCAPED = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
NULL = r"\N"
# How values become texts in columns whose texts may hold anything; those of the others write themselves.
TEXTUAL: dict[str, Callable[[Any], str]] = {"text": str, "jsonb": json.dumps, "text[]": array_text}
ADMINISTRATIVE = ["nr bigint", "file smallint", "line integer", "key text"]


@dataclass(frozen=True)
class Twin:
    """A row that has the key of an earlier one: where, the key, where the earlier one is, and whether they agree."""

    file: int
    line: int
    key: str
    first_file: int
    first_line: int
    same: bool


class Stage:
    """The staged rows; `columns` maps names to PostgreSQL types. Lives until the transaction ends."""

    def __init__(self, name: str, columns: dict[str, str]) -> None:
        self.name = f"staged_{name}"
        self.columns = columns
        self.rows_added = 0
        fields = [*ADMINISTRATIVE, *(f'"{column}" {kind}' for column, kind in columns.items())]
        # That of an earlier import stays until a surrounding transaction ends.
        self._execute(f"DROP TABLE IF EXISTS pg_temp.{self.name}")
        self._execute(f"CREATE TEMPORARY TABLE {self.name} ({', '.join(fields)}) ON COMMIT DROP")

    def add(self, file: int, lines: Sequence[int], keys: Sequence[str], values: Mapping[str, Sequence[Any]]) -> None:
        """Adds rows, column by column."""
        numbers = range(self.rows_added, self.rows_added + len(lines))
        written = [_copied(values[column], kind) for column, kind in self.columns.items()]
        places = [map(str, numbers), [str(file)] * len(lines), map(str, lines), _copied(keys, "text")]
        names = ", ".join(["nr", "file", "line", "key", *(f'"{column}"' for column in self.columns)])
        with connection.cursor() as cursor, cursor.copy(f"COPY {self.name} ({names}) FROM STDIN") as copy:
            copy.write("".join(["\t".join(row) + "\n" for row in zip(*places, *written, strict=True)]))
        self.rows_added += len(lines)

    def take_twins(self, key: Sequence[str]) -> Iterator[Twin]:
        """Takes out every row but the first of those that share the `key` columns, and tells of each."""
        shared = ", ".join(f'"{column}"' for column in key)
        whole = ", ".join(f'"{column}"' for column in self.columns) or "NULL"
        self._execute(
            f"CREATE TEMPORARY TABLE {self.name}_twins ON COMMIT DROP AS "
            f"SELECT ROW({shared})::text AS shared FROM {self.name} GROUP BY {shared} HAVING count(*) > 1"
        )
        self._execute(
            f"CREATE TEMPORARY TABLE {self.name}_later ON COMMIT DROP AS SELECT * FROM ("
            f"SELECT nr, file, line, {self.name}.key, ROW({shared})::text AS shared, "
            "first_value(nr) OVER same_key AS first_nr, first_value(file) OVER same_key AS first_file, "
            "first_value(line) OVER same_key AS first_line, "
            f"ROW({whole})::text = first_value(ROW({whole})::text) OVER same_key AS same "
            f"FROM {self.name} JOIN {self.name}_twins ON shared = ROW({shared})::text "
            f"WINDOW same_key AS (PARTITION BY ROW({shared})::text ORDER BY nr)) found WHERE nr <> first_nr"
        )
        for row in self.rows(
            f"SELECT file, line, key, first_file, first_line, same FROM {self.name}_later ORDER BY nr"
        ):
            yield Twin(*row)
        self._execute(f"DELETE FROM {self.name} s USING {self.name}_later l WHERE s.nr = l.nr")
        self._execute(f"DROP TABLE {self.name}_twins, {self.name}_later")

    def chunks(self, columns: Sequence[str], *, order: str = "nr", group: str = "") -> Iterator[list[tuple[Any, ...]]]:
        """The rows in chunks: SQL expressions over the columns, perhaps grouped."""
        grouped = f" GROUP BY {group}" if group else ""
        yield from self._chunked(f"SELECT {', '.join(columns)} FROM {self.name}{grouped} ORDER BY {order}")

    def portions(self, columns: Sequence[str], where: str = "TRUE") -> Iterator[Selection]:
        """The rows as selections of at most PORTION, in the order of the files: SQL expressions over the columns."""
        return _portions(self.name, columns, where, self.rows_added)

    def gather(self, by: Sequence[str], columns: Mapping[str, str], *, group: bool) -> "Gathered":
        """The rows in the order of `by`; `columns` maps names to SQL over those that stand in the stage.

        With `group` rows that agree in `by` become one, and the SQL aggregates them.
        """
        gathered = Gathered(f"{self.name}_gathered")
        keys = ", ".join(by)
        chosen = ", ".join([keys, *(f'{sql} AS "{name}"' for name, sql in columns.items())])
        grouped = f" GROUP BY {keys}" if group else ""
        self._execute(f"DROP TABLE IF EXISTS pg_temp.{gathered.name}")
        with connection.cursor() as cursor:
            cursor.execute(
                f"CREATE TEMPORARY TABLE {gathered.name} ON COMMIT DROP AS "
                f"SELECT row_number() OVER (ORDER BY {keys}) - 1 AS nr, {chosen} FROM {self.name}{grouped}"
            )
            gathered.rows = cursor.rowcount
        return gathered

    def count(self, where: str = "TRUE") -> int:
        """The number of rows for which a condition holds."""
        return int(self.scalar(f"SELECT count(*) FROM {self.name} WHERE {where}"))

    def scalar(self, sql: str, params: Sequence[Any] = ()) -> Any:
        """The one value of a statement."""
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            row = cursor.fetchone()
            return row[0] if row else None

    @staticmethod
    def all(sql: str, params: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """The rows of a statement that finds few."""
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.fetchall()

    def rekey(self, prefix: str) -> None:
        """Puts a word before every key."""
        self._execute(f"UPDATE {self.name} SET key = '{prefix}' || key")

    def index(self, column: str) -> None:
        """Lets rows be found by a column."""
        self._execute(f"CREATE INDEX ON {self.name} ({column})")

    def rows(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a statement, one by one."""
        for chunk in self._chunked(sql):
            yield from chunk

    @staticmethod
    def _chunked(sql: str) -> Iterator[list[tuple[Any, ...]]]:
        with connection.chunked_cursor() as cursor:
            cursor.execute(sql)
            while chunk := cursor.fetchmany(CHUNK):
                yield chunk

    @staticmethod
    def _execute(sql: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql)


@dataclass
class Gathered:
    """A temporary table of staged rows that were taken together."""

    name: str
    rows: int = 0

    def portions(self, columns: Sequence[str], where: str = "TRUE") -> Iterator[Selection]:
        """The rows as selections of at most PORTION, in their order: SQL expressions over the columns."""
        return _portions(self.name, columns, where, self.rows)


def _portions(table: str, columns: Sequence[str], where: str, rows: int) -> Iterator[Selection]:
    """Selections of a temporary table whose rows are numbered by `nr` from 0."""
    if rows > PORTION:
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE INDEX IF NOT EXISTS {table}_nr ON {table} (nr)")
    for start in range(0, rows, PORTION):
        yield Selection(
            f"SELECT {', '.join(columns)} FROM {table} "
            f"WHERE nr >= {start} AND nr < {start + PORTION} AND {where} ORDER BY nr"
        )


def _copied(values: Sequence[Any], kind: str) -> Sequence[str]:
    """Values of a column as COPY takes them; `kind` is the column's type."""
    if kind not in TEXTUAL:
        return [NULL if value is None else str(value) for value in values]
    texts = [TEXTUAL[kind](value) for value in values]
    if SPECIAL.search("".join(texts)):
        return [text.translate(ESCAPED) for text in texts]
    return texts
