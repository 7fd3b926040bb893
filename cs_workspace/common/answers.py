"""What a view answers after a change: small for HTMX, a way back for a plain form."""

from django.http import HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import reswap, trigger_client_event

from cs_workspace.common.http import HtmxRequest


def answer(request: HtmxRequest, *events: str, to: str, close: bool = False) -> HttpResponse:
    """The change is made: tells an HTMX page by `events` what to read anew, sends a plain form back.

    A plain form goes to its field `next` if that is an address of ours, otherwise to `to`, a path or name of a URL.
    `close` shuts the dialog that the form stood in. Messages ride along out of band (`HtmxManners`).
    """
    if not request.htmx:
        return redirect(way_back(request, to))
    response = reswap(HttpResponse(""), "none")
    for event in (*events, *(["closeDialog"] if close else [])):
        trigger_client_event(response, event)
    return response


def way_back(request: HtmxRequest, default: str) -> str:
    """Where a form says it came from, if that is an address of ours."""
    target = request.POST.get("next", "") or request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        return target
    return resolve_url(default)
