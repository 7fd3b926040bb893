import csv
import io
import zipfile
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest

from accounts.domain.book import Filters, Order
from accounts.queries.book import book_page
from accounts.queries.book_columns import columns
from accounts.queries.book_export import export_rows, header_of
from cs_workspace.common.sending import csv_chunks, disarmed, send_csv, write_xlsx
from tests.cast import Cast
from tests.factories import AccountFactory, SegmentFactory, TaskFactory, UserFactory, day, days_ago

pytestmark = pytest.mark.django_db
EVERY = columns()


def rows(user: Any, filters: Filters | None = None, order: str = "name", keys: str = "") -> list[list[Any]]:
    chosen = [column for column in EVERY if not keys or column.key in keys.split()]
    return list(export_rows(user, filters or Filters(), Order.parse(order), chosen))


def parsed(chunks: Any) -> list[list[str]]:
    text = b"".join(chunks).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_a_column_of_the_page_is_one_or_more_of_the_file_and_drawings_are_none():
    assert header_of([column for column in EVERY if column.key in {"name", "health", "spark", "arr", "renewal"}]) == [
        "Account",
        "Tier",
        "Score",
        "Tier overridden",
        "ARR (EUR)",
        "Renewal",
        "Days to renewal",
    ]


def test_all_columns_of_an_account_are_written_as_values():
    owner = UserFactory(name="Olga", as_executive=True)
    account = AccountFactory(
        name="Halden",
        critical=True,
        health_trend="declining",
        health_reason="Logins fell",
        health_confidence=Decimal("0.9"),
        arr=Decimal("1000.01"),
        expected_churn=Decimal("0.4"),
        segment=SegmentFactory(name="Enterprise+", lower_arr=Decimal(9_000_000)),
        renewal_date=day(10),
        last_touch=days_ago(2),
        open_alerts=3,
        owner=owner,
        tags=["a", "b"],
        customer_since=day(-100),
        strategic=True,
        stage="renewing",
        industry="Freight",
        country="Norway",
        domain="halden.example",
        external_id="17",
        source="crm",
    )
    TaskFactory(account=account, title="Call them")
    [row] = rows(owner)
    assert dict(zip(header_of(EVERY), row, strict=True)) == {
        "Account": "Halden",
        "Tier": "Critical",
        "Score": Decimal("31.0"),
        "Tier overridden": None,
        "Trend": "Declining",
        "ARR (EUR)": Decimal("1000.01"),
        "Segment": "Enterprise+",
        "Renewal": day(10),
        "Days to renewal": 10,
        "Last touch": days_ago(2).date(),
        "Touch due": "Daily touch, 1 day overdue",
        "Next action": "Call them",
        "Open alerts": 3,
        "Owner": "Olga",
        "Tags": "a; b",
        "Revenue at risk (EUR)": Decimal("400.00"),
        "Why": "Logins fell",
        "Confidence": Decimal("0.900"),
        "Customer since": day(-100),
        "Strategic": "yes",
        "Trial": "no",
        "Lifecycle stage": "Renewing",
        "Status": "Active",
        "Industry": "Freight",
        "Country": "Norway",
        "Domain": "halden.example",
        "External id": "17",
    }


def test_what_is_unknown_is_empty_and_not_nought():
    user = UserFactory(as_executive=True)
    AccountFactory(name="Bare", domain="")
    [row] = rows(user)
    values = dict(zip(header_of(EVERY), row, strict=True))
    unknown = [name for name, value in values.items() if value is None]
    assert unknown == [
        *("Tier", "Score", "Tier overridden", "Segment", "Renewal", "Days to renewal", "Last touch", "Touch due"),
        *("Next action", "Owner", "Tags"),
        *("Revenue at risk (EUR)", "Why", "Confidence", "Customer since", "Industry", "Country", "Domain"),
        "External id",
    ]


