"""Addresses that ask for what no database takes, and methods that are not meant: an answer, never a failure."""

import pytest
from django.urls import reverse

from tests.cast import Cast, logged_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "parameter", "value"),
    [
        ("accounts:account-options", "account", "a\0b"),
        ("accounts:feature-request-options", "what", "a\0b"),
        ("accounts:feature-request-options", "into", "a\0b"),
        ("accounts:playbooks", "q", "a\0b"),
        ("health:course-options", "course", "a\0b"),
        ("palette", "q", "a\0b"),
        ("accounts:onboarding", "segment", "a\0b"),
        ("health:alerts", "rule", "a\0b"),
        ("accounts:tasks", "account", "a\0b"),
        ("accounts:tasks", "account", "9" * 5000),
        ("accounts:tasks", "account", f"Halden (#{'9' * 5000})"),
    ],
)
def test_what_no_database_takes_is_not_found(name: str, parameter: str, value: str, cast: Cast):
    assert logged_in(cast.owner).get(reverse(name), {parameter: value}).status_code == 200


def test_a_day_before_all_days_is_refused_by_its_field(cast: Cast):
    url = reverse("health:account-history", args=[cast.account.pk])
    response = logged_in(cast.owner).get(url, {"until": "0001-01-01"})
    assert "Give a day between 1970 and 2199." in response.content.decode()


def test_a_ticked_alert_is_named_by_a_number(cast: Cast):
    response = logged_in(cast.owner).post(reverse("health:resolve-alerts"), {"alert": "²"})
    assert response.status_code == 404


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_ones_settings_are_looked_at_and_saved_and_nothing_else(method: str, cast: Cast):
    assert getattr(logged_in(cast.owner), method)(reverse("settings")).status_code == 405
