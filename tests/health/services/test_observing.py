import datetime as dt
import math
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cs_workspace.common.upserting import Selection
from health.domain.observations import (
    COUNTS,
    AnswerRow,
    EventRow,
    FeatureUse,
    ObservationError,
    PointRow,
    TicketRow,
    TrainingRow,
    UsageRow,
    UserDay,
)
from health.models import (
    DirtyMark,
    Event,
    Feature,
    FeatureMonth,
    MetricPoint,
    SurveyAnswer,
    Ticket,
    TrainingRecord,
    UsageDay,
    UserMonth,
)
from health.services import observing
from tests.health.making import TODAY, account, ago, noon, product

pytestmark = pytest.mark.django_db


def marked() -> set[int]:
    found = set(DirtyMark.objects.values_list("account_id", flat=True))
    DirtyMark.objects.all().delete()
    return found


def test_a_day_of_use_is_recorded_once_however_often_it_arrives():
    one = account()
    row = UsageRow(one.pk, TODAY, logins=3)
    assert observing.record_usage_days([row]) == 1
    assert marked() == {one.pk}
    assert observing.record_usage_days([row, row]) == 0
    assert marked() == set()
    assert list(UsageDay.objects.values_list("account_id", "day", "logins")) == [(one.pk, TODAY, 3)]


def test_sources_that_report_different_measures_of_a_day_complete_each_other():
    one = account()
    observing.record_usage_days([UsageRow(one.pk, TODAY, logins=3, minutes=10)])
    observing.record_usage_days([UsageRow(one.pk, TODAY, data_volume=1.5), UsageRow(one.pk, TODAY, minutes=12)])
    day = UsageDay.objects.get()
    assert (day.logins, day.minutes, day.data_volume, day.active_users) == (3, 12, 1.5, None)


def test_the_products_of_a_day_are_kept_apart():
    one, crm = account(), product()
    observing.record_usage_days([UsageRow(one.pk, TODAY, logins=1), UsageRow(one.pk, TODAY, crm.pk, logins=2)])
    assert sorted(UsageDay.objects.values_list("logins", flat=True)) == [1, 2]


def test_an_impossible_row_is_named_and_nothing_is_written():
    one = account()
    with pytest.raises(ObservationError, match="Row 2: logins cannot be negative"):
        observing.record_usage_days([UsageRow(one.pk, TODAY, logins=1), UsageRow(one.pk, TODAY, logins=-1)])
    with pytest.raises(ObservationError, match="names what does not exist"):
        observing.record_usage_days([UsageRow(one.pk, TODAY, logins=1), UsageRow(one.pk + 1000, TODAY, logins=1)])
    assert not UsageDay.objects.exists()


# What may stand in a field, possible or not; a row has most of its fields in order, so that each fault shows.
DAYS = ["1999-12-31", "2000-01-01", "2099-12-31", "2100-01-01"]
A_DAY = [("day", dt.date.fromisoformat(day)) for day in DAYS]
A_COUNT = [(name, count) for name in COUNTS for count in (None, 0, -1, 2**31 - 1, 2**31)]
A_VOLUME = [("data_volume", volume) for volume in (None, 0.0, 1e300, -0.5, math.inf, -math.inf, math.nan)]
A_VALUE = [("value", value) for value in (0.0, -1e308, math.inf, -math.inf, math.nan)]
A_NAME = [("name", name) for name in ("Ü", "\u2003", "", " x", "x" * 80, "x" * 81)]


def rows_with(row: UsageRow | PointRow, *fields: tuple[str, object]) -> st.SearchStrategy:
    changed = st.lists(st.sampled_from(fields), max_size=2).map(lambda chosen: row._replace(**dict(chosen)))
    return st.lists(changed, min_size=1, max_size=2)


