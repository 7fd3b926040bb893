"""What other systems claim about an account's standing, settled against its contracts.

A file may call an account churned or a trial while it pays under a contract in force. Contracts are what was signed, so
they decide: such an account stays a customer, and the claim is handed back as contradicted.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import pghistory
from django.db import connection, transaction

from accounts.models import Account, User
from accounts.queries.terms import IN_FORCE
from accounts.signals import account_observed


@dataclass
class Claim:
    """What is said of one account: churned or not, on which day, a trial or not; None says nothing."""

    churned: bool = False
    churned_on: dt.date | None = None
    is_trial: bool | None = None


@dataclass
class Settled:
    """Accounts that changed, and those whose claim was not followed, each with the reason's kind."""

    changed: set[int] = field(default_factory=set)
    churned_under_contract: set[int] = field(default_factory=set)
    churned_without_day: set[int] = field(default_factory=set)
    trial_that_pays: set[int] = field(default_factory=set)


STANDING_SQL = f"""
SELECT a.id, a.status, a.is_trial, a.churned_on,
    EXISTS (SELECT FROM accounts_contract c WHERE c.account_id = a.id AND {IN_FORCE}) AS under_contract,
    EXISTS (
        SELECT FROM accounts_contract c JOIN accounts_contractline l ON l.contract_id = c.id
        WHERE c.account_id = a.id AND l.arr > 0 AND {IN_FORCE}
    ) AS pays,
    (SELECT max(c."end") FROM accounts_contract c WHERE c.account_id = a.id AND c."end" <= %(today)s::date) AS last_end
FROM accounts_account a WHERE a.id = ANY (%(ids)s) ORDER BY a.id
"""  # noqa: S608  its parts are constants


@transaction.atomic
def settle_standing(*, claims: Mapping[int, Claim], today: dt.date, by: User | None = None) -> Settled:
    """Marks accounts as churned or as trials where no contract in force says otherwise; `claims` is by account.

    A churned account without a day of its own takes the end of its last contract. Nothing brings a churned account
    back: that is a person's decision.
    """
    settled = Settled()
    churned: dict[int, dt.date] = {}
    trials: dict[int, bool] = {}
    with connection.cursor() as cursor:
        cursor.execute(STANDING_SQL, {"day": today, "today": today, "ids": sorted(claims)})
        for pk, status, is_trial, churned_on, under_contract, pays, last_end in cursor.fetchall():
            claim = claims[pk]
            _settle_churn(settled, churned, pk, claim, status, churned_on, under_contract, last_end)
            if claim.is_trial is not None:
                if claim.is_trial and pays:
                    settled.trial_that_pays.add(pk)
                if (claim.is_trial and not pays) != is_trial:
                    trials[pk] = not is_trial
    with pghistory.context(**({"user": by.pk} if by else {})):
        _write(churned, trials)
    settled.changed = {*churned, *trials}
    if settled.changed:
        account_observed.send(sender=Account, account_ids=sorted(settled.changed))
    return settled


def _settle_churn(
    settled: Settled,
    churned: dict[int, dt.date],
    pk: int,
    claim: Claim,
    status: str,
    churned_on: dt.date | None,
    under_contract: bool,
    last_end: dt.date | None,
) -> None:
    if not claim.churned:
        return
    day = claim.churned_on or last_end
    if under_contract:
        settled.churned_under_contract.add(pk)
    elif day is None:
        settled.churned_without_day.add(pk)
    elif status != Account.Status.CHURNED or day != churned_on:
        churned[pk] = day


def _write(churned: dict[int, dt.date], trials: dict[int, bool]) -> None:
    with connection.cursor() as cursor:
        if churned:
            cursor.execute(
                "UPDATE accounts_account a SET status = 'churned', stage = 'churned', churned_on = s.day, "
                "version = version + 1, updated_at = now() "
                "FROM unnest(%s::bigint[], %s::date[]) AS s (id, day) WHERE a.id = s.id",
                [list(churned), list(churned.values())],
            )
        if trials:
            cursor.execute(
                "UPDATE accounts_account a SET is_trial = s.is_trial, version = version + 1, updated_at = now() "
                "FROM unnest(%s::bigint[], %s::boolean[]) AS s (id, is_trial) WHERE a.id = s.id",
                [list(trials), list(trials.values())],
            )
