"""What renewals put into sequences of e-mails: customers whose contract renews, unless its timeline writes to them."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from django.db.models import Exists, Min, OuterRef, Q

from accounts.domain.sequences import MADE_UP_FOR
from accounts.models import Enrolment, Sequence
from accounts.queries.letters import receivers_of
from accounts.registries import SequenceSource, Start, add_sequence_source
from cs_workspace.common import clock
from renewals.models import Renewal, TimelineStep

DATE: Final = "renewal.date"


def register_mail_source() -> None:
    """Fills the registry; called once, when the app is ready."""
    add_sequence_source(
        SequenceSource(
            key="renewal",
            label="A renewal comes near",
            due=renewals_due,
            over=renewals_over,
            fields={DATE: "Day of the renewal that it is about"},
        )
    )


def renewals_due(sequence: Sequence, today: dt.date) -> Iterator[Start]:
    """Open renewals for which the first step has come, and had not before the sequence was switched on. Three queries.

    A renewal whose timeline has e-mails of its own is left out: nobody is to get both.
    """
    first = sequence.steps.aggregate(first=Min("offset_days"))["first"]
    if first is None or sequence.active_since is None:
        return
    since = clock.day_of(sequence.active_since) - MADE_UP_FOR - dt.timedelta(days=first)
    speaks = TimelineStep.objects.filter(timeline=OuterRef("timeline"), kind=TimelineStep.Kind.EMAIL)
    near = Renewal.objects.filter(
        ~Q(stage=Renewal.Stage.CLOSED),
        ~Exists(speaks),
        due_on__range=(max(today, since), today - dt.timedelta(days=first)),
        by_email=False,
        account__archived_at=None,
    )
    rows = list(near.order_by("due_on", "pk").values_list("pk", "account_id", "due_on"))
    receivers = receivers_of({account_id for _, account_id, _ in rows}, sequence.to_role)
    for pk, account_id, due_on in rows:
        if account_id in receivers:
            texts = {DATE: f"{due_on.day} {due_on:%B %Y}"}
            yield Start(account_id, receivers[account_id], _cause(pk), due_on, texts=texts)


def renewals_over(enrolments: Collection[Enrolment]) -> Mapping[int, str]:
    """Those whose renewal is closed. One query."""
    causes = {one.pk: one.cause_key for one in enrolments}
    closed = Renewal.objects.filter(account__in={one.account_id for one in enrolments}, stage=Renewal.Stage.CLOSED)
    over = {_cause(pk) for pk in closed.values_list("pk", flat=True)}
    return {pk: Enrolment.Because.GOAL.value for pk, cause in causes.items() if cause in over}


def _cause(renewal_id: int) -> str:
    return f"renewal:{renewal_id}"
