"""`manage.py import_data`: what it prints, and how it ends."""

import csv
import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from accounts.models import Account
from cs_workspace.web.importing import running
from tests.factories import UserFactory
from tests.web.importing.making import CRM, write

pytestmark = pytest.mark.django_db

WRONG = "account,day,temperature\nA-1,2026-05-01,=1+1\nA-1,2026-05-02,warm\nA-1,2026-05-03,1\nA-1,2026-05-03,1\n"


@pytest.fixture
def mapping(tmp_path) -> str:
    UserFactory(email="mara@example.com")
    path = tmp_path / "crm.toml"
    path.write_text(CRM)
    return str(path)


def run(*paths: object, **options: object) -> str:
    out = io.StringIO()
    call_command("import_data", *map(str, paths), stdout=out, **options)
    return out.getvalue()


def test_the_report_says_what_became_of_every_file_and_of_the_wrong_rows(tmp_path, mapping):
    (tmp_path / "leads.csv").write_text("id\n")
    said = run(write(tmp_path, metrics=WRONG, touches=None), mapping=mapping)

    assert "accounts from accounts.csv: 2 rows\n  accounts: 2 new, 0 changed, 0 unchanged" in said
    assert "metrics from metrics.csv: 4 rows, 2 wrong, 1 repeated" in said
    assert "Error × 2: metrics.csv, temperature: is not a number\n    line 2: “=1+1”\n    line 3: “warm”" in said
    assert "Not found: touches (touches.csv)" in said
    assert f"Left out: {tmp_path / 'leads.csv'}: is named by no table of the mapping" in said
    assert "rows in" in said.splitlines()[-1]


def test_the_same_stands_in_the_json(tmp_path, mapping):
    found = json.loads(run(write(tmp_path, metrics=WRONG), mapping=mapping, json=True))

    assert (found["source"], found["dry_run"], found["errors"], found["warnings"]) == ("crm", False, 2, 1)
    table = next(table for table in found["tables"] if table["kind"] == "metrics")
    assert table == {
        "kind": "metrics", "files": ["metrics.csv"], "rows": 4, "left_out": 0, "duplicates": 1, "wrong": 2,
        "outcomes": [{"records": "values of metrics", "new": 1, "changed": 0, "unchanged": 0}],
    }  # fmt: skip
    assert found["problems"][0] == {
        "severity": "error", "file": "metrics.csv", "column": "temperature", "reason": "is not a number", "count": 2,
        "examples": [{"line": 2, "value": "=1+1", "detail": ""}, {"line": 3, "value": "warm", "detail": ""}],
    }  # fmt: skip


def test_a_dry_run_says_that_nothing_was_written(tmp_path, mapping):
    said = run(write(tmp_path), mapping=mapping, dry_run=True)
    assert "accounts: 2 new" in said
    assert said.strip().endswith("Nothing was written.")
    assert not Account.objects.exists()


def test_every_problem_goes_to_the_report_and_no_cell_is_run_as_a_formula(tmp_path, mapping):
    report = tmp_path / "wrong.csv"
    said = run(write(tmp_path, metrics=WRONG), mapping=mapping, report=report)
    with report.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["severity", "file", "line", "column", "value", "problem"],
        ["error", "metrics.csv", "2", "temperature", "'=1+1", "is not a number"],
        ["error", "metrics.csv", "3", "temperature", "warm", "is not a number"],
        ["warning", "metrics.csv", "5", "", "", "repeats an earlier row and was passed over: line 4"],
    ]
    assert f"Every problem stands in {report}." in said


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"mapping": "ravenstak"}, "Did you mean “ravenstack”?"),
        ({"mapping": "gone.toml"}, "gone.toml: cannot be read: No such file or directory"),
        ({"owner": ["gone@example.com"]}, "No active user has the e-mail address gone@example.com"),
    ],
)
def test_what_cannot_be_done_ends_with_a_reason_and_writes_nothing(tmp_path, mapping, options, reason):
    with pytest.raises(CommandError) as caught:
        run(write(tmp_path), **({"mapping": mapping} | options))
    assert reason in str(caught.value)
    assert not Account.objects.exists()


def test_a_file_that_is_not_there_ends_with_a_reason(tmp_path, mapping):
    with pytest.raises(CommandError, match=r"gone\.csv: does not exist"):
        run(tmp_path / "gone.csv", mapping=mapping)


def test_a_report_that_cannot_be_written_stops_the_import_before_it_begins(tmp_path, mapping):
    with pytest.raises(CommandError, match=r"The report .* cannot be written: Is a directory"):
        run(write(tmp_path), mapping=mapping, report=tmp_path)
    assert not Account.objects.exists()


def test_a_database_that_breaks_off_is_a_message_and_no_traceback(tmp_path, mapping, monkeypatch):
    def fail(*_: object) -> None:
        raise DatabaseError("could not extend file: No space left on device\nHINT: Check free disk space.")

    monkeypatch.setattr(running, "settle", fail)
    with pytest.raises(CommandError, match="broke off, and nothing was written: could not extend file: No space left"):
        run(write(tmp_path), mapping=mapping)
    assert not Account.objects.exists()


@pytest.mark.parametrize("day", ["tomorrow", "2026-02-30", "24.11.2026"])
def test_a_day_that_is_none_is_refused(tmp_path, mapping, day):
    with pytest.raises(CommandError, match="is no day; write 2026-11-24 or today"):
        call_command("import_data", str(tmp_path), "--mapping", mapping, "--shift-to", day)


def test_shift_to_moves_the_newest_day_and_says_so(tmp_path, mapping):
    out = io.StringIO()
    call_command("import_data", str(write(tmp_path)), "--mapping", mapping, "--shift-to", "2026-06-03", stdout=out)
    said = "All dates move by +31 days: the newest, 2026-05-03 in invoices.csv (paid), falls on 2026-06-03."
    assert said in out.getvalue()
