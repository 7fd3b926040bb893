"""Contracts with their lines, changes of ARR, and invoices."""

from typing import Any

from accounts.services.upserting import upsert_contracts, upsert_invoices
from cs_workspace.web.importing.loaders.base import ERROR, WARNING, Loader, Outcome
from cs_workspace.web.importing.reading import Rows, TableReader
from cs_workspace.web.importing.staging import Stage
from renewals.services.line_history import tell_lines

# The ARR of contracts from each day on which it changed, the first time from their start; changes of before count from
# there.
HISTORY = """
    WITH moved AS (
        SELECT c.key, c.start AS day, c.arr AS amount FROM {contracts} c
        WHERE c.key = ANY(%(keys)s) AND c.arr IS NOT NULL AND EXISTS (SELECT FROM {changes} e WHERE e.contract = c.key)
        UNION ALL
        SELECT c.key, GREATEST(e.day, c.start), e.amount FROM {contracts} c JOIN {changes} e ON e.contract = c.key
        WHERE c.key = ANY(%(keys)s) AND c.arr IS NOT NULL
    ), daily AS (SELECT key, day, sum(amount) AS amount FROM moved GROUP BY key, day)
    SELECT key, day, GREATEST(round(sum(amount) OVER (PARTITION BY key ORDER BY day), 2), 0)
    FROM daily ORDER BY key, day
"""


class ArrChangeLoader(Loader):
    """Changes of ARR are staged only: they are part of the contracts that the next table brings.

    Added to what a contract began with, and never to what it has, they come out the same however often they are read.
    Each is a movement of the ledger on its own day.
    """

    def staged(self) -> dict[str, str]:
        """The contract stays a name: it is not written yet."""
        return {"contract": "text", "day": "date", "amount": "numeric"}

    def prepare(self, rows: Rows, reader: TableReader) -> Rows:
        """Only changes that have come into force count."""
        wrong = {place for place, day in enumerate(rows.values["day"]) if day > self.run.today}
        for place in sorted(wrong):
            reader.report(rows, place, WARNING, "day", "is not in force yet and was passed over")
        reader.left_out += len(wrong)
        return rows.without(wrong)

    def finish(self) -> list[Outcome]:
        """Hands the changes to the contracts."""
        self.report_twins()
        self.stage.index("contract")
        self.run.arr_changes = self
        return []

    def write(self) -> list[Outcome]:
        """Nothing of their own."""
        return []

    def report_unused(self, contracts: Stage) -> None:
        """Changes of contracts that no file brings."""
        unused = (
            f"SELECT file, line, contract FROM {self.stage.name} s "  # noqa: S608  names of our own tables
            f"WHERE NOT EXISTS (SELECT FROM {contracts.name} c WHERE c.key = s.contract) ORDER BY nr"
        )
        for file, line, contract in self.stage.rows(unused):
            self.run.report(ERROR, self.place(file, line, "contract", contract), "names no contract of this import")


class ContractLoader(Loader):
    """Contracts, each with the line that its row describes."""

    happened = "start"
    beginning = "starts before the account became a customer"

    def write(self) -> list[Outcome]:
        """Contracts with the changes of ARR that were staged for them."""
        outcome = Outcome("contracts")
        changes = self.run.arr_changes
        summed = {"arr": self._changed_by(changes.stage.name)} if changes and "arr" in self.fields else {}
        for rows in self.staged_rows(**summed):
            self._refuse_below_zero(rows)
            self.upsert(outcome, upsert_contracts, list(self.stage.columns), rows)
            if summed and changes:
                self._tell([row["key"] for row in rows], changes.stage.name)
        if isinstance(changes, ArrChangeLoader):
            changes.report_unused(self.stage)
        return [outcome]

    def _changed_by(self, changes: str) -> str:
        own = self.stage.name
        added = f"SELECT sum(c.amount) FROM {changes} c WHERE c.contract = {own}.key"  # noqa: S608  names of our own
        return f"round({own}.arr + COALESCE(({added}), 0), 2)"

    def _tell(self, keys: list[str], changes: str) -> None:
        """Hands on what the changes say of the past of these contracts."""
        told = self.stage.all(HISTORY.format(contracts=self.stage.name, changes=changes), {"keys": keys})
        self.run.touched |= tell_lines(source=self.run.source, keys=keys, history=told)

    def _refuse_below_zero(self, rows: list[dict[str, Any]]) -> None:
        for row in rows:
            if row.get("arr") is not None and row["arr"] < 0:
                place = self.place(row["file"], row["line"], "arr", str(row["arr"]))
                self.run.report(WARNING, place, "falls below zero by its changes and counts as zero")
                row["arr"] = 0


class InvoiceLoader(Loader):
    """Invoices; one with a day of payment is paid, whether a status says so or not."""

    def write(self) -> list[Outcome]:
        """Invoices."""
        outcome = Outcome("invoices")
        fields = list(dict.fromkeys([*self.stage.columns, "issued_on", "paid_on", "status"]))
        for rows in self.staged_rows():
            self.upsert(outcome, upsert_invoices, fields, [self._whole(row) for row in rows])
        return [outcome]

    @staticmethod
    def _whole(row: dict[str, Any]) -> dict[str, Any]:
        row["paid_on"] = row.get("paid_on")
        row["issued_on"] = row.get("issued_on") or row["due_on"]
        row["status"] = row.get("status") or ("paid" if row["paid_on"] else "open")
        return row
