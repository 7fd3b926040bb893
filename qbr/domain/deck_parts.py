"""The seven parts of a deck, each made of the facts and of what people wrote beside them (qbr.md §3)."""

import datetime as dt
from decimal import Decimal
from typing import Final

from qbr.domain import deck_words as words
from qbr.domain.deck import (
    NOT_KNOWN,
    Beside,
    Block,
    Cell,
    Chart,
    Column,
    Figure,
    Line,
    Series,
    Shape,
    Slide,
    Table,
    Tone,
    Words,
)
from qbr.domain.deck_fitting import clipped
from qbr.domain.facts import Facts, GoalFact, PeerFact, Point
from qbr.domain.reviews import PART_LABELS, Part

# Beyond these, a chart or a list tells less and not more.
MOST_FEATURES: Final = 10
# Names beside bars: their size of type, and the inches that they may take of the chart.
NAME_SIZE, NAME_WIDTH = 10, 2.2
MOST_UNUSED: Final = 12
MOST_TICKETS: Final = 8
MOST_REQUESTS: Final = 10

QUESTIONS: Final = (
    Line("What works well for you, and should stay as it is?"),
    Line("What gets in the way of your teams?"),
    Line("What changes in your business until the next review?"),
    Line("What should we do differently?"),
)


def slide(part: Part, title: str = "", key: str = "", **content: object) -> Slide:
    """A slide of a part; without a title it has the part's."""
    made: Slide = Slide(key or part.value, title or PART_LABELS[part], part, **content)  # type: ignore[arg-type]
    return made


def words_of(part: Part, beside: Beside, title: str, otherwise: tuple[Line, ...] = ()) -> tuple[Words, ...]:
    """What people wrote for a part, or what its figures say; no block where there is neither."""
    lines = beside.of(part).lines or otherwise
    return (Words(title, lines),) if lines else ()


def summary(facts: Facts, beside: Beside) -> tuple[Slide, ...]:
    """Who it is about, the score with its tier, and what stands out."""
    account, usage = facts.account, facts.usage
    figures = (
        words.score_figure(facts),
        Figure("Health tier", account.tier or NOT_KNOWN, f"trend {facts.health.trend}" if facts.health.trend else ""),
        Figure("Active users", words.count(usage.active_users), words.before(words.count(usage.active_before))),
        Figure("Value confirmed by you", words.exact_money(facts.value.confirmed, account.currency)),
        Figure("Your success manager", account.csm or NOT_KNOWN, since_when(account.customer_since)),
    )
    blocks = (
        over_time("Health score", facts.health.series, high=100),
        *words_of(Part.SUMMARY, beside, "Highlights", words.highlights(facts)),
    )
    lead = words.period(facts.since, facts.until)
    return (slide(Part.SUMMARY, lead=lead, figures=figures, blocks=blocks),)


def outcomes(facts: Facts, beside: Beside) -> tuple[Slide, ...]:
    """The goals and how they stand, what was promised last time, and what it was all worth."""
    found = dict(words.standings(facts.goals))
    tones = words.TONES
    figures = tuple(Figure(label, f"{number}", "", tones[label]) for label, number in found.items())
    goals = slide(
        Part.OUTCOMES,
        lead=f"{words.many(len(facts.goals), 'goal')} in the success plan" if facts.goals else "",
        figures=figures,
        blocks=(goals_table(facts.goals),) if facts.goals else (nothing("No goals were agreed for this period."),),
    )
    written = words_of(Part.OUTCOMES, beside, "What it means")
    more = (slide(Part.OUTCOMES, "Outcomes in words", "outcomes-words", blocks=written),) if written else ()
    return goals, *more, impact(facts), *promises(facts)


def impact(facts: Facts) -> Slide:
    """What the product was worth in the period, with the records that say so."""
    value, account = facts.value, facts.account
    figures = (
        Figure("Value confirmed by you", words.exact_money(value.confirmed, account.currency)),
        Figure("Value recorded", words.exact_money(value.total, account.currency)),
        Figure("Confirmed, by what was paid", words.times(value.ratio)),
    )
    columns = (
        Column("What", 1), Column("Day", 1.1), Column("Amount", 1, is_figure=True), Column("How it was reckoned", 3),
        Column("Confirmed by", 1.4),
    )  # fmt: skip
    rows = tuple(
        cells(
            record.kind,
            words.table_day(record.on),
            words.exact_money(record.amount, record.currency),
            record.method,
            record.confirmed_by or "nobody yet",
        )
        for record in value.records
    )
    block: Block = Table("", columns, rows) if rows else nothing("No savings or gains were recorded in this period.")
    return slide(Part.OUTCOMES, "Quantified impact", "impact", figures=figures, blocks=(block,))


