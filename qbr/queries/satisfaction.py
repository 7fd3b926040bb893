"""The question how a review was: its addresses, and who has answered."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db.models import QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.urls import reverse

from cs_workspace.common import clock
from health.domain.surveys import Asked as SurveyAsked
from health.models import Survey, SurveyAnswer
from qbr.domain.following import mailto
from qbr.models import Review, SatisfactionAsk
from qbr.queries.recap import customers_of


@dataclass(frozen=True)
class Wording:
    """What the survey of reviews says, as admins word it: the subject of the e-mail, what it says first, and the two
    questions that e-mail and page ask."""

    subject: str
    intro: str
    question: str
    reason_question: str


@dataclass(frozen=True)
class AskRow:
    """Somebody who was asked: the page where they answer, and an address that opens a mail with it, empty without an
    e-mail address."""

    ask: SatisfactionAsk
    address: str
    mail: str


@dataclass(frozen=True)
class Asked:
    """Who was asked; `has_others` says that somebody else took part."""

    rows: Sequence[AskRow]
    has_others: bool

    @property
    def answered(self) -> Sequence[AskRow]:
        """Those who have."""
        return [row for row in self.rows if row.ask.answer is not None]

    @property
    def mean(self) -> float | None:
        """Of the answers, from 1 to 5; None without one."""
        scores = [row.ask.answer.score for row in self.rows if row.ask.answer is not None]
        return sum(scores) / len(scores) if scores else None


SIGNER = Signer(salt="qbr.satisfaction", sep=".")
# After that nobody remembers how it was.
OPEN_FOR = dt.timedelta(days=30)


def token_of_ask(ask: SatisfactionAsk) -> str:
    """The key with its signature, as the address holds it: what stands in the database alone opens nothing."""
    return SIGNER.sign(ask.key.hex)


def address_of_ask(ask: SatisfactionAsk) -> str:
    """The whole address of the page on which somebody answers."""
    return f"{settings.SITE_URL.rstrip('/')}{reverse('qbr:satisfaction', args=[token_of_ask(ask)])}"


def ask_of(token: str) -> SatisfactionAsk | None:
    """The question of an address, also one that is over; None for an address that we did not make. One query."""
    try:
        key = UUID(hex=SIGNER.unsign(token))
    except (BadSignature, ValueError):
        return None
    around = ("review__account__owner", "contact", "answer")
    return with_wording(SatisfactionAsk.objects.select_related(*around)).filter(key=key).first()


def with_wording(asks: QuerySet[SatisfactionAsk]) -> QuerySet[SatisfactionAsk]:
    """Questions with the words in which they are asked now, as `wording_of` reads them."""
    # There is one survey of each kind, switched on or not; nobody can delete it.
    survey = Survey.objects.filter(kind=SurveyAnswer.Kind.REVIEW).order_by()
    names = [field.name for field in fields(Wording)]
    return asks.annotate(wording=Subquery(survey.values(data=JSONObject(**{name: name for name in names}))[:1]))


def wording_of(ask: SatisfactionAsk) -> Wording:
    """The words of a question that was read `with_wording`. No query."""
    return Wording(**ask.wording)  # type: ignore[attr-defined]  # annotated


def asked_about_reviews(contact_ids: Collection[int], since: dt.datetime) -> dict[int, list[SurveyAsked]]:
    """By contact when they were asked how a review was: surveys leave them alone for a while after it. One query."""
    found: dict[int, list[SurveyAsked]] = defaultdict(list)
    asks = SatisfactionAsk.objects.filter(contact__in=contact_ids, asked_at__gte=since)
    for contact, at in asks.values_list("contact", "asked_at"):
        found[contact].append(SurveyAsked(SurveyAnswer.Kind.REVIEW, at))
    return found


def is_open_ask(ask: SatisfactionAsk) -> bool:
    """Whether it can still be answered: not answered, not too old, of an account that is there and a review that was
    held."""
    recent = clock.now() - ask.asked_at <= OPEN_FOR
    return ask.answered_at is None and recent and ask.review.account.archived_at is None and ask.review.is_held


def asked_of(review: Review) -> Asked:
    """Who was asked, with their addresses and answers, and whether somebody who took part was not. Two queries."""
    found = SatisfactionAsk.objects.filter(review=review).select_related("contact", "answer")
    asks = list(with_wording(found).order_by("pk"))
    came = {one.contact_id for one in customers_of(review) if one.contact_id is not None}
    rows = [AskRow(ask, address_of_ask(ask), mail_of(ask)) for ask in asks]
    return Asked(rows, bool(came - {ask.contact_id for ask in asks}))


def mail_of(ask: SatisfactionAsk) -> str:
    """An address that opens a mail with the link in it, in the words of the survey; empty where nobody knows where it
    would go to."""
    if not ask.contact.email:
        return ""
    wording = wording_of(ask)
    body = f"Hello {ask.contact},\n\n{wording.intro}\n\n{wording.question}\n\n{address_of_ask(ask)}\n"
    return mailto([ask.contact.email], wording.subject, body)
