"""What customers wrote, and who was asked and has not answered."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from accounts.models import Account, User
from accounts.models.account import of_visible_accounts
from cs_workspace.common import clock
from cs_workspace.common.paging import CountedPaginator
from health.domain.surveys import AnswerClass, class_labels, class_of, scale_of
from health.models import Survey, SurveyAnswer, SurveyAsk, SurveyReply
from health.queries.survey_results import answers_of, in_segment, of_class

PAGE = 25
AT_ONCE = 1000
ON_PANEL = 5


@dataclass(frozen=True)
class ResultsFilter:
    """Which answers are shown: of a kind, a segment by its key, a class (`all` for any), with a text."""

    kind: str = "nps"
    segment: str = ""
    said: str = "all"
    q: str = ""


@dataclass(frozen=True)
class Answer:
    """One answer with its class and what was said beside it."""

    answer: SurveyAnswer
    found: AnswerClass
    replies: list[SurveyReply]
    ask: SurveyAsk | None

    @property
    def most(self) -> int:
        """The highest score of its scale."""
        return scale_of(self.answer.kind)[-1]

    @property
    def label(self) -> str:
        """What its class is called, of one."""
        return class_labels(self.answer.kind)[self.found].removesuffix("s")

    @classmethod
    def of(cls, answer: SurveyAnswer) -> "Answer":
        """An answer with what was said beside it, which is read where it was not fetched with it."""
        ask = getattr(answer, "survey_ask", None)
        replies = list(ask.replies.all()) if ask else []
        return cls(answer, class_of(answer.kind, answer.score), replies, ask)


@dataclass(frozen=True)
class AccountSurveys:
    """What an account was asked and answered lately; `waiting` are asks that can still be answered."""

    answers: list[Answer]
    waiting: list[SurveyAsk]


def counts_by_class(user: User, wanted: ResultsFilter) -> dict[str, int]:
    """How many answers each class has, under the other filters; `all` of them. One query."""
    classes = {str(one): Count("pk", filter=of_class(wanted.kind, one)) for one in AnswerClass}
    return _matching(user, wanted).aggregate(all=Count("pk"), **classes)


def answers_page(user: User, wanted: ResultsFilter, count: int, number: str) -> Page:
    """A page of answers, the newest first, as `Answer`. Two queries."""
    page = CountedPaginator(_shown(user, wanted), PAGE, count=count).get_page(number)
    page.object_list = [Answer.of(one) for one in page.object_list]
    return page


def all_answers(user: User, wanted: ResultsFilter) -> Iterator[Answer]:
    """Every answer that the filters let through, the newest first; memory does not grow with them."""
    return (Answer.of(one) for one in _shown(user, wanted).iterator(chunk_size=AT_ONCE))


def unanswered_page(user: User, kind: str, number: str) -> Page:
    """Those who were reached and have not answered, the newest first. Two queries."""
    asks = SurveyAsk.objects.reached().filter(of_visible_accounts(user), answered_at=None, survey__kind=kind)
    around = ("survey", "account__owner", "contact", "mail")
    return Paginator(asks.select_related(*around).order_by("-asked_at", "-pk"), PAGE).get_page(number)


def surveys_of(account: Account) -> AccountSurveys:
    """The latest answers of an account and what it was asked that waits for an answer. Three queries."""
    answers = _with_replies(SurveyAnswer.objects.filter(account=account).order_by("-at", "-pk"))[:ON_PANEL]
    waiting = SurveyAsk.objects.filter(account=account).waiting(now=clock.now()).counting()
    return AccountSurveys(
        answers=[Answer.of(one) for one in answers],
        waiting=list(waiting.select_related("survey", "contact", "mail").order_by("-asked_at", "-pk")[:ON_PANEL]),
    )


def kinds_in_use(user: User) -> list[tuple[str, str]]:
    """Kinds that are switched on, or of which there are answers, with their names. One query."""
    found = SurveyAnswer.objects.filter(of_visible_accounts(user), kind=OuterRef("kind"))
    shown = Survey.objects.filter(~Q(active_since=None) | Exists(found))
    return list(shown.values_list("kind", "name"))


def _shown(user: User, wanted: ResultsFilter) -> QuerySet[SurveyAnswer]:
    answers = _matching(user, wanted)
    if wanted.said != "all":
        answers = answers.filter(of_class(wanted.kind, AnswerClass(wanted.said)))
    return _with_replies(answers.order_by("-at", "-pk"))


def _matching(user: User, wanted: ResultsFilter) -> QuerySet[SurveyAnswer]:
    answers = answers_of(user, wanted.kind).filter(in_segment(wanted.segment))
    if not wanted.q:
        return answers
    said = SurveyReply.objects.filter(ask=OuterRef("survey_ask"), text__icontains=wanted.q)
    named = Q(account__name__icontains=wanted.q) | Q(contact__name__icontains=wanted.q)
    return answers.filter(Q(comment__icontains=wanted.q) | named | Exists(said))


def _with_replies(answers: QuerySet[SurveyAnswer]) -> QuerySet[SurveyAnswer]:
    replies = Prefetch("survey_ask__replies", SurveyReply.objects.order_by("place"))
    return answers.select_related("account__owner", "account__segment", "contact", "survey_ask").prefetch_related(
        replies
    )
