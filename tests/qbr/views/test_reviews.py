"""The list of reviews, its file, and the calendar."""

import datetime as dt
import io
import zipfile
from html import unescape

import pytest
from django.urls import reverse

from cs_workspace.common import clock
from qbr.domain.reviews import Status
from qbr.models import Review
from qbr.queries.review_list import HEADER, SHOWN
from tests.cast import logged_in
from tests.factories import AccountFactory, AttendeeFactory, ChecklistItemFactory, ReviewFactory, SegmentFactory, day

pytestmark = pytest.mark.django_db
LIST, CALENDAR, EXPORT = reverse("qbr:reviews"), reverse("qbr:calendar"), reverse("qbr:export")


def text(response) -> str:
    return unescape(response.content.decode())


def of(cast, name: str, **fields) -> Review:
    about = fields.pop("about", {})
    return ReviewFactory.create(account=AccountFactory(name=name, owner=cast.owner, **about), **fields)


def names(cast, query: str = "", user=None) -> list[str]:
    rows = logged_in(user or cast.owner).get(f"{LIST}?{query}").context["rows"]
    return [row.account.name for row in rows]


def test_open_ones_are_shown_the_first_due_first(cast):
    for name, status, due in (("Late", "due", -3), ("Soon", "scheduled", 5), ("Done", "followed_up", -20),
                              ("Gone", "cancelled", 5), ("Held", "held", -1)):  # fmt: skip
        of(cast, name, status=status, due_on=day(due))
    assert names(cast) == ["Late", "Held", "Soon"]
    expected = {
        "overdue": ["Late"], "due": ["Late"], "scheduled": ["Soon"], "held": ["Held"], "done": ["Done", "Held"],
        "cancelled": ["Gone"], "preparing": [], "ready": [],
    }  # fmt: skip
    assert {key: names(cast, f"show={key}") for key in expected} == expected
    chips = {key: count for key, _, count in logged_in(cast.owner).get(LIST).context["chips"]}
    assert chips == {key: len(found) for key, found in expected.items()} | {"open": 3}
    assert set(chips) == set(SHOWN)


def test_filters_narrow_it(cast):
    segment = SegmentFactory.create(key="top")
    of(cast, "Alpha", kind="annual", about={"segment": segment})
    of(cast, "Beta", due_on=day(50))
    ReviewFactory.create(account=cast.account, owner=cast.team_mate, due_on=day(60))
    for query, found in (
        ("q=alp", ["Alpha"]), ("kind=annual", ["Alpha"]), ("segment=top", ["Alpha"]),
        (f"since={day(40)}", ["Beta", "Halden Logistics"]), (f"until={day(50)}", ["Alpha"]),
        (f"on={day(50)}", ["Beta"]),
        ("scope=mine", ["Alpha", "Beta"]), ("sort=-due", ["Halden Logistics", "Beta", "Alpha"]),
        ("sort=account", ["Alpha", "Beta", "Halden Logistics"]),
    ):  # fmt: skip
        assert names(cast, query) == found, query
    assert names(cast, f"owner={cast.team_mate.pk}", cast.manager) == ["Halden Logistics"]


@pytest.mark.parametrize("sort", ["due", "starts", "account", "kind", "status", "health", "arr"])
def test_every_order_can_be_turned_round(cast, sort):
    of(cast, "Alpha", kind="annual", status="scheduled", about={"arr": 5, "health_score": 80})
    of(cast, "Beta", due_on=day(50), about={"arr": 50})
    assert sorted(names(cast, f"sort={sort}")) == sorted(names(cast, f"sort=-{sort}")) == ["Alpha", "Beta"]


@pytest.mark.parametrize("query", ["kind=x", "since=yesterday", "sort=\0", "segment=%00", "owner=x", "show=nothing"])
def test_a_filter_that_makes_no_sense_is_named_and_left_out(cast, query):
    of(cast, "Alpha")
    response = logged_in(cast.owner).get(f"{LIST}?{query}")
    assert response.status_code == 200
    assert "was left out" in text(response)
    assert len(response.context["rows"]) == 1


def test_nobody_sees_reviews_of_others(cast):
    ReviewFactory.create(account=cast.account)
    assert names(cast, user=cast.outsider) == []
    for user in cast.insiders:
        assert names(cast, user=user) == ["Halden Logistics"]


def test_an_empty_list_says_how_reviews_come(cast):
    client = logged_in(cast.owner)
    assert "No review is open" in text(client.get(LIST))
    assert "No review matches" in text(client.get(f"{LIST}?q=nobody"))


