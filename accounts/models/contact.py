"""People at the customer."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.models.account import Account
from accounts.models.user import User
from cs_workspace.common.models import Sourced, Timed, Versioned, unique_from_outside

IS_PRESENT = Q(status="active", archived_at=None)


class ContactQuerySet(models.QuerySet["Contact"]):
    """Conditions over contacts."""

    def visible_to(self, user: User) -> "ContactQuerySet":
        return self.of_accounts_of(user).filter(archived_at=None)

    def of_accounts_of(self, user: User) -> "ContactQuerySet":
        """Contacts of accounts that the user sees, the archived ones as well: for bringing them back."""
        return self.filter(account__in=Account.objects.visible_to(user).values("pk"))

    def present(self) -> "ContactQuerySet":
        return self.filter(IS_PRESENT)

    def absent(self) -> "ContactQuerySet":
        """Those who left, and those who are archived."""
        return self.exclude(IS_PRESENT)

    def at_address(self, address: str) -> "ContactQuerySet":
        """Everybody with an e-mail address, the archived ones as well, however it is written."""
        return self.alias(lower_email=Lower("email")).filter(lower_email=address.lower())

    def executives(self) -> "ContactQuerySet":
        """Executive sponsors, and those of executive rank: who makes a touch an executive one."""
        return self.filter(Q(seniority=Contact.Seniority.EXECUTIVE) | Q(roles__contains=[Contact.Role.SPONSOR]))

    def in_key_role(self) -> "ContactQuerySet":
        """Champion, executive sponsor or decision maker: those whose leaving is a churn signal."""
        return self.filter(roles__overlap=Contact.KEY_ROLES)


# What their rank was before it changed: the history below begins with the first change, and says what came after it.
@pghistory.track(
    pghistory.UpdateEvent("rank", condition=pghistory.AnyChange("seniority"), row=pghistory.Old),
    fields=["seniority"],
    model_name="ContactRankEvent",
    obj_field=pghistory.ObjForeignKey(related_name="earlier_ranks"),
)
@pghistory.track(pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["updated_at", "version"])
class Contact(Timed, Sourced, Versioned):
    """A person at an account, with the part played in the relationship."""

    class Role(models.TextChoices):
        CHAMPION = "champion", "Champion"
        SPONSOR = "sponsor", "Executive sponsor"
        DECISION_MAKER = "decision_maker", "Decision maker"
        TECHNICAL_LEAD = "technical_lead", "Technical lead"
        USER = "user", "User"
        DETRACTOR = "detractor", "Detractor"

    class Seniority(models.TextChoices):
        EXECUTIVE = "executive", "Executive"
        DIRECTOR = "director", "Director"
        MANAGER = "manager", "Manager"
        STAFF = "staff", "Staff"

    class Engagement(models.TextChoices):
        ENGAGED = "engaged", "Engaged"
        OCCASIONAL = "occasional", "Occasional"
        SILENT = "silent", "Silent"

    class Sentiment(models.TextChoices):
        POSITIVE = "positive", "Positive"
        NEUTRAL = "neutral", "Neutral"
        NEGATIVE = "negative", "Negative"

    class Status(models.TextChoices):
        ACTIVE = "active", "Active"
        LEFT = "left", "Left"

    KEY_ROLES = [Role.CHAMPION, Role.SPONSOR, Role.DECISION_MAKER]

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=120, blank=True)
    function = models.CharField(max_length=60, blank=True)
    seniority = models.CharField(max_length=10, choices=Seniority, blank=True)
    time_zone = models.CharField(max_length=60, blank=True)
    roles = ArrayField(models.CharField(max_length=15, choices=Role), default=list, blank=True)
    influence = models.PositiveSmallIntegerField(null=True, blank=True, help_text="0 (none) to 10.")
    sentiment = models.CharField(max_length=8, choices=Sentiment, blank=True)
    engagement = models.CharField(max_length=10, choices=Engagement, blank=True)
    status = models.CharField(max_length=6, choices=Status, default=Status.ACTIVE)
    left_on = models.DateField("left or changed job on", null=True, blank=True)
    left_to = models.CharField("where they went", max_length=120, blank=True, default="", db_default="")
    successor = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="followed", help_text="Who took over."
    )
    handed_over = ArrayField(
        models.CharField(max_length=15, choices=Role),
        null=True,
        blank=True,
        editable=False,
        help_text="The parts that the successor did not play before.",
    )
    consent = models.BooleanField(default=False, help_text="Agreed to be written to.")
    unsubscribed_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        indexes = [
            models.Index(fields=["account", "status"], name="contact_account"),
            models.Index(Lower("email"), name="contact_email"),
            models.Index(fields=["id"], name="contact_absent", condition=~IS_PRESENT),
        ]
        constraints = [
            unique_from_outside("contact"),
            models.CheckConstraint(
                condition=Q(status="left", left_on__isnull=False) | Q(status="active", left_on=None),
                name="contact_left_has_a_day",
            ),
            models.CheckConstraint(
                condition=Q(influence=None) | Q(influence__lte=10), name="contact_influence_up_to_ten"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def role_labels(self) -> list[str]:
        return [self.Role(role).label for role in self.roles]
