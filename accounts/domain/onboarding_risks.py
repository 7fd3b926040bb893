"""What endangers an onboarding: the signals, how grave each is, and what is done about it (lifecycle.md §1).

What was observed of an onboarding comes as `Seen`; None is unknown, and what is unknown raises nothing.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

CRITICAL, HIGH, MEDIUM, WARNING = 1, 2, 3, 4

LOGIN_DAYS, LOGIN_WEEK = 3, 7
KICKOFF_LATE, KICKOFF_VERY_LATE = 7, 14
ACTIVE_DAY, ACTIVE_SHARE = 30, 0.5
SPONSOR_DAYS = 7
BLOCKER_DAYS = 7
# Two of ours in a row without an answer, and two weeks without hearing from them.
UNANSWERED, SILENT_DAYS = 2, 14
# Courses are given two weeks before they count as missed.
TRAINING_DAYS, TRAINING_SHARE = 14, 0.5
# For how long a change among the people is news.
CHANGED_DAYS = 30


class Risk(StrEnum):
    """The signals."""

    CHAMPION_LEFT = "champion_left"
    NO_LOGIN = "no_login"
    INTEGRATION_FAILING = "integration_failing"
    KICKOFF_LATE = "kickoff_late"
    KICKOFF_VERY_LATE = "kickoff_very_late"
    FEW_ACTIVE = "few_active"
    NO_SPONSOR = "no_sponsor"
    NO_CRITERIA = "no_criteria"
    BLOCKER = "blocker"
    NO_LOGIN_WEEK = "no_login_week"
    UNRESPONSIVE = "unresponsive"
    TRAINING = "training"
    PEOPLE_CHANGED = "people_changed"


@dataclass(frozen=True)
class Seen:
    """What was observed of an onboarding as of a day.

    `kickoff_late` and `criteria_late` are the days since those steps were due, None where they are not open.
    `logged_in` is None where no source tells of logins. `blocker` is the ticket that has been open longest.
    """

    day: int = 0
    """Days since the start; negative before it."""
    is_guided: bool = True
    champion_left: tuple[str, dt.date] | None = None
    """Who it was and when, where nobody followed."""
    changed: tuple[str, int] | None = None
    """Which sponsor or decision maker left last, and how many days ago."""
    has_sponsor: bool | None = None
    logged_in: bool | None = None
    integrations: tuple[int, int] | None = None
    """The most that were connected since the start, and how many are now."""
    kickoff_late: int | None = None
    criteria_late: int | None = None
    active: tuple[int, int] | None = None
    """Users active in 30 days, and seats."""
    blocker: tuple[str, int] | None = None
    """Its subject, and for how many days it has been open."""
    unanswered: int = 0
    silent_days: int | None = None
    """Days since the customer was last heard of; since the start where they never were."""
    training: tuple[int, int] | None = None
    """Courses finished, and courses assigned two weeks ago or earlier."""


@dataclass(frozen=True)
class Rule:
    """A signal: how grave it is, what is done about it within how many hours, and what shows it, in words.

    `evidence` gives the words, or None where it does not hold. Rules about people and meetings are for onboardings that
    a CSM leads. What is `worse` says the same more gravely, and takes its place. What is `asked_elsewhere` has an alert
    with its task whether or not the customer is being onboarded, so it is shown here and asks for nothing more.
    """

    label: str
    severity: int
    response: str
    hours: int
    evidence: Callable[[Seen], str | None]
    guided_only: bool = False
    worse: Risk | None = None
    asked_elsewhere: bool = False


@dataclass(frozen=True)
class Finding:
    """A signal that holds, with what shows it."""

    risk: Risk
    evidence: str


def find(seen: Seen) -> list[Finding]:
    """The signals that hold, in the order of the rules; one of which a worse one holds is left out."""
    asked = {risk: rule for risk, rule in RULES.items() if seen.is_guided or not rule.guided_only}
    told = {risk: text for risk, rule in asked.items() if (text := rule.evidence(seen))}
    return [Finding(risk, text) for risk, text in told.items() if RULES[risk].worse not in told]


def _champion_left(seen: Seen) -> str | None:
    if seen.champion_left is None:
        return None
    name, day = seen.champion_left
    return f"{name} left on {_day(day)}, and there is no other champion."


def _no_login(seen: Seen) -> str | None:
    if seen.logged_in is not False or seen.day <= LOGIN_DAYS:
        return None
    return f"Nobody has logged in for {seen.day} days since the start."


def _no_login_week(seen: Seen) -> str | None:
    return _no_login(seen) if seen.day >= LOGIN_WEEK else None


def _integration_failing(seen: Seen) -> str | None:
    if seen.integrations is None or seen.integrations[1] >= seen.integrations[0]:
        return None
    most, now = seen.integrations
    return f"{now} of {most} integrations {'is' if now == 1 else 'are'} still connected."


def _kickoff_late(seen: Seen) -> str | None:
    if seen.kickoff_late is None or seen.kickoff_late <= KICKOFF_LATE:
        return None
    return f"The kick-off is {seen.kickoff_late} days late."


def _kickoff_very_late(seen: Seen) -> str | None:
    return _kickoff_late(seen) if (seen.kickoff_late or 0) > KICKOFF_VERY_LATE else None


def _few_active(seen: Seen) -> str | None:
    if seen.active is None or seen.day < ACTIVE_DAY:
        return None
    active, seats = seen.active
    if not seats or active / seats >= ACTIVE_SHARE:
        return None
    return f"{active} of {seats} users active on day {seen.day}."


def _no_sponsor(seen: Seen) -> str | None:
    if seen.has_sponsor is not False or seen.day < SPONSOR_DAYS:
        return None
    return f"No executive sponsor is known on day {seen.day}."


def _no_criteria(seen: Seen) -> str | None:
    if seen.criteria_late is None or seen.criteria_late <= 0:
        return None
    return f"The success criteria were due {_days(seen.criteria_late)} ago and are not written."


def _blocker(seen: Seen) -> str | None:
    if seen.blocker is None or seen.blocker[1] <= BLOCKER_DAYS:
        return None
    subject, days = seen.blocker
    return f"“{subject[:160]}” has been open for {days} days."


def _unresponsive(seen: Seen) -> str | None:
    if seen.unanswered < UNANSWERED or seen.silent_days is None or seen.silent_days < SILENT_DAYS:
        return None
    return f"{seen.unanswered} attempts without an answer, and nothing heard for {seen.silent_days} days."


def _training(seen: Seen) -> str | None:
    if seen.training is None or not seen.training[1]:
        return None
    finished, assigned = seen.training
    if finished / assigned >= TRAINING_SHARE:
        return None
    return f"{finished} of {assigned} courses finished."


def _people_changed(seen: Seen) -> str | None:
    if seen.changed is None or seen.changed[1] >= CHANGED_DAYS:
        return None
    name, days = seen.changed
    return f"{name} left {_days(days)} ago." if days else f"{name} left today."


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%b %Y}"


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"


RULES: Final[dict[Risk, Rule]] = {
    Risk.CHAMPION_LEFT: Rule(
        "Champion left",
        CRITICAL,
        "Find a new champion",
        48,
        _champion_left,
        guided_only=True,
        asked_elsewhere=True,
    ),
    Risk.NO_LOGIN_WEEK: Rule(
        "No logins in week 1", CRITICAL, "Call them: nobody has logged in for a week", 24, _no_login_week
    ),
    Risk.KICKOFF_VERY_LATE: Rule(
        "Kick-off more than 14 days late",
        CRITICAL,
        "Ask the sponsor for a day for the kick-off",
        24,
        _kickoff_very_late,
        guided_only=True,
    ),
    Risk.NO_CRITERIA: Rule(
        "No success criteria",
        CRITICAL,
        "Write the success criteria with the champion",
        48,
        _no_criteria,
        guided_only=True,
    ),
    Risk.BLOCKER: Rule("Technical blocker", CRITICAL, "Escalate the ticket that blocks the onboarding", 24, _blocker),
    Risk.UNRESPONSIVE: Rule(
        "Unresponsive", CRITICAL, "Reach them by another person or channel", 24, _unresponsive, guided_only=True
    ),
    Risk.NO_LOGIN: Rule(
        "No login after day 3", HIGH, "Call them and log in together", 24, _no_login, worse=Risk.NO_LOGIN_WEEK
    ),
    Risk.INTEGRATION_FAILING: Rule(
        "Integration failing", HIGH, "Have the integration repaired", 24, _integration_failing
    ),
    Risk.KICKOFF_LATE: Rule(
        "Kick-off late",
        MEDIUM,
        "Agree on a day for the kick-off",
        48,
        _kickoff_late,
        guided_only=True,
        worse=Risk.KICKOFF_VERY_LATE,
    ),
    Risk.FEW_ACTIVE: Rule(
        "Fewer than half of the users active", MEDIUM, "Plan with the champion how the others begin", 120, _few_active
    ),
    Risk.NO_SPONSOR: Rule(
        "No executive sponsor", MEDIUM, "Ask the champion who sponsors this", 120, _no_sponsor, guided_only=True
    ),
    Risk.TRAINING: Rule("Training missed", WARNING, "Offer the training again", 168, _training),
    Risk.PEOPLE_CHANGED: Rule(
        "Sponsor or stakeholder changed", WARNING, "Meet the successor", 168, _people_changed, guided_only=True
    ),
}
