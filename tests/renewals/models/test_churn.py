"""What the database holds of churn records and closings."""

import pytest
from django.db import IntegrityError, transaction

from cs_workspace.common import clock
from renewals.models import ChurnRecord, Closing, LostProduct
from tests.factories import AccountFactory, ChurnRecordFactory, ExitInterviewFactory, UserFactory, day
from tests.renewals.services.closings import close, lost, to_close

pytestmark = pytest.mark.django_db


@pytest.fixture
def record(db):
    renewal = to_close(AccountFactory(owner=UserFactory()))
    close(renewal, lost(renewal))
    return ChurnRecord.objects.get()


def refused(name):
    return pytest.raises(IntegrityError, match=name)


def test_a_renewal_has_one_record_that_counts(record):
    record.pk = None
    with refused("churn_record_once_a_renewal"), transaction.atomic():
        record.save(force_insert=True)
    record.withdrawn_at = clock.now()
    record.save(force_insert=True)


@pytest.mark.parametrize(
    "fields",
    [{"category": "value"}, {"sub_reason": "bugs"}, {"category": "weather"}],
)
def test_a_reason_stands_in_its_category(record, fields):
    with refused("churn_record_reason_of_category"), transaction.atomic():
        ChurnRecord.objects.update(**fields)


def test_how_preventable_it_was_may_be_judged_otherwise_than_the_category_but_not_anyhow(record):
    ChurnRecord.objects.update(preventable="yes")
    with refused("churn_record_preventable_is_known"), transaction.atomic():
        ChurnRecord.objects.update(preventable="maybe")


def test_an_account_is_lost_once_a_day_where_no_renewal_tells_it():
    one = ChurnRecordFactory()
    with refused("churn_record_once_a_day"), transaction.atomic():
        ChurnRecordFactory(account=one.account)
    ChurnRecordFactory(account=one.account, day=day(-31))
    ChurnRecordFactory(account=one.account, withdrawn_at=clock.now())


def test_what_is_not_worth_being_won_back_is_so_for_a_reason(record):
    with refused("churn_record_not_eligible_has_reason"), transaction.atomic():
        ChurnRecord.objects.update(eligible=False)
    ChurnRecord.objects.update(eligible=False, eligible_reason="Bankrupt.")


def test_those_worth_winning_back_are_lost_accounts_that_somebody_would_have_back():
    lost = {"status": "churned", "stage": "churned", "churned_on": day(-30)}
    worth = ChurnRecordFactory(account=AccountFactory(**lost))
    ChurnRecordFactory(account=AccountFactory())
    ChurnRecordFactory(account=AccountFactory(**lost), lost_account=False)
    ChurnRecordFactory(account=AccountFactory(**lost), withdrawn_at=clock.now())
    ChurnRecordFactory(account=AccountFactory(**lost), eligible=False, eligible_reason="Bankrupt.")
    ChurnRecordFactory(account=AccountFactory(**lost, archived_at=clock.now()))
    assert list(ChurnRecord.objects.win_back_candidates()) == [worth]


def test_an_interview_has_questions_and_there_is_one_a_record():
    held = ExitInterviewFactory()
    with refused("exit_interview_has_answers"), transaction.atomic():
        ExitInterviewFactory(answers=[])
    with pytest.raises(IntegrityError, match="record_id"), transaction.atomic():
        ExitInterviewFactory(record=held.record)


def test_a_product_is_given_up_once_and_by_something(record):
    (given_up,) = record.products.all()
    with refused("lost_product_once"), transaction.atomic():
        LostProduct.objects.create(record=record, product=given_up.product, arr_lost=1)
    with refused("lost_product_arr_not_negative"), transaction.atomic():
        LostProduct.objects.update(arr_lost=-1)


def test_nothing_negative_is_lost(record):
    with refused("churn_record_arr_not_negative"), transaction.atomic():
        ChurnRecord.objects.update(arr_lost=-1)


def test_a_renewal_has_one_closing_that_stands(record):
    closing = Closing.objects.get()
    closing.pk = None
    with refused("closing_one_standing"), transaction.atomic():
        closing.save(force_insert=True)
    closing.taken_back_at = clock.now()
    closing.save(force_insert=True)


def test_records_are_seen_by_those_who_see_the_account(record, cast):
    assert list(ChurnRecord.objects.visible_to(record.account.owner)) == [record]
    assert list(ChurnRecord.objects.visible_to(cast.outsider)) == []
