"""The page of one review: where it stands, when it takes place, and everything that is changed on it."""

import datetime as dt
from html import unescape
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from accounts.models import Account
from cs_workspace.common import clock
from qbr.domain.reviews import Status
from qbr.models import Review
from qbr.services.scheduling import cancel_review, schedule_review
from tests.cast import logged_in
from tests.factories import AttendeeFactory, ContactFactory, ReviewFactory, day

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Target": "dialog"}
MEETING = {
    "minutes": "45", "time_zone": "Asia/Tokyo", "place": "https://call.example.com/1", "agenda": "classic",
}  # fmt: skip
FORMS = ("schedule", "cancel")
POSTS = ("step", "bring-back", "undo")


def text(response) -> str:
    return unescape(response.content.decode())


def url_of(name: str, review: Review) -> str:
    return reverse(f"qbr:{name}", args=[review.pk])


def begins(days: int = 10) -> str:
    return f"{day(days):%Y-%m-%d}T09:30"


@pytest.fixture
def review(cast) -> Review:
    return ReviewFactory.create(account=cast.account)


def planned(cast, review, **fields) -> Review:
    meeting = {
        "starts_at": dt.datetime.combine(day(10), dt.time(14), tzinfo=dt.UTC), "minutes": 60,
        "time_zone": "America/New_York", "place": "Room 1", "agenda": "conversation",
    }  # fmt: skip
    return schedule_review(by=cast.owner, review=review, meeting=meeting | fields)


def test_the_page_says_where_it_stands_and_what_is_missing(cast, review):
    shown = text(logged_in(cast.owner).get(url_of("review", review)))
    for words in (
        "Business review with", "Halden Logistics", "no moment yet", "not said", "30 d", "Conversation first, 60 min",
        "Business context", "10 min", "Nobody of the customer is invited yet.", "Nobody of ours takes part yet.",
        'aria-current="step"', "Schedule", "Asked for",
    ):  # fmt: skip
        assert words in shown, words


def test_it_says_both_hours_where_the_clocks_of_both_sides_differ(cast, review):
    planned(cast, review)
    shown = text(logged_in(cast.owner).get(url_of("review", review)))
    starts_at = dt.datetime.combine(day(10), dt.time(14), tzinfo=dt.UTC)
    there = starts_at.astimezone(ZoneInfo("America/New_York"))
    assert f"for the customer {there:%A %-d %B, %H:%M}, America/New_York" in shown
    assert f"{starts_at:%A %-d %B %Y, %H:%M}" in shown
    planned(cast, review, time_zone="UTC", starts_at=starts_at + dt.timedelta(days=1))
    assert "for the customer" not in text(logged_in(cast.owner).get(url_of("review", review)))


@pytest.mark.parametrize("count", [1, 9])
def test_the_page_costs_the_same_however_many_take_part(cast, review, django_assert_num_queries, count):
    for _ in range(count):
        AttendeeFactory.create(review=review)
        ContactFactory.create(account=cast.account, roles=["champion"])
    client = logged_in(cast.owner)
    client.get(url_of("review", review))
    with django_assert_num_queries(7):
        client.get(url_of("review", review))
    with django_assert_num_queries(6):
        client.get(url_of("review", review), headers={"HX-Request": "true", "HX-Target": "review-state"})


@pytest.mark.parametrize("status", list(Status))
def test_a_review_of_any_status_has_a_page(cast, status):
    review = ReviewFactory.create(account=cast.account, status=status.value, cancelled_reason="They merge")
    AttendeeFactory.create(review=review, attended=True)
    shown = text(logged_in(cast.owner).get(url_of("review", review)))
    assert ("They merge" in shown) == (status is Status.CANCELLED)
    assert (url_of("schedule", review) in shown) == (review.is_ahead)
    assert (url_of("follow-up", review) in shown) == review.is_held
    assert ("came" in shown) or not review.is_held


