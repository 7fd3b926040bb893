import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, Contact, Contract, Invoice, Product, Touch
from cs_workspace.common import clock
from cs_workspace.web.importing.errors import FileRefused, ImportRefused
from cs_workspace.web.importing.mapping import parse_mapping
from cs_workspace.web.importing.problems import Problem, Problems
from cs_workspace.web.importing.running import Summary, run_import
from health.models import DirtyMark, FeatureMonth, MetricPoint, SurveyAnswer, Ticket, UsageDay
from tests.factories import UserFactory
from tests.health.making import contents
from tests.web.importing.making import crm, write

pytestmark = pytest.mark.django_db

IMPORTED = (Account, Contract, Contact, Invoice, Touch, UsageDay, Ticket, SurveyAnswer, MetricPoint)


@pytest.fixture(autouse=True)
def _mara(db):
    UserFactory(email="mara@example.com")


def imported(folder, mapping=None, **options: object) -> tuple[Summary, list[Problem]]:
    seen: list[Problem] = []
    summary = run_import([folder], mapping or crm(), Problems(seen.append), **options)
    return summary, seen


def told(problems: list[Problem]) -> list[tuple[str, str, int, str, str]]:
    return [(problem.severity.value, problem.file, problem.line, problem.column, problem.text) for problem in problems]


def figures(summary: Summary) -> dict[str, tuple[int, int, int]]:
    return {
        outcome.label: (outcome.new, outcome.changed, outcome.unchanged)
        for table in summary.tables
        for outcome in table.outcomes
    }


def everything() -> dict[str, list[dict]]:
    return contents(*IMPORTED, without=("updated_at", "created_at"))


def test_every_kind_of_file_becomes_its_records(tmp_path):
    summary, problems = imported(write(tmp_path))

    assert figures(summary) == {
        "accounts": (2, 0, 0), "contracts": (1, 0, 0), "contacts": (1, 0, 0), "days of use": (3, 0, 0),
        "tickets": (1, 0, 0), "invoices": (1, 0, 0), "survey answers": (1, 0, 0), "touches": (1, 0, 0),
        "values of metrics": (1, 0, 0),
    }  # fmt: skip
    assert problems == []
    acme, beta = Account.objects.order_by("external_id")
    assert (acme.name, acme.owner.email, acme.custom, acme.arr) == (
        "Acme", "mara@example.com", {"plan": "Pro"}, Decimal("1200.00"),
    )  # fmt: skip
    assert (beta.parent, beta.arr) == (acme, 0)
    assert (acme.last_touch, Invoice.objects.get().status) == (Touch.objects.get().at, "paid")
    assert Contact.objects.get().roles == ["champion", "user"]
    assert list(UsageDay.objects.order_by("account", "day").values_list("logins", "minutes")) == [
        (5, 31), (None, None), (0, 0),
    ]  # fmt: skip
    assert MetricPoint.objects.get().value == 21.5
    assert {*DirtyMark.objects.values_list("account_id", flat=True)} == {acme.pk, beta.pk}


def test_the_same_files_again_change_nothing_and_ask_for_no_score(tmp_path):
    write(tmp_path)
    imported(tmp_path)
    before = everything()
    DirtyMark.objects.all().delete()

    summary, _ = imported(tmp_path)

    assert {(new, changed) for new, changed, _ in figures(summary).values()} == {(0, 0)}
    assert everything() == before
    assert not DirtyMark.objects.exists()
    assert summary.accounts_touched == 0


def test_a_changed_row_changes_its_record_and_asks_for_that_accounts_score(tmp_path):
    imported(write(tmp_path))
    DirtyMark.objects.all().delete()
    usage = "account,day,logins,minutes\nA-1,2026-05-01,6,30.5\nA-2,2026-05-01,0,0\n"

    summary, _ = imported(write(tmp_path, usage=usage))

    assert figures(summary)["days of use"] == (0, 1, 1)
    assert [mark.account.external_id for mark in DirtyMark.objects.all()] == ["A-1"]


