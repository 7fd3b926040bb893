"""Tags of the pipeline."""

from django import template

from renewals.domain.opportunities import OPEN_STAGES, Stage
from renewals.models import Opportunity

register = template.Library()


@register.filter
def next_stage(opportunity: Opportunity) -> Opportunity.Stage | None:
    """The stage that comes next for an open opportunity; None before it is won, which has a form of its own."""
    place = OPEN_STAGES.index(Stage(opportunity.stage)) + 1
    return Opportunity.Stage(OPEN_STAGES[place].value) if place < len(OPEN_STAGES) else None
