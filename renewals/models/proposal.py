"""Proposals: what a customer is offered for the next period, in options of which they choose one."""

import datetime as dt

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from accounts.models import Account, Contract, Product, User
from accounts.models.share_link import ShareLink, ShareLinkQuerySet
from cs_workspace.common.models import Timed, Versioned
from renewals.domain import proposals as domain
from renewals.models.renewal import Renewal

ANSWERED = [domain.State.ACCEPTED.value, domain.State.DECLINED.value]


class ProposalQuerySet(models.QuerySet["Proposal"]):
    """Conditions over proposals."""

    def visible_to(self, user: User) -> "ProposalQuerySet":
        return self.filter(account__in=Account.objects.visible_to(user).values("pk"))

    def standing(self) -> "ProposalQuerySet":
        """Those that were not taken back."""
        return self.exclude(state=Proposal.State.WITHDRAWN)

    def of_open_renewals(self) -> "ProposalQuerySet":
        """Of which something may still become."""
        return self.exclude(renewal__stage=Renewal.Stage.CLOSED)


@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["updated_at", "version"]
)
class Proposal(Timed, Versioned):
    """One offer for a renewal, with its options. Once sent it stays as it is: what changes is another proposal.

    Money is in `currency`, the contract's. `author` changed its terms last: by their limit its discounts are judged.
    """

    class State(models.TextChoices):
        DRAFT = domain.State.DRAFT.value, domain.STATE_LABELS[domain.State.DRAFT]
        AWAITING = domain.State.AWAITING.value, domain.STATE_LABELS[domain.State.AWAITING]
        APPROVED = domain.State.APPROVED.value, domain.STATE_LABELS[domain.State.APPROVED]
        SENT = domain.State.SENT.value, domain.STATE_LABELS[domain.State.SENT]
        ACCEPTED = domain.State.ACCEPTED.value, domain.STATE_LABELS[domain.State.ACCEPTED]
        DECLINED = domain.State.DECLINED.value, domain.STATE_LABELS[domain.State.DECLINED]
        WITHDRAWN = domain.State.WITHDRAWN.value, domain.STATE_LABELS[domain.State.WITHDRAWN]

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="proposals")
    renewal = models.ForeignKey(Renewal, on_delete=models.CASCADE, related_name="proposals", db_index=False)
    number = models.PositiveSmallIntegerField(help_text="Counts the proposals of the renewal.")
    author = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="proposals")
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    state_since = models.DateTimeField()
    currency = models.CharField(max_length=3)
    rate = models.DecimalField(
        max_digits=14, decimal_places=6, help_text="What one unit of the currency is worth in workspace currency."
    )
    today_arr = models.DecimalField(
        "ARR today", max_digits=14, decimal_places=2, help_text="Of the contract that is to be renewed."
    )
    worth = models.DecimalField(
        max_digits=16,
        decimal_places=2,
        null=True,
        help_text="What the customer confirmed that it brought them in twelve months; empty if unknown.",
    )
    note = models.TextField("words to the customer", max_length=1000, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_name = models.CharField(max_length=120, blank=True, help_text="Who at the customer answered.")
    answer_note = models.CharField(max_length=300, blank=True)
    withdrawn_reason = models.CharField(max_length=300, blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["renewal", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["renewal", "number"], name="proposal_number_once"),
            # What the customer has in hand is one: two could be accepted at once.
            models.UniqueConstraint(fields=["renewal"], condition=Q(state="sent"), name="proposal_one_sent"),
            models.CheckConstraint(condition=Q(today_arr__gte=0, rate__gt=0), name="proposal_money_positive"),
            models.CheckConstraint(
                condition=~Q(state__in=["sent", *ANSWERED]) | Q(sent_at__isnull=False), name="proposal_sent_is_whole"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=ANSWERED) | (Q(answered_at__isnull=False) & ~Q(answered_name="")),
                name="proposal_answer_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"Proposal {self.number} to {self.account}"


class ProposalOption(models.Model):
    """One of the ways that a proposal offers. Its order is that of the page; `discount` is a share of all its lines."""

    class Return(models.TextChoices):
        TERM = domain.Return.TERM.value, domain.RETURN_LABELS[domain.Return.TERM]
        CASE_STUDY = domain.Return.CASE_STUDY.value, domain.RETURN_LABELS[domain.Return.CASE_STUDY]
        REFERRAL = domain.Return.REFERRAL.value, domain.RETURN_LABELS[domain.Return.REFERRAL]
        PREPAYMENT = domain.Return.PREPAYMENT.value, domain.RETURN_LABELS[domain.Return.PREPAYMENT]

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="options", db_index=False)
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=80)
    note = models.CharField(max_length=200, blank=True)
    is_recommended = models.BooleanField("recommended", default=False)
    term_months = models.PositiveSmallIntegerField(
        "term in months", validators=[MinValueValidator(1), MaxValueValidator(domain.MOST_TERM)]
    )
    billing = models.CharField(max_length=10, choices=Contract.Billing)
    discount = models.DecimalField(max_digits=5, decimal_places=4, default=0, help_text="Share, 0.10 for 10 %.")
    in_return = models.CharField("in return", max_length=10, choices=Return, blank=True, default="")
    is_chosen = models.BooleanField(default=False, editable=False, help_text="The customer accepted this one.")

    class Meta:
        ordering = ["proposal", "position"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "position"], name="proposal_option_once"),
            models.UniqueConstraint(
                fields=["proposal"], condition=Q(is_recommended=True), name="proposal_one_recommended"
            ),
            models.UniqueConstraint(fields=["proposal"], condition=Q(is_chosen=True), name="proposal_one_chosen"),
            models.CheckConstraint(condition=Q(discount__range=(0, 1)), name="proposal_option_discount_share"),
            models.CheckConstraint(
                condition=Q(term_months__range=(1, domain.MOST_TERM)), name="proposal_option_has_a_term"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ProposalLine(models.Model):
    """One product in an option. `price` is for a seat and a year, or for a year where it is not sold by seat."""

    option = models.ForeignKey(ProposalOption, on_delete=models.CASCADE, related_name="lines", db_index=False)
    position = models.PositiveSmallIntegerField()
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    seats = models.PositiveIntegerField(null=True, blank=True, validators=[MinValueValidator(1)])
    # Eight digits, so that what a contract comes to can be told by the seat for up to a million of them.
    price = models.DecimalField(max_digits=20, decimal_places=8, validators=[MinValueValidator(0)])
    today_price = models.DecimalField(
        max_digits=20,
        decimal_places=8,
        null=True,
        editable=False,
        help_text="What the customer pays for the same today; empty for what they do not have.",
    )
    discount = models.DecimalField(max_digits=5, decimal_places=4, default=0, help_text="Share, 0.10 for 10 %.")

    class Meta:
        ordering = ["option", "position"]
        constraints = [
            models.UniqueConstraint(fields=["option", "position"], name="proposal_line_once"),
            models.CheckConstraint(condition=Q(discount__range=(0, 1)), name="proposal_line_discount_share"),
            models.CheckConstraint(
                condition=Q(price__gte=0) & (Q(today_price=None) | Q(today_price__gte=0)),
                name="proposal_line_price_not_negative",
            ),
            models.CheckConstraint(condition=Q(seats=None) | Q(seats__gte=1), name="proposal_line_seats_positive"),
        ]

    def __str__(self) -> str:
        return str(self.product)


class ProposalShareQuerySet(ShareLinkQuerySet["ProposalShare"]):
    """Conditions over links to proposals."""

    def live(self, *, now: dt.datetime) -> "ProposalShareQuerySet":
        """Those of a proposal that was sent and not taken back."""
        return super().live(now=now).filter(proposal__state__in=["sent", *ANSWERED])


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), exclude=["views", "last_viewed_at"])
class ProposalShare(ShareLink):
    """A link by which the customer reads a proposal, and accepts an option or declines."""

    OF, SALT, PAGE = "proposal", "renewals.proposal_share", "renewals:shared-proposal"

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="shares")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="proposals_shared")

    objects = ProposalShareQuerySet.as_manager()

    class Meta(ShareLink.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["proposal"], condition=Q(revoked_at=None), name="proposal_share_one_unrevoked"
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="proposal_share_lasts"),
        ]
