"""Where e-mail providers tell what became of e-mails, and hand on what customers answer.

django-anymail knows the formats: `hooks/mail/postmark/tracking/` is what it calls `postmark/tracking/`. Nothing is
taken without the secret of `ANYMAIL_WEBHOOK_SECRET`, and without one there are no such addresses.
"""

import hashlib
import logging
from typing import Any

from anymail.exceptions import AnymailError
from anymail.inbound import AnymailInboundMessage
from anymail.signals import AnymailInboundEvent, AnymailTrackingEvent
from anymail.utils import get_request_basic_auth
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.urls import resolve
from django.utils.crypto import constant_time_compare
from django.utils.html import strip_tags
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.domain.bounce_reports import BounceReport, report_in
from accounts.domain.mail_events import Follows, Reply, Told, follows_from, is_automatic, own_words
from accounts.domain.mail_ids import tokens_in
from accounts.models import MailEvent
from accounts.services.mail_events import take_event, take_reply
from cs_workspace.common import clock

logger = logging.getLogger(__name__)

LARGEST = 50 * 1024 * 1024  # bytes; more than any provider takes for one e-mail with its attachments
LONGEST = 10_000  # characters of a reply that are kept
KINDS = set(MailEvent.Kind.values)
# What providers call a bounce that says nothing of the address; anymail does not keep it apart.
SOFT = {
    "Type": "SoftBounce",  # Postmark
    "event": "soft_bounce",  # Brevo
    "hard_bounce": False,  # Mailjet
}


@require_http_methods(["HEAD", "POST"])
@csrf_exempt
@login_not_required
def hook(request: HttpRequest, route: str) -> HttpResponse:
    """Takes what a provider tells; it tells it again after a fault of ours. What cannot be read is refused as such."""
    secret = settings.ANYMAIL.get("WEBHOOK_SECRET")
    if not secret:
        raise Http404("No provider tells us anything.")
    if request.method == "HEAD":  # some ask whether there is somebody
        return HttpResponse()
    if not constant_time_compare(get_request_basic_auth(request) or "", secret):
        # Amazon sends the secret only after this answer.
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Basic realm="WEBHOOK_SECRET"'})
    try:
        events = _read(request, route)
    except (AnymailError, ImproperlyConfigured, ValueError, LookupError, TypeError, AttributeError) as error:
        logger.warning("What %s told cannot be read: %s", route, error)
        return HttpResponseBadRequest(f"It cannot be read: {error}", content_type="text/plain")
    for event, provider in events:
        if isinstance(event, AnymailTrackingEvent):
            _take_tracking(event, provider)
        elif isinstance(event, AnymailInboundEvent):
            _take_inbound(event, provider)
    return HttpResponse()


def _read(request: HttpRequest, route: str) -> list[tuple[Any, str]]:
    """The events with the name of the provider; raises an error of anymail for a wrong signature."""
    if request.content_type == "application/json":
        # A reply with attachments is larger than forms of people may be, and who sends it is known by the secret.
        request._body = request.read(LARGEST)
    found: Any = resolve(f"/{route}", "anymail.urls").func
    view = found.view_class(**found.view_initkwargs)
    view.setup(request)
    view.run_validators(request)
    return [(event, view.esp_name) for event in view.parse_events(request)]


def _take_tracking(event: AnymailTrackingEvent, provider: str) -> None:
    if event.event_type not in KINDS:  # queued, sent, out of office and the like
        return
    answer = event.mta_response or event.description or ""
    told = Told(
        provider=provider,
        key=_key(
            event.event_type,
            event.event_id,
            event.message_id,
            event.recipient,
            event.timestamp,
            event.click_url,
            answer,
        ),
        kind=event.event_type,
        at=event.timestamp or clock.now(),
        address=_clean(event.recipient),
        tokens=tuple(tokens_in([f"mail-{(event.metadata or {}).get('mail')}@", event.message_id or ""])),
        detail=_clean(answer),
        follows=follows_from(event.event_type, event.reject_reason, answer, is_passing=_is_soft(event)),
    )
    take_event(told)


def _take_inbound(event: AnymailInboundEvent, provider: str) -> None:
    message: AnymailInboundMessage = event.message
    if report := report_in(message):
        _take_report(report, event, provider)
        return
    if _is_automatic(message):
        return
    text = _clean(message.stripped_text or message.text or strip_tags(message.html or ""))
    sender = message.from_email
    told = Told(
        provider=provider,
        key=_key("reply", message["Message-ID"], sender, message["Date"], text),
        kind=MailEvent.Kind.REPLIED,
        at=event.timestamp or message.date or clock.now(),
        address=_clean(getattr(sender, "addr_spec", "")),
        tokens=tuple(tokens_in(_named_in(message))),
        detail=_clean(message.subject),
        follows=Follows.NOTHING,
    )
    take_reply(Reply(told, own_words(text)[:LONGEST]))


def _take_report(report: BounceReport, event: AnymailInboundEvent, provider: str) -> None:
    """A mail server reports what became of an e-mail, by an e-mail."""
    told = Told(
        provider=provider,
        key=_key("report", event.message["Message-ID"], report.kind, report.address, report.returned),
        kind=report.kind,
        at=event.timestamp or event.message.date or clock.now(),
        address=_clean(report.address),
        tokens=tuple(tokens_in([report.returned])),
        detail=_clean(report.answer),
        follows=follows_from(report.kind, None, report.answer),
    )
    take_event(told)


def _named_in(message: AnymailInboundMessage) -> list[str]:
    """Where a reply names what it answers: what it is in reply to, then to whom it went, then all before it."""
    receivers = [address.addr_spec for address in (*message.to, *message.cc)]
    ids = [str(message[name] or "") for name in ("In-Reply-To", "References")]
    return [ids[0], str(message.envelope_recipient or ""), *receivers, ids[1]]


def _is_automatic(message: AnymailInboundMessage) -> bool:
    return is_automatic(
        auto_submitted=str(message["Auto-Submitted"] or ""),
        precedence=str(message["Precedence"] or ""),
        other=[str(message[name] or "") for name in ("X-Autoreply", "X-Autorespond", "X-Autorespond-From")],
    )


def _is_soft(event: AnymailTrackingEvent) -> bool:
    raw = event.esp_event
    if (event.description or "").startswith("Transient"):  # Amazon
        return True
    return isinstance(raw, dict) and any(name in raw and raw[name] == value for name, value in SOFT.items())


def _clean(text: object) -> str:
    """A text without what no database keeps: the zero character, and halves of characters that e-mails may hold."""
    return str(text or "").encode(errors="replace").decode().replace("\0", "")


def _key(*parts: object) -> str:
    """What is told once: not all providers number their events, so that all that makes one up is its number."""
    return hashlib.sha256("\n".join(_clean(part) for part in parts).encode()).hexdigest()
