"""The way back from a change of a record: what was there before is kept, and put back as the next version.

Whatever the change named goes back, and nothing else; once somebody changed the record again, there is no way back.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils import timezone

from accounts.models import StepBack, User
from accounts.services.versions import last_writer, locked, save_next
from cs_workspace.common.models import Versioned
from cs_workspace.common.refusals import RefusedError, StaleError

V = TypeVar("V", bound=Versioned)

# No toast stands for longer; what is older is cleared away by the next change of the same person.
KEPT = dt.timedelta(days=7)


def as_it_stands(record: Versioned, names: Iterable[str]) -> dict[str, Any]:
    """What a locked record says in the fields `names`, as `keep_way_back` takes it. A query for each of many values."""
    return {name: _plain(record, name) for name in names}


def keep_way_back(record: Versioned, before: dict[str, Any], *, by: User) -> None:
    """Keeps what a record said before the version that has just been saved, inside the transaction of that change."""
    keep_ways_back([(record, before)], by=by)


def keep_ways_back(changed: Sequence[tuple[Versioned, dict[str, Any]]], *, by: User) -> None:
    """The same for several records of one kind, each with what it said before. Two statements."""
    StepBack.objects.filter(by=by, at__lt=timezone.now() - KEPT).delete()
    StepBack.objects.bulk_create(
        StepBack(
            record_type=ContentType.objects.get_for_model(record),
            record_id=record.pk,
            version=record.version,
            before=before,
            by=by,
        )
        for record, before in changed
    )


@transaction.atomic
def put_back(record: V, *, by: User, version: int) -> V:
    """Gives a record what it said before its `version`, as the version after that; the same once more changes nothing.

    What a change of the record brings about is for the caller. Raises `StaleError` where it was changed once more
    since, `RefusedError` where nothing was kept.
    """
    held = locked(record)
    of = ContentType.objects.get_for_model(record)
    step = StepBack.objects.filter(record_type=of, record_id=record.pk, version=version).first()
    if step is None:
        raise RefusedError("That cannot be taken back any more. Open it to change it.")
    if step.taken_at is not None:
        return held
    if held.version != version:
        raise StaleError(held, by=last_writer(held))
    many = {name for name in step.before if held._meta.get_field(name).many_to_many}
    for name, value in step.before.items():
        if name not in many:
            field: Any = held._meta.get_field(name)
            setattr(held, name, field.to_python(value))
    save_next(held, by=by)
    for name in many:
        related: Any = getattr(held, name)
        related.set(related.model.objects.filter(pk__in=step.before[name]))
    step.taken_at = timezone.now()
    step.save()
    return held


def _plain(record: Versioned, name: str) -> Any:
    """A value as JSON holds it, to the microsecond and the last digit; of related records their keys."""
    if record._meta.get_field(name).many_to_many:
        related: models.Manager[Any] = getattr(record, name)
        return list(related.order_by("pk").values_list("pk", flat=True))
    value = getattr(record, name)
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, dt.date) else value
