"""The outbox as pages show it: its rows, its counts, one e-mail as it will look, and what became of it."""

import copy
import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.core.paginator import Paginator
from django.db.models import Count, Q, Subquery, Window
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404

from accounts.domain.approving_mail import GRACE, Standing
from accounts.domain.letters import kept_back
from accounts.models import Account, Mail, MailRules, Suppression, User
from accounts.models.mail import MailQuerySet, is_unclear, is_undecided
from accounts.queries.receivers import receiver_of
from cs_workspace.common import clock

PAGE, SHORT = 25, 5
DRAFTS, UNDECIDED, WAITING, SENT, UNSENT = "drafts", "undecided", "waiting", "sent", "unsent"
GROUPS: Mapping[str, str] = {
    DRAFTS: "To approve",
    UNDECIDED: "To decide",
    WAITING: "Waiting",
    SENT: "Sent",
    UNSENT: "Not sent",
}
REACTIONS: Mapping[str, str] = {
    "replied": "Answered",
    "opened": "Opened",
    "silent": "Not answered",
    "bounced": "Bounced",
}


@dataclass(frozen=True)
class MailFilter:
    """What the outbox shows. `mine`: only what the user signs, and what nobody signs on accounts that they own."""

    group: str = DRAFTS
    text: str = ""
    cause: str = ""
    reaction: str = ""
    mine: bool = True

    @property
    def is_narrow(self) -> bool:
        """Whether more than the group and the scope is asked for."""
        return bool(self.text or self.cause or self.reaction)


@dataclass(frozen=True)
class Happened:
    """Something that became of an e-mail, when, by whom (empty for nobody), and what was said with it."""

    at: dt.datetime
    label: str
    by: str = ""
    detail: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Ahead:
    """What is to be known before an e-mail goes out: why it would be kept back, and when it goes at the earliest.

    `is_quiet` says that it waits for the end of the quiet where the receiver is; `local` says what time it is there.
    """

    kept_back: str
    goes_at: dt.datetime
    is_quiet: bool
    local: str


def outbox(user: User, wanted: MailFilter) -> MailQuerySet:
    """The e-mails to show: what is still to go out by when it does, the rest newest first."""
    order = ["due_at", "pk"] if wanted.group in (DRAFTS, UNDECIDED, WAITING) else ["-due_at", "-pk"]
    return (
        _matching(user, wanted)
        .filter(_condition(wanted.group, clock.now()))
        .select_related("account", "sender", "enrolment__sequence")
        .order_by(*order)
    )


def outbox_counts(user: User, wanted: MailFilter) -> dict[str, int]:
    """How many e-mails each group holds under the other filters. One query."""
    matching = _matching(user, wanted).order_by()
    # What is unclear is told by more than the state, and there is little of it.
    unclear = matching.unclear(now=clock.now()).values("state").annotate(number=Count("*")).values("number")
    rows = list(matching.values_list("state").annotate(number=Count("*"), unclear=Coalesce(Subquery(unclear), 0)))
    of_state = Counter({state: number for state, number, _ in rows})
    undecided = rows[0][2] if rows else 0
    state = Mail.State
    return {
        DRAFTS: of_state[state.DRAFT],
        UNDECIDED: of_state[state.FAILED] + undecided,
        WAITING: of_state[state.QUEUED] + of_state[state.SENDING] - undecided,
        SENT: of_state[state.SENT],
        UNSENT: of_state[state.CANCELLED] + of_state[state.WITHHELD],
    }


def get_mail_for(user: User, pk: int) -> Mail:
    """The e-mail if the user sees its account; otherwise 404, as if there were none. One query."""
    mails = Mail.objects.visible_to(user).select_related(
        "account__owner", "contact", "sender", "approved_by", "enrolment__sequence", "step"
    )
    return get_object_or_404(mails, pk=pk)


def looked_at(mail: Mail) -> Mail:
    """A copy that stands for what the receiver will read, and not for the e-mail itself: whoever only looks at it
    must not find the link that unsubscribes the receiver."""
    seen = copy.copy(mail)
    seen._state.adding = True
    return seen


def html_of(message: EmailMultiAlternatives) -> str:
    """The HTML of an e-mail."""
    content, _kind = message.alternatives[0]
    return str(content)


