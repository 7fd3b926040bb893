"""cs_workspace.common.compiled: a statement put together once counts by the clock of each time that it is run."""

import datetime as dt

import pytest
import time_machine
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import EmptyResultSet
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject

from accounts.models import Account, Contact, Task
from cs_workspace.common import clock
from cs_workspace.common.compiled import (
    SOME_DAY,
    SOME_MOMENT,
    compile_once,
    kept_for_today,
    some_days,
    some_keys,
    some_moments,
)
from tests.factories import AccountFactory, ContactFactory, SegmentFactory, TaskFactory


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


@pytest.mark.django_db
def test_days_are_filled_in() -> None:
    account = AccountFactory(renewal_date=clock.today())
    since, until = some_days(2)
    renewing = type(account).objects.filter(renewal_date__gte=since, renewal_date__lt=until)
    statement, day = compile_once(renewing.values_list("pk")), dt.timedelta(days=1)

    assert statement.rows([], [clock.today(), clock.today() + day]) == [(account.pk,)]
    assert statement.rows([], [clock.today() - day, clock.today()]) == []
    with pytest.raises(LookupError):
        statement.rows([], [clock.today()])


@pytest.mark.django_db
def test_so_are_moments() -> None:
    since, until = some_moments(2)
    task, hour = TaskFactory(due_at=clock.now()), dt.timedelta(hours=1)
    statement = compile_once(Task.objects.filter(due_at__gte=since, due_at__lt=until).values_list("pk"))

    assert statement.rows(moments=[task.due_at, task.due_at + hour]) == [(task.pk,)]
    assert statement.rows(moments=[task.due_at - hour, task.due_at]) == []
    with pytest.raises(LookupError):
        statement.rows(moments=[task.due_at])


@pytest.mark.django_db
def test_instances_are_those_of_the_queryset(django_assert_num_queries) -> None:
    segment = SegmentFactory()
    accounts = [AccountFactory(segment=segment, health_trend="stable"), AccountFactory(segment=None, owner=None)]
    contacts = Contact.objects.filter(account=OuterRef("pk")).order_by("name").values(data=JSONObject(name="name"))
    for name in ("Bo", "Al"):
        ContactFactory(account=accounts[0], name=name)
    queryset = (
        Account.objects.select_related("segment", "owner")
        .annotate(people=ArraySubquery(contacts))
        .filter(pk__in=some_keys(2))
        .order_by("pk")
    )
    statement = compile_once(queryset)

    with django_assert_num_queries(1):
        found = statement.rows([one.pk for one in accounts])
        assert [(one, one.segment, one.owner) for one in found] == [(one, one.segment, one.owner) for one in accounts]
    assert [one.people for one in found] == [[{"name": "Al"}, {"name": "Bo"}], []]
    fields = [field.attname for field in Account._meta.concrete_fields]
    for one, same in zip(found, Account.objects.order_by("pk"), strict=True):
        assert [getattr(one, name) for name in fields] == [getattr(same, name) for name in fields]
        assert not one._state.adding


@pytest.mark.django_db
def test_what_an_instance_was_read_without_is_read_when_asked_for(django_assert_num_queries) -> None:
    account = AccountFactory()
    (only,) = compile_once(Account.objects.only("pk").filter(pk=some_keys(1)[0])).rows([account.pk])

    with django_assert_num_queries(1):
        assert only.name == account.name


def test_what_finds_nothing_for_ever_is_no_statement() -> None:
    with pytest.raises(EmptyResultSet):
        compile_once(Account.objects.none())


@pytest.mark.parametrize(
    "fixed",
    [dt.date(2026, 11, 26), SOME_DAY + dt.timedelta(days=90), some_days(1)[0] - dt.timedelta(days=14)],
)
def test_a_day_that_would_stay_is_refused(fixed: dt.date) -> None:
    with pytest.raises(ValueError, match="would stay"):
        compile_once(Task.objects.filter(due_at__date__lt=fixed).values_list(F("pk")))


