"""What follows when a feature is shipped: those who asked for it are to be told."""

from collections import Counter
from collections.abc import Sequence

from django.urls import reverse

from accounts.domain.workdays import Calendar, Unit
from accounts.models import Account, FeatureAsk, FeatureRequest, FeatureRequestStep, Task, User
from accounts.services.notifying import Message, notify
from cs_workspace.common import clock

# So many working days the owners have to tell their customers.
DAYS_TO_TELL = 5
KEY = "feature"


def tell_customers(*, by: User, request: FeatureRequest, step: FeatureRequestStep) -> None:
    """A task for the owner of each active account that asked, made once for request and account; `by` does what no
    owner can. Each owner gets one message, however many accounts it is. Call it with the request locked.
    """
    asks = _asks_of(request)
    tasks = Task.objects.bulk_create(_task(by, request, ask) for ask in asks)
    owners = {ask.account_id: _teller(ask.account, by) for ask in asks}
    given = Task.assignees.through
    given.objects.bulk_create(
        given(task_id=task.pk, user_id=owners[task.account_id].pk) for task in tasks if task.account_id
    )
    _notify(by, request, step, list(owners.values()))


def withdraw(*, request: FeatureRequest) -> None:
    """Takes those of the tasks away that nobody has touched: it is not shipped after all."""
    made = Task.objects.unfinished().filter(origin_key__startswith=f"{KEY}:{request.pk}:", version=1)
    made.filter(snoozed_until=None).delete()


def _asks_of(request: FeatureRequest) -> Sequence[FeatureAsk]:
    """Of active accounts, one for each, without those that have their task already."""
    has = Task.objects.filter(origin_key__startswith=f"{KEY}:{request.pk}:").values("account")
    asks = FeatureAsk.objects.kept().filter(request=request, account__in=Account.objects.active().values("pk"))
    return list(asks.exclude(account__in=has).select_related("account__owner", "contact").order_by("pk"))


def _task(by: User, request: FeatureRequest, ask: FeatureAsk) -> Task:
    whom = ask.contact.name if ask.contact else ask.account.name
    said = f"\n\nThey said: {ask.words}" if ask.words else ""
    return Task(
        title=f"Tell {whom}: “{request.title}” is there"[:200],
        body=f"{ask.account.name} asked for it on {ask.asked_on:%d %b %Y}.{said}",
        account=ask.account,
        due_at=Calendar(clock.workspace_zone()).due_at(clock.now(), DAYS_TO_TELL, Unit.WORKING),
        by=by,
        origin_key=f"{KEY}:{request.pk}:{ask.account_id}",
    )


def _teller(account: Account, by: User) -> User:
    owner = account.owner
    return owner if owner is not None and owner.is_active and not owner.read_only else by


def _notify(by: User, request: FeatureRequest, step: FeatureRequestStep, tellers: Sequence[User]) -> None:
    numbers = Counter(tellers)
    notify(
        [
            Message(
                user=user,
                key=f"feature:{step.pk}:{user.pk}",
                title=f"Shipped: {request.title}",
                body=f"{number} of your accounts asked for it. A task to tell them stands in your list.",
                url=reverse("accounts:feature-request", args=[request.pk]),
            )
            for user, number in numbers.items()
            if user != by
        ]
    )
