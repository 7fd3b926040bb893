"""From the bytes of a file to rows: whatever stands there, the only errors are the importer's own."""

import contextlib
import datetime as dt
import random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cs_workspace.web.importing.errors import FileRefused
from cs_workspace.web.importing.problems import Problem, Problems, Severity
from cs_workspace.web.importing.reading import TableReader, survey_file
from tests.web.importing.making import FILES, crm

TODAY = dt.date(2026, 6, 1)
TABLES = {table.files[0]: table for table in crm().tables}


def read(path) -> tuple[list[dict], Problems]:
    """The rows of a file that can be read, and the problems of the others; each row is one or the other."""
    table = TABLES[path.name]
    seen: list[Problem] = []
    problems = Problems(seen.append)
    surveyed = survey_file(path, table, newest=True)
    reader = TableReader(table, surveyed, problems, ZoneInfo("UTC"), TODAY)
    rows = [batch.row(place) for batch in reader for place in range(len(batch))]
    wrong = {problem.line for problem in seen if problem.severity is Severity.ERROR}
    assert reader.rows == surveyed.rows == len(rows) + len(wrong)
    return rows, problems


def told(problems: Problems) -> list[tuple[str, int, str, str]]:
    return [
        (problem.severity.value, problem.line, problem.column, problem.text)
        for _, group in problems.sorted()
        for problem in group.examples
    ]


def test_rows_come_by_field_and_wrong_ones_are_told_with_line_column_and_reason(tmp_path):
    path = tmp_path / "usage.csv"
    path.write_text(
        "account,day,logins,minutes\nA-1,2026-05-01,5,30.5\nA-1,2026-05-32,5,1\nA-1,2026-05-03,-2,\nA-2,2026-06-20,1,1\n"
    )
    rows, problems = read(path)
    assert [row["day"] for row in rows] == [dt.date(2026, 5, 1), dt.date(2026, 6, 20)]
    assert told(problems) == [
        ("error", 3, "day", "is a day that the calendar does not have"),
        ("error", 4, "logins", "is negative"),
        ("warning", 5, "day", "lies in the future"),
    ]


def test_a_row_with_several_faults_is_told_once_for_each(tmp_path):
    path = tmp_path / "usage.csv"
    path.write_text("account,day,logins,minutes\nA-1,soon,many,-1\n")
    rows, problems = read(path)
    assert rows == []
    assert sorted(column for _, _, column, _ in told(problems)) == ["day", "logins", "minutes"]


@pytest.mark.parametrize(
    ("key", "reason"), [("", "is empty"), ("x" * 191, "is longer than 190"), ("\x00", "holds a NUL character")]
)
def test_a_row_needs_a_key_that_can_be_kept(tmp_path, key, reason):
    path = tmp_path / "surveys.csv"
    path.write_text(f"id,account,score,at\n{key},A-1,9,2026-05-01\nS-2,A-1,9,2026-05-01\n")
    rows, problems = read(path)
    assert len(rows) == 1
    ((_, line, column, text),) = told(problems)
    assert (line, column) == (2, "id")
    assert text.startswith(reason)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("account,date,logins,minutes\n", "has no column “day”"),
        ("account,Day,logins,minutes\n", "has no column “day”. Did you mean “Day”?"),
        ("account,day,day,logins,minutes\n", "has 2 columns “day”"),
        (
            "account,day,logins,minutes\nA,05/06/2026,1,1\nA,01/02/2026,1,1\n",
            'in line 2. Say which in the mapping: day = { column = "day", dates = "DMY" } or "MDY".',
        ),
        (
            "account,day,logins,minutes\nA,2026-05-06,1,1.234\n",
            "column “minutes” can be read with decimals or in thousands",
        ),
        (
            "account,day,logins,minutes\nA,16/05/2026,1,1\nA,05/16/2026,1,1\n",
            "column “day” writes the day first in line 2 and the month first in line 3",
        ),
    ],
)
def test_what_speaks_against_the_whole_file_is_told_with_the_remedy(tmp_path, content, reason):
    path = tmp_path / "usage.csv"
    path.write_text(content)
    with pytest.raises(FileRefused) as caught:
        read(path)
    assert reason in str(caught.value)


CELLS = st.sampled_from([
    "A-1", "", "2026-05-01", "16/05/2026", "05/06/2026", "1.234", "1,5", "-3", "NaN", "inf", "1e99", "9" * 40, "\x00",
    "yes", "x" * 300, '"', '""', '"a', 'a"b', "\n", "\r", ";", "\u2028", "é", "\ufeff", "=1+1", "0000-00-00", "call",
])  # fmt: skip
RELAXED = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


def survives(path, content: bytes) -> None:
    path.write_bytes(content)
    with contextlib.suppress(FileRefused):
        read(path)


@RELAXED
@given(content=st.binary(max_size=400), name=st.sampled_from(sorted(FILES)))
def test_no_bytes_whatever_raise_anything_but_a_refusal(tmp_path, content, name):
    survives(tmp_path / name, content)


@RELAXED
@given(content=st.binary(max_size=200), name=st.sampled_from(sorted(FILES)))
def test_no_bytes_under_a_good_header_raise_anything_but_a_refusal(tmp_path, content, name):
    survives(tmp_path / name, FILES[name].partition("\n")[0].encode() + b"\n" + content)


@RELAXED
@given(rows=st.lists(st.lists(CELLS, min_size=1, max_size=9), max_size=6), name=st.sampled_from(sorted(FILES)))
def test_no_cells_whatever_raise_anything_but_a_refusal(tmp_path, rows, name):
    lines = [FILES[name].partition("\n")[0], *(",".join(row) for row in rows)]
    survives(tmp_path / name, "\n".join(lines).encode())


@RELAXED
@given(seed=st.integers(0, 2**32), name=st.sampled_from(sorted(FILES)))
def test_a_good_file_with_bytes_lost_doubled_or_changed_raises_nothing_but_a_refusal(tmp_path, seed, name):
    chance = random.Random(seed)
    content = bytearray(FILES[name].encode())
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(len(content))
        what = chance.choice(["lose", "double", "change", "cut"])
        if what == "lose":
            del content[place]
        elif what == "double":
            content[place:place] = content[place : place + 3]
        elif what == "change":
            content[place] = chance.randrange(256)
        elif len(content) > 40:
            del content[place + 20 :]
    survives(tmp_path / name, bytes(content))
