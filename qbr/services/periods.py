"""Which days a review looks at, where somebody wants others than it was opened with."""

import datetime as dt

from django.db import transaction

from accounts.models import User
from accounts.services.undoing import as_it_stands, keep_way_back, put_back
from accounts.services.versions import locked, save_next
from cs_workspace.common.refusals import RefusedError
from qbr.models import Review
from qbr.services.checklist import tick_what_is_done
from qbr.services.texts import must_be_ahead

# A review of more than two years compares what nobody remembers; observations are not kept for longer either.
LONGEST = dt.timedelta(days=731)


@transaction.atomic
def choose_period(*, by: User, review: Review, since: dt.date, until: dt.date, version: int | None = None) -> Review:
    """Lets a review look at the days [since, until); it can be taken back.

    Raises `RefusedError` for a period that is empty or too long and where the review is not ahead, `StaleError`.
    """
    must_be_ahead(review)
    if until <= since:
        raise RefusedError("The last day cannot lie before the first one.")
    if until - since > LONGEST:
        raise RefusedError("A review looks at two years at most.")
    held = locked(review, version=version)
    before = as_it_stands(held, ["since", "until"])
    held.since, held.until = since, until
    save_next(held, by=by)
    keep_way_back(held, before, by=by)
    tick_what_is_done([held.pk])
    return held


@transaction.atomic
def take_back_period(*, by: User, review: Review, version: int) -> Review:
    """Puts the period back that was there before the change that made `version`. Raises `RefusedError`,
    `StaleError`."""
    must_be_ahead(review)
    back = put_back(review, by=by, version=version)
    tick_what_is_done([back.pk])
    return back
