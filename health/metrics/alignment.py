"""The CSM's judgement of the strategic alignment, and the CSM's pulse."""

from health.domain.judgement import STALE_DAYS
from health.metrics.registry import Asked, Columns, reads

LATEST = """
    SELECT DISTINCT ON (account_id) account_id,
        array_position(ARRAY['aligned', 'uncertain', 'misaligned'], value::text) - 1 AS strategic_alignment
    FROM health_alignmentjudgement
    WHERE account_id = ANY(%(ids)s) AND at < %(end)s
    ORDER BY account_id, at DESC, id DESC
"""

# Of the days before somebody took the account over, what was judged under the one before still holds.
PULSE = f"""
    SELECT DISTINCT ON (p.account_id) p.account_id, CASE
        WHEN p.at > %(end)s::timestamptz - interval '{STALE_DAYS} days'
            AND (p.owner_id IS NOT DISTINCT FROM a.owner_id OR a.owner_since > %(day)s::date)
        THEN p.value END AS csm_pulse
    FROM health_pulse p JOIN accounts_account a ON a.id = p.account_id
    WHERE p.account_id = ANY(%(ids)s) AND p.at < %(end)s AND p.withdrawn_at IS NULL
    ORDER BY p.account_id, p.at DESC, p.id DESC
"""  # noqa: S608  its parts are constants


@reads("strategic_alignment")
def alignment(asked: Asked) -> Columns:
    """The latest judgement; unknown where nobody judged yet."""
    return asked.rows(LATEST)


@reads("csm_pulse")
def pulse(asked: Asked) -> Columns:
    """The latest pulse of the last 45 days, judged under the owner of the day; unknown where there is none."""
    return asked.rows(PULSE)