def promises(facts: Facts) -> tuple[Slide, ...]:
    """What both sides promised last time; no slide where nobody did."""
    if not facts.promised:
        return ()
    kept = sum(1 for one in facts.promised if one.done_on)
    columns = (Column("Promise", 3), Column("By", 1.5), Column("Due", 1), Column("Done", 1.2))
    rows = tuple(
        (
            Cell(one.title),
            Cell(one.who or ("Us" if one.ours else "You")),
            Cell(words.table_day(one.due_on)),
            Cell(words.table_day(one.done_on), Tone.GOOD) if one.done_on else Cell("open", Tone.BAD),
        )
        for one in facts.promised
    )
    lead = f"{kept} of {words.many(len(facts.promised), 'promise')} kept"
    return (
        slide(Part.OUTCOMES, "What we promised last time", "promised", lead=lead, blocks=(Table("", columns, rows),)),
    )


def usage(facts: Facts, beside: Beside) -> tuple[Slide, ...]:
    """Who uses the product and how much, which of it is used, and where others stand."""
    used = facts.usage
    seats = f"of {words.many(used.seats, 'licensed seat')}" if used.seats else "seats are not known"
    known = len(used.used) + len(used.unused)
    figures = (
        Figure("Active users", words.count(used.active_users), words.before(words.count(used.active_before))),
        Figure("Share of licences in use", words.share(used.share_of_seats), seats),
        Figure("Logins", words.count(used.logins), "in the period" if used.logins is not None else ""),
        Figure("Features adopted", words.share(used.adopted), f"{len(used.used)} of {known}" if known else ""),
    )
    blocks = (
        over_time("Active users, user-days a week", used.weekly_users),
        *words_of(Part.USAGE, beside, "What it means", _of_use(facts)),
    )
    lead = words.period(facts.since, facts.until)
    first = slide(Part.USAGE, lead=lead, figures=figures, blocks=blocks)
    return first, *_features(facts), *_peers(facts)


def _of_use(facts: Facts) -> tuple[Line, ...]:
    said = [line for line in words.highlights(facts) if "active users" in line.text or "in use" in line.text]
    return tuple(said) or (Line("No use was recorded in this period.", is_point=False),)


def _features(facts: Facts) -> tuple[Slide, ...]:
    used, unused = facts.usage.used, facts.usage.unused
    if not used and not unused:
        return ()
    blocks: tuple[Block, ...] = ()
    if used:
        shown = sorted(used, key=lambda one: (-one.days, one.name))[:MOST_FEATURES]
        title = f"The {len(shown)} most used, days of use" if len(used) > len(shown) else "Days of use"
        names = tuple(clipped(one.name, NAME_SIZE, NAME_WIDTH, 1) for one in shown)
        blocks += (Chart(title, Shape.BARS, names, (Series("Days of use", tuple(float(one.days) for one in shown)),)),)
    idle = most([Line(name) for name in unused], MOST_UNUSED)
    blocks += (Words("Not used yet", idle or (Line("Everything that you have is in use."),)),)
    lead = f"{len(used)} of {words.many(len(used) + len(unused), 'feature')} in use"
    return (slide(Part.USAGE, "Features", "features", lead=lead, blocks=blocks),)


def _peers(facts: Facts) -> tuple[Slide, ...]:
    if not facts.peers:
        return ()
    columns = (
        Column("Measure", 2.2), Column("You", 1, is_figure=True), Column("Lower quartile", 1.3, is_figure=True),
        Column("Median", 1, is_figure=True), Column("Upper quartile", 1.3, is_figure=True),
        Column("Accounts", 1, is_figure=True),
    )  # fmt: skip
    rows = tuple(_peer(one) for one in facts.peers)
    lead = f"Anonymous figures of other accounts in {facts.account.segment}" if facts.account.segment else ""
    return (slide(Part.USAGE, "Beside your peers", "peers", lead=lead, blocks=(Table("", columns, rows),)),)


