"""What the ground puts into sequences of e-mails: customers who are being onboarded."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from accounts.domain.sequences import MADE_UP_FOR
from accounts.models import Enrolment, Onboarding, Sequence
from accounts.queries.letters import receivers_of
from accounts.registries import SequenceSource, Start, add_sequence_source
from cs_workspace.common import clock

FIRST_VALUE: Final = "onboarding.first_value"


def register_sequence_sources() -> None:
    """Fills the registry; called once, when the app is ready."""
    add_sequence_source(
        SequenceSource(
            key="onboarding",
            label="An onboarding begins",
            due=onboardings_due,
            over=onboardings_over,
            fields={FIRST_VALUE: "What the onboarding leads to first"},
        )
    )


def onboardings_due(sequence: Sequence, today: dt.date) -> Iterator[Start]:
    """First onboardings that began lately, and not before the sequence was switched on. Two queries."""
    if sequence.active_since is None:
        return
    since = max(clock.day_of(sequence.active_since), today - MADE_UP_FOR)
    begun = Onboarding.objects.running().filter(kind=Onboarding.Kind.FIRST, started_on__range=(since, today))
    rows = list(begun.order_by("pk").values_list("pk", "account_id", "started_on", "first_value"))
    receivers = receivers_of({account_id for _, account_id, *_ in rows}, sequence.to_role)
    for pk, account_id, started_on, first_value in rows:
        if account_id in receivers:
            texts = {FIRST_VALUE: first_value}
            yield Start(account_id, receivers[account_id], _cause(pk), started_on, texts=texts)


def onboardings_over(enrolments: Collection[Enrolment]) -> Mapping[int, str]:
    """Those whose onboarding has ended, however it did. One query."""
    causes = {one.pk: one.cause_key for one in enrolments}
    accounts = {one.account_id for one in enrolments}
    ended = Onboarding.objects.filter(account__in=accounts).exclude(state=Onboarding.State.RUNNING)
    over = {_cause(pk) for pk in ended.values_list("pk", flat=True)}
    return {pk: Enrolment.Because.GOAL.value for pk, cause in causes.items() if cause in over}


def _cause(onboarding_id: int) -> str:
    return f"onboarding:{onboarding_id}"
