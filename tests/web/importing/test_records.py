import csv
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cs_workspace.web.importing import records
from cs_workspace.web.importing.dialect import Dialect, recognise
from cs_workspace.web.importing.errors import FileRefused
from cs_workspace.web.importing.records import Batch, Records


def read(tmp_path, content: bytes | str) -> tuple[list[str], Batch]:
    """The header and everything that follows it as one batch."""
    path = tmp_path / "people.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    whole = Batch()
    with Records(path, recognise(path)) as found:
        for batch in found:
            whole.lines += batch.lines
            whole.rows += batch.rows
            whole.bad += batch.bad
        return found.header, whole


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_rows_are_read_with_their_lines_whatever_ends_a_line(tmp_path, ending):
    header, batch = read(tmp_path, ending.join(["id,name", "1,Ann", "", "2,Bo"]))
    assert header == ["id", "name"]
    assert (batch.lines, batch.rows) == ([2, 4], [["1", "Ann"], ["2", "Bo"]])


def test_a_quoted_cell_may_hold_separators_quotes_and_line_ends(tmp_path):
    _, batch = read(tmp_path, 'id,name\n1,"a, ""b""\nc"\n2,Bo\n')
    assert (batch.lines, batch.rows) == ([2, 4], [["1", 'a, "b"\nc'], ["2", "Bo"]])


def test_rows_too_short_or_too_long_are_told_and_the_others_go_on(tmp_path):
    _, batch = read(tmp_path, "id,name\n1\n2,Bo,extra\n3,Cy\n4,Di,,\n")
    assert [(bad.line, bad.reason) for bad in batch.bad] == [
        (2, "has 1 columns, the header has 2"),
        (3, "has 3 columns, the header has 2"),
    ]
    assert batch.rows == [["3", "Cy"], ["4", "Di"]]
    assert len(batch) == 4


def test_a_badly_quoted_row_costs_no_other_row(tmp_path):
    _, batch = read(tmp_path, 'id,name\n1,"Ann" x\n2,Bo\n')
    assert [(bad.line, bad.reason) for bad in batch.bad] == [(2, "is badly quoted")]
    assert (batch.lines, batch.rows) == ([3], [["2", "Bo"]])


def test_what_a_badly_quoted_row_swallowed_is_read_again(tmp_path):
    _, batch = read(tmp_path, 'id,name\n1,"Ann\n2,Bo\n3,"Cy"\n4,Di\n')
    assert [bad.line for bad in batch.bad] == [2]
    assert (batch.lines, batch.rows) == ([3, 4, 5], [["2", "Bo"], ["3", "Cy"], ["4", "Di"]])


def test_a_huge_field_is_told_and_the_others_go_on(tmp_path):
    huge = "x" * (csv.field_size_limit() + 1)
    _, batch = read(tmp_path, f"id,name\n1,{huge}\n2,Bo\n")
    assert [bad.reason for bad in batch.bad] == ["holds a field of more than 131,072 characters"]
    assert batch.rows == [["2", "Bo"]]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('id,name\n1,Ann\n2,"Bo\n3,Cy\n', "line 3: a quote is opened here and never closed"),
        ("id,name,city\n1,Ann,Rome\n2,Bo", "line 3: breaks off here: the last line has 2 of 3 columns"),
        ('id,name\n1,"' + "x\n" * 200_000, "line 2: a quote is opened here and never closed"),
        ('"id"x,name\n1,Ann\n', "line 1: has no readable header: is badly quoted"),
        ("\n , \n", "is empty"),
    ],
)
def test_a_file_that_breaks_off_is_refused_as_a_whole(tmp_path, content, reason):
    with pytest.raises(FileRefused, match=reason):
        read(tmp_path, content)


def test_a_file_without_line_ends_is_refused_before_it_fills_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "LONGEST_LINE", 1_000)
    with pytest.raises(FileRefused, match=r"line 2: has a line of more than 1,000 characters\."):
        read(tmp_path, "id,name\n" + "1,x," * 500)


def test_batches_are_small_and_progress_goes_to_the_end_of_the_file(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("id,name\n" + "".join(f"{n},Ann\n" for n in range(12_000)))
    seen: list[int] = []
    with Records(path, Dialect("utf-8", ","), progress=seen.append) as found:
        sizes = [len(batch) for batch in found]
    assert sizes == [5_000, 5_000, 2_000]
    assert seen == sorted(seen)
    assert seen[-1] == path.stat().st_size


def test_a_file_full_of_bad_quotes_is_not_read_into_memory_before_it_is_handed_on(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "BLOCK_LETTERS", 10_000)
    path = tmp_path / "people.csv"
    opened = ['1,"Ann\n', *["2,Bo\n"] * 499]  # each quote swallows what lies before the next one
    path.write_text("id,name\n" + "".join(opened * 80) + '3,"Cy"\n')
    seen: list[int] = []
    with Records(path, Dialect("utf-8", ","), progress=seen.append) as found:
        sizes = [len(batch) for batch in found]
    assert (sum(sizes), max(sizes)) == (40_001, 5_000)
    assert seen[0] < path.stat().st_size / 2


PIECES = st.sampled_from([
    "a", "b,c", ",", ",,", "\n", "\r\n", "\r", '"', '""', '"x"', ',"y', "1,2,3", "\n1,2,3", "\x00", "\u2028", "é", " ",
    "x" * 30,
])  # fmt: skip


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(
    content=st.lists(PIECES, max_size=40).map("".join), letters=st.integers(1, 60), longest=st.sampled_from([20, 999])
)
def test_whole_blocks_and_single_records_are_read_alike(tmp_path, content, letters, longest):
    def outcome() -> object:
        try:
            return read(tmp_path, f"id,name,city\n{content}")
        except FileRefused as refusal:
            return str(refusal)

    with patch.object(records, "BLOCK_LETTERS", letters), patch.object(records, "LONGEST_LINE", longest):
        at_once = outcome()
        with patch.object(Records, "_at_once", lambda *_: None):
            assert outcome() == at_once
