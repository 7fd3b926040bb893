"""A database of its own, beside the workspace's and dropped afterwards."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection
from django.test import override_settings

NAME = "cs_bench"


@contextmanager
def own_database() -> Iterator[None]:
    """Migrated and empty; the connection of this process leads there until the end, and pages answer the client that
    Django has for tests, whatever the name of the host."""
    workspace = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = NAME
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        # Around the work and not as a decorator: a function that yields has not begun when its decorator ends.
        with override_settings(ALLOWED_HOSTS=["testserver"]):
            yield
    finally:
        connection.creation.destroy_test_db(workspace, verbosity=0)


def environment() -> dict[str, str]:
    """For programs that are to work on the same database: server mode."""
    database = connection.settings_dict
    host = ("/" if database["HOST"].startswith("/") else "") + quote(database["HOST"])
    port = f":{database['PORT']}" if database["PORT"] else ""
    password = f":{quote(database['PASSWORD'], safe='')}" if database["PASSWORD"] else ""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "cs_workspace.settings",
        "DATABASE_URL": f"postgres://{quote(database['USER'], safe='')}{password}@{host}{port}/{NAME}",
        "REDIS_URL": settings.REDIS_URL,
        "SECRET_KEY": settings.SECRET_KEY,
        "CS_VAR_DIR": str(settings.VAR_DIR),
        "LOG_LEVEL": "WARNING",
    }


def statement(sql: str, **params: Any) -> int:
    """Runs one statement; gives the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.rowcount
