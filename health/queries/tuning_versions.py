"""The version that is tuned beside the one that judges now, and whom it would judge: all that a preview asks first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from health.domain.scorecards import Scorecard
from health.models import Indicator, ScorecardVersion
from health.queries.scorecards import Binding, domain_scorecards

State = ScorecardVersion.State


@dataclass(frozen=True)
class Contest:
    """A version against the one that judges now whom it would judge.

    judging   its scorecard's published version, else the default's; None without either
    own       the key of its scorecard's published version, 0 where there is none
    bindings  who judges whom once the version is published; a scorecard bound to nobody is tried as the default
    related   versions of both scorecards: accounts that they judged are those whose past can be looked at
    held      of every version the metrics in the order of its snapshots' arrays
    """

    version: ScorecardVersion
    judging: ScorecardVersion | None
    own: int
    bindings: tuple[Binding, ...]
    related: tuple[int, ...]
    held: Mapping[int, Sequence[str]]

    def cards(self) -> tuple[Scorecard | None, Scorecard]:
        """The version that judges now, and this one, as the engine runs them. One query; raises `ScorecardError`."""
        cards = domain_scorecards([self.version.pk] + ([self.judging.pk] if self.judging else []))
        return (cards[self.judging.pk] if self.judging else None), cards[self.version.pk]


def contest_of(version: ScorecardVersion) -> Contest:
    """The version as it would come to judge. One query."""
    metrics = (
        Indicator.objects.filter(dimension__version=OuterRef("pk"))
        .order_by("dimension__position", "dimension_id", "position", "pk")
        .values("metric")
    )
    rows = list(
        ScorecardVersion.objects.order_by("scorecard_id", "number")
        .select_related("scorecard")
        .annotate(metrics=ArraySubquery(metrics))
    )
    published = [row for row in rows if row.state == State.PUBLISHED]
    own = next((row for row in published if row.scorecard_id == version.scorecard_id), None)
    judging = own or next((row for row in published if row.scorecard.is_default), None)
    scorecards = {version.scorecard_id, *([judging.scorecard_id] if judging else [])}
    return Contest(
        version=version,
        judging=judging,
        own=own.pk if own else 0,
        bindings=tuple(_bindings(version, published)),
        related=tuple(row.pk for row in rows if row.scorecard_id in scorecards),
        held={row.pk: row.metrics for row in rows},
    )


def _bindings(version: ScorecardVersion, published: Sequence[ScorecardVersion]) -> list[Binding]:
    card = version.scorecard
    bound = card.product_id or card.stage or card.segment_id or card.is_default
    beside_default = bound and not card.is_default
    mine = Binding(version.pk, card.product_id, card.stage, card.segment_id, card.is_default or not bound)
    others = [_binding(row) for row in published if row.scorecard_id != version.scorecard_id]
    return [mine, *(one for one in others if beside_default or not one.is_default)]


def _binding(row: ScorecardVersion) -> Binding:
    card = row.scorecard
    return Binding(row.pk, card.product_id, card.stage, card.segment_id, card.is_default)
