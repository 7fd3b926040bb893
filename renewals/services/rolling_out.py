"""What a won opportunity gives people to do: what was sold is rolled out, a new department gets its goals and champion.

All of it can be taken back.
"""

import datetime as dt

from accounts.models import Onboarding, OnboardingTemplate, Task, User
from accounts.services.onboarding_starting import start_onboarding
from accounts.services.onboarding_steps import cancel_onboarding
from accounts.services.playbook_advancing import cancel_tasks
from accounts.services.tasks import create_task
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from renewals.domain.opportunities import ROLL_OUT_DAYS
from renewals.models import Opportunity
from renewals.services.timelines import due_moment

# How the origin keys of these tasks begin.
ORIGIN = "opportunity"
TAKEN_BACK = "The win was taken back."
AS_ONBOARDING = {
    Opportunity.Kind.CROSS_SELL: Onboarding.Kind.PRODUCT,
    Opportunity.Kind.DEPARTMENT: Onboarding.Kind.DEPARTMENT,
}


def plan_roll_out(held: Opportunity, *, by: User) -> Onboarding | None:
    """Begins the onboarding of a new product or department; everything else, and what cannot be onboarded, is a task.

    An account has one success plan, so a new department gets its goals there and a champion of its own, as a task.
    """
    begun = _onboard(held, by=by)
    if begun is None:
        seats = f" {held.seats} seats." if held.seats else ""
        _task(held, "roll-out", f"Roll out {held.name}", f"Won by {by}.{seats}", by=by)
    if held.kind == Opportunity.Kind.DEPARTMENT:
        where = held.department or "the new department"
        body = "Write its goals into the success plan, and name the person who carries them in the stakeholder map."
        _task(held, "department", f"Agree goals with {where} and find its champion", body, by=by)
    return begun


def withdraw_roll_out(held: Opportunity, *, by: User) -> None:
    """Gives up what the win planned, as far as nobody has done it."""
    made = Task.objects.unfinished().filter(account=held.account_id, origin_key__startswith=f"{ORIGIN}:{held.pk}:")
    cancel_tasks(made, reason=TAKEN_BACK)
    if held.onboarding is not None and held.onboarding.is_running:
        cancel_onboarding(by=by, onboarding=held.onboarding, reason=TAKEN_BACK)


def _onboard(held: Opportunity, *, by: User) -> Onboarding | None:
    kind = AS_ONBOARDING.get(Opportunity.Kind(held.kind))
    template = OnboardingTemplate.objects.filter(segment=held.account.segment_id, is_active=True).first()
    if kind is None or template is None or held.account.segment_id is None:
        return None
    is_product = kind == Onboarding.Kind.PRODUCT
    try:
        return start_onboarding(
            by=by,
            account=held.account,
            kind=kind,
            template=template,
            started_on=held.won_on or clock.today(),
            about="" if is_product else held.department or held.name,
            product=held.product if is_product else None,
        )
    except RefusedError:
        # It is being onboarded already, or by a template without steps: somebody looks after it.
        return None


def _task(held: Opportunity, what: str, title: str, body: str, *, by: User) -> None:
    """Of the account's owner. A second win, after one that was taken back, asks again: the version is in the key."""
    owner = held.account.owner or by
    create_task(
        by=by,
        title=title,
        body=body,
        account=held.account,
        assignees=[owner],
        due_at=due_moment(clock.today() + dt.timedelta(days=ROLL_OUT_DAYS), owner),
        origin_key=f"{ORIGIN}:{held.pk}:{held.version}:{what}",
    )
