"""Runs of playbooks from their start to their end: each step once, whatever is repeated, at once or killed."""

import datetime as dt
import threading
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.domain.playbooks import Condition, Otherwise, Role, Step, StepKind, Trigger
from accounts.models import Account, Notification, Playbook, PlaybookCue, PlaybookRun, RunStep, Task
from accounts.services import playbook_handling as handling
from accounts.services.bulk import undo
from accounts.services.playbook_advancing import advance_runs
from accounts.services.playbook_cues import Cue, note_cues
from accounts.services.playbook_starting import start_cued, start_run, start_runs, start_timelines
from accounts.services.tasks import cancel_task, complete_task, complete_tasks
from accounts.tasks import advance_playbooks, start_playbook_timelines
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from tests import factories as make
from tests.cast import make_cast
from tests.factories.playbooks import CALL, WRITE
from tests.health.making import contents

pytestmark = pytest.mark.django_db
ADVANCING, STARTING = 20, 20
WRITTEN = (PlaybookRun, RunStep, PlaybookCue, Task, Notification)
AT_RISK = Condition("tier", "at_least", "3")
NOON = dt.datetime(2026, 3, 10, 11, tzinfo=dt.UTC)  # a Tuesday


@pytest.fixture(autouse=True)
def still():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def _no_playbook_of_the_workspace(db):
    Playbook.objects.update(active_since=None)


def begin(cast, **parts) -> PlaybookRun:
    playbook = make.PlaybookFactory(**{f"plan__{name}": value for name, value in parts.items()})
    return start_run(by=cast.owner, playbook=playbook, account=cast.account, key=str(uuid4()))


def task_of(run: PlaybookRun) -> Task:
    """The open task of a run."""
    return Task.objects.unfinished().get(playbook_steps__run=run)


def state_of(run: PlaybookRun) -> tuple[str, int]:
    run.refresh_from_db()
    return run.state, run.position


def titles(run: PlaybookRun) -> list[str]:
    return list(Task.objects.filter(playbook_steps__run=run).order_by("pk").values_list("title", flat=True))


def test_a_run_makes_its_first_task_for_the_one_who_plays_the_role(cast):
    run = begin(cast, steps=(Step(StepKind.TASK, title="Call {account.name}", body="Now", role=Role.MANAGER, days=2),))
    task = task_of(run)
    assert (task.title, task.body, task.account, task.by) == ("Call Halden Logistics", "Now", cast.account, None)
    assert (task.origin, task.origin_key) == ("playbook", f"playbook:{run.pk}:0")
    assert list(task.assignees.all()) == [cast.manager]
    assert task.due_at == dt.datetime(2026, 3, 12, 17, tzinfo=clock.workspace_zone().utcoffset(None) or dt.UTC)
    told = Notification.objects.get(user=cast.manager)
    assert told.title == "A task for Halden Logistics: Call Halden Logistics"


@pytest.mark.parametrize(("priority", "severity"), [(1, 1), (2, 2), (3, 3), (4, 3)])
def test_a_message_comes_to_the_one_who_plays_the_role_as_loud_as_it_is(cast, priority, severity):
    run = begin(cast, steps=(Step(StepKind.NOTICE, title="Look", body="Now", role=Role.MANAGER, priority=priority),))
    told = Notification.objects.get()
    assert (told.user, told.title, told.body) == (cast.manager, "Halden Logistics: Look", "Now")
    assert (told.severity, told.url, run.state) == (severity, f"/accounts/{cast.account.pk}/", "finished")


def test_a_day_off_of_the_workspace_is_no_working_day(cast):
    make.HolidayFactory(day=dt.date(2026, 3, 11))
    assert task_of(begin(cast)).due_at == dt.datetime(2026, 3, 12, 17, tzinfo=dt.UTC)


def test_to_close_a_task_lets_the_run_go_on_and_the_last_one_ends_it(cast):
    run = begin(cast)
    complete_task(by=cast.owner, task=task_of(run))
    assert (state_of(run), titles(run)) == (("running", 1), ["Call Halden Logistics", "Write down what came of it"])
    cancel_task(by=cast.owner, task=task_of(run))
    assert state_of(run) == ("finished", 2)
    assert (run.ended_at, run.end_reason, run.next_at) == (NOON, "", None)


