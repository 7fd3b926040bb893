from renewals.models.ledger import LedgerEntry, LedgerPack, LineArr
from renewals.models.renewal import Renewal, StageMove

__all__ = ["LedgerEntry", "LedgerPack", "LineArr", "Renewal", "StageMove"]
