"""`manage.py forecast`: the renewal forecast of the coming year, of the whole workspace."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from cs_workspace.common import clock
from cs_workspace.common.migrating import ensure_current_tables
from renewals.domain.forecast import Forecast, Part
from renewals.queries.forecast import CENT, Line, forecast_of_all


class Command(BaseCommand):
    """Prints JSON: what is up for renewal by month, by window and in all, in workspace currency."""

    help = "The renewal forecast of the coming twelve months by month, and of the next 30, 60 and 90 days. Prints JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="Print on one line, for programs.")

    def handle(self, *args: Any, **options: Any) -> None:
        ensure_current_tables()
        year = forecast_of_all(today=clock.today())
        document = {
            **_line(year.year),
            "months": [_line(line) for line in year.months],
            "windows": [_line(line) for line in year.windows],
        }
        self.stdout.write(json.dumps(document, ensure_ascii=False, indent=None if options["json"] else 2))


def _line(line: Line) -> dict[str, Any]:
    return {"from": line.period.since.isoformat(), "to": line.period.until.isoformat(), **_figures(line.forecast)}


def _figures(found: Forecast) -> dict[str, Any]:
    """Figures by name; money as numbers. `unknown_arr` is what has no known probability and is not in `expected`."""
    amounts = {
        "due_arr": found.all.due,
        **{part.value: found[part].due for part in Part},
        "low": found.low,
        "likely": found.likely,
        "high": found.high,
        "expected": found.expected,
        "expansion": found.expansion,
        "unknown_arr": found.all.unknown_kept,
    }
    rounded = {name: float(amount.quantize(CENT)) for name, amount in amounts.items()}
    return {"due": found.all.count, **rounded, "unknown": found.all.unknown}
