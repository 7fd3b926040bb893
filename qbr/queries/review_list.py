"""Reviews as lists show them: what a filter means, how many each choice shows, the rows and the file."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from accounts.models import Account, User
from cs_workspace.common import clock
from cs_workspace.common.sending import Cell
from qbr.domain.reviews import AHEAD, DONE, OPEN, STATUS_LABELS, Kind, Status
from qbr.models import Attendee, ChecklistItem, Review
from qbr.models.review import ReviewQuerySet

AT_ONCE = 1000
ALL, OVERDUE, DONE_KEY = "open", "overdue", "done"
# What is shown, by the key of its chip.
SHOWN: dict[str, tuple[str, tuple[Status, ...]]] = {
    ALL: ("Open", OPEN),
    OVERDUE: ("Overdue", AHEAD),
    **{status.value: (STATUS_LABELS[status], (status,)) for status in OPEN if status is not Status.HELD},
    Status.HELD.value: ("To follow up", (Status.HELD,)),
    DONE_KEY: ("Done", DONE),
    Status.CANCELLED.value: (STATUS_LABELS[Status.CANCELLED], (Status.CANCELLED,)),
}
HEADER = (
    "Account", "Segment", "Owner", "Kind", "Status", "Since", "Due", "Takes place", "Looks at", "Until", "Came by",
    "Attendees", "Health", "ARR", "Held", "Score before", "Score after",
)  # fmt: skip
_PLACE = Case(*(When(status=status.value, then=Value(place)) for place, status in enumerate(Status)))
# What a list can be sorted by; reviews that are alike come in the order of their keys.
SORTS: dict[str, Any] = {
    "due": F("due_on"),
    "starts": F("starts_at"),
    "account": F("account__name"),
    "kind": F("kind"),
    "status": _PLACE,
    "health": F("account__health_score"),
    "arr": F("account__arr"),
}


@dataclass(frozen=True)
class ReviewFilter:
    """Which reviews are shown: `shown` is a key of `SHOWN`; those that are due in [since, until), None for no bound.
    `on` is a day on which one takes place or is due, `mine` leaves only those that the user owns."""

    text: str = ""
    shown: str = ALL
    mine: bool = False
    owner_id: int | None = None
    segment_id: int | None = None
    kind: Kind | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    on: dt.date | None = None
    sort: str = "due"
    descending: bool = False

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is left out of all open ones that the user sees."""
        return self != ReviewFilter(sort=self.sort, descending=self.descending)


def matching(user: User, wanted: ReviewFilter, *, of_any_status: bool = False) -> ReviewQuerySet:
    """The reviews that a filter means, of those that the user sees."""
    found = Review.objects.visible_to(user)
    if wanted.text.strip():
        found = found.filter(account__in=Account.objects.matching(wanted.text).values("pk"))
    chosen = {
        "owner": user.pk if wanted.mine else None,
        "owner_id": wanted.owner_id,
        "account__segment": wanted.segment_id,
        "kind": wanted.kind.value if wanted.kind else None,
        "due_on__gte": wanted.since,
        "due_on__lt": wanted.until,
    }
    found = found.filter(**{name: value for name, value in chosen.items() if value is not None})
    if wanted.on is not None:
        found = found.filter(on_day(wanted.on, wanted.on + dt.timedelta(days=1)))
    return found if of_any_status else found.filter(_condition(wanted.shown))


def on_day(first: dt.date, after: dt.date) -> Q:
    """What takes place in the days [first, after) of the workspace; of what has no moment, what is due there."""
    return Q(starts_at__gte=clock.start_of(first), starts_at__lt=clock.start_of(after)) | Q(
        starts_at=None, due_on__gte=first, due_on__lt=after
    )


def counts_of(user: User, wanted: ReviewFilter) -> dict[str, int]:
    """How many reviews each choice of `SHOWN` has under the other filters. One query."""
    late = Count("due_on", filter=Q(due_on__lt=clock.today()))
    found = matching(user, wanted, of_any_status=True).order_by()
    rows = found.values_list("status").annotate(number=Count("*"), late=late)
    number = {status: of_status for status, *of_status in rows}
    return {
        key: sum(number.get(status.value, (0, 0))[key == OVERDUE] for status in statuses)
        for key, (_, statuses) in SHOWN.items()
    }


def listed(user: User, wanted: ReviewFilter) -> QuerySet[Review]:
    """The reviews of the table in their order, with all that a row says: `attendee_count`, `items` of the checklist and
    `items_done` of them."""
    by = SORTS[wanted.sort]
    first = by.desc(nulls_last=True) if wanted.descending else by.asc(nulls_last=True)
    items = ChecklistItem.objects.filter(review=OuterRef("pk"))
    return (
        matching(user, wanted)
        .select_related("account__segment", "owner")
        .annotate(
            attendee_count=_count(Attendee.objects.filter(review=OuterRef("pk"))),
            items=_count(items),
            items_done=_count(items.filter(done_at__isnull=False)),
        )
        .order_by(first, "due_on", "pk")
    )


def export_rows(user: User, wanted: ReviewFilter) -> Iterator[list[Cell]]:
    """Every review of the table, under `HEADER`; memory does not grow with them."""
    for review in listed(user, wanted).iterator(chunk_size=AT_ONCE):
        yield _cells(review)


def _cells(review: Any) -> list[Cell]:
    account = review.account
    return [
        account.name,
        account.segment.name if account.segment else "",
        review.owner.name if review.owner else "",
        review.get_kind_display(),
        review.get_status_display(),
        clock.day_of(review.status_since),
        review.due_on,
        clock.day_of(review.starts_at) if review.starts_at else None,
        review.since,
        review.until,
        review.get_origin_display(),
        review.attendee_count,
        account.health_score,
        account.arr,
        clock.day_of(review.held_at) if review.held_at else None,
        review.score_before,
        review.score_after,
    ]


def _condition(shown: str) -> Q:
    condition = Q(status__in=[status.value for status in SHOWN[shown][1]])
    return condition & Q(due_on__lt=clock.today()) if shown == OVERDUE else condition


def _count(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values("review").annotate(number=Count("*")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