def test_a_dry_run_says_what_would_happen_and_changes_nothing(tmp_path):
    write(tmp_path)
    dry, dry_problems = imported(tmp_path, dry_run=True)
    assert not Account.objects.exists()
    assert not Product.objects.exists()
    assert not DirtyMark.objects.exists()

    wet, wet_problems = imported(tmp_path)
    assert dry.dry_run
    assert figures(dry) == figures(wet)
    assert dry_problems == wet_problems


def test_wrong_rows_are_told_by_place_and_reason_and_stop_no_good_one(tmp_path):
    write(
        tmp_path,
        accounts="id,name,since,arr,churned,parent,owner,plan\n"
        "A-1,Acme,2025-01-10,1200,no,A-9,nobody@example.com,Pro\n"
        "A-2,,2025-03-20,,no,,,\n"
        "A-3,Gamma,2025-02-30,,perhaps,,,\n"
        "A-4,Delta,2025-03-20\n"
        "A-1,Acme,2025-01-10,1200,no,A-9,nobody@example.com,Pro\n"
        "A-1,Other,2025-01-10,1200,no,A-9,nobody@example.com,Pro\n",
        tickets="id,account,opened,closed,rating\n"
        "T-1,A-1,2026-05-01,2026-04-01,5\n"
        "T-2,A-7,2026-05-01,,\n"
        "T-3,,2026-05-01,,\n"
        "T-4,A-1,2026-05-02,,\n",
        contacts=None,
    )
    summary, problems = imported(tmp_path)

    file, tickets = "accounts.csv", "tickets.csv"
    found = [row for row in told(problems) if row[1] in (file, tickets)]
    assert sorted(found) == sorted([
        ("error", file, 3, "name", "is empty"),
        ("error", file, 4, "since", "is a day that the calendar does not have"),
        ("error", file, 4, "churned", "is none of true, false"),
        ("error", file, 5, "", "has 3 columns, the header has 8"),
        ("warning", file, 6, "id", "repeats an earlier row and was passed over: line 2"),
        ("error", file, 7, "id", "contradicts an earlier row, which holds: line 2"),
        ("warning", file, 2, "owner", "names no user of the workspace: nobody@example.com"),
        ("warning", file, 6, "owner", "names no user of the workspace: nobody@example.com"),
        ("warning", file, 7, "owner", "names no user of the workspace: nobody@example.com"),
        ("warning", file, 2, "parent", "names no known account"),
        ("error", tickets, 2, "closed", "is closed before it was opened: 2026-04-01 00:00 is before 2026-05-01 00:00"),
        ("error", tickets, 3, "account", "names no known account: A-7"),
        ("error", tickets, 4, "account", "is empty: whose row is it?"),
    ])  # fmt: skip
    assert Account.objects.get().name == "Acme"
    assert Ticket.objects.get().external_id == "T-4"
    loaded = {table.kind: table for table in summary.tables}
    assert (loaded["accounts"].rows, loaded["accounts"].wrong, loaded["accounts"].duplicates) == (6, 4, 1)
    assert loaded["tickets"].wrong == 3


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("metrics", "", "metrics.csv: is empty."),
        ("metrics", b"PK\x03\x04", "metrics.csv: is not a CSV file but an Excel workbook"),
        ("metrics", "account,day,temp\nA-1,2026-05-01,1\n", "metrics.csv: has no column “temperature”"),
        ("metrics", "account,day,temperature\nA-1,2026-05-01,1\nA-2,2026", "metrics.csv, line 3: breaks off here"),
        ("metrics", "account,day,temperature\nA-1,05/06/2026,1\n", "day first or month first"),
        ("metrics", b"account,day,temperature\nA-1,2026-05-01,\xc3\xa9\nA-2,2026-05-01,\xe9\n", "mixes encodings"),
    ],
)
def test_a_file_that_cannot_be_relied_on_is_refused_and_the_others_are_not_written(tmp_path, name, content, reason):
    write(tmp_path, **{name: content})
    with pytest.raises(FileRefused) as caught:
        imported(tmp_path)
    assert reason in str(caught.value)
    assert not Account.objects.exists()


