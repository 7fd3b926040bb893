"""Starting onboardings: by themselves with a contract, or by hand.

Contracts come by import, by the admin and from other systems, so what is to start is looked for in the contracts
themselves, in one statement over the whole book. That each starts once is decided by the database.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

import pghistory
from django.conf import settings
from django.db import connection, transaction

from accounts.domain.onboarding import Stage, course_of, due_on
from accounts.models import Account, Onboarding, OnboardingStep, OnboardingTemplate, Product, TemplateStep, User
from accounts.queries.terms import line_arr
from accounts.services.onboarding_course import end_risks, follow, lock_onboardings
from accounts.services.once import claim
from accounts.signals import account_observed
from cs_workspace.common import clock
from cs_workspace.common.expressions import among, array
from cs_workspace.common.refusals import RefusedError

NO_CUSTOMER = "The account is no customer any more."
# A contract sets an onboarding off within two weeks of its first day, and in the two before where the template has work
# for these. One that is older when it becomes known belongs to a customer who was onboarded elsewhere: a book that is
# imported must not warn of kick-offs that were held long ago. The segment is that of what is under contract on that
# first day: before it the account has no ARR of its own.
DUE = f"""
    WITH began AS (
        SELECT a.id, a.stage = 'won_back' AS again, a.churned_on, a.segment_pinned, a.segment_id,
            min(c.start) FILTER (WHERE a.stage <> 'won_back' OR c.start > a.churned_on) AS start
        FROM accounts_account a JOIN accounts_contract c ON c.account_id = a.id AND c.status <> 'draft'
        WHERE a.status = 'active' AND a.archived_at IS NULL AND NOT a.is_trial
            AND (%(ids)s::bigint[] IS NULL OR a.id = ANY(%(ids)s::bigint[]))
        GROUP BY a.id
    ), spans AS (
        SELECT template_id, CASE WHEN bool_or(stage = 'before') THEN -14 ELSE 0 END AS first_day,
            LEAST(max(due_day), 14) AS last_day
        FROM accounts_templatestep GROUP BY template_id
    ), widest AS (SELECT COALESCE(min(first_day), 0) AS first_day, COALESCE(max(last_day), 0) AS last_day FROM spans)
    SELECT b.id, b.again, b.churned_on, b.start, t.id
    FROM began b CROSS JOIN widest w
    CROSS JOIN LATERAL (
        SELECT sum({line_arr("%(today)s::date")}) AS arr
        FROM accounts_contract c JOIN accounts_contractline l ON l.contract_id = c.id
        WHERE c.account_id = b.id AND c.status = 'active' AND c.start <= b.start
            AND (c."end" IS NULL OR c."end" > b.start)
    ) worth
    CROSS JOIN LATERAL (
        SELECT CASE WHEN b.segment_pinned THEN b.segment_id ELSE (
            SELECT s.id FROM accounts_segment s WHERE s.lower_arr <= worth.arr ORDER BY s.lower_arr DESC LIMIT 1
        ) END AS id
    ) segment
    JOIN accounts_onboardingtemplate t ON t.segment_id = segment.id AND t.is_active
    JOIN spans ON spans.template_id = t.id
    WHERE %(today)s::date BETWEEN b.start + w.first_day AND b.start + w.last_day
        AND %(today)s::date BETWEEN b.start + spans.first_day AND b.start + spans.last_day
        AND worth.arr > 0
        AND NOT EXISTS (
            SELECT FROM accounts_onboarding o
            WHERE o.account_id = b.id AND o.kind = CASE WHEN b.again THEN 'won_back' ELSE 'first' END
                AND (o.started_on >= b.start OR NOT b.again)
        )
    ORDER BY b.id
