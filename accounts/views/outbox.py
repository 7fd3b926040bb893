"""The outbox: what waits to be approved, decided on and sent, what went out, and what people do about it."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.domain.approving_mail import Verb
from accounts.forms.outbox import MailFilterForm
from accounts.http import UserRequest
from accounts.models import Mail
from accounts.queries.outbox import DRAFTS, GROUPS, PAGE, UNDECIDED, WAITING, outbox_counts
from accounts.queries.outbox import outbox as listed
from accounts.services.approving_mail import Decided, decide, take_back
from cs_workspace.common.access import changes
from cs_workspace.common.answers import answer
from cs_workspace.common.fragments import render_page
from cs_workspace.common.paging import CountedPaginator
from cs_workspace.common.refusals import RefusedError
from cs_workspace.common.toasts import refuse, toast

MOST_AT_ONCE = 500
EVENTS = ("mailsChanged", "timelineChanged", "countsChanged")
# What can be done with those that are ticked, by the group that is shown.
TICKS = {
    DRAFTS: (Verb.APPROVE, Verb.CANCEL),
    UNDECIDED: (Verb.SEND_AGAIN, Verb.COUNT_AS_SENT, Verb.CANCEL),
    WAITING: (Verb.CANCEL,),
}
DONE = {
    Verb.APPROVE: "Approved, goes out in a minute",
    Verb.CANCEL: "Cancelled",
    Verb.SEND_AGAIN: "Goes out again in a minute",
    Verb.COUNT_AS_SENT: "Counts as sent",
}


@require_safe
def outbox(request: UserRequest) -> HttpResponse:
    """E-mails to customers: first those that wait for the user to approve them."""
    form = MailFilterForm(request.GET)
    form.is_valid()
    wanted = form.wanted()
    counts = outbox_counts(request.user, wanted)
    rows = listed(request.user, wanted)
    context = {
        "form": form,
        "wanted": wanted,
        "page": CountedPaginator(rows, PAGE, count=counts[wanted.group]).get_page(request.GET.get("page")),
        "groups": [(key, label, counts[key]) for key, label in GROUPS.items()],
        "ticks": TICKS.get(wanted.group, ()),
        "goes_to_files": settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"),
    }
    return render_page(request, "accounts/outbox.html", context, partial="rows")


@require_POST
@changes
def handle(request: UserRequest, verb: str) -> HttpResponse:
    """Approves, cancels, sends again or counts as sent: one e-mail that the address names, or those that are ticked."""
    if verb not in list(Verb):
        raise Http404("That cannot be done with e-mails.")
    try:
        decided = decide(by=request.user, verb=Verb(verb), versions=_chosen(request))
    except RefusedError as refused:
        return _refused(request, str(refused))
    toast(request, _in_words(Verb(verb), decided), undo=undo_url(decided.mails))
    return answer(request, *EVENTS, to="accounts:outbox")


@require_POST
@changes
def undo(request: UserRequest) -> HttpResponse:
    """Takes back what was done with e-mails, unless they have gone out or were changed since (409)."""
    try:
        back = take_back(by=request.user, versions=_chosen(request))
    except RefusedError as refused:
        return _refused(request, str(refused))
    toast(request, f"As before · {_what(back)}")
    return answer(request, *EVENTS, to="accounts:outbox")


def undo_url(changed: list[Mail]) -> str:
    """The address that takes a change of e-mails back."""
    return f"{reverse('accounts:mails-undo')}?{urlencode([('mail', f'{mail.pk}-{mail.version}') for mail in changed])}"


def _chosen(request: UserRequest) -> Mapping[int, int]:
    """The versions by key, as the address names them, or else the form; one that the user may not see is a 404."""
    named = request.GET.getlist("mail") or request.POST.getlist("mail")
    parts = [one.split("-") for one in named[:MOST_AT_ONCE]]
    if not parts or not all(len(part) == 2 and all(map(_is_key, part)) for part in parts):
        raise Http404("There is no such e-mail.")
    versions = {int(pk): int(version) for pk, version in parts}
    if Mail.objects.visible_to(request.user).filter(pk__in=versions).count() < len(versions):
        raise Http404("There is no such e-mail.")
    return versions


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19


def _refused(request: UserRequest, reason: str) -> HttpResponse:
    refuse(request, reason)
    response = answer(request, *EVENTS, to="accounts:outbox")
    if request.htmx:
        response.status_code = 409
    return response


def _in_words(verb: Verb, decided: Decided) -> str:
    left_out = f" ({len(decided.left_out)} left out: {decided.left_out[0]})" if decided.left_out else ""
    return f"{DONE[verb]} · {_what(decided.mails)}{left_out}"


def _what(mails: list[Mail]) -> str:
    return f"“{mails[0].subject}” to {mails[0].receiver}" if len(mails) == 1 else f"{len(mails)} e-mails"
