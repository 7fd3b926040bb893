"""Open renewals follow what becomes of their contracts, their accounts and their accounts' owners.

Contracts come and change by import, by the admin and from other systems, so it is looked for in them, for many renewals
by one statement. What is as it was is not touched, so a repetition changes nothing.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import BigIntegerField, Exists, F, Func, OuterRef, Value
from django.db.models.functions import Cast
from django.utils import timezone

from accounts.models import Task
from accounts.queries.terms import FOLLOWS, WORTH
from accounts.services.playbook_advancing import cancel_tasks
from cs_workspace.common import clock
from cs_workspace.common.expressions import array
from cs_workspace.common.upserting import defaults_of
from renewals.domain.stages import Outcome, outcome_of
from renewals.models import Renewal, RenewalStep, StageMove
from renewals.queries.segment_timelines import SegmentSteps, segment_timelines
from renewals.services.opening import APPLIES, GIVEN_STEP, batches
from renewals.services.timelines import drop_tasks_of, hand_over, move_steps

GONE = "The contract of this renewal is gone."

# Of each open renewal what its contract, its account and the owner say now. A date on which the contract was asked
# about already is not moved to. Of a contract that is over what it was worth last stays.
FOLLOW = f"""
    WITH now AS (
        SELECT r.id, r.due_on AS due_before, r.owner_id AS owner_before, a.owner_id AS followed, a.segment_id,
            CASE WHEN c.status = 'active' AND c."end" IS NOT NULL AND NOT EXISTS (
                SELECT FROM renewals_renewal o WHERE o.contract_id = c.id AND o.due_on = c."end" AND o.id <> r.id
            ) THEN c."end" ELSE r.due_on END AS due_on,
            CASE WHEN r.owner_id IS NOT DISTINCT FROM r.followed_owner_id OR NOT u.is_active
                THEN a.owner_id ELSE r.owner_id END AS owner_id,
            CASE WHEN c.status = 'active' AND c."end" > %(today)s::date THEN {WORTH} ELSE r.current_arr END AS arr
        FROM renewals_renewal r
        JOIN accounts_contract c ON c.id = r.contract_id
        JOIN accounts_account a ON a.id = r.account_id
        LEFT JOIN accounts_user u ON u.id = r.owner_id
        WHERE r.account_id = ANY(%(ids)s::bigint[]) AND r.stage <> 'closed'
    ), locked AS (
        SELECT r.id FROM renewals_renewal r JOIN now n USING (id)
        WHERE (r.due_on, r.owner_id, r.followed_owner_id, r.segment_id, r.current_arr)
            IS DISTINCT FROM (n.due_on, n.owner_id, n.followed, n.segment_id, n.arr)
        ORDER BY r.id FOR NO KEY UPDATE OF r
    )
    UPDATE renewals_renewal r SET due_on = n.due_on, owner_id = n.owner_id, followed_owner_id = n.followed,
        segment_id = n.segment_id, current_arr = n.arr, updated_at = now(),
        version = r.version + ((r.due_on, r.owner_id) IS DISTINCT FROM (n.due_on, n.owner_id))::int
    FROM now n JOIN locked USING (id) WHERE r.id = n.id AND r.stage <> 'closed'
    RETURNING r.id, n.owner_before, r.owner_id
