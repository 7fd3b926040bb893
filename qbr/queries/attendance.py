"""Who takes part in a review, what is missing on which side, and who else may be asked."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from accounts.models import Contact, User
from qbr.domain.attendance import OF_ROLE, OF_SENIORITY, Level, Present, gaps_of
from qbr.domain.reviews import Kind
from qbr.models import Attendee, Review

# So many are offered of each side; the form knows all of them.
OFFERED = 5


@dataclass(frozen=True)
class Line:
    """Somebody who takes part. `email` is empty where no invitation reaches them; `attended` is unknown before."""

    pk: int
    name: str
    about: str
    email: str
    is_ours: bool
    level: Level | None
    invited_at: dt.datetime | None
    attended: bool | None


@dataclass(frozen=True)
class Offer:
    """Somebody who may be asked to take part: the field of the form and their key, and why they."""

    field: str
    pk: int
    name: str
    why: str


@dataclass(frozen=True)
class Attendance:
    """Both sides of a review, the gaps between them, and who may fill these."""

    theirs: Sequence[Line]
    ours: Sequence[Line]
    gaps: Sequence[str]
    offers: Sequence[Offer]

    @property
    def count(self) -> int:
        """How many take part."""
        return len(self.theirs) + len(self.ours)

    @property
    def unreachable(self) -> list[Line]:
        """Those whom no invitation reaches."""
        return [one for one in (*self.theirs, *self.ours) if not one.email]


def lines_of(review: Review) -> list[Line]:
    """Who takes part, those of the customer first. One query."""
    found = review.attendees.select_related("contact", "user").order_by("pk")
    return sorted((_line(one) for one in found), key=lambda line: line.is_ours)


def attendance_of(review: Review) -> Attendance:
    """Both sides, with offers while the review is ahead. Three queries; one once it was held."""
    lines = lines_of(review)
    theirs, ours = [one for one in lines if not one.is_ours], [one for one in lines if one.is_ours]
    if not review.is_ahead:
        return Attendance(theirs, ours, (), ())
    gaps = gaps_of(Kind(review.kind), [Present(one.name, one.is_ours, one.level) for one in lines])
    return Attendance(theirs, ours, gaps, [*_contacts(review), *_users(review)])


def _line(one: Attendee) -> Line:
    person = one.contact or one.user
    if person is None:
        return Line(one.pk, one.guest, "Guest", one.guest_email, False, None, one.invited_at, one.attended)
    if isinstance(person, User):
        level, about = OF_ROLE.get(person.role), person.title or person.get_role_display()
    else:
        level = OF_SENIORITY.get(person.seniority)
        about = " · ".join(filter(None, [person.title, *person.role_labels]))
    return Line(one.pk, person.name, about, person.email, one.user_id is not None, level, one.invited_at, one.attended)


def _contacts(review: Review) -> list[Offer]:
    """Champions, sponsors, deciders and executives of the account who are not asked yet. One query."""
    key = Q(roles__overlap=Contact.KEY_ROLES) | Q(seniority=Contact.Seniority.EXECUTIVE)
    found = Contact.objects.present().filter(key, account=review.account_id)
    found = found.exclude(pk__in=review.attendees.filter(contact__isnull=False).values("contact"))
    return [
        Offer("contact", one.pk, one.name, ", ".join(one.role_labels) or one.get_seniority_display())
        for one in found.order_by("-influence", "name", "pk")[:OFFERED]
    ]


def _users(review: Review) -> list[Offer]:
    """The owner and the team of the account, and the executives of ours, who are not asked yet. One query."""
    near = Q(pk=review.account.owner_id) | Q(team_roles__account=review.account_id)
    found = User.objects.filter(near | Q(role=User.Role.EXECUTIVE), is_active=True)
    found = found.exclude(pk__in=review.attendees.filter(user__isnull=False).values("user"))
    return [
        Offer("user", one.pk, one.name, one.title or one.get_role_display())
        for one in found.distinct().order_by("name", "pk")[:OFFERED]
    ]
