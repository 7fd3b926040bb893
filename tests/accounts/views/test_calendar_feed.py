"""The private address of one's calendar: made, read without a session, renewed, revoked."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from accounts.models import CalendarFeed, TeamMember
from accounts.services.calendar_feed import make_feed, revoke_feed
from tests.cast import logged_in
from tests.factories import AccountFactory, TaskFactory, days_ago

pytestmark = pytest.mark.django_db
MAKE, REVOKE, SETTINGS = reverse("accounts:calendar-make"), reverse("accounts:calendar-revoke"), reverse("settings")
PANEL = {"HX-Request": "true", "HX-Target": "calendar-feed"}


def url(token):
    return reverse("accounts:calendar-feed", args=[token])


def events(token):
    response = Client().get(url(token))
    assert response.status_code == 200
    return [str(event["summary"]) for event in Calendar.from_ical(response.content).walk("VEVENT")]


def test_the_tasks_that_one_has_are_read_without_a_session(cast):
    TaskFactory(title="Mine", account=cast.account, assignees=[cast.owner, cast.team_mate])
    TaskFactory(title="Without a day", account=cast.account, assignees=[cast.owner], due_at=None)
    TaskFactory(title="Of Tim", account=cast.account, assignees=[cast.team_mate])
    TaskFactory(title="Over", account=cast.account, assignees=[cast.owner], done=True)
    TaskFactory(title="Own", account=None, assignees=[cast.owner])
    response = Client().get(url(token := make_feed(by=cast.owner)))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"
    assert "Set-Cookie" not in response
    assert sorted(events(token)) == ["Mine · Halden Logistics", "Own"]


def test_tasks_on_accounts_that_one_sees_no_more_are_not_told(cast):
    TaskFactory(title="Mine", account=cast.account, assignees=[cast.team_mate])
    token = make_feed(by=cast.team_mate)
    assert events(token) == ["Mine · Halden Logistics"]
    TeamMember.objects.filter(user=cast.team_mate).delete()
    assert events(token) == []


def test_the_day_of_a_task_is_that_of_the_one_who_reads(cast):
    cast.owner.time_zone = "Europe/Berlin"
    cast.owner.save()
    with time_machine.travel(dt.datetime(2026, 3, 20, tzinfo=dt.UTC), tick=False):
        for day, hour in ((28, 16), (29, 15)):
            due_at = dt.datetime(2026, 3, day, hour, tzinfo=dt.UTC)
            TaskFactory(account=cast.account, assignees=[cast.owner], due_at=due_at)
        response = Client().get(url(make_feed(by=cast.owner)))
    days = [event.decoded("dtstart") for event in Calendar.from_ical(response.content).walk("VEVENT")]
    assert days == [dt.date(2026, 3, 28), dt.date(2026, 3, 29)]


def test_what_is_long_over_or_far_ahead_is_left_out(cast):
    for title, days in (("Long over", 91), ("Over", 89), ("Ahead", -399), ("Far ahead", -401)):
        TaskFactory(title=title, account=None, assignees=[cast.owner], due_at=days_ago(days))
    assert events(make_feed(by=cast.owner)) == ["Over", "Ahead"]


def test_a_guess_finds_nothing_and_no_token_is_kept(cast):
    token = make_feed(by=cast.owner)
    kept = CalendarFeed.objects.get()
    assert token not in (kept.token_hash, str(vars(kept)))
    for guess in (token[:-1], token + "A", token.swapcase(), kept.token_hash, "a", "%00", "x" * 500):
        assert Client().get(f"/calendar/{guess}.ics").status_code == 404, guess
    assert len({make_feed(by=cast.owner) for _ in range(50)}) == 50


def test_a_new_address_takes_the_place_of_the_old_one_and_a_revoked_one_opens_nothing(cast):
    old = make_feed(by=cast.owner)
    new = make_feed(by=cast.owner)
    assert [Client().get(url(token)).status_code for token in (old, new)] == [404, 200]
    revoke_feed(by=cast.owner)
    assert Client().get(url(new)).status_code == 404


def test_who_is_gone_has_no_calendar(cast):
    token = make_feed(by=cast.owner)
    cast.owner.is_active = False
    cast.owner.save()
    assert Client().get(url(token)).status_code == 404


def test_it_is_only_read(cast):
    assert Client().post(url(make_feed(by=cast.owner))).status_code == 405
    assert logged_in(cast.owner).get(MAKE).status_code == 405
    assert logged_in(cast.owner).get(REVOKE).status_code == 405


@pytest.mark.parametrize("rows", [1, 12])
@pytest.mark.parametrize(("who", "queries"), [("owner", 2), ("manager", 3)])
def test_many_tasks_ask_what_one_asks(cast, rows, who, queries, django_assert_num_queries):
    user = getattr(cast, who)
    for _ in range(rows):
        TaskFactory(account=AccountFactory(owner=cast.owner), assignees=[user])
    token = make_feed(by=user)
    with django_assert_num_queries(queries):
        Client().get(url(token))


def test_the_address_is_shown_once_by_the_settings(cast):
    client = logged_in(cast.owner)
    assert "Make an address" in client.get(SETTINGS).content.decode()
    response = client.post(MAKE, headers=PANEL)
    assert "no-store" in response["Cache-Control"]
    token = response.context["address"].rsplit("/", 1)[1].removesuffix(".ics")
    assert Client().get(url(token)).status_code == 200
    html = client.get(SETTINGS).content.decode()
    assert token not in html
    assert "Make a new address" in html
    assert "Make an address" in client.post(REVOKE, headers=PANEL).content.decode()
    assert not CalendarFeed.objects.exists()


def test_without_script_the_address_has_a_page(cast):
    client = logged_in(cast.owner)
    html = client.post(MAKE).content.decode()
    assert "<h1>Calendar</h1>" in html
    assert "/calendar/" in html
    assert client.post(REVOKE)["Location"] == SETTINGS


def test_it_is_ones_own_so_read_only_users_have_one_too(cast):
    assert logged_in(cast.read_only).post(MAKE, headers=PANEL).status_code == 200
    assert CalendarFeed.objects.get().user == cast.read_only