def test_one_that_is_overdue_or_has_begun_says_what_to_do(cast, review):
    client = logged_in(cast.owner)
    Review.objects.update(due_on=day(-3))
    assert "Find a moment with the customer" in text(client.get(url_of("review", review)))
    Review.objects.update(due_on=day(3), starts_at=clock.now() - dt.timedelta(minutes=5), status="scheduled")
    shown = text(client.get(url_of("review", review)))
    assert "Its moment has come" in shown
    assert url_of("hold", review) in shown


def test_a_moment_is_set_and_taken_back(cast, review):
    client = logged_in(cast.owner)
    response = client.post(url_of("schedule", review), MEETING | {"starts_at": begins(), "version": "1"}, headers=HTMX)
    assert response.status_code == 200
    review.refresh_from_db()
    assert (review.status, review.minutes, review.time_zone) == ("scheduled", 45, "Asia/Tokyo")
    assert response.headers["HX-Trigger"]
    undo = f"{url_of('undo', review)}?version={review.version}"
    assert undo in text(response)
    assert client.post(undo, headers=HTMX).status_code == 200
    review.refresh_from_db()
    assert (review.status, review.starts_at) == ("due", None)
    first = planned(cast, review)
    planned(cast, review, place="Room 2")
    stale = client.post(f"{url_of('undo', review)}?version={first.version}", headers=HTMX)
    assert stale.status_code == 409
    assert "It stays as it is now" in text(stale)


def test_without_htmx_the_form_is_a_page_that_leads_back(cast, review):
    client = logged_in(cast.owner)
    page = text(client.get(url_of("schedule", review)))
    assert "<html" in page
    assert "In your time zone" in page
    response = client.post(url_of("schedule", review), MEETING | {"starts_at": begins(), "version": "1"})
    assert (response.status_code, response.url) == (302, url_of("review", review))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"starts_at": ""}, "This field is required"),
        ({"starts_at": "tomorrow"}, "Give a day and a time"),
        ({"starts_at": "2020-01-01T10:00"}, "That moment is over"),
        ({"minutes": "5"}, "greater than or equal to 15"),
        ({"minutes": "1000"}, "less than or equal to 480"),
        ({"time_zone": "Mars/Base"}, "Select a valid choice"),
        ({"agenda": "nothing"}, "Select a valid choice"),
        ({"place": "x" * 301}, "at most 300 characters"),
    ],
)
def test_bad_input_is_named_by_its_field_and_kept(cast, review, changes, message):
    data = MEETING | {"starts_at": begins(), "version": "1"} | changes
    response = logged_in(cast.owner).post(url_of("schedule", review), data, headers=HTMX)
    assert response.status_code == 422
    assert message in text(response)
    assert (changes.get("place") or "https://call.example.com/1") in text(response)
    review.refresh_from_db()
    assert review.starts_at is None


def test_the_second_writer_sees_what_the_first_one_wrote(cast, review):
    planned(cast, review)
    data = MEETING | {"starts_at": begins(12), "version": "1", "seen": "{}"}
    response = logged_in(cast.team_mate).post(url_of("schedule", review), data, headers=HTMX)
    assert response.status_code == 409
    assert "Olga Owner changed this while you had it open" in text(response)


def test_steps_are_taken_and_refused(cast, review):
    client = logged_in(cast.owner)
    post = lambda **data: client.post(url_of("step", review), data, headers=HTMX)  # noqa: E731
    assert post(to="preparing", version="1").status_code == 200
    assert post(to="ready", version="1").status_code == 409
    assert post(to="scheduled").status_code == 422
    assert post(to="nonsense").status_code == 422
    assert post(to="ready", version="2").status_code == 200
    review.refresh_from_db()
    assert review.status == "ready"
    assert client.post(url_of("step", review), {"to": "scheduled"}).status_code == 302


def test_it_is_cancelled_with_a_reason_and_brought_back(cast, review):
    client = logged_in(cast.owner)
    assert client.post(url_of("cancel", review), {"reason": "", "version": "1"}, headers=HTMX).status_code == 422
    data = {"reason": "They merge", "version": "1"}
    assert client.post(url_of("cancel", review), data, headers=HTMX).status_code == 200
    again = client.post(url_of("cancel", review), {"reason": "They do", "version": "2"}, headers=HTMX)
    assert again.status_code == 422
    assert "Bring it back first" in text(again)
    assert "They merge" in text(client.get(url_of("review", review)))
    assert client.post(url_of("bring-back", review), headers=HTMX).status_code == 200
    assert client.post(url_of("bring-back", review), headers=HTMX).status_code == 422
    review.refresh_from_db()
    assert review.status == "due"


