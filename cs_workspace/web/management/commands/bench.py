"""`manage.py bench`: the benchmarks, each figure beside its budget."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from bench import BENCHES, load
from bench.database import own_database
from bench.figures import keep, show, yardstick


class Command(BaseCommand):
    """Runs on a database of its own beside the workspace's; keeps the results as JSON in `var/bench`."""

    help = "Run the benchmarks on a database of their own; print each figure beside its budget."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="*", metavar="NAME", help=f"Which: {', '.join(BENCHES)} (default: all).")
        parser.add_argument("--accounts", type=int, default=50_000, metavar="N", help="Accounts of the book (50,000).")

    def handle(self, *args: Any, **options: Any) -> None:
        names, accounts = options["names"] or list(BENCHES), options["accounts"]
        unknown = [name for name in names if name not in BENCHES]
        if unknown:
            raise CommandError(f"No benchmark is called {', '.join(unknown)} (there are: {', '.join(BENCHES)}).")
        if accounts < 1:
            raise CommandError("A book has at least one account.")
        # Pages name their assets by what they hold.
        call_command("collectstatic", interactive=False, verbosity=0)
        for name in names:
            with own_database():
                figures = [yardstick("before"), *load(name)(accounts), yardstick("after")]
            show(f"{name}, {accounts:,} accounts", figures)
            self.stdout.write(f"Kept in {keep(settings.VAR_DIR / 'bench', name, accounts, figures)}")
