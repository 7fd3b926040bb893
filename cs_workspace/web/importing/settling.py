"""The end of an import: owners, standing, ARR and ledger of the accounts, now that everything about them is written."""

from decimal import Decimal

from django.db import connection
from django.db.models import F, Sum

from accounts.models import Account, Contact, Contract, ContractLine, Invoice, Touch, User
from accounts.services.arr import refresh_arr
from accounts.services.settling import settle_standing
from accounts.services.upserting import share_out
from cs_workspace.common.money import exact
from cs_workspace.web.importing.errors import ImportRefused
from cs_workspace.web.importing.loaders import Run
from cs_workspace.web.importing.loaders.base import Place
from cs_workspace.web.importing.problems import Severity
from health.models import Event, FeatureMonth, MetricPoint, SurveyAnswer, Ticket, UsageDay, UserMonth
from renewals.services.ledger import write_ledger

# A stated ARR that is off by less is a matter of rounding.
TOLERANCE = Decimal("0.01")
# From so many accounts on it pays to count what was written before it is read.
MANY = 200
WRITTEN = (
    *(Account, Contact, Contract, ContractLine, Invoice, Touch),
    *(UsageDay, UserMonth, FeatureMonth, Ticket, SurveyAnswer, MetricPoint, Event),
)


def settle(run: Run, owners: list[User]) -> int:
    """Brings the accounts up to date; gives the number of accounts that got an owner."""
    if len(run.touched) >= MANY:
        _count_rows()
    shared = share_out(source=run.source, owners=owners, by=run.by)
    _settle_standing(run)
    refresh_arr(today=run.today, account_ids=sorted(run.touched))
    write_ledger(today=run.today, account_ids=sorted(run.touched))
    _compare_stated_arr(run)
    return shared


def _count_rows() -> None:
    """Lets PostgreSQL count the tables that were filled.

    Nothing else can before the import is committed, and what it takes for empty tables it joins row by row: minutes
    for thousands of contracts, seconds so.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(model._meta.db_table for model in WRITTEN)}")


def find_owners(emails: list[str]) -> list[User]:
    """Active users by e-mail address. Raises ImportRefused for one that is not there."""
    owners = []
    for email in emails:
        user = User.objects.filter(email__iexact=email.strip(), is_active=True).first()
        if user is None:
            raise ImportRefused(f"No active user has the e-mail address {email.strip()}.")
        owners.append(user)
    return owners


def _settle_standing(run: Run) -> None:
    settled = settle_standing(claims=run.claims, today=run.today, by=run.by)
    run.touched |= settled.changed
    reasons = [
        (settled.churned_under_contract, "is said to have churned, but has a contract in force: stays active"),
        (settled.churned_without_day, "is said to have churned, but no day says when: stays active"),
    ]
    for accounts, reason in reasons:
        _report(run, [place for pk in accounts for place in run.churn_claimed.get(pk, [])], reason)
    reason = "is said to be a trial, but pays under a contract in force: counts as a customer"
    _report(run, [run.trial_claimed[pk] for pk in settled.trial_that_pays], reason)


def _report(run: Run, places: list[Place], reason: str) -> None:
    for place in sorted(places):
        run.report(Severity.WARNING, place, reason)


def _compare_stated_arr(run: Run) -> None:
    """The ARR that a file states against the contract lines in force, both in the account's currency."""
    if not run.stated_arr:
        return
    in_force = Contract.objects.in_force(run.today).filter(account__in=run.stated_arr, currency=F("account__currency"))
    signed = dict(in_force.order_by().values_list("account").annotate(arr=Sum("lines__arr")))
    currencies = dict(Account.objects.filter(pk__in=run.stated_arr).values_list("pk", "currency"))
    for pk, (stated, place) in run.stated_arr.items():
        arr = signed.get(pk) or Decimal(0)
        if abs(stated - arr) > TOLERANCE * max(stated, arr):
            detail = f"{exact(arr, currencies[pk])} under contract"
            run.report(Severity.WARNING, place, "differs from the ARR under contract, which counts", detail)
