"""Advocates: people at customers who speak for us, and what they were asked for and did."""

import datetime as dt

import pghistory
from django.db import models
from django.db.models import F, Q

from accounts.models import Account, Contact, User
from accounts.models.account import of_visible_accounts
from cs_workspace.common.models import Timed, Versioned
from health.domain.advocacy import KIND_LABELS, OPEN_STATES, REST_DAYS, AdvocacyKind, AskState
from health.models.observations import OfAccountQuerySet

UNTRACKED = ["created_at", "updated_at"]
KINDS = [(kind.value, label) for kind, label in KIND_LABELS.items()]
# Whether an advocate speaks for us now: not ended, still there, at a customer that is not lost.
IS_CURRENT = Q(
    ended_at=None,
    contact__status=Contact.Status.ACTIVE,
    contact__archived_at=None,
    account__status=Account.Status.ACTIVE,
)


class AdvocateQuerySet(OfAccountQuerySet):
    """Conditions over advocates."""

    def current(self) -> "AdvocateQuerySet":
        """Those who speak for us now."""
        return self.filter(IS_CURRENT)

    def in_ask(self) -> "AdvocateQuerySet":
        """Those with an open ask."""
        return self.filter(pk__in=AdvocacyAsk.objects.open().order_by().values("advocate"))

    def rested(self, *, today: dt.date) -> "AdvocateQuerySet":
        """Those who may be asked on a day: no ask is open, and the last is as long ago as their kind needs."""
        found = self.exclude(pk__in=AdvocacyAsk.objects.open().order_by().values("advocate"))
        for kind, days in REST_DAYS.items():
            strained = AdvocacyAsk.objects.strained_since(today - dt.timedelta(days=days - 1))
            found = found.exclude(kind=kind.value, pk__in=strained.order_by().values("advocate"))
        return found


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=UNTRACKED)
class Advocate(Timed, Versioned):
    """Somebody who speaks for us in one way; who does so in two ways is two, as each is asked for by itself.

    One who ended is kept, with what was asked; being named again goes on with the same.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="advocates", db_index=False)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="advocacies", db_index=False)
    kind = models.CharField(max_length=14, choices=KINDS)
    note = models.CharField(max_length=300, blank=True, help_text="What they can speak of: a result, a use, a trade.")
    named_at = models.DateTimeField()
    named_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = AdvocateQuerySet.as_manager()

    class Meta:
        ordering = ["account", "contact", "kind"]
        indexes = [models.Index(fields=["account", "kind"], name="advocate_account")]
        constraints = [
            models.UniqueConstraint(fields=["contact", "kind"], name="advocate_once_a_kind"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("named_at")), name="advocate_ended_after_named"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.contact}"

    @property
    def sort(self) -> AdvocacyKind:
        """The kind, as the domain names it."""
        return AdvocacyKind(self.kind)

    @property
    def why_not(self) -> str:
        """Why they speak for us no longer; empty where they do. Reads contact and account."""
        if self.account.status != Account.Status.ACTIVE:
            return "the account is lost"
        if self.contact.status != Contact.Status.ACTIVE or self.contact.archived_at is not None:
            return "they are not there any more"
        return "no longer an advocate" if self.ended_at is not None else ""


class AdvocacyAskQuerySet(models.QuerySet["AdvocacyAsk"]):
    """Conditions over asks, which are seen by those who see the account of the advocate."""

    def visible_to(self, user: User) -> "AdvocacyAskQuerySet":
        return self.filter(of_visible_accounts(user, "advocate__account"))

    def open(self) -> "AdvocacyAskQuerySet":
        """Asked, or agreed and not done."""
        return self.filter(state__in=OPEN_STATES)

    def counting(self) -> "AdvocacyAskQuerySet":
        """Those that were made: not withdrawn."""
        return self.exclude(state=AskState.WITHDRAWN)

    def strained_since(self, day: dt.date) -> "AdvocacyAskQuerySet":
        """Those by which somebody was asked or used on a day or later."""
        return self.counting().filter(Q(asked_on__gte=day) | Q(used_on__gte=day))


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=UNTRACKED)
class AdvocacyAsk(Timed, Versioned):
    """An advocate was asked for something: what for, what they said, and what came of it. One open per advocate.

    `used_on` is the day on which they did it: the use of the advocate.
    """

    class State(models.TextChoices):
        ASKED = AskState.ASKED.value, "Asked"
        AGREED = AskState.AGREED.value, "Agreed"
        DECLINED = AskState.DECLINED.value, "Declined"
        DONE = AskState.DONE.value, "Done"
        WITHDRAWN = AskState.WITHDRAWN.value, "Withdrawn"

    advocate = models.ForeignKey(Advocate, on_delete=models.CASCADE, related_name="asks", db_index=False)
    about = models.CharField(max_length=200, help_text="What for: whom they speak with, what they write.")
    state = models.CharField(max_length=9, choices=State, default=State.ASKED)
    asked_on = models.DateField()
    asked_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    answered_on = models.DateField(null=True, blank=True)
    used_on = models.DateField(null=True, blank=True)
    outcome = models.CharField(max_length=500, blank=True, help_text="What came of it, or why not.")
    link = models.URLField(blank=True, help_text="Where it can be read.")

    objects = AdvocacyAskQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_on", "-pk"]
        indexes = [models.Index(fields=["advocate", "-asked_on", "-id"], name="advocacy_ask_advocate")]
        constraints = [
            models.UniqueConstraint(
                fields=["advocate"], condition=Q(state__in=["asked", "agreed"]), name="advocacy_ask_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "withdrawn"], answered_on=None)
                | Q(state__in=["agreed", "declined", "done"], answered_on__gte=F("asked_on")),
                name="advocacy_ask_answer_has_a_day",
            ),
            models.CheckConstraint(
                condition=Q(state="done", used_on__gte=F("asked_on")) | (~Q(state="done") & Q(used_on=None)),
                name="advocacy_ask_done_has_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.about

    @property
    def stage(self) -> AskState:
        """The state, as the domain names it."""
        return AskState(self.state)

    @property
    def is_open(self) -> bool:
        return self.stage in OPEN_STATES