def test_a_file_that_breaks_between_the_two_readings_takes_everything_back(tmp_path, monkeypatch):
    write(tmp_path)
    path = tmp_path / "metrics.csv"

    def cut(doing: str, done: int, total: int) -> None:
        if doing == "Importing tickets.csv":
            path.write_text("account,day,temperature\nA-1,2026-05-01,1\nA-2")

    with pytest.raises(FileRefused, match="breaks off here"):
        imported(tmp_path, progress=cut)
    assert not Account.objects.exists()


def test_all_dates_move_by_the_same_days_so_that_the_newest_falls_on_the_target(tmp_path):
    summary, _ = imported(write(tmp_path), shift_to=clock.today())

    newest = UsageDay.objects.order_by("-day").first().day
    assert summary.shift_days == (clock.today() - dt.date(2026, 5, 3)).days
    assert newest == clock.today() - dt.timedelta(days=1), "the day of payment was one day newer"
    assert Account.objects.get(external_id="A-1").customer_since == dt.date(2025, 1, 10) + dt.timedelta(
        days=summary.shift_days
    )
    again, _ = imported(tmp_path, shift_to=clock.today())
    assert {(new, changed) for new, changed, _ in figures(again).values()} == {(0, 0)}


@pytest.mark.parametrize("target", [dt.date(1999, 12, 31), dt.date(2100, 1, 1)])
def test_dates_cannot_be_moved_out_of_the_calendar(tmp_path, target):
    with pytest.raises(ImportRefused, match="Dates can be moved to the years from 2000 to 2099"):
        imported(write(tmp_path), shift_to=target)


def test_accounts_without_an_owner_are_shared_out_among_those_named(tmp_path):
    UserFactory(email="ben@example.com")
    summary, _ = imported(write(tmp_path), owners=["BEN@example.com"])
    assert summary.owners_given == 1
    assert Account.objects.get(external_id="A-2").owner.email == "ben@example.com"
    with pytest.raises(ImportRefused, match=r"No active user has the e-mail address gone@example\.com"):
        imported(tmp_path, owners=["gone@example.com"])


def test_what_a_person_set_stays_where_the_file_says_nothing_about_it(tmp_path):
    imported(write(tmp_path))
    person = UserFactory()
    Account.objects.filter(external_id="A-1").update(
        owner=person, tags=["key"], custom={"note": "ours"}, industry="Ore"
    )
    imported(tmp_path)
    acme = Account.objects.get(external_id="A-1")
    assert (acme.owner, acme.tags, acme.industry) == (person, ["key"], "Ore")
    assert acme.custom == {"note": "ours", "plan": "Pro"}


def test_contracts_decide_over_what_a_file_says_of_churn_and_arr(tmp_path):
    accounts = (
        "id,name,since,arr,churned,parent,owner,plan\n"
        "A-1,Acme,2025-01-10,5000,yes,,,Pro\n"
        "A-2,Beta,2025-03-20,,yes,,,\n"
        "A-3,Gamma,2025-03-20,,yes,,,\n"
    )
    contracts = (
        "id,account,start,end,product,arr\nC-1,A-1,2025-01-10,,Core,1200\nC-2,A-3,2025-03-20,2026-03-20,Core,900\n"
    )
    _, problems = imported(write(tmp_path, accounts=accounts, contracts=contracts))

    found = [row[1:] for row in told(problems) if row[1] == "accounts.csv"]
    assert found == [
        ("accounts.csv", 2, "churned", "is said to have churned, but has a contract in force: stays active"),
        ("accounts.csv", 3, "churned", "is said to have churned, but no day says when: stays active"),
        ("accounts.csv", 2, "arr", "differs from the ARR under contract, which counts: 1,200.00 EUR under contract"),
    ] or [row[3] for row in found][2].startswith("differs from the ARR under contract, which counts")
    standing = dict(Account.objects.values_list("external_id", "status"))
    assert standing == {"A-1": "active", "A-2": "active", "A-3": "churned"}
    assert Account.objects.get(external_id="A-3").churned_on == dt.date(2026, 3, 20)


