"""Writes chunks of customers: places of the plan become keys, and each table gets its rows in one COPY."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from accounts.models import Account, Contact, Contract, ContractLine, Invoice, Note, Task, TeamMember, Touch
from cs_workspace.common import clock
from cs_workspace.web.demo.agreements import left_on
from cs_workspace.web.demo.book import Customer
from cs_workspace.web.demo.company import Chunk, Company
from cs_workspace.web.demo.copying import copy_rows, reserve_keys
from cs_workspace.web.demo.observed import write_observations
from cs_workspace.web.demo.places import RATES
from cs_workspace.web.demo.staffing import Keys

SOURCE = "demo"
CURRENT_RATE = {currency: Decimal(rates[-1]) for currency, rates in RATES.items()}
ONBOARDING_DAYS, ADOPTING_DAYS, RENEWING_DAYS = 90, 270, 90
STAND_IN_EVERY = 11  # so many customers have a second CSM on the team
SPONSOR_ABOVE = Decimal(180_000)
ACCOUNT = (
    "id", "created_at", "updated_at", "source", "external_id", "name", "domain", "industry", "country", "time_zone",
    "segment_id", "stage", "status", "is_trial", "parent_id", "owner_id", "owner_since", "tags", "currency",
    "customer_since", "seasonal", "low_season_months", "strategic", "churned_on", "arr", "renewal_date", "last_touch",
)  # fmt: skip
CONTACT = (
    "id", "created_at", "updated_at", "source", "external_id", "account_id", "name", "email", "phone", "title",
    "function", "seniority", "time_zone", "roles", "influence", "sentiment", "engagement", "status", "left_on",
    "consent",
)  # fmt: skip
CONTRACT = (
    "id", "created_at", "updated_at", "source", "external_id", "account_id", "number", "start", "end", "auto_renew",
    "notice_days", "term_months", "billing", "currency", "status", "expected_logins_per_week",
)  # fmt: skip
LINE = (
    "source", "external_id", "contract_id", "product_id", "seats", "seats_assigned", "unit_price", "arr", "discount",
)  # fmt: skip
INVOICE = (
    "created_at", "updated_at", "source", "external_id", "account_id", "contract_id", "number", "issued_on", "due_on",
    "paid_on", "amount", "currency", "status",
)  # fmt: skip
TOUCH = (
    "id", "created_at", "updated_at", "account_id", "kind", "direction", "at", "by_id", "attended", "answered_at",
    "sentiment", "summary", "next_step",
)  # fmt: skip
NOTE = ("created_at", "updated_at", "account_id", "body", "template", "pinned", "by_id", "at")
TASK = (
    "id", "created_at", "updated_at", "title", "body", "account_id", "due_at", "priority", "status", "outcome", "by_id",
    "done_at", "done_by_id",
)  # fmt: skip


class Writer:
    """Writes a company chunk by chunk; `rows` counts what was written, by table."""

    def __init__(self, company: Company, keys: Keys) -> None:
        self.company = company
        self.keys = keys
        self.rows: Counter[str] = Counter()
        self._csms = [keys.staff[place] for place in company.places("csm")]
        self._executives = [keys.staff[place] for place in company.places("ae")]
        self._vice_president = keys.staff[0]
        # Parents stand in the same chunk or before it.
        self._parents: dict[int, int] = {}

    def write(self, chunk: Chunk) -> None:
        """The customers of the chunk with everything that hangs on them."""
        accounts = reserve_keys(Account, len(chunk.book))
        people = reserve_keys(Contact, len(chunk.people))
        self._parents |= {c.number: key for c, key in zip(chunk.book, accounts, strict=True)}
        self._write_accounts(chunk, accounts)
        self._write_people(chunk, accounts, people)
        self._write_agreements(chunk, accounts)
        self._write_talks(chunk, accounts, people)
        self._write_work(chunk, accounts)
        owners = [self._owner(customer) for customer in chunk.book]
        self.rows += write_observations(chunk, self.keys, accounts, people, owners)

    def _owner(self, customer: Customer) -> int:
        return self._csms[customer.owner]

    def _write_accounts(self, chunk: Chunk, accounts: list[int]) -> None:
        arr, renewal = _terms(chunk)
        last = _last_touches(chunk)
        rows = [
            self._account(chunk, place, key, arr[place], renewal[place], last.get(place))
            for place, key in enumerate(accounts)
        ]
        self._count("accounts", copy_rows(Account, ACCOUNT, rows))
        team = (row for place, key in enumerate(accounts) for row in self._team(chunk.book[place], key, arr[place]))
        self._count("team", copy_rows(TeamMember, ("account_id", "user_id", "role"), team))

    def _account(
        self, chunk: Chunk, place: int, key: int, arr: Decimal, renewal: dt.date | None, last_touch: dt.datetime | None
    ) -> tuple:
        customer, as_of = chunk.book[place], self.company.as_of
        gone = left_on(place, chunk.history)
        since = as_of - dt.timedelta(days=customer.owner_days) if customer.owner_days else customer.start
        made = clock.start_of(customer.start)
        return (
            key, made, made, SOURCE, customer.external_id, customer.name, customer.domain, customer.industry,
            customer.country.name, customer.country.zone, self.keys.segment_of(arr),
            _stage(customer, gone, renewal, as_of), "churned" if gone else "active", customer.trial,
            self._parents[customer.parent] if customer.parent is not None else None, self._owner(customer),
            max(since, customer.start), list(customer.tags), customer.country.currency, customer.start,
            bool(customer.low_season), list(customer.low_season), customer.strategic, gone, arr,
            None if gone else renewal, last_touch,
        )  # fmt: skip

    def _team(self, customer: Customer, key: int, arr: Decimal) -> Iterator[tuple[int, int, str]]:
        if customer.kind.key in ("enterprise", "mid-market") or customer.trial:
            yield key, self._executives[customer.executive], TeamMember.Role.AE
        if customer.strategic or arr >= SPONSOR_ABOVE:
            yield key, self._vice_president, TeamMember.Role.SPONSOR
        if customer.number % STAND_IN_EVERY == 0:
            yield key, self._csms[(customer.owner + 1) % len(self._csms)], TeamMember.Role.CSM
        if (self.company.as_of - customer.start).days < ONBOARDING_DAYS and customer.kind.key != "self-serve":
            yield key, self._csms[(customer.owner + 2) % len(self._csms)], TeamMember.Role.IMPLEMENTATION

    def _write_people(self, chunk: Chunk, accounts: list[int], people: list[int]) -> None:
        def rows() -> Iterator[tuple]:
            for number, (key, one) in enumerate(zip(people, chunk.people, strict=True)):
                made = clock.start_of(min(one.since, self.company.as_of))
                customer = chunk.book[one.customer]
                yield (
                    key, made, made, SOURCE, f"{chunk.first + 1}-{number + 1}", accounts[one.customer], one.name,
                    one.email, one.phone, one.title, one.function, one.seniority, customer.country.zone,
                    list(one.roles), one.influence, one.sentiment, one.engagement,
                    "left" if one.left_on else "active", one.left_on, one.left_on is None,
                )  # fmt: skip

        self._count("contacts", copy_rows(Contact, CONTACT, rows()))

    def _write_agreements(self, chunk: Chunk, accounts: list[int]) -> None:
        keys = reserve_keys(Contract, len(chunk.agreements))
        currency = [chunk.book[one.customer].country.currency for one in chunk.agreements]

        def contracts() -> Iterator[tuple]:
            for place, one in enumerate(chunk.agreements):
                made = clock.start_of(one.start)
                yield (
                    keys[place], made, made, SOURCE, one.number, accounts[one.customer], one.number, one.start, one.end,
                    one.auto_renew, one.notice_days, one.term_months, one.billing, currency[place], one.status,
                    one.logins_per_week,
                )  # fmt: skip

        def lines() -> Iterator[tuple]:
            for one in chunk.lines:
                yield (
                    SOURCE, f"{chunk.agreements[one.agreement].number}-{one.product + 1}", keys[one.agreement],
                    self.keys.products[one.product], one.seats, one.seats_assigned, one.unit_price, one.arr,
                    one.discount,
                )  # fmt: skip

        def invoices() -> Iterator[tuple]:
            for one in chunk.bills:
                made = clock.start_of(one.issued_on)
                yield (
                    made, made, SOURCE, one.number, accounts[one.customer], keys[one.agreement], one.number,
                    one.issued_on, one.due_on, one.paid_on, one.amount, currency[one.agreement],
                    "paid" if one.paid_on else "open",
                )  # fmt: skip

        self._count("contracts", copy_rows(Contract, CONTRACT, contracts()))
        self._count("contract lines", copy_rows(ContractLine, LINE, lines()))
        self._count("invoices", copy_rows(Invoice, INVOICE, invoices()))

    def _write_talks(self, chunk: Chunk, accounts: list[int], people: list[int]) -> None:
        keys = reserve_keys(Touch, len(chunk.talks))
        rows = (
            (
                key, one.at, one.at, accounts[one.customer], one.kind, one.direction, one.at,
                self._owner(chunk.book[one.customer]), one.attended, one.answered_at, one.sentiment, one.summary,
                one.next_step,
            )
            for key, one in zip(keys, chunk.talks, strict=True)
        )  # fmt: skip
        self._count("touches", copy_rows(Touch, TOUCH, rows))
        attendees = ((key, people[person]) for key, one in zip(keys, chunk.talks, strict=True) for person in one.people)
        self._count("attendees", copy_rows(Touch.attendees.through, ("touch_id", "contact_id"), attendees))

    def _write_work(self, chunk: Chunk, accounts: list[int]) -> None:
        owner = [self._owner(customer) for customer in chunk.book]
        notes = (
            (one.at, one.at, accounts[one.customer], one.body, one.template, one.pinned, owner[one.customer], one.at)
            for one in chunk.remarks
        )
        self._count("notes", copy_rows(Note, NOTE, notes))
        keys = reserve_keys(Task, len(chunk.todos))
        tasks = (
            (
                key, one.made_at, one.done_at or one.made_at, one.title, one.body, accounts[one.customer], one.due_at,
                one.priority, "done" if one.done_at else "open", one.outcome, owner[one.customer], one.done_at,
                owner[one.customer] if one.done_at else None,
            )
            for key, one in zip(keys, chunk.todos, strict=True)
        )  # fmt: skip
        self._count("tasks", copy_rows(Task, TASK, tasks))
        assignees = (
            (key, user)
            for key, one in zip(keys, chunk.todos, strict=True)
            for user in (
                owner[one.customer],
                *([self._executives[chunk.book[one.customer].executive]] if one.executive else []),
            )
        )
        self._count("assignees", copy_rows(Task.assignees.through, ("task_id", "user_id"), assignees))

    def _count(self, table: str, rows: int) -> None:
        self.rows[table] += rows


def _terms(chunk: Chunk) -> tuple[list[Decimal], list[dt.date | None]]:
    """ARR of each customer in euros by its last contract, and that contract's end; of those who left what it was."""
    arr = [Decimal(0)] * len(chunk.book)
    renewal: list[dt.date | None] = [None] * len(chunk.book)
    last = {one.customer: place for place, one in enumerate(chunk.agreements)}
    for line in chunk.lines:
        customer = chunk.agreements[line.agreement].customer
        if last[customer] == line.agreement:
            rate = CURRENT_RATE.get(chunk.book[customer].country.currency, Decimal(1))
            arr[customer] += line.arr * rate
            renewal[customer] = chunk.agreements[line.agreement].end
    return [amount.quantize(Decimal("0.01")) for amount in arr], renewal


def _last_touches(chunk: Chunk) -> dict[int, dt.datetime]:
    """By customer: the newest touch in which the customer took part."""
    last: dict[int, dt.datetime] = {}
    for talk in chunk.talks:
        if talk.direction == "in" or talk.attended or talk.answered_at:
            last[talk.customer] = max(talk.at, last.get(talk.customer, talk.at))
    return last


def _stage(customer: Customer, gone: dt.date | None, renewal: dt.date | None, as_of: dt.date) -> str:
    age = (as_of - customer.start).days
    if gone:
        return Account.Stage.CHURNED
    if customer.trial or age < ONBOARDING_DAYS:
        return Account.Stage.ONBOARDING
    if age < ADOPTING_DAYS:
        return Account.Stage.ADOPTING
    if renewal is not None and (renewal - as_of).days <= RENEWING_DAYS:
        return Account.Stage.RENEWING
    return Account.Stage.ESTABLISHED
