"""The demo's way in and its way out: logins by one click, and a start with one's own data."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import Account, User
from cs_workspace.common import clock
from cs_workspace.web.demo import LOGINS, PASSWORD
from cs_workspace.web.demo.leaving import start_own_data
from cs_workspace.web.models import Workspace
from tests.cast import Cast, logged_in
from tests.factories import AccountFactory, UserFactory

pytestmark = pytest.mark.django_db

URL = "/settings/own-data/"
IDENTITY = {"name": "Nora Own", "email": "nora@own.example", "password": "a pass phrase of her own"}


@pytest.fixture
def demo() -> Workspace:
    workspace = Workspace(pk=1)
    workspace.note_demo(at=clock.now(), seed=7, accounts=1, as_of=clock.today())
    workspace.save()
    AccountFactory(source="demo", owner=None)
    return workspace


@pytest.fixture
def sami(demo: Workspace) -> User:
    return UserFactory(name="Sami Laine", email="sami.laine@northwind.example", as_admin=True)


def confirmed(**changed: str) -> dict[str, Any]:
    return {"workspace": settings.WORKSPACE_NAME} | IDENTITY | changed


@pytest.mark.usefixtures("demo")
def test_the_login_of_the_demo_names_its_users_and_one_click_is_enough(client: Client) -> None:
    UserFactory(email=LOGINS[0].email, password=PASSWORD)
    page = client.get(reverse("login"))
    assert page.context["demo_logins"] == LOGINS
    for login in LOGINS:
        assert login.name in page.content.decode()
    answer = client.post(reverse("login"), {"username": LOGINS[0].email, "password": PASSWORD, "next": "/settings/"})
    assert answer.headers["Location"] == "/settings/"


def test_the_login_of_a_workspace_with_own_data_says_nothing_of_the_demo(client: Client) -> None:
    page = client.get(reverse("login")).content.decode()
    assert PASSWORD not in page
    assert "demo" not in page.lower()


def test_an_admin_of_the_demo_empties_it_and_goes_on_as_who_they_are(sami: User) -> None:
    colleague = UserFactory(email="mara.ilves@northwind.example")
    client = logged_in(sami)
    assert "Remove the demo company" in client.get(URL).content.decode()
    answer = client.post(URL, confirmed())
    assert answer.headers["Location"] == URL
    assert not Account.objects.exists()
    assert not User.objects.filter(pk=colleague.pk).exists()
    sami.refresh_from_db()
    assert (sami.name, sami.email) == (IDENTITY["name"], IDENTITY["email"])
    assert sami.check_password(IDENTITY["password"])
    assert not Workspace.current().is_demo
    page = client.get(URL)
    assert page.status_code == 200
    assert "import_data" in page.content.decode()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"workspace": "Northwind"}, "This is not the name of the workspace"),
        ({"workspace": ""}, "This field is required"),
        ({"email": "me@northwind.example"}, "The demo’s addresses go with it"),
        ({"email": "me"}, "valid email address"),
        ({"password": "short"}, "too short"),
        ({"name": ""}, "This field is required"),
    ],
)
def test_what_is_typed_wrong_is_told_by_its_field_and_nothing_is_removed(
    sami: User, wrong: dict[str, str], message: str
) -> None:
    answer = logged_in(sami).post(URL, confirmed(**wrong))
    assert answer.status_code == 422
    assert message.replace("’", "&#x27;") in answer.content.decode() or message in answer.content.decode()
    if "name" not in wrong:
        assert IDENTITY["name"] in answer.content.decode()
    assert Account.objects.count() == 1


def test_an_address_that_another_user_has_is_refused(sami: User) -> None:
    UserFactory(email="nora@own.example")
    assert "Another user has this address" in logged_in(sami).post(URL, confirmed()).content.decode()


@pytest.mark.usefixtures("demo")
def test_an_admin_who_did_not_come_with_the_demo_only_confirms(cast: Cast) -> None:
    Account.objects.exclude(source="demo").delete()
    client = logged_in(cast.admin)
    assert set(client.get(URL).context["form"].fields) == {"workspace"}
    assert client.post(URL, {"workspace": settings.WORKSPACE_NAME.upper()}).status_code == 302
    cast.admin.refresh_from_db()
    assert cast.admin.name == "Aki Admin"


@pytest.mark.usefixtures("demo")
def test_where_own_customers_came_in_nothing_is_removed_and_it_says_so(cast: Cast) -> None:
    answer = logged_in(cast.admin).post(URL, {"workspace": settings.WORKSPACE_NAME})
    assert answer.status_code == 422
    assert "holds 2 accounts that did not come with the demo; nothing was removed" in answer.content.decode()


@pytest.mark.usefixtures("demo")
def test_nobody_else_may_and_nobody_else_sees_the_way(cast: Cast) -> None:
    reader = UserFactory(as_admin=True, read_only=True)
    for user in (cast.owner, cast.manager, cast.executive, cast.ae, cast.read_only, reader):
        client = logged_in(user)
        assert client.get(URL).status_code == 403
        assert client.post(URL, confirmed()).status_code == 403
        assert URL not in client.get(reverse("settings")).content.decode()
    assert URL in logged_in(cast.admin).get(reverse("settings")).content.decode()
    assert logged_in(cast.admin).put(URL).status_code == 405


def test_the_settings_of_a_workspace_with_own_data_do_not_speak_of_the_demo(cast: Cast) -> None:
    assert URL not in logged_in(cast.admin).get(reverse("settings")).content.decode()


def test_a_user_of_the_demo_cannot_stay_with_its_password(sami: User) -> None:
    with pytest.raises(ValueError, match="identity of their own"):
        start_own_data(by=sami, identity=None)
