"""Tables as files: CSV and XLSX, written row by row, so that their size costs no memory.

Cells are text, numbers, days or None. Text that a spreadsheet would run as a formula is disarmed.
"""

import csv
import datetime as dt
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, islice

import xlsxwriter
from django.http import FileResponse, StreamingHttpResponse

Cell = str | int | float | Decimal | dt.date | None

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Rows of a sheet, less its heading.
XLSX_ROWS = 1_048_575
ROWS_AT_ONCE = 500
# What a spreadsheet takes for the beginning of a formula; the wide forms count where the language is East Asian.
FORMULA_STARTS = frozenset("=+-@\t\r\n|%＝＋－＠")
BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads UTF-8 as the language of the machine


@dataclass(frozen=True)
class Sheet:
    """One table of a file of several; `title` has at most 31 characters, none of them `[]:*?/\\`."""

    title: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def disarmed(cell: Cell) -> Cell:
    """The cell as it may stand in a CSV file: text that begins like a formula gets an apostrophe before it."""
    if isinstance(cell, str) and cell and (cell[0] in FORMULA_STARTS or cell.lstrip()[:1] in FORMULA_STARTS):
        return f"'{cell}"
    return cell


def csv_chunks(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """The file in pieces of some hundred rows."""
    return _csv_chunks(chain([header], rows))


def send_csv(name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> StreamingHttpResponse:
    """Sends rows as `name`.csv while they are read."""
    return _sent_as_csv(name, csv_chunks(header, rows))


def send_xlsx(name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> FileResponse:
    """Sends rows as `name`.xlsx. The format ends with its table of contents, so the file is written to disk first."""
    return send_xlsx_sheets(name, [Sheet("Sheet1", header, rows)])


def send_csv_sheets(name: str, sheets: Iterable[Sheet]) -> StreamingHttpResponse:
    """Sends tables as `name`.csv, one below the other, each under its title and with an empty line after it."""
    lines = chain.from_iterable(chain([[sheet.title], sheet.header], sheet.rows, [[]]) for sheet in sheets)
    return _sent_as_csv(name, _csv_chunks(lines))


def send_xlsx_sheets(name: str, sheets: Iterable[Sheet]) -> FileResponse:
    """Sends tables as `name`.xlsx, each on a sheet of its own."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
    write_sheets(file, sheets)
    file.seek(0)
    response = FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX_TYPE)
    response["Cache-Control"] = "no-store"
    return response


def write_xlsx(file: io.IOBase, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Writes one sheet."""
    write_sheets(file, [Sheet("Sheet1", header, rows)])


def write_sheets(file: io.IOBase, sheets: Iterable[Sheet]) -> None:
    """Writes sheets. Text is stored as text, so that nothing in it can run."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        for one in sheets:
            sheet = book.add_worksheet(one.title)
            sheet.freeze_panes(1, 0)
            for column, label in enumerate(one.header):
                sheet.write_string(0, column, label, bold)
            for number, row in enumerate(one.rows, start=1):
                for column, cell in enumerate(row):
                    if isinstance(cell, str):
                        sheet.write_string(number, column, cell)
                    elif isinstance(cell, dt.date):
                        sheet.write_datetime(number, column, cell, day)
                    elif cell is not None:
                        sheet.write_number(number, column, cell)


def _csv_chunks(lines: Iterator[Sequence[Cell]]) -> Iterator[bytes]:
    buffer = io.StringIO()
    buffer.write(BYTE_ORDER_MARK)
    writer = csv.writer(buffer)
    while batch := list(islice(lines, ROWS_AT_ONCE)):
        writer.writerows([disarmed(cell) for cell in line] for line in batch)
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()


def _sent_as_csv(name: str, chunks: Iterator[bytes]) -> StreamingHttpResponse:
    return StreamingHttpResponse(
        chunks,
        content_type=CSV_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"},
    )
