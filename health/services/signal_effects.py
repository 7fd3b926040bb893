"""Who is told of a critical churn signal."""

from collections.abc import Iterator, Mapping, Sequence

from django.urls import reverse

from accounts.models import Account, TeamMember, User
from accounts.queries.people import line_above
from accounts.services.notifying import CRITICAL, Message, notify
from health.models import ChurnSignal


def tell_critical(signals: Sequence[ChurnSignal]) -> None:
    """Tells the owner and the manager of critical signals that were opened, once each; others are seen on the pages.

    Two statements, or none. `signals` have their accounts at hand.
    """
    critical = [signal for signal in signals if signal.severity == CRITICAL]
    if not critical:
        return
    people = {user.pk: user for user in User.objects.order_by("pk")}
    notify(
        [
            Message(
                user=user,
                key=f"signal:{signal.pk}:{user.pk}",
                title=f"{signal.account.name}: {signal.label}",
                body=signal.evidence,
                url=f"{reverse('accounts:account', args=[signal.account_id])}#signals",
                severity=CRITICAL,
                account_id=signal.account_id,
            )
            for signal in critical
            for user in _owner_and_manager(signal.account, people)
        ]
    )


def manager_of(account: Account, people: Mapping[int, User]) -> User | None:
    """The nearest active person above the owner who leads; None where nobody does."""
    owner = people.get(account.owner_id) if account.owner_id else None
    return next((user for user in line_above(owner, people) if user.leads), None)


def account_executives(accounts: Mapping[int, Account]) -> dict[int, User]:
    """The active account executive of each account, the first of several. One query."""
    rows = (
        TeamMember.objects.filter(account__in=list(accounts), role=TeamMember.Role.AE, user__is_active=True)
        .select_related("user")
        .order_by("account_id", "pk")
        .distinct("account_id")
    )
    return {row.account_id: row.user for row in rows}


def _owner_and_manager(account: Account, people: Mapping[int, User]) -> Iterator[User]:
    owner = people.get(account.owner_id) if account.owner_id else None
    if owner is not None and owner.is_active:
        yield owner
    manager = manager_of(account, people)
    if manager is not None:
        yield manager
