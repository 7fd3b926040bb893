"""Save plans of accounts that stay for less end by themselves: the ledger tells which those are."""

from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import TruncDate

from cs_workspace.common import clock
from health.models import Intervention
from health.services.intervention_ends import end_plans_of_contracted
from renewals.domain.movements import Kind
from renewals.models import LedgerEntry


def end_contracted_plans() -> int:
    """Ends the live save plans whose accounts have contracted since; gives how many. Safe to run twice and at once.

    What counts is what the ledger says of all days after that on which the plan began, up to today, without
    corrections: where products only took each other's place, nothing was lost.
    """
    moved = (
        LedgerEntry.objects.as_of(clock.today())
        .filter(account=OuterRef("account"), day__gt=OuterRef("begun_on"))
        .exclude(kind=Kind.CORRECTION)
        .order_by()
        .values("account")
        .annotate(change=Sum("amount"))
        .values("change")
    )
    begun_on = TruncDate("started_at", tzinfo=clock.workspace_zone())
    contracted = Intervention.objects.live().annotate(begun_on=begun_on).annotate(change=Subquery(moved))
    return end_plans_of_contracted(contracted.filter(change__lt=0).order_by().values_list("account_id", flat=True))
