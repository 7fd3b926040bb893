"""What success plans tell in the timeline: values of objectives, milestones, reviews, and what it was worth."""

from django.db.models import DecimalField, F, Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast

from accounts.models import Account, MeasuredValue, Milestone, PlanReview, RoiRecord
from accounts.queries.timeline import Rows, entry_rows, joined, label_of, start_of_day
from accounts.registries import TimelineSource, add_timeline_source

PLAN = "Success plan"


def register_plan_timeline() -> None:
    """Adds the sources of success plans."""
    for source in (
        TimelineSource("plan_value", PLAN, measured_values, whole_days=True),
        TimelineSource("plan_milestone", PLAN, milestones_done, whole_days=True),
        TimelineSource("plan_review", PLAN, reviews, whole_days=True),
        TimelineSource("plan_roi", PLAN, roi_records, whole_days=True),
    ):
        add_timeline_source(source)


def measured_values(account: Account) -> Rows:
    """Values of objectives; those that meet the target say so."""
    target = F("objective__target")
    upward = Q(objective__target__gt=F("objective__baseline"))
    met = upward & Q(value__gte=target) | ~upward & Q(value__lte=target)
    return entry_rows(
        MeasuredValue.objects.kept().filter(
            objective__plan__account=account, objective__archived_at=None, objective__plan__archived_at=None
        ),
        kind="plan_value",
        at=start_of_day("on"),
        title=joined(label_of((met, Value("Objective achieved: ")), default=Value("Objective measured: ")),
                     "objective__title"),
        detail=joined("objective__measure", Value(": "), _plain("value"), Value(" "), "objective__unit"),
        by="by__name",
        tone=label_of((met, Value("t1"))),
    )  # fmt: skip


def milestones_done(account: Account) -> Rows:
    """Milestones on the day on which they were done."""
    return entry_rows(
        _kept(Milestone.objects.filter(done_on__isnull=False), account),
        kind="plan_milestone",
        at=start_of_day("done_on"),
        title=joined(Value("Milestone done: "), "title"),
        tone=Value("t1"),
    )


def reviews(account: Account) -> Rows:
    """Reviews of the plan."""
    return entry_rows(
        _kept(PlanReview.objects.all(), account),
        kind="plan_review",
        at=start_of_day("on"),
        title=Value("Review of the success plan"),
        detail="summary",
        by="by__name",
    )


def roi_records(account: Account) -> Rows:
    """What the product was worth, and who confirmed it."""
    return entry_rows(
        _kept(RoiRecord.objects.all(), account),
        kind="plan_roi",
        at=start_of_day("on"),
        title=joined(
            label_of((Q(kind=RoiRecord.Kind.GAIN), Value("Gain")), default=Value("Saving")),
            Value(" recorded: "),
            "currency",
            Value(" "),
            _plain("amount"),
        ),
        detail=joined(
            "method", label_of((Q(confirmed_by__isnull=False), joined(Value(". Confirmed by "), "confirmed_by__name")))
        ),
        tone=Value("t1"),
    )


def _kept(parts: QuerySet, account: Account) -> QuerySet:
    return parts.filter(plan__account=account, plan__archived_at=None, archived_at=None)


def _plain(field: str) -> Cast:
    """A number without the zeros that say nothing."""
    return Cast(Func(F(field), function="trim_scale", output_field=DecimalField()), TextField())
