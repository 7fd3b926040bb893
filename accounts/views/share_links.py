"""What pages about links that customers open without a login have in common, ours and theirs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.forms.fields import DialogForm
from accounts.http import UserRequest
from accounts.models.share_link import ShareLink
from accounts.queries.share_links import get_link_for, is_live, link_of, live_link_to, url_of
from accounts.services.share_links import count_view, revoke_link
from accounts.views.dialogs import Dialog, attempt, show
from cs_workspace.common.answers import answer
from cs_workspace.common.http import HtmxRequest
from cs_workspace.common.toasts import toast

L = TypeVar("L", bound=ShareLink)

# Digits of a number that is too large for a key.
LONGEST_KEY = 19

# For the eyes of whoever holds the link: no search engine keeps it, no cache, and no other site learns of its address.
# Ours must: a form that is sent without any origin is refused.
HEADERS = {
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "no-store, private",
    "Referrer-Policy": "same-origin",
}


@dataclass(frozen=True)
class Subject:
    """What links of a kind open, in the words of their pages: what it is called, what one `does` with it, what one
    `sees` of it; the names of our page of it and of the address that revokes a link, and the event of its change.

    `home_key` names what the address of our page holds: the key of the account, or of the record itself.
    """

    kind: type[ShareLink]
    noun: str
    does: str
    sees: str
    home: str
    revoke: str
    event: str
    home_key: str = "account_id"

    def home_of(self, record: Any) -> str:
        """The address of our page of a record."""
        return reverse(self.home, args=[getattr(record, self.home_key)])


def share_dialog(
    request: UserRequest, subject: Subject, record: Any, form: DialogForm, make: Callable[[], Any]
) -> HttpResponse:
    """The link with its views, or how long a new one shall last; by POST it is made."""
    if request.method != "POST":
        return _dialog(request, subject, record, form)
    made, status = attempt(request, form, make)
    if made:
        toast(request, "The link is made. Copy it and send it to the customer.")
    response = _dialog(request, subject, record, form, status=status)
    response["HX-Trigger"] = subject.event
    return response


def revoke(request: UserRequest, subject: Subject, pk: int) -> HttpResponse:
    """Lets a link open nothing any more."""
    link = get_link_for(subject.kind, request.user, pk)
    revoke_link(by=request.user, link=link)
    toast(request, "The link opens nothing any more")
    record = getattr(link, link.OF)
    return answer(request, subject.event, to=subject.home_of(record), close=True)


def opened(kind: type[L], token: str) -> L | None:
    """The link of an address; None where it is over, 404 for an address that we did not make."""
    link = link_of(kind, token)
    if link is None:
        raise Http404("There is no such link.")
    return link if is_live(link) else None


def followed(
    request: HtmxRequest,
    subject: Subject,
    token: str,
    follow: Callable[[HtmxRequest, Any], None],
    show: Callable[[Any], HttpResponse],
) -> HttpResponse:
    """A page that its reader may change: by POST `follow` does what they ask for, otherwise `show` is what they see."""
    link = opened(subject.kind, token)
    if link is None:
        return over(request, subject)
    if request.method == "POST":
        follow(request, link)
        return bare(redirect(url_of(link)))
    if request.method == "GET" and not request.user.is_authenticated:
        count_view(link=link)
    return bare(show(link))


def key_of(request: HtmxRequest, name: str) -> int:
    """The key of a record that a form of the page names; 0, which no record has, for what is none or too long."""
    given = request.POST.get(name, "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < LONGEST_KEY else 0


def over(request: HttpRequest, subject: Subject) -> HttpResponse:
    """What a link says that opens nothing any more."""
    return bare(render(request, "accounts/share_over.html", {"subject": subject}, status=410))


def bare(response: HttpResponse) -> HttpResponse:
    """The answer to somebody without a login, kept by nobody."""
    for name, value in HEADERS.items():
        response[name] = value
    return response


def _dialog(
    request: UserRequest, subject: Subject, record: Any, form: DialogForm, *, status: int = 200
) -> HttpResponse:
    link = live_link_to(subject.kind, record)
    address = request.build_absolute_uri(url_of(link)) if link else ""
    dialog = Dialog(f"Share the {subject.noun}", record.account, "Make a link", template="accounts/share.html")
    return show(
        request, dialog, form, status, link=link, address=address, subject=subject, home=subject.home_of(record)
    )
