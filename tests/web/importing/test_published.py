"""Published data that nobody here wrote, imported as a newcomer would; of the largest file only the beginning."""

import csv
import io
import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from accounts.models import Account, Contract, ContractLine, Notification, Task
from cs_workspace.common import clock
from health.models import Alert, Event, FeatureMonth, MetricPoint, Snapshot, Ticket, UsageDay
from renewals.models import LedgerEntry
from renewals.services.ledger import check_ledger
from tests.factories import UserFactory
from tests.health.making import contents

pytestmark = pytest.mark.django_db

FOLDER = Path(os.environ.get("CS_SAMPLE_DATA", settings.BASE_DIR.parent / "shared" / "data"))
IMPORTED = (Account, Contract, ContractLine, FeatureMonth, UsageDay, Ticket, Event)
USAGE = "ravenstack_feature_usage.csv"
SENT = (Snapshot, Alert, Task, Notification)
# Keys from sequences, what names other rows by them, and moments of writing differ between two imports of the same.
OWN = (
    "id", "account_id", "contract_id", "product_id", "feature_id", "created_at", "updated_at", "version", "email_token",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _published() -> None:
    if FOLDER.is_dir():
        return
    missing = f"the published data is not in {FOLDER}; CS_SAMPLE_DATA says where it is"
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI has to test with the published data, but {missing}")
    pytest.skip(missing)


def imported(*paths: str, mapping: str, **options: Any) -> dict[str, Any]:
    out = io.StringIO()
    call_command(
        "import_data", *(str(FOLDER / path) for path in paths), mapping=mapping, json=True, stdout=out, **options
    )
    return json.loads(out.getvalue())


def recomputed() -> dict[str, Any]:
    out = io.StringIO()
    call_command("recompute", json=True, stdout=out)
    return json.loads(out.getvalue())


def table_of(path: Path) -> dict[str, dict[str, str]]:
    """The rows of a file by their key, the first of those that share it."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    key = next(iter(rows[0]))
    return {row[key]: row for row in reversed(rows)}


def outcomes(found: dict[str, Any]) -> dict[str, tuple[int, int, int]]:
    return {
        outcome["records"]: (outcome["new"], outcome["changed"], outcome["unchanged"])
        for table in found["tables"]
        for outcome in table["outcomes"]
    }


def problems(found: dict[str, Any]) -> dict[tuple[str, str], int]:
    return {(group["file"], group["reason"]): group["count"] for group in found["problems"]}


def written() -> dict[str, list[str]]:
    """All imported rows by their accounts' and contracts' names in the files, in an order of their own."""
    accounts = dict(Account.objects.values_list("pk", "external_id"))
    contracts = dict(Contract.objects.values_list("pk", "external_id"))
    found = contents(*IMPORTED)
    return {
        model: sorted(
            repr(
                (
                    accounts.get(row.get("account_id")),
                    contracts.get(row.get("contract_id")),
                    {name: value for name, value in row.items() if name not in OWN},
                )
            )
            for row in rows
        )
        for model, rows in found.items()
    }


@pytest.fixture
def ravenstack(tmp_path) -> Path:
    """The data set with the first 5,000 rows of its feature use, and one of the newest day."""
    for path in (FOLDER / "ravenstack").glob("*.csv"):
        if path.name == USAGE:
            header, *rows = path.read_text().splitlines(keepends=True)
            newest = next(row for row in rows if ",2024-12-31," in row)
            (tmp_path / USAGE).write_text(
                "".join([header, *rows[:5_000], *([] if newest in rows[:5_000] else [newest])])
            )
        else:
            (tmp_path / path.name).symlink_to(path)
    return tmp_path


def test_ravenstack_is_imported_scored_and_shown_and_a_second_time_changes_nothing(ravenstack):
    found = imported(str(ravenstack), mapping="ravenstack", shift_to=str(clock.today()))

    figures = outcomes(found)
    months, days = figures.pop("months of features"), figures.pop("days of use")
    assert figures == {
        "accounts": (500, 0, 0), "contracts": (5000, 0, 0), "tickets": (2000, 0, 0), "churn events": (600, 0, 0),
    }  # fmt: skip
    assert months == (FeatureMonth.objects.count(), 0, 0)
    assert days == (UsageDay.objects.count(), 0, 0)
    used = table_of(ravenstack / USAGE)
    assert sum(sum(filter(None, month.uses)) for month in FeatureMonth.objects.all()) == sum(
        int(row["usage_count"]) for row in used.values()
    )
    assert found["absent"] == []
    told = problems(found)
    # As counted independently, here or in the data's own description
    twice = len((ravenstack / USAGE).read_text().splitlines()) - 1 - len(used)
    assert twice > 0
    assert told[USAGE, "contradicts an earlier row, which holds"] == found["errors"] == twice
    assert told["ravenstack_support_tickets.csv", "is dated before the account became a customer"] == 1_077
    assert told["ravenstack_support_tickets.csv", "first answered after it was closed"] == 36
    flagged = "is said to have churned, but has a contract in force: stays active"
    assert told["ravenstack_accounts.csv", flagged] == 110
    assert sum(Account.objects.values_list("arr", flat=True)) == 10_159_608 * 12

    scored = recomputed()
    assert scored["accounts"] == 500
    assert scored["scored"] + sum(scored["skipped"].values()) == 500
    assert {"tiers", "alerts", "seconds"} <= scored.keys()
    confidences = Account.objects.values_list("health_confidence", flat=True)
    assert all(0 < confidence < 0.5 for confidence in confidences), "few of the metrics are in the files"
    assert Counter(Account.objects.values_list("health_tier", flat=True)) == {"": 500}

    client = Client()
    client.force_login(UserFactory(role="admin"))
    page = client.get("/accounts/").content.decode()
    assert "500" in page
    assert "Company_" in page

    before, sent, letters = written(), contents(*SENT, without=("updated_at",)), len(mail.outbox)
    again = imported(str(ravenstack), mapping="ravenstack", shift_to=str(clock.today()))
    assert {(new, changed) for new, changed, _ in outcomes(again).values()} == {(0, 0)}
    assert again["problems"] == found["problems"]
    assert recomputed()["alerts"] == 0
    assert written() == before
    sent_later = contents(*SENT, without=("updated_at",))
    assert {name: len(rows) for name, rows in sent_later.items()} == {name: len(rows) for name, rows in sent.items()}
    assert len(mail.outbox) == letters


@pytest.mark.parametrize("variant", ["variant_bom_ddmmyyyy", "variant_crlf_dmy_slash"])
def test_what_a_spreadsheet_has_mangled_imports_to_the_same(variant, tmp_path):
    names = [
        path.name.replace("supports_ticket", "support_tickets")
        for path in (FOLDER / "ravenstack" / variant).glob("*.csv")
    ]
    for name in names:
        (tmp_path / name).symlink_to(FOLDER / "ravenstack" / name)
    with transaction.atomic():
        whole = imported(str(tmp_path), mapping="ravenstack")
        as_published = written()
        transaction.set_rollback(True)

    mangled = imported(f"ravenstack/{variant}", mapping="ravenstack")

    assert written() == as_published
    assert outcomes(mangled) == outcomes(whole)
    assert [group["count"] for group in mangled["problems"]] == [group["count"] for group in whole["problems"]]
    again = imported(str(tmp_path), mapping="ravenstack")
    assert {(new, changed) for new, changed, _ in outcomes(again).values()} == {(0, 0)}


def test_complyflow_is_imported_with_its_changes_of_arr_and_a_second_time_changes_nothing():
    found = imported("complyflow_gtm", mapping="complyflow_gtm")

    assert outcomes(found) == {"accounts": (1800, 0, 0), "contracts": (787, 0, 0), "values of metrics": (3935, 0, 0)}
    assert found["errors"] == 0
    assert problems(found)["subscriptions.csv", "starts before the account became a customer"] == 373
    assert MetricPoint.objects.values("name").distinct().count() == 5
    changes = next(table for table in found["tables"] if table["kind"] == "arr_changes")
    assert (changes["rows"], changes["left_out"]) == (964, 875)
    grown = expanded()
    arr = ContractLine.objects.get(contract__external_id=grown["sub_id"]).arr
    assert float(arr) == pytest.approx(12 * (float(grown["mrr"]) + float(grown["amount"])), abs=0.02)
    booked = LedgerEntry.objects.count()
    assert booked > 787
    assert check_ledger(today=clock.today()) == []

    again = imported("complyflow_gtm", mapping="complyflow_gtm")
    assert {(new, changed) for new, changed, _ in outcomes(again).values()} == {(0, 0)}
    assert LedgerEntry.objects.count() == booked


def expanded() -> dict[str, str]:
    """A subscription with exactly one expansion, as the files have it."""
    events = table_of(FOLDER / "complyflow_gtm" / "revenue_events.csv").values()
    expansions = [event for event in events if event["type"] == "expansion"]
    often = Counter(event["sub_id"] for event in expansions)
    event = next(event for event in expansions if often[event["sub_id"]] == 1)
    return table_of(FOLDER / "complyflow_gtm" / "subscriptions.csv")[event["sub_id"]] | {"amount": event["amount"]}
