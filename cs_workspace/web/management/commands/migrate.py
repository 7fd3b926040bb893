"""`manage.py migrate`: Django's, but quick in an empty database."""

from contextlib import nullcontext
from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from cs_workspace.common.quick_states import quick_states


class Command(migrate.Command):
    """The options and what is written are Django's."""

    def handle(self, *args: Any, **options: Any) -> None:
        empty = not connections[options["database"]].introspection.table_names()
        with quick_states() if empty else nullcontext():
            super().handle(*args, **options)
