"""The navigation: its groups, what waits on its pages, what stands open, and who sees what of it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account, User
from cs_workspace.web.queries.palette import find
from cs_workspace.web.queries.shell import NavGroup
from tests.cast import Cast
from tests.factories import AccountFactory, ApprovalFactory, InterventionFactory, MailFactory, TaskFactory, UserFactory

pytestmark = pytest.mark.django_db

EVERYBODY = {
    "Decisions": ["Approvals", "Disagreements", "Overridden tiers"],
    "Outreach": ["Outbox", "Playbooks", "Sequences", "E-mail templates"],
    "Feedback": ["Surveys", "Feature requests", "Advocates"],
    "Reports": [
        "Forecast", "Retention", "Churn", "Save plan results", "Measures of reviews", "Win-back results"
    ],
}  # fmt: skip
MODEL = ["Metrics", "Alert quality"]


def navigation(user: User, path: str = "/", cookie: str = "") -> list[NavGroup]:
    """The navigation as the user sees it who looks at a path."""
    client = Client()
    client.force_login(user)
    client.cookies["nav"] = cookie
    page = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{path}"}
    groups: list[NavGroup] = client.get(reverse("nav-counts"), headers=page).context["shell"]["nav"]
    return groups


def counts(user: User) -> dict[str, int | None]:
    return {item.label: item.count for group in navigation(user) for item in group.items}


def opened(groups: list[NavGroup]) -> list[str]:
    return [group.label for group in groups if group.label and group.is_open]


def current(groups: list[NavGroup]) -> list[str]:
    return [item.label for group in groups for item in group.items if item.current]


def test_what_everybody_uses_comes_first_and_the_rest_is_folded_by_what_it_is_about(cast: Cast) -> None:
    daily, lifecycle, *folds = navigation(cast.owner)
    assert [item.label for item in daily.items] == ["Today", "Book", "At risk", "Save plans", "Alerts", "Tasks"]
    assert [item.label for item in lifecycle.items] == [
        "Onboarding", "Renewals", "Expansion", "Reviews", "Success plans", "Win-back"
    ]  # fmt: skip
    assert (daily.key, lifecycle.key) == ("", "")
    assert {group.label: [item.label for item in group.items] for group in folds} == EVERYBODY | {"Health model": MODEL}


@pytest.mark.parametrize(
    ("who", "model"),
    [
        ("owner", MODEL),
        ("ae", MODEL),
        ("read_only", MODEL),
        ("manager", MODEL),
        ("executive", [*MODEL, "Customers with a score"]),
        ("admin", ["Scorecards", *MODEL, "Customers with a score", "Churn model"]),
    ],
)
def test_what_a_role_may_not_open_is_not_listed(cast: Cast, who: str, model: list[str]) -> None:
    folds = {group.label: [item.label for item in group.items] for group in navigation(getattr(cast, who))[2:]}
    assert folds == EVERYBODY | {"Health model": model}


def test_the_palette_finds_every_page_of_the_navigation(cast: Cast) -> None:
    for user in cast.insiders:
        found = {(line.label, line.url) for line in find(user, "") if line.kind == "Page"}
        assert {(item.label, item.url) for group in navigation(user) for item in group.items} <= found


def test_the_navigation_counts_what_waits_for_the_user(cast: Cast) -> None:
    TaskFactory(account=cast.account).assignees.add(cast.owner)
    TaskFactory(account=cast.strangers).assignees.add(cast.outsider)
    AccountFactory(owner=cast.owner, health_rank=4, health_score=20)
    InterventionFactory(account=cast.account)
    InterventionFactory(account=cast.strangers)
    counted = {label: count for label, count in counts(cast.owner).items() if count is not None}
    assert counted == {
        "Book": 2, "At risk": 1, "Save plans": 1, "Alerts": 0, "Tasks": 1, "Onboarding": 0, "Renewals": 0, "Reviews": 0,
        "Success plans": 0, "Disagreements": 0, "Outbox": 0,
    }  # fmt: skip


class TestApprovals:
    @pytest.fixture(autouse=True)
    def asked(self, cast: Cast) -> None:
        """A discount that is the manager's to give, and one that takes an executive."""
        for needed in ("0.08", "0.15"):
            ApprovalFactory(proposal__renewal__account=cast.account, author=cast.owner, needed=needed)

    @pytest.mark.parametrize(
        ("who", "count"),
        [("owner", None), ("ae", None), ("read_only", None), ("manager", 1), ("other_manager", 0), ("executive", 2)],
    )
    def test_who_decides_sees_how_many_wait_for_them(self, cast: Cast, who: str, count: int | None) -> None:
        assert counts(getattr(cast, who))["Approvals"] == count

    def test_the_count_is_that_of_the_page(self, cast: Cast, client: Client) -> None:
        finance = UserFactory(manager=cast.manager, approves_discounts=True)
        cast.account.team_members.create(user=finance, role="csm")
        ApprovalFactory(proposal__renewal__account=cast.account, author=cast.owner, part="finance")
        for user, count in ((finance, 1), (cast.manager, 1), (cast.executive, 2), (cast.admin, 0)):
            client.force_login(user)
            shown = {key: size for key, _, size in client.get(reverse("renewals:approvals")).context["shown"]}
            assert (counts(user)["Approvals"], shown["mine"]) == (count, count), user

    def test_who_may_not_change_anything_decides_nothing(self, cast: Cast) -> None:
        reader = UserFactory(as_executive=True, read_only=True, approves_discounts=True)
        assert counts(reader)["Approvals"] is None

    def test_they_take_no_further_query(self, cast: Cast, client: Client, django_assert_num_queries: Any) -> None:
        client.force_login(cast.executive)
        navigation(cast.executive)
        with django_assert_num_queries(3):  # session, user, counts
            client.get(reverse("nav-counts"))


