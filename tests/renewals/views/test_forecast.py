"""The forecast page, the renewals behind its figures, and both as files."""

import csv
import datetime as dt
import io
import re
from decimal import Decimal
from zipfile import ZipFile

import pytest

from cs_workspace.common import clock
from renewals.models import ForecastSnapshot
from renewals.services.forecasting import keep_forecast
from renewals.tasks import keep_forecast as keep_forecast_task
from tests.cast import logged_in
from tests.factories import AccountFactory, ContractFactory, RenewalFactory, SegmentFactory, day

pytestmark = pytest.mark.django_db

D = Decimal
URL, PAST, LIST = "/forecast/", "/forecast/past/", "/forecast/renewals/"
EXPORT, LIST_EXPORT = "/forecast/export/", "/forecast/renewals/export/"
HTMX = {"HX-Request": "true"}


def renewal(account, due_on, arr=1000, **fields):
    contract = ContractFactory(account=account, start=due_on - dt.timedelta(days=365), end=due_on, with_line=arr)
    return RenewalFactory(account=account, contract=contract, current_arr=D(arr), **fields)


@pytest.fixture
def book(cast):
    """Two renewals of the owner, a contract whose renewal is not opened yet, and one of a stranger."""
    renewal(cast.account, day(20), 1000, category="commit", expected_arr=D(1200))
    small = AccountFactory(owner=cast.owner, name="Small Shop")
    renewal(small, day(25), 200)
    ContractFactory(account=small, start=day(-200), end=day(165), with_line=50)
    renewal(cast.strangers, day(20), 90_000, category="commit")
    return cast


def test_the_page_shows_the_figures_of_the_accounts_that_one_sees(book):
    page = logged_in(book.owner).get(URL)
    text = page.content.decode()
    year = page.context["report"].year.forecast
    assert (year.all.count, year.all.due, year.low, year.expansion) == (3, 1250, 1000, 200)
    assert "1 open renewal, " in text
    assert "Low = renewed + commit." in text
    assert "90.0k" not in text
    assert logged_in(book.executive).get(URL).context["report"].year.forecast.all.due == 91_250


def test_the_figures_lead_to_their_renewals_and_these_back(book):
    client = logged_in(book.manager)
    page = client.get(URL, {"csm": book.owner.pk, "split": "csm"})
    text = page.content.decode()
    since, until = page.context["report"].year.period.since, page.context["report"].year.period.until
    back = f"csm%253D{book.owner.pk}%2526split%253Dcsm"
    address = f"{LIST}?since={since}&until={until}&figure=low&back={back.replace('%25', '%')}&csm={book.owner.pk}"
    assert address.replace("&", "&amp;") in text
    behind = client.get(address)
    assert [row.account for row in behind.context["rows"]] == ["Halden Logistics"]
    assert behind.context["back"] == f"{URL}?csm={book.owner.pk}&split=csm"
    assert behind.context["totals"].due == 1000


@pytest.mark.parametrize(("figure", "accounts"), [
    ("due", ["Halden Logistics", "Small Shop", "Small Shop"]),
    ("open", ["Halden Logistics", "Small Shop", "Small Shop"]),
    ("closed", []),
    ("commit", ["Halden Logistics"]),
    ("unforecast", ["Small Shop"]),
    ("not_opened", ["Small Shop"]),
    ("high", ["Halden Logistics", "Small Shop", "Small Shop"]),
    ("expansion", ["Halden Logistics"]),
    ("contraction", []),
    ("unknown", ["Small Shop"]),
])  # fmt: skip
def test_every_figure_has_its_list(book, figure, accounts):
    page = logged_in(book.owner).get(LIST, {"figure": figure})
    assert [row.account for row in page.context["rows"]] == accounts


def test_renewals_lead_to_their_pages_and_what_is_not_opened_to_its_account(book):
    rows = logged_in(book.owner).get(LIST).context["rows"]
    text = logged_in(book.owner).get(LIST).content.decode()
    assert [row.renewal_id is None for row in rows] == [False, False, True]
    assert f'data-href="/renewals/{rows[0].renewal_id}/"' in text
    assert f'data-href="/accounts/{rows[2].account_id}/"' in text


@pytest.mark.parametrize("sort", ["account", "due", "category", "arr", "expected", "probability"])
def test_the_list_can_be_sorted_both_ways(book, sort):
    client = logged_in(book.owner)
    up, down = (client.get(LIST, {"sort": order}).context["rows"] for order in (sort, f"-{sort}"))
    assert len(up) == len(down) == 3
    if sort == "arr":
        assert [row.current for row in up] == [50, 200, 1000] == [row.current for row in reversed(down)]
    if sort == "probability":
        assert up[-1].probability is down[-1].probability is None


def test_what_was_kept_is_listed_as_it_was_forecast(book):
    with clock.set_to(clock.now().replace(day=1)):
        keep_forecast(today=clock.today())
    first = clock.today().replace(day=1)
    until = (first + dt.timedelta(days=32)).replace(day=1)
    page = logged_in(book.owner).get(LIST, {"since": first, "until": until, "kept": 1})
    assert [row.part for row in page.context["rows"]] == [
        row.part for row in logged_in(book.owner).get(LIST, {"since": first, "until": until}).context["rows"]
    ]
    assert "as it was forecast at the beginning of the month" in page.content.decode()


