"""What a review shows is what the account's own pages show."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pytest
import time_machine

from accounts.domain.success_plans import STANDING_LABELS
from accounts.models import Account
from accounts.queries.account_page import get_account_page_for
from accounts.queries.feature_requests import requests_panel
from accounts.queries.success_plans import current_plan_of, page_of
from cs_workspace.common import clock
from health.metrics import compute
from health.models import AlertRule, SignalRule, Snapshot
from health.queries.health_panel import health_panel
from health.queries.training import training_of
from health.queries.usage_panel import usage_panel
from health.services.recompute import recompute_accounts
from qbr.domain.facts import IdeaFact, Mention
from qbr.domain.facts_json import facts_to_json
from qbr.models import Review
from qbr.queries.compiling import compile_facts, facts_of
from tests import factories as make
from tests.cast import Cast
from tests.health.making import TODAY, ago, noon, observed_account

pytestmark = pytest.mark.django_db

QUARTER = {"since": ago(89), "until": TODAY + dt.timedelta(days=1), "due_on": TODAY}


@pytest.fixture(autouse=True)
def quiet_noon():
    AlertRule.objects.update(active=False)
    with time_machine.travel(noon(0), tick=False):
        yield


@pytest.fixture
def account(cast: Cast) -> Account:
    """A customer of the owner's of whom much is known, with scores of 95 and 40 days ago and of today."""
    one = observed_account(0.6, owner=cast.owner, segment=make.SegmentFactory(name="Mid-market"), health_trend="stable")
    product = one.contracts.get().lines.get().product
    for number in range(3):
        feature = make.FeatureFactory(product=product, name=f"Feature {number}", core=number == 0)
        if number < 2:
            make.FeatureMonthFactory(account=one, feature=feature, month=dt.date(2026, 3, 1), days=0b11)
    make.TicketFactory(account=one, opened_at=noon(50), closed_at=noon(48), escalated=True, severity="high")
    make.TicketFactory(account=one, opened_at=noon(120), closed_at=noon(100))
    for back in (95, 40, 0):
        recompute_accounts([one.pk], day=ago(back))
    one.refresh_from_db()
    return one


@pytest.fixture
def review(account: Account) -> Review:
    return make.ReviewFactory(account=account, **QUARTER)


def compiled(review: Review):
    return compile_facts(review, today=clock.today())


