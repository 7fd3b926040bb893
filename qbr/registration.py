"""What reviews add to the pages of the floors below."""

from health.registries import add_ask_source
from qbr import metrics  # noqa: F401  its readers register themselves
from qbr.queries.registers import register_reviews
from qbr.queries.satisfaction import asked_about_reviews


def register() -> None:
    """Fills the registries; called once, when the app is ready."""
    register_reviews()
    add_ask_source("reviews", asked_about_reviews)
