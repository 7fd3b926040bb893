"""The e-mail templates and sequences that ship."""

from collections.abc import Iterable

from django.db import transaction

from accounts.domain.mail_presets import SequencePreset, mail_presets
from accounts.models import MailTemplate, Sequence, SequenceStep
from cs_workspace.common import clock


@transaction.atomic
def install_mail() -> int:
    """Those that are not there yet, known by their keys; gives how many templates and sequences were made.

    What admins changed or archived stays as it is.
    """
    presets = mail_presets()
    there = set(MailTemplate.objects.values_list("key", flat=True))
    templates = MailTemplate.objects.bulk_create(
        MailTemplate(key=one.key, name=one.name, subject=one.subject, body=one.body, shipped=True)
        for one in presets.templates
        if one.key not in there
    )
    known = set(Sequence.objects.values_list("key", flat=True))
    missing = [one for one in presets.sequences if one.key not in known]
    if missing:
        _make(missing)
    return len(templates) + len(missing)


def _make(presets: Iterable[SequencePreset]) -> None:
    at, by_key = clock.now(), {template.key: template for template in MailTemplate.objects.all()}
    presets = list(presets)
    sequences = Sequence.objects.bulk_create(
        Sequence(
            key=one.key,
            name=one.name,
            purpose=one.purpose,
            source=one.source,
            to_role=one.to_role,
            stops_on=list(one.stops_on),
            active_since=at if one.comes_on else None,
            shipped=True,
        )
        for one in presets
    )
    SequenceStep.objects.bulk_create(
        SequenceStep(
            sequence=sequence,
            key=step.key,
            offset_days=step.offset,
            kind=SequenceStep.Kind.EMAIL if step.template else SequenceStep.Kind.TASK,
            template=by_key[step.template] if step.template else None,
            title=step.title,
            variant=step.variant,
            only_with=step.only_with,
        )
        for sequence, preset in zip(sequences, presets, strict=True)
        for step in preset.steps
    )
