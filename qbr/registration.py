"""What reviews add to the pages of the floors below."""

from qbr import metrics  # noqa: F401  its readers register themselves
from qbr.queries.registers import register_reviews


def register() -> None:
    """Fills the registries; called once, when the app is ready."""
    register_reviews()
