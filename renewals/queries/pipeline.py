"""Opportunities as people see them: the board by stage, the table, its file, and the figures of the pipeline."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any, Final

from django.db.models import Count, F, Q, QuerySet, Sum, Window
from django.db.models.functions import RowNumber
from django.shortcuts import get_object_or_404

from accounts.models import Account, User
from cs_workspace.common import clock
from cs_workspace.common.sending import Cell
from renewals.domain.opportunities import OPEN_STAGES, STAGE_LABELS, Share, Stage, win_rate
from renewals.models import Opportunity
from renewals.models.expansion import OpportunityQuerySet

A_COLUMN = 20
AT_ONCE = 500
TOP = 5
# Won and lost ones count for the win rate so long.
DECIDED_DAYS: Final = 365
OPEN: Final = "open"
WHOLE: Final = Decimal("0.01")
HEADER = (
    "Account", "Segment", "Opportunity", "Kind", "Stage", "Value", "Probability", "Weighted", "Expected close", "Won",
    "Lost because", "Product", "Seats", "Owner",
)  # fmt: skip


@dataclass(frozen=True)
class PipelineFilter:
    """What the pipeline shows. `stage` may be one, `open` for all that are, or empty for all. `mine`: those that the
    user owns; `owner_id` of somebody else."""

    text: str = ""
    mine: bool = False
    owner_id: int | None = None
    segment_id: int | None = None
    kind: str = ""
    stage: str = OPEN


@dataclass(frozen=True)
class Figures:
    """The pipeline in figures, in workspace currency."""

    count: int
    pipeline: Decimal
    forecast: Decimal
    """Weighted: each value by its probability."""
    won_count: int
    won_value: Decimal
    wins: Share
    """Won of those that were decided within a year."""

    @property
    def mean(self) -> Decimal | None:
        """Mean size of what is open; None where nothing is."""
        return (self.pipeline / self.count).quantize(WHOLE) if self.count else None


@dataclass(frozen=True)
class Column:
    """A stage on the board: one page of its opportunities, how many it has, and their value in workspace currency."""

    stage: Stage
    lines: Sequence[Opportunity]
    count: int
    value: Decimal
    page: int

    @property
    def label(self) -> str:
        """What the stage is called."""
        return STAGE_LABELS[self.stage]

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.count // A_COLUMN))


def get_opportunity_for(user: User, pk: int) -> Opportunity:
    """An opportunity of an account that the user sees; anything else is a 404."""
    found = Opportunity.objects.visible_to(user).with_probability()
    names = ("account__owner", "account__segment", "owner", "product", "signal", "play", "closed_by", "onboarding")
    return get_object_or_404(found.select_related(*names, "contract_line__contract"), pk=pk)


def figures_of(user: User, wanted: PipelineFilter | None = None) -> Figures:
    """The figures of what is open and of what was decided within a year, whatever stage the filter names. One query."""
    since = clock.start_of(clock.today() - dt.timedelta(days=DECIDED_DAYS - 1))
    is_open = Q(stage__in=[stage.value for stage in OPEN_STAGES])
    won, lost = Q(stage="won", closed_at__gte=since), Q(stage="lost", closed_at__gte=since)
    found = _matching(user, wanted or PipelineFilter(), with_stage=False).aggregate(
        count=Count("pk", filter=is_open),
        pipeline=Sum("value", filter=is_open),
        forecast=Sum("weighted", filter=is_open),
        won_count=Count("pk", filter=won),
        won_value=Sum("value", filter=won),
        lost=Count("pk", filter=lost),
    )
    money = {name: (found[name] or Decimal(0)).quantize(WHOLE) for name in ("pipeline", "forecast", "won_value")}
    wins = win_rate(found["won_count"], found.pop("lost"))
    return Figures(**found | money, wins=wins)


def top_of(user: User, wanted: PipelineFilter) -> list[Opportunity]:
    """The largest that are open. One query."""
    found = _matching(user, wanted, with_stage=False).open().select_related("account", "owner")
    return list(found.order_by("-value", "pk")[:TOP])


def board(user: User, wanted: PipelineFilter, pages: Mapping[Stage, int]) -> list[Column]:
    """The columns of open stages, each with the page of it that is asked for. Two queries, however many there are."""
    found = _matching(user, wanted, with_stage=False).open()
    sums = {
        stage: (count, value)
        for stage, count, value in found.order_by().values_list("stage").annotate(Count("pk"), Sum("value"))
    }
    count = {stage: sums.get(stage.value, (0, None))[0] for stage in OPEN_STAGES}
    page = {stage: min(max(pages.get(stage, 1), 1), max(1, -(-count[stage] // A_COLUMN))) for stage in OPEN_STAGES}
    shown = Q(pk__in=[])
    for stage, number in page.items():
        shown |= Q(stage=stage.value, place__gt=(number - 1) * A_COLUMN, place__lte=number * A_COLUMN)
    place = Window(RowNumber(), partition_by=F("stage"), order_by=("expected_close", "pk"))
    rows = found.annotate(place=place).filter(shown).select_related("account", "owner").order_by("place")
    lines: dict[str, list[Opportunity]] = defaultdict(list)
    for row in rows:
        lines[row.stage].append(row)
    return [
        Column(stage, lines[stage], count[stage], sums.get(stage.value, (0, None))[1] or Decimal(0), page[stage])
        for stage in OPEN_STAGES
    ]


def listed(user: User, wanted: PipelineFilter) -> QuerySet[Opportunity]:
    """The opportunities of the table, by the day on which they are expected to close."""
    found = _matching(user, wanted).select_related("account__segment", "owner", "product")
    return found.order_by("expected_close", "pk")


def export_rows(user: User, wanted: PipelineFilter) -> Iterator[list[Cell]]:
    """Every matching opportunity, under `HEADER`; 500 are held at a time."""
    rows = listed(user, wanted).iterator(chunk_size=AT_ONCE)
    while chunk := list(islice(rows, AT_ONCE)):
        for row in chunk:
            yield _cells(row)


def _cells(row: Any) -> list[Cell]:
    """One row of the file; `probability` and `weighted` are annotated."""
    return [
        row.account.name,
        str(row.account.segment or ""),
        row.name,
        row.get_kind_display(),
        row.get_stage_display(),
        row.value,
        row.probability,
        row.weighted.quantize(WHOLE),
        row.expected_close,
        row.won_on,
        row.lost_reason,
        str(row.product or ""),
        row.seats,
        row.owner.name if row.owner else None,
    ]


def _matching(user: User, wanted: PipelineFilter, *, with_stage: bool = True) -> OpportunityQuerySet:
    accounts = Account.objects.visible_to(user).matching(wanted.text)
    if wanted.segment_id is not None:
        accounts = accounts.filter(segment=wanted.segment_id)
    found = Opportunity.objects.filter(account__in=accounts.values("pk")).with_probability()
    conditions: dict[str, Any] = {}
    if wanted.mine:
        conditions["owner"] = user.pk
    if wanted.owner_id is not None:
        conditions["owner"] = wanted.owner_id
    if wanted.kind:
        conditions["kind"] = wanted.kind
    if with_stage and wanted.stage == OPEN:
        conditions["stage__in"] = [stage.value for stage in OPEN_STAGES]
    elif with_stage and wanted.stage:
        conditions["stage"] = wanted.stage
    return found.filter(**conditions)
