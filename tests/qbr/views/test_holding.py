"""The form that holds a review."""

import datetime as dt

import pytest
from django.urls import reverse

from cs_workspace.common import clock
from qbr.models import Review
from tests.cast import logged_in
from tests.factories import ContactFactory
from tests.factories.reviews import AttendeeFactory, ReviewFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def review(cast):
    one = ReviewFactory(account=cast.account, status="ready", starts_at=clock.now() - dt.timedelta(hours=1))
    AttendeeFactory(review=one, contact=ContactFactory(account=cast.account, name="Kim Roth", title="CFO"))
    AttendeeFactory(review=one, user=cast.owner)
    return one


def url(review, name="hold"):
    return reverse(f"qbr:{name}", args=[review.pk])


def hold(user, review, attended=None, **fields):
    came = [one.pk for one in review.attendees.all()] if attended is None else attended
    return logged_in(user).post(url(review), {"attended": came, "version": review.version} | fields)


def test_all_who_were_invited_are_ticked_at_first(cast, review):
    page = logged_in(cast.owner).get(url(review)).content.decode()
    assert page.count("checked") == 2
    assert "Kim Roth (CFO)" in page


def test_it_is_held_and_leads_to_its_follow_up(cast, review):
    answer = hold(cast.owner, review)
    assert (answer.status_code, answer["Location"]) == (302, reverse("qbr:follow-up", args=[review.pk]))
    review.refresh_from_db()
    assert review.status == "held"
    page = logged_in(cast.owner).get(answer["Location"])
    assert page.status_code == 200


def test_it_is_taken_back_from_the_toast(cast, review):
    hold(cast.owner, review)
    review.refresh_from_db()
    undo = f"{url(review, 'undo-holding')}?version={review.version}"
    assert logged_in(cast.owner).post(undo).status_code == 302
    review.refresh_from_db()
    assert review.status == "ready"
    assert logged_in(cast.owner).post(undo, headers={"HX-Request": "true"}).status_code == 409


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"attended": []}, 422, "who of the customer took part"),
        ({"attended": ["x"]}, 422, "Select a valid choice"),
        ({"attended": [999_999]}, 422, "Select a valid choice"),
        ({"version": 7}, 409, "Nothing is saved yet"),
    ],
)
def test_what_cannot_be_is_told_and_what_was_ticked_stays(cast, review, fields, status, words):
    answer = hold(cast.owner, review, **fields)
    assert (answer.status_code, words in answer.content.decode()) == (status, True)
    assert Review.objects.get(pk=review.pk).status == "ready"


def test_after_a_conflict_the_next_try_holds_it(cast, review):
    text = hold(cast.owner, review, version=7).content.decode()
    assert f'name="version" value="{review.version}"' in text
    assert text.count("checked") == 2


def test_what_has_not_begun_says_so_on_the_button(cast, review):
    Review.objects.filter(pk=review.pk).update(starts_at=clock.now() + dt.timedelta(days=1))
    client = logged_in(cast.owner)
    assert "has not begun yet" in client.get(url(review)).content.decode()
    assert 'type="submit" disabled' in client.get(url(review, "notes")).content.decode()


def test_outsiders_readers_and_wrong_methods(cast, review):
    for name in ("hold", "undo-holding"):
        assert logged_in(cast.outsider).post(url(review, name)).status_code == 404
        assert logged_in(cast.read_only).post(url(review, name)).status_code == 403
    assert logged_in(cast.owner).get(url(review, "undo-holding")).status_code == 405
