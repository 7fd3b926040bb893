"""Sequences as their pages show them: how many are in one, what was sent, and what came back."""

from collections import defaultdict
from collections.abc import Sequence as Many
from dataclasses import dataclass

from django.core.paginator import Page
from django.db.models import Count, F, Q, QuerySet
from django.shortcuts import get_object_or_404

from accounts.models import Account, Enrolment, EnrolmentStep, Mail, MailTemplate, Sequence, SequenceStep, User
from accounts.registries import SEQUENCE_SOURCES
from cs_workspace.common.paging import CountedPaginator

PAGE = 50
# Of an account, those who are in a sequence and those who were last.
LATEST = 12
BY_HAND = "By hand"
# What a list of enrolments can be narrowed to.
RUNNING, PAUSED, FINISHED, STOPPED = "running", "paused", "finished", "stopped"
GROUPS = {RUNNING: "Running", PAUSED: "Paused", FINISHED: "Finished", STOPPED: "Stopped"}
IN_GROUP = {
    RUNNING: Q(state=Enrolment.State.RUNNING, paused_at=None),
    PAUSED: Q(state=Enrolment.State.RUNNING, paused_at__isnull=False),
    FINISHED: Q(state=Enrolment.State.FINISHED),
    STOPPED: Q(state=Enrolment.State.STOPPED),
}
SENT = Q(state=Mail.State.SENT)


@dataclass(frozen=True)
class Sent:
    """E-mails that went out, and how many of them were opened, answered and bounced."""

    sent: int = 0
    opened: int = 0
    replied: int = 0
    bounced: int = 0

    @property
    def answered(self) -> float | None:
        """The share that was answered; None where nothing went out."""
        return self.replied / self.sent if self.sent else None


@dataclass(frozen=True)
class SequenceRow:
    """A sequence in the list, with the figures of the accounts that the reader sees."""

    sequence: Sequence
    source: str
    steps: int
    in_it: int
    over: int
    sent: Sent


@dataclass(frozen=True)
class StepRow:
    """A step with what was sent of it."""

    step: SequenceStep
    sent: Sent


@dataclass(frozen=True)
class EnrolmentLine:
    """Who is in a sequence, with the e-mails written to them and the steps that were passed over."""

    enrolment: Enrolment
    mails: Many[Mail]
    passed: Many[EnrolmentStep]


def get_sequence(pk: int) -> Sequence:
    """A sequence by its key; sequences are everybody's, who is in them is not. 404 where there is none."""
    return get_object_or_404(Sequence, pk=pk)


def get_enrolment_for(user: User, pk: int) -> Enrolment:
    """An enrolment of an account that the user sees; 404 otherwise."""
    enrolments = Enrolment.objects.visible_to(user).select_related("sequence", "contact", "account")
    return get_object_or_404(enrolments, pk=pk)


def source_in_words(sequence: Sequence) -> str:
    """What puts contacts into a sequence."""
    source = SEQUENCE_SOURCES.get(sequence.source)
    return source.label if source else BY_HAND


def sequence_rows(user: User) -> list[SequenceRow]:
    """All sequences, those that are switched on first. Three queries."""
    enrolments = Enrolment.objects.visible_to(user).order_by().values("sequence")
    running = Q(state=Enrolment.State.RUNNING)
    counted = enrolments.annotate(in_it=Count("pk", filter=running), over=Count("pk", filter=~running))
    people = {row["sequence"]: (row["in_it"], row["over"]) for row in counted}
    sent = _sent_by(user, "enrolment__sequence", Mail.objects.filter(enrolment__isnull=False))
    sequences = Sequence.objects.annotate(number=Count("steps"))
    rows = [
        SequenceRow(one, source_in_words(one), one.number, *people.get(one.pk, (0, 0)), sent.get(one.pk, Sent()))  # type: ignore[attr-defined]  # annotated
        for one in sequences
    ]
    return sorted(rows, key=lambda row: (not row.sequence.is_active, row.sequence.name))


