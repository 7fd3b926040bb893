"""Customers and their contracts as other systems have them: many rows at once, by source and external id.

Each verb takes `fields`, the names of what the rows say, and `rows`, tuples of an external id followed by one value for
each field (of accounts also a `Selection` of such). What is not named stays as it is, or is empty in a new record. A
repetition changes nothing. Rows must not name one external id twice. Each verb is one transaction and lets the accounts
that changed be scored anew.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pghistory
from django.conf import settings
from django.db import connection, models, transaction
from django.utils.text import slugify

from accounts.models import Account, Contact, Contract, ContractLine, Invoice, Product, Touch, User
from accounts.services.latest import refresh_latest
from accounts.signals import account_observed
from cs_workspace.common import clock
from cs_workspace.common.upserting import Selection, Target, Written, array_text, defaults_of, literal, upsert

Rows = Sequence[Sequence[Any]]
BY_EXTERNAL_ID = "(source, external_id) WHERE NOT external_id = ''"
ONBOARDING_DAYS = 90

ACCOUNT_FIELDS = {
    "name": "text",
    "domain": "text",
    "industry": "text",
    "country": "text",
    "time_zone": "text",
    "stage": "text",
    "owner_id": "bigint",
    "tags": "varchar[]",
    "currency": "text",
    "customer_since": "date",
    "seasonal": "boolean",
    "strategic": "boolean",
    "custom": "jsonb",
}
CONTACT_FIELDS = {
    "account_id": "bigint",
    "name": "text",
    "email": "text",
    "phone": "text",
    "title": "text",
    "function": "text",
    "seniority": "text",
    "time_zone": "text",
    "roles": "varchar[]",
    "influence": "smallint",
    "sentiment": "text",
    "engagement": "text",
    "status": "text",
    "left_on": "date",
    "consent": "boolean",
}
CONTRACT_FIELDS = {
    "account_id": "bigint",
    "number": "text",
    "start": "date",
    "end": "date",
    "auto_renew": "boolean",
    "notice_days": "integer",
    "term_months": "integer",
    "billing": "text",
    "currency": "text",
    "status": "text",
    "expected_logins_per_week": "numeric",
}
LINE_FIELDS = {
    "product_id": "bigint",
    "seats": "integer",
    "seats_assigned": "integer",
    "unit_price": "numeric",
    "arr": "numeric",
    "discount": "numeric",
}
INVOICE_FIELDS = {
    "account_id": "bigint",
    "contract_id": "bigint",
    "number": "text",
    "issued_on": "date",
    "due_on": "date",
    "paid_on": "date",
    "amount": "numeric",
    "currency": "text",
    "status": "text",
}
TOUCH_FIELDS = {
    "account_id": "bigint",
    "kind": "text",
    "direction": "text",
    "at": "timestamptz",
    "by_id": "bigint",
    "attended": "boolean",
    "answered_at": "timestamptz",
    "sentiment": "text",
    "summary": "text",
    "next_step": "text",
}

HANG = """
    UPDATE accounts_account a SET parent_id = p.id, version = a.version + 1
    FROM unnest(%(children)s::text[], %(parents)s::text[]) AS given (child, parent)
    JOIN accounts_account p ON p.source = %(source)s AND p.external_id = given.parent AND p.external_id <> ''
    WHERE a.source = %(source)s AND a.external_id = given.child AND a.external_id <> ''
        AND a.id <> p.id AND a.parent_id IS DISTINCT FROM p.id
