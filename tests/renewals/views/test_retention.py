"""Reports › Retention: figures of the accounts that one sees, and the accounts behind them."""

import csv
import datetime as dt
import io
import re
from decimal import Decimal
from zipfile import ZipFile

import pytest
from django.urls import reverse

from cs_workspace.common import clock
from renewals.domain.movements import Kind
from renewals.queries.retention import ReportFilter, Rhythm, periods_of, retention_report
from renewals.queries.retention_accounts import Fate
from renewals.queries.retention_groups import Split
from renewals.services.ledger import write_ledger
from tests.cast import logged_in
from tests.factories import AccountFactory, ContractFactory, LedgerEntryFactory, ProductFactory, SegmentFactory, day

pytestmark = pytest.mark.django_db

URL, ACCOUNTS = "/reports/retention/", "/reports/retention/accounts/"
EXPORT, ACCOUNTS_EXPORT = f"{URL}export/", f"{ACCOUNTS}export/"
EVERY = [URL, ACCOUNTS, EXPORT, ACCOUNTS_EXPORT]


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
        (Split.COHORT, {str(day(-500).year), str(day(-20).year)}),
    ):
        report = retention_report(book.executive, ReportFilter(split=split), today=clock.today())
        assert {group.name for group in report.groups} == names
        assert sum(group.found.start_arr for group in report.groups) == report.year.start_arr


@pytest.mark.parametrize(
    ("segment", "end", "said"),
    [
        ("enterprise", 1250, ["above 92 %: met", "great", "110 % / 120 % / 130 %"]),
        ("mid_market", 860, ["above 85 %: met", "below good", "105 % / 110 % / 120 %"]),
        ("smb", 890, ['above 90 %: <span class="down">missed', "below good", "95 % / 100 % / 110 %"]),
        ("nonprofit", 890, ['above 90 %: <span class="down">missed']),
    ],
)
def test_a_segment_is_judged_by_its_own_targets(cast, segment, end, said):
    account = customer(cast.owner, until=-30, segment=SegmentFactory(key=segment, name=segment))
    ContractFactory(account=account, start=day(-30), end=None, with_line=end)
    write_ledger(today=clock.today())
    page = " ".join(logged_in(cast.owner).get(URL).content.decode().replace("\u202f", " ").replace("\xa0", " ").split())
    for words in said:
        assert words in page
    by_csm = logged_in(cast.owner).get(URL, {"split": "csm"}).content.decode()
    assert said[-1] not in by_csm.replace("\u202f", " ").replace("\xa0", " ").partition("groups-title")[2]


def test_who_cancels_one_of_several_products_is_lost_to_it_and_stays_a_customer(cast):
    kept, gone = ProductFactory(name="Kept"), ProductFactory(name="Gone")
    account = AccountFactory(owner=cast.owner, name="Half")
    for product, until in ((kept, None), (gone, day(-30))):
        ContractFactory(account=account, start=day(-500), end=until, with_line=100, with_line__product=product)
    write_ledger(today=clock.today())
    page = logged_in(cast.owner).get(URL, {"split": "product"})
    report = page.context["report"]
    assert (report.year.compared.contraction, report.year.compared.churn, report.year.lost_logos) == (-100, 0, 0)
    by_product = {group.name: group.found for group in report.groups}
    assert (by_product["Gone"].compared.churn, by_product["Gone"].lost_logos) == (-100, 1)
    assert (by_product["Kept"].grr, by_product["Kept"].start_logos) == (1, 1)
    assert "lost to that product" in page.content.decode()
    asked = {"split": "product", "group": str(gone.pk), "show": "lost"}
    (row,) = logged_in(cast.owner).get(ACCOUNTS, asked).context["rows"]
    assert (row.account, row.start_arr, row.change) == (account, 100, -100)
    for group in ("none", "x", "9" * 30):
        assert logged_in(cast.owner).get(ACCOUNTS, asked | {"group": group}).context["rows"] == []


def test_one_product_is_reported_by_itself(book):
    product = ProductFactory(name="Analytics")
    ContractFactory(account=book.account, start=day(-500), end=None, with_line=70, with_line__product=product)
    write_ledger(today=clock.today())
    page = logged_in(book.owner).get(URL, {"product": product.pk})
    assert page.context["report"].year.start_arr == 70


