"""cs_workspace.common.compiled: a statement put together once counts by the clock of each time that it is run."""

import datetime as dt

import pytest
import time_machine
from django.db.models import F

from accounts.models import Task
from cs_workspace.common import clock
from cs_workspace.common.compiled import SOME_DAY, SOME_MOMENT, compile_once, some_keys
from tests.factories import AccountFactory, TaskFactory


@pytest.mark.django_db
def test_the_moment_is_that_of_each_run() -> None:
    due_at = clock.now() + dt.timedelta(hours=1)
    task = TaskFactory(due_at=due_at)
    statement = compile_once(Task.objects.due_before(SOME_MOMENT).values_list("pk"))

    with pytest.raises(LookupError):
        statement.row()
    with time_machine.travel(due_at + dt.timedelta(seconds=1)):
        assert statement.row() == (task.pk,)


@pytest.mark.django_db
def test_so_is_the_day() -> None:
    account = AccountFactory(renewal_date=clock.today())
    statement = compile_once(type(account).objects.filter(renewal_date__gte=SOME_DAY).values_list("pk", "renewal_date"))

    assert statement.row() == (account.pk, clock.today())
    with time_machine.travel(clock.now() + dt.timedelta(days=1)), pytest.raises(LookupError):
        statement.row()


@pytest.mark.django_db
def test_keys_are_filled_in() -> None:
    account, other = AccountFactory(), AccountFactory()
    statement = compile_once(type(account).objects.filter(pk__in=some_keys(2)).order_by("-pk").values_list("pk"))

    assert statement.row([account.pk, other.pk]) == (other.pk,)
    assert statement.row([account.pk, account.pk]) == (account.pk,)
    with pytest.raises(LookupError):
        statement.row([account.pk])


@pytest.mark.parametrize("fixed", [dt.date(2026, 11, 26), SOME_DAY + dt.timedelta(days=90)])
def test_a_day_that_would_stay_is_refused(fixed: dt.date) -> None:
    with pytest.raises(ValueError, match="would stay"):
        compile_once(Task.objects.filter(due_at__date__lt=fixed).values_list(F("pk")))
