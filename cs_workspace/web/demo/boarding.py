"""The young customers of the demo are onboarded: by the real services, day after day, some faster than others."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from itertools import groupby

from django.db import connection

from accounts.models import Notification, Onboarding, OnboardingStep, User
from accounts.services.onboarding_proving import prove_steps
from accounts.services.onboarding_risks import watch_risks
from accounts.services.onboarding_starting import start_due_onboardings
from accounts.services.onboarding_steps import complete_onboarding, tick_steps
from accounts.services.share_links import share_onboarding
from cs_workspace.common import clock
from cs_workspace.web.demo.dice import dice
from cs_workspace.web.demo.playing import PLAYED, play_night, switch_playbooks

AtMoment = Callable[[dt.datetime], AbstractContextManager[None]]

NOON = dt.time(12, 20)
# Days ago on which somebody looks, the nearer the closer; contracts start onboardings for two weeks.
LOOKS = (*range(133, 13, -10), 13, 6, 3, 1, 0)
# What is seen of use is told by use alone; of the rest people say that it is done.
BY_USE = ("first_login", "active_users", "licences_active", "core_action", "core_use", "integration_connected",
          "advanced_feature")  # fmt: skip
# What is left after so many days is handed over, but of those who are stuck.
HANDED_OVER, HAND_OVER = 120, "Handed over to regular care; the rest stands in the success plan"
# The chance that what is due is done when somebody looks: from customers who keep their days to those who are stuck.
PACES = (1.0, 0.8, 0.95, 0.3, 1.0, 0.05)


def board_customers(as_of: dt.date, seed: int, *, at_moment: AtMoment, lived_whole: bool) -> None:
    """Starts what was to start, lets data and people tick, and raises what endangers it, as of each of the days; of a
    company that is not lived through whole as of today. In the last days playbooks answer."""
    for ago in LOOKS if lived_whole else LOOKS[-1:]:
        day, plays = as_of - dt.timedelta(days=ago), lived_whole and ago <= PLAYED
        moment = dt.datetime.combine(day, NOON, clock.workspace_zone())
        with at_moment(min(clock.now(), moment)):
            switch_playbooks(on=plays)
            _look(day, seed)
            if plays:
                play_night()
    _share_one()
    _date_back(as_of)


def _look(day: dt.date, seed: int) -> None:
    last = Onboarding.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    start_due_onboardings(today=day)
    Onboarding.objects.filter(pk__gt=last).update(created_at=clock.now())
    prove_steps(today=day)
    _tick(day, seed)
    watch_risks(today=day)


def _tick(day: dt.date, seed: int) -> None:
    """What is due and no use proves is done by the owner, as fast as the account goes; old ones are handed over."""
    running = list(
        Onboarding.objects.running()
        .filter(account__owner__isnull=False)
        .select_related("account__owner")
        .order_by("account__owner__email", "account__external_id")
    )
    due: dict[int, list[OnboardingStep]] = defaultdict(list)
    for step in OnboardingStep.objects.open().filter(onboarding__in=running, due_on__lte=day).exclude(proof__in=BY_USE):
        due[step.onboarding_id].append(step)
    rng = dice(seed, f"onboarding {day}")
    for owner, theirs in groupby(running, key=lambda one: one.account.owner):
        mine = list(theirs)
        done = [step for one in mine for step in due[one.pk] if rng.random() < _pace(one, seed)]
        tick_steps(by=owner, steps=done)
        _hand_over([one for one in mine if (day - one.started_on).days >= HANDED_OVER], seed, by=owner)


def _hand_over(onboardings: Sequence[Onboarding], seed: int, *, by: User) -> None:
    for one in onboardings:
        one.refresh_from_db(fields=["state"])
        if one.is_running and _pace(one, seed) > min(PACES):
            complete_onboarding(by=by, onboarding=one, reason=HAND_OVER)


def _pace(one: Onboarding, seed: int) -> float:
    return dice(seed, f"pace of {one.account.external_id}").choice(PACES)


def _share_one() -> None:
    """One customer has the link to their checklist."""
    one = (
        Onboarding.objects.running().filter(is_guided=True, account__owner__isnull=False).order_by("-started_on", "pk")
    )
    shared = one.select_related("account__owner").first()
    if shared is not None and shared.account.owner is not None:
        share_onboarding(by=shared.account.owner, onboarding=shared, days=90)


def _date_back(as_of: dt.date) -> None:
    """Tasks and messages get the moment of the day to which they belong, and no mail goes out for any of it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_task t SET created_at = r.opened_at, updated_at = COALESCE(t.done_at, r.opened_at) "
            "FROM accounts_onboardingrisk r WHERE t.origin_key = 'onboarding-risk:' || r.id"
        )
        cursor.execute(
            "UPDATE accounts_notification n SET created_at = r.opened_at, "
            "read_at = CASE WHEN r.opened_at < %s THEN r.opened_at + interval '5 hours' END "
            "FROM accounts_onboardingrisk r WHERE n.key LIKE 'onboarding-risk:%%' "
            "AND split_part(n.key, ':', 2) = r.id::text",
            [clock.start_of(as_of)],
        )
    told = Notification.objects.filter(key__startswith="onboarding-risk:")
    told.update(email_state=Notification.Email.NONE, email_due_at=None)
