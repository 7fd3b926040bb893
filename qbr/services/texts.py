"""The words that people write for a part of a deck and for its speaker, kept as they are typed."""

from typing import TypedDict

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.services.versions import locked, save_first, save_next
from cs_workspace.common.refusals import RefusedError, StaleError
from qbr.models import Review, SectionText
from qbr.services.checklist import tick_what_is_done

LONGEST = 4_000


class TextFields(TypedDict, total=False):
    """What may be said of a part; what is not named stays."""

    text: str
    speaker_notes: str
    is_left_out: bool


@transaction.atomic
def write_text(*, by: User, review: Review, key: str, fields: TextFields, version: int | None = None) -> SectionText:
    """Keeps the words of a part; `version` is that of the one that the writer had open, 0 where there was none.

    What says the same already is not written again. Raises `RefusedError` where the review was held or cancelled, and
    `StaleError` where somebody else wrote meanwhile.
    """
    must_be_ahead(review)
    known = SectionText.objects.filter(review=review, key=key).first()
    if known is None:
        try:
            with transaction.atomic():
                made = save_first(SectionText(review=review, key=key, **fields), by=by)
        except IntegrityError:
            raise StaleError(SectionText.objects.get(review=review, key=key)) from None
    else:
        held = locked(known)
        if all(getattr(held, name) == value for name, value in fields.items()):
            return held
        held = locked(known, version=version)
        for name, value in fields.items():
            setattr(held, name, value)
        made = save_next(held, by=by)
    tick_what_is_done([review.pk])
    return made


def must_be_ahead(review: Review) -> None:
    """Locks the review. Raises `RefusedError` where it is not ahead."""
    held = locked(review)
    if held.is_held:
        raise RefusedError("This review was held. What was shown in it stays.")
    if not held.is_ahead:
        raise RefusedError("This review was cancelled. Bring it back first.")
