"""What only an annual review shows: the year's worth, a case study to be agreed, the years ahead and the contract."""

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from typing import Final

from qbr.domain import deck_words as words
from qbr.domain.deck import Beside, Block, Chart, Column, Figure, Line, Series, Shape, Slide, Table, Tone, Words
from qbr.domain.deck_fitting import clipped
from qbr.domain.deck_parts import NAME_SIZE, NAME_WIDTH, cells, impact, nothing, slide
from qbr.domain.facts import Facts, GoalFact
from qbr.domain.reviews import Part

YEARS: Final = 3
MOST_RESULTS: Final = 4
TO_SETTLE: Final = (
    Line("What your teams need in the coming year: products, seats and services."),
    Line("The term and the way of paying that suit you."),
    Line("Who decides, who signs, and until when."),
)


def year_of_value(facts: Facts) -> tuple[Slide, ...]:
    """What the year was worth, by kind where all of it is in one currency, and the records themselves."""
    records = impact(facts)
    chart = _by_kind(facts)
    if chart is None:
        return (records,)
    year = slide(
        Part.OUTCOMES, "The year's value", "year", lead=words.period(facts.since, facts.until),
        figures=records.figures, blocks=(chart,),
    )  # fmt: skip
    return year, slide(Part.OUTCOMES, records.title, records.key, blocks=records.blocks)


def _by_kind(facts: Facts) -> Chart | None:
    """The sums of the records by kind, the largest first; None without records, and where currencies differ."""
    currencies = {record.currency for record in facts.value.records}
    if len(currencies) != 1:
        return None
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for record in facts.value.records:
        sums[record.kind] += record.amount
    ordered = sorted(sums.items(), key=lambda one: (-one[1], one[0]))
    values = tuple(float(amount) for _, amount in ordered)
    title = f"Value recorded by kind, {currencies.pop()}"
    return Chart(
        title,
        Shape.BARS,
        tuple(clipped(kind, NAME_SIZE, NAME_WIDTH, 1) for kind, _ in ordered),
        (Series("Value recorded", values),),
    )


def case_study(facts: Facts) -> Slide:
    """The draft of a story that others may read, of what is known: where it began, what came of it."""
    account = facts.account
    well = [goal for goal in facts.goals if goal.current is not None and words.TONES.get(goal.standing) is Tone.GOOD]
    best = sorted(well, key=lambda goal: (-(goal.progress or 0), goal.title))[:MOST_RESULTS]
    since = f" since {words.day(account.customer_since)}" if account.customer_since else ""
    began = [Line("Where it began", is_heading=True), Line(f"{account.name} works with us{since}.")]
    began += [Line(f"{goal.title}: {words.measured(goal.baseline, goal.unit)} at the beginning.") for goal in best]
    came = [Line("What came of it", is_heading=True), *(_result(goal) for goal in best)]
    if facts.value.confirmed:
        worth = words.exact_money(facts.value.confirmed, account.currency)
        came.append(Line(f"{worth} of value in this year, confirmed by you."))
    if len(came) == 1:
        came.append(Line("Not known yet: nothing was measured or confirmed in this year.", is_point=False))
    agree = [Line("To be agreed with you", is_heading=True), Line("A sentence of yours, and whom we may name.")]
    blocks = (Words("", tuple(began)), Words("", (*came, *agree)))
    return slide(Part.OUTCOMES, "Case study: a draft", "case", blocks=blocks, shares=(0.46, 0.54))


def _result(goal: GoalFact) -> Line:
    way = f"from {words.measured(goal.baseline, goal.unit)} to {words.measured(goal.current, goal.unit)}"
    return Line(f"{goal.title}: {way}, {goal.standing.lower()}.")


def years_ahead(facts: Facts, beside: Beside) -> Slide:
    """What is planned for the coming years: goals and promised features by the year in which they are due."""
    first = facts.until.year
    columns = (Column("Year", 0.6), Column("What is to be achieved", 3), Column("What we bring", 3))
    rows = tuple(
        cells(
            f"{year}", _of_year(beside, year, is_last=year == first + YEARS - 1), _brought(facts, beside, year - first)
        )
        for year in range(first, first + YEARS)
    )
    return slide(Part.ROADMAP, "The years ahead", "years", blocks=(Table("", columns, rows),))


def _of_year(beside: Beside, year: int, *, is_last: bool) -> str:
    due = [goal.title for goal in beside.goals if goal.due_on.year == year or (is_last and goal.due_on.year > year)]
    return "; ".join(due) or "to be agreed"


def _brought(facts: Facts, beside: Beside, years: int) -> str:
    """In the first year, what is asked for and what was chosen to grow by; nobody has promised anything for later."""
    if years:
        return "to be agreed"
    return "; ".join([*(one.title for one in beside.ideas), *(one.title for one in facts.requests)]) or "to be agreed"


def contract(facts: Facts) -> Slide:
    """Where the contract stands, and what is to be settled before it ends."""
    account = facts.account
    renewal = account.renewal_on
    figures = (
        Figure("Contract value a year", words.exact_money(account.arr, account.currency)),
        Figure("Renewal", words.table_day(renewal), _distance(renewal, facts.until)),
        Figure("Value confirmed, by what was paid", words.times(facts.value.ratio)),
    )
    heading = f"To be settled before {words.day(renewal)}" if renewal else "To be settled"
    block: Block = Words(heading, TO_SETTLE)
    blocks = (block,) if renewal else (block, nothing("When the contract ends is not known."))
    return slide(Part.GOALS, "Preparing the contract", "contract", figures=figures, blocks=blocks)


def _distance(day: dt.date | None, until: dt.date) -> str:
    if day is None:
        return ""
    left = (day - until).days
    return f"{words.many(left, 'day')} after this period" if left >= 0 else "is over"
