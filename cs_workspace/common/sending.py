"""Tables as files: CSV and XLSX, written row by row, so that their size costs no memory.

Cells are text, numbers, days or None. Text that a spreadsheet would run as a formula is disarmed.
"""

import csv
import datetime as dt
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
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


def disarmed(cell: Cell) -> Cell:
    """The cell as it may stand in a CSV file: text that begins like a formula gets an apostrophe before it."""
    if isinstance(cell, str) and cell and (cell[0] in FORMULA_STARTS or cell.lstrip()[:1] in FORMULA_STARTS):
        return f"'{cell}"
    return cell


def csv_chunks(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """The file in pieces of some hundred rows."""
    lines = chain([header], rows)
    buffer = io.StringIO()
    buffer.write(BYTE_ORDER_MARK)
    writer = csv.writer(buffer)
    while batch := list(islice(lines, ROWS_AT_ONCE)):
        writer.writerows([disarmed(cell) for cell in line] for line in batch)
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()


def send_csv(name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> StreamingHttpResponse:
    """Sends rows as `name`.csv while they are read."""
    return StreamingHttpResponse(
        csv_chunks(header, rows),
        content_type=CSV_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"},
    )


def send_xlsx(name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> FileResponse:
    """Sends rows as `name`.xlsx. The format ends with its table of contents, so the file is written to disk first."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
    write_xlsx(file, header, rows)
    file.seek(0)
    response = FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX_TYPE)
    response["Cache-Control"] = "no-store"
    return response


def write_xlsx(file: io.IOBase, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Writes one sheet. Text is stored as text, so that nothing in it can run."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet()
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.freeze_panes(1, 0)
        for column, label in enumerate(header):
            sheet.write_string(0, column, label, bold)
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(number, column, cell)
                elif isinstance(cell, dt.date):
                    sheet.write_datetime(number, column, cell, day)
                elif cell is not None:
                    sheet.write_number(number, column, cell)
