"""Opening renewals: by themselves, once for each period of a contract, when its timeline begins.

Contracts come by import, by the admin and from other systems, so what is to open is looked for in the contracts
themselves, by one statement for many accounts. That each opens once is decided by the unique constraints: of two at
once the second adds nothing, and whoever was interrupted is repeated without harm.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from django.db import connection

from accounts.models import Account
from accounts.queries.terms import FOLLOWS, WORTH
from cs_workspace.common import clock
from cs_workspace.common.expressions import array
from cs_workspace.common.upserting import defaults_of
from renewals.domain.timelines import Applies
from renewals.models import Renewal, RenewalStep, StageMove
from renewals.queries.segment_timelines import SegmentSteps, segment_timelines

# Accounts of one statement, which is one transaction.
BATCH = 5_000
# A contract that ended so many days ago and was not known of before is still asked about, as overdue; what ended
# earlier belongs to the past.
ASKED_AFTER = 30
AT_RISK_RANK, GOOD_RANK = 3, 2

GIVEN = (
    "account_id", "contract_id", "due_on", "owner_id", "followed_owner_id", "segment_id", "timeline_id", "by_email",
    "stage_since", "current_arr",
)  # fmt: skip
GIVEN_MOVE = ("renewal_id", "after", "at")
GIVEN_STEP = ("renewal_id", "step_id", "key", "title", "applies", "offset_days", "day")

# Whether step s is for renewal d, which knows what its account and its contract are.
APPLIES = f"""(
    s.applies = 'always'
    OR s.applies = 'auto_renewing' AND d.auto_renew
    OR s.applies = 'at_risk' AND d.health_rank >= {AT_RISK_RANK}
    OR s.applies = 'good' AND d.health_rank = {GOOD_RANK}
)"""
RENEWAL, STEP = defaults_of(Renewal, GIVEN), defaults_of(RenewalStep, GIVEN_STEP)
MOVE = defaults_of(StageMove, GIVEN_MOVE)
# The renewals that are due, the first entry of their history, and the steps that apply to them, by one statement. What
# applies only to some renewals stands in the lists of starts and of steps by name (`Applies`).
OPEN = f"""
    WITH plan AS (
        SELECT * FROM unnest(%(plan_segment)s::bigint[], %(plan_timeline)s::bigint[], %(plan_by_email)s::boolean[],
            %(always)s::int[], %(auto_renewing)s::int[], %(at_risk)s::int[], %(good)s::int[])
            AS p (segment_id, timeline_id, by_email, always, auto_renewing, at_risk, good)
    ), step AS (
        SELECT * FROM unnest(%(step_segment)s::bigint[], %(step_id)s::bigint[], %(step_key)s::text[],
            %(step_title)s::text[], %(step_applies)s::text[], %(step_offset)s::int[])
            AS s (segment_id, step_id, key, title, applies, offset_days)
    ), due AS (
        SELECT c.id AS contract_id, c.account_id, c."end" AS due_on, c.auto_renew, c.notice_days, a.owner_id,
            a.segment_id, a.health_rank, p.timeline_id, p.by_email, {WORTH} AS arr
        FROM accounts_contract c
        JOIN accounts_account a ON a.id = c.account_id
        JOIN plan p ON p.segment_id = COALESCE(a.segment_id, 0)
        WHERE c.account_id = ANY(%(ids)s::bigint[])
            AND a.status = 'active' AND a.archived_at IS NULL AND NOT a.is_trial
            AND c.status = 'active' AND (c.id = ANY(%(early)s::bigint[]) OR c.start <= %(today)s::date
                AND c."end" > %(today)s::date - {ASKED_AFTER} AND c."end" - GREATEST(
                    p.always,
                    CASE WHEN c.auto_renew THEN c.notice_days + p.auto_renewing END,
                    CASE WHEN a.health_rank >= {AT_RISK_RANK} THEN p.at_risk END,
                    CASE WHEN a.health_rank = {GOOD_RANK} THEN p.good END
                ) <= %(today)s::date)
            AND NOT EXISTS (SELECT FROM accounts_contract f WHERE {FOLLOWS})
            AND NOT EXISTS (
                SELECT FROM renewals_renewal r
                WHERE r.contract_id = c.id AND (r.due_on = c."end" OR r.stage <> 'closed')
            )
    ), opened AS (
        INSERT INTO renewals_renewal ({", ".join((*GIVEN, *RENEWAL))})
        SELECT account_id, contract_id, due_on, owner_id, owner_id, segment_id, timeline_id, by_email, %(at)s, arr,
            {", ".join(RENEWAL.values())}
        FROM due ORDER BY contract_id
        ON CONFLICT DO NOTHING
        RETURNING id, contract_id
    ), told AS (
        INSERT INTO renewals_stagemove ({", ".join((*GIVEN_MOVE, *MOVE))})
        SELECT id, 'upcoming', %(at)s, {", ".join(MOVE.values())} FROM opened
    ), planned AS (
        INSERT INTO renewals_renewalstep ({", ".join((*GIVEN_STEP, *STEP))})
        SELECT o.id, s.step_id, s.key, s.title, s.applies, s.offset_days,
            d.due_on - s.offset_days - CASE WHEN s.applies = 'auto_renewing' THEN d.notice_days ELSE 0 END,
            {", ".join(STEP.values())}
        FROM opened o
        JOIN due d USING (contract_id)
        JOIN step s ON s.segment_id = COALESCE(d.segment_id, 0)
        WHERE {APPLIES}
    )
    SELECT count(*) FROM opened
"""  # noqa: S608  its parts stand above


def open_due_renewals(*, today: dt.date, account_ids: Sequence[int] | None = None, early: Sequence[int] = ()) -> int:
    """Opens the renewals whose timeline has begun, with their steps; all accounts where none are named.

    Those of the contracts `early` are opened as well, whenever they end: their customers have answered already. Gives
    how many were opened; doing it again opens none. The tasks of the steps are made by
    `renewals.services.timelines.make_due_tasks`.
    """
    plans = segment_timelines()
    if not plans:
        return 0
    if account_ids is None:
        account_ids = list(Account.objects.active().order_by("pk").values_list("pk", flat=True))
    params = plan_params(plans) | {
        "today": today,
        "currency": settings.WORKSPACE_CURRENCY,
        "at": clock.now(),
        "early": array(early),
    }
    opened = 0
    for batch in batches(account_ids):
        with connection.cursor() as cursor:
            cursor.execute(OPEN, params | {"ids": array(batch)})
            opened += cursor.fetchone()[0]
    return opened


def batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """The keys in portions, each for one statement."""
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))


def plan_params(plans: Sequence[SegmentSteps]) -> dict[str, Any]:
    """The plans as columns: starts by kind, and the steps. The segment 0 stands for accounts without one."""
    steps = [(plan.segment_id or 0, one) for plan in plans for one in plan.steps]
    return {
        "plan_segment": [plan.segment_id or 0 for plan in plans],
        "plan_timeline": [plan.timeline.pk for plan in plans],
        "plan_by_email": [plan.by_email for plan in plans],
        **{kind.value: [plan.starts.get(kind) for plan in plans] for kind in Applies},
        "step_segment": [segment for segment, _ in steps],
        "step_id": [one.step.pk for _, one in steps],
        "step_key": [one.step.key for _, one in steps],
        "step_title": [one.step.title for _, one in steps],
        "step_applies": [one.step.applies for _, one in steps],
        "step_offset": [one.offset for _, one in steps],
    }
