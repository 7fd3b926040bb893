"""The timeline: everything of all sources in one order, page by page, in one query."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Contract, Touch
from accounts.queries.timeline import cursor_from, timeline_groups, timeline_of
from tests import factories as make
from tests.cast import Cast
from tests.factories import day, days_ago

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def still():
    with time_machine.travel(dt.datetime(2026, 3, 15, 12, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def account(still: None):
    return make.AccountFactory()


def lines(account, **wanted) -> list[str]:
    return [entry.title for entry in timeline_of(account, **wanted).entries]


def everything(account, number: int) -> None:
    """`number` entries of every kind, all of them in the last days."""
    rule = make.AlertRuleFactory()
    version = make.ScorecardVersionFactory()
    for place in range(number):
        make.TouchFactory(account=account)
        make.NoteFactory(account=account)
        make.TaskFactory(account=account, done=True)
        make.ContactFactory(account=account, gone=True)
        make.ContactFactory(account=account, unsubscribed_at=days_ago(1))
        make.ContractFactory(account=account)
        make.ContractFactory(account=account, start=day(-400), end=day(-35), status=Contract.Status.ENDED)
        make.InvoiceFactory(account=account, late_by=10)
        make.InvoiceFactory(account=account, due_on=day(-60), paid_on=day(-40))
        make.TicketFactory(account=account)
        make.SurveyAnswerFactory(account=account)
        make.EventFactory(account=account, at=days_ago(2))
        make.AlertFactory(account=account, rule=rule, resolved=True)
        make.SnapshotFactory(account=account, version=version, day=day(-2 * place - 1), rank=1, score=90)
        make.SnapshotFactory(account=account, version=version, day=day(-2 * place), rank=4, score=20)


def test_it_tells_what_happened_newest_first(account):
    make.TouchFactory(account=account, at=days_ago(3), attended=False)
    make.NoteFactory(account=account, at=days_ago(1), body="They **like** it")
    make.TaskFactory(account=account, done=True, title="Send the deck")
    make.ContactFactory(account=account, name="Jana Roth", roles=["champion"], gone=True)
    make.ContactFactory(account=account, name="Ana Costa", unsubscribed_at=days_ago(2.5))
    make.ContractFactory(account=account, number="C-1")
    make.InvoiceFactory(account=account, number="I-1", late_by=10)
    make.InvoiceFactory(account=account, number="I-2", due_on=day(-60), paid_on=day(-40))
    make.TicketFactory(account=account, subject="SSO loop", severity="critical")
    make.SurveyAnswerFactory(account=account, score=4, at=days_ago(8))
    assert lines(account) == [
        "Done: Send the deck",
        "Note",
        "Critical ticket: SSO loop",
        "Ana Costa unsubscribed from e-mail",
        "Call missed by the customer",
        "Jana Roth (champion) left or changed job",
        "NPS answer 4 of 10",
        "Invoice I-1 was due and is not paid",
        "Invoice I-2 was paid late",
        "Contract C-1 began",
    ]


def test_moves_between_tiers_stand_in_it_and_days_that_stood_still_do_not(account):
    version = make.ScorecardVersionFactory()
    for back, rank, score in (
        (5, 1, "84.0"),
        (4, 1, "82.0"),
        (3, None, None),
        (2, 4, "34.4"),
        (1, 4, "33.0"),
        (0, 2, "61.6"),
    ):
        make.SnapshotFactory(account=account, version=version, day=day(-back), rank=rank, score=score)
    moves = timeline_of(account, group="Health").entries
    assert [(move.title, move.tone, move.day) for move in moves] == [
        ("Rose to Watch at 62", "t2", day(0)),
        ("Fell to Critical at 34", "t4", day(-2)),
    ]


def test_a_ticket_says_what_became_of_it(account):
    opened = days_ago(4)
    make.TicketFactory(
        account=account, opened_at=opened, closed_at=opened + dt.timedelta(hours=9), escalated=True, rating=2
    )
    make.TicketFactory(account=account, opened_at=days_ago(1))
    assert [entry.detail for entry in timeline_of(account).entries] == [
        "still open",
        "Escalated · solved in 9 h · rated 2 of 5",
    ]


def test_an_event_stands_once_on_its_day_with_all_who_came(account):
    ana, ben = (make.ContactFactory(account=account, name=name) for name in ("Ana", "Ben"))
    make.EventFactory(account=account, name="Summit", contact=ben, at=days_ago(2))
    make.EventFactory(account=account, name="Summit", contact=ana, at=days_ago(2) + dt.timedelta(hours=3))
    make.EventFactory(account=account, name="Summit", contact=ana, at=days_ago(400))
    make.EventFactory(account=account, name="User group", at=days_ago(1))
    for kind in ("invited", "community", "custom"):
        make.EventFactory(account=account, kind=kind)
    make.EventFactory(account=account, name="Tomorrow", at=days_ago(-1))
    make.EventFactory(account=account, name="Tonight", at=days_ago(0) + dt.timedelta(hours=6))
    make.EventFactory(name="Of others")
    told = [(entry.title, entry.detail, entry.day) for entry in timeline_of(account, group="Events").entries]
    assert told == [
        ("Came to User group", "", day(-1)),
        ("Came to Summit", "Ana, Ben", day(-2)),
        ("Came to Summit", "Ana", day(-400)),
    ]


def test_an_alert_leads_to_its_page(account):
    alert = make.AlertFactory(account=account)
    assert timeline_of(account).entries[0].url == f"/alerts/{alert.pk}/"


def test_what_is_archived_still_to_come_or_of_others_is_left_out(account):
    make.TouchFactory(account=account, archived_at=days_ago(0))
    make.NoteFactory(account=account, archived_at=days_ago(0))
    make.TaskFactory(account=account)
    make.ContractFactory(account=account, start=day(10), end=None)
    make.TouchFactory()
    assert lines(account) == []


def test_a_group_shows_its_own_only(account):
    everything(account, 1)
    assert {entry.kind for entry in timeline_of(account, group="Money").entries} == {
        "contract", "contract_end", "invoice", "payment",
    }  # fmt: skip
    assert timeline_groups() == [
        "Touches",
        "Notes",
        "Tasks",
        "People",
        "Money",
        "Success plan",
        "Playbooks",
        "E-mail",
        "Onboarding",
        "Health",
        "Alerts",
        "Signals",
        "Save plans",
        "Tickets",
        "Surveys",
        "Events",
        "Advocacy",
        "Expansion",
        "Win-back",
        "Reviews",
    ]


def test_pages_show_everything_once_also_where_many_happened_at_one_moment(account):
    everything(account, 4)
    whole = [(entry.kind, entry.pk) for entry in timeline_of(account, size=500).entries]
    walked, before = [], None
    while True:
        page = timeline_of(account, before=before, size=3)
        walked += [(entry.kind, entry.pk) for entry in page.entries]
        if not page.older:
            break
        before = cursor_from(page.older)
    assert walked == whole
    assert len(walked) == len(set(walked)) == 63


def test_one_query_whatever_is_in_it(account, django_assert_num_queries):
    for number in (0, 20):
        everything(account, number)
        with django_assert_num_queries(1):
            assert len(timeline_of(account).entries) == number


@pytest.mark.parametrize(
    "text", ["", "x", "2026-03-15~touch~1", "2026-03-15T12:00:00~touch~1", "a~b~c", "~~", "9" * 500]
)
def test_what_is_no_cursor_is_the_first_page(text: str):
    assert cursor_from(text) is None


def test_markdown_of_a_note_is_made_harmless(account):
    make.NoteFactory(account=account, body="**bold** <script>alert(1)</script>")
    text = timeline_of(account).entries[0].text
    assert "<strong>bold</strong>" in text
    assert "<script" not in text


def test_a_day_without_a_time_is_the_workspaces_day_in_every_zone(account, cast: Cast):
    make.ContractFactory(account=account, start=day(-3), end=None)
    with timezone.override("America/New_York"):
        entry = timeline_of(account).entries[0]
        assert (entry.day, entry.when, entry.moment) == (day(-3), "Thu", "Thu 12 Mar 2026")


def test_an_email_says_whether_it_was_answered(account):
    for fields in ({"direction": "in"}, {"answered_at": days_ago(1)}, {}):
        make.TouchFactory(account=account, kind=Touch.Kind.EMAIL, **fields)
    assert sorted(lines(account)) == ["E-mail from the customer", "E-mail sent", "E-mail sent and answered"]
