"""Requests as the middleware leaves them, for the type checker."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class HtmxRequest(HttpRequest):
    """A request that says whether HTMX asks, and for what."""

    htmx: HtmxDetails