def test_tasks_that_are_closed_together_let_their_runs_go_on_together(cast):
    runs = [begin(cast) for _ in range(3)]
    complete_tasks(by=cast.owner, tasks=[task_of(run) for run in runs])
    assert [state_of(run) for run in runs] == [("running", 1)] * 3


def test_to_advance_again_changes_nothing(cast):
    run = begin(cast, steps=(CALL, Step(StepKind.WAIT, days=1), WRITE))
    complete_task(by=cast.owner, task=task_of(run))
    PlaybookRun.objects.update(next_at=NOON)
    advance_runs()
    before = contents(*WRITTEN)
    advance_playbooks()
    PlaybookRun.objects.update(next_at=NOON)
    advance_runs()
    assert contents(*WRITTEN) == before


def test_a_wait_ends_on_its_morning(cast, still):
    run = begin(cast, steps=(Step(StepKind.WAIT, days=1), CALL))
    assert (run.waits_until, titles(run)) == (dt.datetime(2026, 3, 11, 8, tzinfo=dt.UTC), [])
    still.move_to(dt.datetime(2026, 3, 11, 7, 59, tzinfo=dt.UTC))
    advance_runs()
    assert titles(run) == []
    still.move_to(dt.datetime(2026, 3, 11, 8, tzinfo=dt.UTC))
    advance_runs()
    assert titles(run) == ["Call Halden Logistics"]


def test_a_worker_that_dies_leaves_all_undone_and_the_next_one_does_it_once(cast, monkeypatch):
    run = begin(cast, steps=(Step(StepKind.NOTICE, title="Look"), CALL))
    PlaybookRun.objects.filter(pk=run.pk).update(position=0)
    RunStep.objects.all().delete()
    Task.objects.all().delete()
    PlaybookRun.objects.update(next_at=NOON)

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("accounts.services.playbook_advancing._apply", die)
        with pytest.raises(KeyboardInterrupt):
            advance_runs()
    assert (RunStep.objects.count(), Task.objects.count()) == (0, 0)
    advance_runs()
    assert (RunStep.objects.count(), Task.objects.count()) == (2, 1)


def test_leaving_the_condition_stops_the_run_and_gives_up_its_task(cast, still):
    Account.objects.filter(pk=cast.account.pk).update(health_rank=3)
    run = begin(cast, conditions=(AT_RISK,), stops_when_left=True)
    Account.objects.filter(pk=cast.account.pk).update(health_rank=2)
    still.shift(dt.timedelta(hours=1))
    advance_runs()
    assert state_of(run) == ("stopped", 0)
    task = Task.objects.get()
    assert (task.status, task.outcome) == ("cancelled", "The playbook is over.")


def test_an_account_that_leaves_stops_its_runs(cast, still):
    run = begin(cast)
    Account.objects.filter(pk=cast.account.pk).update(status="churned", churned_on=clock.today())
    still.shift(dt.timedelta(hours=1))
    advance_runs()
    assert (state_of(run), run.end_reason) == (("stopped", 0), "The account is no customer any more.")


def test_what_is_not_known_holds_the_run_up_until_it_is(cast, still):
    run = begin(cast, steps=(Step(StepKind.TASK, title="Ask {champion.name}"),))
    assert (run.problem, titles(run)) == ("Not known for this account: champion at the customer.", [])
    told = Notification.objects.get()
    assert (told.user, told.severity) == (cast.owner, 2)
    still.shift(dt.timedelta(hours=1))
    advance_runs()
    assert Notification.objects.count() == 1
    make.ContactFactory(account=cast.account, name="Jana Roth", roles=["champion"])
    still.shift(dt.timedelta(hours=1))
    advance_runs()
    run.refresh_from_db()
    assert (run.problem, titles(run)) == ("", ["Ask Jana Roth"])


