"""What losses add to the page of an account: entries of its timeline, and its panel."""

import pytest

from accounts.models import Account
from accounts.queries.timeline import timeline_of
from cs_workspace.common import clock
from renewals.queries.losing import MOST_SHOWN, beside_losses, losses_shown
from tests.factories import AccountFactory, ChurnRecordFactory, ExitInterviewFactory, UserFactory, day

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(db):
    return AccountFactory(owner=UserFactory(name="Olga Owner"))


def told(account):
    return [
        (entry.kind, entry.title, entry.by, entry.url)
        for entry in timeline_of(account).entries
        if entry.kind in ("churn_record", "exit_interview")
    ]


def test_a_loss_and_its_interview_stand_in_the_timeline_and_lead_to_the_record(account):
    record = ChurnRecordFactory(account=account, by=account.owner, notes="Too dear.")
    ExitInterviewFactory(record=record, by=account.owner, held_on=day(-3))
    url = f"/churn/{record.pk}/"
    assert told(account) == [
        ("churn_record", "Lost: Price", "Olga Owner", url),
        ("exit_interview", "Exit interview", "Olga Owner", url),
    ]


def test_what_was_withdrawn_is_not_told(account):
    ExitInterviewFactory(record__account=account, record__withdrawn_at=clock.now())
    assert told(account) == []


def shown(account):
    read = Account.objects.annotate(**beside_losses(account.owner)).get(pk=account.pk)
    return losses_shown(read, account.owner)


def test_the_panel_is_empty_for_a_customer_that_gave_nothing_up_lately(account):
    ChurnRecordFactory(account=account, day=day(-400), lost_account=False)
    ChurnRecordFactory(account=account, withdrawn_at=clock.now())
    assert shown(account) is None


def test_the_panel_shows_the_latest_and_those_that_are_still_to_come(account):
    for on in (-300, -20, 9, -40):
        ChurnRecordFactory(account=account, day=day(on), lost_account=False)
    lines = shown(account)["losses"]
    assert [(one.day, one.is_ahead) for one in lines] == [(day(9), True), (day(-20), False), (day(-40), False)]
    assert len(lines) == MOST_SHOWN


@pytest.mark.parametrize("has_record", [True, False])
def test_a_lost_account_asks_why_until_a_record_says_it(account, has_record):
    Account.objects.filter(pk=account.pk).update(status="churned", stage="churned", churned_on=day(-30))
    if has_record:
        ChurnRecordFactory(account=account)
    found = shown(account)
    assert (len(found["losses"]), found["is_untold"]) == (int(has_record), not has_record)


def test_the_panel_asks_the_database_nothing(account, django_assert_num_queries):
    ChurnRecordFactory(account=account)
    read = Account.objects.annotate(**beside_losses(account.owner)).get(pk=account.pk)
    with django_assert_num_queries(0):
        assert losses_shown(read, account.owner)["losses"][0].category == "Financial"
