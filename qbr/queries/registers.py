"""What reviews add to the pages of the ground: entries of the timeline, the panel of an account, causes of tasks."""

from django.db.models import Q, Value
from django.urls import reverse

from accounts.models import Account
from accounts.queries.timeline import Rows, entry_rows, joined, label_of
from accounts.registries import (
    PaletteItem,
    Panel,
    TaskCause,
    TimelineSource,
    add_palette_item,
    add_panel,
    add_task_cause,
    add_timeline_source,
)
from qbr.models import Review
from qbr.queries.account_panel import beside_reviews, reviews_shown

REVIEWS = "Reviews"
KIND = label_of(*((Q(kind=value), Value(label)) for value, label in Review.Kind.choices))


def register_reviews() -> None:
    """Fills the registries; called once, when the app is ready."""
    add_panel(Panel("reviews", "side", 6, "qbr/_account_panel.html", reviews_shown, beside_reviews))
    add_timeline_source(TimelineSource("review", REVIEWS, begun, url_name="qbr:review"))
    add_timeline_source(TimelineSource("review_end", REVIEWS, over, url_name="qbr:review"))
    add_task_cause(TaskCause("review", "Review", lambda _task, key: reverse("qbr:review", args=[key])))
    add_palette_item(PaletteItem("Reviews", "qbr:reviews", keywords="business reviews QBR due scheduled", keys="g v"))
    add_palette_item(
        PaletteItem("Measures of reviews", "qbr:measures", keywords="reports done against due satisfaction QBR")
    )
    add_palette_item(PaletteItem("Reviews calendar", "qbr:calendar", keywords="business reviews month QBR meetings"))


def begun(account: Account) -> Rows:
    """When a review appeared, and what it came by. That it was held its touch tells."""
    return entry_rows(
        Review.objects.filter(account=account),
        kind="review",
        at="created_at",
        title=joined(KIND, label_of((Q(origin="request"), Value(" asked for")), default=Value(" came in sight"))),
        detail=label_of(
            (Q(origin="request"), "reason"),
            *((Q(origin=value), Value(label)) for value, label in Review.Origin.choices if value != "request"),
        ),
    )


def over(account: Account) -> Rows:
    """Reviews that were followed up or cancelled."""
    is_cancelled = Q(status=Review.Status.CANCELLED)
    return entry_rows(
        Review.objects.filter(is_cancelled | Q(status=Review.Status.FOLLOWED_UP), account=account),
        kind="review_end",
        at="status_since",
        title=joined(KIND, label_of((is_cancelled, Value(" cancelled")), default=Value(" followed up"))),
        detail=label_of((is_cancelled, "cancelled_reason")),
        tone=label_of((is_cancelled, Value("t4")), default=Value("t1")),
    )
