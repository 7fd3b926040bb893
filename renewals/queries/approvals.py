"""Who may give which discount, what waits for whom, and what was decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404

from accounts.models import Account, User
from accounts.queries.people import line_above
from renewals.domain.authority import (
    Approver,
    Ask,
    Limits,
    Part,
    asks_of,
    decision_refused,
    limit_of,
    needed_for,
    reasons_of,
    role_for,
)
from renewals.domain.proposals import Option, Refusal
from renewals.models import Approval, DiscountAuthority, Proposal
from renewals.models.approval import DECIDED
from renewals.queries.proposals import ProposalPage, page_of, terms_of, whole

# Roles that see everything stand above everybody.
ABOVE_ALL = (User.Role.EXECUTIVE, User.Role.ADMIN)


def limits() -> Limits:
    """The matrix: what each role gives on its own. One query."""
    return dict(DiscountAuthority.objects.values_list("role", "limit"))


def asks_for(proposal: Proposal, matrix: Limits) -> list[Ask]:
    """The approvals without which a proposal cannot be sent, whatever was asked for so far; none where it can."""
    role = proposal.author.role if proposal.author else ""
    return asks_of(needed_for(terms_of(proposal)), role=role, limits=matrix)


@dataclass(frozen=True)
class Standing:
    """How the discounts of a proposal stand to the limit of who offers it, in words."""

    limit: Decimal
    reasons: Sequence[str]
    """Which options are above the limit."""
    deciders: Sequence[str]
    """Who has to approve; empty where nobody has to."""


def standing_of(options: Sequence[Option], author: User | None, matrix: Limits) -> Standing:
    """How options stand to the limit of an author. No query."""
    role = author.role if author else ""
    limit = limit_of(role, matrix)
    labels = dict(User.Role.choices)
    asks = asks_of(needed_for(options), role=role, limits=matrix)
    return Standing(limit, reasons_of(options, limit), [labels.get(role_for(ask, matrix), "Finance") for ask in asks])


def get_approval_for(user: User, pk: int) -> Approval:
    """An approval asked for on an account that the user sees; anything else is a 404."""
    found = Approval.objects.visible_to(user).select_related("proposal__account", "proposal__renewal", "author")
    return get_object_or_404(found, pk=pk)


def approvals_of(proposals: Sequence[Proposal]) -> dict[int, list[Approval]]:
    """What was asked for and decided, by the key of the proposal, the latest round first. One query."""
    found: dict[int, list[Approval]] = {one.pk: [] for one in proposals}
    rows = Approval.objects.filter(proposal__in=found).select_related("author", "decided_by")
    for approval in rows.order_by("-round", "pk"):
        found[approval.proposal_id].append(approval)
    return found


def decides(user: User) -> bool:
    """Whether there can be an approval at all that the user may decide on: people above others and finance decide."""
    return not user.read_only and (user.leads or user.approves_discounts)


def waiting_for(user: User) -> QuerySet[Approval]:
    """Approvals that are asked for and that the user may decide on; the same as `decision_refused` says one by one."""
    pending = Approval.objects.visible_to(user).pending()
    if not decides(user):
        return pending.none()
    own = DiscountAuthority.objects.filter(role=user.role).values("limit")
    by_line = Q(part=Approval.Part.LINE, needed__lte=Coalesce(Subquery(own), Decimal(0)))
    if not user.sees_everything:
        by_line &= Q(author__in=[pk for pk in user.team_ids if pk != user.pk])
    by_finance = Q(part=Approval.Part.FINANCE) if user.approves_discounts else Q(pk__in=[])
    other_part = Approval.objects.filter(
        proposal=OuterRef("proposal"), round=OuterRef("round"), verdict=Approval.Verdict.APPROVED, decided_by=user
    )
    return pending.filter(by_line | by_finance).exclude(author=user).exclude(Exists(other_part))


def queue_of(user: User, shown: str) -> QuerySet[Approval]:
    """Approvals as the page shows them: what the user may decide (`mine`) and what waits for anybody (`waiting`), the
    longest waiting first; what was `decided`, the latest first."""
    around = ("proposal__account", "proposal__renewal", "author", "decided_by")
    if shown == "decided":
        decided = Approval.objects.visible_to(user).decided()
        return decided.select_related(*around).order_by("-decided_at", "-pk")
    waiting = waiting_for(user) if shown == "mine" else Approval.objects.visible_to(user).pending()
    return waiting.select_related(*around).order_by("asked_at", "pk")


def queue_counts(user: User) -> dict[str, int]:
    """How many wait for the user, for anybody, and were decided. Three queries."""
    others: dict[str, int] = Approval.objects.visible_to(user).aggregate(
        waiting=Count("pk", filter=Q(pk__in=Approval.objects.pending().values("pk"))),
        decided=Count("pk", filter=Q(verdict__in=DECIDED)),
    )
    return {"mine": waiting_for(user).count(), **others}


@dataclass(frozen=True)
class QueueRow:
    """An approval with the options that it is about: their titles, discounts and yearly prices."""

    approval: Approval
    page: ProposalPage
    decider: str
    """Who has to decide: the lowest role that may, or finance."""


def rows_of(approvals: Sequence[Approval], matrix: Limits) -> list[QueueRow]:
    """Approvals with what their proposals offer. Three queries."""
    labels = dict(User.Role.choices)
    proposals = whole().in_bulk([approval.proposal_id for approval in approvals])
    return [
        QueueRow(
            approval,
            page_of(proposals[approval.proposal_id]),
            labels.get(role_for(Ask(Part(approval.part), approval.needed), matrix), "Finance"),
        )
        for approval in approvals
    ]


def refusal_for(user: User, approval: Approval) -> Refusal | None:
    """Why the user may not decide on an approval that is asked for; None where they may. At most three queries."""
    ask = Ask(Part(approval.part), approval.needed)
    is_above = user.sees_everything or (approval.author_id != user.pk and approval.author_id in user.team_ids)
    approver = Approver(
        limit=limit_of(user.role, limits()),
        is_author=approval.author_id == user.pk,
        is_above=is_above,
        is_finance=user.approves_discounts,
        has_decided=Approval.objects.filter(
            proposal=approval.proposal_id,
            round=approval.round,
            verdict=Approval.Verdict.APPROVED,
            decided_by=user,
        ).exists(),
    )
    return decision_refused(ask, approver)


def approvers_of(ask: Ask, proposal: Proposal, matrix: Limits) -> list[User]:
    """Whom to tell: the nearest one above the author who may give it, otherwise all who stand above everybody.

    For finance, all who are marked so and see the account. Nobody is told who cannot change things, nor the author.
    """
    people = User.objects.in_bulk()
    able = [one for one in people.values() if one.is_active and not one.read_only and one.pk != proposal.author_id]
    if ask.part is Part.FINANCE:
        return [one for one in able if one.approves_discounts and _sees(one, proposal)]
    giving = {one.pk for one in able if limit_of(one.role, matrix) >= ask.limit}
    for one in line_above(proposal.author, people):
        if one.pk in giving:
            return [one]
    return [one for one in able if one.pk in giving and one.role in ABOVE_ALL]


def _sees(user: User, proposal: Proposal) -> bool:
    return user.sees_everything or Account.objects.visible_to(user).filter(pk=proposal.account_id).exists()
