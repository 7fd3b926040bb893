"""What CSMs do about churn signals in the lived year: they look at what the nights found, and log what they hear."""

import datetime as dt
from random import Random

import pgtrigger
from django.db import connection

from accounts.models import Account
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from health.models import ChurnSignal
from health.services.signal_handling import confirm, dismiss, log_signal

# Chances a day: that an open signal is looked at, that it then means nothing, that somebody hears of something.
LOOKED_AT, MEANS_NOTHING, HEARD = 0.12, 0.2, 0.3
WORST_RANK = 4
REASONS = (
    "Agreed with them, no cause for concern",
    "Their yearly shutdown",
    "Known, and settled with the sponsor",
)
HEARSAY = (
    ("non_renewal", "Procurement asked for the notice period and the terms of leaving."),
    ("ownership", "They told us that a merger with a larger group is being prepared."),
    ("competitor", "The sponsor mentioned a trial of Taskmere in another department."),
    ("non_renewal", "Legal asked how data is returned at the end of the contract."),
    ("ownership", "A fifth of their people leave by the end of the quarter."),
)


def answer_signals(rng: Random) -> None:
    """An afternoon: some of the open signals are confirmed or dismissed, and now and then one is logged."""
    signals = ChurnSignal.objects.filter(state=ChurnSignal.State.OPEN).exclude(account__owner=None)
    for signal in signals.select_related("account__owner").order_by("account__external_id", "kind"):
        if rng.random() >= LOOKED_AT or signal.account.owner is None:
            continue
        if rng.random() < MEANS_NOTHING:
            dismiss(by=signal.account.owner, signal=signal, reason=rng.choice(REASONS))
        else:
            confirm(by=signal.account.owner, signal=signal)
    if rng.random() < HEARD:
        _hear(rng)


def _hear(rng: Random) -> None:
    worst = Account.objects.active().filter(health_rank=WORST_RANK).exclude(owner=None).select_related("owner")
    accounts = list(worst.order_by("external_id"))
    if not accounts:
        return
    account, (kind, evidence) = rng.choice(accounts), rng.choice(HEARSAY)
    try:
        log_signal(by=account.owner, account=account, kind=kind, evidence=evidence, seen_on=clock.today())
    except RefusedError:
        return  # it is known already


def date_signals_back(as_of: dt.date) -> None:
    """Rows get the moment of the night to which they belong; what was told before today is read, and not sent."""
    today = {"today": clock.start_of(as_of)}
    with connection.cursor() as cursor, pgtrigger.ignore("health.ChurnSignal:update_update"):
        cursor.execute("UPDATE health_churnsignal SET created_at = opened_at")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_task t SET created_at = e.began_at, updated_at = COALESCE(t.done_at, e.began_at) "
            "FROM health_riskepisode e WHERE t.origin_key LIKE 'churn-risk:' || e.id || ':%%'"
        )
        for table, moment, key in (
            ("health_churnsignal", "opened_at", "signal"),
            ("health_riskepisode", "began_at", "churn-risk"),
        ):
            cursor.execute(
                "UPDATE accounts_notification n SET email_state = 'none', email_due_at = NULL, "  # noqa: S608
                f"created_at = told.{moment}, read_at = CASE WHEN told.{moment} < %(today)s "
                f"THEN told.{moment} + interval '5 hours' END "
                f"FROM {table} told WHERE n.key LIKE '{key}:%%' AND told.id::text = split_part(n.key, ':', 2)",
                today,
            )
