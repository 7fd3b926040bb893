"""What observations prove of onboardings, and what risk signals look at: one statement a question, for all at once."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from accounts.domain.onboarding_proofs import Case, Proved
from accounts.queries.onboarding_proofs import CASES, rows_of
from accounts.queries.terms import IN_FORCE
from accounts.registries import OnboardingProof, add_onboarding_facts, add_onboarding_proof
from cs_workspace.common import clock

Proofs = Mapping[int, Proved]
Facts = Mapping[int, Mapping[str, Any]]

# A source that has been silent for longer for everybody tells nothing of one account.
HEARD_DAYS = 3
ACTIVE_DAYS = 30
REPORTED_DAYS = 14
TRAINING_DAYS = 14

OF_PRODUCT = "(c.product_id IS NULL OR {0} IS NULL OR {0} = c.product_id)"
USED = OF_PRODUCT.format("u.product_id")
# The first day of a case on which {measure} came to {least}.
FIRST_DAY = f"""
    SELECT c.key, first.day, first.value FROM ({CASES}) c
    CROSS JOIN LATERAL (
        SELECT u.day, u.{{measure}} AS value FROM health_usageday u
        WHERE u.account_id = c.account_id AND u.day BETWEEN c.since AND %(today)s::date
            AND u.{{measure}} >= COALESCE(c.number, 1) AND {USED}
        ORDER BY u.day LIMIT 1
    ) first
"""  # noqa: S608  its parts are constants
# Distinct users by the first day of each since the start: the n-th is the day on which n had been active. Bits of a
# month that lie outside of [since, today] are masked away; `days & -days` is the lowest bit that is left.
USERS = f"""
    SELECT c.key, c.number, m.user_key, min(m.month + floor(log(2, kept.days & -kept.days) + 0.5)::integer) AS day
    FROM ({CASES}) c
    JOIN health_usermonth m ON m.account_id = c.account_id
        AND m.month BETWEEN date_trunc('month', c.since)::date AND %(today)s::date
        AND {OF_PRODUCT.format("m.product_id")}
    CROSS JOIN LATERAL (
        SELECT m.days
            & (-1 << CASE WHEN m.month < c.since THEN c.since - m.month ELSE 0 END)
            & ((1::bigint << LEAST(%(today)s::date - m.month + 1, 31)) - 1)::integer AS days
    ) kept
    WHERE kept.days <> 0
    GROUP BY c.key, c.number, m.user_key
"""  # noqa: S608  its parts are constants
# Where a source counts users and does not name them, its busiest day so far stands for them.
NTH_USER = f"""
    WITH needed AS ({{needed}}), ranked AS (
        SELECT u.key, u.day, row_number() OVER (PARTITION BY u.key ORDER BY u.day) AS place FROM ({USERS}) u
    ), named AS (SELECT DISTINCT key FROM ranked)
    SELECT n.key, n.needed, n.seats, r.day FROM needed n JOIN ranked r ON r.key = n.key AND r.place = n.needed
    UNION ALL
    SELECT n.key, n.needed, n.seats, counted.day FROM needed n
    JOIN ({CASES}) c ON c.key = n.key
    CROSS JOIN LATERAL (
        SELECT u.day FROM health_usageday u
        WHERE u.account_id = c.account_id AND u.day BETWEEN c.since AND %(today)s::date
            AND u.active_users >= n.needed AND {USED}
        ORDER BY u.day LIMIT 1
    ) counted
    WHERE NOT EXISTS (SELECT FROM named WHERE named.key = n.key)
