from typing import Any

import pytest
from django.http import Http404

from accounts.models import DefaultView, SavedView
from accounts.queries.book_views import SHIPPED, get_own_view, query_of, views_for
from accounts.services.views import delete_view, edit_view, open_with, restore_view, save_view
from cs_workspace.common.refusals import RefusedError
from tests.cast import Cast
from tests.factories import SavedViewFactory

pytestmark = pytest.mark.django_db


def save(by: Any, name: str = "Mine", **fields: Any) -> SavedView:
    given = {"page": "book", "sharing": "private", "query": "tier=4", "columns": ["arr"], "is_default": False} | fields
    return save_view(by=by, name=name, **given)


def test_a_view_keeps_filters_order_and_columns(cast: Cast):
    view = save(cast.owner, query="tier=4&sort=-arr", columns=["arr", "owner"])
    assert query_of(view) == "tier=4&sort=-arr&col=arr&col=owner"


def test_a_name_is_given_once_by_each_person_and_page(cast: Cast):
    save(cast.owner)
    with pytest.raises(RefusedError, match="You have a view called “Mine” already"):
        save(cast.owner)
    save(cast.team_mate)
    save(cast.owner, page="tasks")


def test_renaming_onto_another_view_is_refused_and_changes_nothing(cast: Cast):
    save(cast.owner, "First")
    second = save(cast.owner, "Second")
    with pytest.raises(RefusedError, match="“First”"):
        edit_view(by=cast.owner, view=second, name="First", sharing="team", is_default=False)
    second.refresh_from_db()
    assert (second.name, second.sharing) == ("Second", "private")


def test_a_page_opens_with_one_view_and_another_takes_its_place(cast: Cast):
    first = save(cast.owner, "First", is_default=True)
    second = save(cast.owner, "Second", is_default=True)
    assert [row.view for row in DefaultView.objects.filter(user=cast.owner)] == [second]
    edit_view(by=cast.owner, view=second, name="Second", sharing="private", is_default=False)
    assert not DefaultView.objects.exists()
    open_with(by=cast.owner, page="book", view=first)
    open_with(by=cast.owner, page="book", view=None)
    assert not DefaultView.objects.exists()


def test_a_view_takes_over_another_state_only_when_that_is_wished(cast: Cast):
    view = save(cast.owner)
    edit_view(by=cast.owner, view=view, name="Mine", sharing="everyone", is_default=False)
    assert (view.query, view.columns) == ("tier=4", ["arr"])
    edit_view(
        by=cast.owner, view=view, name="Mine", sharing="everyone", is_default=False, state=("tier=1", ["owner", "tags"])
    )
    view.refresh_from_db()
    assert (view.query, view.columns) == ("tier=1", ["owner", "tags"])


def test_filters_that_do_not_fit_are_refused(cast: Cast):
    with pytest.raises(RefusedError, match="too long"):
        save(cast.owner, query="q=" + "x" * 2000)


def test_a_deleted_view_comes_back_unless_its_name_is_taken(cast: Cast):
    view = save(cast.owner)
    delete_view(by=cast.owner, view=view)
    assert "Mine" not in [one.name for one in views_for(cast.owner)]
    restore_view(by=cast.owner, view=view)
    assert "Mine" in [one.name for one in views_for(cast.owner)]
    delete_view(by=cast.owner, view=view)
    save(cast.owner)
    with pytest.raises(RefusedError, match="“Mine”"):
        restore_view(by=cast.owner, view=view)


def test_the_picker_shows_those_that_ship_then_ones_own_then_shared_ones(cast: Cast, django_assert_num_queries: Any):
    SavedViewFactory(owner=cast.owner, name="Zebra", sharing="private")
    SavedViewFactory(owner=cast.manager, name="Of the team", sharing="team")
    SavedViewFactory(owner=cast.outsider, name="Of everyone", sharing="everyone")
    SavedViewFactory(owner=cast.outsider, name="Of another team", sharing="team")
    SavedViewFactory(owner=cast.team_mate, name="Private", sharing="private")
    SavedViewFactory(owner=cast.owner, name="Of another page", page="tasks")
    with django_assert_num_queries(1):
        views = [(one.name, one.is_own) for one in views_for(cast.owner)]
    assert views[len(SHIPPED) :] == [("Zebra", True), ("Of everyone", False), ("Of the team", False)]


def test_only_ones_own_view_can_be_changed(cast: Cast):
    shared = SavedViewFactory(owner=cast.manager, sharing="everyone")
    with pytest.raises(Http404):
        get_own_view(cast.owner, shared.pk)
    assert get_own_view(cast.manager, shared.pk) == shared
