"""What advocates tell in the timeline: who was named, what they were asked, and what they did."""

from django.db.models import Case, Q, Value

from accounts.models import Account
from accounts.queries.timeline import Rows, entry_rows, joined, label_of, start_of_day
from health.domain.advocacy import AskState
from health.models import AdvocacyAsk, Advocate
from health.models.advocacy import KINDS


def advocates_named(account: Account) -> Rows:
    """People who were named as advocates, with what they can speak of."""
    return entry_rows(
        Advocate.objects.filter(account=account),
        kind="advocate",
        at="named_at",
        title=joined(Value("Advocate named: "), "contact__name", Value(", "), _kind("kind")),
        detail="note",
        by="named_by__name",
        tone=Value("t1"),
    )


def advocates_asked(account: Account) -> Rows:
    """What advocates were asked for, and how far it has come; why, of what was declined."""
    states = [(Q(state=state), Value(f" · {label}")) for state, label in AdvocacyAsk.State.choices]
    return entry_rows(
        AdvocacyAsk.objects.counting().filter(advocate__account=account),
        kind="advocacy_ask",
        at=start_of_day("asked_on"),
        title=joined(Value("Asked "), "advocate__contact__name", Value(": "), _kind("advocate__kind")),
        detail=joined(
            "about",
            label_of(*states),
            label_of((Q(state=AskState.DECLINED) & ~Q(outcome=""), joined(Value(": "), "outcome"))),
        ),
        by="asked_by__name",
    )


def advocates_used(account: Account) -> Rows:
    """What advocates did for us, with what came of it."""
    return entry_rows(
        AdvocacyAsk.objects.filter(advocate__account=account, used_on__isnull=False),
        kind="advocacy_use",
        at=start_of_day("used_on"),
        title=joined(Value("Spoke for us: "), "advocate__contact__name", Value(", "), _kind("advocate__kind")),
        detail=joined("about", label_of((~Q(outcome=""), joined(Value(" · "), "outcome")))),
        tone=Value("t1"),
    )


def _kind(field: str) -> Case:
    return label_of(*((Q(**{field: kind}), Value(label.lower())) for kind, label in KINDS))