class TestFiguresOfPages:
    def test_the_account_is_that_of_its_card(self, cast, account, review):
        found = compiled(review)
        shown, around = get_account_page_for(cast.owner, account.pk)
        assert (found.account.arr, found.account.tier, found.account.rank, found.account.renewal_on) == (
            shown.arr,
            shown.health_tier,
            shown.health_rank,
            shown.renewal_date,
        )
        assert (found.account.csm, found.account.segment) == ("Olga Owner", "Mid-market")
        assert found.usage.seats == around.seats == 10

    def test_health_is_that_of_the_open_box(self, account, review):
        found, panel = compiled(review).health, health_panel(account)
        assert panel.health is not None
        assert found.score == panel.health.score is not None
        assert found.before == Snapshot.objects.get(account=account, day=ago(95)).score
        assert [(one.name, one.score) for one in found.dimensions] == [
            (one.label, None if one.score is None else pytest.approx(Decimal(one.score), abs=Decimal("0.06")))
            for one in panel.health.dimensions
        ]
        assert found.series[-1].value == float(panel.health.score)
        assert found.trend == account.health_trend

    def test_use_is_that_of_the_usage_panel(self, account, review):
        found, panel = compiled(review).usage, usage_panel(account, today=TODAY)
        users, logins, _ = panel.measures
        assert [point.day for point in found.weekly_users] == list(panel.starts)
        assert [point.value for point in found.weekly_users] == list(users.weeks)
        assert [point.value for point in found.weekly_logins] == list(logins.weeks)
        assert found.logins == sum(week for week in logins.weeks if week is not None)
        assert {one.name: one.days for one in found.used} == {one.name: one.days for one in panel.features if one.days}
        assert list(found.unused) == [one.name for one in panel.features if not one.days]
        # 4 a day, wherever there was use; before the period nobody was seen.
        assert (found.active_users, found.active_before) == (Decimal("4.0"), None)
        assert (found.share_of_seats, found.adopted) == (Decimal("0.4"), Decimal(2) / 3)

    def test_tickets_are_those_of_the_metrics(self, account, review):
        found = compiled(review).tickets
        names = ["tickets_90d", "ticket_resolution_hours", "escalation_rate"]
        read = {name: float(column[0]) for name, column in compute(names, [account.pk], TODAY).items()}
        assert found.opened == read["tickets_90d"] == sum(point.value for point in found.monthly)
        assert found.mean_hours == pytest.approx(Decimal(read["ticket_resolution_hours"]))
        assert found.escalated / found.closed == read["escalation_rate"]
        assert found.opened_before == 1
        assert len(found.open) == account.tickets.filter(closed_at=None).count()

    def test_training_is_that_of_its_panel(self, account, review):
        found, total = compiled(review).engagement, training_of(account).total
        assert total is not None
        assert (found.courses_assigned, found.courses_completed) == (total.assigned, total.completed)

    def test_touches_are_those_of_the_period(self, account, review):
        make.TouchFactory(account=account, at=noon(20), attended=False)
        make.TouchFactory(account=account, at=noon(100), attended=True)
        make.TouchFactory(account=account, at=noon(10), kind="email", attended=None)
        found = compiled(review).engagement
        account.refresh_from_db()
        assert (found.touches_held, found.touches_missed) == (1, 1)
        assert found.last_touch_on == (clock.day_of(account.last_touch) if account.last_touch else None)

    def test_goals_and_worth_are_those_of_the_success_plan(self, account, review):
        plan = make.SuccessPlanFactory(account=account)
        for value in (None, 30, 90, 100):
            objective = make.ObjectiveFactory(plan=plan)
            if value is not None:
                make.MeasuredValueFactory(objective=objective, value=value, on=ago(3))
        make.ObjectiveFactory(plan=plan, archived_at=noon(1))
        make.RoiRecordFactory(plan=plan, on=ago(30), amount=9_000, currency="EUR", confirmed_on=ago(20))
        make.RoiRecordFactory(plan=plan, on=ago(10), amount=1_500, currency="EUR")
        found, current = compiled(review), current_plan_of(account)
        assert current is not None
        page = page_of(current)
        assert [(one.title, one.standing, one.current) for one in found.goals] == [
            (goal.objective.title, STANDING_LABELS[goal.standing], goal.latest.value if goal.latest else None)
            for goal in page.goals
        ]
        assert [one.progress for one in found.goals] == [goal.done if goal.latest else None for goal in page.goals]
        (worth,) = page.roi_sums
        assert (found.value.total, found.value.confirmed) == (worth.amount, worth.confirmed)

    def test_wishes_are_those_of_the_panel(self, cast, account, review):
        make.FeatureAskFactory.create_batch(2, account=account)
        shown = requests_panel(account, cast.owner)["asks"]
        assert [one.title for one in compiled(review).requests] == [ask.request.title for ask in shown]


class TestWorth:
    def test_it_is_weighed_against_what_was_paid_for_the_same_days(self, account, review):
        Account.objects.update(arr=36_500)
        make.RoiRecordFactory(account=account, on=TODAY, amount=18_000, currency="EUR", confirmed_on=TODAY)
        # 90 days of 36,500 a year are 9,000.
        assert compiled(review).value.ratio == Decimal("2.00")

    @pytest.mark.parametrize(("rate", "total"), [(None, None), ("0.5", Decimal("150.00"))])
    def test_other_currencies_count_where_they_have_a_rate(self, account, review, rate, total):
        if rate:
            make.ExchangeRateFactory(currency="USD", rate=rate, valid_from=ago(400))
        plan = make.SuccessPlanFactory(account=account)
        make.RoiRecordFactory(plan=plan, on=TODAY, amount=100, currency="EUR")
        make.RoiRecordFactory(plan=plan, on=TODAY, amount=100, currency="USD")
        found = compiled(review).value
        assert (found.total, found.confirmed, found.ratio, len(found.records)) == (total, None, None, 2)

    def test_what_lies_outside_of_the_period_is_no_worth_of_it(self, account, review):
        plan = make.SuccessPlanFactory(account=account)
        for on in (ago(90), TODAY + dt.timedelta(days=1)):
            make.RoiRecordFactory(plan=plan, on=on, amount=100, currency="EUR")
        assert compiled(review).value.records == ()


