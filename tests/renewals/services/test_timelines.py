"""Steps of renewals: made when their day is near, moved with the date, dropped with the renewal."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Contract, Mail, Segment, Task
from accounts.services.tasks import complete_task
from renewals.models import Renewal, RenewalStep, TimelineStep
from renewals.services.following import follow_contracts
from renewals.services.opening import open_due_renewals
from renewals.services.timelines import drop_open_tasks, make_due_tasks, take_up_again
from tests.factories import (
    AccountFactory,
    ContactFactory,
    ContractFactory,
    PlaybookFactory,
    UserFactory,
    day,
)

pytestmark = pytest.mark.django_db


def renewal(left, *, of="smb", rank=None, **fields):
    """An open renewal in so many days, with its steps."""
    owner = UserFactory(name="Olga Owner")
    account = AccountFactory(name="Halden", owner=owner, segment=Segment.objects.get(key=of), health_rank=rank)
    one = ContractFactory(account=account, start=day(-300), end=day(left), with_line=12_000, **fields)
    open_due_renewals(today=day(0), account_ids=[account.pk])
    return Renewal.objects.get(contract=one)


def make(days=0):
    return make_due_tasks(today=day(days))


def tasks(**conditions):
    """The tasks by the step that made them, with the days from today until they are due and their state."""
    found = RenewalStep.objects.exclude(task=None).filter(**conditions).select_related("task").order_by("day")
    return {one.key: ((one.task.due_at.date() - day(0)).days, one.task.status) for one in found}


def states(one):
    return {step.key: step.state for step in one.steps.all()}


def test_a_task_is_made_a_week_before_its_day_and_is_due_on_it():
    renewal(90)
    assert (make(), tasks()) == (1, {"opened": (0, "open")})
    assert (make(22), make(23)) == (0, 1)
    assert tasks() == {"opened": (0, "open"), "kick_off": (30, "open")}


def test_it_is_the_owners_and_says_where_it_comes_from():
    one = renewal(90)
    make()
    task = Task.objects.get()
    assert list(task.assignees.all()) == [one.owner]
    assert (task.title, task.origin, task.origin_key) == (
        "Look at the renewal of Halden", "renewal", f"renewal:{one.pk}:opened",
    )  # fmt: skip
    assert f"renewal {one.due_on.day} {one.due_on:%B %Y}" in task.body


def test_made_twice_nothing_is_doubled():
    renewal(90)
    assert (make(), make(), make()) == (1, 0, 0)


def test_an_old_contract_begins_where_its_timeline_stands_and_with_nothing_overdue():
    one = renewal(40)
    assert make() == 1
    assert tasks() == {"pricing": (5, "open")}
    assert states(one) == {
        "opened": "passed", "kick_off": "passed", "pricing": "made",
        "negotiation": "waiting", "final_terms": "waiting", "close": "waiting",
    }  # fmt: skip


def test_an_owner_who_left_gets_nothing():
    one = renewal(90)
    one.owner.is_active = False
    one.owner.save()
    make()
    assert list(Task.objects.get().assignees.all()) == []


def test_by_e_mail_only_the_task_is_a_draft_to_the_champion():
    one = renewal(75, of="self_serve")
    ContactFactory(account=one.account, name="Carla", email="carla@halden.example", roles=["champion"])
    make()
    task = Task.objects.get()
    assert task.title == "Send: What you reached with us"
    assert task.body.startswith("To: Carla <carla@halden.example>\nSubject: What you reached with us\n\nDear Carla,")


def test_a_draft_without_anybody_to_read_it_says_so():
    renewal(75, of="self_serve")
    make()
    assert Task.objects.get().body.startswith("To: nobody with an address is known yet\n")


def test_a_step_starts_a_playbook():
    playbook = PlaybookFactory()
    step = TimelineStep.objects.get(timeline__key="standard_90", key="opened")
    step.kind, step.playbook = "playbook", playbook
    step.save()
    one = renewal(90)
    assert (make(), make()) == (0, 0)
    run = playbook.runs.get()
    assert (run.account, run.trigger_key, run.is_live) == (one.account, f"renewal:{one.pk}:opened", True)
    drop_open_tasks(one)
    run.refresh_from_db()
    assert not run.is_live


def test_a_moved_date_moves_the_open_tasks_and_leaves_what_is_done():
    one = renewal(60)
    make()
    make(10)
    complete_task(by=one.owner, task=Task.objects.get(origin_key__endswith="kick_off"))
    before = tasks()
    assert before == {"kick_off": (0, "done"), "pricing": (15, "open")}
    Contract.objects.filter(pk=one.contract_id).update(end=day(70))
    follow_contracts(today=day(10))
    one.refresh_from_db()
    assert one.due_on == day(70)
    assert tasks() == {"kick_off": (0, "done"), "pricing": (25, "open")}
    assert one.steps.get(key="negotiation").day == day(40)


def test_a_task_that_would_be_past_after_the_move_is_due_today():
    one = renewal(60)
    make()
    Contract.objects.filter(pk=one.contract_id).update(end=day(40))
    follow_contracts(today=day(0))
    assert tasks() == {"kick_off": (0, "open")}


def test_what_was_passed_over_waits_again_when_it_lies_ahead():
    one = renewal(40)
    make()
    Contract.objects.filter(pk=one.contract_id).update(end=day(100))
    follow_contracts(today=day(0))
    assert states(one)["kick_off"] == "waiting"


def test_what_is_open_is_dropped_with_the_renewal_and_comes_back_with_it():
    one = renewal(90)
    make()
    task = Task.objects.get()
    assert drop_open_tasks(one) == [task.pk]
    task.refresh_from_db()
    assert (task.status, task.outcome, set(states(one).values())) == (
        "cancelled",
        "The renewal is closed.",
        {"dropped"},
    )
    assert make(60) == 0
    take_up_again(one, today=day(0))
    task.refresh_from_db()
    assert (task.status, states(one)["opened"], states(one)["close"]) == ("open", "made", "waiting")


def test_what_an_admin_takes_out_of_the_timeline_is_not_asked_any_more():
    one = renewal(90)
    TimelineStep.objects.filter(timeline__key="standard_90", key="opened").delete()
    assert make() == 0
    assert states(one)["opened"] == "dropped"


def test_many_are_made_by_as_many_statements_as_one():
    renewal(90)
    with CaptureQueriesContext(connection) as one:
        make()
    for _ in range(4):
        renewal(90)
    with CaptureQueriesContext(connection) as many:
        assert make() == 4
    assert len(one) == len(many)


def test_the_hour_is_the_end_of_work_of_the_owner():
    one = renewal(90)
    one.owner.time_zone = "America/New_York"
    one.owner.save()
    make()
    due = Task.objects.get().due_at.astimezone(one.owner.zone)
    assert due.time() == dt.time(17, 0)


def test_an_e_mail_is_a_draft_in_the_outbox_for_its_day_and_goes_with_its_task():
    one = renewal(75)
    Renewal.objects.update(by_email=True)
    to = ContactFactory(account=one.account, name="Carla", roles=["champion"])
    TimelineStep.objects.filter(timeline=one.timeline).update(
        mail_title="To {account.name}", mail_body="Dear {champion.name},\n\n{owner.name}"
    )
    make(12)
    task, mail = Task.objects.latest("pk"), Mail.objects.latest("pk")
    assert (mail.state, mail.cause, mail.contact, mail.origin) == ("draft", "renewal", to, f"task:{task.pk}")
    assert (mail.subject, mail.text, mail.sender) == ("To Halden", "Dear Carla,", one.owner)
    assert mail.due_at.date() <= task.due_at.date()
    drop_open_tasks(one)
    assert set(Mail.objects.values_list("state", flat=True)) == {"cancelled"}


def test_an_e_mail_that_lacks_something_is_only_a_task():
    one = renewal(75)
    Renewal.objects.update(by_email=True)
    ContactFactory(account=one.account, roles=["champion"])
    TimelineStep.objects.filter(timeline=one.timeline).update(
        mail_title="To {account.name}", mail_body="{sponsor.name}"
    )
    make(12)
    assert (Task.objects.exists(), Mail.objects.exists()) == (True, False)
