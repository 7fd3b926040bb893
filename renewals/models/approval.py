"""Who may give how much discount, and what was asked of whom and decided."""

import pghistory
from django.db import models
from django.db.models import F, Q

from accounts.models import Account, User
from cs_workspace.common.models import Timed
from renewals.domain.authority import percent
from renewals.models.proposal import Proposal
from renewals.models.renewal import Renewal

DECIDED = ["approved", "refused"]


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["updated_at"])
class DiscountAuthority(Timed):
    """How much discount people of a role give on their own; a role without a row gives none."""

    role = models.CharField(max_length=10, choices=User.Role, unique=True)
    limit = models.DecimalField(max_digits=5, decimal_places=4, help_text="Share, 0.10 for 10 %.")

    class Meta:
        verbose_name_plural = "discount authorities"
        ordering = ["limit", "role"]
        constraints = [models.CheckConstraint(condition=Q(limit__range=(0, 1)), name="discount_authority_share")]

    def __str__(self) -> str:
        return f"{self.get_role_display()}: up to {percent(self.limit)}"


class ApprovalQuerySet(models.QuerySet["Approval"]):
    """Conditions over approvals."""

    def visible_to(self, user: User) -> "ApprovalQuerySet":
        return self.filter(proposal__account__in=Account.objects.visible_to(user).values("pk"))

    def pending(self) -> "ApprovalQuerySet":
        """Asked for and not decided, of renewals that are not over."""
        return self.filter(verdict=Approval.Verdict.PENDING).exclude(proposal__renewal__stage=Renewal.Stage.CLOSED)

    def decided(self) -> "ApprovalQuerySet":
        return self.filter(verdict__in=DECIDED)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Approval(models.Model):
    """A discount above its author's limit, put before somebody who may give it. What was decided stays.

    Shares are of the price. A proposal that is asked for again, because it was changed, is asked for in another round.
    """

    class Part(models.TextChoices):
        LINE = "line", "Line of command"
        FINANCE = "finance", "Finance"

    class Verdict(models.TextChoices):
        PENDING = "pending", "Pending"
        APPROVED = "approved", "Approved"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Withdrawn"

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="approvals", db_index=False)
    round = models.PositiveSmallIntegerField()
    part = models.CharField(max_length=7, choices=Part)
    discount = models.DecimalField(max_digits=5, decimal_places=4, help_text="The largest one of the options.")
    needed = models.DecimalField(
        max_digits=5, decimal_places=4, help_text="The limit that the role of who approves must reach."
    )
    author = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    author_limit = models.DecimalField(max_digits=5, decimal_places=4)
    note = models.CharField(max_length=300, blank=True, help_text="Why the author asks.")
    asked_at = models.DateTimeField()
    verdict = models.CharField(max_length=9, choices=Verdict, default=Verdict.PENDING)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="discounts_decided"
    )
    reason = models.CharField(max_length=300, blank=True)

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        ordering = ["proposal", "round", "pk"]
        indexes = [models.Index(fields=["asked_at", "id"], name="approval_pending", condition=Q(verdict="pending"))]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "round", "part"], name="approval_once_a_round"),
            models.UniqueConstraint(
                fields=["proposal", "part"], condition=Q(verdict="pending"), name="approval_one_pending"
            ),
            models.CheckConstraint(
                condition=Q(discount__range=(0, 1), needed__range=(0, 1), author_limit__range=(0, 1)),
                name="approval_shares",
            ),
            models.CheckConstraint(
                condition=Q(verdict="pending", decided_at=None)
                | Q(verdict="withdrawn", decided_at__isnull=False)
                | (Q(verdict__in=DECIDED, decided_at__isnull=False) & ~Q(reason="")),
                name="approval_decision_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(verdict__in=DECIDED) | Q(decided_by=None) | Q(author=None) | ~Q(decided_by=F("author")),
                name="approval_not_ones_own",
            ),
        ]

    def __str__(self) -> str:
        return f"Approval of {percent(self.discount)} for {self.proposal}"

    @property
    def is_pending(self) -> bool:
        return self.verdict == self.Verdict.PENDING
