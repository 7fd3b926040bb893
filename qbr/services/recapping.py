"""The recap of a review: its draft, what somebody makes of it, and that it went out."""

from django.db import IntegrityError, transaction

from accounts.domain.approving_mail import Verb
from accounts.models import Mail, User
from accounts.services.approving_mail import decide
from accounts.services.outbox import Letter, put_letters
from accounts.services.undoing import as_it_stands, keep_way_back, put_back
from accounts.services.versions import locked, save_first, save_next
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError, StaleError
from qbr.domain.recap import body_of, letter_of, subject_of
from qbr.models import Recap, Review
from qbr.queries.recap import contacts_of, customers_of, recap_points

LONGEST_SUBJECT, LONGEST_BODY = 200, 10_000
SENT = "It was sent. Take that back to change it."


@transaction.atomic
def write_recap(*, by: User, review: Review, subject: str, body: str, version: int | None = None) -> Recap:
    """Keeps what somebody made of the recap; `version` is that of the one that they had open, 0 where nothing was kept.

    Raises `RefusedError` before the review was held, after the recap was sent, and for an empty one; `StaleError`.
    """
    _must_be_held(review)
    if not subject.strip() or not body.strip():
        raise RefusedError("A recap has a subject and words.")
    known = Recap.objects.filter(review=review).first()
    if known is None:
        try:
            with transaction.atomic():
                return save_first(Recap(review=review, subject=subject[:LONGEST_SUBJECT], body=body), by=by)
        except IntegrityError:
            raise StaleError(Recap.objects.get(review=review)) from None
    held = locked(known, version=version)
    if held.sent_at is not None:
        raise RefusedError(SENT)
    if (held.subject, held.body) == (subject, body):
        return held
    held.subject, held.body = subject[:LONGEST_SUBJECT], body
    return save_next(held, by=by)


@transaction.atomic
def draft_anew(*, by: User, review: Review, link: str = "") -> Recap:
    """Puts a new draft in the place of what was written; that can be taken back. `link` is the customer's address.

    Raises `RefusedError` before the review was held and after the recap was sent.
    """
    points = recap_points(review, customers_of(review), link=link, sender=by.name)
    known = Recap.objects.filter(review=review).first()
    if known is None:
        return write_recap(by=by, review=review, subject=subject_of(points), body=body_of(points)[:LONGEST_BODY])
    held = locked(known)
    if held.sent_at is not None:
        raise RefusedError(SENT)
    before = as_it_stands(held, ["subject", "body"])
    held.subject, held.body = subject_of(points)[:LONGEST_SUBJECT], body_of(points)[:LONGEST_BODY]
    save_next(held, by=by)
    keep_way_back(held, before, by=by)
    return held


@transaction.atomic
def take_back_draft(*, by: User, recap: Recap, version: int) -> Recap:
    """Puts back the words that the draft of `version` replaced. Raises `RefusedError`, `StaleError`."""
    return put_back(recap, by=by, version=version)


@transaction.atomic
def mark_sent(*, by: User, review: Review, subject: str, body: str, version: int | None = None) -> Recap:
    """It went out with these words, and from now on it stays as it is. Raises as `write_recap` does."""
    held = locked(write_recap(by=by, review=review, subject=subject, body=body, version=version))
    held.sent_at, held.sent_by = clock.now(), by
    return save_next(held, by=by)


@transaction.atomic
def send_recap(*, by: User, review: Review, subject: str, body: str, version: int | None = None) -> Recap:
    """Puts it into the outbox, approved, for each contact who took part; from now on it stays as it is.

    To guests, who are no contacts, it has to be sent otherwise. Raises as `write_recap` does, and `RefusedError` where
    nobody can be written to.
    """
    sent = mark_sent(by=by, review=review, subject=subject, body=body, version=version)
    mails = put_letters(
        [
            Letter(
                key=f"recap:{review.pk}:{contact.pk}:{sent.version}",
                contact=contact,
                cause=Mail.Cause.RECAP,
                subject=sent.subject,
                text=letter_of(sent.body, by.name),
                by_itself=False,
                due_at=clock.now(),
                sender_id=by.pk,
                origin=origin_of(review),
            )
            for contact in contacts_of(customers_of(review))
        ],
        by=by,
    )
    drafts = {mail.pk: mail.version for mail in mails if mail.state == Mail.State.DRAFT}
    if not drafts:
        raise RefusedError(mails[0].because if mails else "Nobody who took part is a contact with an e-mail address.")
    decide(by=by, verb=Verb.APPROVE, versions=drafts)
    return sent


def origin_of(review: Review) -> str:
    """By which e-mails name the review that they are about."""
    return f"review:{review.pk}"


@transaction.atomic
def take_back_sent(*, by: User, recap: Recap) -> Recap:
    """It did not go out after all: what waits in the outbox is cancelled. Raises `RefusedError` where it was not sent,
    and where it has reached somebody."""
    held = locked(recap)
    if held.sent_at is None:
        raise RefusedError("It was not sent.")
    mails = Mail.objects.filter(cause=Mail.Cause.RECAP, origin=origin_of(held.review)).select_for_update(of=("self",))
    there = list(mails.order_by("pk"))
    if any(mail.state in (Mail.State.SENDING, Mail.State.SENT) for mail in there):
        raise RefusedError("It has gone out to the customer already.")
    if waiting := {mail.pk: mail.version for mail in there if mail.is_open}:
        decide(by=by, verb=Verb.CANCEL, versions=waiting)
    held.sent_at = held.sent_by = None
    return save_next(held, by=by)


def _must_be_held(review: Review) -> None:
    if not review.is_held:
        raise RefusedError("Hold the review first: its recap tells what came of it.")
