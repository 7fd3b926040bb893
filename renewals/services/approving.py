"""Discounts above a limit: put before somebody who may give them, decided with a reason, taken back on a change."""

import datetime as dt
from collections.abc import Iterable, Sequence

import pghistory
from django.db import transaction
from django.urls import reverse

from accounts.models import Task, User
from accounts.services.notifying import Message, notify, take_back_messages
from accounts.services.tasks import cancel_task, complete_task, create_task
from accounts.services.versions import locked
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from renewals.domain.authority import Part, limit_of, percent
from renewals.domain.proposals import Action, State, discount_of
from renewals.models import Approval, Proposal
from renewals.queries.approvals import approvers_of, asks_for, limits, refusal_for
from renewals.queries.proposals import terms_of
from renewals.services.proposal_steps import lock_renewal, next_state, settle

# How long a customer can be let wait for a price.
DECIDED_WITHIN = dt.timedelta(days=2)
NOBODY = {
    Part.LINE: "Nobody above {author} may give a discount that needs a limit of {limit}. An admin sets the limits.",
    Part.FINANCE: "This discount is above every limit, and nobody is marked as finance. An admin does that.",
}


@transaction.atomic
def ask_approval(*, by: User, proposal: Proposal, note: str = "", version: int | None = None) -> Proposal:
    """Puts a proposal before those who may give its discount, with the author's words; they get a task and a message.

    Raises `RefusedError` where its author may give it alone, where there is nobody who could approve it, and for a
    closed renewal; `StaleError`.
    """
    lock_renewal(proposal.renewal)
    held = locked(proposal, version=version)
    state = next_state(held, Action.ASK)
    matrix = limits()
    asks = asks_for(held, matrix)
    if not asks:
        raise RefusedError("Its author may give this discount alone. It can be sent.")
    approvers = [approvers_of(ask, held, matrix) for ask in asks]
    for ask, found in zip(asks, approvers, strict=True):
        if not found:
            raise RefusedError(NOBODY[ask.part].format(author=held.author, limit=percent(ask.limit)))
    last = held.approvals.order_by("-round").values_list("round", flat=True).first() or 0
    asked = [
        Approval(
            proposal=held,
            round=last + 1,
            part=ask.part.value,
            needed=ask.limit,
            discount=max(discount_of(option) for option in terms_of(held)),
            author=held.author,
            author_limit=limit_of(held.author.role, matrix) if held.author else 0,
            note=note[:300],
            asked_at=clock.now(),
        )
        for ask in asks
    ]
    with pghistory.context(user=by.pk):
        Approval.objects.bulk_create(asked)
    for approval, people in zip(asked, approvers, strict=True):
        _tell_approvers(approval, people)
    return settle(held, state, by=by)


@transaction.atomic
def approve(*, by: User, approval: Approval, reason: str) -> Proposal:
    """Gives what was asked for; the proposal is approved once nothing else is asked for.

    Raises `RefusedError` where somebody else is to decide, it is decided or taken back, and without a reason.
    """
    proposal, held = _decide(approval, Approval.Verdict.APPROVED, reason, by=by)
    if proposal.approvals.filter(verdict=Approval.Verdict.PENDING).exists():
        return proposal
    done = settle(proposal, next_state(proposal, Action.APPROVE), by=by)
    _tell_author(held, done, by=by)
    return done


@transaction.atomic
def refuse(*, by: User, approval: Approval, reason: str) -> Proposal:
    """Does not give it: the proposal is a draft again, and nobody else is asked. Raises as `approve` does."""
    proposal, held = _decide(approval, Approval.Verdict.REFUSED, reason, by=by)
    take_back_asking(proposal, by=by)
    done = settle(proposal, next_state(proposal, Action.REFUSE), by=by)
    _tell_author(held, done, by=by)
    return done


def take_back_asking(held: Proposal, *, by: User) -> None:
    """What is asked for a locked proposal is no longer to be decided: the tasks go, and what nobody has read."""
    pending = list(held.approvals.filter(verdict=Approval.Verdict.PENDING).select_for_update())
    with pghistory.context(user=by.pk):
        Approval.objects.filter(pk__in=[one.pk for one in pending]).update(
            verdict=Approval.Verdict.WITHDRAWN, decided_at=clock.now()
        )
    take_back_messages(keys=[_key(one) for one in pending])
    for task in _open_tasks(pending):
        cancel_task(by=by, task=task)


def _decide(approval: Approval, verdict: Approval.Verdict, reason: str, *, by: User) -> tuple[Proposal, Approval]:
    """The verdict on a locked approval, with its tasks done; gives the locked proposal, too."""
    lock_renewal(approval.proposal.renewal)
    proposal = locked(approval.proposal)
    held = Approval.objects.select_for_update(of=("self",)).select_related("author").get(pk=approval.pk)
    if held.verdict != Approval.Verdict.PENDING or proposal.state != State.AWAITING:
        raise RefusedError(f"This was {held.get_verdict_display().lower()} already.")
    refused = refusal_for(by, held)
    if refused is not None:
        raise RefusedError(refused.reason)
    if not reason.strip():
        raise RefusedError("Say why: it stays with the decision.")
    held.verdict, held.decided_at, held.decided_by, held.reason = verdict, clock.now(), by, reason.strip()[:300]
    with pghistory.context(user=by.pk):
        held.save()
    take_back_messages(keys=[_key(held)])
    for task in _open_tasks([held]):
        complete_task(by=by, task=task, outcome=f"{held.get_verdict_display()}: {held.reason}")
    return proposal, held


def _tell_approvers(approval: Approval, people: Sequence[User]) -> None:
    proposal = approval.proposal
    title = f"Decide on {percent(approval.discount)} discount for {proposal.account}"
    url = reverse("renewals:approvals")
    create_task(
        by=None,
        title=title,
        body=approval.note,
        account=proposal.account,
        assignees=people,
        due_at=approval.asked_at + DECIDED_WITHIN,
        priority=Task.Priority.HIGH,
        origin=Task.Origin.RENEWAL,
        origin_key=_key(approval),
    )
    body = f"{proposal.author} asks: {approval.note}" if approval.note else f"{proposal.author} asks for it."
    account = proposal.account_id
    notify(
        [
            Message(user=one, key=f"{_key(approval)}:{one.pk}", title=title, body=body, url=url, account_id=account)
            for one in people
        ]
    )


def _tell_author(approval: Approval, proposal: Proposal, *, by: User) -> None:
    author = approval.author
    if author is None:
        return
    verdict = approval.get_verdict_display().lower()
    message = Message(
        user=author,
        key=f"{_key(approval)}:decided",
        title=f"{by} {verdict} {percent(approval.discount)} discount for {proposal.account}",
        body=approval.reason,
        url=reverse("renewals:proposal", args=[proposal.pk]),
        account_id=proposal.account_id,
    )
    notify([message])


def _open_tasks(approvals: Iterable[Approval]) -> list[Task]:
    return list(Task.objects.unfinished().filter(origin_key__in=[_key(one) for one in approvals]))


def _key(approval: Approval) -> str:
    return f"approval:{approval.pk}"
