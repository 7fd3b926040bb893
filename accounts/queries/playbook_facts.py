"""What is known of accounts when their playbooks run: facts for conditions, texts for merge fields, people for roles.

Read for many accounts at once, in a number of queries that does not hang on how many there are.
"""

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from accounts.domain.onboarding_risks import RULES
from accounts.domain.playbook_runs import Person, Situation, conditions_missed
from accounts.domain.playbooks import Fact, FactKind, Plan, Role, condition_in_words
from accounts.domain.workdays import Calendar
from accounts.models import Account, Contact, Holiday, OnboardingRisk, Segment, TeamMember, User
from accounts.queries.people import line_above
from accounts.registries import PLAYBOOK_FACTS, PlaybookFact, tier_labels
from cs_workspace.common import clock, money
from cs_workspace.common.points import whole_points

YES_NO = (("yes", "yes"), ("no", "no"))
RANKS = {1: "the best tier", 2: "the second tier", 3: "the third tier", 4: "the worst tier"}
TEAM_ROLES = {
    TeamMember.Role.AE: Role.AE,
    TeamMember.Role.IMPLEMENTATION: Role.IMPLEMENTATION,
    TeamMember.Role.SPONSOR: Role.SPONSOR,
    TeamMember.Role.SUPPORT: Role.SUPPORT,
}


@dataclass(frozen=True)
class GroundFact:
    """A fact that is read with the account's row: `read` gives it as of a moment, None where it is not known."""

    key: str
    label: str
    kind: FactKind
    read: Callable[[Account, dt.datetime], Any]
    choices: Callable[[], Sequence[tuple[str, str]]] = tuple


def tier_choices() -> list[tuple[str, str]]:
    """The ranks with what their tiers are called, the best first. One query."""
    labels = RANKS | tier_labels()
    return [(str(rank), labels[rank]) for rank in sorted(labels)]


def stage_choices() -> list[tuple[str, str]]:
    """The stages of an account's life."""
    return list(Account.Stage.choices)


def risk_choices() -> list[tuple[str, str]]:
    """What may endanger an onboarding."""
    return [(risk.value, rule.label) for risk, rule in RULES.items()]


def segment_choices() -> list[tuple[str, str]]:
    """The segments, the highest first. One query."""
    return list(Segment.objects.values_list("key", "name"))


def lower_segment_choices() -> list[tuple[str, str]]:
    """Those to which an account can fall: all but the highest. One query."""
    return segment_choices()[1:]


def _yes_no() -> Sequence[tuple[str, str]]:
    return YES_NO


def _days_until(day: dt.date | None, now: dt.datetime) -> int | None:
    return None if day is None else (day - clock.day_of(now)).days


def _days_since(day: dt.date | None, now: dt.datetime) -> int | None:
    return None if day is None else (clock.day_of(now) - day).days


GROUND_FACTS = (
    GroundFact("tier", "Tier", FactKind.RANK, lambda one, _: one.health_rank, tier_choices),
    GroundFact("score", "Score", FactKind.NUMBER, lambda one, _: one.health_score),
    GroundFact(
        "trend", "Trend", FactKind.CHOICE, lambda one, _: one.health_trend or None, lambda: Account.Trend.choices
    ),
    GroundFact("arr", "ARR", FactKind.NUMBER, lambda one, _: one.arr),
    GroundFact(
        "segment", "Segment", FactKind.CHOICE, lambda one, _: one.segment.key if one.segment else None, segment_choices
    ),
    GroundFact("stage", "Lifecycle stage", FactKind.CHOICE, lambda one, _: one.stage, stage_choices),
    GroundFact(
        "days_to_renewal",
        "Days to the renewal",
        FactKind.NUMBER,
        lambda one, now: _days_until(one.renewal_date, now),
    ),
    GroundFact(
        "customer_days",
        "Days as a customer",
        FactKind.NUMBER,
        lambda one, now: _days_since(one.customer_since, now),
    ),
    GroundFact(
        "days_since_touch",
        "Days since the last two-way touch",
        FactKind.NUMBER,
        lambda one, now: None if one.last_touch is None else (now - one.last_touch).days,
    ),
    GroundFact("open_alerts", "Open alerts", FactKind.NUMBER, lambda one, _: one.open_alerts),
    GroundFact(
        "onboarding_risks",
        "Open onboarding risks",
        FactKind.SET,
        lambda one, _: set(one.open_risks),  # type: ignore[attr-defined]  # annotated
        risk_choices,
    ),
    GroundFact("strategic", "Strategic", FactKind.CHOICE, lambda one, _: "yes" if one.strategic else "no", _yes_no),
    GroundFact("tags", "Tags", FactKind.SET, lambda one, _: one.tags),
)


def vocabulary() -> dict[str, Fact]:
    """All facts that conditions can compare, by key, with the values that are given. A query or two."""
    facts: list[GroundFact | PlaybookFact] = [*GROUND_FACTS, *PLAYBOOK_FACTS.values()]
    return {fact.key: Fact(fact.key, fact.label, fact.kind, tuple(fact.choices())) for fact in facts}


