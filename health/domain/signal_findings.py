"""What the facts of an account say about each kind of churn signal (risk.md §1)."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

from cs_workspace.common.money import exact
from health.domain.conditions import AllOf, Known, NotFor, OneOf, Subject, Without, holding
from health.domain.signals import Finding, SignalRule

# So few tickets are no spike, however rare they are otherwise.
SPIKE_AT_LEAST: Final = 3
# After so long a silence nobody is waiting for an answer any more.
SILENCE_AT_MOST: Final = 90
NAMED: Final = 3


@dataclass(frozen=True)
class Item:
    """One thing that was observed: what it is (`ticket:12`), its name, the day, and a word more where there is one.

    `how` tells apart what was observed in one of several ways.
    """

    ref: str
    name: str
    on: dt.date
    more: str = ""
    how: str = ""


@dataclass(frozen=True)
class Facts:
    """What is known of an account as of a day. None and NaN are unknown; items come newest first.

    usage_change     change of 30 days against the 30 before, −0.3 for 30 % down
    days_since_…     whole days since the last one
    last_ticket      the newest ticket where `spike` tickets in the days up to it can be a spike; `usual` would be
                     expected in these
    only_engaged     the one engaged contact, where there is just one
    seats, licences  assigned and licensed: before and now
    """

    usage_change: float = math.nan
    days_since_login: int | None = None
    days_since_touch: int | None = None
    open_tickets: int | None = None
    last_ticket: Item | None = None
    days_since_ticket: int | None = None
    spike: int = 0
    usual: float = 0.0
    seats: tuple[int, int] | None = None
    licences: tuple[int, int] | None = None
    escalated: tuple[Item, ...] = ()
    only_engaged: Item | None = None
    left: tuple[Item, ...] = ()
    overdue: tuple[Item, ...] = ()
    detractors: tuple[Item, ...] = ()
    mentions: tuple[Item, ...] = ()
    exports: tuple[Item, ...] = ()
    billing: tuple[Item, ...] = ()


def find(rule: SignalRule, facts: Facts, *, day: dt.date) -> Finding | None:
    """The evidence for a signal of the rule's kind, or None; kinds that only people log are never found."""
    finder = FINDERS.get(rule.kind)
    return finder(rule, facts, day) if finder else None


def find_all(
    rules: Mapping[str, SignalRule], facts: Mapping[int, Facts], *, day: dt.date
) -> dict[tuple[int, str], Finding]:
    """What `find` gives, by account and kind.

    Accounts without the fact that a kind rests on are passed over, which of a night are nearly all.
    """
    found = {}
    for kind, rule in rules.items():
        fact = RESTS_ON.get(kind)
        for pk, known in facts.items():
            if (fact is None or getattr(known, fact)) and (finding := find(rule, known, day=day)) is not None:
                found[pk, kind] = finding
    return found


def _usage_down(rule: SignalRule, facts: Facts, _: dt.date) -> Finding | None:
    # In percent, rounded: −30 % exactly is not more than 30 %, whatever a float makes of it.
    down = round(-100 * facts.usage_change, 6)
    if math.isnan(down) or down <= rule.threshold:
        return None
    return Finding(f"Usage −{down:.0f} % against the 30 days before", {"percent": round(down, 1)})


def _contact_left(_: SignalRule, facts: Facts, __: dt.date) -> Finding | None:
    words = {"": "{name}, {more}, left on {on}", "bounced": "E-mail to {name}, {more}, bounces since {on}"}
    said = [words[one.how].format(name=one.name, more=one.more, on=_day(one.on)) for one in facts.left]
    return _found(facts.left, said)


def _ticket_silence(rule: SignalRule, facts: Facts, _: dt.date) -> Finding | None:
    last, silence = facts.last_ticket, facts.days_since_ticket
    if last is None or silence is None or not rule.quiet_days <= silence <= SILENCE_AT_MOST:
        return None
    if facts.spike < SPIKE_AT_LEAST or facts.spike < rule.threshold * facts.usual:
        return None
    times = facts.spike / facts.usual if facts.usual else math.inf
    usual = f", {times:.1f} times the usual" if math.isfinite(times) else ""
    return Finding(
        f"{facts.spike} tickets in {rule.window_days} days{usual}; none since {_day(last.on)}",
        {"tickets": facts.spike, "usual": round(facts.usual, 1), "last": last.on.isoformat(), "silent_days": silence},
        (last.ref,),
    )


def _billing_visited(_: SignalRule, facts: Facts, __: dt.date) -> Finding | None:
    return _items(facts.billing, "“{name}” on {on}, and no upgrade since")


def _competitor(_: SignalRule, facts: Facts, __: dt.date) -> Finding | None:
    return _items(facts.mentions, "“{name}” in a {more} of {on}")


def _data_export(_: SignalRule, facts: Facts, __: dt.date) -> Finding | None:
    return _items(facts.exports, "“{name}” on {on}")


