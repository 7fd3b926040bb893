#!/usr/bin/env python3
"""The command line of the workspace: `./manage.py help` lists every command."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path


def main() -> None:
    use_our_environment()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cs_workspace.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from cs_workspace import embedded

    try:
        with embedded.servers_for_command(sys.argv):
            execute_from_command_line(sys.argv)
    except (embedded.EmbeddedError, ImproperlyConfigured) as error:
        sys.exit(str(error))


def use_our_environment() -> None:
    """Called with the machine's Python, the command goes on with that of `.venv`, which has what we need."""
    if find_spec("django"):
        return
    python = Path(__file__).resolve().parent / ".venv" / "bin" / "python"
    if not python.exists() or Path(sys.executable) == python:
        sys.exit("The environment is missing or incomplete: `make run` makes it, `make clean` removes a broken one.")
    os.execv(python, [str(python), *sys.argv])


if __name__ == "__main__":
    main()
