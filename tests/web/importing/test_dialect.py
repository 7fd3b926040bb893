import gzip

import pytest

from cs_workspace.web.importing.dialect import recognise
from cs_workspace.web.importing.errors import FileRefused

TABLE = "id,name\n1,Müller\n2,Anna\n"


def written(tmp_path, content: bytes):
    path = tmp_path / "people.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "encoding", "skipped"),
    [
        (TABLE.encode(), "utf-8", 0),
        (TABLE.encode("utf-8-sig"), "utf-8", 3),
        (TABLE.encode("utf-16"), "utf-16-le", 2),
        (b"\xfe\xff" + TABLE.encode("utf-16-be"), "utf-16-be", 2),
        (TABLE.encode("utf-32"), "utf-32-le", 4),
        (TABLE.encode("utf-16-le"), "utf-16-le", 0),
        (TABLE.encode("cp1252"), "cp1252", 0),
    ],
)
def test_the_encoding_is_recognised(tmp_path, content, encoding, skipped):
    found = recognise(written(tmp_path, content))
    assert (found.encoding, found.skip_bytes, found.separator) == (encoding, skipped, ",")


def test_an_encoding_that_was_concluded_is_told(tmp_path):
    found = recognise(written(tmp_path, TABLE.encode("cp1252")))
    assert found.notice == "people.csv is not UTF-8 (line 2) and was read as Windows-1252."


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_the_one_that_makes_rows_as_wide_as_the_header(tmp_path, separator):
    text = f"id{separator}name{separator}note\n1{separator}Ann{separator}a, b; c\n2{separator}Bo{separator}\n"
    assert recognise(written(tmp_path, text.encode())).separator == separator


def test_the_line_by_which_excel_announces_the_separator_is_passed_over(tmp_path):
    found = recognise(written(tmp_path, b"sep=;\r\nid;name\r\n1;Ann\r\n"))
    assert (found.separator, found.skip_lines) == (";", 1)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b" \r\n\r\n", "is empty"),
        (b"\0" * 500, "is empty"),
        (b"PK\x03\x04rest", "Excel workbook or ZIP archive; save the sheet as CSV first"),
        (gzip.compress(TABLE.encode(), mtime=0), "compressed with gzip; unpack it first"),
        (b"%PDF-1.7", "a PDF document"),
        (b"PAR1data", "a Parquet file"),
        (b"<!DOCTYPE html><html><body>Log in</body></html>", "a web page, perhaps that of a login"),
        (b"<?xml version='1.0'?><rows/>", "is not a CSV file but XML"),
        (b'[{"id": 1}]', "is not a CSV file but JSON"),
        (bytes(range(256)) * 10, "is not a text file"),
        ("id,name\n1,é\n2,".encode() + b"\xe9\n", "line 3: mixes encodings: this line is not UTF-8, while line 2 is"),
        (b"id,name\n1,ok\n2,\x81\n", "line 3: is neither UTF-8 nor Windows-1252 text"),
        (b"\xff\xfe" + b"i\0d\0" + b"\0\xd8" + b"x\0", "begins as UTF-16-LE but is not"),
    ],
)
def test_what_is_no_table_is_refused_with_the_reason(tmp_path, content, reason):
    with pytest.raises(FileRefused, match=reason) as caught:
        recognise(written(tmp_path, content))
    assert str(caught.value).startswith("people.csv")


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(FileRefused, match=r"gone\.csv: cannot be read: No such file or directory\."):
        recognise(tmp_path / "gone.csv")


def test_a_character_on_the_edge_of_a_block_is_no_fault(tmp_path):
    text = "id,name\n" + "x" * ((1 << 20) - 9) + "é\n"
    assert recognise(written(tmp_path, text.encode())).encoding == "utf-8"
