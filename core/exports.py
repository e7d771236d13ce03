"""Files of a filtered list: CSV as a stream, XLSX written row by row; no cell is ever a formula."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator
from decimal import Decimal
from tempfile import NamedTemporaryFile
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone

from core.tables import BaseTable

KINDS = {"csv": "CSV", "xlsx": "Excel"}
STARTERS = ("=", "+", "-", "@", "\t", "\r")
CHUNK = 500
SHEET_ROWS = 1_048_576
CELL_LENGTH = 32_767
UNPRINTABLE = dict.fromkeys([*range(9), 11, 12, *range(14, 32)])


def defused(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula: text that begins like one gets a `'`.

    Numbers stay numbers, so that a negative amount can be summed; moments are written in the active
    time zone, since a sheet has no zones.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | Decimal):
        return value
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, dt.date):
        return value.isoformat()
    text = str(value)
    return f"'{text}" if text.startswith(STARTERS) else text


def records_of(rows: QuerySet[Any]) -> Iterator[Any]:
    """Read the rows through a cursor, some hundred at a time."""
    return rows.iterator(chunk_size=CHUNK)


def lines(head: Iterable[str], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """Yield the lines of a CSV file, beginning with the mark by which Excel knows UTF-8."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow([defused(cell) for cell in head])
    for count, row in enumerate(rows):
        writer.writerow([defused(cell) for cell in row])
        if count % CHUNK == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _in_zone(zone: dt.tzinfo, parts: Iterator[str]) -> Iterator[str]:
    """Yield the parts, each made in the zone, which is let go of in between."""
    while True:
        with timezone.override(zone):
            part = next(parts, None)
        if part is None:
            return
        yield part


def csv_response(name: str, head: Iterable[str], rows: Iterable[Iterable[Any]]) -> HttpResponseBase:
    """Return the rows as a CSV file that begins to arrive before the last row is read.

    It is read after the page's own work is over, in the zone in which the page was asked for.
    """
    parts = _in_zone(timezone.get_current_timezone(), lines(head, rows))
    response = StreamingHttpResponse(parts, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


def xlsx_response(name: str, head: list[str], rows: Iterable[Iterable[Any]]) -> HttpResponseBase:
    """Return the rows as a sheet, in flat memory; rows beyond what a sheet holds are left out."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Rows")
    sheet.freeze_panes = "A2"
    titles = [WriteOnlyCell(sheet, value=defused(title)) for title in head]
    for title in titles:
        title.font = Font(bold=True)
    sheet.append(titles)
    for count, row in enumerate(rows, start=2):
        if count > SHEET_ROWS:
            break
        sheet.append([_sheet_cell(cell) for cell in row])
    file = NamedTemporaryFile(suffix=".xlsx")  # noqa: SIM115 - the response closes it
    book.save(file)
    file.seek(0)
    response = FileResponse(file, as_attachment=True, filename=f"{name}.xlsx")
    response.headers["Cache-Control"] = "no-store"
    return response


def _sheet_cell(cell: Any) -> Any:
    value = defused(cell)
    return value.translate(UNPRINTABLE)[:CELL_LENGTH] if isinstance(value, str) else value


def respond(*, kind: str, name: str, table: BaseTable, rows: QuerySet[Any]) -> HttpResponseBase:
    """Return all the rows, as the table's columns word them, in a file of the kind asked for."""
    head, body = table.export_head(), table.export_rows(records_of(rows))
    return csv_response(name, head, body) if kind == "csv" else xlsx_response(name, head, body)
