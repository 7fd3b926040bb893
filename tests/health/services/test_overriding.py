"""A tier that a person sets: its life, what follows it, and what stays as it was computed."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.db import IntegrityError, transaction

from accounts.models import Account, Notification, Task
from cs_workspace.common.refusals import RefusedError
from health.models import Alert, Snapshot, TierOverride
from health.queries.at_risk import at_risk_accounts
from health.services.overriding import (
    OverriddenError,
    end_override,
    end_overrides_run_out,
    override_tier,
    restore_override,
)
from health.services.recompute import recompute_accounts
from tests.factories import TierOverrideFactory, UserFactory
from tests.health.making import TODAY, contents, noon, observed_account

pytestmark = pytest.mark.django_db
IN_TEN_DAYS = TODAY + dt.timedelta(days=10)


@pytest.fixture(autouse=True)
def clock_stands_at_noon():
    with time_machine.travel(noon(0), tick=False):
        yield


@pytest.fixture
def owner():
    return UserFactory(name="Ada", manager=UserFactory(as_manager=True))


def scored(strength: float, owner) -> Account:
    """An account with a score of today, its alerts raised."""
    account = observed_account(strength, owner=owner)
    recompute_accounts([account.pk], day=TODAY)
    account.refresh_from_db()
    return account


def overridden(account: Account, rank: int, *, by=None, last_day: dt.date = IN_TEN_DAYS) -> TierOverride:
    done = override_tier(by=by or account.owner, account=account, rank=rank, last_day=last_day, reason="They signed")
    account.refresh_from_db()
    return done


def at(account: Account, moment: dt.datetime) -> Account:
    """The account after the night's work of that moment: overrides ended, scores computed."""
    with time_machine.travel(moment, tick=False):
        end_overrides_run_out()
        recompute_accounts([account.pk], day=moment.date())
    account.refresh_from_db()
    return account


def open_rules(account: Account) -> set[str]:
    return set(Alert.objects.unresolved().filter(account=account).values_list("rule__key", flat=True))


def test_the_row_follows_the_person_and_keeps_what_is_computed_beside_it(owner):
    account = scored(0.1, owner)
    score, snapshot = account.health_score, contents(Snapshot)
    overridden(account, 2)
    assert (account.health_tier, account.health_rank, account.expected_churn) == ("Watch", 2, Decimal("0.125"))
    assert account.churn_basis == Account.ChurnBasis.TIER
    assert account.health_override == {
        "tier": "Critical", "rank": 4, "by": "Ada", "until": "2026-03-25", "ends_at": "2026-03-26T00:00:00+00:00"
    }  # fmt: skip
    assert account.health_score == score
    assert contents(Snapshot) == snapshot


def test_a_recompute_keeps_it_and_a_second_one_writes_nothing(owner):
    account = scored(0.1, owner)
    overridden(account, 2)
    before = contents(Account, Snapshot, Alert, Task, Notification)
    outcome = recompute_accounts([account.pk], day=TODAY)
    assert contents(Account, Snapshot, Alert, Task, Notification) == before
    assert (outcome.alerts, outcome.tier_moves, dict(outcome.tiers)) == (0, 0, {"Critical": 1})


def test_it_ends_by_itself_at_the_midnight_of_the_person(owner):
    owner.time_zone = "Asia/Tokyo"
    owner.save()
    account = scored(0.1, owner)
    override = overridden(account, 2, last_day=TODAY + dt.timedelta(days=1))
    midnight = dt.datetime(2026, 3, 16, 15, tzinfo=dt.UTC)
    assert override.ends_at == midnight
    assert at(account, midnight - dt.timedelta(seconds=1)).health_tier == "Watch"
    at(account, midnight)
    assert (account.health_tier, account.health_rank, account.health_override) == ("Critical", 4, None)
    override.refresh_from_db()
    assert (override.ended_at, override.ended_by) == (midnight, None)
    with time_machine.travel(midnight, tick=False):
        assert end_overrides_run_out() == 0


def test_a_recompute_sees_by_itself_that_the_time_is_over(owner):
    account = scored(0.1, owner)
    override = overridden(account, 2, last_day=TODAY)
    with time_machine.travel(override.ends_at, tick=False):
        recompute_accounts([account.pk], day=override.ends_at.date())
    account.refresh_from_db()
    assert (account.health_tier, account.health_override) == ("Critical", None)


def test_alerts_of_a_tier_that_is_left_go_quiet_and_come_back_with_it(owner):
    account = scored(0.1, owner)
    assert {"enters-critical", "score-under"} <= open_rules(account)
    override = overridden(account, 1)
    assert not {"enters-critical", "enters-at-risk", "score-under"} & open_rules(account)
    assert Account.objects.filter(pk=account.pk).at_risk().count() == 0
    end_override(by=owner, override=override)
    assert {"enters-critical", "score-under"} <= open_rules(account)
    assert account in at_risk_accounts(owner)


