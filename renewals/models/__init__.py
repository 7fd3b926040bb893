from renewals.models.ledger import LedgerEntry, LineArr

__all__ = ["LedgerEntry", "LineArr"]
