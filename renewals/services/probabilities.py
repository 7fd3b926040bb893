"""How likely open renewals are, kept on their rows with what it rests on; red ones are escalated as they become it.

Read and written for many renewals by a fixed number of statements. The renewals are locked first, so that of two at
once the second sees what the first one wrote, and an episode of the red zone is escalated once.
"""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import Count

from accounts.models import Account
from cs_workspace.common import clock
from cs_workspace.common.expressions import among, array
from health.domain.use_prior import Engagement, engagement_of
from health.metrics import compute
from health.models import ChurnSignal
from renewals.domain.probability import Estimate, Known, estimate, is_red
from renewals.domain.stages import Stage
from renewals.models import Renewal
from renewals.services.escalating import end_red, escalate_red

# Accounts of one transaction.
BATCH = 2_000
WRITE = """
    UPDATE renewals_renewal r SET computed_probability = given.probability, adjustments = given.parts::jsonb,
        red_since = given.red_since
    FROM unnest(%(ids)s::bigint[], %(probabilities)s::numeric[], %(parts)s::text[], %(red)s::timestamptz[])
        AS given (id, probability, parts, red_since)
    WHERE r.id = given.id AND (r.computed_probability, r.adjustments, r.red_since)
        IS DISTINCT FROM (given.probability, given.parts::jsonb, given.red_since)
"""


def refresh_probabilities(*, today: dt.date, account_ids: Collection[int] | None = None) -> int:
    """Computes the probabilities of open renewals anew; all accounts where none are named. Gives how many changed.

    What becomes red is escalated in the transaction that makes it so. Each batch of accounts is one transaction.
    """
    asked = Renewal.objects.open().order_by("account").values_list("account_id", flat=True).distinct()
    ids = sorted(asked if account_ids is None else account_ids)
    return sum(_refresh(ids[start : start + BATCH], today) for start in range(0, len(ids), BATCH))


@transaction.atomic
def _refresh(account_ids: Sequence[int], today: dt.date) -> int:
    found = Renewal.objects.open().filter(among("account_id", account_ids), account__in=Account.objects.active())
    renewals = list(
        found.select_related("account", "owner").order_by("pk").select_for_update(of=("self",), no_key=True)
    )
    if not renewals:
        return 0
    signals, use = _signals(account_ids), _use([one.account for one in renewals], today)
    estimates = [estimate(_known(one, signals, use), today=today) for one in renewals]
    entered: list[Renewal] = []
    left: list[Renewal] = []
    for one, found_now in zip(renewals, estimates, strict=True):
        one.computed_probability = found_now.probability
        if _turns(one):
            (left if one.red_since else entered).append(one)
    end_red(left)
    for one in left:
        one.red_since = None
    for one in entered:
        one.red_since = clock.now()
    changed = _write(renewals, estimates)
    escalate_red(entered, today=today)
    return changed


def _turns(one: Renewal) -> bool:
    """Whether it enters or leaves the red zone with the probability that counts: the owner's where there is one."""
    counts = one.computed_probability if one.chosen_probability is None else one.chosen_probability
    was_red = one.red_since is not None
    return is_red(counts, was_red=was_red) is not was_red


def _known(one: Renewal, signals: Mapping[int, Mapping[int, int]], use: Mapping[int, Engagement | None]) -> Known:
    account = one.account
    return Known(
        expected_churn=account.expected_churn,
        basis=_basis(account),
        stage=Stage(one.stage),
        due_on=one.due_on,
        signals=signals.get(account.pk, {}),
        last_touch=clock.day_of(account.last_touch) if account.last_touch else None,
        use=use.get(account.pk),
    )


def _basis(account: Account) -> str:
    match account.churn_basis:
        case Account.ChurnBasis.LEARNED:
            return "as the churn model has it"
        case Account.ChurnBasis.USE:
            return "by use alone"
        case _:
            return f"of the tier “{account.health_tier}”" if account.health_tier else ""


def _signals(account_ids: Collection[int]) -> dict[int, dict[int, int]]:
    """By account the number of live signals of each severity. One query."""
    found: dict[int, dict[int, int]] = defaultdict(dict)
    live = ChurnSignal.objects.live().filter(among("account_id", account_ids)).order_by()
    for pk, severity, number in live.values_list("account_id", "severity").annotate(number=Count("pk")):
        found[pk][severity] = number
    return found


def _use(accounts: Sequence[Account], today: dt.date) -> dict[int, Engagement | None]:
    """How often the accounts are used; of those whose rate rests on it already nothing is said."""
    ids = sorted({one.pk for one in accounts if one.churn_basis != Account.ChurnBasis.USE and one.expected_churn})
    if not ids:
        return {}
    readings = compute(("login_days", "feature_breadth"), ids, today)
    pairs = zip(ids, readings["login_days"].tolist(), readings["feature_breadth"].tolist(), strict=True)
    return {pk: engagement_of(days, breadth) for pk, days, breadth in pairs}


def _write(renewals: Sequence[Renewal], estimates: Sequence[Estimate]) -> int:
    params: dict[str, Any] = {
        "ids": array(one.pk for one in renewals),
        "probabilities": [one.probability for one in estimates],
        "parts": [json.dumps([[part.words, _plain(part.points)] for part in one.parts]) for one in estimates],
        "red": [one.red_since for one in renewals],
    }
    with connection.cursor() as cursor:
        cursor.execute(WRITE, params)
        return cursor.rowcount


def _plain(points: Decimal) -> float:
    return float(points.quantize(Decimal("0.1")))
