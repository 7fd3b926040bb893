"""Why customers of the demo left or took less: churn records with exit interviews and lessons, by the real services.

What the ledger tells of the last two years is explained, all but a few losses, so that some are left to ask about.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final

import pgtrigger
from django.db import connection

from accounts.models import Account, Contact, User
from cs_workspace.common import clock
from cs_workspace.web.demo.parting import CONTRACTIONS, STORIES, Story
from renewals.domain.churn import Why, category_of
from renewals.domain.exit_interviews import questions_for
from renewals.domain.periods import Period, add_months
from renewals.models import ChurnRecord
from renewals.queries.churn_analysis import untold
from renewals.queries.ledger_losses import UntoldRow
from renewals.services.churn_records import edit_record, note_loss, write_interview

AtMoment = Callable[[dt.datetime], AbstractContextManager[None]]

NOON: Final = dt.time(12, 10)
MONTHS_TOLD: Final = 24
# Days from the loss until it is written down, and until the customer is asked.
WRITTEN_AFTER, ASKED_AFTER = 3, 10
# Every so many-th loss is left without a reason, and loss of an account without an interview.
LEFT_OUT, NOT_ASKED = 8, 3
# Of a large company only the latest are explained.
MOST_LOST, MOST_CONTRACTIONS = 60, 16
DATED: Final = """
    UPDATE renewals_churnrecord r SET created_at = given.at
    FROM unnest(%s::bigint[], %s::timestamptz[]) AS given (id, at) WHERE r.id = given.id
"""


@dataclass(frozen=True)
class Told:
    """A record that was written, and the moment of it."""

    pk: int
    at: dt.datetime


def explain_losses(as_of: dt.date, *, at_moment: AtMoment) -> None:
    """Writes down why, as of the days after each loss, by whoever owns the account."""
    boss = User.objects.filter(role=User.Role.EXECUTIVE, is_active=True).order_by("pk").first()
    if boss is None:
        return
    until = as_of + dt.timedelta(days=1)
    found = list(untold(boss, period=Period(add_months(until, -MONTHS_TOLD), until)).all_rows())
    found.sort(key=lambda one: (one.day, one.account.external_id))
    lost = [one for one in found if one.lost_account][-MOST_LOST:]
    less = [one for one in found if not one.lost_account][-MOST_CONTRACTIONS:]
    told = [*_explain(lost, STORIES, as_of, at_moment), *_explain(less, CONTRACTIONS, as_of, at_moment)]
    with connection.cursor() as cursor, pgtrigger.ignore("renewals.ChurnRecord:update_update"):
        cursor.execute(DATED, [[one.pk for one in told], [one.at for one in told]])


def _explain(found: Sequence[UntoldRow], stories: Sequence[Story], as_of: dt.date, at_moment: AtMoment) -> list[Told]:
    told = []
    for place, loss in enumerate(found):
        by = _teller(loss.account)
        if place % LEFT_OUT == LEFT_OUT - 1 or by is None:
            continue
        story = stories[place % len(stories)]
        with at_moment(_moment(loss.day, WRITTEN_AFTER, as_of)):
            why = Why(story.sub_reason, story.preventable, story.competitor, story.notes)
            record = note_loss(by=by, account=loss.account, day=loss.day, why=why)
            told.append(Told(record.pk, clock.now()))
        if story.answers and place % NOT_ASKED != NOT_ASKED - 1:
            with at_moment(_moment(loss.day, ASKED_AFTER, as_of)):
                _ask(record, story, by=by)
    return told


def _ask(record: ChurnRecord, story: Story, *, by: User) -> None:
    """The interview, and what was learned from it."""
    questions = questions_for(category_of(story.sub_reason))
    contacts = list(Contact.objects.filter(account=record.account_id).order_by("pk")[:2])
    write_interview(
        by=by,
        record=record,
        fields={
            "held_on": clock.today(),
            "by": by,
            "contacts": contacts,
            "others": "",
            "answers": list(zip(questions, story.answers, strict=True)),
        },
    )
    if story.lesson:
        edit_record(by=by, record=record, fields={"lessons": story.lesson})


def _teller(account: Account) -> User | None:
    """Whoever owns the account, or leads who did; None where nobody of them may write."""
    owner = account.owner
    people = [owner, owner.manager] if owner else []
    return next((one for one in people if one and one.is_active and not one.read_only), None)


def _moment(day: dt.date, after: int, as_of: dt.date) -> dt.datetime:
    """Noon some days after a loss; now, where that is still to come."""
    noon = dt.datetime.combine(min(day + dt.timedelta(days=after), as_of), NOON, clock.workspace_zone())
    return min(noon, clock.now())
