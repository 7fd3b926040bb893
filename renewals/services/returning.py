"""A lost customer signs again: the contract, the account with its history, ledger, onboarding and guarantee in one
transaction; and taking that back within a day.

Locks are taken in this order: account, contract, target, enrolment.
"""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

import pghistory
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.models import Account, Contract, ContractLine, Enrolment, Onboarding, Task, User
from accounts.services.arr import refresh_arr
from accounts.services.notifying import Message, notify
from accounts.services.onboarding_starting import start_due_onboardings
from accounts.services.onboarding_steps import cancel_onboarding, resume_onboarding
from accounts.services.once import claim
from accounts.services.playbook_advancing import cancel_tasks
from accounts.services.sequencing import stop_enrolments
from accounts.services.tasks import create_task
from accounts.services.versions import locked, save_next
from accounts.signals import account_observed
from cs_workspace.common import clock
from cs_workspace.common.money import exact
from cs_workspace.common.refusals import RefusedError
from renewals.domain.closing import Signed, worth
from renewals.domain.stages import Stage
from renewals.domain.win_back import GUARANTEE_DAYS, TAKEN_BACK_WITHIN, guarantee_until, return_problems
from renewals.models import AccountReturn, CampaignTarget
from renewals.queries.proposals import rates_on
from renewals.queries.win_back import taken_by
from renewals.services.closing import TermsError
from renewals.services.ledger import write_ledger
from renewals.services.signing import write_contract
from renewals.services.timelines import due_moment

# How the origin keys of these tasks begin.
ORIGIN = "win_back"
TAKEN_BACK = "The return of the customer was taken back."


@transaction.atomic
def win_back(*, by: User, account: Account, terms: Signed, key: UUID | None = None) -> AccountReturn:
    """Writes the contract by which a lost customer comes back.

    The account is a customer again, with all its history; the ledger shows a reactivation on the first day of the
    contract, by the night of that day where it is still to come. The customer is onboarded once more, may leave the
    contract for 30 days, and is won back in the campaign that it is in, whose sequence stops.

    Raises `TermsError` where the terms do not hold, `RefusedError` for an account that is a customer, `RepeatedError`
    for a form (`key`) that was sent before.
    """
    claim(key, by=by)
    held = Account.objects.select_for_update(of=("self",), no_key=True).get(pk=account.pk)
    if held.status != Account.Status.CHURNED or held.churned_on is None:
        raise RefusedError(f"{held} is a customer already.")
    today = clock.today()
    rates = rates_on(today)
    _check(terms, held, lost_on=held.churned_on, rates=rates, today=today)
    contract, arr_lost = write_contract(terms, by=by, account_id=held.pk), held.arr
    held.status, held.stage = Account.Status.ACTIVE, Account.Stage.WON_BACK
    save_next(held, by=by)
    back = AccountReturn.objects.create(
        account=held,
        target=_win_target(held, on=terms.signed_on, by=by),
        lost_on=held.churned_on,
        arr_lost=arr_lost,
        signed_on=terms.signed_on,
        contract=contract,
        arr=worth(terms.lines, rates[terms.currency]),
        guarantee_until=guarantee_until(terms.start),
        at=clock.now(),
        by=by,
    )
    _settle(held, today)
    _onboard(held, today, by=by)
    _guarantee(back, held, terms, by=by)
    words = f"{exact(back.arr, settings.WORKSPACE_CURRENCY)} a year from {terms.start:%d %b %Y} on."
    _tell(f"{by} won {held} back", words, back, held, by=by)
    return back


@transaction.atomic
def undo_win_back(*, by: User, account: Account) -> AccountReturn:
    """Takes the latest return of an account back: it is lost as it was, its contract was never in force, and what was
    made is cancelled. In its campaign the customer is under way again, without further e-mails.

    Raises `RefusedError` once a day has passed, and where something was built upon it.
    """
    held = Account.objects.select_for_update(of=("self",), no_key=True).get(pk=account.pk)
    back = AccountReturn.objects.standing().filter(account=held).select_for_update(of=("self",)).first()
    if back is None or back.contract_id is None:
        raise RefusedError(f"No return of {held} was entered here, so none can be taken back.")
    contract = Contract.objects.select_for_update(of=("self",), no_key=True).get(pk=back.contract_id)
    reason = _built_upon(back, contract, held)
    if reason:
        raise RefusedError(reason)
    # Over no day at all, so that it was never in force, neither in the ledger nor on any report.
    contract.status, contract.end = Contract.Status.CANCELLED, contract.start
    with pghistory.context(user=by.pk):
        contract.save()
    _settle(held, clock.today())
    held.refresh_from_db()
    held.status, held.stage, held.arr = Account.Status.CHURNED, Account.Stage.CHURNED, back.arr_lost
    save_next(held, by=by)
    if back.target is not None:
        target = locked(back.target)
        target.state, target.ended_on, target.ended_by = CampaignTarget.State.RUNNING, None, None
        save_next(target, by=by)
    _withdraw_work(back, held, by=by)
    back.taken_back_at, back.taken_back_by = clock.now(), by
    back.save()
    _tell(f"{by} took the return of {held} back", "It is lost, as it was before.", back, held, by=by)
    return back


