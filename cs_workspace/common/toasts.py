"""Short words after an action, with the way back where there is one."""

from django.contrib import messages
from django.http import HttpRequest

UNDO = "undo:"


def toast(request: HttpRequest, text: str, *, undo: str = "") -> None:
    """Tells the user that it was done; `undo` is the address that takes it back by POST."""
    messages.success(request, text, extra_tags=f"{UNDO}{undo}" if undo else "")


def refuse(request: HttpRequest, text: str) -> None:
    """Tells the user that it was not done, and why."""
    messages.error(request, text)