def test_a_contact_who_left_and_is_active_again_in_the_file_comes_back(tmp_path):
    left = "id,account,name,email,roles,left\nP-1,A-1,Ada,,,2026-04-01\n"
    imported(write(tmp_path, contacts=left))
    assert Contact.objects.get().status == "left"
    imported(write(tmp_path))
    assert (Contact.objects.get().status, Contact.objects.get().left_on) == ("active", None)


FEATURES = """
source = "crm"
[[tables]]
kind = "accounts"
files = "accounts.csv"
key = "id"
fields = { name = "name" }
[[tables]]
kind = "feature_use"
files = "features.csv"
key = "id"
[tables.fields]
account = "account"
product = { value = "Core" }
feature = "feature"
day = "day"
uses = "uses"
minutes = { column = "seconds", divided_by = 60 }
"""


def test_rows_with_keys_of_their_own_add_up_to_the_day(tmp_path):
    (tmp_path / "accounts.csv").write_text("id,name\nA-1,Acme\n")
    (tmp_path / "features.csv").write_text(
        "id,account,feature,day,uses,seconds\n"
        "1,A-1,Export,2026-05-01,2,90\n2,A-1,Export,2026-05-01,3,90\n3,A-1,Import,2026-05-02,,60\n"
    )
    imported(tmp_path, parse_mapping(FEATURES, name="f.toml"))
    months = {month.feature.name: month.uses[:2] for month in FeatureMonth.objects.all()}
    assert months == {"Export": [5, None], "Import": [None, 1]}
    assert dict(UsageDay.objects.values_list("day__day", "minutes")) == {1: 3, 2: 1}


def test_rows_that_only_together_are_too_large_are_told_and_left_out(tmp_path):
    (tmp_path / "accounts.csv").write_text("id,name\nA-1,Acme\n")
    (tmp_path / "features.csv").write_text(
        "id,account,feature,day,uses,seconds\n"
        "1,A-1,Export,2026-05-01,2147483647,1\n2,A-1,Export,2026-05-01,1,1\n3,A-1,Export,2026-05-02,4,1\n"
    )
    summary, problems = imported(tmp_path, parse_mapping(FEATURES, name="f.toml"))
    reason = "adds up to more than 2,147,483,647 with other rows of its day"
    assert told(problems) == [
        ("error", "features.csv", 2, "uses", reason),
        ("error", "features.csv", 3, "uses", reason),
    ]
    assert FeatureMonth.objects.get().uses[:2] == [None, 4]
    assert (summary.tables[-1].wrong, figures(summary)["months of features"]) == (2, (1, 0, 0))


def test_the_use_of_one_day_adds_up_over_contracts_and_what_is_a_state_does_not(tmp_path):
    text = """
        source = "crm"
        [[tables]]
        kind = "usage"
        files = "use.csv"
        fields = { contract = "contract", day = "day", logins = "logins", active_users = "users", minutes = "minutes" }
    """
    contracts = "id,account,start,end,product,arr\nC-1,A-1,2025-01-10,,Core,1\nC-2,A-1,2025-01-10,,Core,1\n"
    imported(write(tmp_path, contracts=contracts))
    UsageDay.objects.all().delete()
    (tmp_path / "use.csv").write_text(
        "contract,day,logins,users,minutes\nC-1,2026-05-01,2,7,0.4\nC-2,2026-05-01,3,5,0.4\nC-2,2026-05-02,1,,\n"
        "C-1,2026-05-03,2147483647,1,1\nC-2,2026-05-03,1,1,1\n"
    )
    mapping = parse_mapping(text, name="u.toml")
    summary, problems = imported(tmp_path / "use.csv", mapping)

    assert list(UsageDay.objects.order_by("day").values_list("day__day", "logins", "active_users", "minutes")) == [
        (1, 5, 7, 1), (2, 1, None, None),
    ]  # fmt: skip
    reason = "adds up to more than 2,147,483,647 with other rows of its day"
    assert told(problems) == [("error", "use.csv", line, "logins", reason) for line in (5, 6)]
    assert figures(summary)["days of use"] == (2, 0, 0)
    assert figures(imported(tmp_path / "use.csv", mapping)[0])["days of use"] == (0, 0, 2)


