"""What Northwind sells, to whom, and on what terms."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Product:
    """A product and its features in the order in which customers take them up; the first `core` ones are its core."""

    key: str
    name: str
    features: tuple[str, ...]
    core: int


PRODUCTS = (
    Product(
        "flow",
        "Northwind Flow",
        (
            "Workflow runs",
            "Approvals",
            "Forms",
            "Task inbox",
            "Reminders",
            "Templates",
            "Mobile app",
            "Reports",
            "Conditional routing",
            "Audit trail",
            "API access",
            "Automations",
        ),
        4,
    ),
    Product(
        "insight",
        "Northwind Insight",
        (
            "Dashboards",
            "Data sources",
            "Scheduled reports",
            "Filters",
            "Alerts on figures",
            "Sharing",
            "Drill-down",
            "Forecasts",
            "Embedded charts",
            "Data export",
        ),
        3,
    ),
    Product(
        "connect",
        "Northwind Connect",
        (
            "Connectors",
            "Data sync",
            "Field mapping",
            "Sync history",
            "Error queue",
            "Webhooks",
            "Transformations",
            "Sandbox",
        ),
        2,
    ),
)


@dataclass(frozen=True)
class Class:
    """A class of customers: what they buy, how often we speak. Cadences are per 30 days, prices per seat and year."""

    key: str
    share: float
    seats: tuple[int, int]
    price: tuple[int, int]
    second_product: float  # chance
    terms: tuple[tuple[int, float], ...]  # months and their chance; 0 is monthly, open-ended
    notice_days: tuple[int, ...]
    contacts: tuple[int, int]
    calls: float
    mails: float
    tickets: float
    courses: tuple[int, int]


CLASSES = (
    Class(
        "enterprise",
        0.09,
        (60, 190),
        (2150, 2700),
        0.45,
        ((12, 0.4), (24, 0.3), (36, 0.3)),
        (60, 90, 90),
        (6, 9),
        1.5,
        2.0,
        1.0,
        (4, 6),
    ),
    Class(
        "mid-market",
        0.29,
        (16, 36),
        (1950, 2450),
        0.25,
        ((12, 0.75), (24, 0.25)),
        (30, 60, 60),
        (4, 6),
        0.9,
        1.1,
        0.62,
        (3, 4),
    ),
    Class(
        "smb",
        0.40,
        (4, 9),
        (1700, 2050),
        0.06,
        ((12, 0.9), (24, 0.1)),
        (0, 30, 30),
        (2, 3),
        0.42,
        0.55,
        0.33,
        (2, 3),
    ),
    Class(
        "self-serve",
        0.22,
        (1, 4),
        (588, 1080),
        0.0,
        ((0, 0.6), (12, 0.4)),
        (0,),
        (2, 2),
        0.05,
        0.22,
        0.16,
        (0, 1),
    ),
)
CLASS = {kind.key: kind for kind in CLASSES}
DISCOUNTS = tuple(Decimal(percent) / 100 for percent in (0, 0, 0, 5, 10, 15))
