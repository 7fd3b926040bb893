"""The business reviews of the demo: half a year of them, due, prepared, held and followed up by the real services.

They are those of some customers, the dearest of each CSM. What the invented history says of their reviews in that time
goes first: the reviews are held anew. All other customers have those that come next.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from random import Random

import pgtrigger
from django.db.models import Max

from accounts.domain.cadence import INTERVALS
from accounts.models import Account, Notification, Touch, User
from accounts.services.latest import refresh_latest
from cs_workspace.common import clock
from cs_workspace.web.demo import LOGINS
from cs_workspace.web.demo.dice import dice
from cs_workspace.web.demo.review_ahead import plan_what_comes
from cs_workspace.web.demo.review_dates import date_back, dated
from cs_workspace.web.demo.review_days import AtMoment, Fate, Host, live_review
from qbr.models import Review
from qbr.queries.segment_plans import segment_plans
from qbr.services.looking_after import look_after_reviews
from qbr.services.measuring import keep_scores_after
from qbr.services.opening import open_due_reviews

# Each review that is lived through is some forty writes.
MOST, PER_CSM, OF_LOGIN = 7, 1, 4
# Every fortnight it is looked what comes due; the first time so many days ago.
FIRST, FORTNIGHT = 210, 14
# Whose day is over for longer was held or given up in the end.
STILL_MISSED = 35
FATES = {Fate.HELD: 12, Fate.LATE: 2, Fate.MISSED: 3, Fate.CANCELLED: 1}
# The look of the night, beside that of the real services; rows and history get its moment.
MORNING = dt.time(3, 40)


def review_book(as_of: dt.date, seed: int, *, at_moment: AtMoment, lived_whole: bool) -> None:
    """Lives through the reviews of the past half year, and lets those of the coming quarter appear.

    Of a company that is not lived through whole there are only these.
    """
    rng = dice(seed, f"reviews {as_of}")
    chosen = _chosen()
    told = Notification.objects.aggregate(last=Max("pk"))["last"] or 0
    if lived_whole:
        _forget_reviews(chosen, since=as_of - dt.timedelta(days=FIRST))
        for ago in range(FIRST, 0, -FORTNIGHT):
            _live_fortnight(as_of, ago, chosen, rng, at_moment)
    with at_moment(min(clock.now(), _morning(as_of))), dated():
        look_after_reviews(today=as_of)
        keep_scores_after(today=as_of)
    plan_what_comes(as_of, rng, at_moment=at_moment)
    date_back(told_since=told)


def _chosen() -> dict[int, Account]:
    """The accounts whose reviews are lived through, by key: the dearest of each CSM, most of them of the login."""
    paced = [pk for pk, plan in segment_plans().items() if plan.review in INTERVALS]
    accounts = Account.objects.scoreable().filter(owner__role=User.Role.CSM, segment__in=paced)
    found: dict[int, Account] = {}
    taken: Counter[int | None] = Counter()
    for account in accounts.select_related("owner__manager").order_by("-arr", "external_id"):
        is_of_login = account.owner is not None and account.owner.email == LOGINS[0].email
        if taken[account.owner_id] < (OF_LOGIN if is_of_login else PER_CSM):
            taken[account.owner_id] += 1
            found[account.pk] = account
    return dict(list(found.items())[:MOST])


def _forget_reviews(chosen: dict[int, Account], *, since: dt.date) -> None:
    """Takes out the touches that the history has of reviews of that time; nobody did that, so no history keeps it."""
    with pgtrigger.ignore("accounts.Touch:delete_delete"):
        Touch.objects.filter(account__in=chosen, kind=Touch.Kind.QBR, at__gte=clock.start_of(since)).delete()
    refresh_latest(list(chosen))


def _live_fortnight(as_of: dt.date, ago: int, chosen: dict[int, Account], rng: Random, at_moment: AtMoment) -> None:
    """What comes due is opened, and what is due before the next look is lived through."""
    day = as_of - dt.timedelta(days=ago)
    with at_moment(_morning(day)), dated():
        open_due_reviews(today=day, account_ids=list(chosen))
    due = Review.objects.ahead().filter(account__in=chosen, due_on__lt=day + dt.timedelta(days=FORTNIGHT))
    largest = next(iter(chosen), None)
    for review in due.order_by("due_on", "account__external_id", "kind"):
        review.account = chosen[review.account_id]
        fate = rng.choices(list(FATES), weights=list(FATES.values()))[0]
        if fate is Fate.MISSED and ((as_of - review.due_on).days > STILL_MISSED or review.account_id == largest):
            fate = Fate.LATE
        if review.account.owner is not None and review.due_on >= day:
            live_review(Host(review.account.owner, rng, as_of, at_moment), review, fate)


def _morning(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, MORNING, clock.workspace_zone())