class TestPeers:
    def segment(self, account: Account, count: int) -> list[float]:
        """So many others of the segment, with their login days."""
        snapshot = Snapshot.objects.filter(account=account).latest("day")
        place = [one.metric for one in account_metrics(snapshot)].index("training_completion")
        values = []
        for number in range(count):
            other = make.AccountFactory(segment=account.segment)
            readings = list(snapshot.readings)
            readings[place] = number / 10
            make.SnapshotFactory(account=other, day=TODAY, version=snapshot.version, readings=readings)
            values.append(number / 10)
        return values

    def test_they_are_the_quartiles_of_the_others(self, account, review):
        values = self.segment(account, 7)
        found = next(one for one in compiled(review).peers if one.label == "Training")
        assert found.accounts == 7
        assert [found.lower, found.median, found.upper] == [
            pytest.approx(Decimal(one), abs=Decimal("0.0001")) for one in np.quantile(values, [0.25, 0.5, 0.75])
        ]
        assert (found.unit, found.higher_is_better) == ("share", True)

    def test_fewer_than_five_are_not_told(self, account, review):
        self.segment(account, 4)
        assert compiled(review).peers == ()

    def test_other_segments_those_who_left_and_trials_are_no_peers(self, account, review):
        self.segment(account, 7)
        others = list(Account.objects.filter(segment=account.segment).exclude(pk=account.pk))
        for one, fields in zip(
            others,
            [
                {"segment": make.SegmentFactory()},
                {"status": "churned", "churned_on": TODAY},
                {"is_trial": True},
                {"archived_at": noon(0)},
            ],
            strict=False,
        ):
            Account.objects.filter(pk=one.pk).update(**fields)
        assert compiled(review).peers == ()


class TestWhatElseIsKnown:
    def test_people_of_key_parts_and_of_rank_are_to_be_invited(self, account, review):
        account.contacts.all().delete()
        make.ContactFactory(account=account, name="Eva", roles=["sponsor", "champion"], seniority="executive")
        make.ContactFactory(account=account, name="Dan", seniority="executive", influence=9)
        make.ContactFactory(account=account, name="Uma", roles=["user"])
        make.ContactFactory(account=account, name="Lea", roles=["champion"], status="left", left_on=ago(3))
        found = [(one.name, one.level, one.reason) for one in compiled(review).people]
        assert found == [("Dan", "Executive", "Of executive rank"), ("Eva", "Executive", "Executive sponsor")]

    def test_live_signals_and_open_opportunities_are_ideas_with_what_they_are_worth(self, account, review):
        taken = make.ExpansionSignalFactory(account=account, state="taken_up", evidence="Sales asked")
        make.OpportunityFactory(account=account, signal=taken, value=Decimal("8000.50"))
        make.OpportunityFactory(account=account, name="More seats", value=100, next_step="Ask Eva")
        make.ExpansionSignalFactory(account=account, dismissed=True, kind="api")
        assert compiled(review).ideas == (
            IdeaFact(
                "Land-and-expand meeting",
                "New team or department asks: Sales asked",
                Decimal("8000.50"),
                taken.pk,
            ),
            IdeaFact("More seats", "Ask Eva", Decimal("100.00"), None),
        )

    def test_what_was_promised_is_that_of_the_review_before(self, account, review):
        long_ago, last = (
            make.ReviewFactory(account=account, status="held", since=ago(back + 90), until=ago(back), due_on=ago(back))
            for back in (180, 90)
        )
        make.ActionItemFactory(review=long_ago)
        task = make.TaskFactory(account=account, status="done", done_at=noon(60))
        make.ActionItemFactory(review=last, title="Guide", task=task, user=account.owner, due_on=ago(70))
        make.ActionItemFactory(review=last, title="Data", side="customer", due_on=ago(60))
        make.ActionItemFactory(review=last, title="Dropped", archived_at=noon(1))
        found = [(one.title, one.ours, one.who, one.done_on) for one in compiled(review).promised]
        assert found == [("Guide", True, "Olga Owner", ago(60)), ("Data", False, "", None)]

    def test_competitors_are_found_wherever_they_were_named(self, account, review):
        SignalRule.objects.filter(kind="competitor").update(active=True, words=["Taskmere", "rival+"])
        make.NoteFactory(account=account, at=noon(9), body="All well. They look at taskmere. Call again.")
        make.NoteFactory(account=account, at=noon(8), body="Taskmeres is another word.")
        make.NoteFactory(account=account, at=noon(95), body="Taskmere, but long ago.")
        make.TouchFactory(account=account, at=noon(7), summary="Met the Rival+ people", attended=True)
        make.ChurnSignalFactory(account=account, kind="competitor", evidence="Heard at a fair", seen_on=ago(5))
        assert compiled(review).competition == (
            Mention(ago(5), "Heard at a fair"),
            Mention(ago(7), "Met the Rival+ people"),
            Mention(ago(9), "They look at taskmere."),
        )


