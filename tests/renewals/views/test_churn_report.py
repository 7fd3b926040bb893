"""Reports › Churn: the figures, the records behind each of them, lessons, and losses without a reason."""

import csv
import io
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import Account
from cs_workspace.common import clock
from renewals.domain.churn_analysis import Told
from renewals.models import ChurnRecord
from renewals.services.ledger import write_ledger
from tests.cast import Cast, logged_in
from tests.factories import (
    AccountFactory,
    ChurnRecordFactory,
    ContractFactory,
    ExitInterviewFactory,
    ProductFactory,
    SegmentFactory,
    day,
)

pytestmark = pytest.mark.django_db

PAGES = ["churn-report", "churn-records", "churn-lessons", "churn-untold"]
FILES = ["churn-export", "churn-records-export", "churn-untold-export"]


@pytest.fixture
def left(cast: Cast) -> Account:
    """Another account of the owner, lost forty days ago, as the ledger tells."""
    account = AccountFactory(name="Left Behind", owner=cast.owner, customer_since=day(-400))
    ContractFactory(account=account, start=day(-400), end=day(-40), with_line=9000)
    write_ledger(today=day(0))
    return account


def url_of(name, **asked):
    return reverse(f"renewals:{name}", query=asked)


def rows_of(response):
    return list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))


def test_the_figures_are_those_of_the_records_of_a_year_beside_the_year_before(cast, left):
    ChurnRecordFactory(account=left, day=day(-40), arr_lost=9000)
    ChurnRecordFactory(account=cast.account, day=day(-20), arr_lost=1000, lost_account=False, preventable="yes")
    ChurnRecordFactory(account=left, day=day(-500), arr_lost=5000)
    ChurnRecordFactory(account=left, day=day(3), arr_lost=77000)
    ChurnRecordFactory(account=left, day=day(-41), arr_lost=66000, withdrawn_at=clock.now())
    ChurnRecordFactory(account=cast.strangers, arr_lost=55000)
    report = logged_in(cast.owner).get(url_of("churn-report")).context["report"]
    assert (report.total.arr, report.total.logos, report.total.contraction) == (10000, 1, 1000)
    assert (report.total.preventable_share, report.before.arr) == (Decimal("0.1"), 5000)
    assert report.ledger == Told(churn=Decimal(9000), contraction=Decimal(0), explained=Decimal(9000))
    assert sum(sums.arr for _, sums in report.periods) == 10000
    assert [(one.name, [reason.name for reason in one.reasons]) for one in report.categories] == [
        ("Financial", ["Price"])
    ]


def test_the_longer_time_reaches_further_back(cast, left):
    ChurnRecordFactory(account=left, day=day(-500), arr_lost=5000)
    page = logged_in(cast.owner).get(url_of("churn-report", years=2, step="quarter"))
    assert page.context["report"].total.arr == 5000
    assert len(page.context["report"].periods) in (8, 9)


def test_groups_are_segments_cohorts_products_and_competitors_however_they_are_written(cast, left):
    Account.objects.filter(pk=left.pk).update(segment=SegmentFactory(name="Middle"))
    suite = ProductFactory(name="Suite")
    for on, rival in ((-40, "Aerlo"), (-41, " aerlo"), (-42, "")):
        made = ChurnRecordFactory(account=left, day=day(on), arr_lost=1000, competitor=rival)
        made.products.create(product=suite, arr_lost=600)
    report = logged_in(cast.owner).get(url_of("churn-report")).context["report"]
    assert [(one.name, one.sums.arr) for one in report.segments] == [("Middle", 3000)]
    assert [(one.name, one.sums.records) for one in report.cohorts] == [(str(day(-400).year), 3)]
    assert [(one.name, one.arr, one.accounts) for one in report.products] == [("Suite", 1800, 1)]
    assert [(one.name.lower(), one.records, one.arr) for one in report.competitors] == [("aerlo", 2, 2000)]


def test_of_one_product_or_segment_only_its_records_count(cast, left):
    suite, middle = ProductFactory(name="Suite"), SegmentFactory(name="Middle")
    made = ChurnRecordFactory(account=left, day=day(-40), arr_lost=1000)
    made.products.create(product=suite, arr_lost=600)
    ChurnRecordFactory(account=cast.account, arr_lost=500)
    client = logged_in(cast.owner)
    assert client.get(url_of("churn-report", product=suite.pk)).context["report"].total.arr == 1000
    found = client.get(url_of("churn-report", segment=middle.pk)).context["report"]
    assert (found.total.records, found.ledger.arr) == (0, 0)


