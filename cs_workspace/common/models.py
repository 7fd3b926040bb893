"""Fields that many tables share."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


class Timed(models.Model):
    """Knows when it was written and when it was last changed."""

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class Sourced(models.Model):
    """May come from outside: `source` and `external_id` name it there, and it is upserted by them."""

    source = models.CharField(max_length=50, blank=True, default="")
    external_id = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        abstract = True


class Versioned(models.Model):
    """Counts its changes, so that a second writer is told what the first one changed."""

    version = models.PositiveIntegerField(default=1, editable=False)
    history: "models.Manager[Any]"
    """Its earlier states; pghistory gives it to every model that it tracks."""

    class Meta:
        abstract = True


def unique_from_outside(table: str) -> models.UniqueConstraint:
    """One row per source and external id; rows made here have neither and are not bound."""
    return models.UniqueConstraint(
        fields=["source", "external_id"],
        condition=~models.Q(external_id=""),
        name=f"{table}_once_per_source",
    )


class RealField(models.FloatField):
    """Four-byte float: half the width of a double, and seven digits are plenty for points of a score."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """PostgreSQL's name of the type."""
        return "real"
