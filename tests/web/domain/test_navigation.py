"""In which groups the navigation lists what, and where in it a path belongs."""

import pytest

from cs_workspace.web.domain.navigation import GROUPS, Group, Page, page_of

PAGES = [Page("today", ""), Page("tasks", ""), Page("renewals", ""), Page("approvals", "")]
URLS = {"today": "/", "tasks": "/tasks/", "renewals": "/renewals/", "approvals": "/renewals/approvals/"}


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("/", "today"),
        ("/tasks/", "tasks"),
        ("/tasks/7/", "tasks"),
        ("/renewals/table/", "renewals"),
        ("/renewals/approvals/", "approvals"),
        ("/renewals/approvals/3/", "approvals"),
        ("/settings/", ""),
        ("/task", ""),
    ],
)
def test_a_path_belongs_to_the_page_that_it_lies_deepest_below(path: str, where: str) -> None:
    assert page_of(path, URLS, PAGES) == where


def test_a_page_below_one_that_is_not_listed_belongs_to_the_next_one_above() -> None:
    assert page_of("/renewals/approvals/", URLS, PAGES[:3]) == "renewals"


def test_every_page_is_listed_once() -> None:
    names = [page.url_name for group in GROUPS for page in group.pages]
    assert len(names) == len(set(names))


def test_groups_are_short_and_begin_with_those_that_are_never_folded() -> None:
    assert all(len(group.pages) <= 6 for group in GROUPS)
    assert [bool(group.key) for group in GROUPS] == [False, False, True, True, True, True, True]


def test_a_key_is_fit_for_a_cookie_and_an_address() -> None:
    assert Group((), label="Health model").key == "health-model"
    assert Group(()).key == ""
