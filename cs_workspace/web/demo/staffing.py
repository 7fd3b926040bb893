"""Writes what stands before the first customer: staff, products with features, rates, saved views."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.hashers import make_password
from django.utils.text import slugify

from accounts.models import ExchangeRate, Product, SavedView, Segment, User
from accounts.services.segments import install_segments
from cs_workspace.web.demo import LOGINS, PASSWORD
from cs_workspace.web.demo.company import Company
from cs_workspace.web.demo.days import HISTORY_DAYS
from cs_workspace.web.demo.offer import PRODUCTS
from cs_workspace.web.demo.places import RATES
from health.models import Feature

PRODUCT_PREFIX = "northwind-"
# Rates hold from before the oldest contract, and a newer one from within the history.
FIRST_RATE, SECOND_RATE = 3000, 150
# Owner, name, page, sharing, filters and order as in the page's address.
VIEWS = (
    ("CSM", "Renewals this quarter", "book", "private", "renewal=90&sort=renewal"),
    ("CSM", "Quiet for a month", "book", "private", "untouched=30&sort=-arr"),
    ("Manager", "Needs a second pair of eyes", "book", "team", "tier=3&tier=4&trend=declining&sort=-arr"),
    ("VP", "Enterprise at risk", "book", "everyone", "segment=enterprise&tier=3&tier=4&sort=health"),
)


# One of the logins wants no mail in the evening and at weekends, unless it is critical.
QUIET_LOGIN = LOGINS[1].email
QUIET_HOURS = {"quiet_from": dt.time(19), "quiet_to": dt.time(6, 30), "quiet_weekends": True}
LOUD_HOURS = {"quiet_from": None, "quiet_to": None, "quiet_weekends": False}


@dataclass(frozen=True)
class Keys:
    """Keys of what the customers refer to: staff by place, products by place, features by product and place."""

    staff: list[int]
    products: list[int]
    features: list[list[int]]
    segments: list[tuple[Decimal, int]]  # lower bound and key, the highest first

    def segment_of(self, arr: Decimal) -> int:
        """The segment with the highest bound that the ARR reaches."""
        return next(key for bound, key in self.segments if arr >= bound)


def write_staff(company: Company) -> Keys:
    """Users with their reporting lines, products, rates and views; segments where there are none yet."""
    install_segments()
    _write_rates(company.as_of)
    users = _write_users(company)
    _write_views(users)
    products, features = _write_products()
    return Keys(
        staff=[user.pk for user in users],
        products=products,
        features=features,
        segments=list(Segment.objects.order_by("-lower_arr").values_list("lower_arr", "pk")),
    )


def _write_users(company: Company) -> list[User]:
    # One password for all of them: hashing it once instead of a hundred times saves the load half a minute.
    password = make_password(PASSWORD)
    nobody = make_password(None)
    logins = {login.email for login in LOGINS}
    users: list[User] = []
    for one in company.staff:
        # An admin who emptied a demo workspace is still there, and becomes the demo's again.
        user, _ = User.objects.update_or_create(
            email=one.email,
            defaults={
                "name": one.name,
                "title": one.title,
                "role": one.role,
                "manager": users[one.manager] if one.manager is not None else None,
                "time_zone": "Europe/Berlin",
                "read_only": one.read_only,
                "is_active": True,
                "capacity_accounts": one.capacity,
                "capacity_arr": Decimal(3_500_000) if one.capacity else None,
                "password": password if one.email in logins else nobody,
                **(QUIET_HOURS if one.email == QUIET_LOGIN else LOUD_HOURS),
            },
        )
        users.append(user)
    return users


def _write_products() -> tuple[list[int], list[list[int]]]:
    products, features = [], []
    for one in PRODUCTS:
        product = Product.objects.create(
            key=f"{PRODUCT_PREFIX}{one.key}", name=one.name, feature_count=len(one.features)
        )
        made = Feature.objects.bulk_create(
            Feature(product=product, key=slugify(name), name=name, core=place < one.core)
            for place, name in enumerate(one.features)
        )
        products.append(product.pk)
        features.append([feature.pk for feature in made])
    return products, features


def _write_rates(as_of: dt.date) -> None:
    ExchangeRate.objects.bulk_create(
        ExchangeRate(currency=currency, valid_from=as_of - dt.timedelta(days=ago), rate=Decimal(rate))
        for currency, rates in RATES.items()
        for ago, rate in zip((HISTORY_DAYS + FIRST_RATE, SECOND_RATE), rates, strict=True)
    )


def _write_views(users: list[User]) -> None:
    by_email = {user.email: user for user in users}
    by_role = {login.role: by_email[login.email] for login in LOGINS}
    SavedView.objects.bulk_create(
        SavedView(owner=by_role[role], name=name, page=page, sharing=sharing, query=query)
        for role, name, page, sharing, query in VIEWS
    )
