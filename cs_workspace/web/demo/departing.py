"""Key contacts who leave customers of the demo in the last weeks, by the same service as everywhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Exists, OuterRef, Q

from accounts.models import Account, Contact
from accounts.services.contacts import mark_left
from cs_workspace.common import clock
from cs_workspace.web.demo import LOGINS

AtMoment = Callable[[dt.datetime], AbstractContextManager[None]]


@dataclass(frozen=True)
class Departure:
    """Who leaves, so many days ago, for where; whether a colleague follows."""

    part: Contact.Role
    days: int
    to: str
    is_followed: bool


FOLLOWED: Final = (
    Departure(Contact.Role.SPONSOR, 12, "", is_followed=True),
    Departure(Contact.Role.CHAMPION, 24, "Kestrel Group", is_followed=True),
)
YESTERDAY: Final = (Departure(Contact.Role.CHAMPION, 1, "Nordwind Systems", is_followed=False),)
MORNING: Final = dt.time(9, 40)
COLLEAGUES: Final = 4


def let_people_leave(as_of: dt.date, departures: Sequence[Departure], *, at_moment: AtMoment) -> None:
    """Marks them as left on their day, of the dearest accounts of the CSM whose login the demo names.

    `at_moment` makes it a moment of the past.
    """
    for one in departures:
        account = _with_several_people(one.part)
        if account is None or account.owner is None:
            continue
        day, present = as_of - dt.timedelta(days=one.days), account.contacts.present()
        gone = present.get(roles__contains=[one.part])
        colleagues = present.exclude(roles__overlap=Contact.KEY_ROLES).order_by("-influence", "external_id")
        with at_moment(dt.datetime.combine(day, MORNING, clock.workspace_zone())):
            successor = colleagues.first() if one.is_followed else None
            mark_left(by=account.owner, contact=gone, on=day, to=one.to, successor=successor)


def _with_several_people(part: Contact.Role) -> Account | None:
    """The dearest account of the CSM from which nobody left lately, with one who plays the part, and colleagues."""
    here = Q(contacts__status=Contact.Status.ACTIVE)
    left = Contact.objects.filter(account=OuterRef("pk"), status=Contact.Status.LEFT)
    return (
        Account.objects.active()
        .filter(~Exists(left), owner__email=LOGINS[0].email)
        .annotate(
            people=Count("contacts", filter=here),
            players=Count("contacts", filter=here & Q(contacts__roles__contains=[part])),
        )
        .filter(people__gte=COLLEAGUES, players=1)
        .select_related("owner")
        .order_by("-arr", "external_id")
        .first()
    )
