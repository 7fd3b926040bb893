"""Customers: accounts, their segments and the people who look after them."""

import datetime as dt
from decimal import Decimal

import pghistory
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Upper

from accounts.domain.cadence import EVERY, CadenceKind
from accounts.models.user import User
from cs_workspace.common.expressions import AnyOf
from cs_workspace.common.models import Sourced, Timed, Versioned, unique_from_outside

# Kept current by the nightly run: a change of them is a snapshot's business, not the audit's.
KEPT_CURRENT = [
    "arr",
    "renewal_date",
    "health_score",
    "health_tier",
    "health_rank",
    "health_trend",
    "health_confidence",
    "health_reason",
    "health_updated",
    "expected_churn",
    "churn_basis",
    "health_override",
    "last_touch",
    "last_sync",
    "last_async",
    "last_review",
    "last_executive",
    "last_action",
    "open_alerts",
    "updated_at",
    "version",
]


# Values as the domain names them: what may be chosen as the cadence of a kind of touch.
PACES = [(pace.value, words) for pace, words in EVERY.items()]
AS_RECOMMENDED = "Empty for what is recommended for the segments that ship."


class Segment(models.Model):
    """A class of accounts by ARR; an account belongs to the one with the highest bound it reaches."""

    key = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=60)
    lower_arr = models.DecimalField(
        max_digits=14, decimal_places=2, unique=True, help_text="Lowest ARR of the segment, in workspace currency."
    )
    sync_pace = models.CharField(
        "calls and meetings",
        max_length=11,
        choices=PACES,
        blank=True,
        default="",
        db_default="",
        help_text=AS_RECOMMENDED,
    )
    async_pace = models.CharField(
        "e-mails and chats",
        max_length=11,
        choices=PACES,
        blank=True,
        default="",
        db_default="",
        help_text=AS_RECOMMENDED,
    )
    review_pace = models.CharField(
        "business reviews",
        max_length=11,
        choices=PACES,
        blank=True,
        default="",
        db_default="",
        help_text=AS_RECOMMENDED,
    )
    executive_pace = models.CharField(
        "executive touches",
        max_length=11,
        choices=PACES,
        blank=True,
        default="",
        db_default="",
        help_text=AS_RECOMMENDED,
    )

    class Meta:
        ordering = ["-lower_arr"]
        constraints = [models.CheckConstraint(condition=Q(lower_arr__gte=0), name="segment_bound_not_negative")]

    def __str__(self) -> str:
        return self.name

    @property
    def chosen_paces(self) -> dict[CadenceKind, str]:
        """The cadence that an admin set, by kind; empty texts leave what is recommended."""
        return {
            CadenceKind.SYNC: self.sync_pace,
            CadenceKind.ASYNC: self.async_pace,
            CadenceKind.REVIEW: self.review_pace,
            CadenceKind.EXECUTIVE: self.executive_pace,
        }


class AccountQuerySet(models.QuerySet["Account"]):
    """The vocabulary of conditions over accounts."""

    def visible_to(self, user: User) -> "AccountQuerySet":
        """Accounts that `user` may see: the own book and the books below; everything for executives and admins."""
        kept = self.filter(archived_at=None)
        if not user.is_active:
            return kept.none()
        if user.sees_everything:
            return kept
        return kept.in_books_of(user.team_ids)

    def in_books_of(self, user_ids: list[int]) -> "AccountQuerySet":
        """Accounts that one of the users owns or is on the team of."""
        team = TeamMember.objects.filter(user__in=user_ids).values("account")
        return self.filter(Q(owner__in=user_ids) | Q(AnyOf(F("pk"), ArraySubquery(team))))

    def active(self) -> "AccountQuerySet":
        return self.filter(status=Account.Status.ACTIVE, archived_at=None)

    def scoreable(self) -> "AccountQuerySet":
        """Accounts that get a score: churned ones and trials have none (health.md §2)."""
        return self.active().filter(is_trial=False)

    def at_risk(self) -> "AccountQuerySet":
        """In one of the two bottom tiers."""
        return self.filter(health_rank__gte=3)

    def renewing_within(self, days: int, *, today: dt.date) -> "AccountQuerySet":
        """Whose renewal falls in the next `days` days, today included."""
        return self.filter(renewal_date__gte=today, renewal_date__lte=today + dt.timedelta(days=days))

    def untouched_for(self, days: int, *, now: dt.datetime) -> "AccountQuerySet":
        """Without a touch in the last `days` days."""
        return self.filter(Q(last_touch=None) | Q(last_touch__lt=now - dt.timedelta(days=days)))

    def matching(self, text: str) -> "AccountQuerySet":
        """Whose name, domain or external id contains `text`, whatever its case."""
        text = text.strip()
        if not text:
            return self
        return self.filter(Q(name__icontains=text) | Q(domain__icontains=text) | Q(external_id__iexact=text))


