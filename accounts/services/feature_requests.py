"""Every write to a feature request: made, changed, moved on, merged."""

from typing import TypedDict
from uuid import UUID

from django.db import transaction

from accounts.domain.feature_requests import Status, refusal_of
from accounts.models import FeatureAsk, FeatureRequest, FeatureRequestStep, Product, User
from accounts.services.feature_shipping import tell_customers, withdraw
from accounts.services.once import claim
from accounts.services.versions import locked, save_first, save_next
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError


class RequestFields(TypedDict, total=False):
    """What may be edited on a request; what is not named stays."""

    title: str
    body: str
    product: Product | None


@transaction.atomic
def add_request(
    *, by: User, title: str, body: str = "", product: Product | None = None, key: UUID | None = None
) -> FeatureRequest:
    """Writes down what is asked for. `key` is that of the form; raises `RepeatedError` for one sent already."""
    claim(key, by=by)
    return save_first(FeatureRequest(title=title, body=body, product=product, by=by), by=by)


@transaction.atomic
def edit_request(
    *, by: User, request: FeatureRequest, fields: RequestFields, version: int | None = None
) -> FeatureRequest:
    """Changes what is named in `fields`. Raises `RefusedError` for a merged one, `StaleError` for a second writer."""
    held = _standing(request, version)
    for name, value in fields.items():
        setattr(held, name, value)
    return save_next(held, by=by)


@transaction.atomic
def move_on(*, by: User, request: FeatureRequest, status: str, note: str = "") -> FeatureRequestStep:
    """Gives the request another status, with a word on why; gives the step, by which it can be taken back.

    Once it is shipped, the owner of each account that asked gets the task to tell them. Raises `RefusedError`.
    """
    held = _standing(request)
    refusal = refusal_of(held.status, status)
    if refusal:
        raise RefusedError(refusal)
    step = FeatureRequestStep.objects.create(
        request=held, old=held.status, new=status, note=note[:300], by=by, at=clock.now()
    )
    held.status = status
    save_next(held, by=by)
    if status == Status.SHIPPED:
        tell_customers(by=by, request=held, step=step)
    return step


@transaction.atomic
def take_step_back(*, by: User, step: FeatureRequestStep) -> FeatureRequest:
    """Gives the request the status that it had, as if the step had not been; tasks of it that nobody touched go.

    Raises `RefusedError` where the request has moved on since.
    """
    held = locked(FeatureRequest(pk=step.request_id))
    latest = FeatureRequestStep.objects.filter(request=held).first()
    if latest != step:
        raise RefusedError("The request has moved on since; choose its status instead.")
    if step.new == Status.SHIPPED:
        withdraw(request=held)
    held.status = step.old
    step.delete()
    return save_next(held, by=by)


@transaction.atomic
def merge(*, by: User, request: FeatureRequest, into: FeatureRequest) -> FeatureRequest:
    """Lets a request go into another one that means the same: those who asked for it ask for the other one now.

    An account that asked for both stays with the other one by what it said there. Raises `RefusedError`.
    """
    if request.pk == into.pk:
        raise RefusedError("Choose another request: this one is itself.")
    both = FeatureRequest.objects.filter(pk__in=[request.pk, into.pk]).order_by("pk").select_for_update()
    held = {one.pk: one for one in both}
    gone, kept = held[request.pk], held[into.pk]
    if gone.merged_into_id or kept.merged_into_id:
        raise RefusedError(f"“{(gone if gone.merged_into_id else kept).title}” was merged already.")
    asked = FeatureAsk.objects.filter(request=kept)
    moving = FeatureAsk.objects.kept().filter(request=gone).exclude(account__in=asked.kept().values("account"))
    gone.moved_asks = list(moving.order_by("pk").values_list("pk", flat=True))
    moved = FeatureAsk.objects.filter(pk__in=gone.moved_asks)
    asked.filter(account__in=moved.values("account")).delete()  # taken back there once, and said again here
    moved.update(request=kept)
    gone.merged_into, gone.merged_at = kept, clock.now()
    return save_next(gone, by=by)


@transaction.atomic
def unmerge(*, by: User, request: FeatureRequest) -> FeatureRequest:
    """Lets a merged request stand for itself again, with those who went along.

    Raises `RefusedError` where it is not merged, or where the other one was merged itself since.
    """
    held = locked(request)
    if held.merged_into is None:
        raise RefusedError("This request stands for itself already.")
    if held.merged_into.merged_into_id:
        raise RefusedError(f"“{held.merged_into.title}” was merged itself since: take that back first.")
    FeatureAsk.objects.filter(pk__in=held.moved_asks, request=held.merged_into).update(request=held)
    held.merged_into, held.merged_at, held.moved_asks = None, None, []
    return save_next(held, by=by)


def _standing(request: FeatureRequest, version: int | None = None) -> FeatureRequest:
    """The request, locked; raises `RefusedError` for a merged one."""
    held = locked(request, version=version)
    if held.merged_into_id:
        raise RefusedError("This request was merged into another one. Go on there.")
    return held
