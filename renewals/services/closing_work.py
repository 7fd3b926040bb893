"""What closing a renewal gives people to do: it hands over what is new, asks later how it went, and tells those who
care for the account. All of it can be taken back."""

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse

from accounts.models import Account, Onboarding, OnboardingTemplate, Product, Task, User
from accounts.services.notifying import Message, notify
from accounts.services.onboarding_starting import start_onboarding
from accounts.services.onboarding_steps import cancel_onboarding
from accounts.services.playbook_advancing import cancel_tasks
from accounts.services.tasks import create_task, reopen_tasks
from cs_workspace.common import clock
from cs_workspace.common.money import exact
from cs_workspace.common.refusals import RefusedError
from renewals.domain.closing import SATISFACTION_DAYS, ClosingTerms, Current, Growth, Lost, Signed, growth_of
from renewals.models import Closing, Renewal
from renewals.services.timelines import due_moment, take_up_again

# How the origin keys of these tasks begin: those of the renewal itself are dropped when it closes.
ORIGIN = "closed"
TAKEN_BACK = "The closing of the renewal was taken back."


def begin_work(*, by: User | None, closing: Closing, account: Account, terms: ClosingTerms, current: Current) -> None:
    """Hands over what the customer did not have, and asks a month after the signature how it goes.

    What it made is noted on the closing, which is saved afterwards. A lost renewal leaves nothing to do.
    """
    if isinstance(terms, Lost):
        return
    growth = growth_of(current, terms.lines)
    products = Product.objects.in_bulk([one.product_id for one in growth])
    for one in growth:
        product = products[one.product_id]
        begun = _onboard(by=by, account=account, signed=terms, product=product) if one.is_new else None
        if begun:
            closing.onboardings.append(begun.pk)
        else:
            task = _hand_over(closing, account, terms, one, product, by=by)
            closing.made_tasks.append(task.pk)
    closing.made_tasks.append(_ask_later(closing, account, terms, by=by).pk)


def take_back_work(*, by: User, closing: Closing) -> None:
    """Takes back what the closing made, as far as nobody has done it, and opens again what it dropped."""
    cancel_tasks(Task.objects.unfinished().filter(pk__in=closing.made_tasks), reason=TAKEN_BACK)
    for onboarding in Onboarding.objects.running().filter(pk__in=closing.onboardings).order_by("pk"):
        cancel_onboarding(by=by, onboarding=onboarding, reason=TAKEN_BACK)
    take_up_again(closing.renewal, today=clock.today())
    # What came of checkpoints and escalations is known by its key alone.
    rest = Task.objects.filter(pk__in=closing.dropped_tasks, status=Task.Status.CANCELLED)
    reopen_tasks(by=by, tasks=list(rest))


def tell_closed(*, by: User | None, renewal: Renewal, account: Account) -> None:
    """Tells the owner of the renewal, that of the account and their managers how it ended; who closed it knows."""
    who = f"{by} closed" if by else "Closed"
    before, after = (exact(arr, settings.WORKSPACE_CURRENCY) for arr in (renewal.current_arr, renewal.closed_arr))
    words = f"{before} a year before, {after} after it."
    _tell(f"{who} the renewal of {account}: {renewal.get_outcome_display().lower()}", words, renewal, account, by=by)


def tell_taken_back(*, by: User, renewal: Renewal, account: Account) -> None:
    """Tells the same people that it is open again."""
    words = f"It stands at “{renewal.get_stage_display()}” again."
    _tell(f"{by} took the closing of the renewal of {account} back", words, renewal, account, by=by)


def _tell(title: str, body: str, renewal: Renewal, account: Account, *, by: User | None) -> None:
    owners = [user for user in (renewal.owner, account.owner) if user]
    people = {user.pk: user for user in (*owners, *(owner.manager for owner in owners if owner.manager))}
    notify(
        [
            Message(
                user=user,
                key=f"renewal:{renewal.pk}:closing:{renewal.version}",
                title=title,
                body=body,
                url=reverse("renewals:renewal", args=[renewal.pk]),
                account_id=account.pk,
            )
            for user in people.values()
            if user != by
        ]
    )


def _onboard(*, by: User | None, account: Account, signed: Signed, product: Product) -> Onboarding | None:
    """The onboarding of a new product by the template of the segment; None where there is none, or it runs already."""
    template = OnboardingTemplate.objects.filter(segment=account.segment, is_active=True).first()
    if by is None or account.segment is None or template is None:
        return None
    try:
        return start_onboarding(
            by=by,
            account=account,
            kind=Onboarding.Kind.PRODUCT,
            template=template,
            started_on=signed.start,
            product=product,
        )
    except RefusedError:
        return None


def _hand_over(
    closing: Closing, account: Account, signed: Signed, growth: Growth, product: Product, *, by: User | None
) -> Task:
    if growth.is_new:
        title, body = f"Bring {product} into use at {account}", "It is new in the contract, and nobody leads it in yet."
    else:
        title = f"Hand over {growth.seats} new seats of {product} at {account}"
        body = f"They count from {signed.start:%d %b %Y}. Agree who gets them, and who trains these people."
    return _task(closing, account, f"handover:{product.pk}", title, body, signed.start, by=by)


def _ask_later(closing: Closing, account: Account, signed: Signed, *, by: User | None) -> Task:
    day = max(signed.signed_on + dt.timedelta(days=SATISFACTION_DAYS), clock.today())
    body = "The contract is signed: is the customer content with it, and with what came of it?"
    return _task(closing, account, "satisfaction", f"Ask {account} how the renewal went", body, day, by=by)


def _task(
    closing: Closing, account: Account, key: str, title: str, body: str, day: dt.date, *, by: User | None
) -> Task:
    owner = account.owner or closing.renewal.owner
    assignees: Sequence[User] = [owner] if owner and owner.is_active else [by] if by else []
    return create_task(
        by=None,
        title=title,
        body=body,
        account=account,
        assignees=assignees,
        due_at=due_moment(max(day, clock.today()), owner),
        origin=Task.Origin.RENEWAL,
        origin_key=f"{ORIGIN}:{closing.renewal_id}:{closing.version}:{key}",
    )