"""  # noqa: S608  its parts are constants
AT_ONCE = 500


@dataclass(frozen=True)
class Wanted:
    """An onboarding that is to begin."""

    account_id: int
    kind: str
    template: OnboardingTemplate
    started_on: dt.date
    origin_key: str = ""
    about: str = ""
    product: Product | None = None
    by: User | None = None


def start_due_onboardings(*, today: dt.date, account_ids: Sequence[int] | None = None) -> int:
    """Starts those that a first contract, or the first after an account was won back, sets off; gives how many.

    Looks at all accounts where none are named.
    """
    ids = None if account_ids is None else array(account_ids)
    with connection.cursor() as cursor:
        cursor.execute(DUE, {"today": today, "currency": settings.WORKSPACE_CURRENCY, "ids": ids})
        rows = cursor.fetchall()
    templates = OnboardingTemplate.objects.in_bulk({template_id for *_, template_id in rows})
    wanted = [
        Wanted(
            account_id=account_id,
            kind=Onboarding.Kind.WON_BACK if again else Onboarding.Kind.FIRST,
            template=templates[template_id],
            started_on=start,
            origin_key=f"won_back:{churned_on}" if again else "first",
        )
        for account_id, again, churned_on, start, template_id in rows
    ]
    return sum(len(_begin(wanted[place : place + AT_ONCE])) for place in range(0, len(wanted), AT_ONCE))


@transaction.atomic
def start_onboarding(
    *,
    by: User,
    account: Account,
    kind: str,
    template: OnboardingTemplate,
    started_on: dt.date,
    about: str = "",
    product: Product | None = None,
    key: UUID | None = None,
) -> Onboarding:
    """Starts one by hand: for a new product or department, or where none started by itself.

    Raises `RefusedError` for an account that is no customer, for a template without steps, and where the same runs
    already; `RepeatedError` for a form (`key`) that was sent before.
    """
    claim(key, by=by)
    if account.status != Account.Status.ACTIVE:
        raise RefusedError(NO_CUSTOMER)
    if not template.steps.exists():
        raise RefusedError(f"“{template}” has no steps yet.")
    name = product.name if product else about.strip()[:120]
    begun = _begin([Wanted(account.pk, kind, template, started_on, about=name, product=product, by=by)])
    if not begun:
        raise RefusedError(f"{name or 'This account'} is being onboarded already.")
    return begun[0]


def cancel_lost(*, at: dt.datetime) -> int:
    """Ends the onboardings of accounts that are no customers any more; gives how many."""
    lost = Onboarding.objects.running().exclude(account__in=Account.objects.active().values("pk"))
    with transaction.atomic():
        held = [one for one in lock_onboardings(list(lost.values_list("pk", flat=True))) if one.is_running]
        for one in held:
            one.state, one.ended_at, one.end_reason = Onboarding.State.CANCELLED, at, NO_CUSTOMER
            one.version += 1
        Onboarding.objects.bulk_update(held, ["state", "ended_at", "end_reason", "version"])
        end_risks(held, at=at)
    return len(held)


@transaction.atomic
def _begin(wanted: Sequence[Wanted]) -> list[Onboarding]:
    """Writes onboardings with their steps; those that are there already are left out. Gives the new ones.

    The accounts are locked first, so that of two that would begin the same the second sees what the first one wrote.
    """
    at, accounts = clock.now(), [one.account_id for one in wanted]
    locked = Account.objects.filter(among("id", accounts)).order_by("pk").select_for_update(of=("self",), no_key=True)
    list(locked.values_list("pk", flat=True))
    there = Onboarding.objects.filter(among("account_id", accounts)).order_by()
    by_itself = set(there.exclude(origin_key="").values_list("account_id", "origin_key"))
    running = set(there.running().values_list("account_id", "kind", "about"))
    plans = _steps_of({one.template.pk for one in wanted})
    begun = [
        _row(one, plans[one.template.pk])
        for one in wanted
        if plans[one.template.pk]
        and (one.account_id, one.origin_key) not in by_itself
        and (one.account_id, one.kind, one.about) not in running
    ]
    steps = [_steps(one, plans[one.template_id or 0]) for one in begun]
    for one, its in zip(begun, steps, strict=True):
        follow(one, course_of([step.as_step for step in its], from_stage=Stage(one.from_stage)), at=at, by=None)
    with pghistory.context(**({"user": wanted[0].by.pk} if wanted and wanted[0].by else {})):
        Onboarding.objects.bulk_create(begun)
    OnboardingStep.objects.bulk_create(step for its in steps for step in its)
    if begun:
        account_observed.send(sender=Onboarding, account_ids=sorted({one.account_id for one in begun}))
    return begun


def _steps_of(template_ids: Collection[int]) -> dict[int, list[TemplateStep]]:
    plans: dict[int, list[TemplateStep]] = defaultdict(list)
    for step in TemplateStep.objects.filter(template__in=template_ids).order_by("template", "place", "pk"):
        plans[step.template_id].append(step)
    return plans


def _row(wanted: Wanted, steps: Sequence[TemplateStep]) -> Onboarding:
    first = min((Stage(step.stage) for step in steps), key=lambda stage: stage.place)
    return Onboarding(
        account_id=wanted.account_id,
        kind=wanted.kind,
        about=wanted.about,
        product=wanted.product,
        template=wanted.template,
        origin_key=wanted.origin_key,
        started_on=wanted.started_on,
        started_by=wanted.by,
        is_guided=wanted.template.is_guided,
        first_value=wanted.template.first_value,
        first_value_within=wanted.template.first_value_within,
        from_stage=first,
        stage=first,
    )


def _steps(one: Onboarding, plan: Sequence[TemplateStep]) -> list[OnboardingStep]:
    return [
        OnboardingStep(
            onboarding=one,
            place=place,
            key=step.key,
            stage=step.stage,
            title=step.title,
            detail=step.detail,
            owner=step.owner,
            due_on=due_on(one.started_on, step.due_day),
            longest_on=None if step.longest_day is None else due_on(one.started_on, step.longest_day),
            proof=step.proof,
            proof_number=step.proof_number,
            is_first_value=step.is_first_value,
        )
        for place, step in enumerate(plan)
    ]
