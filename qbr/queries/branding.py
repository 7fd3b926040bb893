"""How decks look: what an admin chose, or the colours that they have from the start."""

from django.conf import settings

from qbr.domain.deck import Look
from qbr.models import Branding


def look_of_decks() -> Look:
    """Colours, logo and names of all decks. One query."""
    found = Branding.objects.first() or Branding()
    logo = bytes(found.logo) if found.logo else None
    return Look(found.company or settings.WORKSPACE_NAME, found.colour, found.accent, found.footer, logo)
