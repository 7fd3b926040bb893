"""Every sender of the product, one by one: none reaches who unsubscribed, nor an address that nothing is sent to.

There are two doors: `put_letters` is the way into the outbox, `hand_over` the way to a mail server. Whoever goes
through one of them stands here with what makes it send; one that is new fails the first test until it does.
"""

import ast
from collections.abc import Callable
from contextlib import suppress as suppress_error

import pytest
from django.core import mail as server

from accounts.domain.approving_mail import Verb
from accounts.domain.letters import Wording
from accounts.models import Contact, Mail, MailRules, Notification, Suppression, User
from accounts.registries import Start
from accounts.services.approving_mail import decide
from accounts.services.composing import message_of
from accounts.services.handing_over import Outcome, hand_over, mail_server
from accounts.services.mail_templates import send_test
from accounts.services.mailing import send_digests, send_messages
from accounts.services.sending_mail import send_mails
from accounts.services.sequencing import start
from accounts.services.suppressing import suppress, unsubscribe_contact, unsubscribe_receiver
from accounts.services.task_letters import TaskLetter, put_task_letters
from accounts.services.writing_mail import Words, write_mail
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from health.queries.survey_causes import Cause
from health.services.surveying import ask_causes
from qbr.models import Review
from qbr.services.asking import ask_after_reviews
from qbr.services.recapping import send_recap
from tests.architecture.sources import PACKAGES, named, python_files
from tests.factories import (
    AttendeeFactory,
    ContactFactory,
    MailFactory,
    NotificationFactory,
    ReviewFactory,
    SequenceFactory,
    SequenceStepFactory,
    SurveyFactory,
    TaskFactory,
    UserFactory,
    days_ago,
)

ADDRESS = "ana@customer.example.com"
DOORS = {
    "put_letters": "accounts.services.outbox",
    "hand_over": "accounts.services.handing_over",
}


def message(person: Contact) -> None:
    """An alert for a user, at once."""
    state = Notification.Email.PENDING
    NotificationFactory(user=_user(), email_state=state, email_due_at=clock.now(), account=person.account)
    send_messages()


def digest(person: Contact) -> None:
    """What a user is told once a day."""
    NotificationFactory(user=_user(), email_state=Notification.Email.DIGEST, account=person.account)
    send_digests()


def look(person: Contact) -> None:
    """A template that its writer sends to themselves."""
    send_test(by=_user(), subject="A look at it", body="Hello", account=person.account)


def outbox(person: Contact) -> None:
    """What waits in the outbox, however it came there."""
    MailFactory(account=person.account, contact=person, state=Mail.State.QUEUED)
    send_mails()


def by_hand(person: Contact) -> None:
    """A CSM writes to a contact."""
    write_mail(by=UserFactory(), contact=person, words=Words("Hello", "How are things?"), send=True)
    _send_all()


def of_a_task(person: Contact) -> None:
    """A step of a playbook or of a timeline of a renewal, whose task a CSM does."""
    task = TaskFactory(account=person.account)
    put_task_letters([TaskLetter(task, Mail.Cause.PLAYBOOK, person.pk, Wording("Hello", "How are things?"))])
    _send_all()


def sequence(person: Contact) -> None:
    """A sequence that writes by itself."""
    made = SequenceFactory(by_itself=True)
    SequenceStepFactory(sequence=made)
    start([Start(person.account_id, person.pk, "test", clock.today())], sequence=made)
    _send_all()


def survey(person: Contact) -> None:
    """A customer is asked something."""
    asked = SurveyFactory(needs_days=0, needs_active_days=0)
    ask_causes(survey=asked, causes=[Cause(person, "test")], now=clock.now())
    _send_all()


def recap(person: Contact) -> None:
    """What was agreed in a review, for those who took part."""
    review = _held_review(person)
    send_recap(by=UserFactory(), review=review, subject="What we agreed", body="We agreed.", version=0)
    _send_all()


def review_survey(person: Contact) -> None:
    """Those who took part in a review are asked how it was."""
    SurveyFactory(kind="review", needs_days=0, needs_active_days=0)
    _held_review(person)
    ask_after_reviews(now=clock.now())
    _send_all()


SENDERS: dict[str, Callable[[Contact], None]] = {
    "accounts/services/mailing.py::send_messages": message,
    "accounts/services/mailing.py::send_digests": digest,
    "accounts/services/mail_templates.py::send_test": look,
    "accounts/services/sending_mail.py::send_mails": outbox,
    "accounts/services/writing_mail.py::write_mail": by_hand,
    "accounts/services/task_letters.py::put_task_letters": of_a_task,
    "accounts/services/sequence_advancing.py::_carry_out": sequence,
    "health/services/surveying.py::put_asks": survey,
    "qbr/services/recapping.py::send_recap": recap,
    "qbr/services/asking.py::ask_after_reviews": review_survey,
}


def by_link(person: Contact) -> None:
    """The person clicks in an e-mail that they had."""
    unsubscribe_receiver(mail=MailFactory(account=person.account, contact=person, as_sent=True))