def test_a_volume_of_data_may_be_larger_than_any_count(tmp_path):
    text = """
        source = "crm"
        [[tables]]
        kind = "usage"
        files = "volumes.csv"
        fields = { account = "account", day = "day", data_volume = "bytes" }
    """
    imported(write(tmp_path))
    (tmp_path / "volumes.csv").write_text("account,day,bytes\nA-1,2026-04-01,9000000000\n")
    _, problems = imported(tmp_path / "volumes.csv", parse_mapping(text, name="v.toml"))
    assert problems == []
    assert UsageDay.objects.get(day="2026-04-01").data_volume == 9e9


def test_two_values_of_a_metric_on_one_day_are_told_even_under_two_contracts(tmp_path):
    text = """
        source = "crm"
        [[tables]]
        kind = "metrics"
        files = "metrics.csv"
        fields = { contract = "contract", day = "day", metric.temperature = "t" }
    """
    imported(
        write(
            tmp_path,
            contracts="id,account,start,end,product,arr\nC-1,A-1,2025-01-10,,Core,1\nC-2,A-1,2025-01-10,,Core,1\n",
        )
    )
    MetricPoint.objects.all().delete()
    (tmp_path / "metrics.csv").write_text("contract,day,t\nC-1,2026-05-01,1\nC-2,2026-05-01,2\n")
    _, problems = imported(tmp_path / "metrics.csv", parse_mapping(text, name="m.toml"))
    assert [(row[2], row[4]) for row in told(problems)] == [(3, "contradicts an earlier row, which holds: line 2")]
    assert MetricPoint.objects.get().value == 1


def test_changes_of_arr_need_the_file_of_their_contracts(tmp_path):
    text = """
        source = "crm"
        [[tables]]
        kind = "arr_changes"
        files = "changes.csv"
        key = "id"
        fields = { contract = "contract", day = "day", amount = "amount" }
        [[tables]]
        kind = "contracts"
        files = "contracts.csv"
        key = "id"
        fields = { account = "account", start = "start", product = "product", arr = "arr" }
    """
    imported(write(tmp_path))
    changes = tmp_path / "changes.csv"
    future = clock.today() + dt.timedelta(days=30)
    changes.write_text(
        f"id,contract,day,amount\nE-1,C-1,2026-05-01,300\nE-2,C-1,2026-05-02,-50\nE-3,C-9,2026-05-02,1\nE-4,C-1,{future},1\n"
    )
    mapping = parse_mapping(text, name="c.toml")
    with pytest.raises(FileRefused, match="import their file along with it"):
        imported(changes, mapping)

    for _ in range(2):
        _, problems = imported(tmp_path, mapping)
        assert Contract.objects.get().lines.get().arr == 1450
    assert [(row[0], row[2], row[4]) for row in told(problems) if row[1] == "changes.csv"] == [
        ("warning", 5, "lies in the future"),
        ("warning", 5, "is not in force yet and was passed over"),
        ("error", 4, "names no contract of this import"),
    ]
    assert Account.objects.get(external_id="A-1").arr == 1450


def test_the_number_of_statements_does_not_grow_with_the_rows(tmp_path):
    def statements(rows: int) -> int:
        lines = "".join(f"A-1,2026-{1 + n // 28:02}-{1 + n % 28:02},{n},1\n" for n in range(rows))
        write(tmp_path, usage="account,day,logins,minutes\n" + lines)
        with CaptureQueriesContext(connection) as captured:
            imported(tmp_path)
        return len(captured)

    imported(write(tmp_path))
    few, many = statements(1), statements(100)
    assert few == many
    assert UsageDay.objects.count() > 100


def test_triggers_find_what_they_ask_for_while_rows_are_written(tmp_path):
    with transaction.atomic():
        imported(write(tmp_path))
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('pgtrigger.ignore')")
            assert cursor.fetchone() == ("{}",)
