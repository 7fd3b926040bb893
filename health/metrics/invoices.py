"""Invoices: paid, late, or not at all."""

import numpy as np

from health.metrics.contracts import growth
from health.metrics.registry import Asked, Columns, reads

CURRENT, LATE, DELINQUENT = 0.0, 1.0, 2.0
STANDING_DELINQUENT, STANDING_LATE, STANDING_ON_TIME, STANDING_EXPANDING = 0.0, 1.0, 2.0, 3.0
LATE_DAYS, DELINQUENT_DAYS = 15, 60

# As of the day: an invoice paid later was unpaid. Late are those of the last 12 months that were paid after they were
# due or are overdue.
INVOICES = """
    SELECT account_id, 1 AS billed,
        max(%(day)s::date - due_on) FILTER (WHERE paid_on IS NULL OR paid_on > %(day)s::date) AS overdue_days,
        count(*) FILTER (
            WHERE due_on > %(day)s::date - 365 AND due_on < LEAST(COALESCE(paid_on, %(day)s::date), %(day)s::date)
        ) AS late
    FROM accounts_invoice
    WHERE account_id = ANY(%(ids)s) AND status <> 'void' AND issued_on <= %(day)s::date
    GROUP BY account_id
"""


def bills(asked: Asked) -> Columns:
    """What was billed, overdue and paid late as of the day."""
    return asked.rows(INVOICES)


@reads("payment_status", "late_payments")
def invoices(asked: Asked) -> Columns:
    """Paid late are invoices that were paid after they were due or are overdue; void ones do not count. Unknown where
    there never was an invoice.
    """
    seen = asked.read(bills)
    billed, overdue = seen["billed"] == 1, seen["overdue_days"]
    payment = np.select([overdue > DELINQUENT_DAYS, overdue > LATE_DAYS], [DELINQUENT, LATE], CURRENT)
    return {
        "payment_status": np.where(billed, payment, np.nan),
        "late_payments": np.where(billed, seen["late"], np.nan),
    }


@reads("financial_standing")
def standing(asked: Asked) -> Columns:
    """The payment status, and where that is current, whether any product grew in 365 days (`expansion_12m`). Unknown
    where there never was an invoice.
    """
    seen, grown = asked.read(bills), asked.read(growth)
    overdue = seen["overdue_days"]
    found = np.select(
        [overdue > DELINQUENT_DAYS, overdue > LATE_DAYS, (grown["before"] > 0) & (grown["grown"] > 0)],
        [STANDING_DELINQUENT, STANDING_LATE, STANDING_EXPANDING],
        STANDING_ON_TIME,
    )
    return {"financial_standing": np.where(seen["billed"] == 1, found, np.nan)}
