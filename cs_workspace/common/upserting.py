"""Many rows in one statement: inserted, or updated where they say something else."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models

# Rows of one statement: few round trips, and a statement of a few megabytes at most.
BATCH = 5_000


@dataclass(frozen=True)
class Target:
    """A table that rows are written to.

    `columns` maps each column to its PostgreSQL type, in the order of the rows. `conflict` is the text after ON
    CONFLICT. `updates` maps columns to what they become, where `excluded` is the new row and `t` the one that is there;
    a row is changed if one of them says something else. `stamps` are set on such a change only. `inserts` fills columns
    of new rows that are not among the given ones; it may use `given`, the row at hand.
    """

    table: str
    columns: dict[str, str]
    conflict: str
    updates: dict[str, str]
    stamps: dict[str, str] = field(default_factory=dict)
    inserts: dict[str, str] = field(default_factory=dict)
    returning: str = "account_id"

    @property
    def sql(self) -> str:
        """The statement, with one array of parameters for each column."""
        # A column that is itself an array travels as text: unnest would flatten an array of arrays.
        arrays = ", ".join(f"%s::{'text' if kind.endswith('[]') else kind}[]" for kind in self.columns.values())
        return self.sql_from(f"unnest({arrays})")

    def sql_from(self, source: str) -> str:
        """The statement for rows that stand after FROM, whatever their columns are called."""
        given = ", ".join(self.columns)
        names = ", ".join([*self.columns, *self.inserts])
        values = ", ".join([*(f"given.{name}::{kind}" for name, kind in self.columns.items()), *self.inserts.values()])
        return (
            f"INSERT INTO {self.table} AS t ({names}) SELECT {values} FROM {source} AS given ({given}) "  # noqa: S608
            f"ON CONFLICT {self.conflict} DO {self._update()} RETURNING {self.returning}, t.xmax = 0"
        )

    def _update(self) -> str:
        if not self.updates:
            return "NOTHING"
        assigned = ", ".join(f"{column} = {value}" for column, value in (self.updates | self.stamps).items())
        changed = ", ".join(f"t.{column}" for column in self.updates)
        becomes = ", ".join(self.updates.values())
        return f"UPDATE SET {assigned} WHERE ROW({changed}) IS DISTINCT FROM ROW({becomes})"


@dataclass(frozen=True)
class Selection:
    """Rows that lie in the database already: a SELECT of the target's columns in their order.

    It goes into statements that take parameters and has none itself, so that a per cent sign stands in it twice.
    """

    sql: str


@dataclass
class Written:
    """What came of an upsert: the `returning` values of rows that were inserted, and of those that were changed."""

    new: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)

    def __add__(self, other: "Written") -> "Written":
        return Written(self.new + other.new, self.changed + other.changed)

    @property
    def all(self) -> set[int]:
        """The values of both, each once."""
        return {*self.new, *self.changed}


def upsert(target: Target, rows: Sequence[Sequence[Any]] | Selection) -> Written:
    """Writes rows of the target's columns, which must not name one key twice; an empty sequence does nothing.

    What a selection finds is written by one statement and never comes here.
    """
    written = Written()
    with connection.cursor() as cursor:
        for sql, params in _statements(target, rows):
            cursor.execute(sql, params)
            for value, is_new in cursor.fetchall():
                (written.new if is_new else written.changed).append(value)
    return written


def _statements(target: Target, rows: Sequence[Sequence[Any]] | Selection) -> Iterator[tuple[str, list[list[Any]]]]:
    """The statements that write the rows, and their parameters."""
    if isinstance(rows, Selection):
        yield target.sql_from(f"({rows.sql})"), []
        return
    for start in range(0, len(rows), BATCH):
        yield target.sql, [list(values) for values in zip(*rows[start : start + BATCH], strict=True)]


def defaults_of(model: type[models.Model], given: Container[str]) -> dict[str, str]:
    """What Django would write into the columns of a new row that are not `given`, as SQL; nulls are left out."""
    found = {}
    for column in model._meta.concrete_fields:
        written_by_database = column.primary_key or isinstance(column, models.GeneratedField)
        if column.column in given or written_by_database or (column.null and not column.has_default()):
            continue
        if isinstance(column, models.DateTimeField) and (column.auto_now or column.auto_now_add):
            found[column.column] = "now()"
        else:
            found[column.column] = literal(column.get_default())
    return found


def literal(value: object) -> str:
    """A plain value as SQL, fit for a statement that takes parameters."""
    if value is None:
        return "NULL"
    if isinstance(value, bool | int):
        return str(value).lower()
    if isinstance(value, list | dict) and not value:
        return "'{}'"
    return "'" + str(value).replace("'", "''").replace("%", "%%") + "'"


def array_text(words: Sequence[str]) -> str:
    """Words as the text of a PostgreSQL array."""
    return "{" + ",".join('"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"' for word in words) + "}"