def _peer(one: PeerFact) -> tuple[Cell, ...]:
    best, worst = (one.upper, one.lower) if one.higher_is_better else (one.lower, one.upper)
    sign = 1 if one.higher_is_better else -1
    is_ahead, is_behind = sign * (one.value - best) >= 0, sign * (worst - one.value) >= 0
    tone = Tone.PLAIN if is_ahead == is_behind else Tone.GOOD if is_ahead else Tone.BAD
    figures = (words.reading(value, one.unit) for value in (one.lower, one.median, one.upper))
    mine = Cell(words.reading(one.value, one.unit), tone)
    return Cell(one.label), mine, *(Cell(text) for text in figures), Cell(f"{one.accounts:,}")


def support(facts: Facts, beside: Beside) -> tuple[Slide, ...]:
    """Tickets, training, events and talks of the period."""
    tickets, engaged = facts.tickets, facts.engagement
    figures = (
        Figure("Tickets opened", words.count(tickets.opened), f"{tickets.opened_before:,} in the period before"),
        Figure("Mean time to close", words.hours(tickets.mean_hours), f"{tickets.closed:,} closed"),
        Figure("Still open", words.count(len(tickets.open)), "to be settled" if tickets.open else "all settled"),
        Figure("Courses completed", *_part(engaged.courses_completed, engaged.courses_assigned, "assigned")),
        Figure("Events attended", *_part(engaged.attended, engaged.invited, "invitations")),
    )
    values = tuple(point.value for point in tickets.monthly)
    months = tuple(f"{point.day:%b %Y}" for point in tickets.monthly)
    chart = Chart("Tickets opened by month", Shape.COLUMNS, months, (Series("Tickets opened", values),))
    blocks = (or_nothing(chart), *words_of(Part.SUPPORT, beside, "Engagement", _of_touches(facts)))
    first = slide(Part.SUPPORT, lead=words.period(facts.since, facts.until), figures=figures, blocks=blocks)
    return first, *_open_tickets(facts)


def _part(done: int, of: int, what: str) -> tuple[str, str]:
    """How many of some were done; not known where there were none."""
    return (f"{done:,}", f"of {of:,} {what}") if of else (NOT_KNOWN, f"no {what}")


def _of_touches(facts: Facts) -> tuple[Line, ...]:
    engaged = facts.engagement
    held = f"{words.many(engaged.touches_held, 'conversation')} with you in the period"
    missed = f", {engaged.touches_missed:,} that did not take place" if engaged.touches_missed else ""
    last = (Line(f"The last one was on {words.day(engaged.last_touch_on)}."),) if engaged.last_touch_on else ()
    escalated = facts.tickets.escalated
    raised = (Line(f"{words.many(escalated, 'ticket')} escalated."),) if escalated else ()
    return Line(f"{held}{missed}."), *last, *raised


def _open_tickets(facts: Facts) -> tuple[Slide, ...]:
    found = facts.tickets.open
    if not found:
        return ()
    columns = (Column("Ticket", 4), Column("Severity", 1), Column("Opened", 1))
    rows = tuple(cells(one.subject, one.severity, words.table_day(one.opened_on)) for one in found[:MOST_TICKETS])
    lead = words.many(len(found), "ticket") + " to be settled"
    lead += f", the first {MOST_TICKETS} of them" if len(found) > MOST_TICKETS else ""
    return (slide(Part.SUPPORT, "Open tickets", "tickets", lead=lead, blocks=(Table("", columns, rows),)),)


def roadmap(facts: Facts, beside: Beside) -> tuple[Slide, ...]:
    """What we recommend, how to grow, and what becomes of what was asked for."""
    advised = tuple(line for one in facts.advice for line in (Line(one.text), Line(one.reason, is_point=False)))
    own = words_of(Part.ROADMAP, beside, "Recommendations", advised)
    blocks: tuple[Block, ...] = own or (nothing("There are no recommendations for this period."),)
    if facts.requests:
        asked = most([Line(f"{one.title}: {one.status}") for one in facts.requests], MOST_REQUESTS)
        blocks += (Words("What you asked for", asked),)
    first = slide(Part.ROADMAP, blocks=blocks)
    return first, *ideas(facts, beside)