USES = rows_with(UsageRow(0, dt.date(2026, 3, 1), None, 1, 2, 3, 4, 5.5, 6, 7), *A_DAY, *A_COUNT, *A_VOLUME)
POINTS = rows_with(PointRow(0, "orders", dt.date(2026, 3, 1), 2.5), *A_DAY, *A_VALUE, *A_NAME)
TYPES = {
    UsageRow: ("bigint", "date", "bigint", *["bigint"] * 4, "float8", "bigint", "bigint"),
    PointRow: ("bigint", "text", "date", "float8"),
}


def lying(*rows: UsageRow | PointRow) -> Selection:
    """Rows as they lie in the database."""

    def written(row: UsageRow | PointRow) -> str:
        pairs = zip(row, TYPES[type(row)], strict=True)
        return ", ".join("NULL::" + kind if value is None else f"'{value}'::{kind}" for value, kind in pairs)

    return Selection(" UNION ALL ".join(f"SELECT {written(row)}" for row in rows))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(rows=USES | POINTS)
def test_rows_that_lie_in_the_database_are_refused_for_what_others_are_refused_for(rows):
    def refusal(verb: Callable[[Any], object], given: object) -> str:
        with pytest.raises(ObservationError) as caught, transaction.atomic():
            verb(given)
        return str(caught.value)

    of_use = isinstance(rows[0], UsageRow)
    held = observing.record_usage_days if of_use else observing.record_metric_points
    selected = observing.record_selected_usage_days if of_use else observing.record_selected_metric_points
    # Nobody is account 0, so that what is possible is refused too, for that.
    once = [row._replace(account_id=-place) for place, row in enumerate(rows)]
    assert refusal(selected, lying(*once)) == refusal(held, once)


def test_rows_that_lie_in_the_database_are_recorded_and_marked_like_others():
    one, crm = account(), product()
    use = UsageRow(one.pk, TODAY, logins=3, data_volume=1.5)
    rows = (use, UsageRow(one.pk, TODAY, crm.pk, logins=2), UsageRow(one.pk, ago(1), minutes=4))

    written = observing.record_selected_usage_days(lying(*rows))
    assert (written.new, written.changed, marked()) == ([one.pk] * 3, [], {one.pk})
    assert observing.record_usage_days(rows) == 0
    assert observing.record_selected_usage_days(lying(*rows)).all == set()
    assert marked() == set()
    written = observing.record_selected_usage_days(lying(use._replace(logins=None, minutes=9)))
    assert (written.new, written.changed, marked()) == ([], [one.pk], {one.pk})
    day = UsageDay.objects.get(day=TODAY, product=None)
    assert (day.logins, day.minutes, day.data_volume) == (3, 9, 1.5)

    point = PointRow(one.pk, "orders", TODAY, 2.5)
    assert observing.record_selected_metric_points(lying(point)).new == [one.pk]
    assert observing.record_metric_points([point]) == 0
    assert observing.record_selected_metric_points(lying(point._replace(value=3.0))).changed == [one.pk]
    assert MetricPoint.objects.get().value == 3.0


def test_feature_use_fills_the_days_of_a_month_and_replaces_a_day():
    one = account()
    feature = Feature.objects.create(product=product(), key="export", name="Export")

    def use(day: int, uses: int) -> FeatureUse:
        return FeatureUse(one.pk, feature.pk, dt.date(2026, 3, day), uses)

    assert observing.record_feature_use([use(1, 4), use(31, 2), use(3, 0)]) == 1
    assert observing.record_feature_use([use(1, 0), use(2, 7)]) == 1
    assert observing.record_feature_use([use(2, 7)]) == 0
    month = FeatureMonth.objects.get()
    assert month.month == dt.date(2026, 3, 1)
    assert month.uses == [0, 7, 0] + [None] * 27 + [2]
    assert month.days == 1 << 1 | 1 << 30


