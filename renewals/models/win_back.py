"""Winning lost customers back: campaigns, the customers in them, and those who signed again."""

import datetime as dt

import pghistory
from django.db import models
from django.db.models import F, Q

from accounts.models import Account, Contact, Contract, Enrolment, User
from accounts.models.account import of_visible_accounts
from cs_workspace.common.models import Timed, Versioned
from renewals.domain import win_back as domain
from renewals.models.churn import ChurnRecord

LIVE = [domain.TargetState.CHOSEN.value, domain.TargetState.RUNNING.value]


class CampaignQuerySet(models.QuerySet["Campaign"]):
    """Conditions over campaigns."""

    def visible_to(self, user: User) -> "CampaignQuerySet":
        """Those that the user or somebody below them owns, and those with a customer whom the user sees."""
        if not user.is_active:
            return self.none()
        if user.sees_everything:
            return self
        targets = CampaignTarget.objects.visible_to(user).values("campaign")
        return self.filter(Q(owner__in=user.team_ids) | Q(pk__in=targets))

    def steered_by(self, user: User) -> "CampaignQuerySet":
        """Those that the user may change: their own, and those of everybody below them."""
        if user.read_only or not user.is_active:
            return self.none()
        return self if user.sees_everything else self.filter(owner__in=user.team_ids)

    def live(self) -> "CampaignQuerySet":
        """Those that are not closed."""
        return self.exclude(state=Campaign.State.CLOSED)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["updated_at"])
class Campaign(Timed, Versioned):
    """Lost customers that are written to so that they come back, with what there is to tell them.

    Its texts are the merge fields of the sequence's e-mails. Closed means that nobody in it is written to any more.
    """

    class State(models.TextChoices):
        DRAFT = domain.CampaignState.DRAFT.value, domain.CAMPAIGN_LABELS[domain.CampaignState.DRAFT]
        RUNNING = domain.CampaignState.RUNNING.value, domain.CAMPAIGN_LABELS[domain.CampaignState.RUNNING]
        PAUSED = domain.CampaignState.PAUSED.value, domain.CAMPAIGN_LABELS[domain.CampaignState.PAUSED]
        CLOSED = domain.CampaignState.CLOSED.value, domain.CAMPAIGN_LABELS[domain.CampaignState.CLOSED]

    name = models.CharField(max_length=120)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="campaigns")
    state = models.CharField(max_length=7, choices=State, default=State.DRAFT)
    by_itself = models.BooleanField(
        "sent by itself", default=False, help_text="Without it each e-mail is a draft that the CSM reads and approves."
    )
    fixed_product = models.CharField(domain.FIXED_LABELS[domain.Variant.PRODUCT], max_length=500, blank=True)
    fixed_value = models.CharField(domain.FIXED_LABELS[domain.Variant.VALUE], max_length=500, blank=True)
    fixed_price = models.CharField(domain.FIXED_LABELS[domain.Variant.PRICE], max_length=500, blank=True)
    proof = models.CharField("what similar companies achieve", max_length=500, blank=True)
    improvements = models.TextField("what has improved", blank=True, help_text="One to a line.")
    release_name = models.CharField("major release", max_length=60, blank=True)
    offer = models.CharField("what you offer", max_length=500, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = CampaignQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = "win-back campaign"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft", started_at=None, paused_at=None, closed_at=None)
                | Q(state="running", started_at__isnull=False, paused_at=None, closed_at=None)
                | Q(state="paused", started_at__isnull=False, paused_at__isnull=False, closed_at=None)
                | Q(state="closed", paused_at=None, closed_at__isnull=False),
                name="campaign_state_has_its_moments",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CampaignTargetQuerySet(models.QuerySet["CampaignTarget"]):
    """Conditions over customers in campaigns."""

    def visible_to(self, user: User) -> "CampaignTargetQuerySet":
        return self.filter(of_visible_accounts(user))

    def live(self) -> "CampaignTargetQuerySet":
        """Chosen or under way: a customer is so in one campaign at most."""
        return self.filter(state__in=LIVE)

    def running(self) -> "CampaignTargetQuerySet":
        return self.filter(state=CampaignTarget.State.RUNNING)

    def too_late(self, *, today: dt.date) -> "CampaignTargetQuerySet":
        """Live ones lost so long ago that nobody writes to them any more."""
        return self.live().filter(lost_on__lt=today - dt.timedelta(days=domain.LAST_DAY))

    def returned(self) -> "CampaignTargetQuerySet":
        """Live ones whose account is a customer again, and pays."""
        back = self.live().filter(account__status=Account.Status.ACTIVE, account__arr__gt=0)
        return back.exclude(record__withdrawn_at__isnull=False)

    def never_lost(self) -> "CampaignTargetQuerySet":
        """Live ones whose loss was taken back, so that there is nothing to win back."""
        return self.live().filter(account__status=Account.Status.ACTIVE, record__withdrawn_at__isnull=False)


@pghistory.track(
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    fields=["state", "contact", "variant", "out_because", "reason"],
    model_name="CampaignTargetChange",
)
class CampaignTarget(Timed, Versioned):
    """A lost customer in a campaign. Live in one campaign at most, and in each campaign once.

    What was lost stands here as it was when the customer was chosen, so that results stay what they were. The e-mails
    hang on its enrolment; that a sequence stopped, with an answer or a bounce, does not take the customer out.
    """

    class State(models.TextChoices):
        CHOSEN = domain.TargetState.CHOSEN.value, domain.TARGET_LABELS[domain.TargetState.CHOSEN]
        RUNNING = domain.TargetState.RUNNING.value, domain.TARGET_LABELS[domain.TargetState.RUNNING]
        WON = domain.TargetState.WON.value, domain.TARGET_LABELS[domain.TargetState.WON]
        OUT = domain.TargetState.OUT.value, domain.TARGET_LABELS[domain.TargetState.OUT]

    class OutBecause(models.TextChoices):
        TOO_LATE = domain.OutBecause.TOO_LATE.value, domain.OUT_LABELS[domain.OutBecause.TOO_LATE]
        BY_HAND = domain.OutBecause.BY_HAND.value, domain.OUT_LABELS[domain.OutBecause.BY_HAND]
        CLOSED = domain.OutBecause.CLOSED.value, domain.OUT_LABELS[domain.OutBecause.CLOSED]
        RETURNED = domain.OutBecause.RETURNED.value, domain.OUT_LABELS[domain.OutBecause.RETURNED]

    class Variant(models.TextChoices):
        PRODUCT = domain.Variant.PRODUCT.value, domain.VARIANT_LABELS[domain.Variant.PRODUCT]
        VALUE = domain.Variant.VALUE.value, domain.VARIANT_LABELS[domain.Variant.VALUE]
        PRICE = domain.Variant.PRICE.value, domain.VARIANT_LABELS[domain.Variant.PRICE]

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="targets", db_index=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="win_back_targets")
    record = models.ForeignKey(
        ChurnRecord,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Why it was lost; empty where nobody wrote that down.",
    )
    contact = models.ForeignKey(Contact, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    lost_on = models.DateField(help_text="The first day without a contract.")
    arr_lost = models.DecimalField("ARR lost", max_digits=14, decimal_places=2, help_text="In workspace currency.")
    category = models.CharField(
        max_length=12, choices=ChurnRecord.Category, blank=True, help_text="Of the loss; empty where it is not known."
    )
    variant = models.CharField(
        max_length=7,
        choices=Variant,
        blank=True,
        help_text="What the first e-mail speaks of; without it, none goes out.",
    )
    state = models.CharField(max_length=7, choices=State, default=State.CHOSEN)
    enrolment = models.OneToOneField(
        Enrolment, on_delete=models.SET_NULL, null=True, blank=True, related_name="win_back_target"
    )
    former = models.ManyToManyField(
        Enrolment,
        blank=True,
        related_name="+",
        help_text="Those of contacts in whose place somebody else was written to.",
    )
    chosen_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    started_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True, help_text="Day on which it was won, or taken out.")
    ended_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    out_because = models.CharField(max_length=8, choices=OutBecause, blank=True)
    reason = models.CharField(max_length=300, blank=True, help_text="Why it was taken out, in words.")

    objects = CampaignTargetQuerySet.as_manager()

    class Meta:
        ordering = ["-arr_lost", "pk"]
        verbose_name = "customer in a campaign"
        verbose_name_plural = "customers in campaigns"
        indexes = [models.Index(fields=["lost_on"], name="win_back_live", condition=Q(state__in=LIVE))]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "account"], name="win_back_target_once"),
            models.UniqueConstraint(fields=["account"], condition=Q(state__in=LIVE), name="win_back_target_one_live"),
            models.CheckConstraint(condition=Q(arr_lost__gte=0), name="win_back_target_arr_not_negative"),
            models.CheckConstraint(
                condition=Q(state="chosen", started_on=None, ended_on=None, out_because="")
                | Q(state="running", started_on__isnull=False, ended_on=None, out_because="")
                | Q(state="won", started_on__isnull=False, ended_on__isnull=False, out_because="")
                | (Q(state="out", ended_on__isnull=False) & ~Q(out_because="")),
                name="win_back_target_state_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(out_because="by_hand") | ~Q(reason=""), name="win_back_target_out_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} in {self.campaign}"

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def is_running(self) -> bool:
        return self.state == self.State.RUNNING

    @property
    def is_won(self) -> bool:
        return self.state == self.State.WON


