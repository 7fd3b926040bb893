"""Why customers of the demo left."""

import pytest

from accounts.models import Account
from cs_workspace.common import clock
from cs_workspace.web.demo.explaining import LEFT_OUT, explain_losses
from cs_workspace.web.demo.parting import CONTRACTIONS, STORIES
from renewals.domain.churn import category_of
from renewals.domain.exit_interviews import questions_for
from renewals.models import ChurnRecord, ExitInterview
from renewals.services.ledger import write_ledger
from tests.factories import AccountFactory, ContactFactory, ContractFactory, UserFactory, day

pytestmark = pytest.mark.django_db


def left(ago):
    """An account with one contract, over for so many days."""
    account = AccountFactory(owner=UserFactory(), status="churned", stage="churned", churned_on=day(-ago))
    ContractFactory(account=account, start=day(-ago - 200), end=day(-ago), with_line=1000)
    ContactFactory(account=account)
    return account


@pytest.fixture
def losses(db):
    UserFactory(as_executive=True)
    for ago in range(100, 100 - 2 * LEFT_OUT, -1):
        left(ago)
    grown = AccountFactory(owner=UserFactory())
    ContractFactory(account=grown, start=day(-300), end=day(300), with_line=2000)
    ContractFactory(account=grown, start=day(-300), end=day(-50), with_line=500)
    write_ledger(today=day(0))


def test_most_losses_get_a_reason_and_some_are_left_to_ask_about(losses):
    explain_losses(day(0), at_moment=clock.set_to)
    told = ChurnRecord.objects.of_lost_accounts().count()
    assert told == Account.objects.filter(status="churned").count() - 2
    assert ChurnRecord.objects.filter(lost_account=False).count() == 1
    assert 0 < ExitInterview.objects.count() < told
    assert ChurnRecord.objects.exclude(lessons="").exists()


def test_they_were_written_down_in_the_days_after_the_loss(losses):
    explain_losses(day(0), at_moment=clock.set_to)
    days = {(clock.day_of(one.created_at) - one.day).days for one in ChurnRecord.objects.all()}
    assert days == {3}


def test_a_company_that_lost_nobody_has_nothing_to_explain():
    explain_losses(day(0), at_moment=clock.set_to)
    assert not ChurnRecord.objects.exists()


@pytest.mark.parametrize("story", [*STORIES, *CONTRACTIONS], ids=lambda story: story.sub_reason.value)
def test_who_was_asked_answered_each_question_of_the_reason(story):
    assert len(story.answers) in (0, len(questions_for(category_of(story.sub_reason))))
