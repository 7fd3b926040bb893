"""What judgement tells in the timeline: tier moves, alerts, signals, save plans, tickets, answers, events and
advocates."""

import datetime as dt

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import (
    CharField,
    DateTimeField,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    Min,
    OuterRef,
    Q,
    Subquery,
    Value,
)
from django.db.models.functions import Round, Trunc

from accounts.models import Account
from accounts.queries.timeline import Rows, entry_rows, joined, label_of, start_of_day
from accounts.registries import TimelineSource, add_timeline_source
from cs_workspace.common import clock
from health.domain.judgement import PULSE_LABELS
from health.domain.signals import KINDS
from health.models import (
    Alert,
    AlertRule,
    ChurnSignal,
    Event,
    Pulse,
    Snapshot,
    SurveyAnswer,
    Ticket,
    Tier,
    TierOverride,
)
from health.queries.advocacy_timeline import advocates_asked, advocates_named, advocates_used
from health.queries.save_timeline import checkpoints_held, escalations, plans_begun, plans_ended

HEALTH, ALERTS, SIGNALS, TICKETS, SURVEYS = "Health", "Alerts", "Signals", "Tickets", "Surveys"
SAVING, EVENTS, ADVOCACY = "Save plans", "Events", "Advocacy"
EPOCH = dt.date(2000, 1, 1)


def register_timeline() -> None:
    """Adds the sources of judgement; the order is that of the filter chips."""
    for source in (
        TimelineSource("tier", HEALTH, tier_moves, whole_days=True),
        TimelineSource("pulse", HEALTH, pulses),
        TimelineSource("override", HEALTH, overrides),
        TimelineSource("override_end", HEALTH, overrides_ended),
        TimelineSource("alert", ALERTS, alerts, url_name="health:alert"),
        TimelineSource("signal", SIGNALS, signals),
        TimelineSource("save_plan", SAVING, plans_begun, url_name="health:intervention"),
        TimelineSource("save_plan_end", SAVING, plans_ended, url_name="health:intervention"),
        TimelineSource("save_checkpoint", SAVING, checkpoints_held),
        TimelineSource("escalation", SAVING, escalations),
        TimelineSource("ticket", TICKETS, tickets),
        TimelineSource("survey", SURVEYS, survey_answers),
        TimelineSource("event", EVENTS, events_attended, whole_days=True),
        TimelineSource("advocate", ADVOCACY, advocates_named, url_name="health:advocate"),
        TimelineSource("advocacy_ask", ADVOCACY, advocates_asked, whole_days=True),
        TimelineSource("advocacy_use", ADVOCACY, advocates_used, whole_days=True),
    ):
        add_timeline_source(source)


def tier_moves(account: Account) -> Rows:
    """Days on which the account stood in another tier than on the scored day before."""
    label = Tier.objects.filter(version=OuterRef("version"), rank=OuterRef("rank")).values("label")[:1]
    # A look into the index for each day: a window function with a filter upon it cannot be part of a union.
    earlier = Snapshot.objects.filter(account=OuterRef("account"), day__lt=OuterRef("day"), rank__isnull=False)
    before = earlier.order_by("-day").values("rank")[:1]
    moved = (
        Snapshot.objects.filter(account=account, rank__isnull=False)
        .annotate(before=Subquery(before))
        .filter(before__isnull=False)
        .exclude(before=F("rank"))
    )
    return entry_rows(
        moved,
        kind="tier",
        at=start_of_day("day"),
        title=joined(
            label_of((Q(before__gt=F("rank")), Value("Rose to ")), default=Value("Fell to ")),
            Subquery(label),
            Value(" at "),
            Round("score"),
        ),
        tone=joined(Value("t"), "rank"),
        pk=Func(F("day"), Value(EPOCH), template="(%(expressions)s)", arg_joiner=" - ", output_field=IntegerField()),
    )


def pulses(account: Account) -> Rows:
    """Every judgement of a CSM that was not taken back."""
    return entry_rows(
        Pulse.objects.filter(account=account, withdrawn_at=None),
        kind="pulse",
        at="at",
        title=joined(
            Value("Pulse: "), label_of(*((Q(value=one), Value(label)) for one, label in PULSE_LABELS.items()))
        ),
        detail="comment",
        by="by__name",
        tone=label_of((Q(value__lte=1), Value("t4")), (Q(value__gte=3), Value("t1"))),
    )


def overrides(account: Account) -> Rows:
    """Tiers that were overridden, with the reason."""
    last_day = Func(F("until"), Value("FMDD Mon YYYY"), function="to_char", output_field=CharField())
    return entry_rows(
        TierOverride.objects.filter(account=account),
        kind="override",
        at="at",
        title=joined(Value("Tier overridden to "), "label", Value(" until "), last_day),
        detail="reason",
        by="by__name",
        tone=joined(Value("t"), "rank"),
    )


