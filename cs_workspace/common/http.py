"""Requests as the middleware leaves them, and what their addresses say."""

from django.http import HttpRequest, QueryDict
from django_htmx.middleware import HtmxDetails


class HtmxRequest(HttpRequest):
    """A request that says whether HTMX asks, and for what."""

    htmx: HtmxDetails


def searched(data: QueryDict, name: str, *, longest: int = 100) -> str:
    """What somebody looks for, as a database takes it: no longer than a search is, and without NUL."""
    return data.get(name, "").replace("\0", "").strip()[:longest]


def whole_number(data: QueryDict, name: str) -> int:
    """A count or a version in an address; 0 where there is none that a database takes."""
    text = data.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0