def told_to_us(person: Contact) -> None:
    """The person says so to their CSM."""
    unsubscribe_contact(contact=person, note="On the phone", by=UserFactory())


def listed(reason: Suppression.Reason) -> Callable[[Contact], None]:
    """The address is put on the list, by a mail server or an admin, written in another way than the contact has it."""

    def put_on_the_list(person: Contact) -> None:
        suppress(address=person.email.upper(), reason=reason)

    return put_on_the_list


WAYS: dict[str, Callable[[Contact], None]] = {
    "by link": by_link,
    "told to us": told_to_us,
    **{reason.value: listed(reason) for reason in Suppression.Reason},
}


@pytest.fixture
def ana() -> Contact:
    contact = ContactFactory(email=ADDRESS, name="Ana Costa")
    # Who writes at night, or more than twice in a week, waits; that is not what is asked here.
    MailRules.objects.create(pk=1, quiet_from=None, quiet_to=None, quiet_weekends=False)
    return contact


def _held_review(person: Contact) -> Review:
    review = ReviewFactory(account=person.account, status=Review.Status.HELD, held_at=days_ago(1))
    AttendeeFactory(review=review, contact=person, attended=True)
    return review


def _user() -> User:
    """Somebody of ours at the address in question."""
    return UserFactory(email=ADDRESS, digest_hour=0, email_delivery=User.Delivery.IMMEDIATE)


def _send_all() -> None:
    """Approves what waits to be read, and sends what is due once its grace is over."""
    drafts = {one.pk: one.version for one in Mail.objects.drafts()}
    if drafts:
        decide(by=UserFactory(), verb=Verb.APPROVE, versions=drafts)
    Mail.objects.filter(state=Mail.State.QUEUED).update(due_at=clock.now())
    send_mails()


def _sent() -> list[str]:
    return [address for one in server.outbox for address in one.to if ADDRESS in address.lower()]


def test_every_way_to_a_customer_or_a_mail_server_is_known_here():
    found = set()
    for path in python_files(*PACKAGES):
        tree = ast.parse(path.read_text())
        doors = {
            alias.asname or alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
            if DOORS.get(alias.name) == node.module
        }
        whole = {
            alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
            if f"{node.module}.{alias.name}" in DOORS.values()
        }
        assert not whole, f"{named(path)} imports {whole} as a whole; import the function, so that it is seen here."
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and _calls(node) & doors:
                found.add(named(path, node))
    assert found == set(SENDERS)


def _calls(function: ast.FunctionDef) -> set[str]:
    calls = (node.func for node in ast.walk(function) if isinstance(node, ast.Call))
    return {called.id for called in calls if isinstance(called, ast.Name)}


def test_nothing_else_speaks_to_a_mail_server():
    """Others put e-mails together and take what providers tell; how to reach a server is known to one module."""
    speak = ("django.core.mail", "smtplib", "anymail")
    found: dict[str, set[str]] = {}
    for path in python_files(*PACKAGES):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names = {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                names = {f"{node.module}.{alias.name}" for alias in node.names}
            else:
                continue
            if spoken := {name for name in names if name.startswith(speak)}:
                found.setdefault(named(path), set()).update(spoken)
    del found["accounts/services/handing_over.py"]
    hooks = found.pop("accounts/views/mail_hooks.py")
    assert all(
        name.startswith(("anymail.exceptions.", "anymail.inbound.", "anymail.signals.", "anymail.utils."))
        for name in hooks
    )
    assert {name for names in found.values() for name in names} == {"django.core.mail.EmailMultiAlternatives"}


@pytest.mark.django_db
@pytest.mark.parametrize("sender", sorted(SENDERS))
def test_a_sender_reaches_whom_it_may(sender: str, ana: Contact):
    """Without this, one that sends nothing at all would pass below."""
    SENDERS[sender](ana)
    assert len(_sent()) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("way", sorted(WAYS))
@pytest.mark.parametrize("sender", sorted(SENDERS))
def test_no_sender_reaches_who_wants_no_more_or_where_nothing_is_sent(sender: str, way: str, ana: Contact):
    WAYS[way](ana)
    ana.refresh_from_db()
    before = Mail.objects.filter(state=Mail.State.SENT).count()
    with suppress_error(RefusedError):  # a person who writes is told so at once
        SENDERS[sender](ana)
    assert _sent() == []
    assert Mail.objects.filter(state=Mail.State.SENT).count() == before


@pytest.mark.django_db
@pytest.mark.parametrize("reason", Suppression.Reason)
@pytest.mark.parametrize("field", ["to", "cc", "bcc"])
def test_the_last_look_is_at_the_door_itself(reason: Suppression.Reason, field: str, ana: Contact):
    """Somebody may unsubscribe between being chosen and the e-mail going out."""
    suppress(address=ana.email, reason=reason)
    letter = message_of(MailFactory(account=ana.account, contact=ana))
    letter.to, letter.cc, letter.bcc = [], [], []
    setattr(letter, field, [f"Ana Costa <{ana.email.upper()}>"])
    with mail_server() as open_server:
        assert hand_over(letter, open_server)[0] is Outcome.SUPPRESSED
    assert server.outbox == []
