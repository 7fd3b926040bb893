"""How figures are written in a deck, and the sentences that they give where nobody wrote any."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from accounts.domain.success_plans import STANDING_LABELS, Standing, in_words
from cs_workspace.common import money
from cs_workspace.common.points import whole_points
from qbr.domain.deck import NOT_KNOWN, Figure, Line, Tone
from qbr.domain.facts import Facts, GoalFact, TicketFacts

HOURS_A_DAY: Final = 24
# From here on a time is told in days.
IN_DAYS_FROM: Final = 48
TONES: Final = {
    STANDING_LABELS[Standing.ACHIEVED]: Tone.GOOD,
    STANDING_LABELS[Standing.ON_TRACK]: Tone.GOOD,
    STANDING_LABELS[Standing.AT_RISK]: Tone.BAD,
    STANDING_LABELS[Standing.MISSED]: Tone.BAD,
}


def day(one: dt.date | None) -> str:
    """12 November 2026."""
    return f"{one.day} {one:%B %Y}" if one else NOT_KNOWN


def short_day(one: dt.date) -> str:
    """12 Nov, for the axis of a chart."""
    return f"{one.day} {one:%b}"


def table_day(one: dt.date | None) -> str:
    """12 Nov 2026, for the cell of a table."""
    return f"{one.day} {one:%b %Y}" if one else NOT_KNOWN


def period(since: dt.date, until: dt.date) -> str:
    """The days [since, until) as people say them: 1 July – 30 September 2026."""
    last = until - dt.timedelta(days=1)
    first = f"{since.day} {since:%B}" if since.year == last.year else day(since)
    return f"{first} – {day(last)}"


def points(score: Decimal | None) -> str:
    """A score in whole points, as the account's page shows it."""
    return NOT_KNOWN if score is None else whole_points(score)


def count(number: Decimal | float | None) -> str:
    """A number of people, days or tickets, whole: 1,204."""
    return NOT_KNOWN if number is None else f"{number:,.0f}"


def share(part: Decimal | None) -> str:
    """0.63 is 63 %."""
    return NOT_KNOWN if part is None else f"{float(part) * 100:.0f} %"


def exact_money(amount: Decimal | None, currency: str) -> str:
    """An amount in full."""
    return NOT_KNOWN if amount is None else money.exact(amount, currency)


def measured(value: Decimal | None, unit: str) -> str:
    """A measured value with its unit, as the success plan shows it."""
    return NOT_KNOWN if value is None else in_words(value, unit)


def reading(value: Decimal, unit: str) -> str:
    """A reading of a metric with its unit: 63 %, 4.5 of 5, 12.5 h, 24 days."""
    if unit == "share":
        return f"{value * 100:.0f} %"
    if unit == "1–5":
        return f"{value:.1f} of 5"
    if unit == "hours":
        return f"{value:,.1f} h"
    figure = f"{value:,.1f}".removesuffix(".0").replace("-", "−")
    return figure if unit == "−100–100" else f"{figure} {unit}".rstrip()


def times(ratio: Decimal | None) -> str:
    """2.35 is 2.4 ×."""
    return NOT_KNOWN if ratio is None else f"{ratio:,.1f} ×"


def hours(mean: Decimal | None) -> str:
    """A time from opening to closing: 7.5 h, or 3.2 days."""
    if mean is None:
        return NOT_KNOWN
    return f"{mean:,.1f} h" if mean < IN_DAYS_FROM else f"{mean / HOURS_A_DAY:,.1f} days"


def before(text: str) -> str:
    """What a figure was before the period."""
    return "" if text == NOT_KNOWN else f"{text} before"


def many(number: int, one: str, several: str = "") -> str:
    """1 ticket, 3 tickets."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"


def standings(goals: Iterable[GoalFact]) -> list[tuple[str, int]]:
    """How many goals stand how, in the order of the standings; those that none has are left out."""
    found = [goal.standing for goal in goals]
    return [(label, found.count(label)) for label in STANDING_LABELS.values() if label in found]


def highlights(facts: Facts) -> tuple[Line, ...]:
    """The sentences that the figures of a period give, the best known first; nothing is said of what is not known."""
    said = [_of_goals(facts), _of_value(facts), _of_use(facts), _of_features(facts), _of_tickets(facts.tickets)]
    lines = tuple(Line(text) for text in said if text)
    return lines or (Line("Nothing was recorded in this period yet.", is_point=False),)


def _of_goals(facts: Facts) -> str:
    if not facts.goals:
        return ""
    parts = [f"{number} {label.lower()}" for label, number in standings(facts.goals)]
    return f"{many(len(facts.goals), 'goal')} in the success plan: {', '.join(parts)}."


def _of_value(facts: Facts) -> str:
    value = facts.value
    if value.confirmed:
        is_more = value.ratio is not None and value.ratio >= 1
        times_paid = f", {times(value.ratio)} what was paid for it" if is_more else ""
        return f"{money.exact(value.confirmed, facts.account.currency)} of value confirmed by you{times_paid}."
    if value.total:
        return f"{money.exact(value.total, facts.account.currency)} of value recorded, to be confirmed by you."
    return ""


def _of_use(facts: Facts) -> str:
    usage = facts.usage
    if usage.active_users is None:
        return ""
    of_seats = f", {share(usage.share_of_seats)} of {many(usage.seats, 'seat')}" if usage.seats else ""
    earlier = f" ({count(usage.active_before)} before)" if usage.active_before is not None else ""
    return f"{count(usage.active_users)} active users a day{of_seats}{earlier}."


def _of_features(facts: Facts) -> str:
    used, known = len(facts.usage.used), len(facts.usage.used) + len(facts.usage.unused)
    return f"{used} of {many(known, 'feature')} in use." if known else ""


def _of_tickets(tickets: TicketFacts) -> str:
    if not tickets.opened and not tickets.closed:
        return ""
    took = f", {hours(tickets.mean_hours)} on average until they were closed" if tickets.mean_hours is not None else ""
    return f"{many(tickets.opened, 'ticket')} opened, {tickets.closed:,} closed{took}."


def score_figure(facts: Facts) -> Figure:
    """The health score and what it was at the beginning of the period."""
    health = facts.health
    return Figure(
        "Health score", points(health.score), before(points(health.before)), _moved(health.score, health.before)
    )


def _moved(now: Decimal | None, earlier: Decimal | None) -> Tone:
    if now is None or earlier is None or now == earlier:
        return Tone.PLAIN
    return Tone.GOOD if now > earlier else Tone.BAD
