"""An account beside the others of its segment, metric by metric, as its own scorecard reads them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django.core.cache import cache
from django.db import connection

from accounts.models import Account
from health.domain.definitions import Direction
from health.domain.metrics import METRICS
from qbr.domain.facts import PeerFact
from qbr.domain.peers import Column, Quartiles, column_of, without
from qbr.queries.facts_health import Judged

# What may be said to a customer, in the order of how much it tells; the first of them that are known are shown. Counts
# that grow with the size of a customer tell nothing beside others.
COMPARED: Final = (
    "active_user_ratio", "login_days", "feature_breadth", "seat_utilisation", "core_actions_per_user", "dau_mau",
    "training_completion", "ticket_resolution_hours", "nps", "csat",
)  # fmt: skip
# Of an account whose score is the mean of its products' the reading is a mean as well, and not the mean of all tickets
# that the review shows beside.
OF_ALL_PRODUCTS: Final = frozenset({"ticket_resolution_hours"})
MOST: Final = 6
# An account that was not scored for longer is no peer.
WITHIN: Final = dt.timedelta(days=7)
# A segment of a large book is read once in so many seconds.
KEPT: Final = 600
EXACT: Final = Decimal("0.0001")

READINGS: Final = """
    SELECT {columns} FROM accounts_account a
    CROSS JOIN LATERAL (
        SELECT version_id, readings FROM health_snapshot
        WHERE account_id = a.id AND day <= %(day)s AND day > %(since)s ORDER BY day DESC LIMIT 1
    ) s
    WHERE a.segment_id = %(segment)s AND a.status = 'active' AND NOT a.is_trial AND a.archived_at IS NULL
        AND s.version_id = %(version)s
"""


def peers_of(account: Account, judged: Judged | None) -> tuple[PeerFact, ...]:
    """The account beside the quartiles of at least five others that the same version of a scorecard judges.

    One query, or none where the segment was read just now, nothing was judged, there is no segment, or they left.
    """
    if judged is None or account.segment_id is None or account.status != Account.Status.ACTIVE:
        return ()
    wanted = [metric for metric in COMPARED if metric in judged.places]
    readings = {metric: judged.readings[judged.places[metric]] for metric in wanted}
    left_out = OF_ALL_PRODUCTS if judged.is_mean_of_products else frozenset()
    own = {metric: value for metric, value in readings.items() if value is not None and metric not in left_out}
    columns = _columns(account.segment_id, judged, wanted) if own else {}
    found = [(metric, without(columns[metric], value)) for metric, value in own.items() if metric in columns]
    return tuple(_fact(metric, own[metric], quartiles) for metric, quartiles in found if quartiles)[:MOST]


def _columns(segment: int, judged: Judged, metrics: Sequence[str]) -> Mapping[str, Column]:
    key = f"qbr-peers:{segment}:{judged.version}:{judged.day}"
    columns: Any = cache.get_or_set(key, lambda: _read(segment, judged, metrics), KEPT)
    found: Mapping[str, Column] = columns
    return found


def _read(segment: int, judged: Judged, metrics: Sequence[str]) -> dict[str, Column]:
    # Places are whole numbers out of the scorecard, from 0; PostgreSQL counts from 1.
    readings = [f"s.readings[{judged.places[metric] + 1:d}]" for metric in metrics]
    columns = ", ".join(f"array_agg({one}) FILTER (WHERE {one} IS NOT NULL)" for one in readings)
    params: dict[str, Any] = {
        "segment": segment,
        "version": judged.version,
        "day": judged.day,
        "since": judged.day - WITHIN,
    }
    with connection.cursor() as cursor:
        cursor.execute(READINGS.format(columns=columns), params)
        row = cursor.fetchone()
    return {metric: column_of(values or []) for metric, values in zip(metrics, row, strict=True)}


def _fact(metric: str, own: float, others: Quartiles) -> PeerFact:
    about = METRICS[metric]
    return PeerFact(
        label=about.label if about.window == "now" else f"{about.label} ({about.window})",
        unit=about.unit,
        value=_exact(own),
        lower=_exact(others.lower),
        median=_exact(others.median),
        upper=_exact(others.upper),
        accounts=others.accounts,
        higher_is_better=about.direction is Direction.HIGHER,
    )


def _exact(value: float) -> Decimal:
    return Decimal(value).quantize(EXACT)
