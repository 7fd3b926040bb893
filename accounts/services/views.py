"""Saved views of lists: made, changed, deleted and brought back, and which of them a page opens with."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from accounts.models import DefaultView, SavedView, User
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError

LONGEST_QUERY = SavedView._meta.get_field("query").max_length or 0


def save_view(
    *, by: User, page: str, name: str, sharing: str, query: str, columns: Sequence[str], is_default: bool
) -> SavedView:
    """Keeps the state of a page under a name.

    Raises `RefusedError` for a name that one has already, and for more filters than can be kept.
    """
    query = _fitting(query)
    with _names_once(name), transaction.atomic():
        view = SavedView.objects.create(
            owner=by, page=page, name=name, sharing=sharing, query=query, columns=list(columns)
        )
        if is_default:
            open_with(by=by, page=page, view=view)
    return view


def edit_view(
    *,
    by: User,
    view: SavedView,
    name: str,
    sharing: str,
    is_default: bool,
    state: tuple[str, Sequence[str]] | None = None,
) -> SavedView:
    """Changes one's own view; `state`, a query and columns, makes it mean another state of the page.

    Raises `RefusedError` for a name that one has already.
    """
    view.name, view.sharing = name, sharing
    if state is not None:
        view.query, view.columns = _fitting(state[0]), list(state[1])
    with _names_once(name), transaction.atomic():
        view.save(update_fields=["name", "sharing", "query", "columns", "updated_at"])
        if is_default:
            open_with(by=by, page=view.page, view=view)
        else:
            DefaultView.objects.filter(user=by, view=view).delete()
    return view


def delete_view(*, by: User, view: SavedView) -> None:
    """Puts one's own view away; it can be brought back."""
    view.archived_at = clock.now()
    view.save(update_fields=["archived_at", "updated_at"])


def restore_view(*, by: User, view: SavedView) -> None:
    """Brings a deleted view back. Raises `RefusedError` where its name was given away meanwhile."""
    view.archived_at = None
    with _names_once(view.name), transaction.atomic():
        view.save(update_fields=["archived_at", "updated_at"])


@transaction.atomic
def open_with(*, by: User, page: str, view: SavedView | None) -> None:
    """Makes a page open with a view for this user; None takes the one that ships."""
    if view is None:
        DefaultView.objects.filter(user=by, page=page).delete()
    else:
        DefaultView.objects.update_or_create(user=by, page=page, defaults={"view": view})


def _fitting(query: str) -> str:
    if len(query) > LONGEST_QUERY:
        raise RefusedError("These filters are too long to be kept.")
    return query


@contextmanager
def _names_once(name: str) -> Iterator[None]:
    """Turns the database's refusal of a second view of one name into words."""
    try:
        yield
    except IntegrityError as error:
        if "saved_view_name_once" not in str(error):
            raise
        raise RefusedError(f"You have a view called “{name}” already.") from error
