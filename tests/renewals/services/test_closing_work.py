"""What closing a renewal gives people to do, and what it takes from them."""

from decimal import Decimal

import pytest

from accounts.models import Notification, Onboarding, Task
from accounts.services.tasks import complete_task
from cs_workspace.common import clock
from renewals.domain.closing import Line
from tests.factories import (
    AccountFactory,
    OnboardingTemplateFactory,
    ProductFactory,
    SegmentFactory,
    TemplateStepFactory,
    UserFactory,
    day,
)
from tests.renewals.services.closings import close, signed, step_of, to_close, undo

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(db):
    return UserFactory(name="Olga Owner", manager=UserFactory(name="Mona Manager", as_manager=True))


@pytest.fixture
def account(owner):
    return AccountFactory(owner=owner)


@pytest.fixture
def renewal(account):
    return to_close(account)


def test_open_tasks_of_the_renewal_are_dropped_and_customers_are_asked_a_month_later(renewal, owner):
    task, coming = step_of(renewal).task, step_of(renewal, made=False)
    close(renewal, signed(renewal))
    task.refresh_from_db()
    coming.refresh_from_db()
    assert (task.status, coming.state) == ("cancelled", "dropped")
    task = Task.objects.unfinished().get()
    assert task.origin_key.startswith(f"closed:{renewal.pk}:")
    assert (clock.day_of(task.due_at), list(task.assignees.all())) == (day(30), [owner])


def test_new_seats_are_handed_over_by_a_task(renewal, owner):
    terms = signed(renewal)
    close(renewal, signed(renewal, lines=(Line(terms.lines[0].product_id, Decimal(36000), seats=30),)))
    task = Task.objects.get(origin_key__contains="handover")
    assert "10 new seats" in task.title
    assert clock.day_of(task.due_at) == day(30)


def test_a_new_product_is_onboarded_by_the_template_of_the_segment(renewal, account):
    account.segment = SegmentFactory()
    account.segment_pinned = True
    account.save()
    TemplateStepFactory(template=OnboardingTemplateFactory(segment=account.segment))
    product = ProductFactory()
    terms = signed(renewal)
    close(renewal, signed(renewal, lines=(*terms.lines, Line(product.pk, Decimal(6000)))))
    begun = Onboarding.objects.get()
    assert (begun.kind, begun.product, begun.started_on) == ("product", product, day(30))
    undo(renewal)
    begun.refresh_from_db()
    assert begun.state == Onboarding.State.CANCELLED


def test_without_a_template_a_new_product_is_handed_over_by_a_task(renewal):
    terms = signed(renewal)
    close(renewal, signed(renewal, lines=(*terms.lines, Line(ProductFactory().pk, Decimal(6000)))))
    assert Task.objects.get(origin_key__contains="handover").title.startswith("Bring")


def test_those_who_care_for_the_account_are_told_and_who_closed_it_is_not(renewal, owner):
    close(renewal, signed(renewal, 30000), by=owner)
    told = Notification.objects.get()
    assert (told.user, told.title) == (
        owner.manager, f"Olga Owner closed the renewal of {renewal.account}: renewed and expanded",
    )  # fmt: skip


def test_a_task_that_was_done_meanwhile_stays_done(renewal, owner):
    close(renewal, signed(renewal))
    task = Task.objects.get(origin_key__contains="satisfaction")
    complete_task(by=owner, task=task)
    undo(renewal)
    task.refresh_from_db()
    assert task.status == Task.Status.DONE
