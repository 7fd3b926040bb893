"""Win-back campaigns as people see them: the list with results, one of them, and the e-mails of each customer in it."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Q, Sum
from django.shortcuts import get_object_or_404

from accounts.models import Account, Contract, ContractLine, Enrolment, EnrolmentStep, Mail, SequenceStep, User
from renewals.domain.closing import Taken
from renewals.domain.win_back import AGES, Age, band_of
from renewals.models import AccountReturn, Campaign, CampaignTarget
from renewals.models.win_back import CampaignTargetQuerySet
from renewals.queries.win_back_contacts import not_handed_on_because, with_reach
from renewals.queries.win_back_sequence import SEQUENCE_KEY

# What an e-mail that went out is called by what the mail server told of it last, the most telling first.
AFTERWARDS: Final = (
    ("replied_at", "Replied", "good"),
    ("bounced_at", "Bounced", "bad"),
    ("clicked_at", "Clicked", ""),
    ("opened_at", "Opened", ""),
    ("delivered_at", "Delivered", ""),
)


@dataclass(frozen=True)
class Tally:
    """The customers of a campaign that a user sees, counted; money in workspace currency."""

    chosen: int = 0
    running: int = 0
    won: int = 0
    out: int = 0
    arr: Decimal = Decimal(0)
    arr_won: Decimal = Decimal(0)

    @property
    def count(self) -> int:
        """All of them."""
        return self.chosen + self.running + self.won + self.out


@dataclass(frozen=True)
class Cell:
    """What became of one day of the sequence, counted from the loss, for a customer; `mail_id` names the e-mail."""

    label: str
    tone: str = ""
    because: str = ""
    mail_id: int | None = None
    day: int = 0


@dataclass(frozen=True)
class TargetLine:
    """A customer in a campaign, with a cell for each day of the sequence; `standing` says where the talks are.

    `can_hand_on` says whether its e-mails can go on to somebody else there.
    """

    target: CampaignTarget
    days: int
    standing: str
    cells: Sequence[Cell]
    back: AccountReturn | None = None
    can_hand_on: bool = False

    @property
    def age(self) -> Age:
        """What is done for customers who left so long ago."""
        return AGES[band_of(self.days)]


@dataclass
class _Course:
    """What is known of an enrolment: e-mails and other outcomes by the day of their step."""

    mails: dict[int, Mail] = field(default_factory=dict)
    done: dict[int, EnrolmentStep] = field(default_factory=dict)


def get_campaign_for(user: User, pk: int) -> Campaign:
    """A campaign that the user may see; anything else is a 404."""
    return get_object_or_404(Campaign.objects.visible_to(user).select_related("owner", "closed_by"), pk=pk)


def get_target_for(user: User, pk: int) -> CampaignTarget:
    """A customer in a campaign, of an account that the user sees; anything else is a 404."""
    found = CampaignTarget.objects.visible_to(user)
    return get_object_or_404(found.select_related("account", "campaign__owner", "contact", "record"), pk=pk)


def steers(user: User, campaign: Campaign) -> bool:
    """Whether the user may change a campaign as a whole."""
    return not user.read_only and (user.sees_everything or campaign.owner_id in user.team_ids)


def tallies(user: User, campaigns: Iterable[Campaign]) -> dict[int, Tally]:
    """The customers of campaigns, counted, by campaign; of those that the user sees. Two queries."""
    ids = [one.pk for one in campaigns]
    seen = CampaignTarget.objects.visible_to(user).filter(campaign__in=ids)
    states = {state.value: Count("pk", filter=Q(state=state)) for state in CampaignTarget.State}
    rows = seen.order_by().values("campaign").annotate(**states, lost=Sum("arr_lost"))
    back = AccountReturn.objects.standing().filter(target__in=seen.values("pk"))
    won = dict(back.order_by().values_list("target__campaign").annotate(Sum("arr")))
    found = {
        row["campaign"]: Tally(
            **{state.value: row[state.value] for state in CampaignTarget.State},
            arr=row["lost"],
            arr_won=won.get(row["campaign"], Decimal(0)),
        )
        for row in rows
    }
    return {pk: found.get(pk, Tally()) for pk in ids}


def targets_of(user: User, campaign: Campaign, *, state: str = "") -> CampaignTargetQuerySet:
    """The customers of a campaign that the user sees, the largest first, as `lines_of` takes them."""
    found = CampaignTarget.objects.visible_to(user).filter(campaign=campaign)
    names = ("account__owner", "contact", "record", "enrolment")
    former = CampaignTarget.former.through.objects.filter(campaigntarget=OuterRef("pk")).values("enrolment")
    found = with_reach(found).annotate(former_ids=ArraySubquery(former))
    found = found.select_related(*names).order_by("-arr_lost", "pk")
    return found.filter(state=state) if state else found


def sequence_days() -> list[int]:
    """The days of the win-back sequence, counted from the loss. One query."""
    steps = SequenceStep.objects.filter(sequence__key=SEQUENCE_KEY)
    return sorted(set(steps.order_by().values_list("offset_days", flat=True)))


def lines_of(targets: Sequence[CampaignTarget], days: Sequence[int], *, today: dt.date) -> list[TargetLine]:
    """Customers with what became of each day of the sequence. Three queries."""
    courses = _courses(targets)
    returned = AccountReturn.objects.standing().filter(target__in=[one.pk for one in targets])
    back = {one.target_id: one for one in returned.select_related("contract")}
    return [
        TargetLine(
            target=one,
            days=((one.ended_on or today) - one.lost_on).days,
            standing=_standing(one),
            cells=[replace(_cell(one, offset, courses[one.pk], today), day=offset) for offset in days],
            back=back.get(one.pk),
            can_hand_on=not not_handed_on_because(one),
        )
        for one in targets
    ]


def taken_by(account: Account, *, since: dt.date) -> list[Taken]:
    """What signed contracts of an account hold on a day or later. One query."""
    lines = ContractLine.objects.filter(contract__account=account, contract__status=Contract.Status.ACTIVE)
    running = lines.filter(Q(contract__end=None) | Q(contract__end__gt=since)).select_related("contract")
    return [
        Taken(one.product_id, one.contract.start, one.contract.end, str(one.contract)) for one in running.order_by("pk")
    ]


def _courses(targets: Sequence[CampaignTarget]) -> Mapping[int, _Course]:
    """What is known of each customer's e-mails, by its key; of two for a day the later one counts."""
    found = {one.pk: _Course() for one in targets}
    of = {pk: one.pk for one in targets for pk in (*one.former_ids, one.enrolment_id) if pk}  # type: ignore[attr-defined]  # annotated
    for mail in Mail.objects.filter(enrolment__in=of, step__isnull=False).select_related("step").order_by("pk"):
        assert mail.enrolment_id is not None  # it was asked for
        assert mail.step is not None
        found[of[mail.enrolment_id]].mails[mail.step.offset_days] = mail
    for done in EnrolmentStep.objects.filter(enrolment__in=of).select_related("step").order_by("enrolment", "pk"):
        found[of[done.enrolment_id]].done[done.step.offset_days] = done
    return found