def situations_of(account_ids: Collection[int], *, now: dt.datetime) -> dict[int, Situation]:
    """What is known of each account at a moment; one that does not exist is left out. Five queries and those of the
    facts that higher floors know."""
    ids = sorted(set(account_ids))
    risks = OnboardingRisk.objects.open().filter(onboarding__account=OuterRef("pk")).order_by().values("kind")
    accounts = Account.objects.select_related("segment").annotate(open_risks=ArraySubquery(risks)).in_bulk(ids)
    people = {user.pk: user for user in User.objects.order_by("pk")}
    holidays = frozenset(Holiday.objects.values_list("day", flat=True))
    team, contacts = _team(ids, people), _contacts(ids)
    known = {fact.key: fact.load(ids) for fact in PLAYBOOK_FACTS.values()}
    calendars: dict[int, Person] = {}
    found = {}
    for pk, account in accounts.items():
        roles = _roles(account, team.get(pk, {}), people)
        found[pk] = Situation(
            facts=_facts(account, known, now),
            texts=_texts(account, roles, contacts.get(pk, {})),
            calendar=Calendar(clock.workspace_zone(), holidays),
            people={role: _person(user, holidays, calendars) for role, user in roles.items()},
            recipients={role: _address(contact) for role, contact in contacts.get(pk, {}).items() if contact.email},
            contacts={role: contact.pk for role, contact in contacts.get(pk, {}).items() if contact.email},
            is_customer=account.status == Account.Status.ACTIVE and account.archived_at is None,
        )
    return found


def situation_for_rehearsal(account: Account, plan: Plan, *, now: dt.datetime) -> tuple[Situation, list[str]]:
    """What is known of an account on which a plan is run through, and in words the conditions that do not hold there.

    What would have set it off is not known yet: its words stand for it.
    """
    known = situations_of([account.pk], now=now)[account.pk]
    known = replace(known, texts={**known.texts, "run.reason": "What set it off"})
    missed = conditions_missed(plan, known)
    facts = vocabulary() if missed else {}
    return known, [condition_in_words(one, facts) for one in missed]


def _team(ids: Sequence[int], people: Mapping[int, User]) -> dict[int, dict[Role, User]]:
    """By account and role the active member of its team, the first of several."""
    found: dict[int, dict[Role, User]] = {}
    rows = TeamMember.objects.filter(account__in=ids, role__in=TEAM_ROLES).order_by("account_id", "pk")
    for account_id, role, user_id in rows.values_list("account_id", "role", "user_id"):
        if _works(people[user_id]):
            found.setdefault(account_id, {}).setdefault(TEAM_ROLES[TeamMember.Role(role)], people[user_id])
    return found


def _contacts(ids: Sequence[int]) -> dict[int, dict[str, Contact]]:
    """By account and role the contact who is there, the most influential of several."""
    found: dict[int, dict[str, Contact]] = {}
    rows = Contact.objects.present().filter(account__in=ids).exclude(roles=[])
    for contact in sorted(rows, key=lambda one: (-(one.influence or 0), one.name, one.pk)):
        for role in contact.roles:
            found.setdefault(contact.account_id, {}).setdefault(role, contact)
    return found


def _roles(account: Account, team: Mapping[Role, User], people: Mapping[int, User]) -> dict[Role, User]:
    """Who of us is what to the account: an owner who left, or may only look, is none; their manager still is."""
    owner = people.get(account.owner_id) if account.owner_id else None
    roles = dict(team)
    manager = next((user for user in line_above(owner, people) if user.leads and _works(user)), None)
    if manager is not None:
        roles[Role.MANAGER] = manager
    if owner is not None and _works(owner):
        roles[Role.OWNER] = owner
    return roles


def _works(user: User) -> bool:
    return user.is_active and not user.read_only


def _person(user: User, holidays: frozenset[dt.date], made: dict[int, Person]) -> Person:
    if user.pk not in made:
        made[user.pk] = Person(user.pk, user.name, Calendar(user.zone, holidays))
    return made[user.pk]


def _facts(account: Account, known: Mapping[str, Mapping[int, Any]], now: dt.datetime) -> dict[str, Any]:
    facts = {fact.key: fact.read(account, now) for fact in GROUND_FACTS}
    facts |= {key: values.get(account.pk) for key, values in known.items()}
    return {key: value for key, value in facts.items() if value is not None}


def _texts(account: Account, roles: Mapping[Role, User], contacts: Mapping[str, Contact]) -> dict[str, str]:
    """What stands for the merge fields; what is not known is empty."""
    owner, manager = roles.get(Role.OWNER), roles.get(Role.MANAGER)
    renewal = account.renewal_date
    left = None if renewal is None else (renewal - clock.today()).days
    texts = {
        "account.name": account.name,
        "account.tier": account.health_tier,
        "account.score": "" if account.health_score is None else whole_points(account.health_score),
        "account.reason": account.health_reason,
        "account.arr": money.exact(account.arr, settings.WORKSPACE_CURRENCY),
        "account.segment": account.segment.name if account.segment else "",
        "account.renewal_date": _day(renewal),
        "account.days_to_renewal": "" if left is None or left < 0 else str(left),
        "account.last_touch": _day(clock.day_of(account.last_touch) if account.last_touch else None),
        "owner.name": owner.name if owner else "",
        "owner.email": owner.email if owner else "",
        "manager.name": manager.name if manager else "",
    }
    return texts | {f"{role}.name": contact.name for role, contact in contacts.items()}


def _address(contact: Contact) -> str:
    return f"{contact.name} <{contact.email}>"


def _day(day: dt.date | None) -> str:
    return "" if day is None else f"{day.day} {day:%B %Y}"
