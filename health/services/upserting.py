"""Many rows in one statement: inserted, or updated where they say something else."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

# Rows of one statement: few round trips, and a statement of a few megabytes at most.
BATCH = 5_000


@dataclass(frozen=True)
class Target:
    """A table that observations are written to.

    `columns` maps each column to its PostgreSQL type, in the order of the rows; one is `account_id`. `conflict` is the
    text after ON CONFLICT; `updates` maps columns to what they become, where `excluded` is the new row and `t` the one
    that is there.
    """

    table: str
    columns: dict[str, str]
    conflict: str
    updates: dict[str, str]

    @property
    def sql(self) -> str:
        """The statement, with one array of parameters for each column."""
        names = ", ".join(self.columns)
        # A column that is itself an array travels as text: unnest would flatten an array of arrays.
        arrays = ", ".join(f"%s::{'text' if kind.endswith('[]') else kind}[]" for kind in self.columns.values())
        values = ", ".join(f"{name}::{kind}" for name, kind in self.columns.items())
        changed = ", ".join(f"t.{column}" for column in self.updates)
        becomes = ", ".join(self.updates.values())
        assigned = ", ".join(f"{column} = {value}" for column, value in self.updates.items())
        return (
            f"INSERT INTO {self.table} AS t ({names}) SELECT {values} FROM unnest({arrays}) AS given ({names}) "  # noqa: S608
            f"ON CONFLICT {self.conflict} DO UPDATE SET {assigned} "
            f"WHERE ({changed}) IS DISTINCT FROM ({becomes}) RETURNING account_id"
        )


def upsert(target: Target, rows: Sequence[Sequence[Any]]) -> tuple[int, set[int]]:
    """Writes rows of the target's columns, which must not name one key twice; an empty sequence does nothing.

    Gives the number of rows inserted or changed and the accounts that they belong to.
    """
    written = 0
    accounts: set[int] = set()
    with connection.cursor() as cursor:
        for start in range(0, len(rows), BATCH):
            columns = [list(values) for values in zip(*rows[start : start + BATCH], strict=True)]
            cursor.execute(target.sql, columns)
            found = [row[0] for row in cursor.fetchall()]
            written += len(found)
            accounts.update(found)
    return written, accounts
