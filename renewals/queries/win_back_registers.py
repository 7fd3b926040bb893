"""What win-back adds to the pages, timelines and sequences of the ground."""

from accounts.registries import add_sequence_source
from renewals.queries.win_back_sequence import source


def register_win_back() -> None:
    """Fills the registries; called once, when the app is ready."""
    add_sequence_source(source())
