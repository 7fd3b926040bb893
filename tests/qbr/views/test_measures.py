"""Reviews › Measures: figures of the reviews that one sees, and the reviews behind each."""

import csv
import datetime as dt
import io
from contextlib import closing
from decimal import Decimal
from zipfile import ZipFile

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Task
from cs_workspace.common import clock
from qbr.domain.measures import Shown, quarter_of
from qbr.domain.reviews import Status
from qbr.models import SatisfactionAsk
from qbr.queries.measured import NOBODY, MeasuredFilter, reviews_behind
from qbr.queries.measures import measures_of
from tests import factories as make
from tests.cast import logged_in

pytestmark = pytest.mark.django_db

URL, EXPORT = "/reviews/measures/", "/reviews/measures/export/"
REVIEWS, REVIEWS_EXPORT = "/reviews/measures/reviews/", "/reviews/measures/reviews/export/"
EVERY = [URL, EXPORT, REVIEWS, REVIEWS_EXPORT]
# In the middle of the last quarter of a year, at noon.
NOW = dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC)
QUARTER = quarter_of(NOW.date())
HELD = Status.HELD.value


@pytest.fixture(autouse=True)
def _stands():
    with time_machine.travel(NOW, tick=False):
        yield


def at(month, day, hour=10):
    return dt.datetime(2026, month, day, hour, tzinfo=clock.workspace_zone())


def review(account, due, **fields):
    return make.ReviewFactory(account=account, due_on=dt.date(2026, *due), **fields)


def held(account, due, on, **fields):
    return review(account, due, status=HELD, starts_at=at(*on), **fields)


def answered(one, score=None):
    contact = make.ContactFactory(account=one.account)
    answer = score and make.SurveyAnswerFactory(account=one.account, kind="review", score=score)
    return SatisfactionAsk.objects.create(review=one, contact=contact, asked_at=clock.now(), answer=answer or None)


@pytest.fixture
def book(cast):
    """Reviews of the owner in two quarters, in every way that the measures tell apart, and one of a stranger."""
    segment = make.SegmentFactory(key="enterprise", name="Enterprise")
    first = make.AccountFactory(owner=cast.owner, name="First", segment=segment)
    second = make.AccountFactory(owner=cast.owner, name="Second")
    good = held(first, (11, 5), (11, 3), preparing_since=at(10, 28), ready_at=at(11, 2))
    late = held(second, (10, 6), (10, 9), preparing_since=at(10, 7))
    review(first, (10, 20), kind="executive")
    review(second, (12, 20))
    review(first, (10, 2), kind="annual", status=Status.CANCELLED.value)
    held(first, (9, 10), (9, 8), kind="checkpoint", preparing_since=at(9, 9))
    for score in (5, 4):
        answered(good, score)
    answered(good)
    opportunity = make.OpportunityFactory(account=first, value=12_000)
    make.ReviewIdeaFactory(review=good, opportunity=opportunity)
    make.ReviewIdeaFactory(review=late, opportunity=opportunity)
    make.ReviewIdeaFactory(review=late)
    make.ActionItemFactory(review=good, due_on=dt.date(2026, 11, 10), side="customer", done_at=at(11, 10, 23))
    make.ActionItemFactory(review=good, due_on=dt.date(2026, 11, 10), side="customer", done_at=at(11, 11, 1))
    make.ActionItemFactory(review=good, due_on=dt.date(2026, 11, 17), side="customer")
    make.ActionItemFactory(review=good, due_on=dt.date(2026, 11, 18), side="customer")
    given_up = make.TaskFactory(account=first, status=Task.Status.CANCELLED)
    make.ActionItemFactory(review=good, due_on=dt.date(2026, 11, 10), task=given_up)
    done = make.TaskFactory(account=first, status=Task.Status.DONE, done_at=at(11, 12))
    make.ActionItemFactory(review=good, due_on=dt.date(2026, 11, 20), task=done)
    make.ReviewResultFactory(review=late)
    held(make.AccountFactory(owner=cast.outsider, name="Foreign"), (11, 5), (11, 3))
    return cast


