"""The board of renewals: open ones by stage, each column a page at a time."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, F, Q, Sum, Window
from django.db.models.functions import RowNumber

from accounts.models import User
from cs_workspace.common import clock
from renewals.domain.stages import OPEN_STAGES, STAGE_LABELS, Stage
from renewals.models import Renewal
from renewals.queries.renewals import Line, RenewalFilter, line_of, matching, with_words

A_COLUMN = 20
# The day that comes first stands on top.
ORDER = ("counts_to", "pk")


@dataclass(frozen=True)
class Column:
    """A stage on the board: one page of its renewals, how many it has in all, and their ARR in workspace currency."""

    stage: Stage
    lines: Sequence[Line]
    count: int
    arr: Decimal
    page: int

    @property
    def label(self) -> str:
        """What the stage is called."""
        return STAGE_LABELS[self.stage]

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.count // A_COLUMN))


def board(user: User, wanted: RenewalFilter, pages: Mapping[Stage, int]) -> list[Column]:
    """The columns, each with the page of it that is asked for. Two queries, however many renewals there are."""
    found = matching(user, wanted)
    sums = {
        stage: (count, arr)
        for stage, count, arr in found.order_by().values_list("stage").annotate(Count("pk"), Sum("current_arr"))
    }
    count = {stage: sums.get(stage.value, (0, None))[0] for stage in OPEN_STAGES}
    page: dict[Stage, int] = {
        stage: min(max(pages.get(stage, 1), 1), max(1, -(-count[stage] // A_COLUMN))) for stage in OPEN_STAGES
    }
    lines: dict[str, list[Line]] = defaultdict(list)
    today = clock.today()
    for renewal in _shown(user, wanted, page):
        lines[renewal.stage].append(line_of(renewal, today=today))
    return [
        Column(stage, lines[stage], count[stage], sums.get(stage.value, (0, None))[1] or Decimal(0), page[stage])
        for stage in OPEN_STAGES
    ]


def _shown(user: User, wanted: RenewalFilter, page: Mapping[Stage, int]) -> Sequence[Renewal]:
    """The renewals of these pages. Their keys are found first: only those of the pages are read as a whole."""
    shown = Q(pk__in=[])
    for stage, number in page.items():
        shown |= Q(stage=stage.value, place__gt=(number - 1) * A_COLUMN, place__lte=number * A_COLUMN)
    today = clock.today()
    place = Window(RowNumber(), partition_by=F("stage"), order_by=ORDER)
    keys = matching(user, wanted).with_countdown(today=today).annotate(place=place).filter(shown).values("pk")
    found = Renewal.objects.filter(pk__in=keys).with_probability().with_countdown(today=today)
    return list(with_words(found).order_by(*ORDER))
