"""Hands work to the workers.

What there is to do stands in the database, and a task only says that there is something. So a broker that cannot be
reached delays the work until beat's sweep finds it, and never breaks what asked for it.
"""

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def send_chunks(chunk_ids: Iterable[int]) -> None:
    """One task for each chunk of a run."""
    from health.tasks import recompute_chunk  # tasks call services; this is the way back

    _send(recompute_chunk, ({"chunk_id": pk} for pk in chunk_ids))


def send_refresh() -> None:
    """A task that recomputes the marked accounts."""
    from health.tasks import refresh_dirty

    _send(refresh_dirty, [{}])


def send_training() -> None:
    """A task that trains the churn model that was asked for."""
    from health.tasks import train_churn_model

    _send(train_churn_model, [{}])


def _send(task: Any, calls: Iterable[Mapping[str, Any]]) -> None:
    try:
        for kwargs in calls:
            task.apply_async(kwargs=kwargs, retry=False)
    except OperationalError as error:
        logger.warning("The broker cannot be reached (%s): %s waits for the sweep.", error, task.name)
