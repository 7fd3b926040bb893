"""Invoices: paid, late, or not at all."""

import numpy as np

from health.metrics.registry import Asked, Columns, reads

CURRENT, LATE, DELINQUENT = 0.0, 1.0, 2.0
STANDING_DELINQUENT, STANDING_LATE, STANDING_ON_TIME = 0.0, 1.0, 2.0
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


@reads("payment_status", "financial_standing", "late_payments")
def invoices(asked: Asked) -> Columns:
    """Paid late are invoices that were paid after they were due or are overdue; void ones do not count. Unknown where
    there never was an invoice.
    """
    seen = asked.rows(INVOICES)
    billed, overdue = seen["billed"] == 1, seen["overdue_days"]
    delinquent, late = overdue > DELINQUENT_DAYS, overdue > LATE_DAYS
    standing = np.select([delinquent, late], [STANDING_DELINQUENT, STANDING_LATE], STANDING_ON_TIME)
    return {
        "payment_status": np.where(billed, np.select([delinquent, late], [DELINQUENT, LATE], CURRENT), np.nan),
        "financial_standing": np.where(billed, standing, np.nan),
        "late_payments": np.where(billed, seen["late"], np.nan),
    }