"""  # noqa: S608  its parts stand in accounts.queries.terms

# Renewals of which nothing is asked any more, with why. A contract that another one follows was renewed: what that one
# is worth is shared among the renewals that it answers, by their ARR. One whose end merely passed is still asked about.
OVER = f"""
    WITH standing AS (
        SELECT r.id, r.account_id, r.current_arr, c.id AS contract_id, c."end", c.status, a.status AS account_status
        FROM renewals_renewal r
        JOIN accounts_contract c ON c.id = r.contract_id
        JOIN accounts_account a ON a.id = r.account_id
        WHERE r.account_id = ANY(%(ids)s::bigint[]) AND r.stage <> 'closed'
    ), pair AS (
        SELECT s.id, s.current_arr, f.id AS follower_id, f.worth, f.term_months,
            sum(s.current_arr) OVER shared AS whole, count(*) OVER shared AS number,
            row_number() OVER (PARTITION BY f.id ORDER BY s.id) AS turn
        FROM standing s
        CROSS JOIN LATERAL (
            SELECT c.id, c.term_months, {WORTH} AS worth FROM accounts_contract c
            WHERE c.id IN (
                SELECT f.id FROM accounts_contract c JOIN accounts_contract f ON {FOLLOWS} WHERE c.id = s.contract_id
            )
        ) f
        WINDOW shared AS (PARTITION BY f.id)
    ), renewed AS (
        SELECT id, max(term_months) AS term_months,
            round(sum(CASE WHEN whole > 0 THEN worth * current_arr / whole ELSE worth / number END), 2) AS arr,
            min(follower_id) FILTER (WHERE turn = 1 AND NOT EXISTS (
                SELECT FROM renewals_renewal taken WHERE taken.new_contract_id = pair.follower_id
            )) AS follower_id
        FROM pair GROUP BY id
    )
    SELECT s.id, s.current_arr, why.why, renewed.arr, renewed.follower_id, renewed.term_months
    FROM standing s
    LEFT JOIN renewed ON renewed.id = s.id
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN renewed.id IS NOT NULL THEN 'followed'
            WHEN s.account_status = 'churned' THEN 'left'
            WHEN s.status = 'cancelled' OR s.status = 'ended' AND s."end" > %(today)s::date THEN 'cancelled'
            WHEN s.status = 'draft' THEN 'unsigned'
            WHEN s."end" IS NULL THEN 'endless'
        END AS why
    ) why
    WHERE why.why IS NOT NULL
    ORDER BY s.id
"""  # noqa: S608  its parts stand in accounts.queries.terms
REASONS = {
    "followed": "A contract that follows it was signed.",
    "endless": "The contract runs on without an end.",
    "cancelled": "The contract was cancelled.",
    "left": "The account is no customer any more.",
}
UNSIGNED = "unsigned"
CLOSING = [
    "stage", "stage_since", "closed_at", "outcome", "closed_arr", "close_reason", "new_contract", "closed_term_months",
    "version", "updated_at",
]  # fmt: skip

# Steps that apply to an open renewal by now and did not when it was opened: its account came to risk, its contract
# renews by itself.
ADD_STEPS = """
    WITH step AS (
        SELECT * FROM unnest(%(step_timeline)s::bigint[], %(step_by_email)s::boolean[], %(step_id)s::bigint[],
            %(step_key)s::text[], %(step_title)s::text[], %(step_applies)s::text[], %(step_offset)s::int[])
            AS s (timeline_id, by_email, step_id, key, title, applies, offset_days)
        WHERE applies <> 'always'
    ), d AS (
        SELECT r.id, r.due_on, r.timeline_id, r.by_email, a.health_rank, c.auto_renew, c.notice_days
        FROM renewals_renewal r
        JOIN accounts_contract c ON c.id = r.contract_id
        JOIN accounts_account a ON a.id = r.account_id
        WHERE r.account_id = ANY(%(ids)s::bigint[]) AND r.stage <> 'closed' AND a.status = 'active'
    )
    INSERT INTO renewals_renewalstep ({columns})
    SELECT d.id, s.step_id, s.key, s.title, s.applies, s.offset_days,
        d.due_on - s.offset_days - CASE WHEN s.applies = 'auto_renewing' THEN d.notice_days ELSE 0 END, {defaults}
    FROM d JOIN step s USING (timeline_id, by_email)
    WHERE {applies} AND NOT EXISTS (
        SELECT FROM renewals_renewalstep there WHERE there.renewal_id = d.id AND there.key = s.key
    )
    ORDER BY d.id
    ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True)
class _Over:
    """A renewal of which nothing is asked any more; amounts in workspace currency."""

    renewal_id: int
    current_arr: Decimal
    why: str
    arr: Decimal | None
    follower_id: int | None
    term_months: int | None

    @property
    def closed_arr(self) -> Decimal:
        """What is left of it."""
        match self.why:
            case "followed":
                return self.arr or Decimal(0)
            case "endless":
                return self.current_arr
            case _:
                return Decimal(0)

    @property
    def outcome(self) -> Outcome:
        """How it ended. A contract that goes on renewed it, whatever it is worth."""
        if self.why in ("cancelled", "left"):
            return Outcome.LOST
        found = outcome_of(self.current_arr, self.closed_arr)
        return Outcome.CONTRACTED if found is Outcome.LOST else found