def test_periods_end_with_today():
    until = dt.date(2026, 11, 27)
    months, quarters, years, trailing = (periods_of(rhythm, until) for rhythm in Rhythm)
    assert (len(months), months[0].since, months[-1].since, months[-1].until) == (
        12, dt.date(2025, 12, 1), dt.date(2026, 11, 1), until,
    )  # fmt: skip
    assert (len(quarters), quarters[0].since, quarters[-1].since) == (8, dt.date(2025, 1, 1), dt.date(2026, 10, 1))
    assert (len(years), years[0].since, years[-1].since, years[-1].until) == (
        5, dt.date(2022, 1, 1), dt.date(2026, 1, 1), until,
    )  # fmt: skip
    assert (len(trailing), trailing[-1].since, trailing[-1].until) == (12, dt.date(2025, 11, 27), until)


def test_rates_are_drawn_on_their_own_scale_from_the_oldest_period_to_the_newest(book):
    page = logged_in(book.owner).get(URL, {"rhythm": "quarter"})
    nrr, grr = page.context["report"].courses
    assert (nrr.label, grr.label) == ("NRR", "GRR")
    # Three of 1,000, 1,000 and 500 until one leaves, the second grew by half: quarter by quarter the worst is 80 %.
    found = page.context["report"].periods
    assert min(one.grr for one in found if one.grr is not None) * 100 >= float(grr.chart.values[-1].label)
    assert grr.chart.values[0].label == "100"
    assert grr.chart.line.count("L") == sum(one.grr is not None for one in found) - 1
    assert 'aria-label="NRR, in percent, as in the table below"' in page.content.decode()


def test_no_course_is_drawn_of_what_was_never_there(cast):
    customer(cast.owner, since=-2)
    write_ledger(today=clock.today())
    page = logged_in(cast.owner).get(URL)
    assert page.context["report"].courses == []
    assert 'class="plot' not in page.content.decode()


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
    page = logged_in(book.owner).get(ACCOUNTS, {"show": fate.value})
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


def test_behind_each_movement_of_the_ledger_stand_the_accounts_that_sum_to_it(book):
    back = customer(book.owner, name="Back", until=-300)
    ContractFactory(account=back, start=day(-200), end=None, with_line=400)
    wrong = customer(book.owner, name="Wrong")
    write_ledger(today=clock.today())
    LedgerEntryFactory(account=wrong, day=day(-3), kind="correction", amount=-250)
    client = logged_in(book.owner)
    year = client.get(URL).context["report"].year
    expected = {"new": {"Came"}, "expansion": {"Grew"}, "contraction": set(), "churn": {"Left", "Back"}}
    expected |= {"reactivation": {"Back"}, "correction": {"Wrong"}}
    for kind, names in expected.items():
        page = client.get(ACCOUNTS, {"show": kind, "since": year.period.since, "until": year.period.until})
        assert {row.account.name for row in page.context["rows"]} == names
        assert sum(row.change for row in page.context["rows"]) == year.movements[Kind(kind)]
        assert page.context["found"].total == year.movements[Kind(kind)]


def test_figures_lead_to_their_accounts_and_nothing_leads_nowhere(book):
    page = logged_in(book.owner).get(URL).content.decode()
    for show in ("start", "new", "expansion", "churn", "expanded", "lost"):
        assert re.search(rf"show={show}\b", page)
    for show in ("reactivation", "correction", "contraction"):
        assert not re.search(rf"show={show}\b", page)


def test_largest_changes_come_first_and_pages_lose_none(cast):
    for number in range(60):
        account = customer(cast.owner, until=-30, arr=100 + number)
        ContractFactory(account=account, start=day(-30), end=None, with_line=50)
    write_ledger(today=clock.today())
    client = logged_in(cast.owner)
    pages = [client.get(ACCOUNTS, {"show": "contracted", "page": page}).context["rows"] for page in (1, 2)]
    changes = [row.change for page in pages for row in page]
    assert [len(page) for page in pages] == [50, 10]
    assert changes == sorted(changes)
    assert len({row.account.pk for page in pages for row in page}) == 60


def test_outsiders_find_nothing_of_others(book):
    for url in EVERY:
        page = body(logged_in(book.outsider).get(url))
        assert "Grew" not in page
        assert "Stays" not in page


@pytest.mark.parametrize("url", EVERY)
@pytest.mark.parametrize(
    "asked",
    [
        {"rhythm": "week"}, {"split": "colour"}, {"product": "x"}, {"product": "99999999999999999999999"},
        {"show": "eaten", "group": "\x00", "since": "yesterday", "until": "x"},
        {"since": "2026-01-01", "until": "2025-01-01"}, {"until": "0001-01-02"}, {"page": "x"}, {"page": "9999999"},
        {"since": "0001-01-01", "until": "9999-12-31"},
    ],
)  # fmt: skip
def test_what_an_address_cannot_mean_is_left_out(book, url, asked):
    assert logged_in(book.owner).get(url, asked).status_code == 200


