"""Probabilities of open renewals are kept current, and red ones are escalated once for each episode."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.domain.playbooks import Trigger
from accounts.models import Account, Notification, PlaybookCue, Task
from renewals.domain.stages import Stage
from renewals.models import Renewal
from renewals.services.editing import edit_renewal, undo_renewal
from renewals.services.probabilities import refresh_probabilities
from renewals.services.stages import move_stage
from tests.factories import ChurnSignalFactory, PlaybookFactory, RenewalFactory, day, days_ago

pytestmark = pytest.mark.django_db


@pytest.fixture
def renewal(cast):
    """An open renewal of an account of which a churn of 10 % is expected, computed once."""
    account = cast.account
    account.expected_churn, account.churn_basis, account.health_tier = Decimal("0.100"), "tier", "Good"
    account.health_rank, account.last_touch = 2, days_ago(45)
    account.save()
    made = RenewalFactory(account=account, computed_probability=None)
    refresh()
    made.refresh_from_db()
    return made


def refresh(days=0):
    return refresh_probabilities(today=day(days))


def expect(account, churn):
    """Another churn is expected of the account from now on."""
    Account.objects.filter(pk=account.pk).update(expected_churn=None if churn is None else Decimal(churn))
    refresh()


def test_it_is_kept_with_how_it_came_about(renewal):
    assert renewal.computed_probability == Decimal("0.9000")
    assert renewal.adjustments == [["Renewal rate of the tier “Good”", 90.0]]


def test_signals_move_it(renewal):
    ChurnSignalFactory(account=renewal.account, kind="competitor", severity=1)
    ChurnSignalFactory(account=renewal.account, kind="data_export", severity=3)
    ChurnSignalFactory(account=renewal.account, kind="silent", severity=3, dismissed=True)
    assert (refresh(), refresh()) == (1, 0)
    renewal.refresh_from_db()
    assert renewal.computed_probability == Decimal("0.7200")
    assert renewal.adjustments[1:] == [["1 critical churn signal", -15.0], ["1 churn signal", -3.0]]


def test_it_makes_no_version_and_no_history(renewal):
    before = (renewal.version, renewal.history.count())
    ChurnSignalFactory(account=renewal.account)
    refresh()
    renewal.refresh_from_db()
    assert (renewal.version, renewal.history.count()) == before


def test_what_is_not_known_is_unknown(renewal):
    expect(renewal.account, None)
    renewal.refresh_from_db()
    assert (renewal.computed_probability, renewal.adjustments) == (None, [])


def test_closed_ones_keep_what_they_had(renewal):
    Renewal.objects.update(stage="closed", outcome="flat", closed_arr=1, closed_at=days_ago(0))
    expect(renewal.account, "0.500")
    renewal.refresh_from_db()
    assert renewal.computed_probability == Decimal("0.9000")


def test_one_that_becomes_red_is_escalated_to_the_manager_once(renewal, cast):
    expect(renewal.account, "0.450")
    refresh()
    task = Task.objects.get()
    assert task.title == "Red: the renewal of Halden Logistics stands at 55 %"
    assert list(task.assignees.all()) == [cast.manager]
    told = Notification.objects.get()
    assert (told.user, told.url, told.severity) == (cast.manager, f"/renewals/{renewal.pk}/", 2)
    renewal.refresh_from_db()
    assert renewal.red_since is not None


def test_an_episode_that_is_over_gives_its_task_up_and_the_next_one_escalates_anew(renewal):
    expect(renewal.account, "0.450")
    expect(renewal.account, "0.390")
    assert Task.objects.unfinished().count() == 1
    expect(renewal.account, "0.300")
    assert (Task.objects.get().status, Task.objects.get().outcome) == ("cancelled", "Out of the red zone again.")
    Renewal.objects.update(red_since=None)
    Task.objects.update(origin_key="another")
    expect(renewal.account, "0.450")
    assert Task.objects.unfinished().count() == 1


def test_the_word_of_the_owner_counts(renewal):
    Renewal.objects.update(chosen_probability=Decimal("0.95"), chosen_reason="They said so.")
    expect(renewal.account, "0.450")
    assert not Task.objects.exists()
    Renewal.objects.update(chosen_probability=Decimal("0.30"))
    refresh()
    assert Task.objects.get().title.endswith("stands at 30 %")


def test_an_owner_whom_nobody_leads_is_asked_in_person(renewal, cast):
    Renewal.objects.update(owner=cast.executive)
    expect(renewal.account, "0.450")
    assert list(Task.objects.get().assignees.all()) == [cast.executive]


def test_a_playbook_can_wait_for_it(renewal):
    PlaybookFactory(plan__trigger=Trigger("renewal_red"))
    expect(renewal.account, "0.450")
    assert PlaybookCue.objects.get().kind == "renewal_red"


def test_many_are_computed_by_as_many_statements_as_one(renewal):
    def counted():
        with CaptureQueriesContext(connection) as queries:
            assert refresh() == 1
        return len(queries)

    Account.objects.update(expected_churn=Decimal("0.2"))
    one = counted()
    for _ in range(5):
        RenewalFactory(account__expected_churn=Decimal("0.2"), computed_probability=None)
    refresh()
    Account.objects.filter(pk=renewal.account_id).update(expected_churn=Decimal("0.1"))
    assert counted() == one


def test_what_the_owner_says_and_a_moved_stage_count_at_once(renewal, cast):
    edit_renewal(
        by=cast.owner, renewal=renewal, fields={"chosen_probability": Decimal("0.4"), "chosen_reason": "They left."}
    )
    assert Task.objects.get().title.endswith("stands at 40 %")
    move_stage(by=cast.owner, renewal=renewal, to=Stage.VALUE_REVIEW)
    renewal.refresh_from_db()
    assert renewal.adjustments[-1] == ["Stage “Value review”", 2.0]


def test_a_new_owner_takes_the_open_tasks_over_and_an_undo_gives_them_back(renewal, cast):
    task = Task.objects.create(
        title="Call", account=cast.account, origin="renewal", origin_key=f"renewal:{renewal.pk}:call"
    )
    task.assignees.set([cast.owner])
    Renewal.objects.update(owner=cast.owner)
    changed = edit_renewal(by=cast.owner, renewal=renewal, fields={"owner": cast.team_mate})
    assert list(task.assignees.all()) == [cast.team_mate]
    undo_renewal(by=cast.owner, renewal=renewal, version=changed.version)
    assert list(task.assignees.all()) == [cast.owner]