@pytest.mark.parametrize("order", ["name", "-arr", "health", "-health", "renewal", "-renewal", "-next"])
def test_the_file_has_the_rows_of_the_page_in_its_order(order: str):
    user = UserFactory(as_executive=True)
    for number in range(6):
        fields = {"health_score": 40 + number % 2, "renewal_date": day(number % 3)} if number % 3 else {}
        AccountFactory(name=f"A{number}", arr=number % 2, **fields)
    AccountFactory(name="other", tags=["x"])
    filters = Filters(q="A")
    page = book_page(user, filters, Order.parse(order), EVERY, number=1, size=50)
    assert [row[0] for row in rows(user, filters, order)] == [row["name"] for row in page.rows]


def test_nobody_exports_what_they_do_not_see(cast: Cast):
    assert [row[0] for row in rows(cast.owner)] == ["Halden Logistics"]
    assert [row[0] for row in rows(cast.outsider)] == ["Stranger Foods"]


def test_next_actions_are_looked_up_for_many_at_once(django_assert_num_queries: Any):
    user = UserFactory(as_executive=True)
    AccountFactory.create_batch(5)
    with django_assert_num_queries(3):
        rows(user, keys="name next")


def test_columns_that_need_no_look_up_cost_one_query(django_assert_num_queries: Any):
    user = UserFactory(as_executive=True)
    AccountFactory.create_batch(5)
    with django_assert_num_queries(1):
        rows(user, keys="name arr risk")


# Files


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "|x", "%0", "＝1", "\n=1"])
def test_text_that_a_spreadsheet_would_run_is_disarmed(text: str):
    assert disarmed(text) == f"'{text}"


@pytest.mark.parametrize("cell", ["", "Halden", "3-1", "a=b", -12, Decimal("-3.5"), None])
def test_everything_else_is_left_as_it_is(cell: Any):
    assert disarmed(cell) == cell


def test_a_csv_file_is_utf8_with_a_mark_and_reads_back():
    chunks = list(csv_chunks(["Name", "ARR"], [['Smørbrød, "A/S"', Decimal("9.50")], ["=cmd()", None], ["a\nb", -1]]))
    assert chunks[0].startswith(b"\xef\xbb\xbf")
    assert parsed(chunks) == [
        ["Name", "ARR"],
        ['Smørbrød, "A/S"', "9.50"],
        ["'=cmd()", ""],
        ["a\nb", "-1"],
    ]


def test_a_csv_file_is_sent_while_it_is_read():
    taken = []

    def lines() -> Any:
        for number in range(2000):
            taken.append(number)
            yield [number]

    response = send_csv("accounts", ["Number"], lines())
    first = next(iter(response.streaming_content))
    assert first.startswith(b"\xef\xbb\xbfNumber")
    assert len(taken) < 600, "the rest is not read before it is wanted"
    assert response["Cache-Control"] == "no-store"


NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def test_an_excel_file_holds_numbers_as_numbers_days_as_days_and_text_as_text():
    file = io.BytesIO()
    write_xlsx(
        file,
        ["Name", "ARR", "Day", "None"],
        [["=1+1", Decimal("9.50"), day(0), None], ["http://x.example", -1, None, None]],
    )
    with zipfile.ZipFile(file) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    cells = {cell.get("r"): cell for cell in sheet.iter(f"{NAMESPACE}c")}
    assert sorted(cells) == ["A1", "A2", "A3", "B1", "B2", "B3", "C1", "C2", "D1"]
    texts = {name: "".join(cell.itertext()) for name, cell in cells.items()}
    assert (texts["A2"], cells["A2"].get("t")) == ("=1+1", "inlineStr")
    assert (texts["A3"], cells["A3"].get("t")) == ("http://x.example", "inlineStr")
    assert (Decimal(texts["B2"]), cells["B2"].get("t")) == (Decimal("9.5"), None)
    assert cells["C2"].get("t") is None
    assert float(texts["C2"]) > 40_000, "days are counted from 1900"
    assert not list(sheet.iter(f"{NAMESPACE}f")), "there is no formula"
    assert not list(sheet.iter(f"{NAMESPACE}hyperlink"))
