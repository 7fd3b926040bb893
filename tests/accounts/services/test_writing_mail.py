import datetime as dt
from uuid import uuid4

import pytest

from accounts.models import Mail, MailRules
from accounts.services import sending_mail
from accounts.services.approving_mail import take_back
from accounts.services.writing_mail import Words, edit_mail, write_mail
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError, RepeatedError, StaleError
from tests.factories import ContactFactory, MailFactory, UserFactory, days_ago

pytestmark = pytest.mark.django_db
State = Mail.State
WORDS = Words("Your  new\nadmin", "Hello,\n\nwelcome **Ana**.")


@pytest.fixture
def writer():
    return UserFactory()


def test_who_writes_signs_and_sends(writer):
    contact = ContactFactory()
    mail = write_mail(by=writer, contact=contact, words=WORDS, send=True)
    assert (mail.state, mail.sender, mail.approved_by, mail.cause) == (State.QUEUED, writer, writer, "by_hand")
    assert (mail.contact, mail.account, mail.address) == (contact, contact.account, contact.email)
    assert (mail.subject, mail.by_itself) == ("Your new admin", False)


def test_a_draft_waits_for_its_writer(writer):
    mail = write_mail(by=writer, contact=ContactFactory(), words=WORDS, send=False)
    assert mail.state == State.DRAFT
    assert list(Mail.objects.waiting_for(writer, now=clock.now())) == [mail]


def test_what_is_not_to_go_out_before_a_moment_does_not(writer):
    later = clock.now() + dt.timedelta(days=2)
    assert write_mail(by=writer, contact=ContactFactory(), words=Words("S", "T", later), send=True).due_at == later


def test_a_form_that_comes_twice_writes_once(writer):
    contact, key = ContactFactory(), uuid4()
    write_mail(by=writer, contact=contact, words=WORDS, send=True, key=key)
    with pytest.raises(RepeatedError):
        write_mail(by=writer, contact=contact, words=WORDS, send=True, key=key)
    assert Mail.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "because"),
    [
        ({"unsubscribed_at": days_ago(1)}, "unsubscribed"),
        ({"email": ""}, "no e-mail address"),
        ({"gone": True}, "not there any more"),
    ],
)
def test_nothing_is_written_to_whom_nothing_is_sent(writer, fields, because):
    contact, key = ContactFactory(**fields), uuid4()
    for _ in range(2):  # the form may be sent again: nothing was made of it
        with pytest.raises(RefusedError, match=because):
            write_mail(by=writer, contact=contact, words=WORDS, send=True, key=key)
    assert not Mail.objects.exists()


@pytest.mark.parametrize("state", [State.DRAFT, State.QUEUED])
def test_what_waits_can_be_changed_and_the_change_taken_back(writer, state):
    mail = MailFactory(state=state, subject="Before", text="old")
    saved = edit_mail(by=writer, mail=mail, words=Words("After", "new"), version=1)
    assert (saved.subject, saved.text, saved.due_at, saved.state) == ("After", "new", mail.due_at, state)
    take_back(by=writer, versions={saved.pk: saved.version})
    mail.refresh_from_db()
    assert (mail.subject, mail.text, mail.state) == ("Before", "old", state)


def test_a_second_writer_is_told(writer):
    mail = MailFactory()
    edit_mail(by=writer, mail=mail, words=WORDS, version=1)
    with pytest.raises(StaleError):
        edit_mail(by=UserFactory(), mail=mail, words=Words("Mine", "too"), version=1)


def test_what_is_on_its_way_cannot_be_changed(writer):
    mail = MailFactory(state=State.QUEUED, due_at=days_ago(1))
    MailRules.objects.create(pk=1, quiet_from=None, quiet_to=None, quiet_weekends=False)
    sending_mail._take_next(MailRules.current())
    with pytest.raises(RefusedError, match="not waiting any more"):
        edit_mail(by=writer, mail=mail, words=WORDS)


def test_what_the_workspace_made_as_html_is_not_changed_by_hand(writer):
    with pytest.raises(RefusedError, match="made by the workspace"):
        edit_mail(by=writer, mail=MailFactory(html="<p>How likely …</p>"), words=WORDS)
