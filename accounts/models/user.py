"""People who use the workspace, and the reporting lines between them."""

import datetime as dt
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import pghistory
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower

from accounts.domain.quiet import QuietHours
from cs_workspace.common import clock

# Every user below a manager, however deep; UNION (not UNION ALL) ends the walk even if lines formed a ring.
TEAM_SQL = """
WITH RECURSIVE team(id) AS (
    SELECT %s::bigint
    UNION
    SELECT u.id FROM accounts_user u JOIN team ON u.manager_id = team.id
)
SELECT u.id, u.name, u.role, u.is_active FROM accounts_user u JOIN team ON team.id = u.id
"""


class UserManager(BaseUserManager["User"]):
    """Makes users by e-mail address."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, role=User.Role.ADMIN, **fields)


@pghistory.track(
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    exclude=["password", "last_login", "recent_accounts", "updated_at"],
)
class User(AbstractBaseUser, PermissionsMixin):
    """A person who logs in with an e-mail address and sees what the role and the reporting line allow."""

    class Role(models.TextChoices):
        CSM = "csm", "CSM"
        MANAGER = "manager", "Manager"
        EXECUTIVE = "executive", "Executive"
        AE = "ae", "Account executive"
        ADMIN = "admin", "Admin"

    class Delivery(models.TextChoices):
        IMMEDIATE = "immediate", "At once"
        CRITICAL_ONLY = "critical", "Critical at once, the rest in the daily digest"
        DIGEST = "digest", "Everything in the daily digest"
        NONE = "none", "No e-mail"

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    title = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=10, choices=Role, default=Role.CSM)
    manager = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reports", verbose_name="reports to"
    )
    time_zone = models.CharField(max_length=60, default="UTC")
    read_only = models.BooleanField(default=False, help_text="Sees what the role sees and changes nothing.")
    approves_discounts = models.BooleanField(
        "finance",
        default=False,
        db_default=False,
        help_text="Decides for finance on discounts that are above everybody's limit, on the accounts that they see.",
    )
    is_active = models.BooleanField(default=True)
    email_delivery = models.CharField(max_length=10, choices=Delivery, default=Delivery.CRITICAL_ONLY)
    digest_hour = models.PositiveSmallIntegerField(
        "daily digest at", choices=[(hour, f"{hour:02}:00") for hour in range(24)], default=7, db_default=7
    )
    quiet_from = models.TimeField(null=True, blank=True, help_text="E-mail waits from then on; empty for never.")
    quiet_to = models.TimeField("quiet until", null=True, blank=True)
    quiet_weekends = models.BooleanField("quiet on Saturdays and Sundays", default=False, db_default=False)
    quiet_lets_critical = models.BooleanField(
        "critical alerts come through all the same", default=True, db_default=True
    )
    signature = models.TextField(
        max_length=1000, blank=True, default="", db_default="", help_text="Stands below e-mails to customers."
    )
    capacity_accounts = models.PositiveIntegerField(null=True, blank=True, help_text="Accounts this person can carry.")
    capacity_arr = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    recent_accounts = models.JSONField(default=list, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once"),
            models.CheckConstraint(condition=~models.Q(manager=models.F("pk")), name="user_not_own_manager"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        if self.quiet_from == self.quiet_to and self.quiet_from is not None:
            raise ValidationError({"quiet_to": "Quiet hours end at another time than they begin."})
        if self.quiet_from is None and self.quiet_to is not None:
            raise ValidationError({"quiet_from": "Say from when it is quiet, too; or leave both empty."})
        if self.quiet_to is None and self.quiet_from is not None:
            raise ValidationError({"quiet_to": "Say until when it is quiet, too; or leave both empty."})
        if self.digest_hour is not None and self.quiet_hours.hold_hour(self.digest_hour):
            raise ValidationError({"digest_hour": "That is within your quiet hours: choose an hour outside of them."})

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the user's days and hours; the workspace's where the one that is set does not exist."""
        return clock.zone_of(self.time_zone)

    @property
    def quiet_hours(self) -> QuietHours:
        """When no e-mail goes to the user."""
        return QuietHours(self.zone, self.quiet_from, self.quiet_to, weekends=self.quiet_weekends)

    def quiet_until(self, moment: dt.datetime) -> dt.datetime | None:
        """When the quiet that covers the moment ends; None where none does."""
        return self.quiet_hours.until(moment)

    def get_full_name(self) -> str:
        """What the admin calls who is logged in."""
        return self.name

    @property
    def is_admin(self) -> bool:
        return self.role == self.Role.ADMIN

    @property
    def is_staff(self) -> bool:
        """Only admins enter the Django admin."""
        return self.is_admin and self.is_active

    @property
    def sees_everything(self) -> bool:
        """Executives and admins see every account."""
        return self.role in (self.Role.EXECUTIVE, self.Role.ADMIN)

    @property
    def leads(self) -> bool:
        """Managers and above work the at-risk queue and reassign accounts."""
        return self.role in (self.Role.MANAGER, self.Role.EXECUTIVE, self.Role.ADMIN)

    @property
    def initials(self) -> str:
        parts = self.name.split()
        return "".join(part[0] for part in (parts[:1] + parts[-1:] if len(parts) > 1 else parts)).upper()

    @cached_property
    def team(self) -> list["User"]:
        """This user and everyone below in the reporting line, by name; one query, kept for the request."""
        if self.role != self.Role.MANAGER:
            return [self]
        return sorted(User.objects.raw(TEAM_SQL, [self.pk]), key=lambda user: (user.name, user.pk))

    @cached_property
    def team_ids(self) -> list[int]:
        """Ids of this user and of everyone below in the reporting line; one query, kept for the request."""
        return [user.pk for user in self.team]

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return (self.is_staff and not self.read_only) or (self.is_staff and ".view_" in perm)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff
