"""The renewals app: churn records and exit interviews."""

from decimal import Decimal

import factory

from cs_workspace.common import clock
from renewals.models import ChurnRecord, ExitInterview
from tests.factories.accounts import AccountFactory
from tests.factories.common import Factory, day


class ChurnRecordFactory(Factory):
    """The loss of an account a month ago for its price, written down afterwards."""

    class Meta:
        model = ChurnRecord

    account = factory.SubFactory(AccountFactory)
    day = factory.LazyFunction(lambda: day(-30))
    arr_lost = Decimal("24000.00")
    lost_account = True
    category = "financial"
    sub_reason = "price"
    preventable = "sometimes"
    settled_on = factory.LazyFunction(clock.today)


class ExitInterviewFactory(Factory):
    """One question, answered on the day before yesterday."""

    class Meta:
        model = ExitInterview

    record = factory.SubFactory(ChurnRecordFactory)
    held_on = factory.LazyFunction(lambda: day(-2))
    answers = factory.LazyFunction(lambda: [{"question": "Why do you leave?", "answer": "It was too dear."}])
