"""The migrated database of one run of the suite: made once, copied by every process of the run.

The process that asks first migrates while the others wait for it, and drops it at its end. Each run makes its own, from
an empty database and by every migration, so a migration that does not apply still stops the run.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.db import connection

from tests import servers

# Runs that share a server wait for one another; elsewhere the number means nothing.
LOCK = 2_026_111


@contextmanager
def migrated() -> Iterator[str]:
    """The name of a database with all tables and what ships, to which nobody is connected."""
    name = f"{servers.var_dir().name}-template"
    with _one_at_a_time():
        makes = not _exists(name)
        if makes:
            # It gets its name when it is whole, so nobody copies half of it.
            with empty_database(f"{name}-draft"):
                call_command("migrate", interactive=False, verbosity=0)
                connection.close()
                tell_server(f'ALTER DATABASE "{name}-draft" RENAME TO "{name}"')
    try:
        yield name
    finally:
        if makes:
            with _one_at_a_time():
                tell_server(f'DROP DATABASE "{name}"')


@contextmanager
def empty_database(name: str) -> Iterator[None]:
    """Inside, Django works in a database of that name, which is new; afterwards in the one it has left."""
    address: dict[str, Any] = connection.settings_dict
    usual = address["NAME"]
    tell_server(f'DROP DATABASE IF EXISTS "{name}"')
    tell_server(f'CREATE DATABASE "{name}"')
    connection.close()
    address["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        address["NAME"] = usual
        tell_server(f'DROP DATABASE IF EXISTS "{name}"')


def tell_server(statement: str) -> None:
    """For what no database can be told of itself."""
    with connection.creation._nodb_cursor() as cursor:
        cursor.execute(statement)


def _exists(name: str) -> bool:
    with connection.creation._nodb_cursor() as cursor:
        cursor.execute("SELECT FROM pg_database WHERE datname = %s", [name])
        return cursor.fetchone() is not None


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Holds for all processes on this server; the lock of one that dies ends with its session."""
    with connection.creation._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        yield