def test_a_condition_on_the_way_skips_a_step(cast):
    Account.objects.filter(pk=cast.account.pk).update(health_rank=2)
    step = Step(StepKind.CONDITION, condition=AT_RISK, otherwise=Otherwise.SKIP)
    run = begin(cast, steps=(step, CALL, WRITE))
    assert list(run.steps.values_list("place", "outcome")) == [(0, "passed"), (1, "passed"), (2, "made")]
    assert titles(run) == ["Write down what came of it"]


def test_a_run_goes_on_by_the_version_with_which_it_began(cast):
    from accounts.domain.playbooks import Plan
    from accounts.services.playbook_publishing import publish_playbook

    run = begin(cast)
    playbook = run.playbook
    publish_playbook(
        by=cast.admin, playbook=playbook, name=playbook.name, aim="", plan=Plan(Trigger("hand"), (WRITE, WRITE, WRITE))
    )
    complete_task(by=cast.owner, task=task_of(run))
    complete_task(by=cast.owner, task=task_of(run))
    assert (state_of(run), titles(run)) == (("finished", 2), ["Call Halden Logistics", "Write down what came of it"])


# Starting


def test_the_same_key_starts_one_run(cast):
    playbook = make.PlaybookFactory()
    runs = [start_run(by=cast.owner, playbook=playbook, account=cast.account, key="k") for _ in range(2)]
    assert runs[0] == runs[1]
    assert PlaybookRun.objects.count() == Task.objects.count() == 1


def test_a_playbook_that_is_live_on_an_account_does_not_start_there_again(cast):
    playbook = make.PlaybookFactory(name="Save")
    start_run(by=cast.owner, playbook=playbook, account=cast.account, key="1")
    with pytest.raises(RefusedError, match="“Save” runs on Halden Logistics already"):
        start_run(by=cast.owner, playbook=playbook, account=cast.account, key="2")


@pytest.mark.parametrize("state", ["running", "paused"])
def test_the_database_keeps_a_second_live_run_out(cast, state):
    first = make.PlaybookRunFactory(account=cast.account, paused=state == "paused")
    with pytest.raises(IntegrityError, match="playbook_run_one_live"):
        make.PlaybookRunFactory(account=cast.account, playbook=first.playbook)


def test_the_database_keeps_a_published_version_as_it_is(cast):
    version = make.PlaybookFactory().current
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        type(version).objects.filter(pk=version.pk).update(content={})


def test_one_that_is_switched_off_or_whose_condition_does_not_hold_does_not_start(cast):
    off = make.PlaybookFactory(name="Off", active=False)
    with pytest.raises(RefusedError, match="“Off” is switched off"):
        start_run(by=cast.owner, playbook=off, account=cast.account, key="1")
    picky = make.PlaybookFactory(plan__conditions=(AT_RISK,))
    with pytest.raises(RefusedError, match="It begins only if Tier is or is worse than At-Risk"):
        start_run(by=cast.owner, playbook=picky, account=cast.account, key="2")
    lost = make.AccountFactory(churned=True)
    with pytest.raises(RefusedError, match="no customer any more"):
        start_run(by=cast.owner, playbook=make.PlaybookFactory(), account=lost, key="3")


def test_what_happens_starts_what_waits_for_it_once(cast):
    entered = make.PlaybookFactory(plan__trigger=Trigger("tier_entered", "4"))
    make.PlaybookFactory(plan__trigger=Trigger("tier_entered", "3"))
    cue = Cue("tier_entered", cast.account.pk, "2026-03-10:4", "Entered Critical", choice="4")
    assert (note_cues([cue]), note_cues([cue]), PlaybookCue.objects.count()) == (1, 1, 1)
    assert (start_cued(), start_cued(), PlaybookCue.objects.count()) == (1, 0, 0)
    run = PlaybookRun.objects.get()
    assert (run.playbook, run.reason, run.started_by) == (entered, "Entered Critical", None)
    note_cues([cue])
    assert (start_cued(), PlaybookRun.objects.count()) == (0, 1)