def _seats_removed(rule: SignalRule, facts: Facts, _: dt.date) -> Finding | None:
    fewer = {
        word: (pair, percent)
        for word, pair in (("licensed", facts.licences), ("assigned", facts.seats))
        if pair is not None and (percent := _percent_gone(*pair)) > 0 and percent >= rule.threshold
    }
    if not fewer:
        return None
    words = " · ".join(
        f"{before} → {now} seats {word} within {rule.window_days} days, −{percent:.0f} %"
        for word, ((before, now), percent) in fewer.items()
    )
    figures = {
        word: {"before": before, "now": now, "percent": round(percent, 1)}
        for word, ((before, now), percent) in fewer.items()
    }
    return Finding(words, figures, tuple(f"seats:{word}:{now}" for word, ((_, now), _) in fewer.items()))


def _percent_gone(before: int, now: int) -> float:
    """Seats fewer in percent of those before, rounded so that 5 % exactly are 5; 0 where there are as many or more."""
    return round(100 * (before - now) / before, 6) if now < before else 0.0


def _escalation(_: SignalRule, facts: Facts, __: dt.date) -> Finding | None:
    return _items(facts.escalated, "{more} ticket “{name}” of {on}")


def _payment(_: SignalRule, facts: Facts, day: dt.date) -> Finding | None:
    words = [f"Invoice {one.name} of {_money(one.more)}, {(day - one.on).days} days overdue" for one in facts.overdue]
    longest = max(((day - one.on).days for one in facts.overdue), default=0)
    return _found(facts.overdue, words, {"overdue_days": longest})


def _silent(rule: SignalRule, facts: Facts, _: dt.date) -> Finding | None:
    known = Known(
        {Subject.LOGIN: facts.days_since_login, Subject.TWO_WAY_TOUCH: facts.days_since_touch},
        {Subject.OPEN_TICKET: facts.open_tickets},
    )
    condition = _silence(rule.window_days, rule.quiet_days)
    if not condition.holds(known):
        return None
    since = {one.subject: known.days_since[one.subject] for one in holding(condition, known) if isinstance(one, NotFor)}
    words = [*(f"no {subject} for {days} days" for subject, days in since.items()), "no open ticket"]
    text = " · ".join(words)
    return Finding(text[0].upper() + text[1:], {str(subject): days for subject, days in since.items()})


@lru_cache
def _silence(login_days: int, touch_days: int) -> AllOf:
    quiet = NotFor(Subject.LOGIN, login_days), NotFor(Subject.TWO_WAY_TOUCH, touch_days)
    return AllOf((OneOf(quiet), Without(Subject.OPEN_TICKET)))


def _single_threaded(_: SignalRule, facts: Facts, __: dt.date) -> Finding | None:
    return None if facts.only_engaged is None else _items([facts.only_engaged], "{name} is the only engaged contact")


def _detractor(_: SignalRule, facts: Facts, __: dt.date) -> Finding | None:
    return _items(facts.detractors, "{name} gave {more} of 10 on {on}")


FINDERS: Final[Mapping[str, Callable[[SignalRule, Facts, dt.date], Finding | None]]] = {
    "usage_down": _usage_down,
    "contact_left": _contact_left,
    "ticket_silence": _ticket_silence,
    "billing_visited": _billing_visited,
    "competitor": _competitor,
    "data_export": _data_export,
    "seats_removed": _seats_removed,
    "escalation": _escalation,
    "payment": _payment,
    "silent": _silent,
    "single_threaded": _single_threaded,
    "detractor": _detractor,
}

# The one fact without which nothing of a kind is found; kinds that rest on several are not named.
RESTS_ON: Final[Mapping[str, str]] = {
    "contact_left": "left",
    "ticket_silence": "last_ticket",
    "billing_visited": "billing",
    "competitor": "mentions",
    "data_export": "exports",
    "escalation": "escalated",
    "payment": "overdue",
    "single_threaded": "only_engaged",
    "detractor": "detractors",
}


def _items(items: Sequence[Item], template: str) -> Finding | None:
    return _found(items, [template.format(name=one.name, more=one.more, on=_day(one.on)) for one in items])


def _found(items: Sequence[Item], words: Sequence[str], figures: Mapping[str, object] | None = None) -> Finding | None:
    """The first few in words, how many more there are, and all of them by what they are."""
    if not items:
        return None
    more = [f"{len(words) - NAMED} more"] if len(words) > NAMED else []
    seen = {"count": len(items), "last": max(one.on for one in items).isoformat()}
    return Finding(
        " · ".join([*words[:NAMED], *more])[:500], seen | dict(figures or {}), tuple(one.ref for one in items)
    )


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%b %Y}"


def _money(text: str) -> str:
    """“EUR 1200.00” as €1,200."""
    currency, _, amount = text.partition(" ")
    return exact(Decimal(amount), currency)
