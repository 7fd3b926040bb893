"""What the ground adds to its own registries: pages of the palette, and the timeline with what it tells."""

from typing import Any

from django.urls import reverse

from accounts.models import Account, User
from accounts.queries.timeline_sources import register_timeline
from accounts.registries import PaletteItem, Panel, add_palette_item, add_panel


def register() -> None:
    """Fills the registries; called once, when the app is ready."""
    register_timeline()
    add_panel(Panel("timeline", "main", 20, "components/_later.html", _timeline_later))
    add_palette_item(PaletteItem("Book", "accounts:book", keywords="accounts customers portfolio", keys="g b"))
    add_palette_item(PaletteItem("Tasks", "accounts:tasks", keywords="to do due", keys="g k"))
    add_palette_item(PaletteItem("Notifications", "accounts:notifications", keywords="bell messages told"))


def _timeline_later(account: Account, user: User) -> dict[str, Any]:
    return {"id": "timeline", "title": "Timeline", "url": reverse("accounts:timeline", args=[account.pk])}
