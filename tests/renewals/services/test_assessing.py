"""Checkpoints are reached once, assessed by the CSM and decided by a manager where the data say otherwise."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Notification, Segment, Task
from cs_workspace.common.refusals import StaleError
from renewals.domain.assessments import Risk
from renewals.models import RenewalCheckpoint
from renewals.services.assessing import UnfitError, assess, decide, reach_checkpoints
from renewals.services.timelines import drop_open_tasks
from tests.factories import AccountFactory, ContractFactory, RenewalCheckpointFactory, RenewalFactory, UserFactory, day

pytestmark = pytest.mark.django_db


def renewal(left, *, of="enterprise", probability="0.9500", **fields):
    account = AccountFactory(owner=UserFactory(), segment=Segment.objects.get(key=of))
    contract = ContractFactory(account=account, end=day(left))
    known = Decimal(probability) if probability else None
    return RenewalFactory(account=account, contract=contract, computed_probability=known, **fields)


def reach(days=0):
    return reach_checkpoints(today=day(days))


def say(checkpoint, risk, *, plan="", by=None, **fields):
    return assess(by=by or checkpoint.renewal.owner, checkpoint=checkpoint, risk=risk, words="", plan=plan, **fields)


@pytest.fixture
def checkpoint(cast):
    """The data say on track; nobody has spoken yet."""
    made = RenewalCheckpointFactory(account=cast.account)
    Task.objects.create(title="Assess", account=cast.account, origin_key=f"renewal:{made.renewal_id}:assess:180")
    return made


def test_each_checkpoint_is_reached_once_and_asks_the_owner():
    one = renewal(181)
    assert (reach(), reach(1), reach(1), reach(90), reach(91)) == (0, 1, 0, 0, 1)
    assert list(one.checkpoints.values_list("days", "reached_on")) == [(180, day(1)), (90, day(91))]
    tasks = Task.objects.order_by("pk")
    assert [task.origin_key for task in tasks] == [f"renewal:{one.pk}:assess:{days}" for days in (180, 90)]
    assert [list(task.assignees.all()) for task in tasks] == [[one.owner]] * 2


@pytest.mark.parametrize(
    ("of", "left", "number"), [("enterprise", 80, 1), ("mid_market", 80, 1), ("smb", 80, 0), ("enterprise", -1, 0)]
)
def test_only_segments_with_checkpoints_are_asked_before_the_date(of, left, number):
    renewal(left, of=of)
    assert reach() == number


@pytest.mark.parametrize(
    ("probability", "left", "automated"),
    [
        ("0.9000", 180, "on_track"),
        ("0.7000", 180, "watching"),
        ("0.7000", 90, "at_risk"),
        ("0.5000", 180, "at_risk"),
        (None, 180, ""),
    ],
)
def test_the_data_say_what_they_said_on_that_day(probability, left, automated):
    parts = [["Renewal rate", 90.0], ["2 churn signals", -6.0], ["Stage “Proposal”", 3.0]]
    one = renewal(left, probability=probability, adjustments=parts if probability else [])
    reach()
    kept = one.checkpoints.get()
    assert kept.automated == automated
    assert kept.automated_words == (
        f"Probability {float(probability):.0%}. 2 churn signals (−6)".replace("%", " %")
        if probability
        else "Nothing is known of its probability."
    )


def test_where_both_agree_that_is_the_final_word(checkpoint):
    found = say(checkpoint, Risk.ON_TRACK)
    assert (found.assessed, found.final, found.decided_by) == ("on_track", "on_track", None)
    assert Task.objects.get().status == "done"


def test_where_nothing_is_known_the_csm_has_the_word(cast):
    found = say(RenewalCheckpointFactory(account=cast.account, automated=""), Risk.AT_RISK, plan="Call them")
    assert found.final == "at_risk"


def test_where_they_differ_the_manager_is_asked_and_decides(checkpoint, cast):
    found = say(checkpoint, Risk.AT_RISK, plan="Call the sponsor")
    assert (found.final, found.action_plan) == ("", "Call the sponsor")
    task = Task.objects.unfinished().get()
    assert (task.title, list(task.assignees.all())) == (
        "Decide how the renewal of Halden Logistics stands",
        [cast.manager],
    )
    assert Notification.objects.get().user == cast.manager
    done = decide(by=cast.manager, checkpoint=found, risk=Risk.AT_RISK, words="Olga knows them", plan="")
    assert (done.final, done.decided_by, done.action_plan) == ("at_risk", cast.manager, "Call the sponsor")
    assert not Task.objects.unfinished().exists()
    with pytest.raises(UnfitError, match="A manager has decided"):
        say(done, Risk.ON_TRACK)


def test_who_changes_their_mind_takes_the_question_back_and_may_ask_it_again(checkpoint):
    found = say(say(checkpoint, Risk.WATCHING), Risk.ON_TRACK)
    assert (found.final, Task.objects.unfinished().count()) == ("on_track", 0)
    found = say(found, Risk.WATCHING)
    assert (found.final, Task.objects.unfinished().count()) == ("", 1)


@pytest.mark.parametrize(
    ("risk", "plan", "field"), [(Risk.AT_RISK, "", "action_plan"), (Risk.WATCHING, "", "assessed")]
)
def test_what_makes_no_sense_is_refused_by_its_field(cast, risk, plan, field):
    with pytest.raises(UnfitError) as refused:
        say(RenewalCheckpointFactory(account=cast.account, days=90), risk, plan=plan)
    assert refused.value.field == field


def test_of_a_closed_renewal_nothing_is_said_any_more(checkpoint):
    checkpoint.renewal.stage, checkpoint.renewal.outcome, checkpoint.renewal.closed_arr = "closed", "flat", 1
    checkpoint.renewal.closed_at = checkpoint.renewal.stage_since
    checkpoint.renewal.save()
    with pytest.raises(UnfitError, match="The renewal is closed"):
        say(checkpoint, Risk.ON_TRACK)


def test_the_second_writer_is_told(checkpoint):
    say(checkpoint, Risk.ON_TRACK)
    with pytest.raises(StaleError):
        say(checkpoint, Risk.WATCHING, version=1)


def test_closing_drops_what_is_still_asked(checkpoint):
    Task.objects.update(origin="renewal")
    drop_open_tasks(checkpoint.renewal)
    assert Task.objects.get().status == "cancelled"


@pytest.mark.parametrize(
    "fields",
    [
        {"days": 120},
        {"days": 90, "automated": "watching"},
        {"days": 90, "assessed": "watching"},
        {"assessed": "at_risk"},
        {"final": "on_track"},
        {"assessed": "on_track", "assessed_at": None},
    ],
)
def test_the_database_holds_nothing_that_makes_no_sense(cast, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        RenewalCheckpointFactory(account=cast.account, **fields)


def test_there_is_one_of_each(checkpoint):
    with pytest.raises(IntegrityError), transaction.atomic():
        RenewalCheckpoint.objects.create(renewal=checkpoint.renewal, days=180, reached_on=day(0))


def test_many_are_reached_by_as_many_statements_as_one():
    def counted(number):
        for _ in range(number):
            renewal(100)
        with CaptureQueriesContext(connection) as queries:
            assert reach() == number
        return len(queries)

    assert counted(1) == counted(4)