def follow_contracts(*, today: dt.date, account_ids: Sequence[int] | None = None) -> int:
    """Brings open renewals to what their contracts, accounts and owners say; all accounts where none are named.

    Gives how many changed or ended. A moved end moves the date with the steps and their open tasks. A renewal whose
    contract is followed by another, runs on without an end or was cancelled is closed, one whose contract is unsigned
    again is taken away. Each batch of accounts is one transaction.
    """
    if account_ids is None:
        account_ids = list(
            Renewal.objects.open().order_by("account_id").values_list("account_id", flat=True).distinct()
        )
    plans = segment_timelines()
    changed = sum(_follow(batch, plans, today) for batch in batches(account_ids))
    _drop_orphans()
    return changed


@transaction.atomic
def _follow(account_ids: Sequence[int], plans: Sequence[SegmentSteps], today: dt.date) -> int:
    params = {"ids": array(account_ids), "today": today, "currency": settings.WORKSPACE_CURRENCY}
    with connection.cursor() as cursor:
        cursor.execute(OVER, params)
        over = [_Over(*row) for row in cursor.fetchall()]
    ended = _end(over)
    with connection.cursor() as cursor:
        cursor.execute(FOLLOW, params)
        moved = cursor.fetchall()
    hand_over([(pk, before, after) for pk, before, after in moved if before != after])
    _add_steps(account_ids, plans)
    open_ids = Renewal.objects.open().filter(account__in=account_ids).order_by("pk").values_list("pk", flat=True)
    move_steps(list(open_ids), today=today)
    return ended + len(moved)


def _add_steps(account_ids: Sequence[int], plans: Sequence[SegmentSteps]) -> None:
    seen = {(plan.timeline.pk, plan.by_email): plan for plan in plans}
    steps = [(plan.timeline.pk, plan.by_email, one) for plan in seen.values() for one in plan.steps]
    params: dict[str, Any] = {
        "ids": array(account_ids),
        "step_timeline": [timeline for timeline, _, _ in steps],
        "step_by_email": [by_email for _, by_email, _ in steps],
        "step_id": [one.step.pk for *_, one in steps],
        "step_key": [one.step.key for *_, one in steps],
        "step_title": [one.step.title for *_, one in steps],
        "step_applies": [one.step.applies for *_, one in steps],
        "step_offset": [one.offset for *_, one in steps],
    }
    rest = defaults_of(RenewalStep, GIVEN_STEP)
    sql = ADD_STEPS.format(columns=", ".join((*GIVEN_STEP, *rest)), defaults=", ".join(rest.values()), applies=APPLIES)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def _end(over: Sequence[_Over]) -> int:
    """Closes what was settled elsewhere, takes away what is unsigned; gives how many. A fixed number of statements."""
    if not over:
        return 0
    by_id = {one.renewal_id: one for one in over}
    held = Renewal.objects.open().filter(pk__in=by_id).order_by("pk").select_for_update(of=("self",), no_key=True)
    renewals, at = list(held), clock.now()
    drop_tasks_of([one.pk for one in renewals], reason="The renewal is over.")
    Renewal.objects.filter(pk__in=[one.pk for one in renewals if by_id[one.pk].why == UNSIGNED]).delete()
    closed = [one for one in renewals if by_id[one.pk].why != UNSIGNED]
    StageMove.objects.bulk_create(
        StageMove(renewal=one, before=one.stage, after=Renewal.Stage.CLOSED, at=at, note=REASONS[by_id[one.pk].why])
        for one in closed
    )
    for one in closed:
        known = by_id[one.pk]
        one.stage, one.stage_since, one.closed_at = Renewal.Stage.CLOSED, at, at
        one.outcome, one.closed_arr, one.close_reason = known.outcome.value, known.closed_arr, REASONS[known.why]
        one.new_contract_id, one.closed_term_months = known.follower_id, known.term_months
        one.version += 1
        one.updated_at = timezone.now()
    Renewal.objects.bulk_update(closed, CLOSING)
    return len(renewals)


def _drop_orphans() -> None:
    """Gives up the tasks of renewals that went with their contract. A statement where there are none."""
    named = Cast(Func(F("origin_key"), Value("^renewal:([0-9]+):"), function="substring"), BigIntegerField())
    tasks = Task.objects.unfinished().filter(origin=Task.Origin.RENEWAL, origin_key__startswith="renewal:")
    orphans = (
        tasks.annotate(named=named).exclude(named=None).filter(~Exists(Renewal.objects.filter(pk=OuterRef("named"))))
    )
    with transaction.atomic():
        cancel_tasks(orphans, reason=GONE)
