"""Templates of e-mails, sequences of them, and who is in one."""

import factory

from accounts.models import Enrolment, EnrolmentStep, Mail, MailTemplate, Sequence, SequenceStep, Suppression
from cs_workspace.common import clock
from tests.factories.accounts import AccountFactory, ContactFactory
from tests.factories.common import Factory


class MailTemplateFactory(Factory):
    class Meta:
        model = MailTemplate

    key = factory.Sequence(lambda n: f"template-{n}")
    name = factory.Sequence(lambda n: f"Template {n}")
    subject = "{account.name} and us"
    body = "Hello {contact.first_name},\n\nhow are things at {account.name}?"


class SequenceFactory(Factory):
    """A sequence that is switched on and has no steps; give it some by `SequenceStepFactory`."""

    class Meta:
        model = Sequence

    key = factory.Sequence(lambda n: f"sequence-{n}")
    name = factory.Sequence(lambda n: f"Sequence {n}")
    active_since = factory.LazyFunction(clock.now)
    stops_on = factory.LazyFunction(lambda: list(Sequence.StopsOn.values))


class SequenceStepFactory(Factory):
    """An e-mail on the first day; `as_task=True` is a task for the CSM."""

    class Meta:
        model = SequenceStep

    class Params:
        as_task = factory.Trait(kind=SequenceStep.Kind.TASK, template=None, title="Call {contact.name}")

    sequence = factory.SubFactory(SequenceFactory)
    key = factory.Sequence(lambda n: f"step-{n}")
    offset_days = 0
    template = factory.SubFactory(MailTemplateFactory)


class EnrolmentFactory(Factory):
    class Meta:
        model = Enrolment

    sequence = factory.SubFactory(SequenceFactory)
    account = factory.SubFactory(AccountFactory)
    contact = factory.SubFactory(ContactFactory, account=factory.SelfAttribute("..account"))
    cause_key = factory.Sequence(lambda n: f"test:{n}")
    anchor_on = factory.LazyFunction(clock.today)
    by_itself = False
    next_on = factory.LazyFunction(clock.today)
    started_at = factory.LazyFunction(clock.now)


class EnrolmentStepFactory(Factory):
    class Meta:
        model = EnrolmentStep

    enrolment = factory.SubFactory(EnrolmentFactory)
    step = factory.SubFactory(SequenceStepFactory)
    outcome = EnrolmentStep.Outcome.WRITTEN
    at = factory.LazyFunction(clock.now)


class MailFactory(Factory):
    """A draft; `as_sent=True` went out now."""

    class Meta:
        model = Mail

    class Params:
        as_sent = factory.Trait(state=Mail.State.SENT, sent_at=factory.LazyFunction(clock.now))

    key = factory.Sequence(lambda n: f"mail:{n}")
    account = factory.SubFactory(AccountFactory)
    contact = factory.SubFactory(ContactFactory, account=factory.SelfAttribute("..account"))
    address = factory.LazyAttribute(lambda mail: (mail.contact and mail.contact.email) or "ana@customer.example.com")
    receiver = factory.LazyAttribute(lambda mail: mail.contact.name if mail.contact else "Ana Costa")
    cause = Mail.Cause.BY_HAND
    subject = "How are things?"
    text = "Hello,\n\nhow are things?"
    by_itself = False
    due_at = factory.LazyFunction(clock.now)


class SuppressionFactory(Factory):
    class Meta:
        model = Suppression

    address = factory.Sequence(lambda n: f"nobody-{n}@customer.example.com")
    reason = Suppression.Reason.BOUNCED
    at = factory.LazyFunction(clock.now)
