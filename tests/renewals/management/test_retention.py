"""`manage.py retention`: worked examples, and every bad input with one line and exit code 1."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from renewals.domain.ledger_file import LedgerFileError, read_ledger_file

PROJECT = Path(__file__).resolve().parents[3]

LEDGER = """account,day,kind,amount
a,2025-01-01,new,1000
b,2025-06-01,new,500.50
b,2026-02-01,expansion,99.50
a,2026-03-01,churn,-1000
a,2026-07-01,reactivation,400
c,2026-08-15,new,250
"""


@pytest.fixture
def ledger_file(tmp_path):
    def write(content=LEDGER):
        path = tmp_path / "ledger.csv"
        path.write_text(content, encoding="utf-8")
        return path

    return write


def retention(path, *flags, since="2026-01-01", until="2027-01-01", **options):
    out = StringIO()
    call_command("retention", *flags, ledger=str(path), since=since, until=until, stdout=out, **options)
    return out.getvalue()


def test_the_figures_of_a_ledger_are_those_by_hand(ledger_file):
    found = json.loads(retention(ledger_file()))
    assert found == {
        "from": "2026-01-01",
        "to": "2027-01-01",
        "start_arr": 1500.5,
        "new": 250,
        "expansion": 99.5,
        "contraction": 0,
        "churn": -1000,
        "reactivation": 400,
        "correction": 0,
        "end_arr": 1250,
        "start_logos": 2,
        "lost_logos": 0,
        "end_logos": 3,
        # a fell from 1000 to 400, b rose by 99.5.
        "compared": {"expansion": 99.5, "contraction": -600, "churn": 0},
        "grr": pytest.approx(900.5 / 1500.5),
        "nrr": pytest.approx(1000 / 1500.5),
        "logo_retention": 1,
        "logo_churn": 0,
        "revenue_churn": pytest.approx(600 / 1500.5),
        "periods": [],
    }


def test_periods_are_cut_along_the_calendar(ledger_file):
    found = json.loads(retention(ledger_file(), since="2025-11-15", by="quarter"))["periods"]
    assert [(one["from"], one["to"]) for one in found] == [
        ("2025-11-15", "2026-01-01"), ("2026-01-01", "2026-04-01"), ("2026-04-01", "2026-07-01"),
        ("2026-07-01", "2026-10-01"), ("2026-10-01", "2027-01-01"),
    ]  # fmt: skip
    assert [(one["start_arr"], one["lost_logos"], one["logo_retention"], one["reactivation"]) for one in found] == [
        (1500.5, 0, 1, 0), (1500.5, 1, 0.5, 0), (600, 0, 1, 0), (600, 0, 1, 400), (1250, 0, 1, 0),
    ]  # fmt: skip


def test_rates_are_null_where_the_start_is_0(ledger_file):
    found = json.loads(retention(ledger_file(), since="2024-01-01", until="2025-01-01"))
    assert (found["start_arr"], found["grr"], found["nrr"], found["logo_retention"]) == (0, None, None, None)


def test_a_ledger_without_entries_is_one_too(ledger_file):
    found = json.loads(retention(ledger_file("account,day,kind,amount\n")))
    assert (found["start_arr"], found["end_arr"], found["grr"]) == (0, 0, None)


def test_json_is_printed_on_one_line_for_programs(ledger_file):
    path = ledger_file()
    assert json.loads(retention(path, "--json")) == json.loads(retention(path))
    assert retention(path, "--json").count("\n") == 1
    assert retention(path).count("\n") > 10


@pytest.mark.parametrize(
    "content",
    [
        "\ufeff" + LEDGER,
        LEDGER.replace("\n", "\r\n"),
        LEDGER.replace("account,day,kind,amount", " Account ,Day,KIND,amount"),
        LEDGER + "\n \n",
        "\n".join(f"{row},{extra}" for row, extra in zip(LEDGER.splitlines(), ["note", *"uvwxyz"], strict=True)),
        "\n".join(",".join(f'"{value}"' for value in row.split(",")) for row in LEDGER.splitlines()),
        "\n".join([LEDGER.splitlines()[0], *reversed(LEDGER.splitlines()[1:])]),
    ],
    ids=["byte order mark", "CRLF", "spaces and capitals", "empty lines", "another column", "quotes", "any order"],
)
def test_a_ledger_is_read_however_it_is_written(ledger_file, content):
    assert json.loads(retention(ledger_file(content))) == json.loads(retention(ledger_file()))


def refusal(path, **options):
    with pytest.raises(CommandError) as refused:
        retention(path, **options)
    message = str(refused.value)
    assert "\n" not in message
    return message


def row(text):
    return f"account,day,kind,amount\n{text}\n"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "is empty; it needs the columns account, day, kind, amount"),
        ("account,day,kind\n", "lacks the column “amount”"),
        ("account,day,kind,amount,day\n", "has more than one column “day”"),
        (row("a,2026-01-01,new"), "line 2: has 3 values where the header has 4"),
        (row("a,2026-01-01,new,1,2"), "line 2: has 5 values where the header has 4"),
        (row(",2026-01-01,new,1"), "line 2: names no account"),
        (row("a,2026-01-01,upsell,1"), "line 2: “upsell” is no kind (there are: new, expansion,"),
        (row("a,01.02.2026,new,1"), "line 2: “01.02.2026” is no day"),
        (row("a,2026-02-30,new,1"), "line 2: “2026-02-30” is no day"),
        (row("a,20260201,new,1"), "line 2: “20260201” is no day"),
        (row("a,2026-01-01,new,"), "line 2: “” is no amount"),
        (row("a,2026-01-01,new,."), "line 2: “.” is no amount"),
        (row("a,2026-01-01,new,many"), "line 2: “many” is no amount"),
        (row("a,2026-01-01,new,NaN"), "line 2: “NaN” is no amount"),
        (row("a,2026-01-01,new,Infinity"), "line 2: “Infinity” is no amount"),
        (row("a,2026-01-01,new,1e999"), "line 2: “1e999” is no amount"),
        (row('a,2026-01-01,new,"1,000"'), "line 2: “1,000” is no amount"),
        (row("a,2026-01-01,new,١٢"), "line 2: “١٢” is no amount"),
        (row("a,2026-01-01,new,0.0000001"), "line 2: an amount has at most 6 decimals"),
        (row(f"a,2026-01-01,new,{'9' * 400}"), "line 2: the amount is too large"),
        (row(f"a,2026-01-01,new,{'9' * 18}.000001"), "holds amounts that are too large to be added up"),
        (row("a,2026-01-01,new,-1"), "line 2: new is a gain and cannot be negative"),
        (row("a,2026-01-01,new,5\na,2026-01-02,churn,5"), "line 3: churn is a loss and must be negative"),
        (row("a,2026-01-01,new,5\na,2026-01-02,contraction,5"), "line 3: contraction is a loss and must be negative"),
        (row("a,2026-01-01,new,5\na,2026-01-02,churn,-6"), "the ARR of account a falls to -1.00 on 2026-01-02"),
        (row('a,2026-01-01,new,"5'), "line 2: is not CSV"),
        (row("a\x00,2026-01-01,new,5"), "holds null characters"),
        (row("a,2026-01-01,\x1b[31mred,5"), "“·[31mred” is no kind"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_in_one_line_that_names_the_file(ledger_file, content, reason):
    path = ledger_file(content)
    message = refusal(path)
    assert message.startswith(f"{path}: ")
    assert reason in message


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"since": "2027-01-02"}, "the period [2027-01-02, 2027-01-01) holds no day: it must start before it ends"),
        ({"since": "2027-01-01"}, "holds no day"),
        ({"since": "yesterday"}, "--from: “yesterday” is no day; days are written like 2026-03-31"),
        ({"until": "2026-13-01"}, "--to: “2026-13-01” is no day"),
        ({"by": "week"}, "--by: “week” is none of month, quarter, year"),
        ({"since": "0001-01-01", "by": "month"}, "more than 600 periods of a month"),
    ],
)
def test_a_bad_option_is_refused_in_one_line(ledger_file, options, reason):
    assert reason in refusal(ledger_file(), **options)


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    assert refusal(tmp_path / "none.csv").endswith("none.csv: No such file or directory")
    assert refusal(tmp_path).endswith(": Is a directory")
    (tmp_path / "latin.csv").write_bytes(b"account,day,kind,amount\n\xe9")
    assert "is not UTF-8 text (byte 24)" in refusal(tmp_path / "latin.csv")


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.text(alphabet=st.sampled_from('account,dayki\n\r"-.0123456789newchurn\x00é'), max_size=200) | st.text())
def test_whatever_is_in_a_file_it_is_a_ledger_or_refused_in_one_line(text):
    for content in (text, row(text)):
        refused = ""
        try:
            read_ledger_file(content)
        except LedgerFileError as error:
            refused = str(error)
        assert len(refused.splitlines()) <= 1


def test_as_a_program_it_exits_with_1_and_one_line_and_needs_no_database(ledger_file):
    def run(path):
        return subprocess.run(
            [sys.executable, "manage.py", "retention", "--ledger", str(path), "--from", "2026-01-01",
             "--to", "2027-01-01", "--json"],
            cwd=PROJECT,
            env=os.environ | {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0",
                              "SECRET_KEY": "x" * 50},
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    bad = run(ledger_file("nonsense"))
    assert (bad.returncode, bad.stdout) == (1, "")
    assert bad.stderr.strip().count("\n") == 0
    good = run(ledger_file())
    assert good.returncode == 0
    assert json.loads(good.stdout)["start_arr"] == 1500.5
