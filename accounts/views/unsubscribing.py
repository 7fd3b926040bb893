"""The page on which the receiver of an e-mail unsubscribes: without a login, cookies or a script.

Programs that scan e-mails open every link, so a GET changes nothing. By POST the page does it, and so do programs for
e-mail with their own button (RFC 8058). Neither needs a token against forgery: whoever knows the address may do it.
"""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.queries.unsubscribing import mail_of, standing_of
from accounts.services.suppressing import come_back, unsubscribe_receiver
from accounts.views.share_links import bare
from cs_workspace.common.http import HtmxRequest


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_exempt
@login_not_required
def unsubscribe(request: HtmxRequest, token: str) -> HttpResponse:
    """Asks whether nothing more is to be sent, and says when that is so; there is a way back from a wrong click."""
    mail = mail_of(token)
    if mail is None:
        raise Http404("There is no such e-mail.")
    if request.method == "POST":
        if request.POST.get("verb") == "back":
            come_back(mail=mail)
        else:
            unsubscribe_receiver(mail=mail)
        return bare(redirect(request.path))
    return bare(render(request, "accounts/unsubscribe.html", {"mail": mail, "standing": standing_of(mail)}))
