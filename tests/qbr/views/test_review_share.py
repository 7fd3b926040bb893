"""The link by which the customer sees what was agreed and ticks what is theirs."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.queries.share_links import token_of, url_of
from cs_workspace.common import clock
from qbr.models import ReviewShare
from qbr.services.actions import share_actions
from tests.cast import logged_in
from tests.factories import ContactFactory
from tests.factories.reviews import ActionItemFactory, ReviewFactory, ReviewGoalFactory, ReviewNoteFactory

pytestmark = pytest.mark.django_db

DIALOG = {"HX-Request": "true", "HX-Target": "dialog"}


@pytest.fixture
def review(cast):
    return ReviewFactory(account=cast.account, owner=cast.owner, status="held")


@pytest.fixture
def share(cast, review):
    return share_actions(by=cast.owner, review=review, days=30)


def tick(share, action, verb="done"):
    return Client().post(url_of(share), {"action": getattr(action, "pk", action), "verb": verb})


def test_the_customer_sees_what_was_agreed_and_nothing_of_ours(cast, review, share):
    cast.account.health_reason, cast.account.arr = "usage fell by half", 184_321
    cast.account.save()
    ReviewNoteFactory(review=review, text="They are unhappy")
    ReviewNoteFactory(review=review, text="Finance joins in May", kind="decision")
    ReviewGoalFactory(review=review)
    ActionItemFactory(review=review, title="Send the guide", user=cast.owner)
    ActionItemFactory(review=review, title="Given up", archived_at=clock.now())
    ActionItemFactory(review=review, title="Name the people", side="customer")
    response = Client().get(url_of(share))
    page = response.content.decode()
    for words in (
        "Halden Logistics", "Finance joins in May", "Hours of a closing from 40 to 20 h", "Send the guide",
        "Name the people",
    ):  # fmt: skip
        assert words in page, words
    for words in ("They are unhappy", "usage fell", "184,321", "Given up"):
        assert words not in page, words
    assert page.count('name="verb"') == 1
    assert response["X-Robots-Tag"] == "noindex, nofollow, noarchive"


def test_they_tick_what_is_theirs_and_take_it_back(cast, review, share):
    kim = ContactFactory(account=cast.account, name="Kim Roth")
    action = ActionItemFactory(review=review, side="customer", contact=kim)
    answer = tick(share, action)
    assert (answer.status_code, answer["Location"]) == (302, url_of(share))
    action.refresh_from_db()
    assert (action.done_by, action.done_at is None) == ("Kim Roth", False)
    assert 'value="open"' in Client().get(url_of(share)).content.decode()
    tick(share, action, "open")
    action.refresh_from_db()
    assert action.done_at is None


def test_ticked_twice_is_told_and_changes_nothing(review, share):
    action = ActionItemFactory(review=review, side="customer")
    tick(share, action)
    client = Client()
    page = client.post(url_of(share), {"action": action.pk, "verb": "done"}, follow=True)
    assert "said already that it is done" in page.content.decode()


@pytest.mark.parametrize("key", ["", "x", "-1", "9" * 30, "٣", "999999"])
def test_an_action_that_is_none_is_not_found(share, key):
    assert tick(share, key).status_code == 404


def test_actions_of_ours_and_of_others_are_not_found(cast, review, share):
    other = ActionItemFactory(review=ReviewFactory(account=cast.strangers, status="held"), side="customer")
    for action in (ActionItemFactory(review=review), other):
        assert tick(share, action).status_code == 404
    theirs = ActionItemFactory(review=review, side="customer")
    assert tick(share, theirs, "delete").status_code == 404


def test_expired_revoked_taken_back_and_tampered_links_open_nothing(review, share):
    assert Client().get(url_of(share)).status_code == 200
    for token in (token_of(share)[:-1], "x", token_of(share).replace(".", "")):
        assert Client().get(reverse("qbr:shared-actions", args=[token])).status_code == 404
    review.status, review.held_at = "due", None
    review.save()
    over = Client().get(url_of(share))
    assert (over.status_code, "This link is over" in over.content.decode()) == (410, True)
    review.status, review.held_at = "held", clock.now()
    review.save()
    for field in ("revoked_at", "expires_at"):
        ReviewShare.objects.filter(pk=share.pk).update(
            created_at=share.created_at.replace(year=2020), **{field: clock.now()}
        )
        assert Client().get(url_of(share)).status_code == 410
        assert tick(share, 1).status_code == 410


def test_views_of_the_customer_are_counted_and_ours_are_not(cast, share):
    Client().get(url_of(share))
    logged_in(cast.owner).get(url_of(share))
    Client().head(url_of(share))
    share.refresh_from_db()
    assert share.views == 1


def dialog(review, user, method="get", **fields):
    return getattr(logged_in(user), method)(reverse("qbr:review-share", args=[review.pk]), fields, headers=DIALOG)


def test_a_link_is_made_shown_and_revoked(cast, review):
    assert "Make a link" in dialog(review, cast.owner).content.decode()
    made = dialog(review, cast.owner, "post", days="30")
    share = ReviewShare.objects.get()
    assert f"http://testserver{url_of(share)}" in made.content.decode()
    revoke = reverse("qbr:review-share-revoke", args=[share.pk])
    for user, status in ((cast.outsider, 404), (cast.read_only, 403)):
        assert logged_in(user).post(revoke).status_code == status
        assert dialog(review, user, "post", days="30").status_code == status
    assert logged_in(cast.owner).get(revoke).status_code == 405
    back = logged_in(cast.manager).post(revoke)
    assert back["Location"] == reverse("qbr:follow-up", args=[review.pk])
    assert Client().get(url_of(share)).status_code == 410


def test_the_page_takes_as_many_queries_for_many_as_for_one(cast, review, share, django_assert_num_queries):
    for count in (1, 8):
        for _ in range(count):
            ActionItemFactory(review=review, user=cast.owner)
            ActionItemFactory(review=review, side="customer")
            ReviewNoteFactory(review=review, kind="decision")
            ReviewGoalFactory(review=review)
        with django_assert_num_queries(7):
            Client().get(url_of(share))
