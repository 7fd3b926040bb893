"""`manage.py demo`: the demo company, of any size."""

import datetime as dt
import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from cs_workspace.common.migrating import ensure_current_tables
from cs_workspace.web.demo import LOGINS
from cs_workspace.web.demo.loading import ACCOUNTS, DemoError, Loaded, empty_workspace, load_demo


class Command(BaseCommand):
    """One transaction: a load that is interrupted leaves the workspace as it was."""

    help = "Write the demo company into an empty workspace: customers with a year of history, the same for a seed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--accounts", type=int, default=ACCOUNTS, metavar="N", help=f"How many customers ({ACCOUNTS})."
        )
        parser.add_argument("--seed", type=int, default=7, metavar="S", help="Another seed, another company (7).")
        parser.add_argument(
            "--as-of", type=dt.date.fromisoformat, metavar="DATE", help="The day on which the history ends (today)."
        )
        parser.add_argument("--replace", action="store_true", help="Take out the demo company that is there before.")
        parser.add_argument("--json", action="store_true", help="Print the figures as JSON.")

    def handle(self, *, accounts: int, seed: int, as_of: dt.date | None, replace: bool, json: bool, **_: Any) -> None:
        ensure_current_tables()
        with Progress(
            TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(),
            console=Console(stderr=True, quiet=json), transient=True,
        ) as bar:  # fmt: skip
            task = bar.add_task("Inventing the company")

            def report(what: str, done: int, total: int) -> None:
                bar.update(task, description=what, completed=done, total=total)

            try:
                with transaction.atomic():
                    if replace:
                        empty_workspace(by=None)
                    loaded = load_demo(accounts=accounts, seed=seed, as_of=as_of, report=report)
            except DemoError as error:
                raise CommandError(str(error)) from error
        self.stdout.write(as_json(loaded) if json else as_text(loaded))


def as_json(loaded: Loaded) -> str:
    """The figures for a program."""
    return json.dumps(
        {
            "accounts": loaded.accounts,
            "seed": loaded.seed,
            "as_of": loaded.as_of.isoformat(),
            "rows": dict(loaded.rows),
            "seconds": {
                "writing": round(loaded.writing_seconds, 1),
                "scoring": round(loaded.scoring_seconds, 1),
            },
        }
    )


def as_text(loaded: Loaded) -> str:
    """The figures for a person, and whom to log in as."""
    seconds = loaded.writing_seconds + loaded.scoring_seconds
    lines = [f"Northwind with {loaded.accounts:,} customers as of {loaded.as_of}, {seconds:.0f} s:"]
    lines += [f"  {count:>12,} {table}" for table, count in loaded.rows.items()]
    lines += ["Log in as"]
    lines += [f"  {login.role:<10} {login.email:<34} {login.password}" for login in LOGINS]
    return "\n".join(lines)
