"""The one door to an account."""

from django.shortcuts import get_object_or_404

from accounts.models import Account, User
from accounts.models.account import AccountQuerySet


def get_account_for(user: User, pk: int, *, among: AccountQuerySet | None = None) -> Account:
    """The account `pk` if `user` may see it; otherwise 404, as if there were none."""
    accounts = among if among is not None else Account.objects.select_related("owner", "segment", "parent")
    return get_object_or_404(accounts.visible_to(user), pk=pk)
