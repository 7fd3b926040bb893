"""`manage.py retention`: GRR, NRR, logo retention and their parts, of the workspace or of a ledger file."""

import datetime as dt
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cs_workspace.common.migrating import ensure_current_tables
from renewals.domain.ledger_file import LedgerFileError, read_ledger_file, retention_document
from renewals.domain.movements import Movements
from renewals.domain.periods import Period, PeriodError, Step
from renewals.domain.retention import measure, measure_each
from renewals.models import LedgerPack
from renewals.queries.movements import movements_of


class Command(BaseCommand):
    """Prints JSON. With a ledger file the database is not touched."""

    help = "GRR, NRR, logo retention and their parts over [from, to), of the workspace or of a ledger. Prints JSON."
    # Neither models nor URLs matter to a file, and the database may be down.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--ledger",
            metavar="FILE.csv",
            help="Instead of the workspace. Columns account,day,kind,amount; kinds are new, expansion, contraction, "
            "churn, reactivation and correction; contraction and churn are negative.",
        )
        parser.add_argument("--from", dest="since", required=True, metavar="DATE", help="The first day.")
        parser.add_argument("--to", dest="until", required=True, metavar="DATE", help="The first day after the period.")
        parser.add_argument("--by", metavar="month|quarter|year", help="Also each of these periods.")
        parser.add_argument("--json", action="store_true", help="Print on one line, for programs.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            period = Period(day("--from", options["since"]), day("--to", options["until"]))
            steps = period.steps(step(options["by"])) if options["by"] else []
        except PeriodError as error:
            raise CommandError(str(error)) from error
        movements = of_file(Path(options["ledger"])) if options["ledger"] is not None else of_workspace()
        document = retention_document(measure(movements, period), measure_each(movements, steps))
        self.stdout.write(json.dumps(document, ensure_ascii=False, indent=None if options["json"] else 2))


def of_workspace() -> Movements:
    """The movements of all accounts that are not archived."""
    ensure_current_tables()
    return movements_of(LedgerPack.objects.filter(account__archived_at=None)).movements


def of_file(path: Path) -> Movements:
    """The movements of a ledger file. Raises `CommandError`, which names the file."""
    try:
        return read_ledger_file(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{path}: is not UTF-8 text (byte {error.start})") from error
    except LedgerFileError as error:
        raise CommandError(f"{path}: {error}") from error


def day(option: str, text: str) -> dt.date:
    """A day as ISO writes it. Raises `PeriodError` with the option's name: argparse would end with code 2."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise PeriodError(f"{option}: “{text[:40]}” is no day; days are written like 2026-03-31") from None


def step(text: str) -> Step:
    """How long a period is. Raises `PeriodError` for what is none."""
    try:
        return Step(text)
    except ValueError:
        raise PeriodError(f"--by: “{text[:40]}” is none of {', '.join(Step)}") from None