def ahead_of(mail: Mail) -> Ahead | None:
    """What is to be known before it goes out; None for one that does not wait. At most two queries."""
    if not mail.is_open:
        return None
    now = clock.now()
    goes_at = max(mail.due_at, now + GRACE) if mail.state == Mail.State.DRAFT else max(mail.due_at, now)
    quiet_until = MailRules.current().quiet_hours(mail.zone).until(goes_at)
    return Ahead(
        kept_back=_refusal(mail),
        goes_at=quiet_until or goes_at,
        is_quiet=quiet_until is not None,
        local=f"{now.astimezone(mail.zone):%a %H:%M}",
    )


def course_of(mail: Mail) -> Sequence[Happened]:
    """What became of an e-mail so far, oldest first. One query."""
    told = [
        Happened(event.at, event.get_kind_display(), detail=event.detail, tone=_TONES.get(event.kind, ""))
        for event in mail.events.order_by("at", "pk")
    ]
    known = [Happened(mail.created_at, "Written by itself" if mail.by_itself else "Written")]
    if mail.approved_at:
        known.append(Happened(mail.approved_at, "Approved", by=mail.approved_by.name if mail.approved_by else ""))
    if mail.claimed_at and mail.standing in (Standing.UNCLEAR, Standing.FAILED):
        label = "Nobody knows whether it went out" if mail.standing is Standing.UNCLEAR else "Refused"
        known.append(Happened(mail.claimed_at, label, detail=mail.error, tone="t4"))
    if mail.sent_at:
        known.append(Happened(mail.sent_at, "Sent", tone="t1"))
    if mail.replied_at and not any(one.label == "Replied" for one in told):
        known.append(Happened(mail.replied_at, "Replied", tone="t1"))
    if mail.state in (Mail.State.CANCELLED, Mail.State.WITHHELD):
        known.append(Happened(mail.updated_at, mail.get_state_display(), detail=mail.because))
    return sorted([*known, *told], key=lambda one: one.at)


def mails_panel(account: Account, user: User, *, page: str | None = None) -> dict[str, Any]:
    """The e-mails with an account, newest first, for templates; `page` asks for a page of the long form."""
    mails = Mail.objects.visible_to(user).filter(account=account).select_related("sender").order_by("-due_at", "-pk")
    if page is not None:
        current = Paginator(mails, PAGE).get_page(page)
        return {"rows": list(current), "total": current.paginator.count, "page": current}
    rows = list(mails.annotate(total=Window(Count("pk")))[:SHORT])
    return {"rows": rows, "total": rows[0].total if rows else 0, "page": None}  # type: ignore[attr-defined]


def _matching(user: User, wanted: MailFilter) -> MailQuerySet:
    """All groups under the other filters."""
    mails = Mail.objects.visible_to(user)
    if wanted.mine:
        mails = mails.signed_by(user)
    if wanted.cause:
        mails = mails.filter(cause=wanted.cause)
    if wanted.reaction:
        mails = mails.filter(_REACTED[wanted.reaction])
    if wanted.text:
        names = ("subject", "receiver", "address", "account__name")
        found = Q()
        for name in names:
            found |= Q(**{f"{name}__icontains": wanted.text})
        mails = mails.filter(found)
    return mails


def _condition(group: str, now: dt.datetime) -> Q:
    state = Mail.State
    match group:
        case "drafts":
            return Q(state=state.DRAFT)
        case "undecided":
            return is_undecided(now)
        case "waiting":
            return Q(state=state.QUEUED) | (Q(state=state.SENDING) & ~is_unclear(now))
        case "sent":
            return Q(state=state.SENT)
        case _:
            return Q(state__in=(state.CANCELLED, state.WITHHELD))


def _refusal(mail: Mail) -> str:
    if mail.contact is None:
        return "This person is not known any more."
    is_suppressed = Suppression.objects.covering(mail.contact.email).exists()
    return kept_back(receiver_of(mail.contact, is_suppressed=is_suppressed))


_REACTED: Mapping[str, Q] = {
    "replied": Q(replied_at__isnull=False),
    "opened": Q(opened_at__isnull=False),
    "silent": Q(state="sent", replied_at=None, bounced_at=None),
    "bounced": Q(bounced_at__isnull=False),
}
_TONES: Mapping[str, str] = {
    "bounced": "t4",
    "complained": "t4",
    "rejected": "t4",
    "unsubscribed": "t4",
    "replied": "t1",
}
