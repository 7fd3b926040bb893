"""The invitation to a review, out of what is known of it."""

from urllib.parse import urlsplit

from django.conf import settings

from accounts.models import User
from qbr.domain.agendas import Preset, points_of
from qbr.domain.invitation import Invitation, Person, zone_of
from qbr.models import Review
from qbr.queries.attendance import lines_of


def invitation_of(review: Review, *, by: User) -> Invitation | None:
    """What calendars are told of a review, in the name of its owner, else of `by`; None where it has no moment.
    One query.

    Those without an address cannot be invited; they are named among those who take part.
    """
    if review.starts_at is None:
        return None
    lines, organiser = lines_of(review), review.owner or by
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return Invitation(
        uid=f"review-{review.pk}@{host}",
        sequence=review.invitation,
        is_cancelled=review.status == Review.Status.CANCELLED,
        title=f"{review.get_kind_display()}: {review.account} and {settings.WORKSPACE_NAME}",
        details=_details(review, [line.name for line in lines]),
        place=review.place,
        starts_at=review.starts_at,
        minutes=review.minutes,
        zone=zone_of(review.time_zone or review.account.time_zone),
        organiser=Person(organiser.name, organiser.email),
        people=[Person(line.name, line.email) for line in lines if line.email and line.email != organiser.email],
        changed_at=review.updated_at,
    )


def _details(review: Review, names: list[str]) -> str:
    """The agenda with its minutes, and who takes part."""
    points = points_of(Preset(review.agenda), review.minutes)
    agenda = "\n".join(f"{point.minutes:>2} min  {point.title}" for point in points)
    people = f"\n\nTaking part: {', '.join(names)}" if names else ""
    return f"Agenda\n{agenda}{people}"
