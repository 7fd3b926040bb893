"""Why customers leave: the categories, what belongs to each, and how far such a loss can be prevented (risk.md §4)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Category(StrEnum):
    """What kind of reason it was."""

    PRODUCT = "product"
    VALUE = "value"
    RELATIONSHIP = "relationship"
    FINANCIAL = "financial"
    COMPETITION = "competition"
    STRATEGIC = "strategic"


class Preventable(StrEnum):
    """How far we could have done something about it."""

    YES = "yes"
    PARTLY = "partly"
    SOMETIMES = "sometimes"
    RARELY = "rarely"


class SubReason(StrEnum):
    """The reason itself; each belongs to one category."""

    MISSING_FEATURE = "missing_feature"
    USABILITY = "usability"
    BUGS = "bugs"
    PERFORMANCE = "performance"
    NO_RETURN = "no_return"
    WRONG_USE_CASE = "wrong_use_case"
    OVER_SOLD = "over_sold"
    CHAMPION_LEFT = "champion_left"
    POOR_EXPERIENCE = "poor_experience"
    TRUST_BROKEN = "trust_broken"
    BUDGET_CUT = "budget_cut"
    MERGER = "merger"
    BANKRUPTCY = "bankruptcy"
    PRICE = "price"
    COMPETITOR = "competitor"
    BUILT_IN_HOUSE = "built_in_house"
    PIVOT = "pivot"
    DIVISION_CLOSED = "division_closed"
    DEPRIORITISED = "deprioritised"


@dataclass(frozen=True)
class Kind:
    """A category in words, with the reasons that belong to it."""

    label: str
    preventable: Preventable
    reasons: dict[SubReason, str]


@dataclass(frozen=True)
class Why:
    """Why something was lost. `preventable` is None for what the category of the reason says."""

    sub_reason: SubReason
    preventable: Preventable | None = None
    competitor: str = ""
    notes: str = ""

    @property
    def category(self) -> Category:
        """That of the reason."""
        return category_of(self.sub_reason)

    @property
    def judged(self) -> Preventable:
        """How far we could have done something about it."""
        return self.preventable or preventable(self.sub_reason)


TAXONOMY: Final = {
    Category.PRODUCT: Kind(
        "Product",
        Preventable.PARTLY,
        {
            SubReason.MISSING_FEATURE: "Missing feature",
            SubReason.USABILITY: "Usability",
            SubReason.BUGS: "Bugs",
            SubReason.PERFORMANCE: "Performance",
        },
    ),
    Category.VALUE: Kind(
        "Value",
        Preventable.YES,
        {
            SubReason.NO_RETURN: "No return realised",
            SubReason.WRONG_USE_CASE: "Wrong use case",
            SubReason.OVER_SOLD: "Over-sold",
        },
    ),
    Category.RELATIONSHIP: Kind(
        "Relationship",
        Preventable.YES,
        {
            SubReason.CHAMPION_LEFT: "Champion left",
            SubReason.POOR_EXPERIENCE: "Poor experience",
            SubReason.TRUST_BROKEN: "Trust broken",
        },
    ),
    Category.FINANCIAL: Kind(
        "Financial",
        Preventable.SOMETIMES,
        {
            SubReason.BUDGET_CUT: "Budget cut",
            SubReason.MERGER: "Merger",
            SubReason.BANKRUPTCY: "Bankruptcy",
            SubReason.PRICE: "Price",
        },
    ),
    Category.COMPETITION: Kind(
        "Competition",
        Preventable.PARTLY,
        {SubReason.COMPETITOR: "Competitor", SubReason.BUILT_IN_HOUSE: "Built in-house"},
    ),
    Category.STRATEGIC: Kind(
        "Strategic",
        Preventable.RARELY,
        {
            SubReason.PIVOT: "Pivot",
            SubReason.DIVISION_CLOSED: "Division closed",
            SubReason.DEPRIORITISED: "Deprioritised",
        },
    ),
}
SUB_REASON_LABELS: Final = {reason: label for kind in TAXONOMY.values() for reason, label in kind.reasons.items()}
PREVENTABLE_LABELS: Final = {
    Preventable.YES: "Yes",
    Preventable.PARTLY: "Partly",
    Preventable.SOMETIMES: "Sometimes",
    Preventable.RARELY: "Rarely",
}
# After some losses there is nobody left who could come back, or nothing that they would come back for.
NOBODY_LEFT: Final = {
    SubReason.BANKRUPTCY: "The company does not exist any more.",
    SubReason.DIVISION_CLOSED: "The division that used it was closed.",
}
_CATEGORY_OF: Final = {reason: category for category, kind in TAXONOMY.items() for reason in kind.reasons}


def category_of(reason: SubReason) -> Category:
    """The one category that a reason belongs to."""
    return _CATEGORY_OF[reason]


def preventable(reason: SubReason) -> Preventable:
    """How far a loss for this reason can be prevented, which its category says."""
    return TAXONOMY[category_of(reason)].preventable


def why_not_to_win_back(reason: SubReason) -> str:
    """Why a customer who left for a reason is not worth being won back; empty where they are, as for most."""
    return NOBODY_LEFT.get(reason, "")