def _check(terms: Signed, account: Account, *, lost_on: dt.date, rates: Mapping[str, Decimal], today: dt.date) -> None:
    taken = taken_by(account, since=terms.start)
    problems = return_problems(terms, lost_on=lost_on, taken=taken, rates=rates, today=today)
    if problems:
        raise TermsError(problems)


def _win_target(account: Account, *, on: dt.date, by: User) -> CampaignTarget | None:
    """The customer in its campaign, as won; None where it is in none. Who was only chosen was not won by it."""
    target = CampaignTarget.objects.live().filter(account=account).select_for_update(of=("self",)).first()
    if target is None:
        return None
    if not target.is_running:
        target.state, target.out_because = CampaignTarget.State.OUT, CampaignTarget.OutBecause.RETURNED
        target.ended_on, target.ended_by = clock.today(), by
        save_next(target, by=by)
        return None
    if target.enrolment_id is not None:
        running = Enrolment.objects.filter(pk=target.enrolment_id)
        stop_enrolments(running, because=Enrolment.Because.GOAL.value, by=by)
    target.state, target.ended_by = CampaignTarget.State.WON, by
    target.ended_on = max(on, target.started_on or on)
    return save_next(target, by=by)


def _settle(account: Account, today: dt.date) -> None:
    """Brings the ledger and the account's row to what is under contract now, and lets the score follow."""
    write_ledger(today=today, account_ids=[account.pk])
    refresh_arr(today=today, account_ids=[account.pk])
    account_observed.send(sender=Contract, account_ids=[account.pk])


def _onboard(account: Account, today: dt.date, *, by: User) -> None:
    """Begins the onboarding of who came back, or goes on with the one that a return taken back gave up."""
    start_due_onboardings(today=today, account_ids=[account.pk])
    given_up = Onboarding.objects.filter(
        account=account, kind=Onboarding.Kind.WON_BACK, state=Onboarding.State.CANCELLED, end_reason=TAKEN_BACK
    )
    for one in given_up.filter(origin_key=f"won_back:{account.churned_on}"):
        resume_onboarding(by=by, onboarding=one)


def _guarantee(back: AccountReturn, account: Account, terms: Signed, *, by: User) -> None:
    """Asks half-way and at the end of the guarantee whether the customer stays."""
    until = back.guarantee_until
    words = f"They may leave the contract until {until:%d %b %Y}."
    asked = {
        "half": (
            terms.start + dt.timedelta(days=GUARANTEE_DAYS // 2),
            f"Has {account} got what it came back for?",
            f"Half of the {GUARANTEE_DAYS}-day guarantee is over. {words} Look at use and first value, and call.",
        ),
        "end": (
            until,
            f"Ask {account} whether it stays: the guarantee ends",
            f"{words} Agree on how you go on, and write down what was said.",
        ),
    }
    owner = account.owner if account.owner and account.owner.is_active else by
    for what, (on, title, body) in asked.items():
        create_task(
            by=by,
            title=title,
            body=body,
            account=account,
            assignees=[owner],
            due_at=due_moment(max(on, clock.today()), owner),
            origin=Task.Origin.RENEWAL,
            origin_key=f"{ORIGIN}:{back.pk}:{what}",
        )


def _withdraw_work(back: AccountReturn, account: Account, *, by: User) -> None:
    """Gives up what the return began, as far as nobody has done it."""
    made = Task.objects.unfinished().filter(account=account, origin_key__startswith=f"{ORIGIN}:{back.pk}:")
    cancel_tasks(made, reason=TAKEN_BACK)
    begun = Onboarding.objects.running().filter(account=account, kind=Onboarding.Kind.WON_BACK)
    for onboarding in begun.order_by("pk"):
        cancel_onboarding(by=by, onboarding=onboarding, reason=TAKEN_BACK)


def _built_upon(back: AccountReturn, contract: Contract, account: Account) -> str:
    """Why a return cannot be taken back any more; empty where it can."""
    if clock.now() - back.at > TAKEN_BACK_WITHIN:
        return "It was entered more than a day ago. Close the renewal of the contract as lost instead."
    if account.status != Account.Status.ACTIVE:
        return f"{account} was lost again since."
    lines: Any = ContractLine.objects.filter(contract=contract)
    history: Any = contract.history  # type: ignore[attr-defined]  # the tracker's
    if history.exists() or lines.exclude(history=None).exists():
        return "The contract was changed since."
    if contract.invoices.exists():
        return "An invoice was issued on the contract."
    if contract.renewals.exclude(stage=Stage.UPCOMING.value).exists():
        return "The renewal of the contract is under way."
    if Contract.objects.filter(account=account, start__gt=back.lost_on).exclude(pk=contract.pk).exists():
        return "Another contract was entered since."
    return ""


def _tell(title: str, body: str, back: AccountReturn, account: Account, *, by: User) -> None:
    """Tells the owner of the account, that of the campaign and their managers; who did it knows."""
    owners = [user for user in (account.owner, back.target.campaign.owner if back.target else None) if user]
    people = {user.pk: user for user in (*owners, *(owner.manager for owner in owners if owner.manager))}
    what = "back" if back.taken_back_at is None else "lost"
    notify(
        [
            Message(
                user=user,
                key=f"{ORIGIN}:{back.pk}:{what}",
                title=title,
                body=body,
                url=reverse("accounts:account", args=[account.pk]),
                account_id=account.pk,
            )
            for user in people.values()
            if user != by
        ]
    )
