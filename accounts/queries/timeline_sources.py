"""What the ground tells in the timeline: touches, notes, finished tasks, contracts, invoices and people."""

from django.db.models import F, Q, Value

from accounts.models import Account, Contact, Contract, Invoice, Note, Task, Touch
from accounts.queries.timeline import Rows, entry_rows, joined, label_of, start_of_day
from accounts.registries import TimelineSource, add_timeline_source
from cs_workspace.common import clock

TOUCHES, NOTES, TASKS, PEOPLE, MONEY = "Touches", "Notes", "Tasks", "People", "Money"


def register_timeline() -> None:
    """Adds the sources of the ground; the order is that of the filter chips."""
    for source in (
        TimelineSource("touch", TOUCHES, touches),
        TimelineSource("note", NOTES, notes, markdown=True),
        TimelineSource("task", TASKS, finished_tasks),
        TimelineSource("left", PEOPLE, departures, whole_days=True),
        TimelineSource("unsubscribed", PEOPLE, unsubscriptions),
        TimelineSource("contract", MONEY, contracts_begun, whole_days=True),
        TimelineSource("contract_end", MONEY, contracts_over, whole_days=True),
        TimelineSource("invoice", MONEY, overdue_invoices, whole_days=True),
        TimelineSource("payment", MONEY, late_payments, whole_days=True),
    ):
        add_timeline_source(source)


def touches(account: Account) -> Rows:
    """Every touch, with how it went in its title."""
    return entry_rows(
        Touch.objects.kept().filter(account=account),
        kind="touch",
        at="at",
        title=label_of(
            (Q(attended=False), joined(label_of(*_labels("kind", Touch.Kind)), Value(" missed by the customer"))),
            (Q(kind=Touch.Kind.EMAIL, direction="in"), Value("E-mail from the customer")),
            (Q(kind=Touch.Kind.EMAIL, answered_at__isnull=False), Value("E-mail sent and answered")),
            (Q(kind=Touch.Kind.EMAIL), Value("E-mail sent")),
            *_labels("kind", Touch.Kind),
        ),
        detail=joined(
            "summary",
            label_of((~Q(next_step=""), joined(Value("\nNext step: "), "next_step"))),
        ),
        by="by__name",
        tone=label_of(
            (Q(attended=False) | Q(sentiment=Contact.Sentiment.NEGATIVE), Value("t4")),
            (Q(sentiment=Contact.Sentiment.POSITIVE), Value("t1")),
        ),
    )


def notes(account: Account) -> Rows:
    """Notes as they were written."""
    return entry_rows(
        Note.objects.filter(account=account, archived_at=None),
        kind="note",
        at="at",
        title=label_of(*((Q(template=value), Value(label)) for value, label in Note.Template.choices if value),
                       default=Value("Note")),
        detail="body",
        by="by__name",
    )  # fmt: skip


def finished_tasks(account: Account) -> Rows:
    """Tasks that were done, with what came of them."""
    return entry_rows(
        Task.objects.filter(account=account, status=Task.Status.DONE),
        kind="task",
        at="done_at",
        title=joined(Value("Done: "), "title"),
        detail="outcome",
        by="done_by__name",
    )


def departures(account: Account) -> Rows:
    """Contacts who left, with where to and who follows where that is known."""
    roles = [
        (Q(roles__contains=[role]), Value(f" ({role.label.lower()})"))
        for role in (*Contact.KEY_ROLES, Contact.Role.TECHNICAL_LEAD)
    ]
    return entry_rows(
        Contact.objects.filter(account=account, archived_at=None, left_on__isnull=False),
        kind="left",
        at=start_of_day("left_on"),
        title=joined("name", label_of(*roles), Value(" left or changed job")),
        detail=joined(
            "title",
            label_of((~Q(left_to=""), joined(Value("\nWent to "), "left_to"))),
            label_of((Q(successor__isnull=False), joined(Value("\nFollowed by "), "successor__name"))),
        ),
        tone=label_of((Q(roles__overlap=Contact.KEY_ROLES), Value("t4"))),
    )


def unsubscriptions(account: Account) -> Rows:
    """Contacts who want no more e-mail."""
    return entry_rows(
        Contact.objects.filter(account=account, archived_at=None, unsubscribed_at__isnull=False),
        kind="unsubscribed",
        at="unsubscribed_at",
        title=joined("name", Value(" unsubscribed from e-mail")),
        detail="title",
        tone=label_of((Q(roles__overlap=Contact.KEY_ROLES), Value("t4"))),
    )


def contracts_begun(account: Account) -> Rows:
    """Contracts on the day on which they began."""
    return entry_rows(
        Contract.objects.filter(account=account).exclude(status=Contract.Status.DRAFT),
        kind="contract",
        at=start_of_day("start"),
        title=joined(Value("Contract "), "number", Value(" began")),
        tone=Value("t1"),
    )


def contracts_over(account: Account) -> Rows:
    """Contracts on the first day without them."""
    return entry_rows(
        Contract.objects.filter(account=account, end__lte=clock.today()).exclude(status=Contract.Status.DRAFT),
        kind="contract_end",
        at=start_of_day("end"),
        title=joined(
            Value("Contract "),
            "number",
            label_of(
                (Q(status=Contract.Status.CANCELLED), Value(" ended after it was cancelled")), default=Value(" ended")
            ),
        ),
        tone=label_of((Q(status=Contract.Status.CANCELLED), Value("t4"))),
    )


def overdue_invoices(account: Account) -> Rows:
    """Open invoices on the day on which they were due."""
    return entry_rows(
        Invoice.objects.filter(account=account, status=Invoice.Status.OPEN, due_on__lt=clock.today()),
        kind="invoice",
        at=start_of_day("due_on"),
        title=joined(Value("Invoice "), "number", Value(" was due and is not paid")),
        tone=Value("t4"),
    )


def late_payments(account: Account) -> Rows:
    """Invoices that were paid after they were due."""
    return entry_rows(
        Invoice.objects.filter(account=account, status=Invoice.Status.PAID, paid_on__gt=F("due_on")),
        kind="payment",
        at=start_of_day("paid_on"),
        title=joined(Value("Invoice "), "number", Value(" was paid late")),
        tone=Value("t3"),
    )


def _labels(field: str, choices: type) -> list[tuple[Q, Value]]:
    return [(Q(**{field: value}), Value(label)) for value, label in choices.choices]  # type: ignore[attr-defined]
