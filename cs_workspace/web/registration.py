"""What the pages over all apps add to the palette."""

from accounts.models import User
from accounts.registries import PaletteItem, add_palette_item


def register() -> None:
    """Fills the registry; called once, when the app is ready."""
    add_palette_item(PaletteItem("Today", "today", keywords="home day list", keys="g t"))
    add_palette_item(PaletteItem("Your settings", "settings", keywords="time zone mail profile"))
    add_palette_item(
        PaletteItem("Start with my own data", "start-own-data", keywords="demo empty import", shown_to=_enters_admin)
    )
    add_palette_item(PaletteItem("Admin", "admin:index", keywords="set-up scorecards users", shown_to=_enters_admin))


def _enters_admin(user: User) -> bool:
    return user.is_admin
