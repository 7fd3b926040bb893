"""The versions of a scorecard, newest first, each with what it changed."""

from dataclasses import dataclass

from health.domain.scorecard_diff import Difference, differences
from health.models import Scorecard, ScorecardVersion
from health.queries.scorecards import scorecards_that_run


@dataclass(frozen=True)
class VersionLine:
    """One version; `against` is the version that it replaced, or from which a draft was taken."""

    version: ScorecardVersion
    against: ScorecardVersion | None
    differences: tuple[Difference, ...]
    problem: str
    """Why the difference cannot be told; empty where it can."""

    @property
    def judges(self) -> bool:
        """Whether it is the one that judges now."""
        return self.version.state == ScorecardVersion.State.PUBLISHED


def versions_of(scorecard: Scorecard) -> list[VersionLine]:
    """All versions, in two queries."""
    rows = list(
        scorecard.versions.select_related("scorecard", "published_by", "replaced__scorecard", "taken_from__scorecard")
        .order_by("-number")
    )  # fmt: skip
    cards, problems = scorecards_that_run(row.pk for row in rows)
    lines = []
    for row in rows:
        against = row.taken_from if row.state == ScorecardVersion.State.DRAFT else row.replaced
        known = against is not None and against.pk in cards and row.pk in cards
        found = tuple(differences(cards[against.pk], cards[row.pk])) if known and against else ()
        lines.append(VersionLine(row, against, found, problems.get(row.pk, "")))
    return lines
