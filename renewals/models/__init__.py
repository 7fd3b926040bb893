from renewals.models.approval import Approval, DiscountAuthority
from renewals.models.ledger import LedgerEntry, LedgerPack, LineArr
from renewals.models.proposal import Proposal, ProposalLine, ProposalOption, ProposalShare
from renewals.models.renewal import Renewal, StageMove

__all__ = [
    "Approval",
    "DiscountAuthority",
    "LedgerEntry",
    "LedgerPack",
    "LineArr",
    "Proposal",
    "ProposalLine",
    "ProposalOption",
    "ProposalShare",
    "Renewal",
    "StageMove",
]
