"""The private address of one's calendar: made, renewed, revoked."""

import secrets

from django.db import transaction

from accounts.domain.calendar_feed import hash_of
from accounts.models import CalendarFeed, User
from cs_workspace.common import clock

# 256 bits: nobody guesses it, however often they try.
BYTES = 32


@transaction.atomic
def make_feed(*, by: User) -> str:
    """A new token for one's calendar, told this once: only its hash is kept. The one before opens nothing any more."""
    token = secrets.token_urlsafe(BYTES)
    CalendarFeed.objects.update_or_create(user=by, defaults={"token_hash": hash_of(token), "made_at": clock.now()})
    return token


@transaction.atomic
def revoke_feed(*, by: User) -> None:
    """The address opens nothing any more."""
    CalendarFeed.objects.filter(user=by).delete()
