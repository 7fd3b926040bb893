"""The workspace's clock: the one place that asks what time it is."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.utils import timezone

_standing: ContextVar[dt.datetime | None] = ContextVar("standing", default=None)


def now() -> dt.datetime:
    """The present moment, aware, in UTC."""
    return _standing.get() or timezone.now()


@contextmanager
def set_to(moment: dt.datetime) -> Iterator[None]:
    """Inside, it is that moment and time stands still: for living through days that have passed, always alike."""
    token = _standing.set(moment)
    try:
        yield
    finally:
        _standing.reset(token)


def today() -> dt.date:
    """The workspace's day, whatever the zone of the person who looks."""
    return day_of(now())


def day_of(moment: dt.datetime) -> dt.date:
    """The workspace's day on which an aware `moment` falls."""
    return moment.astimezone(workspace_zone()).date()


def start_of(day: dt.date) -> dt.datetime:
    """The first moment of a workspace day, aware."""
    return dt.datetime.combine(day, dt.time.min, tzinfo=workspace_zone())


def workspace_zone() -> ZoneInfo:
    """The zone whose midnight ends the workspace's day."""
    return ZoneInfo(settings.TIME_ZONE)


def zone_of(*names: str) -> ZoneInfo:
    """The first of the names that names a zone; the workspace's where none does."""
    for name in filter(None, names):
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):  # of a name that is none, a path, or a folder of zones
            continue
    return workspace_zone()