def ideas(facts: Facts, beside: Beside) -> tuple[Slide, ...]:
    """The ways to grow that were chosen; no slide where none was."""
    if not beside.ideas:
        return ()
    columns = (Column("Opportunity", 2.2), Column("Why", 3.4), Column("Value a year", 1.2, is_figure=True))
    rows = tuple(
        cells(one.title, one.reason, words.exact_money(one.value, facts.account.currency)) for one in beside.ideas
    )
    return (slide(Part.ROADMAP, "Opportunities", "ideas", blocks=(Table("", columns, rows),)),)


def goals(facts: Facts, beside: Beside) -> tuple[Slide, ...]:
    """What is to be achieved until the next review, by whom."""
    columns = (
        Column("Goal", 2.3), Column("Measure", 1.8), Column("From", 0.9, is_figure=True),
        Column("To", 0.9, is_figure=True), Column("Owner", 1.4), Column("Due", 1.2),
    )  # fmt: skip
    rows = tuple(
        cells(
            one.title,
            one.measure,
            words.measured(one.baseline, one.unit),
            words.measured(one.target, one.unit),
            one.owner or "to be agreed",
            words.table_day(one.due_on),
        )
        for one in beside.goals
    )
    block: Block = Table("", columns, rows) if rows else nothing("To be agreed in this review.")
    return (slide(Part.GOALS, blocks=(block, *words_of(Part.GOALS, beside, "Beside them")), shares=(0.68, 0.32)),)


def feedback(facts: Facts, beside: Beside) -> tuple[Slide, ...]:
    """What we would like to hear."""
    return (slide(Part.FEEDBACK, blocks=words_of(Part.FEEDBACK, beside, "", QUESTIONS)),)


def goals_table(found: tuple[GoalFact, ...]) -> Table:
    """Goals with their way, where they are, and how they stand."""
    columns = (
        Column("Goal", 2.4), Column("From", 0.9, is_figure=True), Column("To", 0.9, is_figure=True),
        Column("Now", 0.9, is_figure=True), Column("Way done", 1, is_figure=True), Column("Due", 1.2),
        Column("Standing", 1.1),
    )  # fmt: skip
    rows = tuple(
        (
            *cells(
                goal.title,
                words.measured(goal.baseline, goal.unit),
                words.measured(goal.target, goal.unit),
                words.measured(goal.current, goal.unit),
                words.share(_way(goal.progress)),
                words.table_day(goal.due_on),
            ),
            Cell(goal.standing, words.TONES.get(goal.standing, Tone.PLAIN)),
        )
        for goal in found
    )
    return Table("", columns, rows)


def _way(progress: Decimal | None) -> Decimal | None:
    """The share of the way as a bar would show it, 0 to 1."""
    return None if progress is None else max(Decimal(0), min(Decimal(1), progress))


def over_time(title: str, series: tuple[Point, ...], *, high: float | None = None) -> Block:
    """A line over days; words instead where nothing is known."""
    labels = tuple(words.short_day(point.day) for point in series)
    return or_nothing(Chart(title, Shape.LINE, labels, (Series(title, tuple(one.value for one in series)),), high))


def or_nothing(chart: Chart) -> Block:
    """The chart, or words that say that nothing is known."""
    return chart if chart.is_known else nothing("Not known: nothing was recorded in this period.", chart.title)


def nothing(text: str, title: str = "") -> Words:
    """What stands where there is nothing to show."""
    return Words(title, (Line(text, is_point=False),))


def cells(*texts: str) -> tuple[Cell, ...]:
    """Cells that say no more than their words."""
    return tuple(Cell(text) for text in texts)


def most(lines: list[Line], number: int) -> tuple[Line, ...]:
    """The first of some lines, and how many more there are."""
    if len(lines) <= number:
        return tuple(lines)
    return *lines[:number], Line(f"and {len(lines) - number:,} more", is_point=False)


def since_when(first: dt.date | None) -> str:
    """Since when they are a customer; empty where that is not known."""
    return f"customer since {first:%b %Y}" if first else ""
