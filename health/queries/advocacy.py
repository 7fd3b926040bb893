"""Advocates as lists and pages show them: what they were asked, how often they were used, when they may be asked."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch, Q
from django.shortcuts import get_object_or_404

from accounts.models import Account, User
from accounts.models.account import of_visible_accounts
from cs_workspace.common import clock
from health.domain.advocacy import AskState, last_strain, possible_from
from health.models import AdvocacyAsk, Advocate
from health.models.advocacy import IS_CURRENT, AdvocateQuerySet

PAGE = 25
STATES = {"current": "Current", "ready": "Can be asked", "asked": "Ask open", "resting": "Resting", "former": "Former"}
ABOUT = ("account__owner", "account__segment", "contact", "named_by", "ended_by")


@dataclass(frozen=True)
class AdvocateFilter:
    """What of the list is shown: a state, a kind, a segment (its key), a text in account, person or what they can
    speak of."""

    state: str = "current"
    kind: str = ""
    segment: str = ""
    text: str = ""


@dataclass(frozen=True)
class Row:
    """An advocate with all asks that were made, the latest first, on a day."""

    advocate: Advocate
    asks: Sequence[AdvocacyAsk]
    today: dt.date

    @property
    def open_ask(self) -> AdvocacyAsk | None:
        """The one that is asked or agreed; there is at most one."""
        return next((ask for ask in self.asks if ask.is_open), None)

    @property
    def uses(self) -> int:
        """How often they did what they were asked for."""
        return sum(ask.stage is AskState.DONE for ask in self.asks)

    @property
    def last_used_on(self) -> dt.date | None:
        """When they last did; None for never."""
        return max((ask.used_on for ask in self.asks if ask.used_on), default=None)

    @property
    def last_asked_on(self) -> dt.date | None:
        """When they were last asked; None for never."""
        return max((ask.asked_on for ask in self.asks), default=None)

    @property
    def rests_until(self) -> dt.date | None:
        """The first day on which they may be asked again, if that is still to come."""
        first = possible_from(self.advocate.sort, last_strain(self.asks))
        return first if first is not None and first > self.today else None

    @property
    def may_be_asked(self) -> bool:
        """Speaks for us, has no open ask, and needs no rest."""
        return not self.advocate.why_not and self.open_ask is None and self.rests_until is None


def get_advocate_for(user: User, pk: int) -> Advocate:
    """An advocate at an account that the user sees; anything else is a 404."""
    return get_object_or_404(Advocate.objects.visible_to(user).select_related(*ABOUT), pk=pk)


def get_advocacy_ask_for(user: User, pk: int) -> AdvocacyAsk:
    """An ask of such an advocate; anything else is a 404."""
    found = AdvocacyAsk.objects.visible_to(user).select_related("advocate__account", "advocate__contact")
    return get_object_or_404(found, pk=pk)


def advocates(user: User, wanted: AdvocateFilter) -> AdvocateQuerySet:
    """The advocates to show, by account and name, as `rows_of` reads them."""
    found = _matching(user, wanted).filter(_in_state(wanted.state))
    return _with_asks(found).order_by("account__name", "contact__name", "kind", "pk")


def advocate_counts(user: User, wanted: AdvocateFilter) -> dict[str, int]:
    """How many advocates there are in each state, under the rest of the filter. One query."""
    counted = {state: Count("pk", filter=_in_state(state)) for state in STATES}
    found: dict[str, Any] = _matching(user, wanted).order_by().aggregate(**counted)
    return found


def rows_of(found: Iterable[Advocate]) -> list[Row]:
    """Rows of advocates that were read with their asks. No query."""
    today = clock.today()
    return [row_of(advocate, today=today) for advocate in found]


def row_of(advocate: Any, *, today: dt.date) -> Row:
    """The row of an advocate that was read with what was asked, in `made`."""
    return Row(advocate, advocate.made, today)


def advocate_row(advocate: Advocate) -> tuple[Row, list[AdvocacyAsk]]:
    """An advocate by what counts, and all asks, the withdrawn ones as well. One query."""
    asks = list(advocate.asks.select_related("asked_by"))
    made = [ask for ask in asks if ask.stage is not AskState.WITHDRAWN]
    return Row(advocate, made, clock.today()), asks


def advocates_of(account: Account) -> list[Row]:
    """All advocates of an account, the current ones first. Two queries."""
    found = _with_asks(Advocate.objects.filter(account=account)).order_by("contact__name", "kind", "pk")
    return sorted(rows_of(found), key=lambda row: bool(row.advocate.why_not))


def _with_asks(found: AdvocateQuerySet) -> AdvocateQuerySet:
    made = AdvocacyAsk.objects.counting().select_related("asked_by")
    return found.select_related(*ABOUT).prefetch_related(Prefetch("asks", queryset=made, to_attr="made"))


def _matching(user: User, wanted: AdvocateFilter) -> AdvocateQuerySet:
    found = Advocate.objects.filter(of_visible_accounts(user))
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.segment:
        found = found.filter(account__segment__key=wanted.segment)
    text = wanted.text.strip()
    if text:
        found = found.filter(
            Q(account__name__icontains=text) | Q(contact__name__icontains=text) | Q(note__icontains=text)
        )
    return found


def _in_state(state: str) -> Q:
    if state == "former":
        return ~IS_CURRENT
    if state == "asked":
        return IS_CURRENT & _of(Advocate.objects.in_ask())
    ready = _of(Advocate.objects.rested(today=clock.today()))
    if state == "ready":
        return IS_CURRENT & ready
    if state == "resting":
        return IS_CURRENT & ~ready & ~_of(Advocate.objects.in_ask())
    return IS_CURRENT


def _of(found: AdvocateQuerySet) -> Q:
    return Q(pk__in=found.order_by().values("pk"))
