"""One address, one view, a page or a fragment of it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from cs_workspace.common.http import HtmxRequest


def render_page(
    request: HtmxRequest,
    template: str,
    context: dict[str, Any],
    *,
    partial: str = "",
    target: str = "",
    status: int = 200,
) -> HttpResponse:
    """The whole page, or only its `partial` where HTMX asks for the element with id `target`.

    Boosted requests and direct visits always get the page, so every address can be opened, shared and gone back to.
    `target` defaults to the partial's name.
    """
    wanted = target or partial
    if partial and request.htmx and not request.htmx.boosted and request.htmx.target == wanted:
        template = f"{template}#{partial}"
    return render(request, template, context, status=status)