@pytest.mark.parametrize("name", PAGES)
def test_without_any_loss_the_pages_say_so(cast, name):
    text = logged_in(cast.owner).get(url_of(name)).content.decode()
    assert 'class="empty"' in text


@pytest.mark.parametrize(
    "asked",
    [
        {"years": "9", "step": "day", "segment": "x", "product": "999999"},
        {"since": "x", "until": "2020-02-30", "category": "weather", "sort": "up", "cohort": "-1", "account": "0"},
        {"since": "2026-02-01", "until": "2026-01-01", "page": "x", "q": "a\0b"},
        {"cohort": "9" * 30, "account": "9" * 30, "page": "9" * 30},
    ],
)
@pytest.mark.parametrize("name", [*PAGES, *FILES])
def test_what_an_address_can_not_mean_is_left_out(cast, left, name, asked):
    ChurnRecordFactory(account=left)
    assert logged_in(cast.owner).get(url_of(name, **asked)).status_code == 200


# The records behind a figure


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, {"ahead", "lost", "less"}),
        ({"extent": "churn"}, {"lost"}),
        ({"extent": "contraction"}, {"less"}),
        ({"extent": "ahead"}, {"ahead"}),
        ({"category": "financial"}, {"ahead", "lost"}),
        ({"sub_reason": "bugs"}, {"less"}),
        ({"preventable": "yes"}, {"less"}),
        ({"interview": "with"}, {"lost"}),
        ({"interview": "without"}, {"ahead", "less"}),
        ({"competitor": "aerlo"}, {"less"}),
        ({"cohort": lambda: day(-400).year}, {"ahead", "lost", "less"}),
        ({"cohort": 0}, set()),
        ({"segment": 0}, {"ahead", "lost", "less"}),
        ({"since": lambda: day(-40).isoformat(), "until": lambda: day(-20).isoformat()}, {"lost"}),
        ({"q": "stopped"}, {"less"}),
        ({"q": "left behind"}, {"ahead", "lost", "less"}),
        ({"q": "nothing so called"}, set()),
    ],
)
def test_each_filter_leaves_its_records(cast, left, asked, found):
    made = {
        "lost": ChurnRecordFactory(account=left, day=day(-40)),
        "ahead": ChurnRecordFactory(account=left, day=day(5)),
        "less": ChurnRecordFactory(
            account=left, day=day(-20), lost_account=False, category="product", sub_reason="bugs", preventable="yes",
            competitor="Aerlo", notes="It stopped twice.",
        ),
    }  # fmt: skip
    Account.objects.filter(pk=left.pk).update(segment=None)
    ExitInterviewFactory(record=made["lost"])
    asked = {name: value() if callable(value) else value for name, value in asked.items()}
    page = logged_in(cast.owner).get(url_of("churn-records", **asked))
    names = {record.pk: name for name, record in made.items()}
    assert {names[record.pk] for record, _ in page.context["rows"]} == found
    assert page.context["totals"].records == len(found)


def test_a_figure_leads_to_the_records_that_make_it_up(cast, left):
    ChurnRecordFactory(account=left, day=day(-40), arr_lost=9000)
    ChurnRecordFactory(account=left, day=day(-500), arr_lost=5000)
    client = logged_in(cast.owner)
    since = client.get(url_of("churn-report")).context["report"].period.since
    behind = url_of("churn-records", since=since, until=day(1), category="financial").replace("&", "&amp;")
    assert behind in client.get(url_of("churn-report")).content.decode()
    totals = client.get(behind.replace("&amp;", "&")).context["totals"]
    assert (totals.records, totals.arr, totals.accounts) == (1, 9000, 1)


@pytest.mark.parametrize("sort", ["day", "-day", "account", "-arr", "reason", "-preventable"])
def test_the_list_is_sorted_by_any_of_its_heads(cast, left, sort):
    ChurnRecordFactory(account=left, day=day(-40), arr_lost=10)
    ChurnRecordFactory(account=cast.account, day=day(-30), arr_lost=5)
    page = logged_in(cast.owner).get(url_of("churn-records", sort=sort))
    first = page.context["rows"][0][0].account.name
    assert first == {"day": "Left Behind", "-arr": "Left Behind"}.get(sort, "Halden Logistics")


def test_the_file_holds_every_record_of_the_list(cast, left):
    ExitInterviewFactory(record=ChurnRecordFactory(account=left, lessons="Ask sooner."))
    header, row = rows_of(logged_in(cast.owner).get(url_of("churn-records-export")))
    told = dict(zip(header, row, strict=True))
    assert (told["Account"], told["ARR lost"], told["Exit interview"], told["Lessons"]) == (
        "Left Behind", "24000.00", "yes", "Ask sooner.",
    )  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_files_come_as_spreadsheets_too(cast, left, name):
    ChurnRecordFactory(account=left)
    response = logged_in(cast.owner).get(url_of(name, format="xlsx"))
    assert response["Content-Disposition"].endswith('.xlsx"')
    assert b"".join(response.streaming_content)[:2] == b"PK"


