"""Puts the test database back as the migrations left it, after a test that really committed.

Django's `flush` truncates every table and installs what ships anew, a second or more each time, and its locks on all
tables wait for any session that still reads. Here the shipped rows are kept aside once, in a schema of their own; what a
test left is deleted, row by row and only where there is any, and the shipped rows are laid back.
"""

from collections.abc import Sequence
from typing import cast

from django.core.management import call_command
from django.db import connection, transaction
from psycopg import sql

KEPT = "pristine"


def keep() -> None:
    """Sets the rows of the freshly migrated database aside; drops what an earlier session set aside."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {KEPT} CASCADE; CREATE SCHEMA {KEPT}")
        for table in _with_rows(_tables()):
            cursor.execute(
                sql.SQL("CREATE TABLE {} AS TABLE {}").format(sql.Identifier(KEPT, table), sql.Identifier(table))
            )


def restore() -> None:
    """Empties every table that has rows and lays back those that `keep` set aside; sequences go on where they are.

    Foreign keys and triggers, those against changes of what was published among them, are off meanwhile, which only a
    superuser may ask for; another role flushes.
    """
    if not _is_superuser():
        call_command("flush", verbosity=0, interactive=False)
        return
    kept = _kept()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in _with_rows(_tables()):
            cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
        for table, columns in kept.items():
            names = sql.SQL(", ").join(map(sql.Identifier, columns))
            cursor.execute(
                sql.SQL("INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE SELECT {names} FROM {kept}").format(
                    table=sql.Identifier(table), names=names, kept=sql.Identifier(KEPT, table)
                )
            )


def _tables() -> list[str]:
    return connection.introspection.django_table_names(only_existing=True, include_views=False)


def _with_rows(tables: Sequence[str]) -> list[str]:
    # One question for all of them.
    asked = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {name} WHERE EXISTS (SELECT FROM {table})").format(
            name=sql.Literal(table), table=sql.Identifier(table)
        )
        for table in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return [table for (table,) in cursor.fetchall()]


def _kept() -> dict[str, list[str]]:
    """Of each table that was set aside the columns that can be written, which generated ones cannot."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kept.table_name, array_agg(kept.column_name::text) FROM information_schema.columns kept"
            " JOIN information_schema.columns own ON own.table_schema = 'public'"
            " AND own.table_name = kept.table_name AND own.column_name = kept.column_name"
            " WHERE kept.table_schema = %s AND own.is_generated = 'NEVER' GROUP BY 1",
            [KEPT],
        )
        return dict(cursor.fetchall())


def _is_superuser() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SHOW is_superuser")
        return cast("tuple[str]", cursor.fetchone()) == ("on",)
