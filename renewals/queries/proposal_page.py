"""What the pages of proposals show: one in full, those of a renewal, and a draft while it is being written."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from accounts.models import User
from accounts.queries.share_links import live_link_to
from renewals.domain.proposals import (
    Action,
    Figures,
    Option,
    Refusal,
    State,
    beside_today,
    figures_of,
    lacks_return,
    outcome_of,
)
from renewals.models import Approval, Proposal, ProposalShare, Renewal
from renewals.queries.approvals import Standing, approvals_of, limits, standing_of
from renewals.queries.proposals import ProposalPage, held_in, page_of, proposals_of, terms_of

CLOSED = Refusal("The renewal is closed.")


@dataclass(frozen=True)
class ListRow:
    """A proposal in the list of a renewal, with what is asked for it or was decided last."""

    page: ProposalPage
    approvals: Sequence[Approval]


@dataclass(frozen=True)
class FullPage:
    """One proposal with all that its page says. `refusals` tells by action why it is not possible, as it stands."""

    page: ProposalPage
    standing: Standing
    approvals: Sequence[Approval]
    link: ProposalShare | None
    refusals: dict[str, str]

    @property
    def proposal(self) -> Proposal:
        """The proposal itself."""
        return self.page.proposal

    @property
    def is_above(self) -> bool:
        """Whether its discount is above the limit of its author, so that somebody has to approve."""
        return bool(self.standing.deciders)


@dataclass(frozen=True)
class PreviewRow:
    """An option while it is being written: what it comes to, and whether its discount lacks a return."""

    title: str
    figures: Figures
    lacks_return: bool


@dataclass(frozen=True)
class Preview:
    """What a draft comes to, and how it stands to the limit of who is writing it."""

    rows: Sequence[PreviewRow]
    standing: Standing
    today_arr: Decimal
    currency: str


def list_of(renewal: Renewal) -> list[ListRow]:
    """The proposals of a renewal, the latest first. Four queries."""
    pages = proposals_of(renewal)
    approvals = approvals_of([page.proposal for page in pages])
    return [ListRow(page, approvals[page.proposal.pk]) for page in pages]


def full_page(proposal: Proposal) -> FullPage:
    """One proposal that was read whole. Three queries."""
    matrix = limits()
    standing = standing_of(terms_of(proposal), proposal.author, matrix)
    return FullPage(
        page=page_of(proposal),
        standing=standing,
        approvals=approvals_of([proposal])[proposal.pk],
        link=live_link_to(ProposalShare, proposal),
        refusals=_refusals(proposal, standing),
    )


def preview_of(proposal: Proposal, options: Sequence[Option], user: User) -> Preview:
    """What options come to that are not saved yet, if `user` offers them. Two queries."""
    held = held_in(proposal.renewal.contract_id)
    beside = [beside_today(option, held) for option in options]
    today_arr = sum((line.arr for line in held), Decimal(0))
    rows = [
        PreviewRow(option.title, figures_of(option, today_arr=today_arr, worth=proposal.worth), lacks_return(option))
        for option in beside
    ]
    return Preview(rows, standing_of(beside, user, limits()), today_arr, proposal.currency)


def _refusals(proposal: Proposal, standing: Standing) -> dict[str, str]:
    """Why an action is not possible now, by its name; empty where it is."""
    found = {action.value: _refusal(proposal, action) for action in Action}
    if not found[Action.SEND] and standing.deciders and proposal.state != State.APPROVED:
        found[Action.SEND] = f"Needs approval first: {' and '.join(standing.deciders)}."
    return found


def _refusal(proposal: Proposal, action: Action) -> str:
    if not proposal.renewal.is_open:
        return CLOSED.reason
    outcome = outcome_of(proposal.state, action)
    return outcome.reason if isinstance(outcome, Refusal) else ""