def test_what_nobody_waits_for_is_not_even_written_down(cast):
    make.PlaybookFactory(plan__trigger=Trigger("tier_entered", "4"), active=False)
    assert note_cues([Cue("tier_entered", cast.account.pk, "k", "Entered Critical", choice="4")]) == 0
    assert PlaybookCue.objects.count() == 0


def test_it_rests_before_it_is_set_off_again_but_not_by_hand(cast, still):
    playbook = make.PlaybookFactory(plan__trigger=Trigger("tier_entered", "4"), plan__rest_days=10)

    def enter(key: str) -> int:
        note_cues([Cue("tier_entered", cast.account.pk, key, "Entered Critical", choice="4")])
        return start_cued()

    assert enter("1") == 1
    handling.cancel_run(by=cast.owner, run=PlaybookRun.objects.get())
    still.shift(dt.timedelta(days=9))
    assert enter("2") == 0
    start_run(by=cast.owner, playbook=playbook, account=cast.account, key="3")
    handling.cancel_run(by=cast.owner, run=PlaybookRun.objects.live().get())
    still.shift(dt.timedelta(days=10))
    assert enter("4") == 1


@pytest.mark.parametrize(
    ("trigger", "field", "days", "begun"),
    [
        (Trigger("renewal_ahead", number=90), "renewal_date", 90, 1),
        (Trigger("renewal_ahead", number=90), "renewal_date", 91, 0),
        (Trigger("renewal_ahead", number=90), "renewal_date", 89, 1),  # nothing ran yesterday
        (Trigger("renewal_ahead", number=90), "renewal_date", 80, 0),
        (Trigger("customer_for", number=30), "customer_since", -30, 1),
        (Trigger("customer_for", number=30), "customer_since", -29, 0),
    ],
)
def test_a_day_that_has_come_starts_what_waits_for_it_once(cast, trigger, field, days, begun):
    make.PlaybookFactory(plan__trigger=trigger)
    Account.objects.filter(pk=cast.account.pk).update(**{field: clock.today() + dt.timedelta(days=days)})
    assert start_timelines() == begun
    start_playbook_timelines()
    assert PlaybookRun.objects.count() == begun


def test_a_change_of_stage_is_noticed_by_whichever_door_it_comes(cast):
    make.PlaybookFactory(plan__trigger=Trigger("stage_change", "renewing"))
    Account.objects.filter(pk=cast.account.pk).update(stage="adopting")
    Account.objects.filter(pk=cast.account.pk).update(stage="renewing")
    Account.objects.filter(pk=cast.account.pk).update(stage="renewing")
    assert list(PlaybookCue.objects.values_list("kind", "choice", "reason")) == [
        ("stage_change", "renewing", "Stage changed from adopting to renewing")
    ]
    advance_playbooks()
    assert (PlaybookRun.objects.count(), Task.objects.count()) == (1, 1)


def test_a_bulk_start_leaves_out_who_does_not_meet_the_condition_and_can_be_taken_back(cast):
    playbook, key = make.PlaybookFactory(plan__conditions=(AT_RISK,)), uuid4()
    good, bad, worse = (make.AccountFactory(health_rank=rank, owner=cast.owner) for rank in (1, 3, 4))
    accounts = Account.objects.filter(pk__in=[good.pk, bad.pk, worse.pk])
    change = start_runs(by=cast.owner, playbook=playbook, accounts=accounts, key=key)
    assert change.account_ids == [bad.pk, worse.pk]
    assert start_runs(by=cast.owner, playbook=playbook, accounts=accounts, key=key) == change
    advance_runs()
    assert Task.objects.unfinished().count() == 2
    assert undo(by=cast.owner, change=change) == 2
    assert (PlaybookRun.objects.live().count(), Task.objects.unfinished().count()) == (0, 0)


# What people do with a run


def test_a_paused_run_begins_nothing_until_it_is_resumed(cast, still):
    run = begin(cast)
    handling.pause_run(by=cast.owner, run=run)
    complete_task(by=cast.owner, task=task_of(run))
    still.shift(dt.timedelta(days=1))
    advance_runs()
    assert state_of(run) == ("paused", 0)
    assert (run.paused_by, run.next_at) == (cast.owner, None)
    handling.resume_run(by=cast.owner, run=run)
    assert state_of(run) == ("running", 1)


