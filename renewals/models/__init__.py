from renewals.models.ledger import LedgerEntry, LineArr
from renewals.models.renewal import Renewal, StageMove

__all__ = ["LedgerEntry", "LineArr", "Renewal", "StageMove"]
