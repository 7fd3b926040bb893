"""The demo company in the workspace: whole, repeatable, telling, and out again without a trace."""

import datetime as dt
import json
from itertools import pairwise
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import Account, OnboardingTemplate, Segment, User
from cs_workspace.common import clock
from cs_workspace.web.demo import living, loading
from cs_workspace.web.demo.loading import DemoError, empty_workspace, load_demo
from cs_workspace.web.models import Workspace
from health.queries import churn_examples, health_panel, history
from renewals.services.ledger import check_ledger
from tests import factories as make

pytestmark = pytest.mark.django_db

# Compared as contents: keys and the moments of the load differ from one load to the next.
SELDOM_THE_SAME = (
    "id",
    "created_at",
    "updated_at",
    "password",
    "last_login",
    "email_state",
    "key",
    "url",
    "linked_id",
    "origin_key",
)
COMPARED = [
    "accounts.Account", "accounts.Contact", "accounts.Contract", "accounts.ContractLine", "accounts.Invoice",
    "accounts.Touch", "accounts.Note", "accounts.Task", "accounts.User", "health.UsageDay", "health.UserMonth",
    "health.FeatureMonth", "health.Ticket", "health.SurveyAnswer", "health.TrainingRecord", "health.Event",
    "health.AlignmentJudgement", "health.Snapshot", "health.Alert", "renewals.LedgerEntry",
]  # fmt: skip


