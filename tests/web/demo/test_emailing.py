"""The e-mails of the demo: a sequence under way, with something in every state."""

import datetime as dt

import pytest

from accounts.models import Enrolment, Mail, Touch
from cs_workspace.common import clock
from cs_workspace.web.demo.emailing import email_book
from health.models import FeatureMonth
from tests import factories as make
from tests.factories import day

pytestmark = pytest.mark.django_db


def test_a_sequence_has_drafts_answers_a_bounce_and_a_pause():
    make.UserFactory(as_admin=True)
    owner, product = make.UserFactory(), make.ProductFactory()
    feature = make.FeatureFactory(product=product)
    for _ in range(16):
        account = make.AccountFactory(owner=owner, stage="adopting", customer_since=day(-400), owner_since=day(-400))
        make.ContactFactory(account=account, roles=["champion"])
        for days in (0, 16):
            seen = clock.today() - dt.timedelta(days=days)
            month, bits = seen.replace(day=1), 1 << (seen.day - 1)
            if not FeatureMonth.objects.filter(account=account, month=month).exists():
                make.FeatureMonthFactory(account=account, feature=feature, month=month, days=bits)
    email_book(day(0), at_moment=clock.set_to)
    assert Enrolment.objects.count() == 16
    states = set(Mail.objects.values_list("state", flat=True))
    assert states == {"draft", "sent"}
    assert Mail.objects.exclude(replied_at=None).count() == 2
    assert Mail.objects.exclude(bounced_at=None).count() == 1
    assert Enrolment.objects.exclude(paused_at=None).count() == 1
    assert set(Enrolment.objects.values_list("stopped_because", flat=True)) == {"", "reply", "bounce"}
    assert Touch.objects.filter(kind="email", direction="in").count() == 2


def test_a_company_that_uses_everything_is_written_nothing():
    make.UserFactory(as_admin=True)
    email_book(day(0), at_moment=clock.set_to)
    assert not Mail.objects.exists()
