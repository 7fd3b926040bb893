"""What the ground itself proves of onboardings: meetings, people, and the success plan. One statement a proof."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from accounts.domain.onboarding_proofs import Case, Proved
from accounts.registries import OnboardingProof, add_onboarding_proof
from cs_workspace.common import clock
from cs_workspace.common.expressions import array

# A kick-off may be held before the contract starts.
AHEAD_DAYS = 14

CASES = """
    SELECT * FROM unnest(
        %(keys)s::bigint[], %(accounts)s::bigint[], %(products)s::bigint[], %(since)s::date[], %(numbers)s::integer[]
    ) AS u (key, account_id, product_id, since, number)
"""
KICKOFF = f"""
    SELECT c.key, met.day, met.people FROM ({CASES}) c
    CROSS JOIN LATERAL (
        SELECT (t.at AT TIME ZONE %(zone)s)::date AS day, string_agg(p.name, ' and ' ORDER BY p.name) AS people
        FROM accounts_touch t
        JOIN accounts_touch_attendees link ON link.touch_id = t.id
        JOIN accounts_contact p ON p.id = link.contact_id AND p.roles && '{{champion,sponsor}}'
        WHERE t.account_id = c.account_id AND t.archived_at IS NULL AND t.attended
            AND (t.at AT TIME ZONE %(zone)s)::date BETWEEN c.since - %(ahead)s AND %(today)s::date
        GROUP BY t.id
        HAVING bool_or('champion' = ANY(p.roles)) AND bool_or('sponsor' = ANY(p.roles))
        ORDER BY t.at LIMIT 1
    ) met
"""  # noqa: S608  its parts are constants
STAKEHOLDERS = f"""
    SELECT c.key, count(*), min(p.name) FILTER (WHERE 'champion' = ANY(p.roles)),
        min(p.name) FILTER (WHERE 'sponsor' = ANY(p.roles))
    FROM ({CASES}) c
    JOIN accounts_contact p ON p.account_id = c.account_id AND p.status = 'active' AND p.archived_at IS NULL
    GROUP BY c.key
    HAVING count(*) > 2 AND bool_or('champion' = ANY(p.roles)) AND bool_or('sponsor' = ANY(p.roles))
"""  # noqa: S608  its parts are constants
CRITERIA = f"""
    SELECT DISTINCT ON (c.key) c.key, o.began_on, o.title FROM ({CASES}) c
    JOIN accounts_successplan p ON p.account_id = c.account_id AND p.archived_at IS NULL
    JOIN accounts_objective o ON o.plan_id = p.id AND o.archived_at IS NULL AND o.due_on >= c.since
    ORDER BY c.key, o.began_on, o.id
"""  # noqa: S608  its parts are constants
ROI = f"""
    SELECT DISTINCT ON (c.key) c.key, r."on", r.method FROM ({CASES}) c
    JOIN accounts_successplan p ON p.account_id = c.account_id AND p.archived_at IS NULL
    JOIN accounts_roirecord r ON r.plan_id = p.id AND r.archived_at IS NULL
        AND r."on" BETWEEN c.since AND %(today)s::date
    ORDER BY c.key, r."on", r.id
"""  # noqa: S608  its parts are constants


def register_proofs() -> None:
    """Adds the proofs of the ground."""
    for proof in (
        OnboardingProof("kickoff_met", "A meeting with champion and sponsor was held", kickoff_met),
        OnboardingProof("stakeholders_known", "Champion, sponsor and a third person are known", stakeholders_known),
        OnboardingProof("criteria_written", "The success plan has an objective", criteria_written),
        OnboardingProof("roi_recorded", "A return on investment is recorded", roi_recorded),
    ):
        add_onboarding_proof(proof)


def rows_of(sql: str, cases: Sequence[Case], today: dt.date, **params: Any) -> list[tuple[Any, ...]]:
    """Runs a statement over cases, which it reads as `CASES`. It may use `%(today)s` and `%(zone)s`."""
    if not cases:
        return []
    known: dict[str, Any] = {
        "keys": array(case.key for case in cases),
        "accounts": array(case.account_id for case in cases),
        "products": [case.product_id for case in cases],
        "since": [case.since for case in cases],
        "numbers": [case.number for case in cases],
        "today": today,
        "zone": clock.workspace_zone().key,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, known | params)
        return cursor.fetchall()


def kickoff_met(cases: Sequence[Case], today: dt.date) -> Mapping[int, Proved]:
    """The first meeting or call that both came to, from two weeks before the start."""
    rows = rows_of(KICKOFF, cases, today, ahead=AHEAD_DAYS)
    return {key: Proved(day, f"Met with {people}") for key, day, people in rows}


def stakeholders_known(cases: Sequence[Case], today: dt.date) -> Mapping[int, Proved]:
    """Since when is not kept, so it is the day on which it was seen."""
    return {
        key: Proved(today, f"{number} people known, {champion} as champion, {sponsor} as sponsor")
        for key, number, champion, sponsor in rows_of(STAKEHOLDERS, cases, today)
    }


def criteria_written(cases: Sequence[Case], today: dt.date) -> Mapping[int, Proved]:
    """The first objective that is to be reached after the start."""
    return {key: Proved(min(day, today), f"Objective “{title}”") for key, day, title in rows_of(CRITERIA, cases, today)}


def roi_recorded(cases: Sequence[Case], today: dt.date) -> Mapping[int, Proved]:
    """The first record since the start."""
    return {key: Proved(day, f"Recorded: {method}") for key, day, method in rows_of(ROI, cases, today)}
