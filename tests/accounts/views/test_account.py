"""The account page: what stands on it for whom, its parts that come again, and what it costs."""

import re
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account, TeamMember
from accounts.services.recents import KEPT, remember_account
from tests import factories as make
from tests.cast import Cast, logged_in
from tests.factories import day, days_ago

pytestmark = pytest.mark.django_db


def page(cast: Cast) -> str:
    return reverse("accounts:account", args=[cast.account.pk])


def text_of(client: Client, url: str, **headers: str) -> str:
    response = client.get(url, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def part(client: Client, cast: Cast, target: str) -> str:
    return text_of(client, page(cast), hx_request="true", hx_target=target)


# Drawers


def drawers(html: str) -> dict[str, bool]:
    """The panels in drawers, and whether each is open."""
    return {key: bool(is_open) for key, is_open in re.findall(r'data-drawer="([^"]+)"( open)?', html)}


def test_what_is_read_now_and_then_is_a_line_that_asks_for_nothing_until_it_is_opened(cast: Cast):
    html = text_of(logged_in(cast.owner), page(cast))
    kept = ["money", "churn", "account-sequences", "account-features", "training", "surveys", "advocates"]
    assert drawers(html) == dict.fromkeys(kept, False)
    assert html.count('hx-trigger="toggle once from:closest details"') == len(kept)
    assert f'href="{reverse("accounts:account-money", args=[cast.account.pk])}">Open: Contracts and invoices' in html


def test_a_drawer_that_was_left_open_is_open_everywhere(cast: Cast):
    client = logged_in(cast.owner)
    client.cookies["drawers"] = "surveys.nothing"
    html = text_of(client, page(cast))
    assert [key for key, is_open in drawers(html).items() if is_open] == ["surveys"]
    asks_at_once = re.search(r'<section class="panel" id="surveys"[^>]*>', html)
    assert asks_at_once is not None
    assert 'hx-trigger="load"' in asks_at_once[0]


# Header


def test_the_header_says_who_it_is_and_how_it_stands(cast: Cast):
    Account.objects.filter(pk=cast.account.pk).update(
        health_score=Decimal("34.4"), health_tier="Critical", health_rank=4, health_trend="declining",
        strategic=True, seasonal=True, is_trial=True, tags=["emea", "at risk"], segment=make.SegmentFactory(name="Big"),
    )  # fmt: skip
    html = text_of(logged_in(cast.owner), page(cast))
    for words in ("34 Critical", "declining", "Strategic", "Seasonal", "Trial", "emea", "Big", "?tag=at%20risk"):
        assert words in html


def test_its_standing_comes_again_by_itself_when_the_score_has_changed(cast: Cast):
    Account.objects.filter(pk=cast.account.pk).update(health_score=68, health_tier="Watch", health_rank=2)
    html = part(logged_in(cast.owner), cast, "standing")
    assert html.lstrip().startswith('<span id="standing"')
    assert "68 Watch" in html
    assert 'hx-trigger="scoreChanged from:body"' in html


def test_its_dialogs_open_from_the_header_and_by_keys(cast: Cast):
    html = text_of(logged_in(cast.owner), page(cast))
    for name, args, key in (
        ("accounts:touch-new", [cast.account.pk], ""),
        ("accounts:note-new", [cast.account.pk], "n"),
        ("accounts:task-new", [], "t"),
    ):
        url = reverse(name, args=args) + ("" if args else f"?account={cast.account.pk}")
        assert f'hx-get="{url}" hx-target="#dialog"' in html
        if key:
            assert f'data-key="{key}"' in html


def test_who_may_only_read_gets_no_button_that_changes(cast: Cast):
    make.TaskFactory(account=cast.account)
    html = text_of(logged_in(cast.read_only), page(cast))
    main = html[html.index("<main") : html.index("</main>")]
    assert 'method="post"' not in main
    assert "/new/" not in main
    assert "/new/" not in part(logged_in(cast.read_only), cast, "next")


def test_only_an_admin_is_led_to_the_admin(cast: Cast):
    url = reverse("admin:accounts_account_change", args=[cast.account.pk])
    assert url in text_of(logged_in(cast.admin), page(cast))
    assert url not in text_of(logged_in(cast.owner), page(cast))


def test_the_page_takes_nothing_but_reading(cast: Cast):
    for name in ("account", "timeline", "account-money"):
        assert logged_in(cast.owner).post(reverse(f"accounts:{name}", args=[cast.account.pk])).status_code == 405


# What to do next


def test_the_first_open_task_is_the_next_action_and_is_done_with_one_click(cast: Cast):
    make.TaskFactory(account=cast.account, title="Later", due_at=days_ago(-5))
    task = make.TaskFactory(account=cast.account, title="Call the sponsor", due_at=days_ago(-1))
    make.AlertFactory(account=cast.account)
    html = part(logged_in(cast.owner), cast, "next")
    assert html.lstrip().startswith('<div id="next"')
    assert "Call the sponsor" in html
    assert reverse("accounts:task-done", args=[task.pk]) in html


def test_without_a_task_the_alert_says_what_is_next(cast: Cast):
    make.AlertFactory(account=cast.account, next_action="Schedule a review")
    assert "Schedule a review" in part(logged_in(cast.owner), cast, "next")


def test_without_anything_it_offers_to_plan_the_next_step(cast: Cast):
    assert "Plan the next step" in part(logged_in(cast.owner), cast, "next")


# Facts


def test_the_facts_say_what_it_is_worth_and_who_looks_after_it(cast: Cast):
    Account.objects.filter(pk=cast.account.pk).update(
        arr=Decimal(184_000), health_score=34, health_tier="Critical", health_rank=4, expected_churn=Decimal("0.8"),
        renewal_date=day(19), custom={"erp_system": "SAP", "on_premise": True}, seasonal=True, low_season_months=[7, 8],
    )  # fmt: skip
    contract = make.ContractFactory(account=cast.account)
    make.ContractLineFactory(contract=contract, seats=100, seats_assigned=80)
    make.ContractLineFactory(contract=contract, seats=50, seats_assigned=32)
    make.ContractFactory(account=cast.account, start=day(-800), end=day(-400), with_line=10)
    make.TeamMemberFactory(account=cast.account, user=cast.executive, role=TeamMember.Role.SPONSOR)
    html = part(logged_in(cast.owner), cast, "facts")
    for words in (
        "€184,000", "€147.2k", "80 % of ARR", "in Critical", "19 d", "112 of 150", "Olga Owner", "Executive sponsor",
        "Edda Executive", "Erp system", "SAP", "On premise", "yes", "Jul, Aug",
    ):  # fmt: skip
        assert words in html


def test_what_is_not_known_is_said_and_not_made_up(cast: Cast):
    html = part(logged_in(cast.owner), cast, "facts")
    for words in ("unknown without a score", "not sold by seat", "no end agreed", "never"):
        assert words in html


def test_relatives_stand_there_with_their_roll_up_but_only_those_that_the_user_sees(cast: Cast):
    parent = make.AccountFactory(name="Halden Group", owner=cast.owner)
    Account.objects.filter(pk=cast.account.pk).update(parent=parent)
    for name, arr, score in (("Small child", 10_000, 40), ("Large child", 30_000, 80), ("New child", 5_000, None)):
        make.AccountFactory(name=name, arr=arr, health_score=score, parent=cast.account, owner=cast.owner)
    make.AccountFactory(name="Hidden child", parent=cast.account, owner=cast.outsider, health_score=1)
    html = text_of(logged_in(cast.owner), page(cast))
    assert "3 subsidiaries" in html
    assert "health 70 by ARR" in html
    assert html.index("Large child") < html.index("Small child")
    assert "Halden Group" in html
    assert "Hidden child" not in html
    assert "Halden Group" not in text_of(logged_in(cast.ae), page(cast))


def test_many_subsidiaries_say_how_many_are_not_listed(cast: Cast):
    make.AccountFactory.create_batch(11, parent=cast.account, owner=cast.owner)
    html = part(logged_in(cast.owner), cast, "facts")
    assert "11 subsidiaries" in html
    assert "and 3 smaller" in html


# Contracts and invoices


def test_contracts_and_invoices_say_what_is_agreed_and_what_is_overdue(cast: Cast):
    contract = make.ContractFactory(account=cast.account, number="C-77", auto_renew=True, notice_days=30)
    make.ContractLineFactory(contract=contract, product=make.ProductFactory(name="Suite"), seats=40, discount="0.10")
    make.InvoiceFactory(account=cast.account, number="I-1", late_by=12)
    make.InvoiceFactory(account=cast.account, number="I-2", due_on=day(-60), paid_on=day(-52))
    html = text_of(logged_in(cast.owner), reverse("accounts:account-money", args=[cast.account.pk]))
    for words in (
        "C-77",
        "Active",
        "Suite",
        "40 seats",
        "10 % off",
        "Renews by itself",
        "1 overdue",
        "12 d overdue",
        "8 d late",
    ):
        assert words in html


def test_without_contracts_it_says_so(cast: Cast):
    html = text_of(logged_in(cast.owner), reverse("accounts:account-money", args=[cast.account.pk]))
    assert "No contract is known" in html
    assert "No invoice is known" in html


# Timeline


def timeline(cast: Cast, query: str = "") -> str:
    return reverse("accounts:timeline", args=[cast.account.pk]) + query


def test_the_timeline_is_a_page_and_a_part_of_the_account(cast: Cast):
    make.NoteFactory(account=cast.account, body="They **like** it <script>")
    client = logged_in(cast.owner)
    whole, fragment = (
        text_of(client, timeline(cast)),
        text_of(client, timeline(cast), hx_request="true", hx_target="timeline"),
    )
    assert "<html" in whole
    assert "<html" not in fragment
    for html in (whole, fragment):
        assert "<strong>like</strong>" in html
        assert "<script>" not in html[html.index('id="timeline"') :].split("</section>")[0]


def test_chips_narrow_it_to_one_group(cast: Cast):
    make.NoteFactory(account=cast.account, body="A note")
    make.TicketFactory(account=cast.account, subject="A ticket")
    html = text_of(logged_in(cast.owner), timeline(cast, "?group=Tickets"))
    assert "A ticket" in html
    assert "A note" not in html
    assert "Nothing of this kind" in text_of(logged_in(cast.owner), timeline(cast, "?group=Surveys"))


def test_older_entries_come_below_and_by_a_plain_link(cast: Cast):
    for number in range(23):
        make.NoteFactory(account=cast.account, body=f"Note number {number:02}", at=days_ago(number))
    client = logged_in(cast.owner)
    html = text_of(client, timeline(cast, "?group=Notes"))
    assert "Note number 19" in html
    assert "Note number 20" not in html
    link = html.split('id="timeline-older"><a class="btn small" href="')[1].split('"')[0].replace("&amp;", "&")
    older = text_of(client, link)
    assert "Note number 20" in older
    assert "Note number 19" not in older
    assert "Back to the newest" in older
    rows = text_of(client, link, hx_request="true", hx_target="timeline-older")
    assert rows.lstrip().startswith('<ul class="timeline">')


@pytest.mark.parametrize(
    "query", ["?group=nonsense", "?before=nonsense", "?before=~~", f"?before=2026-03-15T12:00Z~t~{10**30}"]
)
def test_a_timeline_asked_for_in_odd_ways_is_the_first_page(cast: Cast, query: str):
    make.NoteFactory(account=cast.account, body="The note")
    assert "The note" in text_of(logged_in(cast.owner), timeline(cast, query))


def test_an_account_without_a_past_says_what_will_stand_there(cast: Cast):
    assert "Nothing has happened yet" in text_of(logged_in(cast.owner), timeline(cast))


# What the page does beside showing


def test_a_visit_is_remembered_for_the_palette(cast: Cast):
    other = make.AccountFactory(owner=cast.owner)
    client = logged_in(cast.owner)
    for account in (cast.account, other, cast.account):
        client.get(reverse("accounts:account", args=[account.pk]))
    cast.owner.refresh_from_db()
    assert cast.owner.recent_accounts == [cast.account.pk, other.pk]


def test_no_more_than_a_dozen_are_remembered(cast: Cast):
    for account in make.AccountFactory.create_batch(KEPT + 3):
        remember_account(by=cast.owner, account=account)
    cast.owner.refresh_from_db()
    assert len(cast.owner.recent_accounts) == KEPT


def fill(cast: Cast, number: int) -> None:
    contract = make.ContractFactory(account=cast.account)
    for _ in range(number):
        make.ContractLineFactory(contract=contract)
        make.TaskFactory(account=cast.account, assignees=[cast.owner, cast.team_mate])
        make.NoteFactory(account=cast.account, by=cast.owner)
        make.ContactFactory(account=cast.account, roles=["champion"])
        make.TouchFactory(account=cast.account, by=cast.owner)
        make.AccountFactory(parent=cast.account, owner=cast.owner)
        make.InvoiceFactory(account=cast.account)
        make.AlertFactory(account=cast.account)
        make.TeamMemberFactory(account=cast.account)
    version = make.ScorecardVersionFactory()
    for back in range(1, number):
        make.SnapshotFactory(account=cast.account, version=version, day=day(-back))


@pytest.mark.parametrize(("who", "most"), [("owner", 11), ("manager", 12), ("executive", 11)])
def test_the_page_costs_the_same_however_much_there_is(cast: Cast, who: str, most: int, django_assert_num_queries):
    version = make.ScorecardVersionFactory()
    make.SnapshotFactory(account=cast.account, version=version, day=day(0))
    make.SnapshotFactory(account=cast.account, version=version, day=day(-40))
    make.TaskFactory(account=cast.account, assignees=[cast.owner])
    client = logged_in(getattr(cast, who))
    with django_assert_num_queries(most):
        client.get(page(cast))
    fill(cast, 5)
    with django_assert_num_queries(most - 1):  # it is remembered already
        client.get(page(cast))


@pytest.mark.parametrize(("name", "target", "queries"), [("timeline", "timeline", 4), ("account-money", "money", 8)])
def test_its_parts_cost_the_same_however_much_there_is(
    cast: Cast, name: str, target: str, queries: int, django_assert_num_queries
):
    url = reverse(f"accounts:{name}", args=[cast.account.pk])
    client = logged_in(cast.owner)
    for number in (1, 6):
        fill(cast, number)
        with django_assert_num_queries(queries):
            client.get(url, headers={"hx-request": "true", "hx-target": target})
