"""Managers are told of the steps that escalate, once, while the renewal is still open."""

import pytest

from accounts.models import Notification, Segment
from renewals.models import Renewal, RenewalStep
from renewals.services.escalating import tell_of_steps
from renewals.services.opening import open_due_renewals
from renewals.services.timelines import make_due_tasks
from tests.factories import ContractFactory, day

pytestmark = pytest.mark.django_db


@pytest.fixture
def renewal(cast):
    """In a week, of a customer who is served by e-mail: the red alert is due today."""
    cast.account.segment = Segment.objects.get(key="self_serve")
    cast.account.save()
    ContractFactory(account=cast.account, start=day(-300), end=day(7), with_line=1_000)
    open_due_renewals(today=day(0))
    make_due_tasks(today=day(0))
    return Renewal.objects.get()


def test_the_manager_is_told_once_on_the_day_of_the_step(renewal, cast):
    assert (tell_of_steps(today=day(-1)), tell_of_steps(today=day(0)), tell_of_steps(today=day(3))) == (0, 1, 0)
    told = Notification.objects.get()
    assert (told.user, told.title) == (cast.manager, "Halden Logistics is not signed: 7 days to the renewal")
    assert told.url == f"/renewals/{renewal.pk}/"


def test_of_a_renewal_that_is_closed_nobody_is_told(renewal):
    Renewal.objects.update(stage="closed", outcome="flat", closed_arr=1, closed_at="2026-01-01T00:00Z")
    assert tell_of_steps(today=day(0)) == 0


def test_of_other_steps_nobody_is_told(renewal):
    RenewalStep.objects.filter(key="red_alert").delete()
    assert tell_of_steps(today=day(30)) == 0
