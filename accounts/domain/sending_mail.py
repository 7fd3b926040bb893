"""When an e-mail to a customer may go out: not too many by themselves to one person, and not in that person's quiet."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from accounts.domain.quiet import QuietHours


@dataclass(frozen=True)
class Limit:
    """At most `most` e-mails that go out by themselves, to one person, within any span as long as `window`."""

    most: int
    window: dt.timedelta

    def full_until(self, gone: Sequence[dt.datetime], now: dt.datetime) -> dt.datetime | None:
        """When the next one fits, after those that have `gone` out; None where it fits now.

        Where none is allowed at all, that is asked again a window later: the rule may be another one by then.
        """
        if self.most == 0:
            return now + self.window
        within = sorted((moment for moment in gone if moment > now - self.window), reverse=True)
        return within[self.most - 1] + self.window if len(within) >= self.most else None


@dataclass(frozen=True)
class Delay:
    """Until when an e-mail is put off, and why, in words for whoever reads the outbox."""

    until: dt.datetime
    because: str


def put_off(now: dt.datetime, *, limit: Limit | None, gone: Sequence[dt.datetime], quiet: QuietHours) -> Delay | None:
    """Until when an e-mail has to wait that is due now; None for one that may go out.

    `limit` is None for one that a person has approved, and `gone` says when those went out that count for it.
    """
    full_until = limit.full_until(gone, now) if limit else None
    if limit and full_until:
        return Delay(quiet.until(full_until) or full_until, _limit_in_words(limit))
    quiet_until = quiet.until(now)
    return Delay(quiet_until, "It is quiet time where the receiver is.") if quiet_until else None


def _limit_in_words(limit: Limit) -> str:
    if limit.most == 0:
        return "No e-mail goes out by itself at present."
    goes = "automated e-mail goes" if limit.most == 1 else "automated e-mails go"
    days = f"{limit.window.days} day{'' if limit.window.days == 1 else 's'}"
    return f"At most {limit.most} {goes} to one person within {days}."