def test_days_of_a_user_add_up_by_month():
    one = account()
    observing.record_user_days([UserDay(one.pk, "u1", dt.date(2026, 3, 1)), UserDay(one.pk, "u1", dt.date(2026, 3, 3))])
    observing.record_user_days([UserDay(one.pk, "u1", dt.date(2026, 3, 2)), UserDay(one.pk, "u1", dt.date(2026, 4, 1))])
    assert observing.record_user_days([UserDay(one.pk, "u1", dt.date(2026, 3, 2))]) == 0
    assert list(UserMonth.objects.order_by("month").values_list("days", flat=True)) == [0b111, 0b1]


def test_a_ticket_is_the_same_ticket_when_it_arrives_again_closed():
    one = account()
    open_ticket = TicketRow(one.pk, noon(3), source="desk", external_id="T1", severity="high")
    observing.record_tickets([open_ticket])
    observing.record_tickets([open_ticket._replace(closed_at=noon(2), rating=4)])
    assert observing.record_tickets([open_ticket, open_ticket._replace(closed_at=noon(2), rating=4)]) == 0
    ticket = Ticket.objects.get()
    assert (ticket.closed_at, ticket.rating, ticket.severity) == (noon(2), 4, "high")


def test_the_other_observations_are_recorded_and_marked():
    one = account()
    at = noon(1)
    verbs = [
        (observing.record_answers, AnswerRow(one.pk, "nps", 9, at, source="s", external_id="1"), SurveyAnswer),
        (observing.record_training, TrainingRow(one.pk, "Basics", ago(9), source="s", external_id="1"), TrainingRecord),
        (observing.record_events, EventRow(one.pk, "Webinar", at, "attended", {"a": [1]}, None, "s", "1"), Event),
        (observing.record_metric_points, PointRow(one.pk, "orders", TODAY, 2.5), MetricPoint),
    ]
    for record, row, model in verbs:
        assert record([row]) == 1
        assert marked() == {one.pk}
        assert record([row]) == 0
        assert marked() == set()
        assert model.objects.count() == 1


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (TicketRow(1, noon(1), closed_at=noon(2)), "closed before it was opened"),
        (TicketRow(1, noon(1), rating=6), "rating must be from 1 to 5"),
        (TicketRow(1, dt.datetime(2026, 1, 1)), "opened_at must carry its time zone"),
        (AnswerRow(1, "nps", 11, noon(1)), "a score of nps must be from 0 to 10, not 11"),
        (AnswerRow(1, "csat", 0, noon(1)), "a score of csat must be from 1 to 5, not 0"),
        (TrainingRow(1, "", ago(1)), "course is missing"),
        (TrainingRow(1, "Basics", ago(1), ago(2)), "completed before it was assigned"),
        (EventRow(1, "x", noon(1), "party"), "kind must be one of"),
        (EventRow(1, "x", noon(1), external_id="7"), "external_id needs a source"),
        (EventRow(1, "x", noon(1), properties={"a": "\x00"}), "character that cannot be stored"),
        (PointRow(1, "orders", TODAY, float("nan")), "finite"),
        (UsageRow(1, dt.date(1900, 1, 1)), "out of range"),
        (UsageRow(1, TODAY, data_volume=float("inf")), "finite"),
        (UsageRow(1, TODAY, logins=3_000_000_000), "too large"),
        (UserDay(1, " ", TODAY), "user_key is missing"),
        (FeatureUse(1, 1, TODAY, -1), "uses cannot be negative"),
    ],
)
def test_what_cannot_be_is_said_in_words(row, reason):
    assert reason in row.problem()


def test_a_claimed_mark_becomes_a_new_one_when_something_newer_arrives():
    one = account()
    observing.mark_dirty([one.pk])
    DirtyMark.objects.update(claimed_at=noon(0))
    before = DirtyMark.objects.get().marked_at
    observing.mark_dirty([one.pk, one.pk])
    mark = DirtyMark.objects.get()
    assert mark.claimed_at is None
    assert mark.marked_at > before
