"""Churn records, and the accounts that are lost with them once their day has come."""

import datetime as dt
from collections.abc import Collection, Mapping
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from accounts.models import Account, Contract, User
from accounts.services.settling import Claim, settle_standing
from accounts.services.versions import save_first, save_next
from cs_workspace.common import clock
from renewals.domain.churn import Why, why_not_to_win_back
from renewals.models import ChurnRecord, LostProduct


def open_record(*, by: User | None, record: ChurnRecord, why: Why, products: Mapping[int, Decimal]) -> ChurnRecord:
    """Writes down why something was lost, inside the transaction of that. `record` says of whom, when and how much;
    `products` is what was given up by the key of the product."""
    not_to_win_back = why_not_to_win_back(why.sub_reason)
    record.category, record.sub_reason = why.category.value, why.sub_reason.value
    record.preventable, record.competitor, record.notes = why.judged.value, why.competitor, why.notes
    record.eligible, record.eligible_reason = not not_to_win_back, not_to_win_back
    record.by = by
    save_first(record, by=by)
    LostProduct.objects.bulk_create(
        LostProduct(record=record, product_id=key, arr_lost=arr) for key, arr in products.items()
    )
    return record


def withdraw_record(*, by: User, record: ChurnRecord, account: Account) -> None:
    """Takes a record back, and a locked account that was lost with it; inside the transaction of that."""
    if record.stage_before and account.status == Account.Status.CHURNED:
        earlier = account.history.filter(status=Account.Status.ACTIVE).order_by("-pgh_id").first()
        account.status, account.stage = Account.Status.ACTIVE, record.stage_before
        # Whoever was won back keeps the day of the loss before.
        account.churned_on = earlier.churned_on if earlier else None
        save_next(account, by=by)
        # The account stays: what else it gave up on that day is a contraction now.
        others = ChurnRecord.objects.standing().filter(account=account, day=record.day).exclude(pk=record.pk)
        others.update(lost_account=False, stage_before="")
    record.withdrawn_at, record.withdrawn_by = clock.now(), by
    save_next(record, by=by)


@transaction.atomic
def settle_churn(*, today: dt.date, account_ids: Collection[int] | None = None, by: User | None = None) -> int:
    """Marks accounts as churned whose record's day has come, where nothing else is or comes into force.

    An account with another contract stays a customer: what it lost is a contraction. Each record is settled once.
    Gives the number of accounts that were lost; all records where no accounts are named.
    """
    due = ChurnRecord.objects.to_settle(today)
    if account_ids is not None:
        due = due.filter(account__in=account_ids)
    ids = sorted(set(due.order_by().values_list("account_id", flat=True)))
    # Whoever closes a renewal holds the account before its records, and so do we.
    held = Account.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",), no_key=True)
    accounts = {account.pk: account for account in held}
    records = {record.account_id: record for record in due.filter(account__in=accounts).order_by("day", "pk")}
    signed = Contract.objects.filter(
        Q(end=None) | Q(end__gt=today), account__in=accounts, status=Contract.Status.ACTIVE
    )
    staying = set(signed.order_by().values_list("account_id", flat=True))
    lost = {
        pk: record.day
        for pk, record in records.items()
        if pk not in staying and accounts[pk].status == Account.Status.ACTIVE
    }
    _mark_lost(accounts, lost)
    settle_standing(claims={pk: Claim(churned=True, churned_on=day) for pk, day in lost.items()}, today=today, by=by)
    due.filter(account__in=accounts).update(settled_on=today)
    return len(lost)


def _mark_lost(accounts: Mapping[int, Account], lost: Mapping[int, dt.date]) -> None:
    """Notes on records that the account was lost with them: all of that day, for it may have left several contracts.

    `lost` is the day by account; of accounts of which another system told it before us, theirs.
    """
    gone = {pk: one.churned_on for pk, one in accounts.items() if one.status == Account.Status.CHURNED}
    days = {**gone, **lost}
    if not days:
        return
    told = ChurnRecord.objects.standing().filter(account__in=days)
    records = [one for one in told if one.day == days[one.account_id]]
    for record in records:
        record.lost_account = True
        if record.account_id in lost:
            record.stage_before = accounts[record.account_id].stage
    ChurnRecord.objects.bulk_update(records, ["lost_account", "stage_before"])
