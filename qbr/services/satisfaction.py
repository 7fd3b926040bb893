"""Asking those who took part how a review was, and keeping what they answer."""

from django.db import transaction

from accounts.models import User
from accounts.services.versions import locked
from accounts.signals import account_observed
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from health.models import SurveyAnswer
from qbr.models import Review, SatisfactionAsk
from qbr.queries.recap import customers_of
from qbr.queries.satisfaction import is_open_ask

LONGEST_COMMENT = 2000


@transaction.atomic
def ask_satisfaction(*, by: User, review: Review) -> list[SatisfactionAsk]:
    """Makes a question for each of the customer's people who took part and was not asked yet; gives the new ones.

    Guests are asked by no link: an answer is of somebody who is known. Raises `RefusedError` before the review was held
    and where none of them took part.
    """
    held = locked(review)
    if not held.is_held:
        raise RefusedError("Hold the review first: nobody can say yet how it was.")
    people = {one.contact_id for one in customers_of(held) if one.contact_id is not None}
    if not people:
        raise RefusedError(
            "Only guests took part, who have no link of their own. Add them to the account’s people first."
        )
    known = set(SatisfactionAsk.objects.filter(review=held).values_list("contact", flat=True))
    now = clock.now()
    return SatisfactionAsk.objects.bulk_create(
        SatisfactionAsk(review=held, contact_id=contact, asked_at=now) for contact in sorted(people - known)
    )


@transaction.atomic
def answer_ask(*, ask: SatisfactionAsk, score: int, comment: str = "") -> SurveyAnswer:
    """Keeps what somebody answers, once, as a survey answer on which the account's score may rest.

    `score` is from 1 to 5. Raises `RefusedError` where it was answered already, or is over.
    """
    held = SatisfactionAsk.objects.select_for_update(of=("self",)).select_related("review__account").get(pk=ask.pk)
    if not is_open_ask(held):
        raise RefusedError("This question was answered already." if held.answered_at else "This question is over.")
    account = held.review.account
    now = clock.now()
    held.answer = SurveyAnswer.objects.create(
        account=account,
        contact_id=held.contact_id,
        kind=SurveyAnswer.Kind.REVIEW,
        score=score,
        comment=comment[:LONGEST_COMMENT],
        at=now,
    )
    held.answered_at = now
    held.save()
    account_observed.send(sender=SurveyAnswer, account_ids=[account.pk])
    return held.answer