def test_the_report_as_a_file_has_all_its_tables(cast, left):
    ChurnRecordFactory(account=left, competitor="Aerlo").products.create(product=ProductFactory(), arr_lost=1)
    titles = [row[0] for row in rows_of(logged_in(cast.owner).get(url_of("churn-export"))) if len(row) == 1]
    assert titles == [
        "Period", "Over time", "By reason", "By judgement", "By segment", "By cohort", "By product", "Competitors",
    ]  # fmt: skip


# Lessons, and losses without a reason


def test_lessons_stand_with_the_latest_first_and_can_be_searched(cast, left):
    ChurnRecordFactory(account=left, day=day(-40), lessons="Meet purchasing sooner.")
    ChurnRecordFactory(account=left, day=day(-20), lessons="Never one contact only.")
    ChurnRecordFactory(account=left, day=day(-10))
    client = logged_in(cast.owner)
    found = [one.lessons for one in client.get(url_of("churn-lessons")).context["rows"]]
    assert found == ["Never one contact only.", "Meet purchasing sooner."]
    found = [one.lessons for one in client.get(url_of("churn-lessons", q="purchasing")).context["rows"]]
    assert found == ["Meet purchasing sooner."]


def test_a_loss_of_the_ledger_stands_there_until_somebody_says_why(cast, left):
    client = logged_in(cast.owner)
    page = client.get(url_of("churn-untold"))
    assert [(row.account, row.day, row.arr, row.lost_account) for row in page.context["rows"]] == [
        (left, day(-40), 9000, True)
    ]
    assert f"{reverse('renewals:note-loss', args=[left.pk])}?day={day(-40)}" in page.content.decode()
    header, row = rows_of(client.get(url_of("churn-untold-export")))
    assert (header[0], row[0], row[2]) == ("Account", "Left Behind", "9000.00")
    ChurnRecordFactory(account=left, day=day(-40))
    assert client.get(url_of("churn-untold")).context["rows"] == []


def test_losses_outside_of_the_period_are_not_asked_about(cast, left):
    asked = {"since": day(-30).isoformat(), "until": day(0).isoformat()}
    assert logged_in(cast.owner).get(url_of("churn-untold", **asked)).context["rows"] == []


# Who sees what, and what it costs


def test_what_others_see_is_theirs_alone(cast, left):
    ChurnRecordFactory(account=left, day=day(-40), lessons="Of the owner.")
    for name in PAGES:
        text = logged_in(cast.outsider).get(url_of(name)).content.decode()
        assert "Left Behind" not in text
        assert "Of the owner." not in text
    assert logged_in(cast.manager).get(url_of("churn-report")).context["report"].total.records == 1
    assert len(rows_of(logged_in(cast.outsider).get(url_of("churn-records-export")))) == 1


@pytest.mark.parametrize("name", [*PAGES, *FILES])
def test_reports_are_only_read(cast, name):
    assert logged_in(cast.owner).post(url_of(name)).status_code == 405


@pytest.mark.parametrize("more", [0, 5])
@pytest.mark.parametrize(
    ("name", "queries"), [("churn-report", 10), ("churn-records", 7), ("churn-lessons", 7), ("churn-untold", 6)]
)
def test_as_many_queries_for_many_records_as_for_one(cast, left, name, queries, more, django_assert_num_queries):
    for number in range(1 + more):
        account = AccountFactory(owner=cast.owner, segment=SegmentFactory(), customer_since=day(-400 * (number + 1)))
        made = ChurnRecordFactory(account=account, lessons="Learned.", competitor=f"Rival {number}")
        made.products.create(product=ProductFactory(), arr_lost=1)
        ContractFactory(account=account, start=day(-300), end=day(-50), with_line=1000)
    write_ledger(today=day(0))
    client = logged_in(cast.owner)
    with django_assert_num_queries(queries):
        client.get(url_of(name))


def test_records_that_were_withdrawn_are_nowhere(cast, left):
    ChurnRecordFactory(account=left, lessons="Learned.")
    ChurnRecord.objects.update(withdrawn_at=clock.now())
    client = logged_in(cast.owner)
    assert client.get(url_of("churn-records")).context["rows"] == []
    assert client.get(url_of("churn-lessons")).context["rows"] == []