"""


@dataclass
class Upserted:
    """How many records are new and changed, and the accounts whose they are."""

    new: int = 0
    changed: int = 0
    account_ids: set[int] = field(default_factory=set)

    def __iadd__(self, other: "Upserted") -> "Upserted":
        self.new += other.new
        self.changed += other.changed
        self.account_ids |= other.account_ids
        return self


@transaction.atomic
def upsert_accounts(*, source: str, fields: Sequence[str], rows: Rows | Selection, by: User | None = None) -> Upserted:
    """Accounts. Tags and custom fields are added to those that are there; an owner is given only where there is none.

    Custom fields come as the text of a JSON object. A new account without a stage is onboarding in its first 90 days
    and established afterwards.
    """
    updates = {
        "tags": "t.tags || ARRAY(SELECT tag FROM unnest(excluded.tags) AS tag WHERE tag <> ALL (t.tags))",
        "custom": "t.custom || excluded.custom",
        "owner_id": "COALESCE(t.owner_id, excluded.owner_id)",
    }
    inserts = {"currency": literal(settings.WORKSPACE_CURRENCY), "stage": literal(Account.Stage.ESTABLISHED)}
    if "customer_since" in fields:
        young = f"given.customer_since > {literal(clock.today())}::date - {ONBOARDING_DAYS}"
        inserts["stage"] = f"CASE WHEN {young} THEN 'onboarding' ELSE 'established' END"
    if "owner_id" in fields:
        inserts["owner_since"] = f"CASE WHEN given.owner_id IS NOT NULL THEN {literal(clock.today())}::date END"
    target = _target(Account, source, _types(ACCOUNT_FIELDS, fields), updates=updates, inserts=inserts)
    return _done(Account, _write(target, fields, rows, by), by)


@transaction.atomic
def upsert_contacts(*, source: str, fields: Sequence[str], rows: Rows, by: User | None = None) -> Upserted:
    """Contacts of accounts; `account_id` must be among the fields."""
    target = _target(Contact, source, _types(CONTACT_FIELDS, fields))
    return _done(Contact, _write(target, fields, rows, by), by)


@transaction.atomic
def upsert_contracts(*, source: str, fields: Sequence[str], rows: Rows, by: User | None = None) -> Upserted:
    """Contracts, each with the one line that its row describes if it names a product and its ARR.

    Lines that came from elsewhere stay. A contract counts as changed where its line has.
    """
    own = [name for name in fields if name in CONTRACT_FIELDS]
    lines = [name for name in fields if name in LINE_FIELDS]
    target = _target(Contract, source, _types(CONTRACT_FIELDS, own))
    written = _write(target, own, _picked(fields, own, rows), by)
    if {"product_id", "arr"} <= set(lines):
        with_line = [row for row in _picked(fields, lines, rows) if row[1 + lines.index("product_id")]]
        changed = _write_lines(source, lines, with_line, by)
        written.changed = sorted({*written.changed, *changed.all} - {*written.new})
    return _done(Contract, written, by)


@transaction.atomic
def upsert_invoices(*, source: str, fields: Sequence[str], rows: Rows, by: User | None = None) -> Upserted:
    """Invoices of accounts; `account_id` must be among the fields."""
    target = _target(Invoice, source, _types(INVOICE_FIELDS, fields))
    return _done(Invoice, _write(target, fields, rows, by), by)


@transaction.atomic
def upsert_touches(*, source: str, fields: Sequence[str], rows: Rows, by: User | None = None) -> Upserted:
    """Touches of accounts; `account_id` must be among the fields. Keeps the accounts' last touch current."""
    target = _target(Touch, source, _types(TOUCH_FIELDS, fields))
    done = _done(Touch, _write(target, fields, rows, by), by)
    if done.account_ids:
        refresh_latest(done.account_ids)
    return done


@transaction.atomic
def ensure_products(names: Iterable[str]) -> dict[str, int]:
    """Keys of the products of these names, by name; those that are not there are made."""
    keys = {name: slugify(name)[:60] or "product" for name in names}
    known = dict(Product.objects.filter(key__in=keys.values()).values_list("key", "pk"))
    for name, key in keys.items():
        if key not in known:
            known[key] = Product.objects.get_or_create(key=key, defaults={"name": name})[0].pk
    return {name: known[key] for name, key in keys.items()}


@transaction.atomic
def set_parents(*, source: str, parents: dict[str, str], by: User | None = None) -> int:
    """Hangs accounts under their parents, external id to external id; gives how many that changed.

    Pairs of which one is unknown, and an account that would be its own parent, are passed over.
    """
    with pghistory.context(**_actor(by)), connection.cursor() as cursor:
        cursor.execute(HANG, {"source": source, "children": [*parents], "parents": [*parents.values()]})
        return cursor.rowcount