"""  # noqa: S608  its parts are constants
BY_NUMBER = f"SELECT c.key, COALESCE(c.number, 1) AS needed, 0 AS seats FROM ({CASES}) c"  # noqa: S608
SEATS = f"""
    SELECT c.key, ceil(max(COALESCE(c.number, 100)) * sum(l.seats) / 100.0)::integer AS needed, sum(l.seats) AS seats
    FROM ({CASES}) c
    JOIN accounts_contract k ON k.account_id = c.account_id AND {IN_FORCE.replace("c.", "k.")}
    JOIN accounts_contractline l ON l.contract_id = k.id AND (c.product_id IS NULL OR l.product_id = c.product_id)
    GROUP BY c.key HAVING sum(l.seats) > 0
"""  # noqa: S608  its parts are constants
ADVANCED = f"""
    SELECT DISTINCT ON (c.key) c.key, m.month + floor(log(2, kept.days & -kept.days) + 0.5)::integer AS day, f.name
    FROM ({CASES}) c
    JOIN health_featuremonth m ON m.account_id = c.account_id
        AND m.month BETWEEN date_trunc('month', c.since)::date AND %(today)s::date
    JOIN health_feature f ON f.id = m.feature_id AND NOT f.core
        AND (c.product_id IS NULL OR f.product_id = c.product_id)
    CROSS JOIN LATERAL (
        SELECT m.days
            & (-1 << CASE WHEN m.month < c.since THEN c.since - m.month ELSE 0 END)
            & ((1::bigint << LEAST(%(today)s::date - m.month + 1, 31)) - 1)::integer AS days
    ) kept
    WHERE kept.days <> 0
    ORDER BY c.key, day, f.name
"""  # noqa: S608  its parts are constants
COURSES = f"""
    SELECT DISTINCT ON (c.key) c.key, t.{{day}}, t.course, p.name FROM ({CASES}) c
    JOIN health_trainingrecord t ON t.account_id = c.account_id AND t.{{day}} BETWEEN c.since - 14 AND %(today)s::date
    LEFT JOIN accounts_contact p ON p.id = t.contact_id
    WHERE {{who}}
    ORDER BY c.key, t.{{day}}, t.id
"""  # noqa: S608  its parts are constants


# That nobody logs in says something only while others are heard to: looked for among the oldest customers.
LOGINS = f"""
    SELECT c.key, EXISTS (
        SELECT FROM health_usageday u WHERE u.account_id = c.account_id AND u.day BETWEEN c.since AND %(today)s::date
            AND (u.logins > 0 OR u.active_users > 0) AND {USED}
    ) FROM ({CASES}) c
    WHERE EXISTS (
        SELECT FROM (
            SELECT id FROM accounts_account WHERE status = 'active' AND NOT is_trial AND archived_at IS NULL
            ORDER BY id LIMIT 500
        ) a JOIN health_usageday u ON u.account_id = a.id
        WHERE u.day BETWEEN %(today)s::date - %(heard)s AND %(today)s::date AND u.logins > 0
    )
"""  # noqa: S608  its parts are constants
# Per product the most that was reported since the start, and the last report of two weeks.
CONNECTED = f"""
    SELECT key, sum(most), sum(now) FROM (
        SELECT c.key, max(u.integrations) AS most,
            (array_agg(u.integrations ORDER BY u.day DESC)
                FILTER (WHERE u.day > %(today)s::date - %(reported)s))[1] AS now
        FROM ({CASES}) c JOIN health_usageday u ON u.account_id = c.account_id
            AND u.day BETWEEN c.since AND %(today)s::date AND u.integrations IS NOT NULL AND {USED}
        GROUP BY c.key, u.product_id
    ) of_product
    WHERE now IS NOT NULL
    GROUP BY key
"""  # noqa: S608  its parts are constants
ACTIVE = f"SELECT u.key, count(*) FROM ({USERS}) u GROUP BY u.key"  # noqa: S608  its parts are constants
BUSIEST = f"""
    SELECT c.key, max(u.active_users) FROM ({CASES}) c
    JOIN health_usageday u ON u.account_id = c.account_id AND u.day BETWEEN c.since AND %(today)s::date AND {USED}
    GROUP BY c.key HAVING max(u.active_users) IS NOT NULL
