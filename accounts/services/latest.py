"""Keeps on the accounts' rows when somebody last spoke with them, and when somebody last did anything for them."""

from collections.abc import Collection

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Greatest

from accounts.models import Account, Task, Touch


def refresh_latest(account_ids: Collection[int]) -> None:
    """Sets `last_touch` (in which the customer took part) and `last_action` of accounts. One statement."""
    touches = Touch.objects.kept().filter(account=OuterRef("pk")).order_by("-at").values("at")
    Account.objects.filter(pk__in=account_ids).update(
        last_touch=Subquery(touches.filter(two_way=True)[:1]), last_action=_last_action(touches)
    )


def refresh_last_action(account_ids: Collection[int | None]) -> None:
    """Sets `last_action` of accounts to their latest touch or finished task. One statement."""
    touches = Touch.objects.kept().filter(account=OuterRef("pk")).order_by("-at").values("at")
    Account.objects.filter(pk__in=[pk for pk in account_ids if pk]).update(last_action=_last_action(touches))


def _last_action(touches: QuerySet) -> Greatest:
    """The later of the two; PostgreSQL passes over the one that is missing."""
    finished = Task.objects.filter(account=OuterRef("pk"), done_at__isnull=False).order_by("-done_at").values("done_at")
    return Greatest(Subquery(touches[:1]), Subquery(finished[:1]))