def test_so_is_such_a_moment() -> None:
    with pytest.raises(ValueError, match="would stay"):
        compile_once(Task.objects.due_before(SOME_MOMENT - dt.timedelta(hours=1)).values_list("pk"))


# Kept for a day

NOON = dt.datetime(2026, 11, 27, 12, 0, tzinfo=dt.UTC)


@pytest.mark.django_db
def test_a_statement_for_the_day_counts_by_the_moment_of_each_run() -> None:
    @kept_for_today
    def late(hours: int):
        return Task.objects.due_before(clock.now() - dt.timedelta(hours=hours)).order_by("pk").values_list("pk")

    tasks = [TaskFactory(due_at=NOON - dt.timedelta(hours=one)) for one in (1, 3)]
    first, second = [(task.pk,) for task in tasks]
    with time_machine.travel(NOON, tick=False):
        assert (late(2).rows(), late(4).rows(), late(0).rows()) == ([second], [], [first, second])
    with time_machine.travel(NOON + dt.timedelta(hours=2), tick=False):
        assert (late(2).rows(), late(4).rows(), late(0).rows()) == ([first, second], [second], [first, second])


@pytest.mark.django_db
def test_it_is_put_together_once_for_each_day_and_choice() -> None:
    built = []

    @kept_for_today
    def renewing(months: int):
        """Within whole months of the calendar, which are no constant number of days."""
        today = clock.today()
        built.append((today, months))
        until = today.replace(year=today.year + 1, month=months)
        return Account.objects.filter(renewal_date__gte=today, renewal_date__lt=until).values_list("pk")

    account = AccountFactory(renewal_date=dt.date(2027, 1, 31))
    with time_machine.travel(NOON, tick=False):
        assert [renewing(2).rows(), renewing(1).rows(), renewing(2).rows()] == [[(account.pk,)], [], [(account.pk,)]]
    with time_machine.travel(NOON + dt.timedelta(days=4), tick=False):
        assert renewing(1).rows() == []
        assert renewing(2).rows() == [(account.pk,)]
    one, other = NOON.date(), NOON.date() + dt.timedelta(days=4)
    assert built == [(one, 2), (one, 1), (other, 1), (other, 2)]


@pytest.mark.django_db
def test_keys_and_moments_are_filled_in_and_the_first_moment_of_a_day_is_its_own() -> None:
    @kept_for_today
    def due():
        (task,), (since,) = some_keys(1), some_moments(1)
        before = clock.start_of(clock.today() + dt.timedelta(days=1))
        return Task.objects.filter(pk=task, due_at__gte=since, due_at__lt=before).values_list("pk")

    with time_machine.travel(NOON, tick=False):
        task = TaskFactory(due_at=NOON)
        assert due().rows([task.pk], moments=[NOON]) == [(task.pk,)]
        assert due().rows([task.pk], moments=[NOON + dt.timedelta(seconds=1)]) == []
        assert due().rows([task.pk + 1], moments=[NOON]) == []
        with pytest.raises(LookupError):
            due().rows([task.pk])
    with time_machine.travel(NOON - dt.timedelta(days=1), tick=False):
        assert due().rows([task.pk], moments=[NOON]) == []


@pytest.mark.parametrize(
    "made",
    [
        lambda now: now.replace(hour=0),
        lambda now: dt.datetime.combine(now.date(), now.time(), tzinfo=dt.UTC),
        lambda now: now.astimezone(dt.timezone(dt.timedelta(hours=3))) - dt.timedelta(hours=1),
        lambda now: SOME_MOMENT - dt.timedelta(hours=1),
    ],
)
def test_what_is_made_of_the_moment_in_another_way_than_by_a_span_is_refused(made) -> None:
    @kept_for_today
    def late():
        return Task.objects.due_before(made(clock.now())).values_list("pk")

    with pytest.raises(ValueError, match="would stay"):
        late()


def test_the_clock_goes_on_after_a_statement_was_built() -> None:
    @kept_for_today
    def late():
        return Task.objects.due_before(clock.now()).values_list("pk")

    late()
    assert abs(clock.now() - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=1)
