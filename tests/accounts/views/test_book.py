import csv
import io
import zipfile
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account, DefaultView
from health.models import Snapshot
from tests.cast import Cast, logged_in
from tests.factories import (
    AccountFactory,
    AlertFactory,
    AlertRuleFactory,
    SavedViewFactory,
    ScorecardVersionFactory,
    SnapshotFactory,
    TaskFactory,
)

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Target": "book"}
BOOK = "/accounts/"


def shown(response: Any) -> list[str]:
    return [row["name"] for row in response.context["page"].rows]


def test_the_address_of_the_book():
    assert reverse("accounts:book") == BOOK


# Queries: literal, with one row and with many


def fill(cast: Cast, rows: int) -> None:
    version, rule = ScorecardVersionFactory(), AlertRuleFactory()
    for number in range(rows):
        account = AccountFactory(owner=cast.owner, critical=True, tags=["a"], open_alerts=1)
        SnapshotFactory(account=account, version=version)
        (TaskFactory if number % 2 else AlertFactory)(account=account, **({} if number % 2 else {"rule": rule}))
    assert Snapshot.objects.count() == rows


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize(("who", "queries"), [("owner", 11), ("manager", 12), ("executive", 12)])
def test_the_page_costs_the_same_queries_however_long(
    cast: Cast, who: str, queries: int, rows: int, django_assert_num_queries: Any
):
    fill(cast, rows)
    client = logged_in(getattr(cast, who))
    with django_assert_num_queries(queries):
        response = client.get(BOOK)
    assert len(shown(response)) >= rows


@pytest.mark.parametrize("rows", [1, 30])
def test_every_column_and_filter_costs_no_more(cast: Cast, rows: int, django_assert_num_queries: Any):
    fill(cast, rows)
    every = [("col", value) for value, _ in logged_in(cast.owner).get(BOOK).context["form"].fields["col"].choices]
    asked = [*every, ("q", "account"), ("tier", "4"), ("tag", "a"), ("alerts", "1"), ("sort", "-next")]
    client = logged_in(cast.owner)
    with django_assert_num_queries(12):
        response = client.get(f"{BOOK}?{urlencode(asked)}")
    assert len(shown(response)) == rows


# Page and fragment


def test_the_page_and_the_fragment_say_what_they_depend_on(cast: Cast):
    client = logged_in(cast.owner)
    page, fragment = client.get(BOOK), client.get(BOOK, headers=HTMX)
    assert b"<html" in page.content
    assert b"<html" not in fragment.content
    assert b"Halden Logistics" in fragment.content
    for response in (page, fragment):
        assert {"HX-Request", "HX-Target"} <= {name.strip() for name in response["Vary"].split(",")}


def test_the_fragment_brings_count_totals_tiers_and_tools_out_of_band(cast: Cast):
    content = logged_in(cast.owner).get(BOOK, headers=HTMX).content.decode()
    for part in ("innerHTML:#book-count", "innerHTML:#book-totals", "innerHTML:#book-actions", 'id="book-tier-4"'):
        assert part in content
    assert "hx-swap-oob" not in logged_in(cast.owner).get(BOOK).content.decode()


@pytest.mark.parametrize(
    ("before", "asked", "header"),
    [
        ("", "?q=h", "HX-Push-Url"),
        ("?q=h", "?q=ha", "HX-Replace-Url"),
        ("?q=ha", "?q=ha&tier=4", "HX-Push-Url"),
        ("?q=ha", "?q=ha&sort=-arr", "HX-Push-Url"),
    ],
)
def test_the_address_follows_what_is_shown(cast: Cast, before: str, asked: str, header: str):
    headers = {**HTMX, "HX-Current-URL": f"http://testserver{BOOK}{before}"}
    response = logged_in(cast.owner).get(f"{BOOK}{asked}", headers=headers)
    assert response[header] == f"{BOOK}{asked}"


def test_the_address_leaves_out_what_says_nothing(cast: Cast):
    response = logged_in(cast.owner).get(f"{BOOK}?q=&tier=4&owner=&size=50&sort=health", headers=HTMX)
    assert response["HX-Push-Url"] == f"{BOOK}?tier=4"


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_the_book_is_only_read(cast: Cast, method: str):
    assert getattr(logged_in(cast.owner), method)(BOOK).status_code == 405


