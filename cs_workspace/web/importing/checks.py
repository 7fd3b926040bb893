"""What one row says against itself: the impossible is an error, the doubtful a warning and imported all the same."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from cs_workspace.web.importing.problems import Severity

ERROR, WARNING = Severity.ERROR, Severity.WARNING
Row = dict[str, Any]


@dataclass(frozen=True)
class Finding:
    """What is wrong with a row, and the field where it shows."""

    severity: Severity
    field: str
    summary: str
    detail: str = ""


def check(kind: str, row: Row) -> list[Finding]:
    """Findings about a row of that kind, by its fields; those that are not mapped are absent."""
    return list(CHECKS[kind](row))


def _in_order(row: Row, first: str, last: str, severity: Severity, summary: str) -> Iterator[Finding]:
    start, end = row.get(first), row.get(last)
    if start is not None and end is not None and end < start:
        yield Finding(severity, last, summary, f"{_shown(end)} is before {_shown(start)}")


def _shown(moment: dt.date | dt.datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if isinstance(moment, dt.datetime) else f"{moment}"


def _account(row: Row) -> Iterator[Finding]:
    yield from _in_order(row, "customer_since", "churned_on", WARNING, "churned before becoming a customer")


def _contact(row: Row) -> Iterator[Finding]:
    left, left_on = row.get("status"), row.get("left_on")
    if left == "left" and left_on is None:
        yield Finding(ERROR, "status", "has left, but no day says when")
    if left == "active" and left_on is not None:
        yield Finding(ERROR, "left_on", "has left on a day, but is active")


def _contract(row: Row) -> Iterator[Finding]:
    yield from _in_order(row, "start", "end", ERROR, "ends before it starts")
    if row.get("status") == "ended" and "end" in row and row["end"] is None:
        yield Finding(WARNING, "status", "has ended, but no day says when")
    if "arr" in row and "product" in row and row["arr"] and not row["product"]:
        yield Finding(ERROR, "product", "has ARR, but no product")
    if "product" in row and row["product"] and "arr" in row and row["arr"] is None:
        yield Finding(ERROR, "arr", "has a product, but no ARR")


def _invoice(row: Row) -> Iterator[Finding]:
    status, paid_on = row.get("status"), row.get("paid_on")
    if status == "paid" and paid_on is None:
        yield Finding(ERROR, "status", "is paid, but no day says when")
    if status in ("open", "void") and paid_on is not None:
        yield Finding(ERROR, "paid_on", f"is paid on a day, but {status}")
    yield from _in_order(row, "issued_on", "due_on", WARNING, "is due before it was issued")


def _ticket(row: Row) -> Iterator[Finding]:
    yield from _in_order(row, "opened_at", "closed_at", ERROR, "is closed before it was opened")
    opened, closed, minutes = row.get("opened_at"), row.get("closed_at"), row.get("first_response_minutes")
    if opened and closed and minutes is not None and closed >= opened:
        taken = (closed - opened).total_seconds() / 60
        if minutes > taken:
            yield Finding(
                WARNING,
                "first_response_minutes",
                "first answered after it was closed",
                f"{minutes} minutes against {taken:.0f}",
            )


def _survey(row: Row) -> Iterator[Finding]:
    low, high = (0, 10) if row["kind"] == "nps" else (1, 5)
    if not low <= row["score"] <= high:
        yield Finding(ERROR, "score", f"is not from {low} to {high}, as {row['kind']} answers are")


def _touch(row: Row) -> Iterator[Finding]:
    if row.get("attended") is not None and row["kind"] in ("email", "chat"):
        yield Finding(ERROR, "attended", "is for what is held: messages are answered")
    yield from _in_order(row, "at", "answered_at", ERROR, "is answered before it was sent")


def _training(row: Row) -> Iterator[Finding]:
    yield from _in_order(row, "assigned_on", "completed_on", ERROR, "is completed before it was assigned")


CHECKS: Final[dict[str, Callable[[Row], Iterator[Finding]]]] = {
    "accounts": _account,
    "contacts": _contact,
    "contracts": _contract,
    "invoices": _invoice,
    "tickets": _ticket,
    "surveys": _survey,
    "touches": _touch,
    "training": _training,
}
