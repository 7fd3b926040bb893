"""What a person was asked: its address, and whether it can still be answered."""

from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.models import User
from cs_workspace.common import clock
from health.models import SurveyAsk, SurveyQuestion
from health.models.survey import SurveyAskQuerySet

SIGNER = Signer(salt="health.survey", sep=".")


def token_of_survey(ask: SurveyAsk) -> str:
    """The key with its signature, as the address holds it: what stands in the database alone opens nothing."""
    return SIGNER.sign(ask.key.hex)


def address_of_survey(ask: SurveyAsk) -> str:
    """The whole address of the page on which somebody answers."""
    return f"{settings.SITE_URL.rstrip('/')}{reverse('health:survey', args=[token_of_survey(ask)])}"


def survey_of(token: str) -> SurveyAsk | None:
    """What an address asks, also where it is over; None for an address that we did not make. Three queries."""
    try:
        key = UUID(hex=SIGNER.unsign(token))
    except (BadSignature, ValueError):
        return None
    return _with_all().filter(key=key).first()


def get_ask_for(user: User, pk: int) -> SurveyAsk:
    """What was asked of somebody at an account that the user sees; otherwise 404."""
    return get_object_or_404(_with_all().visible_to(user), pk=pk)


def is_open(ask: SurveyAsk) -> bool:
    """Whether its page takes words: within its window, of an account that is kept. A score it takes once."""
    return clock.now() < ask.expires_at and ask.account.archived_at is None


def _with_all() -> SurveyAskQuerySet:
    questions = Prefetch("survey__questions", SurveyQuestion.objects.order_by("place"))
    around = ("survey", "account__owner", "contact", "answer", "mail", "asked_by")
    return SurveyAsk.objects.select_related(*around).prefetch_related(questions, "replies")
