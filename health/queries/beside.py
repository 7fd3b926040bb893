"""What stands beside an account's own score: its products, and its children."""

from typing import Any

from accounts.models import Account, User
from health.queries.products import product_lines, products_of_account
from health.queries.rollup import children_of_account, rollup_of


def beside_score(user: User) -> dict[str, Any]:
    """What a query of accounts reads beside each, so that `shown_beside` needs no other."""
    return products_of_account() | children_of_account(user)


def shown_beside(account: Account) -> dict[str, Any]:
    """What the panel shows of an account that was read with `beside_score`. No query."""
    return {"products": product_lines(account), "rollup": rollup_of(account)}
