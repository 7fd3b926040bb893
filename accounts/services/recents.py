"""The accounts that a user looked at last, for the palette."""

from accounts.models import Account, User

KEPT = 12


def remember_account(*, by: User, account: Account) -> None:
    """Puts the account first among those that the user looked at; writes nothing where it is first already."""
    if by.recent_accounts[:1] == [account.pk]:
        return
    by.recent_accounts = [account.pk, *(pk for pk in by.recent_accounts if pk != account.pk)][:KEPT]
    User.objects.filter(pk=by.pk).update(recent_accounts=by.recent_accounts)