def test_the_quarter_is_measured_beside_the_one_before(book):
    found = logged_in(book.owner).get(URL).context["found"]
    now, then = found.now, found.then
    assert (now.due, now.done, now.in_time, now.missed, now.coming, now.cancelled) == (3, 2, 1, 1, 1, 1)
    assert (now.held, now.prepared, now.preparation) == (2, 2, dt.timedelta(days=7))
    assert (now.asked, now.answers, now.satisfaction) == (3, 2, Decimal("4.5"))
    assert (now.found, now.worth) == (1, 12_000)
    assert (now.promised, now.kept, now.broken) == (4, 2, 2)
    assert (now.compared, now.difference) == (1, 3.0)
    assert (then.due, then.done, then.prepared) == (1, 1, 0)
    assert (found.waiting, found.known_on) == (1, dt.date(2026, 12, 4))


def test_the_page_says_what_met_its_target_and_what_is_not_known(book):
    words = " ".join(logged_in(book.owner).get(URL).content.decode().replace("\xa0", " ").split())
    assert "Q4 2026 so far" in words
    assert '67 %<small><a href="/reviews/measures/reviews/?quarter=2026-Q4&amp;show=done">2</a> of' in words
    assert 'target 90 %: <span class="down">missed</span>' in words
    assert "target 4.5: met" in words
    assert "is not known well enough yet: 5 reviews" in words
    assert "1 more review of the quarter waits for its 30 days to be over, the first until 4 Dec" in words


def test_one_sees_the_reviews_of_the_accounts_that_one_sees(book):
    assert logged_in(book.outsider).get(URL).context["found"].now.due == 1
    assert logged_in(book.executive).get(URL).context["found"].now.due == 4
    assert logged_in(book.read_only).get(URL).status_code == 200


def test_segments_and_csms_are_the_whole(book):
    found = logged_in(book.executive).get(URL).context["found"]
    for lines in (found.segments, found.csms):
        for name in ("due", "done", "held", "answers", "found", "promised", "kept", "compared"):
            for side, whole in (("now", found.now), ("before", found.then)):
                assert sum(getattr(getattr(line, side), name) for line in lines) == getattr(whole, name)
    assert [(line.name, line.now.due) for line in found.segments] == [("Enterprise", 2), ("No segment", 2)]
    assert [(line.name, line.now.due) for line in found.csms] == [("Olga Owner", 3), ("Udo Outsider", 1)]


COUNTED = {
    Shown.DUE: "due",
    Shown.DONE: "done",
    Shown.IN_TIME: "in_time",
    Shown.MISSED: "missed",
    Shown.COMING: "coming",
    Shown.CANCELLED: "cancelled",
    Shown.HELD: "held",
    Shown.PREPARED: "prepared",
    Shown.COMPARED: "compared",
}


def test_behind_every_figure_stand_as_many_reviews(book):
    found = measures_of(book.executive, QUARTER, today=clock.today())
    for shown, name in COUNTED.items():
        for line in (*found.segments, *found.csms):
            scope = {"segment" if line in found.segments else "owner": line.key}
            rows = reviews_behind(book.executive, MeasuredFilter(QUARTER, shown, **scope), today=clock.today())
            assert rows.count() == getattr(line.now, name), (shown, line.name)


@pytest.mark.parametrize(
    ("shown", "figure", "of_tally"),
    [
        (Shown.FOUND, "found", "found"),
        (Shown.PROMISED, "promised", "promised"),
        (Shown.PROMISED, "kept", "kept"),
        (Shown.FOUND, "worth", "worth"),
    ],
)
def test_what_the_rows_show_adds_up_to_the_figure(book, shown, figure, of_tally):
    found = measures_of(book.executive, QUARTER, today=clock.today())
    rows = reviews_behind(book.executive, MeasuredFilter(QUARTER, shown), today=clock.today())
    assert sum(getattr(row, figure) or 0 for row in rows) == getattr(found.now, of_tally)


def test_a_row_shows_what_came_of_the_review(book):
    page = logged_in(book.owner).get(REVIEWS, {"show": "answered"})
    (row,) = page.context["rows"]
    assert (row.account.name, row.preparation, row.satisfaction) == ("First", dt.timedelta(days=5), 4.5)
    assert (row.found, row.worth, row.promised, row.kept) == (1, 12_000, 4, 2)
    words = " ".join(page.content.decode().split())
    assert "2 of 4" in words
    assert reverse("qbr:review", args=[row.pk]) in words


def test_late_action_items_are_those_of_the_quarter(book):
    rows = logged_in(book.owner).get(REVIEWS, {"show": "broken"}).context["rows"]
    assert [row.account.name for row in rows] == ["First"]
    assert logged_in(book.owner).get(REVIEWS, {"show": "broken", "quarter": "2026-Q3"}).context["rows"] == []