def of_visible_accounts(user: User, account: str = "account") -> Q:
    """Whether the account of a row is one that `user` may see; `account` leads from the row to it.

    Who sees everything sees all but the archived ones, which are few: to look for the account of each row takes longer
    than to read the rows.
    """
    if user.is_active and user.sees_everything:
        # Not `NOT IN`, of which PostgreSQL supposes that it leaves half of the rows out.
        return Q(~Exists(Account.objects.exclude(archived_at=None).filter(pk=OuterRef(account))))
    return Q(**{f"{account}__in": Account.objects.visible_to(user).values("pk")})


@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=KEPT_CURRENT)
class Account(Timed, Sourced, Versioned):
    """A customer company, with what lists need kept current on the row."""

    class Stage(models.TextChoices):
        ONBOARDING = "onboarding", "Onboarding"
        ADOPTING = "adopting", "Adopting"
        ESTABLISHED = "established", "Established"
        RENEWING = "renewing", "Renewing"
        CHURNED = "churned", "Churned"
        WON_BACK = "won_back", "Won back"

    class Status(models.TextChoices):
        ACTIVE = "active", "Active"
        CHURNED = "churned", "Churned"

    class Trend(models.TextChoices):
        IMPROVING = "improving", "Improving"
        STABLE = "stable", "Stable"
        DECLINING = "declining", "Declining"

    class ChurnBasis(models.TextChoices):
        """What the expected churn rests on; empty where it is not known, or was not computed since this is told."""

        TIER = "tier", "by tier"
        LEARNED = "learned", "learned"
        USE = "use", "by use alone"

    name = models.CharField(max_length=200)
    domain = models.CharField(max_length=200, blank=True)
    industry = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=60, blank=True)
    time_zone = models.CharField(max_length=60, default="UTC")
    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, null=True, blank=True, related_name="accounts")
    segment_pinned = models.BooleanField(default=False, help_text="Keeps the segment whatever the ARR.")
    stage = models.CharField("lifecycle stage", max_length=12, choices=Stage, default=Stage.ONBOARDING)
    status = models.CharField(max_length=8, choices=Status, default=Status.ACTIVE)
    is_trial = models.BooleanField(default=False)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="owned_accounts")
    owner_since = models.DateField(null=True, blank=True)
    team: models.ManyToManyField = models.ManyToManyField(
        User, through="accounts.TeamMember", related_name="team_accounts", blank=True
    )
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    currency = models.CharField(max_length=3, default="EUR")
    customer_since = models.DateField(null=True, blank=True)
    seasonal = models.BooleanField(default=False)
    low_season_months = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    strategic = models.BooleanField(default=False)
    custom = models.JSONField("custom fields", default=dict, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    churned_on = models.DateField(null=True, blank=True)

    # Kept current for fast lists
    arr = models.DecimalField("ARR", max_digits=14, decimal_places=2, default=0, editable=False)
    renewal_date = models.DateField(null=True, blank=True, editable=False)
    health_score = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True, editable=False)
    health_tier = models.CharField(max_length=40, blank=True, default="", editable=False)
    health_rank = models.PositiveSmallIntegerField(
        null=True, blank=True, editable=False, help_text="1 is the best tier, 4 the worst."
    )
    health_trend = models.CharField(max_length=10, choices=Trend, blank=True, default="", editable=False)
    health_confidence = models.DecimalField(max_digits=4, decimal_places=3, null=True, blank=True, editable=False)
    health_reason = models.CharField(max_length=200, blank=True, default="", editable=False)
    health_updated = models.DateTimeField(null=True, blank=True, editable=False)
    # The one place that says which probability counts: queue, Today and Book multiply it with the ARR.
    expected_churn = models.DecimalField(
        max_digits=4, decimal_places=3, null=True, blank=True, editable=False, help_text="Share, by its basis."
    )
    churn_basis = models.CharField(
        max_length=8, choices=ChurnBasis, blank=True, default="", db_default="", editable=False
    )
    # Beside the tier of a person (`health.models.TierOverride`): what was computed, by whom and until when.
    health_override = models.JSONField(null=True, blank=True, editable=False)
    last_touch = models.DateTimeField(null=True, blank=True, editable=False)
    # Of each kind of touch the last two-way one (`accounts.domain.cadence`).
    last_sync = models.DateTimeField(null=True, blank=True, editable=False)
    last_async = models.DateTimeField(null=True, blank=True, editable=False)
    last_review = models.DateTimeField(null=True, blank=True, editable=False)
    last_executive = models.DateTimeField(null=True, blank=True, editable=False)
    last_action = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Latest touch of any kind, or task that was finished."
    )
    open_alerts = models.PositiveSmallIntegerField(default=0, editable=False)

    objects = AccountQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        indexes = [
            models.Index(Upper("name"), "id", name="account_name"),
            models.Index(fields=["owner", "health_score", "id"], name="account_owner_health"),
            models.Index(fields=["health_score", "id"], name="account_health"),
            models.Index(fields=["arr", "id"], name="account_arr"),
            models.Index(fields=["renewal_date", "id"], name="account_renewal"),
            models.Index(fields=["last_touch", "id"], name="account_last_touch"),
            models.Index(fields=["health_rank"], name="account_at_risk", condition=Q(health_rank__gte=3)),
            GinIndex(fields=["tags"], name="account_tags"),
            # The few that lists of those who see everything leave out.
            models.Index(fields=["id"], name="account_archived", condition=Q(archived_at__isnull=False)),
            models.Index(fields=["id"], name="account_lost", condition=~Q(status="active")),
            # Carries all that the totals of the book add up, so that they are read without touching the wide rows.
            models.Index(
                fields=["owner", "health_rank"],
                include=["arr", "health_score", "renewal_date", "expected_churn"],
                name="account_book",
                condition=Q(archived_at=None, status="active"),
            ),
        ]
        constraints = [
            unique_from_outside("account"),
            models.CheckConstraint(condition=~Q(parent=models.F("pk")), name="account_not_own_parent"),
            models.CheckConstraint(condition=Q(arr__gte=0), name="account_arr_not_negative"),
            models.CheckConstraint(
                condition=Q(health_score=None) | Q(health_score__gte=0, health_score__lte=100),
                name="account_score_in_range",
            ),
            models.CheckConstraint(
                condition=Q(status="churned", churned_on__isnull=False) | Q(status="active"),
                name="account_churn_has_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def revenue_at_risk(self) -> Decimal | None:
        """ARR × expected churn, in workspace currency; None where no churn is to be expected for want of data."""
        if self.expected_churn is None:
            return None
        return (self.arr * self.expected_churn).quantize(self.arr)


class TeamMember(models.Model):
    """A user on an account's team, beside the owner."""

    class Role(models.TextChoices):
        AE = "ae", "Account executive"
        IMPLEMENTATION = "implementation", "Implementation"
        SPONSOR = "sponsor", "Executive sponsor"
        SUPPORT = "support", "Support"
        CSM = "csm", "CSM"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="team_members")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="team_roles")
    role = models.CharField(max_length=15, choices=Role)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "user", "role"], name="team_member_once")]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"
