"""What the CSMs of the demo say beside the score: a pulse for most of their accounts, and a few overridden tiers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from random import Random

from accounts.models import Account, User
from cs_workspace.common import clock
from cs_workspace.web.demo import LOGINS
from cs_workspace.web.demo.dice import dice
from health.domain.judgement import STALE_DAYS, PulseValue
from health.services.judging import judge
from health.services.overriding import end_override, override_tier

AtMoment = Callable[[dt.datetime], AbstractContextManager[None]]

# Of a large company a part of each book is judged: each judgement is a write of its own.
MOST_JUDGED = 45
JUDGED, STALE, CONTRARY = 0.78, 0.16, 0.09
AFTERNOON = dt.time(15, 30)
BY_RANK = {
    1: (PulseValue.STRONG, PulseValue.STRONG, PulseValue.GOOD),
    2: (PulseValue.GOOD, PulseValue.GOOD, PulseValue.MIXED),
    3: (PulseValue.MIXED, PulseValue.SHAKY, PulseValue.SHAKY),
    4: (PulseValue.SHAKY, PulseValue.LEAVING, PulseValue.LEAVING),
}
OPPOSITE = {1: PulseValue.SHAKY, 2: PulseValue.LEAVING, 3: PulseValue.STRONG, 4: PulseValue.GOOD}
WORDS = {
    PulseValue.LEAVING: ("They asked for the notice period", "The sponsor no longer answers", "A rival is on site"),
    PulseValue.SHAKY: ("New CFO questions the price", "Champion is looking around", "Two calls cancelled in a row"),
    PulseValue.MIXED: ("Works for one team, not for the other", "Waiting for their re-organisation", ""),
    PulseValue.GOOD: ("Steady, next review is booked", "Sponsor is content", ""),
    PulseValue.STRONG: ("Would speak for us at any time", "Asked for more seats", ""),
}
# Rank that is computed, rank that is set, days that it lasts, and why.
OVERRIDES = (
    (4, 2, 30, "Their fiscal year begins next month; the new sponsor has signed the plan."),
    (1, 3, 21, "Procurement told us in confidence that they compare offers."),
    (3, 2, 9, "Usage fell with their office move, which ends next week."),
)
ENDED = (3, 2, 45, "The champion is back from leave.")


def judge_book(as_of: dt.date, seed: int, *, at_moment: AtMoment) -> None:
    """Judges the accounts in the weeks before `as_of`, and overrides a few tiers on the afternoon before.

    `at_moment` makes it a moment of the past.
    """
    rng = dice(seed, f"judging {as_of}")
    for moment, owner, account, value in sorted(_plan(rng, as_of), key=lambda one: (one[0], one[2].external_id)):
        with at_moment(moment):
            judge(by=owner, account=account, value=value, comment=rng.choice(WORDS[value]))
    yesterday = dt.datetime.combine(as_of - dt.timedelta(days=1), AFTERNOON, clock.workspace_zone())
    with at_moment(yesterday):
        _override()


def _plan(rng: Random, as_of: dt.date) -> Iterator[tuple[dt.datetime, User, Account, PulseValue]]:
    """When each account is judged, and how: mostly as its tier has it, now and then against it."""
    judged: dict[int, int] = {}
    accounts = Account.objects.scoreable().filter(owner__role=User.Role.CSM, health_rank__isnull=False)
    for account in accounts.select_related("owner").order_by("external_id"):
        owner, throw = account.owner, rng.random()
        if owner is None or account.health_rank is None or throw > JUDGED or judged.get(owner.pk, 0) >= MOST_JUDGED:
            continue
        judged[owner.pk] = judged.get(owner.pk, 0) + 1
        ago = rng.randint(STALE_DAYS + 2, STALE_DAYS + 40) if rng.random() < STALE else rng.randint(1, STALE_DAYS - 6)
        contrary = rng.random() < CONTRARY
        value = OPPOSITE[account.health_rank] if contrary else rng.choice(BY_RANK[account.health_rank])
        moment = dt.datetime.combine(as_of - dt.timedelta(days=ago), AFTERNOON, clock.workspace_zone())
        yield moment, owner, account, value


def _override() -> None:
    """The dearest accounts of each tier that is to be overridden, by their CSMs; one of them is ended early.

    Every second one is the login's own where there is such an account, so that the CSM of the demo finds some.
    """
    taken: list[int] = []
    for number, (rank, wanted, days, reason) in enumerate((*OVERRIDES, ENDED)):
        found = Account.objects.scoreable().filter(health_rank=rank, owner__role=User.Role.CSM).exclude(pk__in=taken)
        dearest = found.select_related("owner").order_by("-arr", "external_id")
        own = dearest.filter(owner__email=LOGINS[0].email).first() if number % 2 == 0 else None
        account = own or dearest.first()
        if account is None or account.owner is None:
            continue
        taken.append(account.pk)
        last_day = clock.today() + dt.timedelta(days=days)
        override = override_tier(by=account.owner, account=account, rank=wanted, last_day=last_day, reason=reason)
        if reason == ENDED[-1]:
            end_override(by=account.owner, override=override)