# What is asked


def test_a_search_finds_by_part_of_the_name(cast: Cast):
    AccountFactory(owner=cast.owner, name="Brightwell Health")
    client = logged_in(cast.owner)
    assert shown(client.get(f"{BOOK}?q=LOGIST")) == ["Halden Logistics"]
    assert shown(client.get(f"{BOOK}?q=nothing")) == []
    assert "No account matches" in client.get(f"{BOOK}?q=nothing").content.decode()


def test_a_wrong_filter_is_named_at_its_field_and_left_out(cast: Cast):
    response = logged_in(cast.owner).get(f"{BOOK}?renewal=soon&sort=colour&tier=9")
    content = response.content.decode()
    assert response.status_code == 200
    assert "Give the days as a whole number from 0 to 3650." in content
    assert "The book cannot be sorted by “colour”." in content
    assert "There is no tier “9”." in content
    assert shown(response) == ["Halden Logistics"]
    assert response.context["state"].query == ""


ODD = [
    *("q=%00", "q=" + "x" * 3000, "q=%F0%9F%99%82", "q=%25_%5C", "tier=", "tier=1&tier=1&tier=99", "owner=1e9"),
    *("owner=99999999999999999999", "owner=None", "renewal=1e3", "renewal=-0", "renewal=99999999999999999999"),
    *("untouched=3650", "arr_min=NaN", "arr_min=Infinity", "arr_max=1e400", "arr_min=-1", "arr_min=5&arr_max=4"),
    *("tag=%27%3B--", "tag=%7B%7D", "sort=", "sort=-", "sort=--arr", "sort=-spark", "sort=pk", "sort=owner__password"),
    *("col=", "col=name", "col=x&col=arr", "size=0", "size=-50", "size=1e2", "page=0", "page=-1", "page=1e9", "page=x"),
    *("page=99999999999999999999", "view=", "view=%00", "view=999999", "status=", "strategic=maybe", "%FF=%FE", "&&&="),
]


@pytest.mark.parametrize("asked", ODD)
def test_whatever_stands_in_the_address_the_book_answers(cast: Cast, asked: str):
    client = logged_in(cast.manager)
    for headers in ({}, HTMX):
        assert client.get(f"{BOOK}?{asked}", headers=headers).status_code == 200
    exported = client.get(f"{BOOK}export/?{asked}")
    assert exported.status_code == 200
    assert b"".join(exported.streaming_content)


def test_beyond_the_end_the_last_page_says_so(cast: Cast):
    response = logged_in(cast.owner).get(f"{BOOK}?page=7")
    assert shown(response) == ["Halden Logistics"]
    assert "There is no page 7; this is the last one." in response.content.decode()


def test_pages_are_linked_with_their_filters(cast: Cast):
    AccountFactory.create_batch(60, owner=cast.owner, tags=["a"])
    response = logged_in(cast.owner).get(f"{BOOK}?tag=a&size=25&page=2")
    assert len(shown(response)) == 25
    assert response.context["pager"] == [(number, f"?tag=a&size=25&page={number}") for number in (1, 2, 3)]
    assert "26–50 of 60" in response.content.decode()


def test_a_heading_sorts_the_other_way_when_it_is_sorted_already(cast: Cast):
    response = logged_in(cast.owner).get(f"{BOOK}?sort=-arr")
    heads = {heading.column.key: (heading.link, heading.sorted) for heading in response.context["headings"]}
    assert heads["arr"] == ("?sort=arr", "descending")
    assert heads["name"] == ("?sort=name", "")
    assert heads["spark"] == ("", "")


def test_text_of_customers_is_never_markup(cast: Cast):
    Account.objects.filter(pk=cast.account.pk).update(
        name="<script>alert(1)</script>",
        tags=["<b>"],
        health_reason="<i>",
        industry="<u>",
        health_tier="<s>",
        health_rank=4,
    )
    TaskFactory(account=cast.account, title='"><img src=x>')
    columns = "&".join(f"col={key}" for key in ("health", "next", "tags", "reason", "industry"))
    content = logged_in(cast.owner).get(f"{BOOK}?{columns}").content.decode()
    for raw in ("<script>alert", "<b>&", "<i>", "<u>", "<s>", "<img"):
        assert raw not in content.partition("<tbody>")[2].partition("</tbody>")[0]


