"""`manage.py check_ledger`: the ARR ledger against the contracts."""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cs_workspace.common import clock
from cs_workspace.common.migrating import ensure_current_tables
from cs_workspace.common.money import exact
from renewals.queries.ledger_check import Difference
from renewals.services.ledger import check_ledger, write_ledger


class Command(BaseCommand):
    """Tells who differs and ends with code 1 where somebody does."""

    help = "Compare the ARR ledger with the contracts, account by account, as of today."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--write", action="store_true", help="Bring the ledger in step with the contracts before, as every night."
        )
        parser.add_argument("--json", action="store_true", help="Print the differences as JSON.")

    def handle(self, *args: Any, write: bool, json: bool, **_: Any) -> None:
        ensure_current_tables()
        today = clock.today()
        if write:
            write_ledger(today=today)
        found = check_ledger(today=today)
        self.stdout.write(as_json(found) if json else as_text(found))
        if found:
            raise CommandError(
                f"The ledger differs from the contracts of {len(found):,} account{'' if len(found) == 1 else 's'}."
            )


def as_json(found: list[Difference]) -> str:
    """For programs: amounts as numbers, in workspace currency."""
    rows = [
        {"account": one.account_id, "name": one.name, "ledger": float(one.ledger), "contracts": float(one.contracts)}
        for one in found
    ]
    return json.dumps({"differences": rows}, ensure_ascii=False)


def as_text(found: list[Difference]) -> str:
    """As a person reads it."""
    if not found:
        return "The ledger is in step with the contracts."
    currency = settings.WORKSPACE_CURRENCY
    return "\n".join(
        f"{one.name} ({one.account_id}): {exact(one.ledger, currency)} in the ledger, "
        f"{exact(one.contracts, currency)} under contract"
        for one in found
    )
