from renewals.models.approval import Approval, DiscountAuthority
from renewals.models.awaited import AwaitedMark, AwaitedRenewal
from renewals.models.checkpoint import RenewalCheckpoint
from renewals.models.churn import ChurnRecord, ExitInterview, LostProduct
from renewals.models.closing import Closing
from renewals.models.expansion import BudgetAnswer, ExpansionSignal, Opportunity, OpportunityMove
from renewals.models.forecast import ForecastLine, ForecastSnapshot
from renewals.models.ledger import LedgerEntry, LedgerPack, LineArr
from renewals.models.proposal import Proposal, ProposalLine, ProposalOption, ProposalShare
from renewals.models.renewal import Renewal, StageMove
from renewals.models.timeline import RenewalStep, SegmentTimeline, Timeline, TimelineStep
from renewals.models.win_back import AccountReturn, Campaign, CampaignTarget

__all__ = [
    "AccountReturn",
    "Approval",
    "AwaitedMark",
    "AwaitedRenewal",
    "BudgetAnswer",
    "Campaign",
    "CampaignTarget",
    "ChurnRecord",
    "Closing",
    "DiscountAuthority",
    "ExitInterview",
    "ExpansionSignal",
    "ForecastLine",
    "ForecastSnapshot",
    "LedgerEntry",
    "LedgerPack",
    "LineArr",
    "LostProduct",
    "Opportunity",
    "OpportunityMove",
    "Proposal",
    "ProposalLine",
    "ProposalOption",
    "ProposalShare",
    "Renewal",
    "RenewalCheckpoint",
    "RenewalStep",
    "SegmentTimeline",
    "StageMove",
    "Timeline",
    "TimelineStep",
]
