"""The CSM's judgement of the strategic alignment."""

from health.metrics.registry import Asked, Columns, reads

LATEST = """
    SELECT DISTINCT ON (account_id) account_id,
        array_position(ARRAY['aligned', 'uncertain', 'misaligned'], value::text) - 1 AS strategic_alignment
    FROM health_alignmentjudgement
    WHERE account_id = ANY(%(ids)s) AND at < %(end)s
    ORDER BY account_id, at DESC, id DESC
"""


@reads("strategic_alignment")
def alignment(asked: Asked) -> Columns:
    """The latest judgement; unknown where nobody judged yet."""
    return asked.rows(LATEST)
