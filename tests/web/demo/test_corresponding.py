"""What the CSM of the demo wrote to customers, in every state that the outbox knows how to show."""

import pytest

from accounts.models import Mail, MailEvent, Notification, Suppression, Touch
from accounts.services.sending_mail import send_mails
from cs_workspace.common import clock
from cs_workspace.web.demo import LOGINS
from cs_workspace.web.demo.corresponding import LETTERS, Fate, correspond
from cs_workspace.web.demo.living import _at_moment
from tests.factories import AccountFactory, ContactFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def mara():
    mara = UserFactory(name=LOGINS[0].name, email=LOGINS[0].email)
    for number in range(4):
        account = AccountFactory(owner=mara, external_id=f"{number:03}", source="demo")
        ContactFactory(account=account)
    return mara


def live(seed=7):
    correspond(clock.today(), seed, at_moment=_at_moment)


def test_letters_wait_for_the_csm_and_others_were_answered_or_came_back(mara):
    live()
    waiting = Mail.objects.waiting_for(mara, now=clock.now())
    assert {one.standing for one in waiting} == {"draft", "failed", "unclear"}
    sent = Mail.objects.filter(state=Mail.State.SENT)
    answered = [letter for letter in LETTERS if letter.fate is Fate.ANSWERED]
    assert sent.exclude(replied_at=None).count() == len(answered)
    assert sent.exclude(bounced_at=None).count() == 1
    assert Touch.objects.filter(summary__contains=answered[0].answer).exists()
    assert all(mail.created_at < mail.sent_at < clock.now() for mail in sent)


def test_nothing_leaves_and_no_address_is_closed(mara):
    live()
    assert send_mails().total() == 0
    assert not Suppression.objects.exists()
    assert not Notification.objects.filter(email_state=Notification.Email.PENDING).exists()


def test_the_same_seed_gives_the_same_letters(mara):
    live()
    first = list(Mail.objects.order_by("pk").values_list("token", "subject", "due_at"))
    Mail.objects.all().delete()
    MailEvent.objects.all().delete()
    live()
    assert list(Mail.objects.order_by("pk").values_list("token", "subject", "due_at")) == first


def test_a_company_without_customers_gets_none():
    live()
    assert not Mail.objects.exists()
