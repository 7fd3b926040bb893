"""What risk signals of onboardings look at on the ground: people, touches and late steps. One statement a source."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from accounts.domain.onboarding_proofs import Case
from accounts.queries.onboarding_proofs import CASES, rows_of
from accounts.registries import add_onboarding_facts

Facts = Mapping[int, Mapping[str, Any]]

# Who left counts from two weeks before the start: the contract was signed with them.
GONE = "p.left_on BETWEEN c.since - 14 AND %(today)s::date"
CHAMPION = "'champion' = ANY(p.roles)"
DECIDER = f"p.roles && '{{sponsor,decision_maker}}' AND NOT {CHAMPION}"
PEOPLE = f"""
    SELECT c.key, bool_or(p.status = 'active' AND 'sponsor' = ANY(p.roles)),
        bool_or(p.status = 'active' AND {CHAMPION}),
        (array_agg(p.name ORDER BY p.left_on DESC, p.id) FILTER (WHERE {GONE} AND {CHAMPION}))[1],
        max(p.left_on) FILTER (WHERE {GONE} AND {CHAMPION}),
        (array_agg(p.name ORDER BY p.left_on DESC, p.id) FILTER (WHERE {GONE} AND {DECIDER}))[1],
        %(today)s::date - max(p.left_on) FILTER (WHERE {GONE} AND {DECIDER})
    FROM ({CASES}) c
    LEFT JOIN accounts_contact p ON p.account_id = c.account_id AND p.archived_at IS NULL
    GROUP BY c.key
"""  # noqa: S608  its parts are constants
# Attempts are what we sent without an answer and what they missed, since the customer last took part.
TOUCHES = f"""
    SELECT c.key, %(today)s::date - GREATEST((heard.at AT TIME ZONE %(zone)s)::date, c.since) AS silent,
        (SELECT count(*) FROM accounts_touch t
         WHERE t.account_id = c.account_id AND t.archived_at IS NULL AND NOT t.two_way
             AND t.at > COALESCE(heard.at, c.since::timestamptz - interval '14 days'))
    FROM ({CASES}) c
    LEFT JOIN LATERAL (
        SELECT at FROM accounts_touch
        WHERE account_id = c.account_id AND archived_at IS NULL AND two_way ORDER BY at DESC LIMIT 1
    ) heard ON TRUE
"""  # noqa: S608  its parts are constants
LATE = f"""
    SELECT c.key, %(today)s::date - max(s.due_on) FILTER (WHERE s.key = 'kickoff'),
        %(today)s::date - max(s.due_on) FILTER (WHERE s.key = 'success_criteria')
    FROM ({CASES}) c JOIN accounts_onboardingstep s ON s.onboarding_id = c.key
    WHERE s.state = 'open' AND s.key IN ('kickoff', 'success_criteria')
    GROUP BY c.key
"""  # noqa: S608  its parts are constants


def register_facts() -> None:
    """Adds what the ground knows."""
    add_onboarding_facts("people", people)
    add_onboarding_facts("touches", touches)
    add_onboarding_facts("late", late_steps)


def people(cases: Sequence[Case], today: dt.date) -> Facts:
    """Whether there is a sponsor; the champion who left without a successor, and who else of the deciders left."""
    return {
        key: {
            "has_sponsor": bool(has_sponsor),
            "champion_left": None if has_champion or name is None else (name, day),
            "changed": None if other is None else (other, days),
        }
        for key, has_sponsor, has_champion, name, day, other, days in rows_of(PEOPLE, cases, today)
    }


def touches(cases: Sequence[Case], today: dt.date) -> Facts:
    """Attempts in a row that came to nothing, and the days of silence."""
    return {
        key: {"silent_days": silent, "unanswered": unanswered}
        for key, silent, unanswered in rows_of(TOUCHES, cases, today)
    }


def late_steps(cases: Sequence[Case], today: dt.date) -> Facts:
    """The days since kick-off and success criteria were due, where they are open."""
    return {
        key: {"kickoff_late": kickoff, "criteria_late": criteria}
        for key, kickoff, criteria in rows_of(LATE, cases, today)
    }
