"""Reviews of the demo that are still ahead: given a moment, being prepared, and one that is ready to be presented."""

from __future__ import annotations

import datetime as dt
from random import Random

from accounts.models import Account, User
from cs_workspace.common import clock
from cs_workspace.web.demo import LOGINS
from cs_workspace.web.demo.review_days import AtMoment, Host, prepare, schedule, talk_at
from qbr.domain.reviews import Kind
from qbr.models import Review
from qbr.services.scheduling import cancel_review, request_review
from qbr.services.stepping import mark_ready

# Of each CSM the reviews that come next, in this order: days until the meeting, and how far each is.
STEPS = ((1, "ready"), (4, "preparing"), (8, "scheduled"), (15, "scheduled"), (0, "cancelled"))
WHY_ASKED = "Their CFO wants to see the year before the budget is made"
WHY_CANCELLED = "They asked to talk about it in the renewal instead"
OTHERS = ((2, "ready"), (6, "preparing"), (11, "scheduled"))
MOST_OTHERS = 2
BEGUN, PLANNED = dt.timedelta(days=4), dt.timedelta(days=10)
MORNING, HOUR = dt.time(9, 20), 10


def plan_what_comes(as_of: dt.date, rng: Random, *, at_moment: AtMoment) -> None:
    """Lets CSMs plan and prepare what comes next; the login's own go furthest, that of the largest account first."""
    csms = User.objects.filter(role=User.Role.CSM, is_active=True, read_only=False).order_by("email")
    login = LOGINS[0].email
    moment = min(clock.now(), dt.datetime.combine(as_of, MORNING, clock.workspace_zone()))
    for csm in sorted(csms, key=lambda one: one.email != login)[: MOST_OTHERS + 1]:
        host, is_login = Host(csm, rng, as_of, at_moment), csm.email == login
        if is_login:
            _ask_for_the_largest(host, moment)
        for review, (days, step) in zip(_next_ones(host, is_login), STEPS if is_login else OTHERS, strict=False):
            _bring(host, review, step, days=days, moment=moment)


def _ask_for_the_largest(host: Host, moment: dt.datetime) -> None:
    """The sponsor of the largest account asks for a review, where none is ahead."""
    account = Account.objects.scoreable().filter(owner=host.by).order_by("-arr", "external_id").first()
    if account is None or Review.objects.ahead().filter(account=account, kind=Kind.QBR.value).exists():
        return
    with host.on(moment):
        due_on = host.as_of + dt.timedelta(days=STEPS[0][0])
        request_review(by=host.by, account=account, kind=Kind.QBR, due_on=due_on, reason=WHY_ASKED)


def _next_ones(host: Host, by_size: bool) -> list[Review]:
    """One of each account of a CSM that is not overdue: the largest accounts first, or what is due first."""
    ahead = Review.objects.ahead().filter(owner=host.by, due_on__gte=host.as_of).select_related("account", "owner")
    found: dict[int, Review] = {}
    for review in ahead.order_by("due_on", "account__external_id", "kind"):
        found.setdefault(review.account_id, review)
    return sorted(found.values(), key=lambda one: -one.account.arr) if by_size else list(found.values())


def _bring(host: Host, review: Review, step: str, *, days: int, moment: dt.datetime) -> None:
    """Brings a review as far as a step; nothing of it is done before it was there."""
    if step == "cancelled":
        with host.on(moment):
            cancel_review(by=host.by, review=review, reason=WHY_CANCELLED)
        return
    starts_at = talk_at(review, host.as_of + dt.timedelta(days=days), HOUR, later=True)
    opened_at = review.status_since
    with host.on(max(moment - PLANNED, opened_at)):
        review = schedule(host, review, starts_at)
    if step == "scheduled":
        return
    prepare(host, review, since=max(moment - BEGUN, opened_at))
    if step == "ready":
        with host.on(moment):
            mark_ready(by=host.by, review=review)
