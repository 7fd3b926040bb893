"""How a text file is written: its encoding, its separator, and whether it is one at all."""

import codecs
import csv
import io
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from cs_workspace.web.importing.errors import FileRefused

SEPARATORS = ",;\t|"
SAMPLE_BYTES = 65_536
SAMPLE_RECORDS = 50
BLOCK_BYTES = 1 << 20

BOMS = [
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
]

# What people hand over in place of a CSV, by its first bytes
STRANGERS = [
    (b"PK\x03\x04", "an Excel workbook or ZIP archive; save the sheet as CSV first"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook; save the sheet as CSV first"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "compressed with gzip; unpack it first"),
    (b"BZh", "compressed with bzip2; unpack it first"),
    (b"\xfd7zXZ", "compressed with xz; unpack it first"),
    (b"7z\xbc\xaf", "a 7-Zip archive; unpack it first"),
    (b"PAR1", "a Parquet file; export it as CSV first"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x7fELF", "a program"),
]


@dataclass(frozen=True)
class Dialect:
    """How to read one file: byte offset of the text, encoding, separator, and lines to pass over before the header."""

    encoding: str
    separator: str
    skip_bytes: int = 0
    skip_lines: int = 0
    notice: str = ""


def recognise(path: Path, name: str = "") -> Dialect:
    """Looks at the whole file for its encoding and at its beginning for the rest.

    Raises FileRefused for a file that is missing, empty, or no text. `name` is what messages call it.
    """
    name = name or path.name
    try:
        with path.open("rb") as file:
            head = file.read(SAMPLE_BYTES)
            if not head.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
                raise FileRefused(name, "is empty.")
            encoding, skip_bytes, notice = _encoding(file, head, name)
    except OSError as error:
        raise FileRefused(name, f"cannot be read: {error.strerror}.") from error
    text = codecs.getincrementaldecoder(encoding)(errors="replace").decode(head[skip_bytes:])
    _refuse_markup(text, name)
    separator, skip_lines = _separator(text)
    return Dialect(encoding, separator, skip_bytes, skip_lines, notice)


def _encoding(file: io.BufferedReader, head: bytes, name: str) -> tuple[str, int, str]:
    """Encoding, length of its mark, and what to say about it."""
    for mark, encoding in BOMS:
        if head.startswith(mark):
            if _undecodable_line(file, encoding, len(mark)):
                raise FileRefused(name, f"begins as {encoding.upper()} but is not.")
            return encoding, len(mark), ""
    for beginning, what in STRANGERS:
        if head.startswith(beginning):
            raise FileRefused(name, f"is not a CSV file but {what}.")
    if wide := _wide_encoding(head):
        if _undecodable_line(file, wide, 0):
            raise FileRefused(name, "is not a text file.")
        return wide, 0, f"{name} has no byte-order mark and was read as {wide.upper()}."
    _refuse_binary(head, name)
    line = _undecodable_line(file, "utf-8", 0)
    if not line:
        return "utf-8", 0, ""
    return "cp1252", 0, _cp1252_notice(file, name, line)


def _wide_encoding(head: bytes) -> str:
    """UTF-16 without its mark: plain letters have every second byte zero."""
    pairs = len(head) // 2
    if pairs < 2:
        return ""
    low, high = head[0 : 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    if high > 0.7 * pairs and low < 0.1 * pairs:
        return "utf-16-le"
    if low > 0.7 * pairs and high < 0.1 * pairs:
        return "utf-16-be"
    return ""


def _refuse_binary(head: bytes, name: str) -> None:
    odd = sum(head.count(byte) for byte in (*range(9), 11, *range(14, 27), *range(28, 32)))
    if odd > len(head) * 0.02 and odd > 4:
        raise FileRefused(name, "is not a text file.")


def _cp1252_notice(file: io.BufferedReader, name: str, line: int) -> str:
    """The older Windows encoding, unless the file also holds real UTF-8: then either reading would spoil it."""
    utf8_line = _multibyte_line(file)
    if utf8_line:
        raise FileRefused(
            name, f"mixes encodings: this line is not UTF-8, while line {utf8_line} is. Export it again as UTF-8.", line
        )
    if bad := _undecodable_line(file, "cp1252", 0):
        raise FileRefused(name, "is neither UTF-8 nor Windows-1252 text.", bad)
    return f"{name} is not UTF-8 (line {line}) and was read as Windows-1252."


def _undecodable_line(file: io.BufferedReader, encoding: str, skip: int) -> int:
    """Line of the first bytes that are not of the encoding, 0 where all are; block by block."""
    file.seek(skip)
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 1
    while True:
        block = file.read(BLOCK_BYTES)
        try:
            lines += decoder.decode(block, final=not block).count("\n")
        except UnicodeDecodeError as error:
            return lines + error.object[: error.start].count(b"\n")
        if not block:
            return 0


def _multibyte_line(file: io.BufferedReader) -> int:
    """Line of the first character beyond ASCII that is whole in UTF-8, 0 where there is none."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")(errors="surrogateescape")
    lines = 1
    while block := file.read(BLOCK_BYTES):
        text = decoder.decode(block)
        if not text.isascii():
            for place, letter in enumerate(text):
                if letter > "\x7f" and not "\udc80" <= letter <= "\udcff":
                    return lines + text.count("\n", 0, place)
        lines += text.count("\n")
    return 0


def _refuse_markup(text: str, name: str) -> None:
    start = text.lstrip()[:200].lower()
    if start.startswith(("<!doctype html", "<html")):
        raise FileRefused(name, "is not a CSV file but a web page, perhaps that of a login.")
    if start.startswith("<?xml"):
        raise FileRefused(name, "is not a CSV file but XML.")
    if start.startswith(('{"', "{\n", "{\r", "[{", "[\n")):
        raise FileRefused(name, "is not a CSV file but JSON.")


def _separator(text: str) -> tuple[str, int]:
    """The separator, and whether its first line only announces it (`sep=;`, as Excel writes)."""
    announced = text.partition("\n")[0].strip("\r\n ")
    if announced[:4].lower() == "sep=" and announced[4:] in SEPARATORS and len(announced) == 5:
        return announced[4], 1
    return max(SEPARATORS, key=lambda separator: _fit(text, separator)), 0


def _fit(text: str, separator: str) -> tuple[float, int]:
    """How well a separator explains the sample: share of records as wide as the header, then that width."""
    records = []
    try:
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            if record:
                records.append(len(record))
            if len(records) > SAMPLE_RECORDS:
                break
    except csv.Error:
        pass
    if not records or records[0] < 2:
        return 0.0, 0
    same = Counter(records)[records[0]] / len(records)
    return (1.0 if same > 0.5 else same), records[0]