def test_overdue_ones_are_listed_for_themselves(book):
    first = clock.today().replace(day=1)
    late = renewal(book.account, first - dt.timedelta(days=40))
    before = first - dt.timedelta(days=1)
    page = logged_in(book.owner).get(LIST, {"since": before, "until": first, "figure": "open", "overdue": 1})
    assert [row.renewal_id for row in page.context["rows"]] == [late.pk]
    assert "1 renewal, " in logged_in(book.owner).get(URL).content.decode()


def test_parts_of_the_pages_are_swapped(book):
    client = logged_in(book.manager)
    part = client.get(URL, {"split": "team"}, headers=HTMX | {"HX-Target": "report"}).content.decode()
    assert part.lstrip().startswith('<div class="stack forecast" id="report">')
    rows = client.get(LIST, headers=HTMX | {"HX-Target": "rows"}).content.decode()
    assert rows.lstrip().startswith('<div class="stack" id="rows">')


@pytest.mark.parametrize("query", [
    {"csm": "somebody"}, {"team": "99999999999999999999"}, {"segment": "\0"}, {"split": "moon"}, {"csm": "1 OR 1=1"},
])  # fmt: skip
def test_filters_that_mean_nothing_are_named_and_left_out(book, query):
    page = logged_in(book.manager).get(URL, query)
    assert page.status_code == 200
    assert "was left out" in page.content.decode()
    assert page.context["report"].year.forecast.all.due == 1250


@pytest.mark.parametrize("query", [
    {"since": "tomorrow"}, {"since": "2026-02-01", "until": "2026-01-01"}, {"figure": "dreams"}, {"csm": "x"},
    {"team": "9999999999999"}, {"sort": "colour"}, {"segment": "\0"}, {"until": "10000-01-01"},
])  # fmt: skip
def test_lists_that_mean_nothing_are_of_the_year(book, query):
    page = logged_in(book.owner).get(LIST, query)
    assert page.status_code == 200
    assert "was left out" in page.content.decode()
    assert page.context["totals"].count == 3


def test_the_way_back_leads_nowhere_else(book):
    page = logged_in(book.owner).get(LIST, {"back": "https://elsewhere.example/?split=csm&next=//x"})
    assert page.context["back"] in (URL, f"{URL}?split=csm")


def test_without_renewals_the_page_says_what_comes(cast):
    page = logged_in(cast.owner).get(URL).content.decode()
    assert "Nothing is up for renewal" in page


def test_the_past_comes_after_the_page_with_the_same_filters(book):
    client = logged_in(book.manager)
    page = client.get(URL, {"split": "csm", "csm": book.owner.pk}).content.decode()
    address = re.search(r'hx-get="(/forecast/past/[^"]+)"', page)[1].replace("&amp;", "&")
    assert address == f"{PAST}?split=csm&csm={book.owner.pk}"
    panel = client.get(address, headers=HTMX | {"HX-Target": "past"}).content.decode()
    assert panel.lstrip().startswith('<section class="panel" id="past"')


def test_without_a_past_it_says_when_there_will_be_one(cast):
    assert "Nothing was due yet" in logged_in(cast.owner).get(PAST).content.decode()


def test_an_empty_list_leads_back(cast):
    assert "Nothing of this kind is due" in logged_in(cast.owner).get(LIST).content.decode()


def test_tables_are_sent_as_files(book):
    client = logged_in(book.owner)
    lines = list(csv.reader(sent(client.get(EXPORT)).decode("utf-8-sig").splitlines()))
    months = lines[1 : lines.index([], 1)] if [] in lines else lines
    total = next(line for line in reversed(months) if len(line) > 3)
    assert total[2:4] == ["3", "1250.00"]
    with ZipFile(io.BytesIO(sent(client.get(EXPORT, {"format": "xlsx"})))) as file:
        names = re.findall(r'<sheet name="([^"]+)"', file.read("xl/workbook.xml").decode())
    assert names == ["By month", "30, 60 and 90 days", "By Segment", "Forecast and what happened"]


def test_lists_are_sent_as_files(book):
    client = logged_in(book.owner)
    lines = list(csv.reader(sent(client.get(LIST_EXPORT)).decode("utf-8-sig").splitlines()))
    assert len(lines) == 4
    assert (lines[1][0], lines[1][4:9]) == (
        "Halden Logistics",
        ["Commit", "1000.00", "1200.00", "1000.00", "200.00"],
    )
    assert sent(client.get(LIST_EXPORT, {"format": "xlsx"})).startswith(b"PK")


def sent(answer):
    """The file, whole."""
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


@pytest.mark.parametrize("url", [URL, PAST, LIST, EXPORT, LIST_EXPORT])
def test_they_are_only_read(cast, url):
    assert logged_in(cast.owner).post(url).status_code == 405
    assert logged_in(cast.read_only).get(url).status_code == 200


@pytest.mark.parametrize("url", [URL, PAST, LIST])
def test_queries_do_not_grow_with_the_renewals(cast, django_assert_num_queries, url):
    client, counts = logged_in(cast.manager), {URL: 8, PAST: 10, LIST: 6}
    for renewals in (1, 5):
        for place in range(renewals):
            account = AccountFactory(owner=cast.owner, segment=SegmentFactory(key="smb"))
            renewal(account, day(20 + place))
            ContractFactory(account=account, start=day(-5), end=day(200), with_line=10)
        with django_assert_num_queries(counts[url]):
            assert client.get(url).status_code == 200


def test_the_task_keeps_a_month_once(book):
    keep_forecast_task()
    keep_forecast_task()
    assert ForecastSnapshot.objects.get().lines.count() == 4