@transaction.atomic
def share_out(*, source: str, owners: Sequence[User], by: User | None = None) -> int:
    """Gives the accounts of a source that have no owner one of the users each, in turn; gives how many there were.

    The turn follows the accounts' external ids, so that the same files come out the same.
    """
    orphans = (
        Account.objects.active().filter(source=source, owner=None).order_by("external_id").values_list("pk", flat=True)
        if owners
        else []
    )
    ids = list(orphans)
    with pghistory.context(**_actor(by)):
        for turn, owner in enumerate(owners):
            theirs = ids[turn :: len(owners)]
            Account.objects.filter(pk__in=theirs).update(
                owner=owner, owner_since=clock.today(), version=models.F("version") + 1
            )
    return len(ids)


def _write_lines(source: str, fields: Sequence[str], rows: Rows, by: User | None) -> Written:
    """Contract lines under the external id of their contract; gives the ids of their contracts."""
    contracts = dict(
        Contract.objects.filter(source=source, external_id__in=[row[0] for row in rows]).values_list(
            "external_id", "pk"
        )
    )
    target = _target(
        ContractLine, source, {"contract_id": "bigint"} | _types(LINE_FIELDS, fields), returning="t.contract_id"
    )
    return _write(target, ["contract_id", *fields], [(row[0], contracts[row[0]], *row[1:]) for row in rows], by)


def _types(known: dict[str, str], fields: Sequence[str]) -> dict[str, str]:
    if unknown := set(fields) - set(known):
        raise ValueError(f"No such fields: {', '.join(sorted(unknown))}.")
    return {name: known[name] for name in fields}


def _target(
    model: type[models.Model],
    source: str,
    types: dict[str, str],
    *,
    updates: dict[str, str] | None = None,
    inserts: dict[str, str] | None = None,
    returning: str = "t.id",
) -> Target:
    columns = {"external_id": "text"} | {_quoted(name): kind for name, kind in types.items()}
    known = {column.column for column in model._meta.concrete_fields}
    given = {name: value for name, value in (inserts or {}).items() if name not in types}
    stamps = {"updated_at": "now()"} if "updated_at" in known else {}
    if "version" in known:
        stamps["version"] = "t.version + 1"
    return Target(
        table=model._meta.db_table,
        columns=columns,
        conflict=BY_EXTERNAL_ID,
        updates={name: f"excluded.{name}" for name in columns if name != "external_id"}
        | {name: value for name, value in (updates or {}).items() if name in types},
        stamps=stamps,
        inserts={"source": literal(source)}
        | given
        | {
            _quoted(name): value
            for name, value in defaults_of(model, {*types, *given, "source", "external_id"}).items()
        },
        returning=returning,
    )


def _quoted(name: str) -> str:
    """`end` is a word of SQL."""
    return f'"{name}"' if name == "end" else name


def _write(target: Target, fields: Sequence[str], rows: Rows | Selection, by: User | None) -> Written:
    lists = [1 + place for place, name in enumerate(fields) if target.columns.get(name, "").endswith("[]")]
    if lists and not isinstance(rows, Selection):
        rows = [[array_text(value) if place in lists else value for place, value in enumerate(row)] for row in rows]
    with pghistory.context(**_actor(by)):
        return upsert(target, rows)


def _done(model: type[models.Model], written: Written, by: User | None) -> Upserted:
    """Counts, and tells the floors above."""
    ids = written.all
    if model is not Account:
        ids = set(model._default_manager.filter(pk__in=ids).values_list("account_id", flat=True)) if ids else set()
    if ids:
        account_observed.send(sender=model, account_ids=sorted(ids))
    return Upserted(len(written.new), len(written.changed), ids)


def _picked(fields: Sequence[str], wanted: Sequence[str], rows: Rows) -> Rows:
    places = [0, *(1 + fields.index(name) for name in wanted)]
    return [[row[place] for place in places] for row in rows]


def _actor(by: User | None) -> dict[str, int]:
    return {"user": by.pk} if by else {}
