"""The state of the database's tables, for commands that a newcomer may run first."""

from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def ensure_current_tables() -> None:
    """In embedded mode brings the tables to this version, as the start of the workspace does.

    In server mode that is the operator's to decide: raises CommandError where migrations are outstanding.
    """
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    if not settings.EMBEDDED:
        raise CommandError("The database is not at this version; run `./manage.py migrate` first.")
    call_command("migrate", interactive=False, verbosity=0)