@pytest.fixture
def three_nights(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lives through the last nights instead of a year: what is tested does not hang on their number."""

    def days(as_of: dt.date, accounts: int) -> tuple[list[dt.date], list[dt.date]]:
        ago = [as_of - dt.timedelta(days=days) for days in (20, 2, 1)]
        return ago[:1], ago[1:]

    monkeypatch.setattr(living, "days_to_live", days)


def contents() -> dict[str, list[str]]:
    """Every row of the compared tables by its contents, in an order of its own."""
    found = {}
    for label in COMPARED:
        model = apps.get_model(label)
        columns = [
            field.attname
            for field in model._meta.concrete_fields
            if field.attname not in SELDOM_THE_SAME and not field.is_relation
        ]
        found[label] = sorted(map(repr, model._base_manager.values_list(*columns)))
    return found


def counts() -> dict[str, int]:
    """Rows by table, of every table that there is."""
    tables = connection.introspection.table_names()
    return {
        model._meta.label: model._base_manager.count() for model in apps.get_models() if model._meta.db_table in tables
    }


@pytest.mark.usefixtures("three_nights")
@pytest.mark.timeout(300)  # three companies, one after the other
def test_the_same_seed_writes_the_same_to_the_last_row_and_another_seed_does_not() -> None:
    day = clock.today() - dt.timedelta(days=1)  # its night is over, whatever time it is now
    written = []
    for seed in (7, 7, 8):
        load_demo(accounts=6, seed=seed, as_of=day)
        written.append(contents())
        assert check_ledger(today=day) == []
        empty_workspace(by=None)
    first, again, other = written
    for label in COMPARED:
        assert first[label] == again[label], label
    assert first["accounts.Account"] != other["accounts.Account"]
    assert first["health.Snapshot"] != other["health.Snapshot"]


@pytest.mark.usefixtures("three_nights")
def test_it_goes_out_as_it_came_in_and_takes_nothing_else_along() -> None:
    admin = make.UserFactory(as_admin=True, email="me@own.example")
    OnboardingTemplate.objects.all().delete()  # which would hold the segments
    Segment.objects.all().delete()
    before = counts()
    load_demo(accounts=3)
    kept_segments = Segment.objects.count()
    empty_workspace(by=admin)
    after = counts()
    assert kept_segments == after["accounts.Segment"]  # segments are tuned, so they stay
    grown = {label for label in after if after[label] > before[label] and not label.endswith("Event")}
    assert grown <= {"accounts.OnboardingTemplate", "accounts.TemplateStep", "accounts.Segment", "web.Workspace"}
    assert {label for label in after if after[label] < before[label]} == set()
    assert User.objects.get() == admin
    assert not Workspace.current().is_demo


@pytest.mark.usefixtures("three_nights")
def test_a_workspace_with_accounts_is_refused_and_one_with_own_accounts_is_not_emptied() -> None:
    own = make.AccountFactory()
    with pytest.raises(DemoError, match="already holds accounts of your own"):
        load_demo(accounts=3)
    with pytest.raises(DemoError, match="does not hold the demo company"):
        empty_workspace(by=None)
    own.delete()
    load_demo(accounts=3)
    with pytest.raises(DemoError, match="already holds the demo company: add --replace"):
        load_demo(accounts=3)
    make.AccountFactory()
    with pytest.raises(DemoError, match="holds 1 accounts that did not come with the demo; nothing was removed"):
        empty_workspace(by=None)
    assert Account.objects.count() == 4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--accounts", "0"], "has from 1 to 50,000 accounts, not 0"),
        (["--accounts", "-3"], "has from 1 to 50,000 accounts, not -3"),
        (["--accounts", "50001"], "has from 1 to 50,000 accounts, not 50,001"),
        (["--seed", "-1"], "a number from 0 on, not -1"),
        (["--as-of", "2999-01-01"], "must lie between 2015-01-01 and today"),
        (["--as-of", "2014-12-31"], "must lie between 2015-01-01 and today"),
        (["--as-of", "yesterday"], "invalid fromisoformat value"),
        (["--accounts", "many"], "invalid int value"),
        (["--replace"], "does not hold the demo company"),
    ],
)
def test_what_cannot_be_is_refused_with_a_reason_and_writes_nothing(arguments: list[str], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        call_command("demo", *arguments)
    assert not User.objects.exists()


@pytest.mark.usefixtures("three_nights")
def test_a_load_that_fails_on_the_way_leaves_the_workspace_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> None:
        raise RuntimeError("the power is gone")

    monkeypatch.setattr(living, "_date_back", fails)
    with pytest.raises(RuntimeError):
        load_demo(accounts=2)
    assert not Account.objects.exists()
    assert not User.objects.exists()
    assert not Workspace.current().is_demo


@pytest.mark.usefixtures("three_nights")
def test_the_command_tells_its_figures_and_replaces_the_demo_by_another(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("demo", "--accounts", "2", "--json")
    told = json.loads(capsys.readouterr().out)
    assert (told["accounts"], told["seed"], told["rows"]["accounts"]) == (2, 7, 2)
    call_command("demo", "--accounts", "3", "--seed", "9", "--replace")
    assert "mara.ilves@northwind.example" in capsys.readouterr().out
    workspace = Workspace.current()
    assert (workspace.demo_accounts, workspace.demo_seed, Account.objects.count()) == (3, 9, 3)


def test_the_days_lived_through_are_a_year_the_nearer_the_closer() -> None:
    quiet, lived = living.days_to_live(dt.date(2026, 3, 18), 300)
    assert (quiet, len(lived)) == ([], 45)
    assert (lived[0], lived[-1]) == (dt.date(2025, 3, 19), dt.date(2026, 3, 17))
    apart = [(day - before).days for before, day in pairwise(lived)]
    assert (apart, max(apart)) == (sorted(apart, reverse=True), 14)


def test_scores_are_kept_as_close_as_charts_learning_and_backtests_need_them() -> None:
    assert min(history.JOINED_WITHIN, health_panel.JOINED_WITHIN, churn_examples.WITHIN_DAYS) >= living.FORTNIGHT


def test_of_a_large_company_a_few_days_are_scored_and_one_night_is_lived_through() -> None:
    quiet, lived = living.days_to_live(dt.date(2026, 3, 18), 5000)
    assert (len(quiet), len(lived)) == (12, 1)


def test_only_an_admin_who_may_change_things_empties_the_demo() -> None:
    Workspace(pk=1, demo_loaded_at=clock.now(), demo_seed=1, demo_accounts=1, demo_as_of=clock.today()).save()
    for user in (make.UserFactory(), make.UserFactory(as_admin=True, read_only=True)):
        with pytest.raises(DemoError, match="Only an admin"):
            loading.empty_workspace(by=user)
