"""What rows refer to: accounts, contracts, contacts, products, features and users, found many at a time.

A reference is remembered once found, up to a bound, so that memory does not grow with the rows.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from django.db.models import Min
from django.utils.text import slugify

from accounts.models import Account, Contact, Contract, User
from accounts.services.upserting import ensure_products
from health.models import Feature

REMEMBERED = 200_000


class AccountFound(NamedTuple):
    """An account as rows need it."""

    pk: int
    customer_since: dt.date | None


class ContractFound(NamedTuple):
    """A contract as rows need it; `product` is that of its first line."""

    pk: int
    account_id: int
    start: dt.date
    end: dt.date | None
    product_id: int | None


class Lookup(dict[Any, Any]):
    """Remembers what names stand for; None for names that stand for nothing."""

    def __init__(self, find: Callable[[set[Any]], dict[Any, Any]]) -> None:
        super().__init__()
        self._find = find

    def all(self, names: Sequence[Any]) -> list[Any]:
        """What each of the names stands for. Empty names stand for nothing."""
        missing = set(names) - self.keys()
        missing.discard("")
        missing.discard(None)
        if missing:
            if len(self) + len(missing) > REMEMBERED:
                self.clear()
                missing = {name for name in names if name}
            self.update(dict.fromkeys(missing))
            self.update(self._find(missing))
        return list(map(self.get, names))


class References:
    """Everything that rows of one source refer to."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.accounts = Lookup(self._accounts)
        self.contracts = Lookup(self._contracts)
        self.contacts = Lookup(self._contacts)
        self.products = Lookup(lambda names: dict(ensure_products(sorted(names))))
        self.features = Lookup(_features)
        self.users = Lookup(_users)

    def forget(self) -> None:
        """After a table was written, names may stand for more than before."""
        for lookup in (self.accounts, self.contracts, self.contacts):
            lookup.clear()

    def _accounts(self, names: set[str]) -> dict[str, AccountFound]:
        rows = Account.objects.filter(source=self.source, external_id__in=names)
        return {
            name: AccountFound(pk, since) for name, pk, since in rows.values_list("external_id", "pk", "customer_since")
        }

    def _contracts(self, names: set[str]) -> dict[str, ContractFound]:
        rows = Contract.objects.filter(source=self.source, external_id__in=names).annotate(
            product=Min("lines__product")
        )
        found = rows.values_list("external_id", "pk", "account_id", "start", "end", "product")
        return {name: ContractFound(*rest) for name, *rest in found}

    def _contacts(self, names: set[str]) -> dict[str, tuple[int, int]]:
        """Contact and account by external id."""
        rows = Contact.objects.filter(source=self.source, external_id__in=names)
        return {name: (pk, account) for name, pk, account in rows.values_list("external_id", "pk", "account_id")}


def _features(names: Iterable[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """Features by product and name; those that are not there are made."""
    wanted = {(product, slugify(name)[:80] or "feature"): name for product, name in names}
    products = {product for product, _ in wanted}

    def known() -> dict[tuple[int, str], int]:
        rows = Feature.objects.filter(product__in=products).values_list("product_id", "key", "pk")
        return {(product, key): pk for product, key, pk in rows}

    missing = wanted.keys() - known().keys()
    Feature.objects.bulk_create(
        [Feature(product_id=product, key=key, name=wanted[product, key]) for product, key in sorted(missing)],
        ignore_conflicts=True,
    )
    found = known()
    return {(product, name): found[product, slugify(name)[:80] or "feature"] for product, name in names}


def _users(emails: set[str]) -> dict[str, int]:
    """Users by e-mail address, whatever its case."""
    folded = {email.casefold() for email in emails}
    known = {
        email.casefold(): pk for email, pk in User.objects.filter(is_active=True).values_list("email", "pk")
        if email.casefold() in folded
    }  # fmt: skip
    return {email: known[email.casefold()] for email in emails if email.casefold() in known}
