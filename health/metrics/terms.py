"""What is under contract, shared by the readers that measure against it."""

from accounts.queries.terms import IN_FORCE, TERMS, terms_params
from health.metrics.registry import Asked, Columns

NUMBERS = f"""
    SELECT account_id, arr::float8, seats, seats_assigned, expected_logins, in_force,
        renewal_date - %(day)s::date AS days_to_renewal, ended_on - %(day)s::date AS days_since_end
    FROM ({TERMS}) terms
"""  # noqa: S608  its parts are constants

SEATS_OF_PRODUCT = f"""
    SELECT c.account_id, sum(l.seats) AS seats, sum(l.seats_assigned) AS seats_assigned
    FROM accounts_contract c JOIN accounts_contractline l ON l.contract_id = c.id
    WHERE c.account_id = ANY(%(ids)s) AND l.product_id = %(product)s AND {IN_FORCE}
    GROUP BY c.account_id
"""  # noqa: S608  its parts are constants


def terms(asked: Asked) -> Columns:
    """Terms as of the day, as numbers; of a product that is asked for, its own seats."""
    params = terms_params(asked.day)
    found = asked.rows(NUMBERS, **params)
    return found if asked.product is None else found | asked.rows(SEATS_OF_PRODUCT, **params)
