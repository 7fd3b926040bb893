"""Surveys, who was asked, and what they said beside the score."""

import datetime as dt
from typing import Any

import factory

from health.models import Survey, SurveyAsk, SurveyQuestion, SurveyReply
from tests.factories.accounts import AccountFactory, ContactFactory
from tests.factories.common import Factory, days_ago
from tests.factories.mail import MailFactory


class SurveyFactory(Factory):
    """The survey of a kind, which is there already, in the words of here and switched on a year ago."""

    class Meta:
        model = Survey

    @classmethod
    def _create(cls, model_class: type[Survey], *args: Any, **fields: Any) -> Survey:
        return model_class.objects.update_or_create(kind=fields.pop("kind"), defaults=fields)[0]

    kind = "nps"
    name = factory.LazyAttribute(lambda survey: f"Survey {survey.kind}")
    subject = "One question"
    intro = "We ask you one thing."
    question = "How likely are you to recommend us?"
    reason_question = "Why?"
    active_since = factory.LazyFunction(lambda: days_ago(365))


class SurveyQuestionFactory(Factory):
    class Meta:
        model = SurveyQuestion

    survey = factory.SubFactory(SurveyFactory)
    place = 1
    text = "How ready is your team?"


class SurveyAskFactory(Factory):
    """Asked yesterday, and not answered; `sent=True` is one whose e-mail reached the person."""

    class Meta:
        model = SurveyAsk

    class Params:
        sent = factory.Trait(
            mail=factory.SubFactory(
                MailFactory,
                account=factory.SelfAttribute("..account"),
                contact=factory.SelfAttribute("..contact"),
                cause="survey",
                state="sent",
                sent_at=factory.LazyFunction(lambda: days_ago(1)),
            )
        )

    survey = factory.SubFactory(SurveyFactory)
    account = factory.SubFactory(AccountFactory)
    contact = factory.SubFactory(ContactFactory, account=factory.SelfAttribute("..account"))
    cause_key = factory.Sequence(lambda n: f"hand:{n}")
    asked_at = factory.LazyFunction(lambda: days_ago(1))
    expires_at = factory.LazyAttribute(lambda ask: ask.asked_at + dt.timedelta(days=30))


class SurveyReplyFactory(Factory):
    class Meta:
        model = SurveyReply

    ask = factory.SubFactory(SurveyAskFactory)
    place = 1
    question = "How ready is your team?"
    text = "Quite"
