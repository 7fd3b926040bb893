"""What customers of the demo said on leaving, and what Northwind learned from it. Answers stand in the order of the
questions of the reason's category (`renewals.domain.exit_interviews`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from renewals.domain.churn import Preventable, SubReason


@dataclass(frozen=True)
class Story:
    """Why a customer gave something up. Without answers, nobody was asked; `preventable` is None for the category's."""

    sub_reason: SubReason
    notes: str
    answers: tuple[str, ...] = ()
    lesson: str = ""
    competitor: str = ""
    preventable: Preventable | None = None


STORIES: Final = (
    Story(
        SubReason.NO_RETURN,
        "The reports they bought it for were still written by hand a year later.",
        (
            "In the spring, when the second quarterly report was put together in a spreadsheet again.",
            "Two days a month for the finance team. We never measured whether we got there.",
            "Reporting. The templates were never set up, and the people who knew how had other work.",
            "Sit down with us in month three and build one report to the end.",
            "A pilot with one report that runs, before we sign again.",
        ),
        "Bring one report into use before day 90, and have the sponsor confirm the hours saved in writing.",
    ),
    Story(
        SubReason.COMPETITOR,
        "Aerlo offered three years at the price of two. We heard of it when the decision had been made.",
        (
            "In summer, when purchasing compared all contracts above 20,000 a year.",
            "Aerlo. The price for three years decided it, not a feature.",
            "In June. IT and purchasing; the team that uses it was asked at the end.",
            "Speak with purchasing half a year before the end.",
            "A comparable price, and the export of our history.",
        ),
        "Ask for the buying calendar at each review, and meet purchasing 180 days before the end.",
        competitor="Aerlo",
    ),
    Story(
        SubReason.CHAMPION_LEFT,
        "The head of operations left in March. Her successor had used another product for years.",
        (
            "When Anna left. Nobody else could have said what we use it for.",
            "Anna had one contact with you. After her we wrote to support.",
            "A new head of operations, who brought his own way of working.",
            "Meet the new head in his first week, with what had been reached until then.",
            "",
        ),
        "Never one contact only: at two engaged people or fewer, the next review is about finding a third.",
    ),
    Story(
        SubReason.BUDGET_CUT,
        "All software without a named owner was cut in the budget round.",
        (
            "When the board asked for 15 % less in October.",
            "The board decided. Half of the tools of the department were cut with it.",
            "At half the seats we would have stayed for the year.",
            "Offer a smaller contract before the list was made.",
            "A smaller package, from the next financial year on.",
        ),
        "Offer to right-size as soon as a budget freeze is spoken of, before the list of cuts is written.",
    ),
    Story(
        SubReason.MISSING_FEATURE,
        "They needed approvals by two people. It was on the roadmap for three quarters.",
        (
            "In the audit of last year, when approvals were found to be missing.",
            "Two people must approve each change. The product knows one.",
            "Three tickets and two calls. The date moved each time.",
            "Tell us in the first quarter that it would take a year.",
            "Approvals by two people, with a log.",
        ),
        "A date that moves twice is told as “not this year”, with a workaround beside it.",
        preventable=Preventable.YES,
    ),
    Story(
        SubReason.BANKRUPTCY,
        "Insolvency was filed in the summer; the administrator ended all subscriptions.",
    ),
    Story(
        SubReason.POOR_EXPERIENCE,
        "Four tickets waited for more than a week during their busiest month.",
        (
            "In December, when the import stopped and nobody called back for nine days.",
            "Support, and then our contact. Both were friendly; nothing happened.",
            "Our contact changed twice within the year.",
            "A call on the second day, with a name who works on it.",
            "A person we can ring in our season.",
        ),
        "Customers with a season get a named support contact for it, agreed two months ahead.",
    ),
    Story(
        SubReason.USABILITY,
        "Field staff went back to paper: the forms could not be filled in on a phone.",
        (
            "After the first month on site.",
            "Fill in a form on a small screen, with gloves, without a network.",
            "We showed it to the consultant at the training. I do not know where it went.",
            "Try it with two of our people before the roll-out.",
            "Forms that work on a phone.",
        ),
        "Where work happens in the field, the pilot is done in the field.",
    ),
    Story(
        SubReason.PRICE,
        "The increase of 9 % met a frozen budget.",
        (
            "With the letter that announced the new price.",
            "Our budget was frozen; the letter came after it.",
            "At the old price, for two years.",
            "Speak of the price in autumn, when we plan.",
            "The old price.",
        ),
        "Price changes are spoken of before the customer's budget is made, never by letter alone.",
    ),
    Story(
        SubReason.DIVISION_CLOSED,
        "The logistics division was sold, and its systems with it.",
        (
            "When the sale was announced.",
            "The division was sold. We knew for a year and could not say so.",
            "No. The rest of the company works with what the group prescribes.",
            "Nothing.",
            "",
        ),
    ),
    Story(
        SubReason.BUILT_IN_HOUSE,
        "Their data team built what they used of it in one quarter.",
        (
            "When we hired two data engineers.",
            "Our own. We used two screens, and built these.",
            "At the beginning of the year. Our data team alone.",
            "Show us what else we could have used.",
            "",
        ),
        "Two features in use after a year is a warning: look at breadth before the value review, not after.",
    ),
    Story(
        SubReason.OVER_SOLD,
        "They had been promised an integration that does not exist.",
        (
            "In the second week, when the integration turned out to be a file a day.",
            "Orders in both systems within a minute. We got there never.",
            "Everything that hangs on the orders.",
            "Say before the contract what the integration can do.",
            "An integration that we have seen running.",
        ),
        "What was promised is read aloud at the kick-off, and whoever sold it is in the room.",
    ),
    Story(
        SubReason.DEPRIORITISED,
        "A new strategy without the programme that the product was bought for.",
        (
            "With the new strategy in January.",
            "The programme ended. It was known since autumn.",
            "Perhaps compliance. Nobody has asked them.",
            "Ask who else could use it, while the programme still ran.",
            "A team that needs it.",
        ),
        "When a programme ends, ask for two other teams while the sponsor is still there.",
        preventable=Preventable.SOMETIMES,
    ),
)
CONTRACTIONS: Final = (
    Story(SubReason.BUDGET_CUT, "Fewer seats after a hiring freeze; those who left were not replaced."),
    Story(SubReason.NO_RETURN, "One of two teams never came to use it, and gave its seats back."),
    Story(SubReason.PRICE, "Took the smaller package to stay within the old budget."),
    Story(SubReason.COMPETITOR, "One department moved to Taskmere, the others stayed.", competitor="Taskmere"),
    Story(SubReason.MERGER, "After the merger two contracts were put into one, with the seats that are in use."),
)
