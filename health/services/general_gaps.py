"""Looking for general gaps once a night, and telling the admins of each one once."""

import datetime as dt
from collections.abc import Mapping

from django.urls import reverse

from accounts.models import User
from accounts.services.notifying import Message, notify
from health.domain.alerting import Severity
from health.domain.general_gaps import SEEN_DAYS, Source, newest_gap
from health.queries.general_gaps import heard_by_day

ADVICE = (
    "This is a gap in the data and no change of health: data-gap alerts of single accounts, and churn signals that "
    "rest on the silence of an account, wait until the source is back.\n\nNext: check the source."
)


def find_general_gaps(day: dt.date) -> dict[str, str]:
    """The newest day of a general gap by source, as ISO dates, among the 90 days before `day`.

    The admins are told of one that lasts; of the same one only once.
    """
    since = day - dt.timedelta(days=SEEN_DAYS)
    found = {source: gap for source, heard in heard_by_day(day).items() if (gap := newest_gap(heard)) is not None}
    # Of one that is older than what is looked at nobody knows whether there ever was anything.
    lasting = {
        source: since + dt.timedelta(days=gap.first)
        for source, gap in found.items()
        if gap.first > 0 and gap.last == SEEN_DAYS - 1
    }
    if Source.USAGE in lasting:
        lasting.pop(Source.LOGINS, None)  # they come with usage
    if lasting:
        _tell(lasting)
    return {str(source): (since + dt.timedelta(days=gap.last)).isoformat() for source, gap in found.items()}


def _tell(lasting: Mapping[Source, dt.date]) -> None:
    admins = list(User.objects.filter(role=User.Role.ADMIN, is_active=True).order_by("pk"))
    notify(
        [
            Message(
                user=admin,
                key=f"general-gap:{source}:{first}:{admin.pk}",
                title=f"{source.capitalize()}: nothing from any account since {first.day} {first:%b %Y}",
                body=ADVICE,
                url=reverse("health:alerts"),
                severity=Severity.HIGH,
            )
            for source, first in lasting.items()
            for admin in admins
        ]
    )