def _cell(target: CampaignTarget, offset: int, course: _Course, today: dt.date) -> Cell:
    mail, done, enrolment = course.mails.get(offset), course.done.get(offset), target.enrolment
    if mail is not None:
        cell = _of_mail(mail)
        is_former = mail.contact_id != target.contact_id
        return replace(cell, because=f"To {mail.receiver}. {cell.because}".rstrip()) if is_former else cell
    if done is not None:
        tone = "" if done.outcome == EnrolmentStep.Outcome.TASK else "faint"
        return Cell(done.get_outcome_display(), tone, done.because)
    day = target.lost_on + dt.timedelta(days=offset)
    if enrolment is None:
        return Cell("—" if target.state != CampaignTarget.State.CHOSEN else f"{day.day} {day:%b}", "faint")
    if enrolment.state == Enrolment.State.RUNNING and (enrolment.paused_at or day >= today):
        return Cell("Paused" if enrolment.paused_at else f"{day.day} {day:%b}", "soft")
    return Cell("—", "faint", enrolment.get_stopped_because_display())


def _of_mail(mail: Mail) -> Cell:
    if mail.state != Mail.State.SENT:
        tones: dict[str, str] = {Mail.State.DRAFT: "warn", Mail.State.FAILED: "bad", Mail.State.WITHHELD: "bad"}
        return Cell(mail.get_state_display(), tones.get(mail.state, ""), mail.because, mail.pk)
    told: tuple[Any, ...] = next((one for one in AFTERWARDS if getattr(mail, one[0])), ("", "Sent", ""))
    return Cell(told[1], told[2], "", mail.pk)


def _standing(target: CampaignTarget) -> str:
    """Where a customer stands, in words: why it is out, or why its e-mails stopped while it is under way."""
    if target.state == CampaignTarget.State.OUT:
        return target.reason or target.get_out_because_display()
    if not target.is_running:
        return ""
    if target.enrolment is None:
        return "No e-mails: nobody new can be written to"
    if target.enrolment.state == Enrolment.State.STOPPED:
        return target.enrolment.get_stopped_because_display()
    return "All e-mails are written" if target.enrolment.state == Enrolment.State.FINISHED else ""
