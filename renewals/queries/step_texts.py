"""What a step of a renewal says: the texts of the timeline, filled in with what is known of account and renewal."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.conf import settings

from accounts.domain.letters import Wording, worded
from accounts.domain.merging import merge, missing_in_words, outlined
from accounts.domain.playbook_runs import RECIPIENTS, Situation
from cs_workspace.common import money
from renewals.domain.timelines import StepKind
from renewals.models import Renewal, TimelineStep

NOBODY: Final = "nobody with an address is known yet"


@dataclass(frozen=True)
class Text:
    """Title and body of a task."""

    title: str
    body: str


def text_of(step: TimelineStep, renewal: Renewal, situation: Situation, *, today: dt.date) -> Text:
    """The task of a step or, where it is the draft of an e-mail, that with its text.

    What is not known is named in the place where it would stand, and once more at the end: a draft is read before it is
    sent.
    """
    known = known_texts(renewal, situation, today=today)
    if step.kind != StepKind.EMAIL and not renewal.by_email:
        return Text(outlined(step.title, known), _filled(step.body, known))
    to = next((situation.recipients[role] for role in RECIPIENTS if role in situation.recipients), NOBODY)
    subject = outlined(step.mail_title, known)
    return Text(f"Send: {subject}", f"To: {to}\nSubject: {subject}\n\n{_filled(step.mail_body, known)}")


def letter_of(
    step: TimelineStep, renewal: Renewal, situation: Situation, *, today: dt.date
) -> tuple[int, Wording] | None:
    """The e-mail of a step and the key of the contact whom it is for, where it is one that can be written: somebody is
    known whom it goes to, and all that it speaks of."""
    if step.kind != StepKind.EMAIL and not renewal.by_email:
        return None
    to = situation.contact_for("")
    wording = worded(step.mail_title, step.mail_body, known_texts(renewal, situation, today=today))
    return None if to is None or wording.missing else (to, wording)


def known_texts(renewal: Renewal, situation: Situation, *, today: dt.date) -> dict[str, str]:
    """What stands for the fields: of an account with several contracts the date and the ARR of this one."""
    left = (renewal.due_on - today).days
    return {
        **situation.texts,
        "account.arr": money.exact(renewal.current_arr, settings.WORKSPACE_CURRENCY),
        "account.renewal_date": f"{renewal.due_on.day} {renewal.due_on:%B %Y}",
        "account.days_to_renewal": str(left) if left >= 0 else "",
    }


def _filled(text: str, known: Mapping[str, str]) -> str:
    missing = missing_in_words(merge(text, known).missing)
    return "\n\n".join(filter(None, [outlined(text, known), missing]))
