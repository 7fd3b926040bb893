"""What is read of proposals."""

from renewals.models import ProposalOption
from renewals.models.proposal import Proposal


def option_count(renewal_id: int) -> int:
    """Options of the proposals of a renewal that were not taken back: what there is on the table. One query."""
    standing = Proposal.objects.standing().filter(renewal=renewal_id)
    return ProposalOption.objects.filter(proposal__in=standing.values("pk")).count()
