"""Puts the test database back as the migrations left it, after a test that really committed.

Django's `flush` truncates every table and installs what ships anew, a second or more each time, and its locks on all
tables wait for any session that still reads. Here the shipped rows are kept aside once, in a schema of their own; what
a test left is deleted, row by row and only where there is any, and the shipped rows are laid back.
"""

from collections.abc import Sequence
from typing import cast

from django.core.management import call_command
from django.db import connection, transaction
from psycopg import sql

PRISTINE = "pristine"


def keep(name: str = PRISTINE) -> None:
    """Sets the rows that there are aside under a name, in place of what an earlier session set aside under it."""
    with transaction.atomic(), connection.cursor() as cursor:
        schema = sql.Identifier(name)
        cursor.execute(sql.SQL("DROP SCHEMA IF EXISTS {0} CASCADE; CREATE SCHEMA {0}").format(schema))
        for table in _with_rows(_tables()):
            cursor.execute(
                sql.SQL("CREATE TABLE {} AS TABLE {}").format(sql.Identifier(name, table), sql.Identifier(table))
            )


def restore(name: str = PRISTINE) -> None:
    """Empties every table that has rows and lays back those that `keep` set aside; sequences go on where they are.

    Foreign keys and triggers, those against changes of what was published among them, are off meanwhile, which only a
    superuser may ask for; another role flushes.
    """
    if not is_possible():
        call_command("flush", verbosity=0, interactive=False)
        return
    kept = _kept(name)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in _with_rows(_tables()):
            cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
        for table, columns in kept.items():
            names = sql.SQL(", ").join(map(sql.Identifier, columns))
            cursor.execute(
                sql.SQL("INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE SELECT {names} FROM {kept}").format(
                    table=sql.Identifier(table), names=names, kept=sql.Identifier(name, table)
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


def _kept(name: str) -> dict[str, list[str]]:
    """Of each table that was set aside the columns that can be written, which generated ones cannot."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, array_agg(own.attname::text) FROM pg_class c"
            " JOIN pg_attribute own ON own.attrelid = format('public.%%I', c.relname)::regclass"
            " AND own.attnum > 0 AND NOT own.attisdropped AND own.attgenerated = ''"
            " WHERE c.relnamespace = %s::regnamespace AND c.relkind = 'r' GROUP BY 1",
            [name],
        )
        return dict(cursor.fetchall())


def is_possible() -> bool:
    """Whether this role of the database may switch foreign keys and triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW is_superuser")
        return cast("tuple[str]", cursor.fetchone()) == ("on",)
