"""Courses assigned and completed."""

from health.metrics.registry import Asked, Columns, ratio, reads

TRAINING = """
    SELECT account_id, count(*) AS assigned, count(*) FILTER (WHERE completed_on <= %(day)s::date) AS completed
    FROM health_trainingrecord
    WHERE account_id = ANY(%(ids)s) AND assigned_on <= %(day)s::date
    GROUP BY account_id
"""


@reads("training_completion")
def completion(asked: Asked) -> Columns:
    """Completed ÷ assigned; unknown where nothing was assigned."""
    seen = asked.rows(TRAINING)
    return {"training_completion": ratio(seen["completed"], seen["assigned"])}
