"""Surveys: what customers are asked and when, who was asked, and what they answered beside the score."""

import datetime as dt
from uuid import uuid4

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.models import Account, Contact, Mail, User
from accounts.models.account import of_visible_accounts
from health.domain.surveys import MOST_EXTRA
from health.models.observations import SurveyAnswer


class SurveyQuerySet(models.QuerySet["Survey"]):
    """Conditions over surveys."""

    def active(self) -> "SurveyQuerySet":
        """Switched on."""
        return self.exclude(active_since=None)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Survey(models.Model):
    """What is asked in one kind of survey, whom and how often. There is one of each kind, tuned by admins.

    A person meets the score, why, one question by the class of the answer and at most two more: fewer than six.
    """

    kind = models.CharField(max_length=10, choices=SurveyAnswer.Kind, unique=True, editable=False)
    name = models.CharField(max_length=60)
    active_since = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Nobody is asked about what was before."
    )
    subject = models.CharField(max_length=160, help_text="Of the e-mail.")
    intro = models.TextField(help_text="What the e-mail says before the question.")
    question = models.CharField(max_length=200, help_text="Answered by the score.")
    reason_question = models.CharField(max_length=200, help_text="Asked with the score, answered in words.")
    detractor_question = models.CharField(
        "to the dissatisfied", max_length=200, blank=True, help_text="Asked once they have answered."
    )
    passive_question = models.CharField("to those between", max_length=200, blank=True)
    promoter_question = models.CharField(
        "to the satisfied", max_length=200, blank=True, help_text="Agreed to with a tick."
    )
    to_roles: ArrayField = ArrayField(
        models.CharField(max_length=15, choices=Contact.Role),
        default=list,
        blank=True,
        help_text="Who is asked; empty for everybody. After a ticket it is whoever opened it.",
    )
    every_days = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Of one that is sent by schedule: days between two to the same person."
    )
    most_a_year = models.PositiveSmallIntegerField(null=True, blank=True, help_text="To one person; empty for any.")
    needs_days = models.PositiveSmallIntegerField(default=30, help_text="Days that a person must have been there.")
    needs_active_days = models.PositiveSmallIntegerField(
        default=3, help_text="Days on which a person must have been active, where the use of each is known."
    )
    open_days = models.PositiveSmallIntegerField(default=30, help_text="Days for which it can be answered.")

    objects = SurveyQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(every_days=None) | Q(every_days__gte=30), name="survey_not_too_often"),
            models.CheckConstraint(condition=Q(open_days__gte=1), name="survey_is_open_a_while"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        return self.active_since is not None


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class SurveyQuestion(models.Model):
    """One of the few more questions of a survey."""

    class Kind(models.TextChoices):
        SCALE = "scale", "From 1 to 5"
        TEXT = "text", "In words"

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="questions", db_index=False)
    place = models.PositiveSmallIntegerField(choices=[(place, str(place)) for place in range(1, MOST_EXTRA + 1)])
    kind = models.CharField(max_length=5, choices=Kind, default=Kind.SCALE)
    text = models.CharField(max_length=200)

    class Meta:
        ordering = ["survey", "place"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "place"], name="survey_question_place_once"),
            models.CheckConstraint(
                condition=Q(place__gte=1, place__lte=MOST_EXTRA), name="survey_has_fewer_than_six_questions"
            ),
        ]

    def __str__(self) -> str:
        return self.text


class SurveyAskQuerySet(models.QuerySet["SurveyAsk"]):
    """Conditions over what was asked."""

    def visible_to(self, user: User) -> "SurveyAskQuerySet":
        return self.filter(of_visible_accounts(user))

    def answered(self) -> "SurveyAskQuerySet":
        return self.exclude(answered_at=None)

    def reached(self) -> "SurveyAskQuerySet":
        """Those that came to the person, as far as we know: the e-mail was sent and did not bounce, or it was
        answered."""
        arrived = Mail.objects.filter(cause=Mail.Cause.SURVEY, state=Mail.State.SENT, bounced_at=None)
        return self.filter(Q(mail__in=arrived.order_by().values("pk")) | Q(answered_at__isnull=False))

    def waiting(self, *, now: dt.datetime) -> "SurveyAskQuerySet":
        """Not answered, and still to be answered."""
        return self.filter(answered_at=None, expires_at__gt=now)

    def counting(self) -> "SurveyAskQuerySet":
        """Those that count when it is decided whether a person may be asked again: sent, or still on the way."""
        never = (Mail.State.CANCELLED, Mail.State.WITHHELD, Mail.State.FAILED)
        return self.exclude(answered_at=None, mail__state__in=never)


class SurveyAsk(models.Model):
    """A person is asked once for one cause; the page that the signed `key` opens takes one answer.

    `cause_key` names the cause: the quarter of a schedule, the ticket, the onboarding, the loss.
    """

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="asks", db_index=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="survey_asks", db_index=False)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="survey_asks", db_index=False)
    cause_key = models.CharField(max_length=60)
    about = models.CharField(max_length=200, blank=True, help_text="The cause in words, as the person knows it.")
    key = models.UUIDField(unique=True, default=uuid4, editable=False)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", help_text="Empty when by itself."
    )
    expires_at = models.DateTimeField()
    mail = models.OneToOneField(Mail, on_delete=models.SET_NULL, null=True, related_name="survey_ask")
    answer = models.OneToOneField(SurveyAnswer, on_delete=models.SET_NULL, null=True, related_name="survey_ask")
    answered_at = models.DateTimeField(null=True)
    agreed_at = models.DateTimeField(null=True, help_text="When a satisfied person agreed to be asked for more.")

    objects = SurveyAskQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        indexes = [
            models.Index(fields=["account", "-asked_at", "-id"], name="survey_ask_account"),
            models.Index(fields=["contact", "-asked_at"], name="survey_ask_contact"),
            models.Index(fields=["survey", "-asked_at", "-id"], name="survey_ask_survey"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["contact", "survey", "cause_key"], name="survey_ask_once_a_cause"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("asked_at")), name="survey_ask_lasts"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=False) | Q(answer=None, agreed_at=None),
                name="survey_ask_answer_has_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.survey} to {self.contact_id}"


class SurveyReply(models.Model):
    """What somebody answered to one more question; the question is kept in the words in which it was asked."""

    FOLLOW_UP = 0

    ask = models.ForeignKey(SurveyAsk, on_delete=models.CASCADE, related_name="replies", db_index=False)
    place = models.PositiveSmallIntegerField(help_text="0 is the question by the class of the answer.")
    question = models.CharField(max_length=200)
    score = models.PositiveSmallIntegerField(null=True)
    text = models.TextField(blank=True)

    class Meta:
        ordering = ["ask", "place"]
        constraints = [
            models.UniqueConstraint(fields=["ask", "place"], name="survey_reply_once"),
            models.CheckConstraint(
                condition=Q(score=None) & ~Q(text="") | Q(score__gte=1, score__lte=5, text=""),
                name="survey_reply_says_something",
            ),
        ]

    def __str__(self) -> str:
        return self.text or f"{self.score} of 5"
