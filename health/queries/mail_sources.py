"""What judgement puts into sequences of e-mails: customers who use little, and everybody once a month."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

import numpy as np
from django.db import connection

from accounts.models import Account, Enrolment
from accounts.models import Sequence as MailSequence
from accounts.queries.letters import receivers_of
from accounts.registries import SequenceSource, Start, add_sequence_source
from cs_workspace.common import clock
from cs_workspace.common.expressions import array
from health.metrics import compute

# Who uses less than this share of the features is shown one (lifecycle.md §5), and not again for half a year.
LITTLE: Final = 0.5
RESTS: Final = dt.timedelta(days=180)
# Who has only begun uses little of it by nature.
SETTLED_AFTER: Final = dt.timedelta(days=60)
# A month is told of in its first week or not any more.
TOLD_WITHIN: Final = 7
BATCH: Final = 5_000
OF_MONTH: Final = ("active_user_ratio", "feature_breadth", "usage_change", "tickets_30d")
# Features of products in use that the account has not used in this month and the one before, core ones first.
UNUSED = """
    SELECT used.account_id, (array_agg(f.name ORDER BY f.core DESC, f.name))[1:2]
    FROM (
        SELECT DISTINCT m.account_id, f.product_id
        FROM health_featuremonth m JOIN health_feature f ON f.id = m.feature_id
        WHERE m.account_id = ANY(%(ids)s::bigint[])
    ) used
    JOIN health_feature f ON f.product_id = used.product_id
    WHERE NOT EXISTS (
        SELECT FROM health_featuremonth m WHERE m.account_id = used.account_id AND m.feature_id = f.id
            AND m.month >= date_trunc('month', %(day)s::date) - interval '1 month' AND m.month <= %(day)s::date
    )
    GROUP BY used.account_id
"""


def register_mail_sources() -> None:
    """Fills the registry; called once, when the app is ready."""
    add_sequence_source(
        SequenceSource(
            key="adoption",
            label="Less than half of the features are used",
            due=little_used,
            over=used_by_now,
            fields={
                "adoption.share": "Share of the features that the account uses",
                "adoption.unused": "One or two features that it does not use",
            },
        )
    )
    add_sequence_source(
        SequenceSource(
            key="month",
            label="A month is over",
            due=month_over,
            over=lambda _enrolments: {},
            fields={
                "month.name": "Name of the month that is over",
                "month.active": "Share of the seats in use",
                "month.breadth": "Share of the features that were used",
                "month.change": "Use beside the month before",
                "month.tickets": "Support tickets of the month",
            },
        )
    )


def little_used(sequence: MailSequence, today: dt.date) -> Iterator[Start]:
    """Customers past their start whose feature breadth is known to be below a half, with what they do not use.

    Those who were in the sequence within half a year are left out. Four statements for each 5,000 accounts.
    """
    settled = Account.objects.scoreable().filter(customer_since__lte=today - SETTLED_AFTER)
    rested = sequence.enrolments.filter(started_at__gte=clock.start_of(today - RESTS))
    ids = settled.exclude(stage=Account.Stage.ONBOARDING).exclude(pk__in=rested.values("account")).order_by("pk")
    for batch in _batches(list(ids.values_list("pk", flat=True))):
        breadth = compute(("feature_breadth",), batch, today)["feature_breadth"]
        low = {batch[place]: float(breadth[place]) for place in np.flatnonzero(breadth < LITTLE).tolist()}
        unused, receivers = _unused(list(low), today), receivers_of(low, sequence.to_role)
        for pk, share in low.items():
            if pk in receivers:
                texts = {"adoption.share": _percent(share), "adoption.unused": " and ".join(unused.get(pk, ()))}
                yield Start(pk, receivers[pk], f"adoption:{today}", today, texts=texts)


def used_by_now(enrolments: Collection[Enrolment]) -> Mapping[int, str]:
    """Those whose account uses half of the features by now."""
    ids = sorted({one.account_id for one in enrolments})
    breadth = dict(zip(ids, compute(("feature_breadth",), ids, clock.today())["feature_breadth"].tolist(), strict=True))
    goal = Enrolment.Because.GOAL.value
    return {one.pk: goal for one in enrolments if breadth[one.account_id] >= LITTLE}


def month_over(sequence: MailSequence, today: dt.date) -> Iterator[Start]:
    """In the first week of a month all who were customers in the whole of the month before, with its figures.

    Who has no figure at all is left out. A fixed number of statements for each 5,000 accounts.
    """
    if today.day > TOLD_WITHIN:
        return
    first = today.replace(day=1)
    last = first - dt.timedelta(days=1)
    there = Account.objects.scoreable().filter(customer_since__lte=last.replace(day=1)).order_by("pk")
    told = sequence.enrolments.filter(cause_key=f"month:{last:%Y-%m}").values("account")
    for batch in _batches(list(there.exclude(pk__in=told).values_list("pk", flat=True))):
        readings = compute(OF_MONTH, batch, last)
        receivers = receivers_of(batch, sequence.to_role)
        for place, pk in enumerate(batch):
            texts = _month({name: float(readings[name][place]) for name in OF_MONTH})
            if texts and pk in receivers:
                texts["month.name"] = f"{last:%B %Y}"
                yield Start(pk, receivers[pk], f"month:{last:%Y-%m}", first, texts=texts)


def _month(values: Mapping[str, float]) -> dict[str, str]:
    """The figures of a month in words; what is not known is left out."""
    said = {
        "month.active": _percent(values["active_user_ratio"]),
        "month.breadth": _percent(values["feature_breadth"]),
        "month.change": _change(values["usage_change"]),
        "month.tickets": _tickets(values["tickets_30d"]),
    }
    return {name: words for name, words in said.items() if words}


def _percent(share: float) -> str:
    return "" if np.isnan(share) else f"{share * 100:.0f} %"


def _change(change: float) -> str:
    if np.isnan(change):
        return ""
    points = round(abs(change) * 100)
    return (
        f"{points} % {'more' if change > 0 else 'less'} than the month before" if points else "as in the month before"
    )


def _tickets(number: float) -> str:
    if np.isnan(number):
        return ""
    return "no tickets" if not number else f"{number:.0f} ticket{'' if number == 1 else 's'}"


def _unused(account_ids: Sequence[int], today: dt.date) -> dict[int, list[str]]:
    with connection.cursor() as cursor:
        cursor.execute(UNUSED, {"ids": array(account_ids), "day": today})
        return dict(cursor.fetchall())


def _batches(ids: Sequence[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), BATCH):
        yield list(ids[start : start + BATCH])