class TestFolding:
    def test_all_groups_are_folded_at_first(self, cast: Cast) -> None:
        assert opened(navigation(cast.owner)) == []

    def test_what_was_opened_stays_open(self, cast: Cast) -> None:
        assert opened(navigation(cast.owner, cookie="reports.health-model")) == ["Reports", "Health model"]

    @pytest.mark.parametrize("cookie", ["nothing.of.ours", "..", "Reports", "icons"])
    def test_what_is_not_a_group_opens_nothing(self, cast: Cast, cookie: str) -> None:
        assert opened(navigation(cast.owner, cookie=cookie)) == []

    @pytest.mark.parametrize(
        ("name", "label", "group"),
        [
            ("accounts:sequences", "Sequences", ["Outreach"]),
            ("renewals:approvals", "Approvals", ["Decisions"]),
            ("health:save-results", "Save plan results", ["Reports"]),
            ("renewals:board", "Renewals", []),
            ("today", "Today", []),
        ],
    )
    def test_the_group_of_the_page_stands_open(self, cast: Cast, name: str, label: str, group: list[str]) -> None:
        groups = navigation(cast.owner, reverse(name))
        assert (current(groups), opened(groups)) == ([label], group)

    def test_a_page_that_is_not_listed_for_somebody_belongs_to_the_one_above(self, cast: Cast) -> None:
        assert current(navigation(cast.owner, reverse("accounts:account", args=[1]))) == ["Book"]
        assert current(navigation(cast.owner, reverse("settings"))) == []

    def test_a_folded_group_says_what_waits_in_it(self, cast: Cast, client: Client) -> None:
        MailFactory(account=cast.account, sender=cast.owner)
        assert {group.label: group.waiting for group in navigation(cast.owner)[2:]} == {
            "Decisions": 0, "Outreach": 1, "Feedback": 0, "Reports": 0, "Health model": 0
        }  # fmt: skip
        client.force_login(cast.owner)
        page = client.get(reverse("nav-counts")).content.decode()
        assert "<span>Outreach</span><b>1</b>" in page
        assert "<span>Reports</span><b>" not in page

    def test_the_page_itself_comes_as_it_was_left(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.owner)
        client.cookies["nav"] = "icons.outreach"
        page = client.get(reverse("settings")).content.decode()
        assert "data-folded" in page
        assert '<details class="nav-fold" id="nav-outreach" open>' in page
        assert '<details class="nav-fold" id="nav-reports">' in page


def test_large_counts_are_set_apart_and_none_is_not_shown(cast: Cast, client: Client) -> None:
    Account.objects.bulk_create(AccountFactory.build_batch(1_000, owner=cast.owner, segment=None))
    client.force_login(cast.owner)
    page = client.get(reverse("nav-counts")).content.decode()
    assert "<span>Book</span><b>1,001</b>" in page
    assert "<span>Alerts</span></a>" in page
