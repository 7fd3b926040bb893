"""Facts of a review written down by hand: full, empty, and with more in them than a slide holds."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from qbr.domain import agendas
from qbr.domain import facts as f
from qbr.domain.deck import Beside, DeckContent, Idea, Invited, Look, Meeting, NextGoal
from qbr.domain.deck_slides import slides_of
from qbr.domain.reviews import Kind

SINCE, UNTIL = dt.date(2026, 7, 1), dt.date(2026, 9, 29)
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft and Daughters Holding"
ARABIC = "شركة المستقبل للتقنيات المتقدمة"
LOOK = Look("Northwind CS", "#1f3a5f", "#2f7d6b", "Confidential")


def weeks(*values: float | None) -> tuple[f.Point, ...]:
    return tuple(f.Point(SINCE + dt.timedelta(days=7 * place), value) for place, value in enumerate(values))


def full(**changes) -> f.Facts:
    """A customer of whom everything is known."""
    facts = f.Facts(
        since=SINCE,
        until=UNTIL,
        compiled_at=dt.datetime(2026, 9, 30, 8, tzinfo=dt.UTC),
        account=f.AccountFacts(
            "Larkspur Robotics", "Enterprise", "Mara Ilves", Decimal(184_000), "EUR", "Healthy", 2,
            dt.date(2023, 3, 1), dt.date(2027, 3, 1),
        ),
        health=f.HealthFacts(
            Decimal("78.4"), Decimal("71.2"), "improving",
            weeks(71, 71, 72, 70, None, 73, 74, 74, 75, 77, 76, 78, 78),
            (f.DimensionFact("Usage", Decimal(81), Decimal(74)),),
        ),
        usage=f.UsageFacts(
            Decimal("142.3"), Decimal("130.6"), 200, 5120,
            weeks(120, 124, 131, 128, 133, 140, None, 138, 141, 139, 144, 150, 142),
            weeks(*[380] * 13),
            tuple(f.FeatureFact(name, days) for name, days in (
                ("Dashboards", 61), ("Reports", 58), ("Alerts", 44), ("API", 40), ("Workflows", 21), ("Exports", 9))),
            ("Forecasting", "Single sign-on", "Audit log"),
        ),
        tickets=f.TicketFacts(
            12, 20, 14, Decimal("7.5"), 1,
            (f.Point(dt.date(2026, 7, 1), 6), f.Point(dt.date(2026, 8, 1), 4), f.Point(dt.date(2026, 9, 1), 2)),
            (f.OpenTicket("Export stops after 10,000 rows", "High", dt.date(2026, 9, 21)),),
        ),
        engagement=f.EngagementFacts(20, 16, 3, 2, 5, 1, dt.date(2026, 9, 22)),
        goals=(
            goal("Shorter quarterly closing", 40, 20, 19, "Achieved", 1),
            goal("Fewer manual reports", 60, 10, 30, "On track", "0.6"),
            goal("Adoption in all plants", 2, 9, 3, "At risk", "0.14"),
        ),
        value=f.ValueFacts(
            (
                f.ValueRecord("Saving", dt.date(2026, 8, 12), Decimal(96_000), "EUR", "Hours saved × hourly rate",
                              "Kim Larsen"),
                f.ValueRecord("Gain", dt.date(2026, 9, 3), Decimal(40_000), "EUR", "Downtime avoided", ""),
            ),
            Decimal(136_000), Decimal(96_000), Decimal("2.09"),
        ),
        promised=(
            f.PromiseFact("Send the integration guide", True, "Mara Ilves", dt.date(2026, 7, 14), dt.date(2026, 7, 10)),
            f.PromiseFact("Name a project lead in Graz", False, "Kim Larsen", dt.date(2026, 7, 31), None),
        ),
        peers=(
            f.PeerFact("Active users per seat", "%", Decimal(71), Decimal(38), Decimal(55), Decimal(69), 34, True),
            f.PeerFact("Tickets per 100 users", "", Decimal("8.4"), Decimal("3.1"), Decimal("6.2"), Decimal("9.8"), 34,
                       False),
        ),
        advice=(
            f.Advice("Bring single sign-on to all plants.", "It is part of what you have and was not used."),
            f.Advice("Train the new colleagues in Graz.", "4 of 20 courses are still open."),
        ),
        ideas=(),
        people=(),
        requests=(f.RequestFact("Exports to Parquet", "Planned"), f.RequestFact("Dark mode", "Shipped")),
        competition=(f.Mention(dt.date(2026, 8, 2), "They looked at Contoso."),),
    )  # fmt: skip
    return replace(facts, **changes)


def empty() -> f.Facts:
    """A customer of whom nothing is known."""
    return f.Facts(
        SINCE,
        UNTIL,
        dt.datetime(2026, 9, 30, 8, tzinfo=dt.UTC),
        f.AccountFacts("Silent Ltd", "", "", Decimal(0), "EUR", "", None, None, None),
        f.HealthFacts(None, None, "", (), ()),
        f.UsageFacts(None, None, None, None, (), (), (), ()),
        f.TicketFacts(0, 0, 0, None, 0, (), ()),
        f.EngagementFacts(0, 0, 0, 0, 0, 0, None),
        (),
        f.ValueFacts((), None, None, None),
        *((),) * 7,
    )


def crowded() -> f.Facts:
    """More of everything than has room, with names that are long, without a space, and written from right to left."""
    facts = full()
    names = [LONG, ARABIC, "Wachstum", "顧客の成功を測るための非常に長い名前の機能です" * 2]
    return replace(
        facts,
        account=replace(facts.account, name=f"{LONG} {ARABIC}", csm="Maximiliane von Hohenlohe-Langenburg"),
        goals=tuple(
            goal(f"{names[place % 4]} {place}", 10, 20_000_000, 123_456, "On track", "0.3") for place in range(40)
        ),
        usage=replace(
            facts.usage,
            used=tuple(f.FeatureFact(f"{names[place % 4]} {place}", 60 - place) for place in range(40)),
            unused=tuple(f"{names[place % 4]} {place}" for place in range(40)),
        ),
        tickets=replace(facts.tickets, open=tuple(f.OpenTicket(f"{LONG} {n}", "High", SINCE) for n in range(20))),
        value=replace(
            facts.value, records=tuple(replace(facts.value.records[0], method=f"{LONG} " * 4) for _ in range(15))
        ),
        advice=tuple(f.Advice(f"{LONG} " * 3, f"{ARABIC} " * 4) for _ in range(3)),
        requests=tuple(f.RequestFact(f"{LONG} {place}", "Planned") for place in range(30)),
    )


def goal(title, baseline, target, current, standing, progress) -> f.GoalFact:
    return f.GoalFact(
        title, "Hours", "h", Decimal(baseline), Decimal(target), Decimal(current), dt.date(2026, 12, 31), standing,
        Decimal(progress),
    )  # fmt: skip


def beside(kind: Kind = Kind.QBR, **changes) -> Beside:
    """A meeting with an agenda, five people, two goals and an idea."""
    meeting = Meeting(
        kind,
        dt.datetime(2026, 10, 6, 14, tzinfo=dt.UTC),
        agendas.points_of(agendas.Preset.CONVERSATION),
        (
            Invited("Kim Larsen", "VP Operations", False),
            Invited("Yasmin Haddad", "Plant manager", False),
            Invited("Mara Ilves", "", True),
        ),
    )
    day = dt.date(2026, 12, 31)
    made = Beside(
        meeting,
        {},
        (
            NextGoal("Closing in two days", "Hours of a closing", "h", Decimal(19), Decimal(16), day, "Kim Larsen"),
            NextGoal("Sign-on in all plants", "Plants", "", Decimal(3), Decimal(9), day, ""),
        ),
        (Idea("Fifty more seats", "142 of 200 seats are in use, and two plants join.", Decimal(46_000)),),
    )
    return replace(made, **changes)


def content(facts: f.Facts | None = None, around: Beside | None = None, look: Look = LOOK) -> DeckContent:
    facts = facts or full()
    return DeckContent("Business review", slides_of(facts, around or beside()), look)