class TestPeriods:
    def test_a_period_that_has_not_begun_knows_nothing_of_itself(self, account):
        ahead = make.ReviewFactory(account=account, since=TODAY + dt.timedelta(days=5), until=TODAY.replace(month=6))
        found = compiled(ahead)
        assert found.usage.weekly_users == found.health.series == found.tickets.monthly == ()
        assert (found.usage.active_users, found.usage.logins, found.health.before) == (None, None, None)
        assert found.health.score == account.health_score

    def test_a_period_that_is_over_shows_how_it_ended(self, account):
        over = make.ReviewFactory(account=account, since=ago(120), until=ago(30), due_on=ago(30))
        found = compiled(over)
        assert found.health.score == Snapshot.objects.get(account=account, day=ago(40)).score
        assert found.usage.weekly_users[-1].day == ago(37)

    def test_of_an_account_of_which_nothing_is_known_nothing_is_said(self, cast):
        bare = make.ReviewFactory(account=cast.account, **QUARTER)
        found = compiled(bare)
        assert found.health.score is None
        assert found.health.dimensions == found.peers == found.goals == found.ideas == ()
        assert (found.usage.active_users, found.usage.seats, found.usage.logins) == (None, None, None)
        assert {point.value for point in found.usage.weekly_users} == {None}
        assert (found.value.total, found.tickets.mean_hours, found.engagement.last_touch_on) == (None, None, None)


def test_what_was_held_stays_as_it_was_shown(account, review):
    shown = compiled(review)
    Review.objects.filter(pk=review.pk).update(
        status="held", held_at=clock.now(), facts=facts_to_json(shown), facts_at=clock.now()
    )
    Account.objects.update(name="Renamed", arr=1)
    review.refresh_from_db()
    assert facts_of(review, today=TODAY) == shown


@pytest.mark.parametrize("count", [1, 8])
def test_it_takes_as_many_queries_for_much_as_for_little(account, review, django_assert_num_queries, count):
    make.TicketFactory.create_batch(count, account=account)
    make.ContactFactory.create_batch(count, account=account, roles=["champion"])
    make.ObjectiveFactory.create_batch(count, plan=make.SuccessPlanFactory(account=account))
    for other in make.AccountFactory.create_batch(count, segment=account.segment):
        make.SnapshotFactory(account=other, version=Snapshot.objects.filter(account=account).latest("day").version)
    with django_assert_num_queries(7):
        compiled(review)


def account_metrics(snapshot: Snapshot):
    """The indicators of a snapshot's version, in the order of its readings."""
    return [one for dimension in snapshot.version.dimensions.all() for one in dimension.indicators.all()]
