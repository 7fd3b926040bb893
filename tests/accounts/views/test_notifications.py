from html import unescape

import pytest

from accounts.models import Notification
from cs_workspace.common import clock
from tests.cast import logged_in
from tests.factories import NotificationFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Target": "rows"}


def text(response) -> str:
    return unescape(response.content.decode())


def told(user, **fields) -> Notification:
    return NotificationFactory(user=user, **fields)


def is_read(notice: Notification) -> bool:
    notice.refresh_from_db()
    return notice.read_at is not None


def test_people_find_what_they_were_told_newest_first_and_nobody_elses(cast):
    told(cast.owner, title="the older", body="Usage trend: usage −38 %", severity=1)
    told(cast.owner, title="the newer")
    told(cast.manager, title="not for her")
    page = text(logged_in(cast.owner).get("/notifications/"))
    assert page.index("the newer") < page.index("the older")
    for words in ("usage −38 %", "Critical", "(unread)", "Mark all as read", "Unread <b>2</b>"):
        assert words in page, words
    assert "not for her" not in page


def test_unread_ones_can_be_had_alone(cast):
    told(cast.owner, title="seen", read_at=clock.now())
    told(cast.owner, title="new")
    page = text(logged_in(cast.owner).get("/notifications/?show=unread", headers=HTMX))
    assert ("new" in page, ">seen<" in page, "<html" in page) == (True, False, False)


def test_empty_lists_say_why(cast):
    client = logged_in(cast.owner)
    assert "Nothing yet" in text(client.get("/notifications/"))
    told(cast.owner, read_at=clock.now())
    assert "All read" in text(client.get("/notifications/?show=unread"))


def test_following_one_is_having_seen_it(cast):
    notice = told(cast.owner, url=f"/accounts/{cast.account.pk}/")
    client = logged_in(cast.owner)
    assert client.head(f"/notifications/{notice.pk}/").status_code == 302
    assert not is_read(notice)
    assert client.get(f"/notifications/{notice.pk}/")["Location"] == f"/accounts/{cast.account.pk}/"
    assert is_read(notice)


@pytest.mark.parametrize("url", ["", "https://evil.example/", "//evil.example/"])
def test_one_that_leads_nowhere_of_ours_leads_to_the_list(cast, url):
    notice = told(cast.owner, url=url)
    assert logged_in(cast.owner).get(f"/notifications/{notice.pk}/")["Location"] == "/notifications/"


def test_reading_can_be_said_and_taken_back_without_opening_it(cast):
    notice = told(cast.owner)
    client = logged_in(cast.owner)
    response = client.post(f"/notifications/{notice.pk}/read/", headers=HTMX)
    assert "notificationsChanged" in response["HX-Trigger"]
    assert is_read(notice)
    assert client.post(f"/notifications/{notice.pk}/unread/")["Location"] == "/notifications/"
    assert not is_read(notice)


def test_all_are_read_at_once_those_of_others_not(cast):
    mine, theirs = told(cast.owner), told(cast.manager)
    client = logged_in(cast.owner)
    assert "1 marked as read" in text(client.post("/notifications/read/", headers=HTMX))
    assert "There was nothing unread" in text(client.post("/notifications/read/", headers=HTMX))
    assert (is_read(mine), is_read(theirs)) == (True, False)


def test_readers_may_mark_their_own_for_that_changes_no_record(cast):
    notice = told(cast.read_only)
    assert logged_in(cast.read_only).post(f"/notifications/{notice.pk}/read/").status_code == 302
    assert is_read(notice)


def test_those_of_others_are_not_found(cast):
    notice = told(cast.owner)
    client = logged_in(cast.manager)
    assert client.get(f"/notifications/{notice.pk}/").status_code == 404
    for verb in ("read", "unread"):
        assert client.post(f"/notifications/{notice.pk}/{verb}/").status_code == 404
    assert not is_read(notice)


def test_wrong_methods_are_refused(cast):
    notice = told(cast.owner)
    client = logged_in(cast.owner)
    assert client.post("/notifications/").status_code == 405
    for path in ("read/", f"{notice.pk}/read/", f"{notice.pk}/unread/"):
        assert client.get(f"/notifications/{path}").status_code == 405


@pytest.mark.parametrize("count", [1, 15])
def test_the_page_costs_the_same_however_many_it_shows(cast, django_assert_num_queries, count):
    for _ in range(count):
        told(cast.owner)
    client = logged_in(cast.owner)
    with django_assert_num_queries(6):
        client.get("/notifications/")
