"""Steps tick themselves: what data prove is written down with its evidence, for all onboardings at once."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping

from django.db import connection, transaction

from accounts.domain.onboarding_proofs import Case, Proved
from accounts.models import OnboardingStep
from accounts.models.onboarding import OnboardingStepQuerySet
from accounts.registries import ONBOARDING_PROOFS
from accounts.services.onboarding_course import lock_onboardings, settle
from cs_workspace.common import clock
from cs_workspace.common.expressions import among

# So many onboardings are locked and written at a time.
AT_ONCE = 500
TICK = """
    UPDATE accounts_onboardingstep s SET state = 'done', closed_on = given.day, closed_at = %s,
        evidence = given.evidence, version = version + 1, updated_at = %s
    FROM unnest(%s::bigint[], %s::date[], %s::text[]) AS given (id, day, evidence) WHERE s.id = given.id
"""


def prove_steps(*, today: dt.date, account_ids: Collection[int] | None = None) -> int:
    """Ticks the open steps of running onboardings that data prove; gives how many. Twice is the same as once.

    Each proof asks its question once for all steps, however many there are. All accounts where none are named.
    """
    steps = OnboardingStep.objects.to_prove().filter(proof__in=ONBOARDING_PROOFS).order_by("pk")
    if account_ids is not None:
        steps = steps.filter(among("onboarding__account_id", account_ids))
    proved: dict[int, Proved] = {}
    for proof, cases in _cases(steps).items():
        proved |= ONBOARDING_PROOFS[proof].load(cases, today)
    onboardings = sorted(
        set(OnboardingStep.objects.filter(among("id", proved)).values_list("onboarding_id", flat=True))
    )
    return sum(_tick(onboardings[place : place + AT_ONCE], proved) for place in range(0, len(onboardings), AT_ONCE))


def _cases(steps: OnboardingStepQuerySet) -> dict[str, list[Case]]:
    found: dict[str, list[Case]] = defaultdict(list)
    for step in steps.select_related("onboarding"):
        one = step.onboarding
        found[step.proof].append(Case(step.pk, one.account_id, one.started_on, one.product_id, step.proof_number))
    return found


@transaction.atomic
def _tick(onboarding_ids: Collection[int], proved: Mapping[int, Proved]) -> int:
    """Ticks what was proved of these onboardings and is still open, once they are locked."""
    held = [one for one in lock_onboardings(onboarding_ids) if one.is_running]
    at = clock.now()
    steps = OnboardingStep.objects.to_prove().filter(onboarding__in=held).filter(among("id", proved))
    ids = list(steps.order_by("pk").values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(TICK, [at, at, ids, [proved[pk].on for pk in ids], [proved[pk].evidence[:200] for pk in ids]])
    settle(held, at=at, by=None)
    return len(ids)
