"""What judgement notices for playbooks: tiers entered, sudden drops, churn signals; once, and only if one waits."""

import datetime as dt

import pytest
import time_machine

from accounts.models import Playbook, PlaybookCue, PlaybookRun
from accounts.services.playbook_starting import start_cued
from accounts.tasks import advance_playbooks
from cs_workspace.common import clock
from health.domain.tiers import is_entered
from health.services.overriding import override_tier
from health.services.recompute import recompute_accounts
from health.services.signal_handling import dismiss, log_signal
from tests import factories as make
from tests.health import making

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(making, "TODAY", dt.date(2026, 3, 15))
    with time_machine.travel(clock.start_of(making.TODAY) + dt.timedelta(hours=12), tick=False):
        yield


def cues(account, kind: str) -> list[tuple[str, int | None, str]]:
    return list(
        PlaybookCue.objects.filter(account=account, kind=kind).values_list("choice", "number", "reason").order_by("pk")
    )


@pytest.mark.parametrize(
    ("before", "after", "entered"),
    [
        (1, 2, True), (2, 3, True), (3, 4, True), (1, 4, True),
        (2, 1, True), (3, 2, True), (4, 2, True), (4, 1, True),
        (4, 3, False),  # to leave the worst tier
        (None, 3, True), (None, 4, True),  # a first score that is bad
        (None, 1, False), (None, 2, False),
        (3, None, False), (None, None, False), (2, 2, False), (4, 4, False),
    ],
)  # fmt: skip
def test_a_tier_is_entered_by_a_move_that_means_something(before, after, entered):
    assert is_entered(before, after) is entered


def test_a_tier_that_is_entered_is_noticed_once_a_day(cast):
    account = making.observed_account(0.2, name="Falling", owner=cast.owner, arr=10_000)
    recompute_accounts([account.pk], day=making.TODAY)
    recompute_accounts([account.pk], day=making.TODAY)
    account.refresh_from_db()
    assert account.health_rank >= 3
    found = cues(account, "tier_entered")
    assert found == [(str(account.health_rank), None, f"Entered {account.health_tier}")]
    advance_playbooks()
    run = PlaybookRun.objects.get(account=account, plan_version__trigger="tier_entered")
    assert run.playbook.key == {3: "tier-at-risk", 4: "tier-critical"}[account.health_rank]


def test_a_tier_that_a_person_sets_is_entered_too(cast):
    account = making.observed_account(1.0, name="Fine", owner=cast.owner, arr=10_000)
    recompute_accounts([account.pk], day=making.TODAY)
    account.refresh_from_db()
    assert account.health_rank <= 2
    override_tier(
        by=cast.owner, account=account, rank=4, reason="They told us so", last_day=making.TODAY + dt.timedelta(9)
    )
    recompute_accounts([account.pk], day=making.TODAY)
    assert [choice for choice, *_ in cues(account, "tier_entered")] == ["4"]


def test_a_signal_is_noticed_when_it_is_found_and_when_it_is_logged(cast):
    log_signal(by=cast.owner, account=cast.account, kind="non_renewal", evidence="They asked", seen_on=clock.today())
    assert cues(cast.account, "signal_raised") == [("non_renewal", None, "Asks about non-renewal: They asked")]
    make.InvoiceFactory(account=cast.account, number="I-1", late_by=20)
    recompute_accounts([cast.account.pk], day=clock.today())
    assert "payment" in [choice for choice, *_ in cues(cast.account, "signal_raised")]


def test_a_run_for_a_signal_stops_when_it_means_nothing(cast):
    signal = log_signal(
        by=cast.owner, account=cast.account, kind="competitor", evidence="A trial", seen_on=clock.today()
    )
    advance_playbooks()
    run = PlaybookRun.objects.get(account=cast.account, playbook__key="signal-competitor")
    assert (run.state, run.reason) == ("running", "Competitor mentioned: A trial")
    dismiss(by=cast.owner, signal=signal, reason="Another company")
    with time_machine.travel(clock.now() + dt.timedelta(hours=1), tick=False):
        advance_playbooks()
    run.refresh_from_db()
    assert (run.state, run.end_reason) == ("stopped", "What it was started for holds no longer.")


def test_a_sudden_drop_is_noticed_with_the_points_that_it_cost(cast):
    account = making.observed_account(1.0, name="Ember", owner=cast.owner, arr=10_000)
    for days in (5, 3, 1):
        recompute_accounts([account.pk], day=making.ago(days))
    from tests.browser.stage import let_fall

    let_fall(account)
    recompute_accounts([account.pk], day=making.TODAY)
    ((choice, number, reason),) = cues(account, "score_drop")
    assert (choice, reason.startswith("Score fell")) == ("", True)
    assert number >= 15


def test_where_no_playbook_waits_nothing_is_written(cast):
    Playbook.objects.update(active_since=None)
    log_signal(by=cast.owner, account=cast.account, kind="ownership", evidence="Merged", seen_on=clock.today())
    recompute_accounts([cast.account.pk], day=clock.today())
    assert PlaybookCue.objects.count() == 0
    assert start_cued() == 0