@pytest.mark.parametrize("url", EVERY)
def test_reports_are_only_looked_at(book, url):
    assert logged_in(book.owner).post(url).status_code == 405
    assert logged_in(book.read_only).get(url).status_code == 200


@pytest.mark.parametrize("url", EVERY)
def test_queries_do_not_grow_with_the_accounts(cast, django_assert_num_queries, url):
    client, counts = logged_in(cast.owner), {URL: 7, ACCOUNTS: 6, EXPORT: 6, ACCOUNTS_EXPORT: 5}
    for accounts in (1, 5):
        for _ in range(accounts):
            customer(cast.owner, segment=SegmentFactory(key="smb"))
        write_ledger(today=clock.today())
        with django_assert_num_queries(counts[url]):
            assert body(client.get(url))


def test_the_report_is_exported_with_all_its_tables(book):
    customer(book.owner, name="=SUM(A1)", industry="=1+1")
    write_ledger(today=clock.today())
    client = logged_in(book.owner)
    answer = client.get(EXPORT, {"split": "industry", "rhythm": "quarter"})
    assert answer["Content-Disposition"] == f'attachment; filename="retention-{clock.today()}.csv"'
    tables = [list(csv.reader(table.splitlines())) for table in body(answer).strip("\ufeff\r\n").split("\r\n\r\n")]
    assert [table[0] for table in tables] == [
        ["Last 12 months"], ["By quarter"], ["Industry"], ["Cohorts, accounts kept"], ["Cohorts, ARR kept"],
    ]  # fmt: skip
    year, quarters, groups, cohorts, _ = tables
    figures = {row[0]: row[1:] for row in year[2:]}
    assert figures["To"][0] == clock.today().isoformat()
    assert figures["ARR at the start (EUR)"][0] == "3500.00"
    assert figures["GRR %"] == ["85.71", "", "above 90%"]
    assert (len(quarters), quarters[2][0]) == (10, str(periods_of(Rhythm.QUARTER, day(1))[-1].since))
    assert {row[0] for row in groups[2:]} == {"Retail", "Energy", "No industry", "'=1+1"}
    assert cohorts[1][:4] == ["First contract", "Accounts", "ARR at first (EUR)", "Month 0 %"]
    assert [row[1] for row in cohorts[2:]] == ["1", "4"]


def test_the_report_is_a_workbook_with_a_sheet_for_each_table(book):
    content = b"".join(logged_in(book.owner).get(EXPORT, {"format": "xlsx", "split": "cohort"}).streaming_content)
    with ZipFile(io.BytesIO(content)) as file:
        names = re.findall(r'<sheet name="([^"]+)"', file.read("xl/workbook.xml").decode())
    assert names == [
        "Last 12 months", "By month", "Year of the first contract", "Cohorts, accounts kept", "Cohorts, ARR kept",
    ]  # fmt: skip


def test_all_pages_of_the_accounts_behind_a_figure_are_exported(cast):
    for number in range(60):
        customer(cast.owner, until=-30, arr=100 + number, name=f"=A{number}")
    write_ledger(today=clock.today())
    client = logged_in(cast.owner)
    lines = list(csv.reader(body(client.get(ACCOUNTS_EXPORT, {"show": "lost"})).lstrip("\ufeff").splitlines()))
    assert lines[:2] == [
        ["Account", "Change (EUR)", "ARR at the start (EUR)", "ARR at the end (EUR)", "Segment", "Owner"],
        ["'=A59", "-159.00", "159.00", "0.00", "", "Olga Owner"],
    ]
    assert len(lines) == 61
    answer = client.get(ACCOUNTS_EXPORT, {"show": "lost", "format": "xlsx"})
    assert answer["Content-Disposition"].endswith('.xlsx"')
    assert b"".join(answer.streaming_content).startswith(b"PK")


def body(answer):
    """What was answered, whole, also where it is streamed."""
    assert answer.status_code == 200
    return (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()


def test_reports_have_addresses_that_can_be_shared():
    names = ("retention", "retention-accounts", "retention-export", "retention-accounts-export")
    assert [reverse(f"renewals:{name}") for name in names] == EVERY