def test_a_review_is_asked_for_on_the_account(cast):
    client, url = logged_in(cast.owner), reverse("qbr:review-new", args=[cast.account.pk])
    data = {
        "kind": "executive",
        "due_on": f"{day(20)}",
        "reason": "New board",
        "key": str(uuid4()),
    }
    response = client.post(url, data)
    review = Review.objects.get()
    assert (response.status_code, response.url) == (302, url_of("review", review))
    assert (review.kind, review.reason, review.origin) == ("executive", "New board", "request")
    assert client.post(url, data).status_code == 302
    assert Review.objects.count() == 1
    again = client.post(url, data | {"key": ""}, headers=HTMX)
    assert again.status_code == 422
    assert "is ahead already" in text(again)
    assert "That day is over" in text(client.post(url, data | {"key": "", "due_on": f"{day(-1)}"}, headers=HTMX))


def test_the_history_tells_what_was_done_by_whom(cast, review):
    planned(cast, review)
    cancel_review(by=cast.manager, review=review, reason="They merge")
    shown = text(logged_in(cast.owner).get(url_of("history", review)))
    for words in ("Mona Manager", "Olga Owner", "They merge", "Scheduled", "Cancelled", "Asked for", "Room 1"):
        assert words in shown, words


@pytest.mark.parametrize("count", [1, 9])
def test_the_history_costs_the_same_however_long_it_is(cast, review, django_assert_num_queries, count):
    for number in range(count):
        planned(cast, review, place=f"Room {number}")
    client = logged_in(cast.owner)
    client.get(url_of("history", review))
    with django_assert_num_queries(6):
        client.get(url_of("history", review))


@pytest.mark.parametrize("name", ["review", "history", *FORMS, *POSTS])
def test_outsiders_find_nothing(cast, review, name):
    client = logged_in(cast.outsider)
    assert client.post(url_of(name, review)).status_code == (405 if name in ("review", "history") else 404)
    if name not in POSTS:
        assert client.get(url_of(name, review)).status_code == 404


@pytest.mark.parametrize("name", [*FORMS, *POSTS])
def test_who_only_reads_changes_nothing_and_sees_no_button(cast, review, name):
    client = logged_in(cast.read_only)
    assert client.post(url_of(name, review)).status_code == 403
    shown = text(client.get(url_of("review", review)))
    assert f'"{url_of(name, review)}"' not in shown.replace(f'action="{url_of("step", review)}"', "")
    assert '<button type="submit" name="to"' not in shown


@pytest.mark.parametrize("name", POSTS)
def test_what_changes_without_a_form_is_only_posted(cast, review, name):
    assert logged_in(cast.owner).get(url_of(name, review)).status_code == 405


def test_who_only_reads_asks_for_no_review(cast):
    url = reverse("qbr:review-new", args=[cast.account.pk])
    assert logged_in(cast.read_only).get(url).status_code == 403
    assert logged_in(cast.outsider).get(url).status_code == 404
    assert logged_in(cast.owner).put(url).status_code == 405
    page = text(logged_in(cast.read_only).get(reverse("accounts:account", args=[cast.account.pk])))
    assert url not in page


def test_the_account_shows_its_reviews(cast, review):
    ReviewFactory.create(account=cast.account, status="followed_up", kind="executive")
    page = text(logged_in(cast.owner).get(reverse("accounts:account", args=[cast.account.pk])))
    for words in (url_of("review", review), "Last one:", "Executive review", "Ask for one"):
        assert words in page, words
    Account.objects.update(status="churned", churned_on=day(-1))
    Review.objects.all().delete()
    assert "Business reviews" not in text(
        logged_in(cast.owner).get(reverse("accounts:account", args=[cast.account.pk]))
    )