def test_a_step_is_skipped_for_a_reason_and_its_task_given_up(cast):
    run = begin(cast)
    with pytest.raises(RefusedError, match="Say why"):
        handling.skip_step(by=cast.owner, run=run, place=0, reason=" ")
    handling.skip_step(by=cast.owner, run=run, place=0, reason="They called us")
    assert state_of(run) == ("running", 1)
    assert list(run.steps.values_list("outcome", "reason", "by__name")) == [
        ("skipped", "They called us", "Olga Owner"),
        ("made", "", None),
    ]
    assert Task.objects.order_by("pk").values_list("status", "outcome")[0] == ("cancelled", "Skipped: They called us")
    with pytest.raises(RefusedError, match="at another step by now"):
        handling.skip_step(by=cast.owner, run=run, place=0, reason="Twice")


def test_a_wait_and_what_holds_a_run_up_can_be_skipped_too(cast):
    run = begin(cast, steps=(Step(StepKind.WAIT, days=9), Step(StepKind.TASK, title="Ask {champion.name}"), WRITE))
    handling.skip_step(by=cast.owner, run=run, place=0, reason="No time to wait")
    handling.skip_step(by=cast.owner, run=run, place=1, reason="There is none")
    assert (state_of(run), titles(run)) == (("running", 2), ["Write down what came of it"])
    handling.skip_step(by=cast.owner, run=run, place=2, reason="Nothing came of it")
    assert state_of(run) == ("finished", 3)


def test_a_cancelled_run_gives_up_its_task_and_stays_cancelled(cast):
    run = begin(cast)
    handling.cancel_run(by=cast.owner, run=run, reason="They signed")
    assert (state_of(run), run.ended_by, run.end_reason) == (("cancelled", 0), cast.owner, "They signed")
    assert Task.objects.get().status == "cancelled"
    for verb in (handling.pause_run, handling.resume_run, handling.cancel_run):
        with pytest.raises(RefusedError, match="over"):
            verb(by=cast.owner, run=run)


# Many at once


@pytest.mark.parametrize("number", [1, 20])
def test_the_statements_do_not_grow_with_the_runs(number):
    playbook = make.PlaybookFactory()
    for place in range(number):
        owner = make.UserFactory(name=f"Owner {place}")
        make.PlaybookRunFactory(playbook=playbook, account=make.AccountFactory(owner=owner))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        advance_runs()
    assert Task.objects.count() == number
    assert len(queries) == ADVANCING, [query["sql"][:150] for query in queries]


@pytest.mark.parametrize("number", [1, 20])
def test_nor_do_they_with_what_happened(number):
    make.PlaybookFactory(plan__trigger=Trigger("tier_entered", "4"))
    accounts = [make.AccountFactory() for _ in range(number)]
    note_cues([Cue("tier_entered", account.pk, "k", "Entered Critical", choice="4") for account in accounts])
    with CaptureQueriesContext(connection) as queries:
        assert start_cued() == number
    assert len(queries) == STARTING, [query["sql"][:150] for query in queries]


@pytest.mark.django_db(transaction=True)
def test_two_who_advance_and_one_who_closes_at_once_do_each_step_once():
    Playbook.objects.update(active_since=None)
    cast = make_cast()
    with time_machine.travel(NOON, tick=True):
        run = begin(cast)
        task = task_of(run)
        PlaybookRun.objects.update(next_at=NOON)
        barrier, problems = threading.Barrier(3), []

        def at_once(do) -> None:
            try:
                barrier.wait(timeout=10)
                do()
            except Exception as error:  # noqa: BLE001  told by the test
                problems.append(error)
            finally:
                connection.close()

        doing = [advance_runs, advance_runs, lambda: complete_task(by=cast.owner, task=task)]
        threads = [threading.Thread(target=at_once, args=[do]) for do in doing]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=20)
    assert problems == []
    assert (state_of(run), len(titles(run))) == (("running", 1), 2)
