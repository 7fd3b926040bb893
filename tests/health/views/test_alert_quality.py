from html import unescape

import pytest

from health.models import AlertRule
from tests.cast import logged_in
from tests.factories import AlertFactory, day

pytestmark = pytest.mark.django_db


def test_the_page_shows_shares_with_their_numbers_and_unknown_as_unknown(cast):
    rule = AlertRule.objects.get(key="score-drop")
    AlertFactory(account=cast.account, rule=rule, resolved=True, acted=True, opened_on=day(-1))
    page = unescape(logged_in(cast.manager).get("/alerts/quality/").content.decode())
    assert "100 % <small>of 1 closed" in page
    assert "none is 90 days old" in page
    assert "Sudden drop" in page
    assert "unknown" in page
    assert "says nothing of health" in page
    assert "Tune the rules" not in page


def test_the_inbox_gets_the_totals_alone(cast):
    response = logged_in(cast.manager).get(
        "/alerts/quality/", headers={"HX-Request": "true", "HX-Target": "alert-quality"}
    )
    assert b"<html" not in response.content
    assert b"none closed yet" in response.content


def test_only_looking_is_possible(cast):
    assert logged_in(cast.manager).post("/alerts/quality/").status_code == 405
