"""What onboardings tell in the timeline: begun, milestones reached, what endangered them, and how they ended."""

from django.db.models import Q, Value

from accounts.domain.onboarding_risks import HIGH, RULES
from accounts.models import Account, Onboarding, OnboardingRisk, OnboardingStep
from accounts.queries.timeline import Rows, entry_rows, joined, label_of
from accounts.registries import TimelineSource, add_timeline_source

GROUP = "Onboarding"
ABOUT = label_of((~Q(about=""), joined(Value(" of "), "about")))


def register_onboarding_timeline() -> None:
    """Adds the sources; they share one filter chip."""
    for key, entries in (
        ("onboarding", begun),
        ("onboarding_step", milestones),
        ("onboarding_risk", risks),
        ("onboarding_end", ended),
    ):
        add_timeline_source(TimelineSource(key, GROUP, entries))


def begun(account: Account) -> Rows:
    """When one began, by hand or by itself."""
    return entry_rows(
        Onboarding.objects.filter(account=account),
        kind="onboarding",
        at="created_at",
        title=joined(Value("Onboarding"), ABOUT, Value(" began")),
        detail="template__name",
        by="started_by__name",
    )


def milestones(account: Account) -> Rows:
    """Milestones and the first value, when they were reached, with what showed it."""
    steps = OnboardingStep.objects.filter(onboarding__account=account, state=OnboardingStep.State.DONE)
    return entry_rows(
        steps.filter(Q(longest_on__isnull=False) | Q(is_first_value=True)),
        kind="onboarding_step",
        at="closed_at",
        title=joined(label_of((Q(is_first_value=True), Value("First value: ")), default=Value("Reached: ")), "title"),
        detail=label_of((Q(by_customer=True), Value("Ticked by the customer")), default="evidence"),
        by="by__name",
        tone=label_of((Q(is_first_value=True), Value("t1"))),
    )


def risks(account: Account) -> Rows:
    """What endangered one, from when on."""
    return entry_rows(
        OnboardingRisk.objects.filter(onboarding__account=account),
        kind="onboarding_risk",
        at="opened_at",
        title=joined(
            Value("Onboarding endangered: "),
            label_of(*((Q(kind=risk.value), Value(rule.label)) for risk, rule in RULES.items())),
        ),
        detail="evidence",
        tone=label_of((Q(severity__lte=HIGH), Value("t4")), default=Value("t3")),
    )


def ended(account: Account) -> Rows:
    """When one was completed or given up."""
    completed = Q(state=Onboarding.State.COMPLETED)
    return entry_rows(
        Onboarding.objects.filter(account=account, ended_at__isnull=False),
        kind="onboarding_end",
        at="ended_at",
        title=joined(
            Value("Onboarding"),
            ABOUT,
            label_of((completed, Value(" completed")), default=Value(" given up")),
        ),
        detail="end_reason",
        by="ended_by__name",
        tone=label_of((completed, Value("t1"))),
    )
