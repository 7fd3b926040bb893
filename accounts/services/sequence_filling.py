"""Putting contacts into the sequences that something starts by itself."""

import datetime as dt
import logging
from itertools import islice

from accounts.models import Sequence
from accounts.registries import SEQUENCE_SOURCES
from accounts.services.sequencing import start
from cs_workspace.common.refusals import RefusedError

logger = logging.getLogger(__name__)
BATCH = 500


def fill_sequences(*, today: dt.date) -> int:
    """Puts in whoever is due in a sequence that is switched on; gives how many were. Safe to run twice and at once."""
    filled = 0
    for sequence in Sequence.objects.active().filter(source__in=SEQUENCE_SOURCES).order_by("pk"):
        due = iter(SEQUENCE_SOURCES[sequence.source].due(sequence, today))
        while starts := list(islice(due, BATCH)):
            try:
                filled += len(start(starts, sequence=sequence))
            except RefusedError as refused:  # switched off meanwhile
                logger.info("Sequence %s takes nobody: %s", sequence.pk, refused)
                break
    return filled