def overrides_ended(account: Account) -> Rows:
    """Overrides that are over: ended early by somebody, or run out."""
    early = Q(ended_by__isnull=False)
    return entry_rows(
        TierOverride.objects.filter(account=account, ended_at__isnull=False),
        kind="override_end",
        at="ended_at",
        title=joined(
            Value("Override to "), "label", label_of((early, Value(" ended early")), default=Value(" ran out"))
        ),
        by="ended_by__name",
    )


def alerts(account: Account) -> Rows:
    """Alerts on the moment on which they were raised."""
    return entry_rows(
        Alert.objects.filter(account=account),
        kind="alert",
        at="opened_at",
        title="title",
        detail=label_of(
            (Q(state=Alert.State.RESOLVED, acted=True), Value("Resolved after an action")),
            (Q(state=Alert.State.RESOLVED), Value("Resolved")),
            (Q(state=Alert.State.ACKNOWLEDGED), Value("Somebody is on it")),
            default=Value("Still open"),
        ),
        tone=label_of(
            (Q(severity=AlertRule.Severity.CRITICAL), Value("t4")), (Q(severity=AlertRule.Severity.HIGH), Value("t3"))
        ),
    )


def signals(account: Account) -> Rows:
    """Churn signals when they were opened, with what was seen and what became of them."""
    kinds = [(Q(kind=kind.key), Value(kind.label)) for kind in KINDS.values()]
    return entry_rows(
        ChurnSignal.objects.filter(account=account),
        kind="signal",
        at="opened_at",
        title=joined(Value("Churn signal: "), label_of(*kinds, default=F("kind"))),
        detail=joined(
            "evidence",
            label_of(
                (Q(state=ChurnSignal.State.CONFIRMED), Value(" · Confirmed")),
                (Q(state=ChurnSignal.State.DISMISSED), joined(Value(" · Dismissed: "), "reason")),
                (Q(state=ChurnSignal.State.RESOLVED), Value(" · Resolved")),
            ),
        ),
        by="opened_by__name",
        tone=label_of(
            (Q(severity=AlertRule.Severity.CRITICAL), Value("t4")), (Q(severity=AlertRule.Severity.HIGH), Value("t3"))
        ),
    )


def tickets(account: Account) -> Rows:
    """Tickets when they were opened, with what became of them."""
    severity = [(Q(severity=value), Value(f"{label} ticket: ")) for value, label in Ticket.Severity.choices]
    hours = ExpressionWrapper(F("closed_at") - F("opened_at"), DateTimeField())
    taken = Func(hours, template="round(extract(epoch FROM %(expressions)s) / 3600)::text", output_field=CharField())
    return entry_rows(
        Ticket.objects.filter(account=account),
        kind="ticket",
        at="opened_at",
        title=joined(label_of(*severity), label_of((Q(subject=""), Value("without a subject")), default=F("subject"))),
        detail=joined(
            label_of((Q(escalated=True), Value("Escalated · "))),
            label_of((Q(closed_at=None), Value("still open")), default=joined(Value("solved in "), taken, Value(" h"))),
            label_of((Q(rating__isnull=False), joined(Value(" · rated "), "rating", Value(" of 5")))),
        ),
        by="contact__name",
        tone=label_of(
            (Q(severity=Ticket.Severity.CRITICAL), Value("t4")), (Q(severity=Ticket.Severity.HIGH), Value("t3"))
        ),
    )


def survey_answers(account: Account) -> Rows:
    """Answers to surveys, with what was written to them."""
    kinds = [(Q(kind=value), Value(label)) for value, label in SurveyAnswer.Kind.choices]
    good = Q(kind=SurveyAnswer.Kind.NPS, score__gte=9) | ~Q(kind=SurveyAnswer.Kind.NPS) & Q(score__gte=4)
    bad = Q(kind=SurveyAnswer.Kind.NPS, score__lte=6) | ~Q(kind=SurveyAnswer.Kind.NPS) & Q(score__lte=2)
    scale = label_of((Q(kind=SurveyAnswer.Kind.NPS), Value(" of 10")), default=Value(" of 5"))
    return entry_rows(
        SurveyAnswer.objects.filter(account=account),
        kind="survey",
        at="at",
        title=joined(label_of(*kinds), Value(" answer "), "score", scale),
        detail="comment",
        by="contact__name",
        tone=label_of((good, Value("t1")), (bad, Value("t4"))),
    )


def events_attended(account: Account) -> Rows:
    """Webinars and other events on their day, each once however many came, with who did; none that is to come."""
    came = Event.objects.filter(account=account, kind=Event.Kind.ATTENDED, at__lte=clock.now())
    day = Trunc("at", "day", tzinfo=clock.workspace_zone(), output_field=DateTimeField())
    return entry_rows(
        came.order_by().annotate(day=day).values("name", "day"),
        kind="event",
        at="day",
        title=joined(Value("Came to "), "name"),
        detail=StringAgg("contact__name", delimiter=", ", distinct=True),
        pk=Min("pk"),
    )
