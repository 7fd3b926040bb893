"""What the owner of a renewal says about it: what it will bring, how likely it is, who does what next."""

import datetime as dt
from decimal import Decimal
from typing import TypedDict

from django.db import transaction

from accounts.models import Account, User
from accounts.services.notifying import Message, notify
from accounts.services.undoing import as_it_stands, keep_way_back, put_back
from accounts.services.versions import locked, save_next
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from renewals.models import Renewal
from renewals.services.probabilities import refresh_probabilities
from renewals.services.timelines import hand_over

CHOICE = ("chosen_probability", "chosen_reason", "chosen_by_id")


class RenewalFields(TypedDict, total=False):
    """What may be said of an open renewal; what is not named stays.

    Money is in workspace currency, a probability a share of 0 to 1. `chosen_probability` of None lets the computed one
    count again.
    """

    expected_arr: Decimal | None
    category: str
    owner: User | None
    next_step: str
    next_step_on: dt.date | None
    competitor: str
    chosen_probability: Decimal | None
    chosen_reason: str


@transaction.atomic
def edit_renewal(*, by: User, renewal: Renewal, fields: RenewalFields, version: int | None = None) -> Renewal:
    """Changes what is named in `fields`; the change can be taken back. A probability is kept with who chose it.

    Raises `RefusedError` for a closed renewal, a probability without a reason and an owner who does not see the
    account, `StaleError` for a second writer.
    """
    held = locked(renewal, version=version)
    _check(held, fields)
    columns = {"owner_id" if name == "owner" else name for name in fields}
    names = sorted(columns | (set(CHOICE) if "chosen_probability" in fields else set()))
    before = as_it_stands(held, names)
    owner_before = held.owner_id
    for name, value in fields.items():
        setattr(held, name, value)
    if "chosen_probability" in fields:
        _choose(held, by=by)
    save_next(held, by=by)
    keep_way_back(held, before, by=by)
    if held.owner_id != owner_before:
        _tell_owner(held, by=by)
    _follow(held, owner_before)
    return held


@transaction.atomic
def undo_renewal(*, by: User, renewal: Renewal, version: int) -> Renewal:
    """Takes the edit back that made `version`; raises as `put_back` does, and `RefusedError` once it is closed."""
    held = locked(renewal)
    _check(held, {})
    owner_before = held.owner_id
    again = put_back(renewal, by=by, version=version)
    _follow(again, owner_before)
    return again


def _follow(held: Renewal, owner_before: int | None) -> None:
    """The open tasks go with the owner, and what the owner says of the probability counts at once."""
    if held.owner_id != owner_before:
        hand_over([(held.pk, owner_before, held.owner_id)])
    refresh_probabilities(today=clock.today(), account_ids=[held.account_id])


def _check(held: Renewal, fields: RenewalFields) -> None:
    if not held.is_open:
        raise RefusedError("This renewal is closed. Take the closing back to change it.")
    chosen = fields.get("chosen_probability")
    if chosen is not None and not fields.get("chosen_reason", "").strip():
        raise RefusedError("Say why this probability is right.")
    owner = fields.get("owner")
    if owner is not None and not Account.objects.visible_to(owner).filter(pk=held.account_id).exists():
        raise RefusedError(f"{owner} does not see this account.")


def _choose(held: Renewal, *, by: User) -> None:
    """Who chose a probability stands by it; without one there is no reason either."""
    if held.chosen_probability is None:
        held.chosen_reason, held.chosen_by = "", None
    else:
        held.chosen_by = by


def _tell_owner(held: Renewal, *, by: User) -> None:
    """Whoever is given a renewal learns of it; those who take it know."""
    owner = held.owner
    if owner is None or owner == by:
        return
    message = Message(
        user=owner,
        key=f"renewal:{held.pk}:owner:{held.version}",
        title=f"{by} gave you the renewal of {held.account}",
        url=f"/renewals/{held.pk}/",
        account_id=held.account_id,
    )
    notify([message])