def test_a_tier_entered_by_hand_is_told_once_and_not_again_when_the_score_follows(owner):
    account = scored(1.0, owner)
    overridden(account, 4)
    alert = Alert.objects.get(account=account, rule__key="enters-critical")
    assert alert.title == "Entered Critical by Ada until 25 Mar: They signed"
    told = Notification.objects.count()
    assert told > 0
    for _ in range(2):
        recompute_accounts([account.pk], day=TODAY)
    Snapshot.objects.filter(account=account).update(score=Decimal(85))
    Account.objects.filter(pk=account.pk).update(customer_since=TODAY - dt.timedelta(days=800))
    recompute_accounts([account.pk], day=TODAY)
    assert Alert.objects.filter(account=account, rule__key="enters-critical").count() == 1
    assert Notification.objects.count() == told
    assert account in at_risk_accounts(owner)


@pytest.mark.parametrize(("days", "may"), [(0, True), (90, True), (91, False), (-1, False)])
def test_it_lasts_90_days_at_most(owner, days, may):
    account = scored(0.1, owner)
    if may:
        assert overridden(account, 2, last_day=TODAY + dt.timedelta(days=days)).pk
    else:
        with pytest.raises(RefusedError):
            overridden(account, 2, last_day=TODAY + dt.timedelta(days=days))


def test_the_tier_that_is_computed_is_no_override(owner):
    with pytest.raises(RefusedError, match="in this tier already"):
        overridden(scored(0.1, owner), 4)


def test_accounts_without_a_score_have_no_tier_to_override(owner):
    account = scored(0.1, owner)
    Account.objects.filter(pk=account.pk).update(is_trial=True)
    with pytest.raises(RefusedError, match="gets no score"):
        overridden(account, 2)


def test_the_second_of_two_people_is_told_what_the_first_one_did(owner):
    account = scored(0.1, owner)
    overridden(account, 2)
    with pytest.raises(OverriddenError, match=r"Ada has overridden it to Watch until 25 Mar already: “They signed”"):
        overridden(account, 3, by=owner.manager)
    assert TierOverride.objects.get().rank == 2


def test_one_that_has_run_out_does_not_stand_in_the_way(owner):
    account = scored(0.1, owner)
    first = overridden(account, 2, last_day=TODAY)
    with time_machine.travel(first.ends_at + dt.timedelta(seconds=5), tick=False):
        overridden(account, 3)
    assert account.health_tier == "At-Risk"
    assert account.health_override["tier"] == "Critical"


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("owner", True), ("team_mate", True), ("manager", True), ("executive", True), ("admin", True),
        ("ae", False), ("read_only", False), ("outsider", False), ("other_manager", False),
    ],
)  # fmt: skip
def test_who_may_override_and_end(cast, who, may):
    account = scored(0.1, cast.owner)
    account.team_members.create(user=cast.team_mate, role="csm")
    person = getattr(cast, who)
    if may:
        end_override(by=person, override=overridden(account, 2, by=person))
        return
    with pytest.raises(RefusedError):
        overridden(account, 2, by=person)
    with pytest.raises(RefusedError):
        end_override(by=person, override=overridden(account, 2))


def test_ended_early_it_can_be_brought_back_once(owner):
    account = scored(0.1, owner)
    override = end_override(by=owner, override=overridden(account, 2))
    assert (override.ended_by, Account.objects.get(pk=account.pk).health_tier) == (owner, "Critical")
    with pytest.raises(RefusedError, match="ended already"):
        end_override(by=owner, override=override)
    restore_override(by=owner, override=override)
    assert Account.objects.get(pk=account.pk).health_tier == "Watch"
    with pytest.raises(RefusedError, match="in force"):
        restore_override(by=owner, override=override)
    end_override(by=owner, override=override)
    overridden(account, 3)
    with pytest.raises(OverriddenError):
        restore_override(by=owner, override=override)
    with time_machine.travel(override.ends_at, tick=False), pytest.raises(RefusedError, match="time is over"):
        restore_override(by=owner, override=override)


def test_it_ends_with_the_customer(owner):
    account = scored(0.1, owner)
    overridden(account, 2)
    Account.objects.filter(pk=account.pk).update(status="churned", churned_on=TODAY)
    assert end_overrides_run_out() == 1
    account.refresh_from_db()
    assert (account.health_tier, account.health_override) == ("", None)


def test_its_history_says_who_did_what(owner):
    account = scored(0.1, owner)
    override = end_override(by=owner, override=overridden(account, 2))
    events = override.history.order_by("pgh_id").values_list("pgh_label", "pgh_context__metadata__user")
    assert list(events) == [("insert", owner.pk), ("update", owner.pk)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"rank": 5},
        {"reason": ""},
        {"until": TODAY + dt.timedelta(days=93)},
        {"ends_at": noon(3)},
    ],
    ids=str,
)
def test_the_database_refuses_what_cannot_be(owner, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        TierOverrideFactory(account=observed_account(owner=owner), **wrong)


def test_an_account_has_one_that_lives(owner):
    first = TierOverrideFactory(account=observed_account(owner=owner))
    with pytest.raises(IntegrityError), transaction.atomic():
        TierOverride.objects.create(
            account=first.account, rank=3, label="At-Risk", expected_churn=0, reason="Too", by=owner, at=first.at,
            until=first.until, ends_at=first.ends_at,
        )  # fmt: skip
