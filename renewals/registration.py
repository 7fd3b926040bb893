"""What money adds to the pages of the ground."""

from accounts.registries import PaletteItem, add_palette_item


def register() -> None:
    """Fills the registries; called once, when the app is ready."""
    add_palette_item(
        PaletteItem("Retention", "renewals:retention", keywords="reports NRR GRR churn cohorts logos expansion")
    )
