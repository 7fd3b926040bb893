"""Readings of single products, beside those of their account."""

import datetime as dt
from collections.abc import Sequence

import numpy as np

from health.metrics.registry import OF_PRODUCTS, Columns, Places, compute


def compute_of_products(readings: Columns, accounts: Places, pairs: Sequence[tuple[int, int]], day: dt.date) -> Columns:
    """Readings of products, one row for each of `pairs` (account and product), out of those of whole accounts.

    `accounts` are the places of the pairs' accounts in the columns of `readings`. What is observed of the account as a
    whole (its people, contracts, surveys) is shared by all of its products; the rest is read anew of each. Statements
    grow with the number of different products, not with the accounts.
    """
    columns = {name: column[accounts] for name, column in readings.items()}
    own = [name for name in readings if name in OF_PRODUCTS]
    if not own:
        return columns
    products = np.array([product for _, product in pairs])
    for product in np.unique(products).tolist():
        rows = np.flatnonzero(products == product).tolist()
        found = compute(own, [pairs[row][0] for row in rows], day, product=product)
        for name in own:
            columns[name][rows] = found[name]
    return columns
