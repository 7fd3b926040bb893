"""How the demo's customers grow: signals as the night spots them, and what their CSMs and AEs made of some."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from decimal import Decimal

from accounts.models import Account, Contact, Contract, User
from accounts.services.contacts import edit_contact
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from renewals.domain.opportunities import KIND_LABELS
from renewals.models import ExpansionSignal, Opportunity
from renewals.services.expansion_signals import dismiss_signal, log_signal, note_budget
from renewals.services.opportunities import edit_opportunity, lose_opportunity, move_opportunity, take_up
from renewals.services.spotting import spot_signals
from renewals.services.winning import WinTerms, win_opportunity

AtMoment = Callable[[dt.datetime], AbstractContextManager[None]]

NIGHT, NOON = dt.time(3, 35), dt.time(12, 10)
# The first night looked so long ago; what came of it happened since.
FIRST_NIGHT = 40
NEXT_RANK = {"staff": "manager", "manager": "director", "director": "executive"}
PROMOTED, BUDGETS, MOST = 3, 10, 40
SHARE_OF_ARR = Decimal("0.15")


@dataclass(frozen=True)
class Way:
    """What became of a signal of one kind: days ago of each step, the first one when it was taken up."""

    kind: str
    moves: tuple[tuple[int, str], ...]
    next_step: str = ""
    reason: str = ""


WAYS = (
    Way("limit", ((38, ""), (30, "qualified"), (21, "proposed"), (12, "negotiation"), (5, "won"))),
    Way("limit", ((36, ""), (28, "qualified"), (15, "negotiation"), (8, "won"))),
    Way("limit", ((35, ""), (20, "proposed"), (9, "lost")), reason="Procurement froze new seats until spring"),
    Way("limit", ((33, ""), (22, "proposed"), (4, "negotiation")), next_step="Legal reads the order form"),
    Way("limit", ((20, ""), (6, "qualified")), next_step="Count the teams that wait for seats"),
    Way("limit", ((3, ""),)),
    Way("higher_tier", ((30, ""), (19, "qualified"), (10, "proposed")), next_step="Preview of 14 days ends on Friday"),
    Way("higher_tier", ((28, ""), (14, "lost")), reason="The preview showed that the lower tier is enough"),
    Way("higher_tier", ((9, ""), (2, "qualified"))),
    Way("api", ((26, ""), (16, "qualified"), (7, "proposed"), (2, "won"))),
    Way("api", ((11, ""),), next_step="Architect call"),
    Way("renewal", ((18, ""), (8, "qualified")), next_step="Bundle of three years into the proposal"),
)
HEARD = (
    (6, "growth", "Closed a funding round of 40 M; they plan to hire 60 people by summer"),
    (4, "department", "The head of finance asked to see what operations does with it"),
    (12, "growth", "Opens two sites in spring, says their newsletter"),
)


def grow_book(as_of: dt.date, *, at_moment: AtMoment) -> None:
    """Lets signals arise a month ago and today, and some of the first ones go their ways in between.

    All of it is done by the services that the workspace itself uses.
    """
    with at_moment(_at(as_of, FIRST_NIGHT, NIGHT)):
        spot_signals(today=clock.today())
    for days, kind, words in HEARD:
        _hear(as_of, days, kind, words, at_moment=at_moment)
    _go_ways(as_of, at_moment=at_moment)
    with at_moment(_at(as_of, 1, NOON)):
        _promote()
        _ask_for_budgets()
        _dismiss()
    with at_moment(min(clock.now(), _at(as_of, 0, NIGHT))):
        spot_signals(today=as_of)


def _at(as_of: dt.date, days: int, time: dt.time) -> dt.datetime:
    return dt.datetime.combine(as_of - dt.timedelta(days=days), time, tzinfo=clock.workspace_zone())


def _open_signals(kind: str) -> list[ExpansionSignal]:
    """Open ones, of the dearest accounts first; in an order that hangs on no key."""
    found = ExpansionSignal.objects.open().filter(
        kind=kind, account__owner__isnull=False, account__status=Account.Status.ACTIVE
    )
    return list(found.select_related("account__owner").order_by("-account__arr", "account__external_id")[:MOST])


def _go_ways(as_of: dt.date, *, at_moment: AtMoment) -> None:
    """Each way takes one signal of its kind, none of an account that has a way already."""
    taken: set[int] = set()
    for way in WAYS:
        signal = next((one for one in _open_signals(way.kind) if one.account_id not in taken), None)
        if signal is not None:
            taken.add(signal.account_id)
            _go(way, signal, as_of, at_moment=at_moment)


def _go(way: Way, signal: ExpansionSignal, as_of: dt.date, *, at_moment: AtMoment) -> None:
    by = signal.account.owner
    assert by is not None  # signals without are not taken
    (begun, _), *later = way.moves
    with at_moment(_at(as_of, begun, NOON)):
        kind = signal.about.sells
        opportunity = take_up(
            by=by,
            signal=signal,
            fields={
                "name": f"{KIND_LABELS[kind]} for {signal.account.name}",
                "kind": kind.value,
                "value": (signal.account.arr * SHARE_OF_ARR).quantize(Decimal(100)),
                "expected_close": as_of + dt.timedelta(days=2 * begun),
                "owner": by,
                "seats": _seats(signal),
                "next_step": way.next_step,
            },
        )
    for days, stage in later:
        with at_moment(_at(as_of, days, NOON)):
            _step(opportunity, stage, way, by=by)


def _seats(signal: ExpansionSignal) -> int | None:
    licensed = signal.figures.get("licensed")
    return max(1, int(licensed) // 5) if licensed else None


def _step(opportunity: Opportunity, stage: str, way: Way, *, by: User) -> None:
    if stage == "lost":
        lose_opportunity(by=by, opportunity=opportunity, reason=way.reason)
    elif stage == "won":
        _win(opportunity, by=by)
    else:
        move_opportunity(by=by, opportunity=opportunity, to=stage)


def _win(opportunity: Opportunity, *, by: User) -> None:
    """Adds to the largest line of the contract in force; where that cannot be, it goes on at a good chance."""
    contracts = Contract.objects.in_force(clock.today()).filter(account=opportunity.account_id)
    contract = contracts.order_by("start", "pk").first()
    line = contract.lines.order_by("-arr", "pk").first() if contract else None
    try:
        if contract is None or line is None:
            raise RefusedError("Nothing is in force.")
        terms = WinTerms(contract, line.product, opportunity.value, clock.today(), opportunity.seats)
        win_opportunity(by=by, opportunity=opportunity, terms=terms)
    except RefusedError:
        edit_opportunity(by=by, opportunity=opportunity, fields={"chosen_probability": Decimal("0.9")})


def _hear(as_of: dt.date, days: int, kind: str, words: str, *, at_moment: AtMoment) -> None:
    """Somebody logs it for the healthiest account that has no such signal; each one for another account."""
    accounts = Account.objects.active().exclude(expansion_signals__by__isnull=False).filter(owner__isnull=False)
    account = accounts.filter(health_score__isnull=False).order_by("-health_score", "external_id").first()
    if account is None or account.owner is None:
        return
    with at_moment(_at(as_of, days, NOON)):
        try:
            log_signal(by=account.owner, account=account, kind=kind, evidence=words, seen_on=clock.today())
        except RefusedError:
            return  # the night has seen the like


def _promote() -> None:
    """A few champions of healthy accounts rise by one rank."""
    champions = Contact.objects.present().filter(
        roles__contains=[Contact.Role.CHAMPION], seniority__in=NEXT_RANK, account__owner__isnull=False
    )
    found = champions.select_related("account__owner").order_by("-account__arr", "account__external_id", "external_id")
    for champion in found[:PROMOTED]:
        owner = champion.account.owner
        if owner is not None:
            edit_contact(by=owner, contact=champion, fields={"seniority": NEXT_RANK[champion.seniority]})


def _ask_for_budgets() -> None:
    """Owners asked those with open opportunities, and some of the healthiest, for the budget; a few have none."""
    asked = (
        Account.objects.active().filter(owner__isnull=False, health_score__isnull=False)
        .select_related("owner").order_by("-health_score", "external_id")[:BUDGETS]
    )  # fmt: skip
    for place, account in enumerate(asked):
        if account.owner is not None:
            note_budget(
                by=account.owner,
                account=account,
                is_confirmed=place % 4 != 3,
                note="CFO, in the review" if place % 4 != 3 else "Not before the next fiscal year",
            )


def _dismiss() -> None:
    """One that meant nothing."""
    signal = next(reversed(_open_signals("api")), None)
    if signal is not None and signal.account.owner is not None:
        dismiss_signal(by=signal.account.owner, signal=signal, reason="They build it themselves, and said so")