def test_one_group_can_be_looked_at_alone(book):
    client = logged_in(book.executive)
    assert len(client.get(REVIEWS, {"owner": book.outsider.pk}).context["rows"]) == 1
    assert len(client.get(REVIEWS, {"segment": NOBODY}).context["rows"]) == 2
    assert len(client.get(REVIEWS, {"owner": NOBODY}).context["rows"]) == 0


def test_another_quarter_is_chosen_by_its_name(book):
    client = logged_in(book.owner)
    found = client.get(URL, {"quarter": "2026-Q3"}).context["found"]
    assert (found.quarter.since, found.now.due) == (dt.date(2026, 7, 1), 1)
    part = client.get(URL, {"quarter": "2026-Q3"}, headers={"HX-Request": "true", "HX-Target": "measures"})
    assert part.content.decode().lstrip().startswith('<div class="stack" id="measures"')


def test_the_course_tells_the_last_quarters_up_to_the_present(book):
    course = logged_in(book.owner).get(URL).context["found"].course
    assert (len(course), course[-1].quarter) == (8, QUARTER)
    assert [(step.tally.due, step.tally.done) for step in course[-2:]] == [(1, 1), (3, 2)]


@pytest.mark.parametrize("url", EVERY)
@pytest.mark.parametrize(
    "asked",
    [
        *({"quarter": "x"}, {"quarter": "2026-Q9"}, {"show": "nothing"}, {"segment": "x"}, {"owner": "9" * 30}),
        *({"page": "x"}, {"page": "999"}, {"segment": "\x00"}, {"format": "doc"}),
    ],
)
def test_an_address_that_means_nothing_is_answered(book, url, asked):
    response = logged_in(book.owner).get(url, asked)
    assert response.status_code == 200
    if url == REVIEWS and asked.keys() & {"show", "segment", "owner"}:
        assert b"was left out" in response.content


@pytest.mark.parametrize("url", EVERY)
def test_measures_are_only_read(book, url):
    assert logged_in(book.owner).post(url).status_code == 405


def test_without_reviews_the_page_says_so(cast):
    assert b"Nothing to measure yet" in logged_in(cast.owner).get(URL).content
    assert b"No review here" in logged_in(cast.owner).get(REVIEWS).content


def test_the_file_holds_all_tables(book):
    client = logged_in(book.owner)
    text = b"".join(client.get(EXPORT).streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert ["Figure", "Q4 2026", "Q3 2026"] in rows
    assert ["Done %", "66.67", "100.00"] in rows
    assert ["Satisfaction", "4.5", ""] in rows
    for title in ("By segment", "By CSM", "By quarter"):
        assert [title] in rows
    with closing(client.get(EXPORT, {"format": "xlsx"})) as sent:
        names = ZipFile(io.BytesIO(b"".join(sent.streaming_content))).namelist()
    assert sum(name.startswith("xl/worksheets/sheet") for name in names) == 4


def test_the_reviews_behind_a_figure_go_into_a_file(book):
    client = logged_in(book.owner)
    text = b"".join(client.get(REVIEWS_EXPORT, {"show": "held"}).streaming_content).decode("utf-8-sig")
    header, *rows = csv.reader(io.StringIO(text))
    assert [dict(zip(header, row, strict=True))["Account"] for row in rows] == ["First", "Second"]
    with closing(client.get(REVIEWS_EXPORT, {"format": "xlsx"})) as sent:
        assert sent["Content-Type"].endswith("sheet")


@pytest.mark.parametrize("number", [1, 12])
@pytest.mark.parametrize(("url", "queries"), [(URL, 11), (REVIEWS, 5)])
def test_many_reviews_take_as_many_queries(cast, url, queries, number, django_assert_num_queries):
    for _ in range(number):
        segment = make.SegmentFactory()
        one = held(make.AccountFactory(owner=cast.owner, segment=segment), (11, 5), (11, 3), owner=make.UserFactory())
        answered(one, 5)
        make.ReviewIdeaFactory(review=one, opportunity=make.OpportunityFactory(account=one.account))
        make.ReviewResultFactory(review=one)
        make.ActionItemFactory(review=one, due_on=dt.date(2026, 11, 10))
    client = logged_in(cast.owner)
    with django_assert_num_queries(queries):
        client.get(url)
