"""What customers of Northwind want to achieve, use it for, worry about and get out of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Wish:
    """An objective: what, by which measure, from where to where."""

    title: str
    measure: str
    unit: str
    baseline: int
    target: int


WISHES = (
    Wish("Close the month faster", "Days until the books are closed", "days", 9, 4),
    Wish("Approve purchases without e-mail", "Purchase orders approved in the tool", "%", 15, 90),
    Wish("Spend less time on invoices", "Manual work per month", "h", 120, 40),
    Wish("Get every team on one process", "Teams that work in it", "teams", 2, 12),
    Wish("Answer requests within a day", "Requests answered within 24 hours", "%", 48, 85),
    Wish("Fewer errors in order data", "Orders corrected by hand per week", "orders", 60, 10),
    Wish("Reports without spreadsheets", "Reports that build themselves", "reports", 0, 15),
    Wish("Onboard new people faster", "Days until a new colleague works alone", "days", 30, 12),
)
USE_CASES = (
    "Purchase approvals",
    "Monthly closing",
    "Leave requests",
    "Supplier onboarding",
    "Figures for the board",
    "Sync with the ERP",
    "Quality checks on site",
)
RISKS = (
    ("Their IT is short of people until summer", "Our partner takes over the connectors", True),
    ("The works council has to agree to the reports", "Workshop with the council, dates proposed", True),
    ("The new CFO asks what it is worth", "ROI figures for the next review", False),
    ("Only one team knows how it works", "Train a second champion", False),
    ("Two tools do the same thing in finance", "Show what switching off the old one saves", False),
)
GAINS = (
    ("saving", "Hours saved per month × internal rate of €62 × 12", 700),
    ("saving", "Licences of the old tool that were cancelled", 400),
    ("gain", "Early-payment discounts that were no longer missed", 550),
    ("saving", "External bookkeeping that is not needed any more", 900),
)
SUMMARIES = (
    "Went through the objectives; they confirmed the figures and want the next team on board.",
    "Agreed to move the roll-out of the second team by three weeks.",
    "Sponsor joined. The objective for the year stays, the measure is now counted weekly.",
)
