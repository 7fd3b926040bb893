"""What the navigation lists, and in which groups."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Page:
    """A page by the name of its address, for which the palette has the label and says who may open it.

    `counted` is what of the counts waits there; empty where nothing is counted.
    """

    url_name: str
    icon: str
    counted: str = ""


@dataclass(frozen=True)
class Group:
    """Pages that belong together, those that are used most first.

    With a label they can be folded, and are until somebody opens them; without one they are what everybody uses.
    """

    pages: Sequence[Page]
    label: str = ""
    icon: str = ""

    @property
    def key(self) -> str:
        """By what it is remembered that the group was opened; empty where it cannot be folded."""
        return self.label.lower().replace(" ", "-")


GROUPS: Final = (
    Group(
        (
            Page("today", "today"),
            Page("accounts:book", "book", "accounts"),
            Page("health:at_risk", "risk", "at_risk"),
            Page("health:interventions", "shield", "saving"),
            Page("health:alerts", "alerts", "alerts"),
            Page("accounts:tasks", "tasks", "tasks"),
        )
    ),
    Group(
        (
            Page("accounts:onboarding", "onboarding", "onboarding"),
            Page("renewals:board", "renewal", "renewals"),
            Page("renewals:expansion", "expansion"),
            Page("qbr:reviews", "review", "reviews"),
            Page("accounts:plans", "plan", "plans"),
            Page("renewals:win-back", "return"),
        )
    ),
    Group(
        (
            Page("renewals:approvals", "check", "approvals"),
            Page("health:disagreements", "apart", "disagreements"),
            Page("health:overrides", "pencil"),
        ),
        label="Decisions",
        icon="scales",
    ),
    Group(
        (
            Page("accounts:outbox", "outbox", "mails"),
            Page("accounts:playbooks", "playbook"),
            Page("accounts:sequences", "sequence"),
            Page("accounts:mail-templates", "letter"),
        ),
        label="Outreach",
        icon="send",
    ),
    Group(
        (
            Page("health:surveys", "survey"),
            Page("accounts:feature-requests", "requests"),
            Page("health:advocates", "advocate"),
        ),
        label="Feedback",
        icon="touch",
    ),
    Group(
        (
            Page("renewals:forecast", "forecast"),
            Page("renewals:retention", "retention"),
            Page("renewals:churn-report", "churn"),
            Page("health:save-results", "shield"),
            Page("qbr:measures", "review"),
            Page("renewals:win-back-report", "return"),
        ),
        label="Reports",
        icon="reports",
    ),
    Group(
        (
            Page("admin:health_scorecard_changelist", "admin"),
            Page("health:metrics", "ruler"),
            Page("health:alert-quality", "alerts"),
            Page("health:coverage", "gauge"),
            Page("health:churn-model", "churn"),
        ),
        label="Health model",
        icon="pulse",
    ),
)


def page_of(path: str, urls: Mapping[str, str], among: Iterable[Page]) -> str:
    """Where in the navigation a path belongs, of `urls` by name: to the longest address that it begins with, as some
    pages lie below others. Empty where it belongs to none."""

    def holds(url: str) -> bool:
        return path == url if url == "/" else path.startswith(url)

    holding = [page.url_name for page in among if holds(urls[page.url_name])]
    return max(holding, key=lambda name: len(urls[name]), default="")
