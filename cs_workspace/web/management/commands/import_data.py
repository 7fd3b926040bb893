"""`manage.py import_data`: files of other systems in, by a mapping."""

import datetime as dt
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from cs_workspace.common import clock
from cs_workspace.common.migrating import ensure_current_tables
from cs_workspace.web.importing.errors import ImportRefused
from cs_workspace.web.importing.mapping import load_mapping, shipped_mappings
from cs_workspace.web.importing.printing import as_dict, as_text
from cs_workspace.web.importing.reporting import problems_written_to
from cs_workspace.web.importing.running import Summary, run_import


class Command(BaseCommand):
    """Nothing is written where a file or the mapping is refused; wrong rows are told and never stop the good ones."""

    help = "Import files of another system by a mapping; docs/importing.md says how to write one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "paths", nargs="+", type=Path, metavar="PATH",
            help="A folder or a file. With several, each kind of file is taken from the first that has it.",
        )  # fmt: skip
        parser.add_argument(
            "--mapping", required=True, metavar="NAME|FILE.toml", help=f"Shipped: {', '.join(shipped_mappings())}."
        )
        parser.add_argument("--dry-run", action="store_true", help="Do everything, tell it, and write nothing.")
        parser.add_argument(
            "--shift-to", metavar="DATE|today",
            help="Move all dates by the same number of days, so that the newest falls on this day.",
        )  # fmt: skip
        parser.add_argument(
            "--owner", type=emails, default=[], metavar="EMAIL[,EMAIL…]",
            help="Share out the accounts that have no owner among these users.",
        )  # fmt: skip
        parser.add_argument("--report", type=Path, metavar="FILE.csv", help="Write every problem of every row there.")
        parser.add_argument("--json", action="store_true", help="Print the figures as JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        ensure_current_tables()
        try:
            summary = self._import(options)
        except ImportRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        except DatabaseError as error:
            reason = str(error).strip().partition("\n")[0]
            raise CommandError(f"The database broke off, and nothing was written: {reason}") from error
        if options["json"]:
            self.stdout.write(json.dumps(as_dict(summary), ensure_ascii=False))
        else:
            self.stdout.write(as_text(summary, report=options["report"]))

    @staticmethod
    def _import(options: dict[str, Any]) -> Summary:
        shift_to = day(options["shift_to"]) if options["shift_to"] else None
        mapping = load_mapping(options["mapping"])
        console = Console(stderr=True, quiet=options["json"])
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
        with (
            problems_written_to(options["report"]) as problems,
            Progress(*columns, console=console, transient=True) as bar,
        ):
            task = bar.add_task("Looking …", total=None)
            return run_import(
                options["paths"],
                mapping,
                problems,
                dry_run=options["dry_run"],
                shift_to=shift_to,
                owners=options["owner"],
                progress=lambda doing, done, total: bar.update(task, description=doing, completed=done, total=total),
            )


def day(text: str) -> dt.date:
    """A day as ISO writes it, or `today`; raises `CommandError`, as every refusal does, for anything else."""
    if text == "today":
        return clock.today()
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"--shift-to: “{text}” is no day; write 2026-11-24 or today.") from None


def emails(text: str) -> list[str]:
    """E-mail addresses between commas."""
    return [email.strip() for email in text.split(",") if email.strip()]
