"""What is under contract, shared by the readers that measure against it."""

from accounts.queries.terms import TERMS, terms_params
from health.metrics.registry import Asked, Columns

NUMBERS = f"""
    SELECT account_id, arr::float8, seats, seats_assigned, expected_logins, in_force,
        renewal_date - %(day)s::date AS days_to_renewal, ended_on - %(day)s::date AS days_since_end
    FROM ({TERMS}) terms
"""  # noqa: S608  its parts are constants


def terms(asked: Asked) -> Columns:
    """Terms as of the day, as numbers."""
    return asked.rows(NUMBERS, **terms_params(asked.day))
