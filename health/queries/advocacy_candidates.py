"""Who might speak for us next: promoters of surveys, and customers for the advisory board."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, FilteredRelation, Func, OuterRef, Q, QuerySet

from accounts.models import Account, Contact, Segment, User
from accounts.models.account import of_visible_accounts
from cs_workspace.common import clock
from cs_workspace.common.expressions import AnyOf
from health.domain.advocacy import (
    BOARD_MONTHS,
    BOARD_SCORE,
    BOARD_SEATS,
    PROMOTER_DAYS,
    AdvocacyKind,
    months_before,
    spread,
)
from health.domain.surveys import NPS, class_bounds
from health.models import Advocate, SurveyAnswer

PROMOTERS = 25
# Who of an account is asked onto the board: the higher the part in the relationship, the earlier.
BOARD_ROLES = (Contact.Role.SPONSOR, Contact.Role.DECISION_MAKER, Contact.Role.CHAMPION)


@dataclass(frozen=True)
class BoardCandidate:
    """An account for the advisory board, and who of it; None where nobody in a key role is known."""

    account: Account
    contact: Contact | None


@dataclass(frozen=True)
class SegmentSeats:
    """How many of a segment are named for the board, and how many more are proposed."""

    name: str
    seated: int
    proposed: int


@dataclass(frozen=True)
class Board:
    """The advisory board as it could be: who is proposed, and how the segments share it."""

    candidates: Sequence[BoardCandidate]
    segments: Sequence[SegmentSeats]

    @property
    def seated(self) -> int:
        """How many are named for it, as current advocates."""
        return sum(segment.seated for segment in self.segments)


def promoters(user: User) -> QuerySet[SurveyAnswer]:
    """Latest NPS answers of people who would recommend us and are no advocate yet: who agreed to be asked first, then
    the latest. Each with `agreed_at`, None where they were not asked."""
    since = clock.now() - dt.timedelta(days=PROMOTER_DAYS)
    known = Advocate.objects.filter(contact=OuterRef("contact"), ended_at=None)
    # Of tens of thousands who are there it is asked who is not: those have indexes of their own.
    gone = Contact.objects.absent().filter(pk=OuterRef("contact"))
    lost = Account.objects.filter(pk=OuterRef("account")).exclude(status=Account.Status.ACTIVE)
    return (
        SurveyAnswer.objects.latest_of(NPS, since)
        .filter(of_visible_accounts(user), score__gte=class_bounds(NPS)[0], contact__isnull=False)
        .exclude(Exists(known))
        .exclude(Exists(gone))
        .exclude(Exists(lost))
        .annotate(agreed=FilteredRelation("survey_ask", condition=Q(survey_ask__agreed_at__isnull=False)))
        .annotate(agreed_at=F("agreed__agreed_at"))
        .select_related("account", "contact")
        .order_by(F("agreed_at").desc(nulls_last=True), "-at", "-pk")
    )


def board(user: User) -> Board:
    """Whom to ask onto the advisory board: healthy customers of some time, spread over the segments. Three queries."""
    ranked: dict[int | None, list[Account]] = {}
    for account in _board_accounts(user):
        ranked.setdefault(account.segment_id, []).append(account)
    sitting = (
        Advocate.objects.current().filter(of_visible_accounts(user), kind=AdvocacyKind.ADVISORY_BOARD.value).order_by()
    )
    counted = sitting.values_list("account__segment", "account__segment__name").annotate(Count("pk"))
    names: dict[int | None, str] = {segment: name or "No segment" for segment, name, _ in counted}
    seated = {segment: count for segment, _, count in counted}
    chosen = spread(ranked, seated, BOARD_SEATS)
    names |= {account.segment_id: account.segment.name if account.segment else "No segment" for account in chosen}
    proposed = Counter(account.segment_id for account in chosen)
    people = _people(chosen)
    return Board(
        [BoardCandidate(account, people.get(account.pk)) for account in chosen],
        [SegmentSeats(name, seated.get(key, 0), proposed[key]) for key, name in sorted(names.items(), key=_by_name)],
    )


def _board_accounts(user: User) -> QuerySet[Account]:
    """Accounts that may sit on the board and do not, the best of each segment, at most as many as there are seats.

    Segments come from the largest accounts to the smallest, those of none last.
    """
    sitting = Advocate.objects.filter(kind=AdvocacyKind.ADVISORY_BOARD.value, ended_at=None)
    best = [F("health_score").desc(), F("arr").desc(), F("pk").asc()]
    fit = (
        Account.objects.visible_to(user)
        .scoreable()
        .filter(health_score__gt=BOARD_SCORE, customer_since__lt=months_before(clock.today(), BOARD_MONTHS))
        .exclude(pk__in=sitting.order_by().values("account"))
    )
    # Segment by segment, so that the index by health is followed until the seats are taken, and nothing is sorted.
    of_segment = fit.filter(segment=OuterRef("pk")).order_by(*best).values("pk")[:BOARD_SEATS]
    of_each = Segment.objects.order_by().values_list(Func(ArraySubquery(of_segment), function="unnest"))
    of_none = fit.filter(segment=None).order_by(*best).values("pk")[:BOARD_SEATS]
    chosen = [AnyOf(F("pk"), ArraySubquery(found)) for found in (of_each, of_none)]
    return (
        Account.objects.filter(chosen[0] | chosen[1])
        .select_related("segment", "owner")
        .order_by(F("segment__lower_arr").desc(nulls_last=True), *best)
    )


def _people(accounts: Sequence[Account]) -> dict[int, Contact]:
    """Of each account whom to ask: the one of the highest part, of several the most influential. One query."""
    found = Contact.objects.present().filter(account__in=accounts, roles__overlap=list(BOARD_ROLES))
    people: dict[int, Contact] = {}
    for contact in sorted(found, key=_rank, reverse=True):
        people[contact.account_id] = contact
    return people


def _rank(contact: Contact) -> tuple[int, int, int]:
    """Smaller is asked earlier."""
    first = min(place for place, role in enumerate(BOARD_ROLES) if role in contact.roles)
    return first, -(contact.influence or 0), contact.pk


def _by_name(pair: tuple[Any, str]) -> str:
    return pair[1]
