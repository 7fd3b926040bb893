"""What the database holds of churn records and closings."""

import pytest
from django.db import IntegrityError, transaction

from cs_workspace.common import clock
from renewals.models import ChurnRecord, Closing
from tests.factories import AccountFactory, UserFactory
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
    [{"category": "value"}, {"sub_reason": "bugs"}, {"preventable": "yes"}, {"category": "weather"}],
)
def test_a_reason_stands_in_its_category(record, fields):
    with refused("churn_record_reason_of_category"), transaction.atomic():
        ChurnRecord.objects.update(**fields)


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
