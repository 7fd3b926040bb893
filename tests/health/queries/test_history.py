"""The history of an account's health: its lines, what is marked on them, two days compared, what would help."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine

from health.models import AlertRule, ScorecardVersion, Snapshot
from health.queries.history import History, HistoryFilter, history_of
from health.queries.marks import marks_of
from health.registries import MarkSource, add_mark_source
from health.services.publishing import draft_from, publish
from health.services.recompute import recompute_accounts
from tests.factories import ContactFactory, TierOverrideFactory, UserFactory
from tests.health.making import TODAY, account, ago, noon, observed_account

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quiet_noon():
    AlertRule.objects.update(active=False)
    with time_machine.travel(noon(0), tick=False):
        yield


def scored(one, *days: int):
    """Scored as it stands now, kept as the score of each of these days."""
    for day in days:
        recompute_accounts([one.pk], day=TODAY)
        Snapshot.objects.filter(account=one, day=TODAY).update(day=ago(day))
    one.refresh_from_db()
    return one


def looked_at(one, *, days: int = 90, since: int = 30, until: int = 0) -> History:
    return history_of(one, HistoryFilter(days, ago(since), ago(until)), today=TODAY)


def fall(one) -> None:
    one.training.update(completed_on=None)
    one.alignment.update(value="misaligned")
    one.touches.all().delete()
    for back in (1, 2):
        one.tickets.create(opened_at=noon(back))


def fell():
    """An account that fared well 30 days ago and fell since."""
    one = scored(observed_account(1.0), 30)
    fall(one)
    return scored(one, 0)


# The lines


def test_an_account_never_scored_has_an_empty_history():
    found = looked_at(account())
    assert found.chart.is_empty
    assert (found.days, found.courses, found.marks, found.compared, found.raises) == ([], [], [], None, ())
    assert found.in_words == "No score in this span"


def test_the_span_bounds_what_is_shown():
    one = scored(observed_account(0.6), 100, 40, 10, 0)
    assert [day.day for day in looked_at(one, days=90).days] == [ago(40), ago(10), TODAY]
    assert [day.day for day in looked_at(one, days=30).days] == [ago(10), TODAY]
    assert len(looked_at(one, days=365).days) == 4


def test_the_tiers_of_the_scorecard_stand_behind_the_line():
    found = looked_at(scored(observed_account(0.6), 0))
    assert [band.label for band in found.bands] == ["Healthy", "Watch", "At-Risk", "Critical"]
    assert [band.middle for band in found.bands] == [10, 30, 50, 80]


def test_each_dimension_has_its_course_and_what_it_changed_by():
    found = looked_at(fell())
    engagement = next(course for course in found.courses if course.key == "engagement")
    then, now = (day.dimensions["engagement"] for day in found.days)
    assert engagement.now == now
    assert engagement.change == pytest.approx(now - then)
    assert engagement.change < -20
    assert f"Engagement from {then:.0f} to {now:.0f}" in engagement.in_words


def test_the_table_has_a_line_a_day_in_a_month_and_a_line_a_week_in_a_year():
    one = scored(observed_account(0.6), *range(14, -1, -1))
    assert [day.day for day, _ in looked_at(one, days=30).table] == [ago(back) for back in range(15)]
    weekly = [day.day for day, _ in looked_at(one, days=365).table]
    assert weekly == [TODAY, dt.date(2026, 3, 8), dt.date(2026, 3, 1)]  # Sundays


# What is marked


def titles(one, *, days: int = 90) -> list[str]:
    return [f"{mark.label}: {mark.title}" for mark in looked_at(one, days=days).marks]


def test_moves_between_tiers_and_key_contacts_who_left_are_marked_in_their_order():
    one = fell()
    ContactFactory(account=one, name="Eva Field", roles=["champion"], status="left", left_on=ago(12))
    ContactFactory(account=one, name="Ulf User", roles=["user"], status="left", left_on=ago(11))
    ContactFactory(account=one, name="Old Ola", roles=["sponsor"], status="left", left_on=ago(200))
    fallen = titles(one)
    assert fallen[0] == "Key contact: Champion: Eva Field left or changed job"
    assert fallen[1].startswith("Tier: Fell to ")
    assert len(fallen) == 2
    assert [pin.label for pin in looked_at(one).pins] == ["1", "2"]
    assert titles(one, days=365)[0] == "Key contact: Executive sponsor: Old Ola left or changed job"


def test_another_version_of_the_scorecard_is_marked_on_its_first_day():
    one = scored(observed_account(0.6), 10)
    version = ScorecardVersion.objects.get(scorecard__is_default=True, state="published")
    admin = UserFactory(as_admin=True)
    publish(draft_from(version, by=admin), by=admin)
    scored(one, 0)
    assert "Scorecard: Judged by Ops v2, by Ops v1 until then" in titles(one)


def test_days_judged_anew_by_another_version_are_marked_where_they_begin():
    one = scored(observed_account(0.6), 20, 19, 18, 10, 0)
    Snapshot.objects.filter(day__in=[ago(19), ago(18)]).update(restated_at=noon(1))
    assert titles(one) == ["Restated: Judged anew by Ops v1 on 14 Mar 2026, up to 25 Feb 2026"]
    assert looked_at(one).marks[0].day == ago(19)


def test_an_overridden_tier_is_marked():
    one = scored(observed_account(0.6), 20, 0)
    TierOverrideFactory(account=one, at=noon(3))
    assert titles(one) == ["Override: Tier overridden to Watch until 25 Mar 2026"]


def test_a_kind_of_mark_is_taken_once():
    with pytest.raises(ValueError, match="“tier” is taken already"):
        add_mark_source(MarkSource("tier", "Tier", lambda _account: Snapshot.objects.none()))


def test_marks_are_read_by_one_query(django_assert_num_queries):
    one = fell()
    ContactFactory.create_batch(5, account=one, roles=["champion"], status="left", left_on=ago(12))
    with django_assert_num_queries(1):
        assert len(marks_of(one, since=ago(90), until=TODAY)) == 6


# Two days compared


def test_moves_between_two_days_add_up_to_the_difference_as_shown():
    found = looked_at(fell()).compared
    assert (found.then.day, found.now.day) == (ago(30), TODAY)
    assert found.points == found.now.score - found.then.score
    assert found.points < -10
    assert sum(Decimal(str(move.tenths)) for move, _ in found.moves) == found.points
    assert all(metric.name == move.metric for move, metric in found.moves)


def test_a_day_without_a_score_takes_the_nearest_earlier_one_and_says_so():
    one = scored(observed_account(0.6), 40, 12)
    Snapshot.objects.filter(day=ago(12)).update(score=None, rank=None)
    scored(one, 2)
    found = looked_at(one, since=10, until=1).compared
    assert (found.then.asked, found.then.day, found.then.is_other) == (ago(10), ago(40), True)
    assert (found.now.asked, found.now.day, found.now.is_other) == (ago(1), ago(2), True)
    exact = looked_at(one, since=40, until=2).compared
    assert not exact.then.is_other
    assert not exact.now.is_other


def test_without_a_score_on_or_before_the_first_day_the_first_scored_day_is_named():
    one = scored(observed_account(0.6), 20, 0)
    found = looked_at(one, since=30)
    assert found.compared is None
    assert found.first_scored == ago(20)


def test_two_days_are_compared_across_versions_of_the_scorecard():
    one = scored(observed_account(0.6), 30)
    version = ScorecardVersion.objects.get(scorecard__is_default=True, state="published")
    admin = UserFactory(as_admin=True)
    draft = draft_from(version, by=admin)
    dimensions = list(draft.dimensions.order_by("position"))
    for dimension, weight in zip(dimensions, (15, 25, 25, 35), strict=True):
        dimension.weight = weight
        dimension.save()
    publish(draft, by=admin)
    fall(one)
    found = looked_at(scored(one, 0)).compared
    assert "Scorecard changed" in {move.label for move, _ in found.moves}
    assert sum(Decimal(str(move.tenths)) for move, _ in found.moves) == found.points


# What would help


def test_what_would_raise_it_is_ranked_with_the_reading_to_reach_and_the_tier_reached():
    found = looked_at(fell())
    gains = [one.points for one, _ in found.raises]
    assert gains == sorted(gains, reverse=True)
    assert all(metric.name == one.metric and one.goal and one.tier for one, metric in found.raises)
    assert found.way_up is not None


def test_an_account_without_a_score_now_is_not_told_what_would_raise_it():
    one = scored(observed_account(0.6), 30, 0)
    Snapshot.objects.filter(day=TODAY).update(score=None, rank=None)
    found = looked_at(one)
    assert found.raises == ()
    assert found.compared.now.day == ago(30)


def test_a_year_costs_as_many_queries_as_a_day(django_assert_num_queries):
    one = scored(observed_account(0.6), 30, 0)
    with django_assert_num_queries(4):
        looked_at(one, days=365)
    scored(one, *range(29, 0, -1))
    with django_assert_num_queries(4):
        looked_at(one, days=365)
