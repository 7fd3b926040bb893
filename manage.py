#!/usr/bin/env python
"""The command line of the workspace: `./manage.py help` lists every command."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cs_workspace.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from cs_workspace import embedded

    try:
        with embedded.servers_for_command(sys.argv):
            execute_from_command_line(sys.argv)
    except (embedded.EmbeddedError, ImproperlyConfigured) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
