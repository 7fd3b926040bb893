"""The e-mails of a campaign as one of its customers would read them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from accounts.domain.letters import worded
from accounts.domain.merging import missing_in_words
from accounts.domain.sequences import Step, steps_for
from accounts.models import Contact, SequenceStep
from accounts.queries.letters import fields_of, letter_texts
from accounts.queries.playbook_facts import situations_of
from renewals.models import Campaign, CampaignTarget
from renewals.queries.win_back_sequence import SEQUENCE_KEY, SOURCE_KEY, texts_of


@dataclass(frozen=True)
class Preview:
    """An e-mail of the sequence: the day after the loss, and its words in Markdown. With anything `missing`, which it
    says in words, it is not written."""

    day: int
    subject: str
    text: str
    missing: str


def previews(campaign: Campaign, target: CampaignTarget, contact: Contact, *, now: dt.datetime) -> Sequence[Preview]:
    """The e-mails to one customer, with what the campaign says now. A number of queries that does not hang on them."""
    situation = situations_of({target.account_id}, now=now)[target.account_id]
    texts, labels = letter_texts(situation, contact, texts_of(campaign, target)), fields_of(SOURCE_KEY)
    found = []
    for step in steps_for(target.variant, _steps()):
        wording = worded(step.title, step.body, texts)
        unknown = (step.only_with,) if step.only_with and not texts.get(step.only_with) else wording.missing
        found.append(Preview(step.offset, wording.subject, wording.text, missing_in_words(unknown, labels)))
    return found


def _steps() -> list[Step]:
    """The e-mails of the win-back sequence. One query."""
    steps = SequenceStep.objects.filter(sequence__key=SEQUENCE_KEY, template__isnull=False).select_related("template")
    return [
        Step(one.pk, one.offset_days, one.template.subject, one.template.body, True, one.variant, one.only_with)
        for one in steps
        if one.template is not None
    ]
