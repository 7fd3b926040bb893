"""What people decide about e-mails in the outbox: approve, cancel, send again, count as sent; and the way back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pghistory
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Value
from django.db.models.functions import Coalesce, Greatest

from accounts.domain.approving_mail import GRACE, Refusal, Verb, outcome_of
from accounts.domain.letters import kept_back
from accounts.models import Mail, StepBack, Suppression, User
from accounts.queries.receivers import receiver_of
from accounts.services.mail_tasks import follow_mails
from accounts.services.undoing import as_it_stands, keep_ways_back
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError

CHANGED = "Somebody changed it meanwhile. Read it again first."
# What a decision changes.
DECIDED = ("state", "because", "error", "due_at", "sent_at", "attempts", "approved_at", "approved_by_id")


@dataclass(frozen=True)
class Decided:
    """The e-mails that were decided about, as they are now, and why the others were left out."""

    mails: list[Mail]
    left_out: list[str]


@transaction.atomic
def decide(*, by: User, verb: Verb, versions: Mapping[int, int]) -> Decided:
    """Does one thing with e-mails, given by their keys with the versions that were seen.

    What is not in a state for it, was changed since it was seen, or would be kept back is left out. Raises
    `RefusedError` with the reason where that is all of them.
    """
    chosen: list[Mail] = []
    left_out: list[str] = []
    for mail in _locked(versions):
        if because := _refusal(mail, verb, versions[mail.pk]):
            left_out.append(because)
        else:
            chosen.append(mail)
    if not chosen:
        raise RefusedError(left_out[0] if left_out else "There is no such e-mail.")
    ways = [as_it_stands(mail, DECIDED) for mail in chosen]
    ids = [mail.pk for mail in chosen]
    with pghistory.context(user=by.pk):
        Mail.objects.filter(pk__in=ids).update(**_fields(verb, by), version=F("version") + 1, updated_at=clock.now())
    decided = list(Mail.objects.filter(pk__in=ids).select_related("account").order_by("pk"))
    keep_ways_back(list(zip(decided, ways, strict=True)), by=by)
    follow_mails(decided, by=by)
    return Decided(decided, left_out)


@transaction.atomic
def take_back(*, by: User, versions: Mapping[int, int]) -> list[Mail]:
    """Puts e-mails back as they were before the versions that a change made; gives those that went back.

    What was changed since, or is being sent, stays. Raises `RefusedError` where that is all of them.
    """
    held = {mail.pk: mail for mail in _locked(versions)}
    of = ContentType.objects.get_for_model(Mail)
    back: list[Mail] = []
    steps = [
        step
        for step in StepBack.objects.filter(record_type=of, record_id__in=held, taken_at=None)
        if step.version == versions[step.record_id] == held[step.record_id].version
    ]
    for step in steps:
        mail = held[step.record_id]
        for name, value in step.before.items():
            setattr(mail, name, Mail._meta.get_field(name).to_python(value))  # type: ignore[union-attr]
        mail.version, mail.updated_at = mail.version + 1, clock.now()
        back.append(mail)
    if not back:
        raise RefusedError("That cannot be taken back any more: it has gone out, or was changed since.")
    names = {Mail._meta.get_field(name).name for step in steps for name in step.before}
    with pghistory.context(user=by.pk):
        Mail.objects.bulk_update(back, [*names, "version", "updated_at"])
    StepBack.objects.filter(pk__in=[step.pk for step in steps]).update(taken_at=clock.now())
    follow_mails(back, by=by)
    return back


def _locked(versions: Mapping[int, int]) -> list[Mail]:
    return list(
        Mail.objects.filter(pk__in=versions)
        .select_related("account", "contact")
        .annotate(is_suppressed=Exists(Suppression.objects.covering(OuterRef("contact__email"))))
        .select_for_update(of=("self",))
        .order_by("pk")
    )


def _refusal(mail: Mail, verb: Verb, seen: int) -> str:
    """Why a verb is not possible; empty where it is."""
    outcome = outcome_of(mail.standing, verb)
    if isinstance(outcome, Refusal):
        return outcome.reason
    if mail.version != seen:
        return CHANGED
    if verb not in (Verb.APPROVE, Verb.SEND_AGAIN):
        return ""
    if mail.contact is None:
        return "This person is not known any more."
    return kept_back(receiver_of(mail.contact, is_suppressed=mail.is_suppressed))  # type: ignore[attr-defined]


def _fields(verb: Verb, by: User) -> dict[str, Any]:
    """What a verb writes. What is to go out waits a moment, so that it can be taken back."""
    now = clock.now()
    match verb:
        case Verb.APPROVE:
            due_at = Greatest(F("due_at"), Value(now + GRACE))
            return {"state": Mail.State.QUEUED, "because": "", "due_at": due_at} | _approved(by)
        case Verb.SEND_AGAIN:
            again = {"state": Mail.State.QUEUED, "because": "", "error": "", "attempts": 0, "due_at": now + GRACE}
            return again | _approved(by)
        case Verb.COUNT_AS_SENT:
            return {"state": Mail.State.SENT, "error": "", "sent_at": Coalesce(F("claimed_at"), Value(now))}
        case Verb.CANCEL:
            return {"state": Mail.State.CANCELLED, "because": f"Cancelled by {by}."[:300]}


def _approved(by: User) -> dict[str, Any]:
    return {"approved_at": clock.now(), "approved_by": by}