@pytest.mark.parametrize("count", [1, 8])
def test_the_pages_cost_the_same_however_many_there_are(cast, django_assert_num_queries, count):
    for number in range(count):
        review = of(cast, f"Account {number}", status="scheduled")
        AttendeeFactory.create(review=review)
        ChecklistItemFactory.create(review=review, done_at=clock.now())
    for user, url, queries in (
        (cast.owner, LIST, 6), (cast.manager, LIST, 8), (cast.owner, CALENDAR, 6), (cast.owner, EXPORT, 3),
    ):  # fmt: skip
        client = logged_in(user)
        client.get(url)
        with django_assert_num_queries(queries):
            list(client.get(url))


def test_rows_say_how_far_the_preparation_is(cast):
    review = of(cast, "Alpha", status="preparing", origin="decline")
    AttendeeFactory.create(review=review)
    ChecklistItemFactory.create(review=review, done_at=clock.now())
    ChecklistItemFactory.create(review=review, key="value")
    shown = text(logged_in(cast.owner).get(LIST))
    for words in ("1 / 2", "declining", "Preparing", "no moment yet", "30 d"):
        assert words in shown, words


def test_more_than_a_page_is_turned_over(cast):
    for number in range(51):
        of(cast, f"Account {number:02}", due_on=day(number))
    client = logged_in(cast.owner)
    assert "1–50 of 51" in text(client.get(LIST))
    assert [row.account.name for row in client.get(f"{LIST}?page=2").context["rows"]] == ["Account 50"]


def test_the_file_holds_what_is_shown(cast):
    of(cast, "=Alpha", status="scheduled", about={"arr": 5000, "health_score": 71})
    of(cast, "Beta", status="cancelled")
    client = logged_in(cast.owner)
    csv = b"".join(client.get(EXPORT).streaming_content).decode("utf-8-sig")
    assert csv.splitlines()[0] == ",".join(HEADER)
    assert "'=Alpha" in csv
    assert "Beta" not in csv
    file = client.get(f"{EXPORT}?format=xlsx&show=cancelled")
    assert file["Content-Disposition"].endswith('.xlsx"')
    sheet = zipfile.ZipFile(io.BytesIO(b"".join(file.streaming_content))).read("xl/worksheets/sheet1.xml").decode()
    assert "Beta" in sheet
    assert "Alpha" not in sheet


def test_the_calendar_shows_meetings_by_the_hour_and_what_has_no_moment_yet(cast):
    first = clock.today().replace(day=1)
    noon = dt.datetime.combine(first, dt.time(12), tzinfo=dt.UTC)
    of(cast, "Noon", status="scheduled", starts_at=noon, due_on=day(300))
    of(cast, "Morning", status="followed_up", starts_at=noon - dt.timedelta(hours=2))
    of(cast, "Somewhen", due_on=first)
    of(cast, "Gone", status="cancelled", due_on=first)
    response = logged_in(cast.owner).get(CALENDAR)
    month = response.context["calendar"]
    (entries,) = [[one.account.name for one in cell.entries] for cell in month.days if cell.day == first]
    assert entries == ["Morning", "Noon", "Somewhen"]
    assert month.count == 3
    assert "12:00" in text(response)
    gone = logged_in(cast.owner).get(f"{CALENDAR}?show=cancelled").context["calendar"]
    assert gone.count == 1


def test_days_with_more_lead_to_the_list(cast):
    for number in range(6):
        of(cast, f"Account {number}", due_on=clock.today())
    response = logged_in(cast.owner).get(CALENDAR)
    assert "2 more" in text(response)
    assert len(names(cast, f"on={clock.today()}")) == 6


@pytest.mark.parametrize("month", ["2026-13", "x", "2199-12", "1970-01", "2026-1", "\0"])
def test_any_month_of_an_address_can_be_opened(cast, month):
    response = logged_in(cast.owner).get(CALENDAR, {"month": month})
    assert response.status_code == 200
    assert "No review takes place or is due in these weeks" in text(response)


def test_the_pages_are_only_looked_at(cast):
    for url in (LIST, CALENDAR, EXPORT):
        assert logged_in(cast.owner).post(url).status_code == 405


@pytest.mark.parametrize("status", list(Status))
def test_the_navigation_counts_what_waits(cast, status):
    ReviewFactory.create(account=cast.account, status=status.value, due_on=day(-1))
    groups = logged_in(cast.owner).get(LIST).context["shell"]["nav"]
    nav = {one.label: one.count for group in groups for one in group.items}
    assert nav["Reviews"] == (status in (Status.DUE, Status.PREPARING, Status.READY, Status.HELD))
