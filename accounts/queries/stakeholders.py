"""The people of an account as pages show them, with when each was touched and heard of last, and the map of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery

from accounts.domain.stakeholders import Grid, Person, StakeholderMap, grid_of, map_of
from accounts.models import Account, Contact, Suppression, Touch, User
from accounts.queries.stand_ins import Viewer, keys_of
from cs_workspace.common import clock
from cs_workspace.common.compiled import kept_for_today

MOST = 200
"""So many people stand on the map: those who play a part first, then those of most influence."""


@dataclass(frozen=True)
class StakeholdersPage:
    """The map as a page: the people by function and seniority, the gaps, and who left.

    `unresponsive` are the keys of those who play a part and were not heard of for long; `more` is how many are not on
    the map.
    """

    map: StakeholderMap
    grid: Grid[Contact]
    gone: Sequence[Contact]
    unresponsive: frozenset[int]
    total: int
    more: int


def contacts_of(account: Account, user: User) -> list[Contact]:
    """All contacts, those who left included, by influence, each with `last_touch` (any), `heard_at` (the last one in
    which they took part) and `suppressed_for`, a `Suppression.Reason` or None. One query."""
    return _contacts(Viewer.of(user)).rows([*keys_of(user), account.pk])


@kept_for_today
def _contacts(viewer: Viewer) -> QuerySet[Contact, Any]:
    """The contacts of the account of the last key."""
    (account,) = viewer.further_keys(1)
    touches = Touch.objects.kept().filter(attendees=OuterRef("pk")).order_by("-at").values("at")
    return (
        Contact.objects.visible_to(viewer.user)
        .filter(account=account)
        .select_related("successor")
        .annotate(
            last_touch=Subquery(touches[:1]),
            heard_at=Subquery(touches.filter(two_way=True)[:1]),
            suppressed_for=Subquery(Suppression.objects.covering(OuterRef("email")).values("reason")[:1]),
        )
        .order_by(F("influence").desc(nulls_last=True), "name", "pk")
    )


def stakeholders_page(account: Account, user: User) -> StakeholdersPage:
    """The map of stakeholders of the account. One query."""
    people, today = contacts_of(account, user), clock.today()
    here = sorted((one for one in people if one.left_on is None), key=weight)
    return StakeholdersPage(
        map=map_of([person_of(one) for one in people], today=today),
        grid=grid_of(here[:MOST], lambda one: (one.function, one.seniority)),
        gone=[one for one in people if one.left_on],
        unresponsive=frozenset(one.pk for one in here if person_of(one).is_unresponsive(today)),
        total=len(here),
        more=max(0, len(here) - MOST),
    )


def weight(contact: Contact) -> int:
    """Those whose leaving would be a churn signal stand first, then the others with a part."""
    if any(role in Contact.KEY_ROLES for role in contact.roles):
        return 0
    return 1 if contact.roles else 2


def person_of(contact: Contact) -> Person:
    """A contact that `contacts_of` read, as the domain takes it."""
    heard_at = contact.heard_at  # type: ignore[attr-defined]  # annotated
    return Person(
        name=contact.name,
        title=contact.title,
        function=contact.function,
        seniority=contact.seniority,
        roles=tuple(contact.roles),
        engaged=contact.engagement == Contact.Engagement.ENGAGED,
        left_on=contact.left_on,
        heard_on=clock.day_of(heard_at) if heard_at else None,
        known_since=clock.day_of(contact.created_at),
    )
