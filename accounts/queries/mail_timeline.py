"""What e-mails to customers tell in the timeline: what went out, with what came back, and what bounced."""

from django.db.models import Q, Value

from accounts.models import Account, Mail
from accounts.queries.timeline import Rows, entry_rows, joined, label_of
from accounts.registries import TimelineSource, add_timeline_source

MAIL = "E-mail"
PAGE_OF_ONE = "accounts:mail"


def register_mail_timeline() -> None:
    """Adds the sources of the outbox."""
    add_timeline_source(TimelineSource("mail", MAIL, sent_mails, url_name=PAGE_OF_ONE))
    add_timeline_source(TimelineSource("mail_bounced", MAIL, bounced_mails, url_name=PAGE_OF_ONE))


def sent_mails(account: Account) -> Rows:
    """E-mails that went out, when they did."""
    return entry_rows(
        Mail.objects.filter(account=account, state=Mail.State.SENT),
        kind="mail",
        at="sent_at",
        title=joined(Value("E-mail to "), "receiver"),
        detail=joined(
            "subject",
            label_of(
                (Q(replied_at__isnull=False), Value("\nAnswered")),
                (Q(clicked_at__isnull=False), Value("\nOpened, and a link followed")),
                (Q(opened_at__isnull=False), Value("\nOpened")),
            ),
        ),
        by="sender__name",
        tone=label_of((Q(replied_at__isnull=False), Value("t1"))),
    )


def bounced_mails(account: Account) -> Rows:
    """E-mails that came back as undeliverable, when they did."""
    return entry_rows(
        Mail.objects.filter(account=account, bounced_at__isnull=False),
        kind="mail_bounced",
        at="bounced_at",
        title=joined(Value("E-mail to "), "receiver", Value(" came back")),
        detail=joined("address", Value(": "), "subject"),
        tone=Value("t4"),
    )
