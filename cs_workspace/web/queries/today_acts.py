"""What Today offers beside each reason: where its text leads, and the one thing to do about it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from accounts.models import Account
from cs_workspace.common.links import link
from cs_workspace.web.domain.today import Kind, Reason


class How(StrEnum):
    """How something is done: by a button at once, in a dialog, or on a page of its own."""

    POST = "post"
    DIALOG = "dialog"
    PAGE = "page"


@dataclass(frozen=True)
class Act:
    """What the button says, what it says to those who cannot see where it stands, and where it leads.

    `mark` is its id on the page, of what is done at once; `url` of a dialog has a query already.
    """

    how: How
    label: str
    says: str
    url: str
    mark: str = ""


@dataclass(frozen=True)
class Offer:
    """A reason with where its text leads, how that `opens` (not at all where None), and what to do."""

    reason: Reason
    url: str
    opens: How | None
    act: Act


def offer_of(reason: Reason, account: Account | None) -> Offer:
    """What is offered beside a reason for an account, or for the user alone. No query."""
    return _OFFERS.get(reason.kind, _touch)(reason, account)


def _task(reason: Reason, _account: Account | None) -> Offer:
    act = Act(How.POST, "Done", f"Done: {reason.text}", _of("accounts:task-done", reason), f"done-{reason.pk}")
    return Offer(reason, _of("accounts:task-edit", reason), How.DIALOG, act)


def _alert(reason: Reason, account: Account | None) -> Offer:
    says = f"Acknowledge {reason.text}, {_name(account)}"
    act = Act(How.POST, "Acknowledge", says, _of("health:acknowledge-alert", reason), f"ack-{reason.pk}")
    return Offer(reason, _of("health:alert", reason), How.PAGE, act)


def _signal(reason: Reason, account: Account | None) -> Offer:
    says = f"Confirm {reason.text}, {_name(account)}"
    act = Act(How.POST, "Confirm", says, _of("health:signal-confirm", reason), f"confirm-{reason.pk}")
    return Offer(reason, f"{_for('accounts:account', account)}#signals", How.PAGE, act)


def _renewal(reason: Reason, account: Account | None) -> Offer:
    says = f"Add a task for the renewal of {_name(account)}"
    act = Act(How.DIALOG, "Add task", says, f"{link('accounts:task-new')}?account={_key(account)}")
    if not reason.pk:
        return Offer(reason, "", None, act)
    return Offer(reason, _of("renewals:renewal", reason), How.PAGE, act)


def _touch(reason: Reason, account: Account | None) -> Offer:
    says, url = f"Log a touch with {_name(account)}", _for("accounts:touch-new", account)
    return Offer(reason, "", None, Act(How.DIALOG, "Log touch", says, f"{url}?cadence={reason.choice}"))


def _page(label: str, of: str, url: Callable[[Reason, Account | None], str]) -> Callable[..., Offer]:
    """The text and the button lead to the same page."""

    def offer(reason: Reason, account: Account | None) -> Offer:
        there = url(reason, account)
        return Offer(reason, there, How.PAGE, Act(How.PAGE, label, f"Open the {of} {_name(account)}", there))

    return offer


def _of(name: str, reason: Reason) -> str:
    """The page of the record that a reason is about."""
    assert reason.pk is not None
    return link(name, reason.pk)


def _for(name: str, account: Account | None) -> str:
    return link(name, _key(account))


def _key(account: Account | None) -> int:
    assert account is not None  # only tasks may be for nobody
    return account.pk


def _name(account: Account | None) -> str:
    return account.name if account else ""


_OFFERS: Final[Mapping[Kind, Callable[[Reason, Account | None], Offer]]] = {
    Kind.TASK: _task,
    Kind.ALERT: _alert,
    Kind.SIGNAL: _signal,
    Kind.RENEWAL: _renewal,
    Kind.REVIEW: _page("Open review", "review with", lambda reason, _: _of("qbr:review", reason)),
    Kind.SAVE: _page("Open plan", "save plan of", lambda reason, _: _of("health:intervention", reason)),
    Kind.PLAN: _page("Open plan", "success plan of", lambda _, one: _for("accounts:account-plan", one)),
    Kind.MILESTONE: _page(
        "Open steps", "onboarding of", lambda _, account: _for("accounts:account-onboarding", account)
    ),
}