class AccountReturnQuerySet(models.QuerySet["AccountReturn"]):
    """Conditions over returns."""

    def visible_to(self, user: User) -> "AccountReturnQuerySet":
        return self.filter(of_visible_accounts(user))

    def standing(self) -> "AccountReturnQuerySet":
        """Those that nobody took back."""
        return self.filter(taken_back_at=None)


class AccountReturn(models.Model):
    """A lost customer who signed again, with or without a campaign; once for a loss."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="returns", db_index=False)
    target = models.ForeignKey(CampaignTarget, on_delete=models.SET_NULL, null=True, related_name="returns")
    lost_on = models.DateField(help_text="Of the loss that it ends.")
    arr_lost = models.DecimalField(
        "ARR lost", max_digits=14, decimal_places=2, help_text="With that loss, in workspace currency."
    )
    signed_on = models.DateField()
    contract = models.OneToOneField(Contract, on_delete=models.SET_NULL, null=True, related_name="+")
    arr = models.DecimalField("ARR", max_digits=14, decimal_places=2, help_text="In workspace currency.")
    guarantee_until = models.DateField(help_text="Last day on which the customer may leave the contract again.")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = AccountReturnQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "lost_on"], condition=Q(taken_back_at=None), name="return_once_a_loss"
            ),
            models.CheckConstraint(condition=Q(arr__gt=0), name="return_arr_positive"),
            models.CheckConstraint(condition=Q(guarantee_until__gt=F("lost_on")), name="return_begins_after_the_loss"),
        ]

    def __str__(self) -> str:
        return f"{self.account} back since {self.signed_on}"