"""  # noqa: S608  its parts are constants
BLOCKERS = f"""
    SELECT c.key, ticket.subject, ticket.days FROM ({CASES}) c
    CROSS JOIN LATERAL (
        SELECT COALESCE(NULLIF(t.subject, ''), 'A ticket') AS subject,
            %(today)s::date - (t.opened_at AT TIME ZONE %(zone)s)::date AS days
        FROM health_ticket t
        WHERE t.account_id = c.account_id AND t.closed_at IS NULL AND t.opened_at < %(end)s
            AND (t.escalated OR t.severity IN ('high', 'critical'))
            AND {OF_PRODUCT.format("t.product_id")}
        ORDER BY t.opened_at, t.id LIMIT 1
    ) ticket
"""  # noqa: S608  its parts are constants
TRAINING = f"""
    SELECT c.key, count(t.completed_on), count(*) FROM ({CASES}) c
    JOIN health_trainingrecord t ON t.account_id = c.account_id
        AND t.assigned_on BETWEEN c.since - 14 AND %(today)s::date - %(given)s
    GROUP BY c.key
"""  # noqa: S608  its parts are constants


def register_onboarding() -> None:
    """Adds what observations prove, and the facts of risk signals."""
    for proof in (
        OnboardingProof("first_login", "Somebody has logged in", first_login),
        OnboardingProof("active_users", "So many users have been active", active_users, number_label="users"),
        OnboardingProof("licences_active", "So much of the licences has been active", licences_active, "percent"),
        OnboardingProof("core_action", "The first core action was done", core_action),
        OnboardingProof("core_use", "Core actions, and so many users active", core_use, number_label="users"),
        OnboardingProof("integration_connected", "So many integrations are connected", integrations, "integrations"),
        OnboardingProof("advanced_feature", "A feature beyond the core is used", advanced_feature),
        OnboardingProof("training_planned", "A course was assigned", training_planned),
        OnboardingProof("course_done", "A course was finished", course_done),
        OnboardingProof("admin_trained", "The technical lead has finished a course", admin_trained),
    ):
        add_onboarding_proof(proof)
    for key, load in (("logins", logins), ("integrations", connected), ("active", active), ("blockers", blockers)):
        add_onboarding_facts(key, load)
    add_onboarding_facts("training", training)


def first_login(cases: Sequence[Case], today: dt.date) -> Proofs:
    """The first day with a login, of a source that counts them, or with an active user."""
    return {
        key: Proved(day, f"First login on {_day(day)}")
        for key, day, _ in rows_of(FIRST_DAY.format(measure="logins"), _without_number(cases), today)
    }


def core_action(cases: Sequence[Case], today: dt.date) -> Proofs:
    """The first day with a core action."""
    return {
        key: Proved(day, f"{count} core action{'' if count == 1 else 's'} on {_day(day)}")
        for key, day, count in rows_of(FIRST_DAY.format(measure="core_actions"), _without_number(cases), today)
    }


def integrations(cases: Sequence[Case], today: dt.date) -> Proofs:
    """The first day on which so many were connected."""
    return {
        key: Proved(day, f"{count} integration{'' if count == 1 else 's'} connected on {_day(day)}")
        for key, day, count in rows_of(FIRST_DAY.format(measure="integrations"), cases, today)
    }


def active_users(cases: Sequence[Case], today: dt.date) -> Proofs:
    """The day on which the n-th of them was active for the first time."""
    rows = rows_of(NTH_USER.format(needed=BY_NUMBER), cases, today)
    return {
        key: Proved(day, f"{needed} user{'' if needed == 1 else 's'} active on {_day(day)}")
        for key, needed, _, day in rows
    }


def licences_active(cases: Sequence[Case], today: dt.date) -> Proofs:
    """The day on which so many of the seats under contract had been used; unknown without seats."""
    rows = rows_of(NTH_USER.format(needed=SEATS), cases, today, day=today)
    return {key: Proved(day, f"{needed} of {seats} licences active on {_day(day)}") for key, needed, seats, day in rows}


def core_use(cases: Sequence[Case], today: dt.date) -> Proofs:
    """The day on which there had been both a core action and so many users."""
    users, actions = active_users(cases, today), core_action(cases, today)
    return {
        key: Proved(max(users[key].on, actions[key].on), f"{users[key].evidence}, core actions since {_day(done.on)}")
        for key, done in actions.items()
        if key in users
    }


def advanced_feature(cases: Sequence[Case], today: dt.date) -> Proofs:
    """The first day on which a feature that is not of the core was used."""
    return {key: Proved(day, f"“{name}” used on {_day(day)}") for key, day, name in rows_of(ADVANCED, cases, today)}


def training_planned(cases: Sequence[Case], today: dt.date) -> Proofs:
    """The first course that was assigned, from two weeks before the start."""
    rows = rows_of(COURSES.format(day="assigned_on", who="TRUE"), cases, today)
    return {key: Proved(day, f"“{course}” assigned on {_day(day)}") for key, day, course, _ in rows}


def course_done(cases: Sequence[Case], today: dt.date) -> Proofs:
    """The first course that anybody finished."""
    rows = rows_of(COURSES.format(day="completed_on", who="TRUE"), cases, today)
    return {key: Proved(day, f"“{course}” finished on {_day(day)}") for key, day, course, _ in rows}


def admin_trained(cases: Sequence[Case], today: dt.date) -> Proofs:
    """The first course that the technical lead finished."""
    rows = rows_of(COURSES.format(day="completed_on", who="'technical_lead' = ANY(p.roles)"), cases, today)
    return {key: Proved(day, f"{name} finished “{course}” on {_day(day)}") for key, day, course, name in rows}


def logins(cases: Sequence[Case], today: dt.date) -> Facts:
    """Whether anybody has logged in since the start; unknown where no logins are heard of from anybody."""
    return {key: {"logged_in": known} for key, known in rows_of(LOGINS, cases, today, heard=HEARD_DAYS)}


def connected(cases: Sequence[Case], today: dt.date) -> Facts:
    """Integrations at most since the start, and now; unknown where nothing was reported in two weeks."""
    rows = rows_of(CONNECTED, cases, today, reported=REPORTED_DAYS)
    return {key: {"integrations": (int(most), int(now))} for key, most, now in rows}


def active(cases: Sequence[Case], today: dt.date) -> Facts:
    """Users active in 30 days, and seats under contract; of a source that names no users its busiest day counts."""
    window = today - dt.timedelta(days=ACTIVE_DAYS - 1)
    recent = [replace(case, since=max(case.since, window)) for case in cases]
    users = dict(rows_of(BUSIEST, recent, today)) | dict(rows_of(ACTIVE, recent, today))
    seats = {key: seats for key, _, seats in rows_of(SEATS, cases, today, day=today)}
    return {key: {"active": (count, seats[key])} for key, count in users.items() if key in seats}


def blockers(cases: Sequence[Case], today: dt.date) -> Facts:
    """The open ticket of high or critical severity, or escalated, that was opened first."""
    rows = rows_of(BLOCKERS, cases, today, end=clock.start_of(today + dt.timedelta(days=1)))
    return {key: {"blocker": (subject, days)} for key, subject, days in rows}


def training(cases: Sequence[Case], today: dt.date) -> Facts:
    """Courses finished of those that were assigned two weeks ago or earlier."""
    rows = rows_of(TRAINING, cases, today, given=TRAINING_DAYS)
    return {key: {"training": (finished, assigned)} for key, finished, assigned in rows}


def _without_number(cases: Sequence[Case]) -> list[Case]:
    """Cases whose number counts something else than the measure that is looked at: any is enough."""
    return [replace(case, number=None) for case in cases]


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%b}"