# Who


def test_a_stranger_sees_nothing_of_it(cast: Cast):
    response = logged_in(cast.outsider).get(f"{BOOK}?q=Halden")
    assert shown(response) == []
    assert response.context["page"].totals.accounts == 0


def test_read_only_users_read_and_get_no_buttons(cast: Cast):
    content = logged_in(cast.read_only).get(BOOK).content.decode()
    assert "Halden Logistics" in content
    for part in ("data-select", "/accounts/bulk/", "/accounts/views/new/"):
        assert part not in content


def test_assigning_is_offered_to_those_who_lead(cast: Cast):
    assert "/accounts/bulk/assign/" not in logged_in(cast.owner).get(BOOK).content.decode()
    assert "/accounts/bulk/assign/" in logged_in(cast.manager).get(BOOK).content.decode()


def test_an_empty_book_says_what_to_do_next(cast: Cast):
    cast.account.delete()
    assert "Ask your manager to assign you some" in logged_in(cast.owner).get(BOOK).content.decode()


def test_without_a_session_the_book_leads_to_the_login(client: Client):
    assert client.get(BOOK).status_code == 302


# Views


def test_the_book_opens_with_the_users_default_view_and_an_address_wins_over_it(cast: Cast):
    AccountFactory(owner=cast.owner, name="Tagged", tags=["pilot"])
    view = SavedViewFactory(owner=cast.owner, name="Pilots", query="tag=pilot", columns=["arr"])
    DefaultView.objects.create(user=cast.owner, page="book", view=view)
    client = logged_in(cast.owner)
    opened = client.get(BOOK)
    assert shown(opened) == ["Tagged"]
    assert [heading.column.key for heading in opened.context["headings"]] == ["name", "arr"]
    assert opened.context["view"].name == "Pilots"
    assert shown(client.get(f"{BOOK}?view=all&sort=name")) == ["Halden Logistics", "Tagged"]


@pytest.mark.parametrize("view", ["renewing", "quiet", "alerts", "largest", "churned"])
def test_the_views_that_ship_ask_for_what_there_is(cast: Cast, view: str):
    response = logged_in(cast.owner).get(BOOK)
    shipped = next(one for one in response.context["views"] if one.key == view)
    opened = logged_in(cast.owner).get(f"{BOOK}{shipped.link}")
    assert opened.context["form"].errors == {}
    assert opened.context["view"].key == view


# Export


def exported(client: Client, asked: str) -> list[list[str]]:
    response = client.get(f"{BOOK}export/?{asked}")
    assert response["Content-Disposition"].startswith("attachment; filename=")
    return list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))


def test_the_file_holds_what_the_page_shows_all_pages_of_it(cast: Cast):
    AccountFactory.create_batch(30, owner=cast.owner, tags=["a"])
    client = logged_in(cast.owner)
    lines = exported(client, "tag=a&sort=-name&size=25&col=arr&format=csv")
    assert lines[0] == ["Account", "ARR (EUR)"]
    assert [line[0] for line in lines[1:26]] == shown(client.get(f"{BOOK}?tag=a&sort=-name&size=25&col=arr"))
    assert len(lines) == 31


def test_the_file_can_hold_every_column(cast: Cast):
    [header, row] = exported(logged_in(cast.owner), "columns=all&format=csv")
    assert (header[0], header[-1], len(header), row[0]) == ("Account", "External id", 27, "Halden Logistics")


def test_an_excel_file_is_one(cast: Cast):
    response = logged_in(cast.owner).get(f"{BOOK}export/?format=xlsx")
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as book:
        assert b"Halden Logistics" in book.read("xl/worksheets/sheet1.xml")


def test_a_stranger_exports_nothing_of_it(cast: Cast):
    assert [line[0] for line in exported(logged_in(cast.outsider), "columns=all&q=Halden")] == ["Account"]
    assert [line[0] for line in exported(logged_in(cast.outsider), "columns=all")] == ["Account", "Stranger Foods"]


def test_tags_are_suggested_as_one_types(cast: Cast):
    Account.objects.filter(pk=cast.account.pk).update(tags=["pilot", "beta"])
    content = logged_in(cast.owner).get(f"{BOOK}tags/?tag=pil").content.decode()
    assert '<option value="pilot">' in content
    assert "beta" not in content