def step_rows(user: User, sequence: Sequence) -> list[StepRow]:
    """The steps of a sequence in the order of their days. Two queries."""
    sent = _sent_by(user, "step", Mail.objects.filter(enrolment__sequence=sequence))
    steps = sequence.steps.select_related("template").order_by("offset_days", "variant", "pk")
    return [StepRow(step, sent.get(step.pk, Sent())) for step in steps]


def group_counts(user: User, sequence: Sequence) -> dict[str, int]:
    """How many are in each group of a sequence. One query."""
    enrolments = Enrolment.objects.visible_to(user).filter(sequence=sequence)
    return enrolments.aggregate(**{key: Count("pk", filter=condition) for key, condition in IN_GROUP.items()})


def enrolment_page(user: User, sequence: Sequence, *, group: str, count: int, number: str | None) -> Page:
    """A page of those in a group, the latest first, each as an `EnrolmentLine`. Three queries."""
    found = Enrolment.objects.visible_to(user).filter(IN_GROUP[group], sequence=sequence)
    page = CountedPaginator(found.select_related("account", "contact"), PAGE, count=count).get_page(number)
    page.object_list = lines_of(list(page.object_list))
    return page


def lines_of_account(account: Account) -> list[EnrolmentLine]:
    """Who of an account is in a sequence, or was lately. Three queries."""
    found = account.enrolments.select_related("sequence", "contact", "account")
    return lines_of(list(found.order_by(F("ended_at").desc(nulls_first=True), "-started_at", "-pk")[:LATEST]))


def lines_of(enrolments: list[Enrolment]) -> list[EnrolmentLine]:
    """With their e-mails and what was passed over. Two queries."""
    mails: dict[int | None, list[Mail]] = defaultdict(list)
    for mail in Mail.objects.filter(enrolment__in=enrolments).select_related("step").order_by("pk"):
        mails[mail.enrolment_id].append(mail)
    passed: dict[int, list[EnrolmentStep]] = defaultdict(list)
    done = EnrolmentStep.objects.filter(enrolment__in=enrolments, outcome=EnrolmentStep.Outcome.PASSED)
    for step in done.select_related("step").order_by("step__offset_days", "pk"):
        passed[step.enrolment_id].append(step)
    return [EnrolmentLine(one, mails[one.pk], passed[one.pk]) for one in enrolments]


@dataclass(frozen=True)
class TemplateRow:
    """A template in the list: which sequences write with it, and what was sent."""

    template: MailTemplate
    sequences: Many[str]
    sent: Sent


def template_rows(user: User, *, archived: bool, text: str) -> list[TemplateRow]:
    """The templates that match. Three queries."""
    found: QuerySet[MailTemplate] = MailTemplate.objects.filter(archived_at__isnull=not archived)
    if text:
        found = found.filter(Q(name__icontains=text) | Q(subject__icontains=text) | Q(body__icontains=text))
    used: dict[int | None, list[str]] = defaultdict(list)
    steps = SequenceStep.objects.filter(template__isnull=False).order_by("sequence__name")
    for template_id, name in steps.values_list("template", "sequence__name").distinct():
        used[template_id].append(name)
    sent = _sent_by(user, "step__template", Mail.objects.filter(step__template__isnull=False))
    return [TemplateRow(one, used[one.pk], sent.get(one.pk, Sent())) for one in found]


def _sent_by(user: User, by: str, mails: QuerySet[Mail]) -> dict[int, Sent]:
    rows = (
        mails.visible_to(user)  # type: ignore[attr-defined]  # the manager is of its queryset
        .filter(SENT)
        .order_by()
        .values(by)
        .annotate(
            number=Count("pk"),
            opened=Count("opened_at"),
            replied=Count("replied_at"),
            bounced=Count("bounced_at"),
        )
        .values_list(by, "number", "opened", "replied", "bounced")
    )
    return {pk: Sent(*numbers) for pk, *numbers in rows}
