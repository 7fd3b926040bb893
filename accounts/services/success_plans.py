"""Every write to a success plan as a whole: begun, changed, reviewed, put away and brought back."""

import datetime as dt
from collections.abc import Collection
from typing import TypedDict
from uuid import UUID

import pghistory
from django.db import IntegrityError, transaction

from accounts.domain.success_plans import STANDARD_MILESTONES, next_review
from accounts.models import Account, Contact, Milestone, PlanReview, PlanStakeholder, SuccessPlan, User
from accounts.services.once import claim
from accounts.services.versions import locked, save_first, save_next
from accounts.signals import account_observed
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError


class PlanFields(TypedDict, total=False):
    """What may be said about a plan; what is not named stays."""

    owner: User | None
    stakeholders: Collection[Contact]
    next_review_on: dt.date


@transaction.atomic
def start_plan(*, by: User, account: Account, owner: User | None = None) -> SuccessPlan:
    """Begins the plan of an account, with the milestones that every plan has and the people in key roles.

    It belongs to `owner`, else to the account's owner, else to `by`. Raises `RefusedError` where the account has left,
    or has a plan already.
    """
    if account.status == Account.Status.CHURNED:
        raise RefusedError(f"{account.name} has left. A plan begins when they are won back.")
    today = clock.today()
    plan = SuccessPlan(
        account=account, owner=owner or account.owner or by, began_on=today, next_review_on=next_review(today)
    )
    _save_current(plan, by=by, save=save_first)
    for kind, days in STANDARD_MILESTONES.items():
        title, expected_on = Milestone.Kind(kind).label, today + dt.timedelta(days=days)
        save_first(Milestone(plan=plan, kind=kind, title=title, expected_on=expected_on), by=by)
    _set_stakeholders(plan, list(account.contacts.present().in_key_role()), by=by)
    _observed(plan)
    return plan


@transaction.atomic
def edit_plan(*, by: User, plan: SuccessPlan, fields: PlanFields, version: int | None = None) -> SuccessPlan:
    """Changes owner, stakeholders and the day of the next review.

    Raises `RefusedError` for people of other accounts and for an owner who may not see the account; `StaleError`.
    """
    held = locked(plan, version=version)
    if "owner" in fields:
        check_sees(fields["owner"], held.account)
        held.owner = fields["owner"]
    held.next_review_on = fields.get("next_review_on", held.next_review_on)
    save_next(held, by=by)
    if "stakeholders" in fields:
        _set_stakeholders(held, fields["stakeholders"], by=by)
    return held


@transaction.atomic
def archive_plan(*, by: User, plan: SuccessPlan) -> SuccessPlan:
    """Puts a plan away, with all that stands in it; another can begin, or it can be restored."""
    held = locked(plan)
    held.archived_at = clock.now()
    save_next(held, by=by)
    _observed(held)
    return held


@transaction.atomic
def restore_plan(*, by: User, plan: SuccessPlan) -> SuccessPlan:
    """Brings a plan back. Raises `RefusedError` where another one has begun meanwhile."""
    held = locked(plan)
    held.archived_at = None
    _save_current(held, by=by, save=save_next)
    _observed(held)
    return held


@transaction.atomic
def record_review(
    *,
    by: User,
    plan: SuccessPlan,
    on: dt.date,
    summary: str = "",
    next_on: dt.date | None = None,
    key: UUID | None = None,
) -> PlanReview:
    """Writes down that the plan was reviewed with the customer, and moves the next review on: to `next_on`, else a
    quarter after this one.

    `key` is that of the form. Raises `RefusedError` for a review that is still to come and for a next one that does not
    follow it; `RepeatedError` for a form that was sent already.
    """
    claim(key, by=by)
    held = locked(plan)
    following = next_on or next_review(on)
    if on > clock.today():
        raise RefusedError("A review is something that has been held. Its day cannot be in the future.")
    if following <= on:
        raise RefusedError("The next review follows this one.")
    review = PlanReview(plan=held, on=on, summary=summary, was_due_on=held.next_review_on, by=by)
    save_first(review, by=by)
    held.next_review_on = following
    save_next(held, by=by)
    return review


@transaction.atomic
def archive_review(*, by: User, review: PlanReview) -> PlanReview:
    """Takes a review back that was not one; where it was the latest, the next is due again when it was before."""
    plan = locked(review.plan)
    held = locked(review)
    latest = plan.reviews.filter(archived_at=None).order_by("-pk").first()
    if latest == held:
        plan.next_review_on = held.was_due_on
        save_next(plan, by=by)
    held.archived_at = clock.now()
    return save_next(held, by=by)


def check_sees(owner: User | None, account: Account) -> None:
    """Raises `RefusedError` for an owner who may not see the account."""
    if owner and not Account.objects.visible_to(owner).filter(pk=account.pk).exists():
        raise RefusedError(f"{owner.name} may not see {account.name}.")


def _save_current(plan: SuccessPlan, *, by: User, save: object) -> None:
    """Saves a plan that is to be the account's current one; the database decides whether there is room for it."""
    try:
        with transaction.atomic():
            save(plan, by=by)  # type: ignore[operator]
    except IntegrityError as error:
        raise RefusedError(f"{plan.account.name} has a plan already.") from error


def _set_stakeholders(plan: SuccessPlan, contacts: Collection[Contact], *, by: User) -> None:
    if any(contact.account_id != plan.account_id for contact in contacts):
        raise RefusedError("Somebody on the list belongs to another account.")
    wanted = {contact.pk for contact in contacts}
    stakes = PlanStakeholder.objects.filter(plan=plan)
    known = set(stakes.values_list("contact", flat=True))
    with pghistory.context(user=by.pk):
        stakes.exclude(contact__in=wanted).delete()
        PlanStakeholder.objects.bulk_create(PlanStakeholder(plan=plan, contact_id=pk) for pk in sorted(wanted - known))


def _observed(plan: SuccessPlan) -> None:
    account_observed.send(sender=SuccessPlan, account_ids=[plan.account_id])
