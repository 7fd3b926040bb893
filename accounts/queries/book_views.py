"""The views of the book that a user can pick: those that ship, their own and shared ones."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef
from django.http import Http404

from accounts.models import DefaultView, SavedView, User

ALL = "all"
SHIPPED = {
    ALL: ("Worst health first", ""),
    "renewing": ("Renewing in 90 days", "renewal=90&sort=renewal"),
    "quiet": ("No touch for 30 days", "untouched=30&sort=touch"),
    "alerts": ("With open alerts", "alerts=1&sort=-alerts"),
    "largest": ("Largest first", "sort=-arr"),
    "churned": ("Churned", "status=churned&sort=-arr"),
}


@dataclass(frozen=True)
class BookView:
    """A view as the picker shows it; `saved` is None for those that ship."""

    key: str
    name: str
    query: str
    """The whole query string that opens it, filters, order and columns."""
    saved: SavedView | None = None
    is_own: bool = False
    is_default: bool = False

    @property
    def link(self) -> str:
        """The query string of a link that opens it and says which it is."""
        return "?" + "&".join(part for part in (self.query, urlencode({"view": self.key})) if part)


def views_for(user: User) -> list[BookView]:
    """Those that ship, then the user's own, then those that others share with the user. One query."""
    saved = (
        SavedView.objects.visible_to(user)
        .filter(page=SavedView.Page.BOOK)
        .annotate(is_default=Exists(DefaultView.objects.filter(user=user, view=OuterRef("pk"))))
        .select_related("owner")
    )
    kept = [
        BookView(
            key=str(view.pk),
            name=view.name,
            query=query_of(view),
            saved=view,
            is_own=view.owner_id == user.pk,
            is_default=view.is_default,  # type: ignore[attr-defined]  # annotated above
        )
        for view in saved
    ]
    shipped = [BookView(key, name, query) for key, (name, query) in SHIPPED.items()]
    return [*shipped, *sorted(kept, key=lambda view: not view.is_own)]


def query_of(view: SavedView) -> str:
    """The query string that a saved view stands for."""
    columns = urlencode([("col", key) for key in view.columns])
    return "&".join(part for part in (view.query, columns) if part)


def get_own_view(user: User, pk: int, *, archived: bool = False) -> SavedView:
    """The user's own view; 404 for other people's, shared or not, and for what was deleted (or was not)."""
    view = SavedView.objects.filter(owner=user, pk=pk, archived_at__isnull=not archived).first()
    if view is None:
        raise Http404("There is no such view of yours.")
    return view
