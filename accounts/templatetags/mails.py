"""How an e-mail to a customer stands, and what can be done with it."""

from dataclasses import dataclass
from textwrap import shorten
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.domain.approving_mail import Standing, Verb, verbs_for
from accounts.models import Mail
from cs_workspace.common.markdown import plain_lines

register = template.Library()

GIST = 140
LABELS = {
    Verb.APPROVE: "Approve",
    Verb.CANCEL: "Cancel",
    Verb.SEND_AGAIN: "Send again",
    Verb.COUNT_AS_SENT: "Count as sent",
}
# By what is known of one that went out, the strongest first: field, words, tone.
REACTED = (
    ("replied_at", "Answered", "t1"),
    ("bounced_at", "Bounced", "t4"),
    ("clicked_at", "Clicked", "t0"),
    ("opened_at", "Opened", "t0"),
    ("delivered_at", "Delivered", "t0"),
)
MARKS = {
    Standing.DRAFT: ("Draft", "t0"),
    Standing.QUEUED: ("Waits", "t0"),
    Standing.SENDING: ("Being sent", "t0"),
    Standing.UNCLEAR: ("Unclear", "t3"),
    Standing.SENT: ("Sent", "t0"),
    Standing.FAILED: ("Refused", "t4"),
    Standing.CANCELLED: ("Cancelled", "t0"),
    Standing.WITHHELD: ("Kept back", "t2"),
}


@dataclass(frozen=True)
class Act:
    """A button: its label, the address that it posts to, and whether it is what one comes for."""

    label: str
    url: str
    is_main: bool


@register.filter
def mail_verb(verb: Verb) -> str:
    """What a button for it says."""
    return LABELS[verb]


@register.filter
def mail_acts(mail: Mail) -> list[Act]:
    """What can be done with an e-mail, at the version that is shown."""
    query = urlencode({"mail": f"{mail.pk}-{mail.version}"})
    return [
        Act(
            LABELS[verb],
            f"{reverse('accounts:mails-handle', args=[verb])}?{query}",
            verb in (Verb.APPROVE, Verb.SEND_AGAIN),
        )
        for verb in verbs_for(mail.standing)
    ]


@register.filter
def mail_gist(mail: Mail) -> str:
    """What an e-mail is about, in one line of plain text: it begins after the greeting."""
    lines = [line.text for line in plain_lines(mail.text)]
    greets = len(lines) > 1 and lines[0].endswith(",")
    return shorten(" ".join(lines[1:] if greets else lines), width=GIST, placeholder=" …")


@register.simple_tag
def mail_mark(mail: Mail) -> SafeString:
    """How an e-mail stands, and for one that went out what came of it, as a chip."""
    words, tone = MARKS[mail.standing]
    if mail.standing is Standing.SENT:
        words, tone = next(((said, css) for name, said, css in REACTED if getattr(mail, name)), (words, tone))
    return format_html('<span class="tier {}">{}</span>', tone, words)
