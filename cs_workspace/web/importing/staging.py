"""A temporary table for the rows of one table of the mapping: rows are many, memory is not.

There rows that say the same thing twice are found, and from there they are handed on in chunks, summed where need be.
"""

# ruff: noqa: S608  names of tables and columns are made here and checked by the mapping
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

CHUNK = 10_000
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
        self._jsons = [place for place, kind in enumerate(columns.values()) if kind == "jsonb"]
        self._lists = [place for place, kind in enumerate(columns.values()) if kind.endswith("[]")]

    def add(self, file: int, lines: Sequence[int], keys: Sequence[str], values: Mapping[str, Sequence[Any]]) -> None:
        """Adds rows, column by column."""
        ordered = [values[column] for column in self.columns]
        for place in self._jsons:
            ordered[place] = [json.dumps(value) for value in ordered[place]]
        for place in self._lists:
            ordered[place] = [list(value) for value in ordered[place]]
        names = ", ".join(["nr", "file", "line", "key", *(f'"{column}"' for column in self.columns)])
        numbers = range(self.rows_added, self.rows_added + len(lines))
        with connection.cursor() as cursor, cursor.copy(f"COPY {self.name} ({names}) FROM STDIN") as copy:
            for row in zip(numbers, [file] * len(lines), lines, keys, *ordered, strict=True):
                copy.write_row(row)
        self.rows_added += len(lines)

    def take_twins(self, key: Sequence[str]) -> Iterator[Twin]:
        """Takes out every row but the first of those that share the `key` columns, and tells of each."""
        shared = ", ".join(f'"{column}"' for column in key)
        whole = ", ".join(f'"{column}"' for column in self.columns) or "NULL"
        self._execute(
            f"CREATE TEMPORARY TABLE {self.name}_twins ON COMMIT DROP AS "
            f"SELECT ROW({shared})::text AS shared FROM {self.name} GROUP BY 1 HAVING count(*) > 1"
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
