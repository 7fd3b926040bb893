"""Facts of a review for tests: nothing known but what a test names."""

import datetime as dt
from decimal import Decimal
from typing import Any

from qbr.domain.facts import (
    AccountFacts,
    EngagementFacts,
    Facts,
    HealthFacts,
    TicketFacts,
    UsageFacts,
    ValueFacts,
)

SINCE, UNTIL = dt.date(2026, 1, 1), dt.date(2026, 4, 1)
ACCOUNT = AccountFacts("Halden Logistics", "Mid-market", "Olga Owner", Decimal(48_000), "EUR", "Watch", 2, None, None)
HEALTH = HealthFacts(None, None, "", (), ())
USAGE = UsageFacts(None, None, None, None, (), (), (), ())
TICKETS = TicketFacts(0, 0, 0, None, 0, (), ())
ENGAGEMENT = EngagementFacts(0, 0, 0, 0, 0, 0, None)
VALUE = ValueFacts((), None, None, None)


def facts(**known: Any) -> Facts:
    """Facts of the first quarter of 2026; what is not named is empty or unknown."""
    nothing: dict[str, Any] = dict.fromkeys(
        ("goals", "promised", "peers", "advice", "ideas", "people", "requests", "competition"), ()
    )
    about = {
        "since": SINCE,
        "until": UNTIL,
        "compiled_at": dt.datetime(2026, 3, 31, 9, tzinfo=dt.UTC),
        "account": ACCOUNT,
        "health": HEALTH,
        "usage": USAGE,
        "tickets": TICKETS,
        "engagement": ENGAGEMENT,
        "value": VALUE,
    }
    return Facts(**nothing | about | known)
