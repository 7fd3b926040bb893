from typing import Any

import pytest

from accounts.models import DefaultView, SavedView
from tests.cast import Cast, logged_in
from tests.factories import SavedViewFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Target": "dialog"}
NEW = "/accounts/views/new/"


def form(**fields: Any) -> dict[str, Any]:
    return {"name": "Pilots", "sharing": "private", "state": "tag=pilot&sort=-arr&col=arr"} | fields


def test_the_dialog_carries_the_present_state(cast: Cast):
    content = logged_in(cast.owner).get(f"{NEW}?tag=pilot&sort=-arr", headers=HTMX).content.decode()
    assert 'name="state" value="tag=pilot&amp;sort=-arr"' in content
    assert "<html" not in content
    assert b"<html" in logged_in(cast.owner).get(NEW).content


def test_a_view_is_kept_and_shown(cast: Cast):
    response = logged_in(cast.owner).post(NEW, form(is_default="on"))
    view = SavedView.objects.get()
    assert (view.owner, view.name, view.query, view.columns) == (cast.owner, "Pilots", "tag=pilot&sort=-arr", ["arr"])
    assert response["Location"] == f"/accounts/?tag=pilot&sort=-arr&col=arr&view={view.pk}"
    assert DefaultView.objects.get().view == view


def test_with_htmx_the_browser_is_led_to_it(cast: Cast):
    response = logged_in(cast.owner).post(NEW, form(), headers=HTMX)
    assert response["HX-Redirect"].startswith("/accounts/?tag=pilot")


def test_what_is_wrong_in_the_state_is_not_kept(cast: Cast):
    logged_in(cast.owner).post(NEW, form(state="tier=9&renewal=soon&tag=a&col=colour&page=3"))
    view = SavedView.objects.get()
    assert (view.query, view.columns) == ("tag=a", [])


@pytest.mark.parametrize("fields", [{"name": ""}, {"name": "x" * 61}, {"sharing": "world"}, {"name": "\x00"}])
def test_what_is_wrong_is_said_and_what_was_typed_kept(cast: Cast, fields: dict[str, Any]):
    response = logged_in(cast.owner).post(NEW, form(**fields), headers=HTMX)
    assert response.status_code == 422
    assert 'name="state" value="tag=pilot' in response.content.decode()
    assert not SavedView.objects.exists()


def test_a_name_that_one_has_already_is_refused_at_its_field(cast: Cast):
    SavedViewFactory(owner=cast.owner, name="Pilots")
    response = logged_in(cast.owner).post(NEW, form(), headers=HTMX)
    assert response.status_code == 422
    assert response.context["form"].errors["name"] == ["You have a view called “Pilots” already."]


def test_a_view_is_renamed_shared_and_keeps_its_filters(cast: Cast):
    view = SavedViewFactory(owner=cast.owner, name="Old", query="tier=4")
    logged_in(cast.owner).post(f"/accounts/views/{view.pk}/", form(name="New", sharing="everyone"))
    view.refresh_from_db()
    assert (view.name, view.sharing, view.query) == ("New", "everyone", "tier=4")


def test_a_view_takes_over_the_present_state_when_that_is_ticked(cast: Cast):
    view = SavedViewFactory(owner=cast.owner, query="tier=4")
    logged_in(cast.owner).post(f"/accounts/views/{view.pk}/", form(restate="on"))
    view.refresh_from_db()
    assert (view.query, view.columns) == ("tag=pilot&sort=-arr", ["arr"])


def test_a_view_is_deleted_and_brought_back(cast: Cast):
    view, client = SavedViewFactory(owner=cast.owner, name="Mine"), logged_in(cast.owner)
    client.post(f"/accounts/views/{view.pk}/delete/")
    assert "Mine" not in [one.name for one in client.get("/accounts/").context["views"]]
    assert client.get(f"/accounts/views/{view.pk}/").status_code == 404
    client.post(f"/accounts/views/{view.pk}/restore/")
    assert "Mine" in [one.name for one in client.get("/accounts/").context["views"]]


def test_a_view_whose_name_was_given_away_does_not_come_back(cast: Cast):
    view, client = SavedViewFactory(owner=cast.owner, name="Mine"), logged_in(cast.owner)
    client.post(f"/accounts/views/{view.pk}/delete/")
    SavedViewFactory(owner=cast.owner, name="Mine")
    client.post(f"/accounts/views/{view.pk}/restore/")
    view.refresh_from_db()
    assert view.archived_at is not None


@pytest.mark.parametrize("part", ["", "delete/", "restore/"])
def test_other_peoples_views_are_not_found_even_if_they_are_shared(cast: Cast, part: str):
    view = SavedViewFactory(owner=cast.manager, sharing="everyone")
    assert logged_in(cast.owner).post(f"/accounts/views/{view.pk}/{part}", form()).status_code == 404


@pytest.mark.parametrize("part", ["new/", "{pk}/", "{pk}/delete/", "{pk}/restore/"])
def test_read_only_users_keep_no_views(cast: Cast, part: str):
    view = SavedViewFactory(owner=cast.read_only)
    url = f"/accounts/views/{part.format(pk=view.pk)}"
    assert logged_in(cast.read_only).post(url, form()).status_code == 403


@pytest.mark.parametrize("part", ["delete/", "restore/"])
def test_a_link_alone_changes_nothing(cast: Cast, part: str):
    view = SavedViewFactory(owner=cast.owner)
    assert logged_in(cast.owner).get(f"/accounts/views/{view.pk}/{part}").status_code == 405


@pytest.mark.parametrize(
    ("sharing", "seen_by"),
    [
        ("private", {"manager"}),
        ("team", {"manager", "owner", "team_mate", "executive"}),
        ("everyone", {"manager", "owner", "team_mate", "outsider", "executive"}),
    ],
)
def test_a_view_is_offered_to_those_it_is_shared_with(cast: Cast, sharing: str, seen_by: set[str]):
    SavedViewFactory(owner=cast.manager, name="Shared", sharing=sharing)
    for who in ("manager", "owner", "team_mate", "outsider", "executive"):
        views = [one.name for one in logged_in(getattr(cast, who)).get("/accounts/").context["views"]]
        assert ("Shared" in views) is (who in seen_by), who
