"""What loading has in common: rows find what they refer to, are staged, lose their twins, and are written."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, ClassVar

from django.conf import settings

from accounts.models import User
from accounts.services.settling import Claim
from accounts.services.upserting import Upserted
from cs_workspace.web.importing.kinds import CUSTOM, METRIC, Field, Reading
from cs_workspace.web.importing.mapping import Mapping, Table
from cs_workspace.web.importing.problems import Problem, Problems, Severity
from cs_workspace.web.importing.reading import Rows, TableReader
from cs_workspace.web.importing.references import AccountFound, ContractFound, References
from cs_workspace.web.importing.staging import Stage

Verb = Callable[..., Upserted]
ERROR, WARNING = Severity.ERROR, Severity.WARNING

TYPES = {
    Reading.TEXT: "text",
    Reading.INTEGER: "bigint",
    Reading.DECIMAL: "numeric",
    Reading.DATE: "date",
    Reading.DATETIME: "timestamptz",
    Reading.BOOLEAN: "boolean",
    Reading.CHOICE: "text",
    Reading.LIST: "text[]",
    Reading.EMAIL: "text",
    Reading.CURRENCY: "text",
    Reading.ZONE: "text",
}


@dataclass(frozen=True, order=True)
class Place:
    """Where something was said: file, line, column and the value that stands there."""

    file: str
    line: int
    column: str
    value: str


@dataclass
class Outcome:
    """What became of one kind of records."""

    label: str
    total: int = 0
    new: int = 0
    changed: int = 0

    @property
    def unchanged(self) -> int:
        """Records that say what was known already."""
        return self.total - self.new - self.changed

    def count(self, new: int, changed: int) -> None:
        """Adds what came of some of them."""
        self.new += new
        self.changed += changed


@dataclass
class Run:
    """What the loaders of one import share."""

    mapping: Mapping
    problems: Problems
    today: dt.date
    references: References
    shift: dt.timedelta = dt.timedelta()
    by: User | None = None
    touched: set[int] = field(default_factory=set)
    claims: dict[int, Claim] = field(default_factory=dict)
    churn_claimed: dict[int, list[Place]] = field(default_factory=dict)
    trial_claimed: dict[int, Place] = field(default_factory=dict)
    stated_arr: dict[int, tuple[Any, Place]] = field(default_factory=dict)
    arr_changes: "Loader | None" = None

    @property
    def source(self) -> str:
        """Whose files these are."""
        return self.mapping.source

    def report(self, severity: Severity, place: Place, summary: str, detail: str = "") -> None:
        """Notes a problem of a row that was read earlier."""
        self.problems.add(Problem(severity, place.file, place.line, place.column, place.value, summary, detail))

    def claim(self, account_id: int) -> Claim:
        """What is said about the standing of an account so far."""
        return self.claims.setdefault(account_id, Claim())


class Loader:
    """Loads one table of a mapping. A kind that needs more than this overrides `prepare` and `write`."""

    # The field that says when it happened, to be compared with the beginning of the contract or the relationship
    happened: ClassVar[str] = ""
    beginning: ClassVar[str] = "is dated before the account became a customer"

    def __init__(self, table: Table, run: Run) -> None:
        self.table = table
        self.run = run
        self.files: list[str] = []
        self.duplicates = 0
        self.refused = 0
        self.fields = table.by_field
        self.stage = Stage(f"{table.kind.name}_{run.mapping.tables.index(table)}", self.staged())

    def staged(self) -> dict[str, str]:
        """Columns of the stage and their types: references by their keys, the rest as it was read."""
        columns: dict[str, str] = {}
        if self.table.kind.owner:
            columns["account_id"] = "bigint"
        for name, column in self.fields.items():
            if name.startswith(CUSTOM):
                columns["custom"] = "jsonb"
            elif name.startswith(METRIC):
                columns[name] = "float8"
            elif column.field.names:
                columns[self.reference(column.field)] = "bigint"
            else:
                columns[name] = TYPES[column.field.reading]
        return columns

    @staticmethod
    def reference(known: Field) -> str:
        """The column that holds what a field refers to."""
        return f"{known.name}_id"

    def natural(self) -> list[str]:
        """Columns of the stage that make a row of this kind the same as another one."""
        if self.table.key:
            return ["key"]
        return [
            name
            for kind_field in self.table.kind.natural
            for name in (kind_field, f"{kind_field}_id")
            if name in self.stage.columns
        ]

    def read(self, reader: TableReader) -> None:
        """Reads one file into the stage."""
        self.files.append(reader.file)
        for rows in reader:
            prepared = self.prepare(rows, reader)
            if len(prepared):
                self.stage.add(len(self.files) - 1, prepared.lines, prepared.keys, prepared.values)

    def prepare(self, rows: Rows, reader: TableReader) -> Rows:
        """Finds what the rows refer to; rows that belong to nobody known are left behind with a word."""
        wrong: set[int] = set()
        contracts = self._contracts(rows, reader, wrong)
        self._accounts(rows, reader, contracts, wrong)
        self._contacts(rows, reader)
        self._users(rows, reader)
        self._products(rows, contracts)
        self._check_beginning(rows, reader, contracts, wrong)
        if "currency" in rows.values:
            usual = self.run.mapping.currency or settings.WORKSPACE_CURRENCY
            rows.values["currency"] = [currency or usual for currency in rows.values["currency"]]
        self._gather_own(rows)
        return rows.without(wrong)

    def finish(self) -> list[Outcome]:
        """Takes out twins, then writes."""
        if not self.table.kind.merges:
            self.report_twins()
        outcomes = self.write()
        self.run.references.forget()
        return outcomes

    def write(self) -> list[Outcome]:
        """Writes what is staged; one outcome for each kind of records."""
        raise NotImplementedError

    def staged_rows(self, **expressions: str) -> Iterator[list[dict[str, Any]]]:
        """What is staged, in chunks, by name; `expressions` replaces columns by SQL."""
        names = ["key", "file", "line", *self.stage.columns]
        for chunk in self.stage.chunks([expressions.get(name, f'{self.stage.name}."{name}"') for name in names]):
            yield [dict(zip(names, row, strict=True)) for row in chunk]

    def upsert(self, outcome: Outcome, verb: Verb, fields: Sequence[str], rows: list[dict[str, Any]]) -> None:
        """Hands rows to a verb of the accounts and counts what came of it."""
        values = [(row["key"], *(row[name] for name in fields)) for row in rows]
        done = verb(source=self.run.source, fields=fields, rows=values, by=self.run.by)
        outcome.total += len(rows)
        outcome.count(done.new, done.changed)
        self.run.touched |= done.account_ids

    def place(self, file: int, line: int, name: str = "", value: str = "") -> Place:
        """Where a staged row came from; `name` is a field."""
        column = self.fields[name].column if name in self.fields else name
        return Place(self.files[file], line, column, value)

    # References

    def _contracts(self, rows: Rows, reader: TableReader, wrong: set[int]) -> list[ContractFound | None]:
        if "contract" not in self.fields:
            return [None] * len(rows)
        names = rows.values.pop("contract")
        found: list[ContractFound | None] = self.run.references.contracts.all(names)
        for place, (name, contract) in enumerate(zip(names, found, strict=True)):
            if name and contract is None:
                wrong.add(place)
                reader.report(rows, place, ERROR, "contract", "names no known contract", name)
        rows.values["contract_id"] = [contract.pk if contract else None for contract in found]
        return found

    def _accounts(
        self, rows: Rows, reader: TableReader, contracts: list[ContractFound | None], wrong: set[int]
    ) -> None:
        if not self.table.kind.owner:
            return
        ids: list[int | None] = [contract.account_id if contract else None for contract in contracts]
        since: list[dt.date | None] = [None] * len(rows)
        if "account" in self.fields:
            names = rows.values.pop("account")
            found: list[AccountFound | None] = self.run.references.accounts.all(names)
            for place, (name, account) in enumerate(zip(names, found, strict=True)):
                if account is None:
                    if name:
                        wrong.add(place)
                        reader.report(rows, place, ERROR, "account", "names no known account", name)
                    continue
                if ids[place] not in (None, account.pk):
                    wrong.add(place)
                    reader.report(rows, place, ERROR, "account", "is another account than that of the contract", name)
                ids[place], since[place] = account
        for place, pk in enumerate(ids):
            if pk is None and place not in wrong:
                wrong.add(place)
                reader.report(rows, place, ERROR, self._owner_field(), "is empty: whose row is it?")
        rows.values["account_id"] = ids
        self._since = since

    def _owner_field(self) -> str:
        return next(name for name in self.table.kind.owner if name in self.fields)

    def _contacts(self, rows: Rows, reader: TableReader) -> None:
        if "contact" not in self.fields:
            return
        names = rows.values.pop("contact")
        ids: list[int | None] = []
        for place, (name, found) in enumerate(zip(names, self.run.references.contacts.all(names), strict=True)):
            theirs = found is not None and found[1] == rows.values["account_id"][place]
            ids.append(found[0] if found and theirs else None)
            if name and not theirs:
                summary = "is a contact of another account" if found else "names no known contact"
                reader.report(rows, place, WARNING, "contact", summary, name)
        rows.values["contact_id"] = ids

    def _users(self, rows: Rows, reader: TableReader) -> None:
        for name, column in self.fields.items():
            if column.field.names != "user":
                continue
            emails = rows.values.pop(name)
            ids = self.run.references.users.all(emails)
            for place, (email, pk) in enumerate(zip(emails, ids, strict=True)):
                if email and pk is None:
                    reader.report(rows, place, WARNING, name, "names no user of the workspace", email)
            rows.values[self.reference(column.field)] = ids

    def _products(self, rows: Rows, contracts: list[ContractFound | None]) -> None:
        if "product" in self.fields:
            rows.values["product_id"] = self.run.references.products.all(rows.values.pop("product"))
        elif "product_id" in self.stage.columns:
            rows.values["product_id"] = [contract.product_id if contract else None for contract in contracts]

    def _check_beginning(
        self, rows: Rows, reader: TableReader, contracts: list[ContractFound | None], wrong: set[int]
    ) -> None:
        """What happened before the beginning, or after the end, is imported with a word of doubt."""
        if not self.happened:
            return
        for place, moment in enumerate(rows.values[self.happened]):
            if place in wrong or moment is None:
                continue
            day = moment.date() if isinstance(moment, dt.datetime) else moment
            contract, since = contracts[place], self._since[place]
            if contract and day < contract.start:
                reader.report(
                    rows,
                    place,
                    WARNING,
                    self.happened,
                    "is dated before the contract starts",
                    f"{day} against {contract.start}",
                )
            elif contract and contract.end and day >= contract.end:
                reader.report(
                    rows,
                    place,
                    WARNING,
                    self.happened,
                    "is dated after the contract has ended",
                    f"{day} against {contract.end}",
                )
            elif contract is None and since and day < since:
                reader.report(rows, place, WARNING, self.happened, self.beginning, f"{day} against {since}")

    def _gather_own(self, rows: Rows) -> None:
        """Custom fields become one object; metrics become numbers."""
        own = [name for name in self.fields if name.startswith(CUSTOM)]
        if own:
            keys = [name.removeprefix(CUSTOM) for name in own]
            columns = [[_plain(value) for value in rows.values.pop(name)] for name in own]
            rows.values["custom"] = [dict(zip(keys, values, strict=True)) for values in zip(*columns, strict=True)]
        for name in self.fields:
            if name.startswith(METRIC):
                rows.values[name] = [
                    None if value is None or value == "" else float(value) for value in rows.values[name]
                ]

    # Twins

    def report_twins(self) -> None:
        """Takes out rows that repeat or contradict an earlier one, and says so of each."""
        column = self.table.key[0] if self.table.key else ""
        for twin in self.stage.take_twins(self.natural()):
            where = f"line {twin.first_line}"
            if twin.first_file != twin.file:
                where += f" of {self.files[twin.first_file]}"
            place = self.place(twin.file, twin.line, column, twin.key)
            if twin.same:
                self.duplicates += 1
                self.run.report(WARNING, place, "repeats an earlier row and was passed over", where)
            else:
                self.refused += 1
                self.run.report(ERROR, place, "contradicts an earlier row, which holds", where)


def whole_groups(chunks: Iterable[list[tuple[Any, ...]]], width: int) -> Iterator[list[tuple[Any, ...]]]:
    """Chunks again, but rows that agree in their first `width` values stay together; they must follow one another."""
    rest: list[tuple[Any, ...]] = []
    for chunk in chunks:
        rows = rest + chunk
        last = rows[-1][:width]
        groups = [list(group) for _, group in groupby(rows, key=lambda row: row[:width] == last)]
        rest = groups[-1]
        whole = [row for group in groups[:-1] for row in group]
        if whole:
            yield whole
    if rest:
        yield rest


def _plain(value: object) -> object:
    """A value as JSON has it."""
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | str):
        return value
    return float(str(value))
