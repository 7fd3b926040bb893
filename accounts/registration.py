"""What the ground adds to its own registries: the pages that the palette offers, and what its timeline tells."""

from accounts.queries.timeline_sources import register_timeline
from accounts.registries import PaletteItem, add_palette_item


def register() -> None:
    """Fills the registries; called once, when the app is ready."""
    register_timeline()
    add_palette_item(PaletteItem("Book", "accounts:book", keywords="accounts customers portfolio", keys="g b"))
    add_palette_item(PaletteItem("Tasks", "accounts:tasks", keywords="to do due", keys="g k"))
    add_palette_item(PaletteItem("Notifications", "accounts:notifications", keywords="bell messages told"))
