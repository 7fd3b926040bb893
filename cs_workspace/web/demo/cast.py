"""The customers that every demo has, whatever the seed: so that each page has its telling case."""

from __future__ import annotations

from dataclasses import dataclass

from cs_workspace.web.demo.stories import Story


@dataclass(frozen=True)
class Part:
    """What is fixed of a customer; whatever is left out is drawn. Days count back from the day of the demo."""

    kind: str = ""
    story: Story | None = None
    country: str = ""
    seats: int = 0
    owner: int | None = None
    term_months: int = 0
    terms: int = 1  # contracts until `renews_in`
    renews_in: int | None = None  # days; negative for a customer that left on that day
    age_days: int = 0
    onset_ago: int | None = None
    turn_ago: int | None = None
    trial: bool = False
    gap_days: int = 0
    shelved_days: int = 0  # has two products, and hardly anybody has opened the second one for so long
    strategic: bool = False
    parent: int | None = None
    plain: bool = True  # its trouble is as deep and as fast as to be seen at a glance; otherwise both are drawn

    @property
    def leaves(self) -> bool:
        """Has left before the day of the demo."""
        return self.renews_in is not None and self.renews_in < 0


# By the place of the name among `names.KNOWN`.
CAST: dict[int, Part] = {
    0: Part(
        "enterprise",
        Story.CHAMPION_LEFT,
        "Germany",
        seats=80,
        owner=0,
        term_months=24,
        terms=2,
        renews_in=19,
        onset_ago=74,
        strategic=True,
    ),
    1: Part(
        "mid-market",
        Story.PRICE_TROUBLE,
        "United Kingdom",
        owner=0,
        term_months=12,
        terms=3,
        renews_in=73,
        onset_ago=105,
    ),
    2: Part(
        "mid-market",
        Story.SAVED,
        "Denmark",
        owner=0,
        term_months=12,
        terms=2,
        renews_in=66,
        onset_ago=110,
        turn_ago=34,
    ),
    3: Part("enterprise", Story.FADING, "Sweden", owner=0, term_months=24, renews_in=128, onset_ago=42, strategic=True),
    4: Part("enterprise", Story.STEADY, "Netherlands", owner=0, term_months=36, renews_in=204, shelved_days=25),
    5: Part("mid-market", Story.STEADY, "United Kingdom", owner=0, term_months=12, terms=2, renews_in=47),
    6: Part("mid-market", Story.GROWING, "Finland", owner=0, term_months=12, terms=2, renews_in=91),
    7: Part("enterprise", Story.THRIVING, "Norway", owner=0, term_months=24, renews_in=311, strategic=True),
    8: Part("mid-market", Story.THRIVING, "Spain", owner=0, term_months=12, terms=3, renews_in=176),
    9: Part("enterprise", Story.GROWING, "Germany", owner=1, term_months=12, terms=2, renews_in=252),
    10: Part("smb", Story.FADING, "Ireland", owner=0, term_months=12, terms=2, renews_in=108, onset_ago=125),
    11: Part("mid-market", Story.SEASONAL, "Italy", owner=0, term_months=12, terms=2, renews_in=27),
    12: Part("mid-market", Story.TICKETS_THEN_SILENCE, "France", owner=0, term_months=12, renews_in=44, onset_ago=88),
    13: Part("smb", Story.POOR_ONBOARDING, "Norway", owner=0, term_months=12, age_days=120),
    14: Part("smb", Story.THRIVING, "United Kingdom", owner=1, term_months=12, terms=4, renews_in=150),
    15: Part("mid-market", Story.SEASONAL, "Ireland", owner=2, term_months=12, terms=2, renews_in=220),
    16: Part("smb", Story.STEADY, "Norway", owner=0, term_months=12, terms=2, renews_in=190, gap_days=11),
    17: Part("smb", Story.STEADY, "Poland", owner=0, trial=True),
    18: Part("smb", Story.STEADY, "Netherlands", owner=0, term_months=12, age_days=9),
    19: Part(
        "mid-market",
        Story.CHAMPION_LEFT,
        "United Kingdom",
        owner=0,
        term_months=12,
        terms=2,
        renews_in=-24,
        onset_ago=140,
    ),
    20: Part("mid-market", Story.STEADY, "Sweden", owner=0, term_months=12, renews_in=210, parent=0),
    21: Part("mid-market", Story.GROWING, "Poland", owner=3, term_months=12, terms=2, renews_in=260, parent=0),
    22: Part(
        "smb", Story.SAVED, "Germany", owner=0, term_months=12, renews_in=140, parent=0, turn_ago=80, onset_ago=170
    ),
}
