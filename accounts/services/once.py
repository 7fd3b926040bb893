"""A form that makes something does so once, however often it is sent."""

import datetime as dt
from uuid import UUID

from django.utils import timezone

from accounts.models import SentForm, User
from cs_workspace.common.refusals import RepeatedError

# Nobody has a form open for longer; what is older is cleared away by the next form of the same person.
KEPT = dt.timedelta(days=7)


def claim(key: UUID | None, *, by: User) -> None:
    """Takes the key of a form, inside the transaction of what the form makes. None claims nothing.

    A second form with the key waits here until the first is done, and then raises `RepeatedError`; if the first was
    refused, nothing was taken, and the second may do it.
    """
    if key is None:
        return
    _, is_new = SentForm.objects.get_or_create(by=by, key=key)
    if not is_new:
        raise RepeatedError
    SentForm.objects.filter(by=by, at__lt=timezone.now() - KEPT).delete()
