"""Arrays as PostgreSQL reads them."""

from decimal import Decimal

import pytest
from django.db import connection

from cs_workspace.common.expressions import array, numbers, texts

pytestmark = pytest.mark.django_db


def read(written: str, kind: str) -> list:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT %s::{kind}[]", [written])
        return cursor.fetchone()[0]


def test_numbers_come_back_as_they_are():
    assert read(array([3, 1, 2]), "bigint") == [3, 1, 2]
    assert read(numbers([85.3, None, Decimal("0.025"), 1e-07]), "numeric") == [
        Decimal("85.3"), None, Decimal("0.025"), Decimal("0.0000001"),
    ]  # fmt: skip
    assert read(numbers([]), "integer") == []


@pytest.mark.parametrize(
    "value", ["plain", "", "NULL", "a, b", "{}", 'say "hi"', "C:\\new", "one\ntwo", "Zoë — 猫", "' OR 1=1", "%s"]
)
def test_texts_come_back_as_they_are(value):
    assert read(texts([value, None, "after"]), "text") == [value, None, "after"]
