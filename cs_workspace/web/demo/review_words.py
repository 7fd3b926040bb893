"""What is written, promised and answered in the reviews of the demo."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Wish:
    """A goal until the next review; `unit` is empty for plain numbers."""

    title: str
    measure: str
    unit: str
    baseline: int
    target: int


@dataclass(frozen=True)
class Promise:
    """An action item: whose, what, and due so many days after the review."""

    side: str
    title: str
    days: int


SUMMARIES = (
    "A quarter of *steady* growth: the second team works with it daily, and the closing takes two days less.",
    "The roll-out paused over the summer and is **back on its way**; support was quiet.",
    "The sponsor changed in the middle of the quarter. What was agreed stands, and the figures hold.",
    "Usage went down with the reorganisation. This review is about getting three teams back on board.",
)
SPEAKER = (
    "Begin with their own words from the last call, then the closing time.",
    "Ask how the reorganisation goes before any figure is shown.",
    "Keep ten minutes for the plan: the CFO has to leave early.",
)
COMPETITION = (
    "Procurement mentioned an offer of a larger suite; they value that ours was live within six weeks.",
    "No other vendor in sight. The group looks at its tools in spring.",
)
WISHES = (
    Wish("Shorter quarterly closing", "Days until the books are closed", "days", 9, 6),
    Wish("More invoices without a hand", "Share of invoices that nobody touches", "%", 54, 75),
    Wish("Second site on board", "People of the second site who work with it weekly", "", 0, 40),
    Wish("Fewer approvals by mail", "Approvals outside of the workspace a month", "", 120, 20),
    Wish("Faster onboarding of suppliers", "Days from request to first order", "days", 14, 5),
    Wish("Reports that are read", "Managers who open the monthly report", "", 6, 25),
)
IDEAS = (
    ("Seats for the second site", "They hire there until summer, and want one process for both."),
    ("Premium support", "Two incidents at month end showed what an hour of waiting costs them."),
    ("Analytics for group controlling", "The CFO asked for figures over all companies."),
)
NOTES = (
    "They open a second site in spring and want to start with finance.",
    "The works council agreed to the reports by person.",
    "Month end was quiet for the first time this year.",
    "The new CFO wants to see the saving in euros, not in hours.",
    "They asked for an export to their data warehouse.",
    "Two of the power users leave in January; successors are named.",
)
DECISIONS = (
    "The second team starts in the first week of next month.",
    "The sponsor joins every other review.",
    "The old tool is switched off by the end of the quarter.",
    "They take the training for administrators.",
)
PROMISES = (
    Promise("us", "Send the integration guide for the data warehouse", 7),
    Promise("us", "Plan the roll-out of the second team with their lead", 14),
    Promise("us", "Work out the saving in euros for the CFO", 10),
    Promise("us", "Settle the open ticket on the payment run", 5),
    Promise("customer", "Name the people of the second site", 10),
    Promise("customer", "Open the test system for the new connector", 14),
    Promise("customer", "Confirm the figures of the closing", 7),
)
WHY_CANCELLED = (
    "Merged with the executive review of the same month",
    "They moved it into the renewal talks",
)
COMMENTS = {
    5: "The clearest hour of the quarter. Our CFO quoted your figures.",
    4: "Good. A little less product, a little more plan.",
    3: "Too many slides; what we promised each other was at the very end.",
}
