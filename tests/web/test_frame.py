"""What every page has: the login, counts, scheme, settings, and manners towards HTMX."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from accounts.queries.share_links import token_of
from tests.cast import Cast
from tests.factories import PASSWORD, OnboardingShareFactory, UserFactory

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def test_a_user_logs_in_by_e_mail_whatever_its_case(client: Client) -> None:
    UserFactory(email="mara@example.com")
    response = client.post(reverse("login"), {"username": "MARA@example.com", "password": PASSWORD})
    assert response.headers["Location"] == reverse("today")


def test_a_wrong_password_is_refused_and_the_address_is_kept(client: Client) -> None:
    user = UserFactory()
    response = client.post(reverse("login"), {"username": user.email, "password": "wrong"})
    assert "No active user has this address and password." in response.content.decode()
    assert user.email in response.content.decode()


def test_a_user_who_was_switched_off_stays_out(client: Client) -> None:
    user = UserFactory(is_active=False)
    response = client.post(reverse("login"), {"username": user.email, "password": PASSWORD})
    assert response.status_code == 200
    assert "_auth_user_id" not in client.session


def test_the_login_does_not_send_anybody_elsewhere(client: Client) -> None:
    user = UserFactory()
    data = {"username": user.email, "password": PASSWORD, "next": "https://evil.example/"}
    assert client.post(reverse("login"), data).headers["Location"] == reverse("today")


def test_an_expired_session_in_an_htmx_call_leads_to_the_login_and_back_to_the_page(client: Client) -> None:
    response = client.get(
        reverse("nav-counts"), headers=HTMX | {"HX-Current-URL": "http://testserver/accounts/?tier=4&q=a"}
    )
    assert response.headers["HX-Redirect"] == "/login/?expired=1&next=/accounts/%3Ftier%3D4%26q%3Da"
    assert "Your session ended" in client.get(response.headers["HX-Redirect"]).content.decode()


def test_a_form_without_a_session_leads_back_to_the_page_on_which_it_stood(client: Client) -> None:
    page = {"Referer": "http://testserver/tasks/?group=open"}
    response = client.post(reverse("accounts:task-done", args=[1]), headers=page)
    assert response.headers["Location"] == "/login/?expired=1&next=/tasks/%3Fgroup%3Dopen"
    elsewhere = client.post(reverse("accounts:task-done", args=[1]), headers={"Referer": "https://evil.example/x"})
    assert elsewhere.headers["Location"] == "/login/?expired=1&next=/"


def test_a_page_that_is_older_than_the_login_says_so_when_its_form_is_sent(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    url = reverse("accounts:task-new")
    ended = client.post(url, {"title": "Call"}, headers={"Referer": "http://testserver/tasks/"})
    assert ended.headers["Location"] == "/login/?expired=1&next=/tasks/"
    in_place = client.post(url, {"title": "Call"}, headers=HTMX | {"HX-Current-URL": "http://testserver/tasks/"})
    assert in_place.headers["HX-Redirect"] == "/login/?expired=1&next=/tasks/"
    client.force_login(cast.owner)
    refused = client.post(url, {"title": "Call"})
    assert refused.status_code == 403
    assert "older than your login" in refused.headers["X-Reason"]
    assert refused.headers["X-Reason"] in refused.content.decode()


def test_who_needs_no_login_is_not_sent_there_by_a_form_that_does_not_fit(cast: Cast) -> None:
    share = OnboardingShareFactory(account=cast.account)
    client = Client(enforce_csrf_checks=True)
    url = reverse("accounts:shared-onboarding", args=[token_of(share)])
    assert client.post(url, {"verb": "done", "step": "1"}).status_code == 403
    assert client.post(reverse("login"), {"username": "a", "password": "b"}).status_code == 403


def test_the_scheme_is_kept_in_a_cookie_and_painted_at_once(client: Client, cast: Cast) -> None:
    client.force_login(cast.owner)
    client.post(reverse("theme"), {"theme": "dark", "next": reverse("settings")})
    assert 'data-theme="dark"' in client.get(reverse("settings")).content.decode()


def test_a_scheme_that_does_not_exist_changes_nothing(client: Client) -> None:
    response = client.post(reverse("theme"), {"theme": "pink", "next": "//evil.example"})
    assert response.headers["Location"] == reverse("today")
    assert "theme" not in response.cookies


def test_users_set_their_zone_and_e_mail(client: Client, cast: Cast) -> None:
    client.force_login(cast.read_only)
    hours = {"digest_hour": "9", "quiet_from": "20:00", "quiet_to": "08:00", "quiet_weekends": "on"}
    data = {"time_zone": "Europe/Berlin", "email_delivery": "digest", **hours}
    assert client.post(reverse("settings"), data).status_code == 302
    cast.read_only.refresh_from_db()
    assert (cast.read_only.time_zone, cast.read_only.email_delivery) == ("Europe/Berlin", "digest")
    assert (cast.read_only.quiet_from, cast.read_only.quiet_to) == (dt.time(20), dt.time(8))
    assert (cast.read_only.quiet_weekends, cast.read_only.quiet_lets_critical) == (True, False)
    assert 'value="20:00"' in client.get(reverse("settings")).content.decode()


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"quiet_from": "20:00"}, "quiet_to", "until when"),
        ({"quiet_to": "20:00"}, "quiet_from", "from when"),
        ({"quiet_from": "20:00", "quiet_to": "20:00"}, "quiet_to", "another time"),
        ({"quiet_from": "20:00", "quiet_to": "09:00"}, "digest_hour", "within your quiet hours"),
        ({"quiet_from": "25:00", "quiet_to": "x"}, "quiet_from", "valid time"),
        ({"digest_hour": "24"}, "digest_hour", "valid choice"),
    ],
)
def test_hours_without_sense_are_refused_by_the_field(client: Client, cast: Cast, given, field, words) -> None:
    client.force_login(cast.owner)
    data = {"time_zone": "UTC", "email_delivery": "digest", "digest_hour": "7"} | given
    response = client.post(reverse("settings"), data)
    assert response.status_code == 422
    assert words in " ".join(response.context["form"].errors[field])


def test_a_zone_that_does_not_exist_is_refused_by_the_field(client: Client, cast: Cast) -> None:
    client.force_login(cast.owner)
    data = {"time_zone": "Mars/Base", "email_delivery": "digest", "digest_hour": "7"}
    response = client.post(reverse("settings"), data)
    assert response.status_code == 422
    assert "time_zone" in response.context["form"].errors


def test_no_page_allows_a_script_or_style_in_place(client: Client, cast: Cast) -> None:
    client.force_login(cast.owner)
    policy = client.get(reverse("settings")).headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'self'" in policy


def test_pages_and_fragments_are_cached_apart(client: Client, cast: Cast) -> None:
    client.force_login(cast.owner)
    vary = client.get(reverse("palette")).headers["Vary"]
    assert {"HX-Request", "HX-Target", "HX-Boosted"} <= {name.strip() for name in vary.split(",")}


def test_what_is_not_there_says_so(client: Client, cast: Cast) -> None:
    client.force_login(cast.owner)
    response = client.get("/no/such/page/")
    assert response.status_code == 404
    assert "There is nothing here, or it is not yours to see." in response.content.decode()
