"""What all factories share: the moments that they count from, and their base."""

import datetime as dt

from factory.django import DjangoModelFactory

from cs_workspace.common import clock


def days_ago(days: float) -> dt.datetime:
    """The moment so many days before now."""
    return clock.now() - dt.timedelta(days=days)


def day(days: int) -> dt.date:
    """The workspace's day so many days from today; negative for the past."""
    return clock.today() + dt.timedelta(days=days)


class Factory(DjangoModelFactory):
    class Meta:
        abstract = True
        skip_postgeneration_save = True

    @classmethod
    def _setup_next_sequence(cls) -> int:
        """All numbers have five digits: names are in the order in which they were made, in whatever order tests run."""
        return 10_000
