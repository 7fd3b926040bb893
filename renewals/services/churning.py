"""Churn records, and the accounts that are lost with them once their day has come."""

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.db.models import Q

from accounts.models import Account, Contract, User
from accounts.services.settling import Claim, settle_standing
from accounts.services.versions import save_first, save_next
from cs_workspace.common import clock
from renewals.domain.churn import category_of, preventable
from renewals.domain.closing import Figures, Lost
from renewals.models import ChurnRecord, Renewal


def open_record(*, by: User | None, renewal: Renewal, lost: Lost, figures: Figures) -> ChurnRecord:
    """Writes down what is lost with a renewal, and why; inside the transaction that closes it."""
    record = ChurnRecord(
        account_id=renewal.account_id,
        renewal=renewal,
        day=lost.end,
        arr_lost=figures.before,
        category=category_of(lost.sub_reason).value,
        sub_reason=lost.sub_reason.value,
        preventable=preventable(lost.sub_reason).value,
        competitor=lost.competitor,
        notes=lost.notes,
        by=by,
    )
    return save_first(record, by=by)


def withdraw_record(*, by: User, record: ChurnRecord, account: Account) -> None:
    """Takes a record back, and a locked account that was lost with it; inside the transaction of that."""
    if record.stage_before and account.status == Account.Status.CHURNED:
        earlier = account.history.filter(status=Account.Status.ACTIVE).order_by("-pgh_id").first()
        account.status, account.stage = Account.Status.ACTIVE, record.stage_before
        # Whoever was won back keeps the day of the loss before.
        account.churned_on = earlier.churned_on if earlier else None
        save_next(account, by=by)
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
        pk: record
        for pk, record in records.items()
        if pk not in staying and accounts[pk].status == Account.Status.ACTIVE
    }
    for pk, record in lost.items():
        record.stage_before = accounts[pk].stage
    ChurnRecord.objects.bulk_update(lost.values(), ["stage_before"])
    settle_standing(
        claims={pk: Claim(churned=True, churned_on=one.day) for pk, one in lost.items()}, today=today, by=by
    )
    due.filter(account__in=accounts).update(settled_on=today)
    return len(lost)
