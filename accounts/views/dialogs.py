"""Forms of daily work on an account: in the dialog or as a page, tried, and shown again with what is wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.http import HttpResponse, QueryDict

from accounts.forms.fields import Change, DialogForm, EditForm
from accounts.http import UserRequest
from accounts.models import Account
from cs_workspace.common.fragments import render_page
from cs_workspace.common.refusals import RefusedError, RepeatedError, StaleError
from cs_workspace.common.toasts import refuse

R = TypeVar("R")


@dataclass(frozen=True)
class Dialog:
    """What stands around a form, and the template of its `body`.

    `archive` is the address that takes the record out of sight, empty for none; `template` another frame.
    """

    title: str
    account: Account
    button: str = "Save"
    archive: str = ""
    body: str = "accounts/_dialog_fields.html"
    template: str = "accounts/dialog.html"


@dataclass(frozen=True)
class Conflict:
    """Who wrote while the form was open, and what."""

    by: str
    changes: list[Change]


def sent(request: UserRequest) -> QueryDict | None:
    """What the form brought; None where it is only looked at."""
    return request.POST if request.method == "POST" else None


def show(request: UserRequest, dialog: Dialog, form: DialogForm, status: int = 200, **more: Any) -> HttpResponse:
    """The form in the dialog, or as a page for those who come without HTMX."""
    context = {"dialog": dialog, "form": form, "account": dialog.account, **more}
    return render_page(request, dialog.template, context, partial="form", target="dialog", status=status)


def attempt(request: UserRequest, form: Any, do: Callable[[], R]) -> tuple[R | None, int]:
    """Does what a valid form asks for; gives what came of it and the status of the answer.

    200 is done, with None for a form that came twice; 422 and 409 mean that the form says what is wrong.
    """
    if not form.is_valid():
        return None, 422
    try:
        return do(), 200
    except RepeatedError:
        refuse(request, "This form was sent twice. It was saved once.")
        return None, 200
    except RefusedError as refused:
        form.add_error(None, str(refused))
        return None, 422
    except StaleError as stale:
        if _says(form, stale.current):
            return None, 200
        form.conflict = Conflict(stale.by, form.turn_to(stale.current))
        return None, 409


def _says(form: EditForm, current: Any) -> bool:
    """Whether the record says already what was typed: the same form came twice."""
    twin = form.over(current)
    return not set(twin.changed_data) - {"version", "seen"}
