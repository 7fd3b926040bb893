"""Accounts that fall to a lower segment: noticed by whichever door, once, and led over to less touch by a playbook."""

import datetime as dt

import pytest
import time_machine

from accounts.domain.playbooks import Trigger
from accounts.models import Account, Playbook, PlaybookCue, PlaybookRun, Segment, Task
from accounts.services.arr import refresh_arr
from accounts.services.playbook_starting import start_cued, start_run
from accounts.services.tasks import complete_task
from accounts.tasks import advance_playbooks
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from tests import factories as make
from tests.factories import day

pytestmark = pytest.mark.django_db
TUESDAY = dt.datetime(2026, 3, 10, 11, tzinfo=dt.UTC)
STARTING = 20
TO_SMB = ("smb", "Moved from Enterprise to SMB")


@pytest.fixture(autouse=True)
def still():
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def enterprise(cast) -> Account:
    return make.AccountFactory(owner=cast.owner, segment=segment("enterprise"))


def segment(key: str | None) -> Segment | None:
    return Segment.objects.get(key=key) if key else None


def move(account: Account, key: str | None) -> None:
    Account.objects.filter(pk=account.pk).update(segment=segment(key))


def cues() -> list[tuple[str, str]]:
    return list(PlaybookCue.objects.order_by("account").values_list("choice", "reason"))


def open_tasks(account: Account) -> list[str]:
    return list(Task.objects.unfinished().filter(account=account).values_list("title", flat=True))


# What is noticed


@pytest.mark.parametrize(
    ("way", "told"),
    [
        (["enterprise", "smb"], [TO_SMB]),
        (["smb", "enterprise"], []),
        (["enterprise", "enterprise"], []),
        ([None, "smb"], []),
        (["enterprise", None], []),
        # What has not been looked into yet counts as one way from its beginning.
        (["enterprise", "mid_market", "smb"], [TO_SMB]),
        (["enterprise", "self_serve", "smb"], [TO_SMB]),
        (["enterprise", "smb", "enterprise"], []),
        (["mid_market", "smb", "enterprise"], []),
        (["mid_market", "smb", None, "smb"], []),
        (["mid_market", "smb", None, "self_serve"], []),
    ],
)
def test_a_fall_is_noticed_and_a_rise_takes_it_back(enterprise, way, told):
    first, *rest = way
    move(enterprise, first)
    PlaybookCue.objects.all().delete()
    for key in rest:
        move(enterprise, key)
    assert cues() == told


def test_a_fall_for_which_no_playbook_waits_is_not_written_down(enterprise):
    Playbook.objects.filter(current__trigger="segment_lowered").update(active_since=None)
    make.PlaybookFactory(plan__trigger=Trigger("segment_lowered", "self_serve"))
    move(enterprise, "smb")
    assert cues() == []
    move(enterprise, "self_serve")
    assert cues() == [("self_serve", "Moved from SMB to Self-serve")]


def test_a_playbook_for_any_fall_hears_of_all(enterprise):
    Playbook.objects.update(active_since=None)
    make.PlaybookFactory(plan__trigger=Trigger("segment_lowered"))
    move(enterprise, "mid_market")
    assert cues() == [("mid_market", "Moved from Enterprise to Mid-market")]


def test_an_account_whose_arr_shrank_falls_at_night_once(enterprise):
    make.ContractLineFactory(contract=make.ContractFactory(account=enterprise), arr=12_000)
    for _ in range(2):
        refresh_arr(today=clock.today())
    assert cues() == [TO_SMB]
    start_cued()
    refresh_arr(today=clock.today())
    assert cues() == []


def test_an_account_that_is_pinned_falls_by_hand_only(enterprise):
    make.ContractLineFactory(contract=make.ContractFactory(account=enterprise), arr=12_000)
    Account.objects.filter(pk=enterprise.pk).update(segment_pinned=True)
    refresh_arr(today=clock.today())
    assert cues() == []
    enterprise.refresh_from_db()
    enterprise.segment = segment("smb")
    enterprise.save()
    assert cues() == [TO_SMB]


@pytest.mark.parametrize("many", [1, 30])
def test_many_fall_in_one_statement_and_start_in_as_many_queries_as_one(cast, many, django_assert_num_queries):
    for _ in range(many):
        account = make.AccountFactory(owner=cast.owner, segment=segment("enterprise"))
        make.ContractLineFactory(contract=make.ContractFactory(account=account), arr=12_000)
    refresh_arr(today=clock.today())
    assert cues() == [TO_SMB] * many
    with django_assert_num_queries(STARTING):
        assert start_cued() == many


# What follows


def test_the_transition_waits_says_what_changes_hands_over_and_ends_with_the_call(cast, enterprise, still):
    move(enterprise, "smb")
    for _ in range(2):
        advance_playbooks()
    run = PlaybookRun.objects.get()
    assert (run.playbook.key, run.reason, open_tasks(enterprise)) == ("touch-smb", TO_SMB[1], [])
    still.shift(dt.timedelta(days=2))
    told = []
    for _ in range(4):
        advance_playbooks()
        task = Task.objects.unfinished().get(account=enterprise)
        assert list(task.assignees.all()) == [cast.owner]
        told.append(task.title)
        complete_task(by=cast.owner, task=task)
    assert told == [
        "Send: How we work together from now on",
        "Hand over the toolkit to the champion",
        f"Check the automated monitoring of {enterprise.name}",
        "Hold the hand-over call with the champion",
    ]
    run.refresh_from_db()
    assert (run.state, run.problem) == ("finished", "")


def test_an_account_that_goes_back_up_before_it_runs_is_not_bothered(enterprise):
    move(enterprise, "smb")
    move(enterprise, "enterprise")
    advance_playbooks()
    assert not PlaybookRun.objects.exists()


@pytest.mark.parametrize("days", [0, 3])
def test_an_account_that_goes_back_up_while_it_runs_is_left_alone(enterprise, still, days):
    move(enterprise, "smb")
    advance_playbooks()
    still.shift(dt.timedelta(days=days))
    advance_playbooks()
    assert len(open_tasks(enterprise)) == (days > 0)
    move(enterprise, "enterprise")
    still.shift(dt.timedelta(hours=1))
    advance_playbooks()
    assert open_tasks(enterprise) == []
    assert PlaybookRun.objects.get().state == "stopped"


def test_an_account_that_falls_further_is_led_to_where_it_is(enterprise, still):
    for key in ("smb", "self_serve"):
        move(enterprise, key)
        advance_playbooks()
        still.shift(dt.timedelta(hours=1))
    advance_playbooks()
    assert dict(PlaybookRun.objects.values_list("playbook__key", "state")) == {
        "touch-smb": "stopped",
        "touch-self-serve": "running",
    }


def test_one_who_is_no_customer_any_more_is_not_led_anywhere(enterprise):
    Account.objects.filter(pk=enterprise.pk).update(status="churned", churned_on=day(-1), segment=segment("smb"))
    assert start_cued() == 0


def test_it_is_started_by_hand_where_the_segment_is_the_one_it_leads_to(cast, enterprise):
    playbook = Playbook.objects.get(key="touch-smb")
    with pytest.raises(RefusedError, match="It begins only if Segment is SMB"):
        start_run(by=cast.owner, playbook=playbook, account=enterprise, key="hand")
    move(enterprise, "smb")
    run = start_run(by=cast.owner, playbook=playbook, account=enterprise, key="hand")
    assert (run.state, run.reason) == ("running", "Started by Olga Owner")
    assert start_cued() == 0  # it is at work already
