"""Contracts whose renewal is not opened yet, as SQL that the forecast and what is kept of them build upon."""

from accounts.queries.terms import FOLLOWS, WORTH

COLUMNS = ("contract_id", "account_id", "due_on", "owner_id", "segment_id", "arr", "probability")
# Those of account chosen.account_id as contracts, lines and account say now, in the order of `COLUMNS`; needs
# %(today)s and %(currency)s. OFFSET 0 lets the few chosen accounts be looked at one by one, whatever the planner takes
# their number for, and each contract's worth be reckoned once.
OF_ACCOUNT = f"""
    SELECT c.id AS contract_id, c.account_id, c."end" AS due_on, a.owner_id, a.segment_id, {WORTH} AS arr,
        1 - a.expected_churn AS probability
    FROM accounts_account a JOIN accounts_contract c ON c.account_id = a.id
    WHERE a.id = chosen.account_id AND a.status = 'active' AND NOT a.is_trial AND a.archived_at IS NULL
        AND c.status = 'active' AND c."end" >= %(today)s::date
        AND NOT EXISTS (SELECT FROM accounts_contract f WHERE {FOLLOWS})
        AND NOT EXISTS (
            SELECT FROM renewals_renewal r
            WHERE r.contract_id = c.id AND (r.due_on = c."end" OR r.stage <> 'closed')
        )
    OFFSET 0
"""  # noqa: S608  its parts stand in accounts.queries.terms
# Those of all accounts: as they are kept, and anew of accounts that changed since.
AWAITED = f"""
    SELECT {", ".join(COLUMNS)} FROM renewals_awaitedrenewal
    WHERE due_on >= %(today)s::date AND account_id NOT IN (SELECT account_id FROM renewals_awaitedmark)
    UNION ALL
    SELECT live.* FROM (SELECT DISTINCT account_id FROM renewals_awaitedmark) chosen
    CROSS JOIN LATERAL ({OF_ACCOUNT}) live
"""  # noqa: S608  its parts are constants
