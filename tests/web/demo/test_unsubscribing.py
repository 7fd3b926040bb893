"""Who wants no more e-mail in the demo: each way once, where there are e-mails."""

import datetime as dt

import pytest

from accounts.models import Contact, Suppression
from cs_workspace.common import clock
from cs_workspace.web.demo import LOGINS
from cs_workspace.web.demo.living import _at_moment
from cs_workspace.web.demo.unsubscribing import unsubscribe_some
from tests.factories import AccountFactory, ContactFactory, MailFactory, UserFactory, day

pytestmark = pytest.mark.django_db


def test_one_unsubscribes_one_complains_and_one_says_so_on_the_phone():
    mara = UserFactory(name=LOGINS[0].name, email=LOGINS[0].email)
    account = AccountFactory(owner=mara)
    ContactFactory(account=account, roles=["champion"])
    ContactFactory(account=account, name="Uwe User")
    for days in (3, 2, 1):
        sent = clock.now() - dt.timedelta(days=days)
        MailFactory(state="sent", sent_at=sent, opened_at=sent)
    unsubscribe_some(day(0), at_moment=_at_moment)
    listed = Suppression.objects.values_list("reason", "by__name")
    assert set(listed) == {("complained", None), ("unsubscribed", None), ("unsubscribed", mara.name)}
    assert Contact.objects.exclude(unsubscribed_at=None).count() == 3
    assert Contact.objects.get(name="Uwe User").unsubscribed_at < clock.now() - dt.timedelta(days=5)


def test_without_people_and_e_mails_nothing_happens():
    unsubscribe_some(day(0), at_moment=_at_moment)
    assert not Suppression.objects.exists()
