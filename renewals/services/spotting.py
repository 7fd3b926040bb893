"""Spotting signals of expansion: what the night finds in the facts of accounts is raised, kept current, and ended.

`renewals.domain.expansion` says what is a signal; here it is written, for a batch of accounts in a fixed number of
statements. That one cause is one signal, and one of a kind is live, is decided by the database, so that a night may
run twice, or beside another one.
"""

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from accounts.models import Account
from accounts.services.playbook_cues import Cue, note_cues
from cs_workspace.common import clock
from cs_workspace.common.expressions import among, array
from renewals.domain.expansion import KINDS, Finding, SignalKind, Strength, find, newest
from renewals.queries.expansion_facts import facts_of

# Accounts of one transaction, so that memory stays flat however large the book is.
BATCH = 10_000
TRIGGER = "expansion_signal"
CAUSE_GONE = "What it rested on is gone."
NO_CUSTOMER = "The account is no customer any more."

GIVEN = """given (account_id, kind, strength, origin_key, evidence, seen_on, figures) AS (
    SELECT * FROM unnest(
        %(account)s::bigint[], %(kind)s::text[], %(strength)s::text[], %(origin)s::text[], %(evidence)s::text[],
        %(seen)s::date[], %(figures)s::jsonb[]
    )
)"""
LEAVE = """
    UPDATE renewals_expansionsignal SET state = 'over', changed_at = %(at)s, changed_by_id = NULL,
        reason = %(no_customer)s, updated_at = %(at)s, version = version + 1
    WHERE state = 'open' AND account_id = ANY(%(ids)s::bigint[]) AND account_id <> ALL(%(served)s::bigint[])
"""
# What somebody logged by hand rests on nothing that the night could miss; it ends with the customer only.
END = f"""
    WITH {GIVEN}
    UPDATE renewals_expansionsignal s SET state = 'over', changed_at = %(at)s, changed_by_id = NULL,
        reason = %(gone)s, updated_at = %(at)s, version = version + 1
    WHERE s.state = 'open' AND s.origin_key <> '' AND s.account_id = ANY(%(ids)s::bigint[])
        AND NOT EXISTS (SELECT FROM given g WHERE g.account_id = s.account_id AND g.kind = s.kind)
"""  # noqa: S608  its parts stand above
FOLLOW = f"""
    WITH {GIVEN}
    UPDATE renewals_expansionsignal s SET strength = g.strength, evidence = g.evidence, figures = g.figures,
        updated_at = %(at)s
    FROM given g
    WHERE g.account_id = s.account_id AND g.kind = s.kind AND s.state = 'open' AND s.origin_key <> ''
        AND (s.strength, s.evidence, s.figures) IS DISTINCT FROM (g.strength, g.evidence, g.figures)
    RETURNING s.id, s.account_id, s.kind, s.strength, s.evidence
"""  # noqa: S608  its parts stand above
# A cause that comes back, or outlasts the rest of a signal that was dismissed, is the same signal again; one that came
# to an opportunity has had its time.
RESTED = """NOT EXISTS (
    SELECT FROM renewals_expansionsignal l WHERE l.account_id = g.account_id AND l.kind = g.kind
        AND (l.state IN ('open', 'taken_up') OR l.quiet_until > %(today)s::date)
)"""
REOPEN = f"""
    WITH {GIVEN}
    UPDATE renewals_expansionsignal s SET state = 'open', strength = g.strength, evidence = g.evidence,
        figures = g.figures, seen_on = g.seen_on, opened_at = %(at)s, changed_at = NULL, changed_by_id = NULL,
        reason = '', quiet_until = NULL, updated_at = %(at)s, version = version + 1
    FROM given g
    WHERE s.origin_key = g.origin_key AND s.origin_key <> '' AND s.state IN ('over', 'dismissed') AND {RESTED}
        AND NOT EXISTS (SELECT FROM renewals_opportunity o WHERE o.signal_id = s.id)
    RETURNING s.id, s.account_id, s.kind, s.strength, s.evidence
"""  # noqa: S608  its parts stand above
RAISE = f"""
    WITH {GIVEN}
    INSERT INTO renewals_expansionsignal (account_id, kind, strength, state, evidence, figures, seen_on, origin_key,
        opened_at, reason, created_at, updated_at, version)
    SELECT g.account_id, g.kind, g.strength, 'open', g.evidence, g.figures, g.seen_on, g.origin_key, %(at)s, '',
        %(at)s, %(at)s, 1
    FROM given g WHERE {RESTED} ORDER BY g.account_id, g.kind
    ON CONFLICT DO NOTHING
    RETURNING id, account_id, kind, strength, evidence
"""  # noqa: S608  its parts stand above


@dataclass(frozen=True)
class Spotted:
    """What a night brought: signals that were raised, anew or again, and that ended."""

    raised: int = 0
    ended: int = 0

    def __add__(self, other: "Spotted") -> "Spotted":
        return Spotted(self.raised + other.raised, self.ended + other.ended)


def spot_signals(*, today: dt.date, account_ids: Sequence[int] | None = None) -> Spotted:
    """Brings the signals of accounts to what is found as of a day; all accounts where none are named.

    Doing it again changes nothing. Each batch of accounts is one transaction. A hot signal sets its play off.
    """
    if account_ids is None:
        account_ids = list(Account.objects.order_by("pk").values_list("pk", flat=True))
    spotted = Spotted()
    for batch in _batches(account_ids):
        spotted += _spot(batch, today)
    return spotted


@transaction.atomic
def _spot(account_ids: Sequence[int], today: dt.date) -> Spotted:
    served = list(Account.objects.active().filter(among("pk", account_ids)).values_list("pk", flat=True))
    found = (find(fact, today=today) for fact in facts_of(served, today=today))
    findings = newest(one for one in found if one is not None)
    params = _given(list(findings.values())) | {
        "ids": array(account_ids),
        "served": array(served),
        "today": today,
        "at": clock.now(),
        "gone": CAUSE_GONE,
        "no_customer": NO_CUSTOMER,
    }
    with connection.cursor() as cursor:
        ended = sum(_changed(cursor, statement, params) for statement in (LEAVE, END))
        followed, again, new = (_returned(cursor, statement, params) for statement in (FOLLOW, REOPEN, RAISE))
    note_cues([_cue(*row) for row in (*followed, *again, *new) if row[3] == Strength.HOT])
    return Spotted(len(again) + len(new), ended)


def _cue(pk: int, account_id: int, kind: str, _strength: str, evidence: str) -> Cue:
    """It counts once for each signal, however often it turns hot."""
    return Cue(TRIGGER, account_id, str(pk), f"{KINDS[SignalKind(kind)].label}: {evidence}", choice=kind)


def _changed(cursor: Any, statement: str, params: dict[str, Any]) -> int:
    cursor.execute(statement, params)
    return int(cursor.rowcount)


def _returned(cursor: Any, statement: str, params: dict[str, Any]) -> list[tuple[int, int, str, str, str]]:
    cursor.execute(statement, params)
    return list(cursor.fetchall())


def _given(findings: Sequence[Finding]) -> dict[str, Any]:
    return {
        "account": array(one.account_id for one in findings),
        "kind": [one.kind.value for one in findings],
        "strength": [one.strength.value for one in findings],
        "origin": [one.origin_key[:120] for one in findings],
        "evidence": [one.evidence[:500] for one in findings],
        "seen": [one.seen_on for one in findings],
        "figures": [json.dumps(dict(one.figures)) for one in findings],
    }


def _batches(account_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (account_ids[start : start + BATCH] for start in range(0, len(account_ids), BATCH))
