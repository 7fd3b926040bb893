"""What a contract may say, whoever writes it."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from tests.factories import ContractFactory

pytestmark = pytest.mark.django_db

TOO_LONG = 2_000_000


def test_notice_that_leads_out_of_the_calendar_is_refused_with_the_limit():
    contract = ContractFactory()
    contract.notice_days = TOO_LONG
    with pytest.raises(ValidationError) as refused:
        contract.full_clean()
    assert refused.value.message_dict == {"notice_days": ["Ensure this value is less than or equal to 3650."]}


def test_the_database_holds_it_against_whoever_does_not_ask():
    contract = ContractFactory()
    with pytest.raises(IntegrityError, match="contract_notice_within_ten_years"), transaction.atomic():
        type(contract).objects.filter(pk=contract.pk).update(notice_days=TOO_LONG)
    ContractFactory(notice_days=3_650)
