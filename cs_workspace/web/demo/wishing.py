"""What the demo's customers ask the product for, what became of it, and the tasks of CSMs that come again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from random import Random

import pgtrigger

from accounts.domain.recurring import Rule, Unit
from accounts.models import Account, FeatureRequest, Notification, Product, User
from accounts.services.feature_asks import ask_for
from accounts.services.feature_requests import add_request, merge, move_on
from accounts.services.tasks import create_task
from cs_workspace.common import clock
from cs_workspace.web.demo import LOGINS
from cs_workspace.web.demo.dice import dice
from cs_workspace.web.demo.staffing import PRODUCT_PREFIX

AtMoment = Callable[[dt.datetime], AbstractContextManager[None]]

NOON = dt.time(11, 40)
# Whatever the size of the company: each of those who ask is a write of its own.
MOST_ASKING = 14


@dataclass(frozen=True)
class Wish:
    """A request: when it came up, how many of the dearest accounts may ask, and the steps since, by days ago."""

    title: str
    body: str
    product: str
    days_ago: int
    asking: int
    steps: tuple[tuple[int, str, str], ...] = ()


WISHES = (
    Wish(
        "Single sign-on for guests",
        "Partners of our customers log in with a password of their own.\n\n**Wanted:** SAML for guests as well, with "
        "a domain for each partner.",
        "flow",
        190,
        14,
        ((150, "review", "Security asks for it in nearly every renewal"), (60, "planned", "In the plan for spring")),
    ),
    Wish(
        "Export of dashboards as slides",
        "Reviews are prepared by hand: *one picture at a time*.\n\n- a deck from a dashboard\n- with the filters of "
        "the moment\n- in the customer's own template",
        "insight",
        240,
        12,
        ((210, "review", ""), (120, "planned", ""), (1, "shipped", "In version 12, for all plans")),
    ),
    Wish("Bulk changes of approvals", "Hundreds of approvals wait when somebody is away.", "flow", 95, 9),
    Wish(
        "Retries in the error queue",
        "Rows that failed are sent again one by one.",
        "connect",
        75,
        7,
        ((40, "review", ""),),
    ),
    Wish("Dark mode", "", "", 160, 8, ((130, "declined", "Not before the new design system"),)),
    Wish("Forecasts by week", "Months are too coarse for retail.", "insight", 33, 6),
    Wish("Mobile approvals without a network", "For people in the field.", "flow", 20, 4),
    Wish("Audit trail as a feed", "Their SIEM should read it.", "flow", 12, 5),
)
TWIN = Wish("SSO for external partners", "As title.", "flow", 80, 4)
SAID = (
    "Without it the other plant will not join.",
    "We do this by hand every Friday.",
    "Our security team asks for it again and again.",
    "",
    "",
)
# Tasks of the login's own that come again.
ROUNDS = (
    ("Look through the usage of the week", Rule(Unit.WEEK, 1, weekday=0)),
    ("Send the monthly value note", Rule(Unit.MONTH, 1, day=31)),
    ("Check-in call with the sponsor", Rule(Unit.WEEK, 2, weekday=3)),
    ("Walk through the stakeholder map", Rule(Unit.QUARTER, 1, day=1)),
)


def wish_and_repeat(as_of: dt.date, seed: int, *, at_moment: AtMoment) -> None:
    """Writes the requests with those who ask, moves them on, and gives the CSM of the demo tasks that come again.

    `at_moment` makes it a moment of the past.
    """
    rng = dice(seed, f"wishes {as_of}")
    accounts = list(
        Account.objects.active()
        .filter(owner__role=User.Role.CSM)
        .select_related("owner")
        .prefetch_related("contacts")
        .order_by("-arr", "external_id")[:120]
    )
    if not accounts:
        return
    made = {wish.title: _live(rng, wish, accounts, as_of, at_moment) for wish in (*WISHES, TWIN)}
    with at_moment(_at(as_of, 45)):
        merge(by=_maker(accounts), request=made[TWIN.title], into=made[WISHES[0].title])
    # They were told at the time and have read it; no mail goes out for what is long past.
    told = _at(as_of, 1)
    Notification.objects.filter(key__startswith="feature:").update(
        email_state=Notification.Email.NONE, email_due_at=None, created_at=told, read_at=told + dt.timedelta(hours=5)
    )
    _repeat(as_of)


def _live(rng: Random, wish: Wish, accounts: Sequence[Account], as_of: dt.date, at_moment: AtMoment) -> FeatureRequest:
    """One request from the day on which it came up until today."""
    product = Product.objects.filter(key=f"{PRODUCT_PREFIX}{wish.product}").first() if wish.product else None
    began = _at(as_of, wish.days_ago)
    with at_moment(began):
        feature = add_request(by=_maker(accounts), title=wish.title, body=wish.body, product=product)
    with pgtrigger.ignore("accounts.FeatureRequest:update_update"):
        FeatureRequest.objects.filter(pk=feature.pk).update(created_at=began)
    for account in rng.sample(accounts, min(wish.asking, MOST_ASKING, len(accounts))):
        contacts = [one for one in account.contacts.all() if one.left_on is None]
        with at_moment(_at(as_of, rng.randint(2, wish.days_ago))):
            ask_for(
                by=account.owner or _maker(accounts),
                request=feature,
                account=account,
                asked_on=clock.today(),
                contact=rng.choice(contacts) if contacts else None,
                words=rng.choice(SAID),
            )
    for days_ago, status, note in wish.steps:
        with at_moment(_at(as_of, days_ago)):
            move_on(by=_maker(accounts), request=feature, status=status, note=note)
    return feature


def _repeat(as_of: dt.date) -> None:
    """Each of the rounds for one of the login's accounts, on the next day that its rule names."""
    mara = User.objects.get(email=LOGINS[0].email)
    accounts = Account.objects.active().filter(owner=mara).order_by("-arr", "external_id")
    for (title, rule), account in zip(ROUNDS, accounts[: len(ROUNDS)], strict=False):
        day = rule.next_after(as_of, first=as_of)
        create_task(
            by=mara,
            title=title,
            account=account,
            assignees=[mara],
            due_at=dt.datetime.combine(day, dt.time(9), mara.zone),
            repeats=rule,
        )


def _maker(accounts: Sequence[Account]) -> User:
    """Whoever looks after the dearest account."""
    owner = accounts[0].owner
    assert owner is not None
    return owner


def _at(as_of: dt.date, days_ago: int) -> dt.datetime:
    return dt.datetime.combine(as_of - dt.timedelta(days=days_ago), NOON, clock.workspace_zone())
