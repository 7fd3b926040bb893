"""Reports › Retention: figures of the accounts that one sees, and the accounts behind them."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from cs_workspace.common import clock
from renewals.queries.retention import Fate, ReportFilter, Rhythm, Split, periods_of, retention_report
from renewals.services.ledger import write_ledger
from tests.cast import logged_in
from tests.factories import AccountFactory, ContractFactory, ProductFactory, SegmentFactory, day

pytestmark = pytest.mark.django_db

URL, ACCOUNTS = "/reports/retention/", "/reports/retention/accounts/"


def customer(owner, since=-500, until=None, arr=1000, **fields):
    """An account with one contract over days from today."""
    account = AccountFactory(owner=owner, **fields)
    ContractFactory(account=account, start=day(since), end=None if until is None else day(until), with_line=arr)
    return account


@pytest.fixture
def book(cast):
    """Four customers of the owner: two that stay, one that grew and one that left, and one of a stranger."""
    customer(cast.owner, name="Stays", industry="Retail")
    grew = customer(cast.owner, until=-100, name="Grew", industry="Retail")
    ContractFactory(account=grew, start=day(-100), end=None, with_line=1500)
    customer(cast.owner, until=-40, name="Left", industry="Energy", arr=500)
    customer(cast.owner, since=-20, name="Came")
    customer(cast.outsider, name="Foreign", arr=90_000)
    write_ledger(today=clock.today())
    return cast


def test_the_report_is_of_the_accounts_that_one_sees(book):
    page = logged_in(book.owner).get(URL)
    report = page.context["report"]
    assert (report.year.start_arr, report.year.end_arr) == (2500, 3500)
    assert (report.year.grr, report.year.nrr) == (Decimal("0.8"), 1)
    assert (report.year.start_logos, report.year.lost_logos) == (3, 1)
    assert "80.0" in page.content.decode()
    everything = logged_in(book.executive).get(URL).context["report"]
    assert everything.year.start_arr == 92_500
    assert logged_in(book.outsider).get(URL).context["report"].year.start_arr == 90_000


def test_groups_are_the_whole(book):
    for split, names in (
        (Split.INDUSTRY, {"Retail", "Energy", "No industry"}),
        (Split.CSM, {"Olga Owner", "Udo Outsider"}),
        (Split.SEGMENT, {"No segment"}),
    ):
        report = retention_report(book.executive, ReportFilter(split=split), today=clock.today())
        assert {group.name for group in report.groups} == names
        assert sum(group.found.start_arr for group in report.groups) == report.year.start_arr


def test_nrr_has_a_level_by_segment(cast):
    customer(cast.owner, segment=SegmentFactory(key="smb", name="SMB"))
    write_ledger(today=clock.today())
    (group,) = retention_report(cast.owner, ReportFilter(), today=clock.today()).groups
    assert (group.name, str(group.level)) == ("SMB", "great")


def test_one_product_is_reported_by_itself(book):
    product = ProductFactory(name="Analytics")
    ContractFactory(account=book.account, start=day(-500), end=None, with_line=70, with_line__product=product)
    write_ledger(today=clock.today())
    page = logged_in(book.owner).get(URL, {"product": product.pk})
    assert page.context["report"].year.start_arr == 70


def test_periods_end_with_today():
    until = dt.date(2026, 11, 27)
    months, quarters, years = (periods_of(rhythm, until) for rhythm in Rhythm)
    assert (len(months), months[0].since, months[-1].since, months[-1].until) == (
        12, dt.date(2025, 12, 1), dt.date(2026, 11, 1), until,
    )  # fmt: skip
    assert (len(quarters), quarters[0].since, quarters[-1].since) == (8, dt.date(2025, 1, 1), dt.date(2026, 10, 1))
    assert (len(years), years[-1].since, years[-1].until) == (12, dt.date(2025, 11, 27), until)


@pytest.mark.parametrize("rhythm", list(Rhythm))
def test_every_rhythm_is_shown_as_page_and_as_part(book, rhythm):
    client = logged_in(book.manager)
    whole = client.get(URL, {"rhythm": rhythm.value})
    part = client.get(URL, {"rhythm": rhythm.value}, headers={"HX-Request": "true", "HX-Target": "report"})
    assert "<html" in whole.content.decode()
    assert part.content.decode().lstrip().startswith('<div class="stack" id="report">')
    assert whole.context["report"].periods[0].end_arr == whole.context["report"].year.end_arr


def test_without_a_ledger_the_page_says_what_comes(cast):
    assert "No revenue to report yet" in logged_in(cast.owner).get(URL).content.decode()


@pytest.mark.parametrize(
    ("fate", "names"),
    [
        (Fate.START, ["Grew", "Left", "Stays"]),
        (Fate.EXPANDED, ["Grew"]),
        (Fate.CONTRACTED, []),
        (Fate.LOST, ["Left"]),
        (Fate.CAME, ["Came"]),
    ],
)
def test_behind_each_figure_stand_its_accounts(book, fate, names):
    page = logged_in(book.owner).get(ACCOUNTS, {"fate": fate.value})
    rows = page.context["rows"]
    assert sorted(row.account.name for row in rows) == names
    for name in names:
        assert name in page.content.decode()


def test_the_accounts_behind_a_figure_sum_to_it(book):
    report = logged_in(book.executive).get(URL, {"split": "csm"}).context["report"]
    for group in report.groups:
        asked = {
            "split": "csm",
            "group": group.key,
            "since": report.year.period.since,
            "until": report.year.period.until,
        }
        rows = logged_in(book.executive).get(ACCOUNTS, asked).context["rows"]
        assert sum(row.start_arr for row in rows) == group.found.start_arr


def test_largest_changes_come_first_and_pages_lose_none(cast):
    for number in range(60):
        account = customer(cast.owner, until=-30, arr=100 + number)
        ContractFactory(account=account, start=day(-30), end=None, with_line=50)
    write_ledger(today=clock.today())
    client = logged_in(cast.owner)
    pages = [client.get(ACCOUNTS, {"fate": "contracted", "page": page}).context["rows"] for page in (1, 2)]
    changes = [row.change for page in pages for row in page]
    assert [len(page) for page in pages] == [50, 10]
    assert changes == sorted(changes)
    assert len({row.account.pk for page in pages for row in page}) == 60


def test_outsiders_find_nothing_of_others(book):
    for url in (URL, ACCOUNTS):
        page = logged_in(book.outsider).get(url).content.decode()
        assert "Grew" not in page
        assert "Stays" not in page


@pytest.mark.parametrize("url", [URL, ACCOUNTS])
@pytest.mark.parametrize(
    "asked",
    [
        {"rhythm": "week"}, {"split": "colour"}, {"product": "x"}, {"product": "99999999999999999999999"},
        {"fate": "eaten", "group": "\x00", "since": "yesterday", "until": "x"},
        {"since": "2026-01-01", "until": "2025-01-01"}, {"until": "0001-01-02"}, {"page": "x"}, {"page": "9999999"},
        {"since": "0001-01-01", "until": "9999-12-31"},
    ],
)  # fmt: skip
def test_what_an_address_cannot_mean_is_left_out(book, url, asked):
    assert logged_in(book.owner).get(url, asked).status_code == 200


@pytest.mark.parametrize("url", [URL, ACCOUNTS])
def test_reports_are_only_looked_at(book, url):
    assert logged_in(book.owner).post(url).status_code == 405
    assert logged_in(book.read_only).get(url).status_code == 200


@pytest.mark.parametrize("url", [URL, ACCOUNTS])
def test_queries_do_not_grow_with_the_accounts(cast, django_assert_num_queries, url):
    client, counts = logged_in(cast.owner), {URL: 6, ACCOUNTS: 6}
    for accounts in (1, 5):
        for _ in range(accounts):
            customer(cast.owner, segment=SegmentFactory(key="smb"))
        write_ledger(today=clock.today())
        with django_assert_num_queries(counts[url]):
            assert client.get(url).status_code == 200


def test_reports_have_addresses_that_can_be_shared():
    assert (reverse("renewals:retention"), reverse("renewals:retention-accounts")) == (URL, ACCOUNTS)
