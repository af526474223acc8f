"""Records as CSV or xlsx: the list's own query with the right to export, page by page."""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from dealwright.access import Access
from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import Problem, forbidden
from dealwright.model import FieldDef, pick, schema_of
from dealwright.records.query import ListRequest, find

# Full-width forms too: spreadsheets of Chinese and Japanese systems read them as the others.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
PLAIN_NUMBER = re.compile(r"[+-]?[\d .]+")
EXACT_DIGITS = 15  # what a spreadsheet keeps of a number
MAX_ROWS = 1_000_000


def columns_of(uow: UnitOfWork, access: Access, request: ListRequest) -> list[FieldDef]:
    """The exported fields; Problem 403 without the right to export."""
    rights = access.object(request.object_key)
    if not rights.can_export:
        raise forbidden("export", object=dict(schema_of(uow).object(request.object_key).labels))
    obj = schema_of(uow).object(request.object_key)
    shown = {k: f for k, f in obj.fields.items() if rights.level(k) != "hidden" and f.type != "line_items"}
    unknown = [name for name in request.fields or () if name not in shown]
    if unknown:  # the same answer for a hidden field and for one that does not exist
        raise Problem(422, "UNKNOWN_FIELD", field=unknown[0][:200], params={"field": unknown[0][:200]})
    return [shown[name] for name in request.fields or shown]


def rows_of(
    uow: UnitOfWork, access: Access, request: ListRequest, fields: list[FieldDef], locale: str
) -> Iterator[list[str]]:
    """Text rows in the reader's language, in keyset pages so that memory does not grow."""
    names = tuple(f.key for f in fields)
    page_request = replace(request, fields=names, limit=200, cursor=None, total=False)
    seen = 0
    while seen < MAX_ROWS:
        page = find(uow, access, page_request)
        for record in page.records:
            yield [cell(field, record, locale) for field in fields]
        seen += len(page.records)
        if page.next is None:
            return
        page_request = replace(page_request, cursor=page.next)


def cell(field: FieldDef, record: dict[str, Any], locale: str) -> str:
    """One value as people read it: labels of options and links, not keys and ids."""
    value = record.get(field.key)
    if value is None:
        return ""
    if isinstance(value, dict):
        return str(value.get("label", value.get("id", "")))
    if isinstance(value, list):
        joint = "、" if locale.startswith("zh") else ", "
        return joint.join(_item(field, item, locale) for item in value)
    if isinstance(value, bool):
        return ("是" if value else "否") if locale.startswith("zh") else ("yes" if value else "no")
    return _item(field, value, locale)


def _item(field: FieldDef, value: Any, locale: str) -> str:
    if isinstance(value, dict):
        return str(value.get("label", value.get("id", "")))
    option = field.options.get(value) if isinstance(value, str) else None
    if option:
        return pick(option.labels, locale)
    return field.ftype.to_text(field, value, locale) if field.type == "region" else str(value)


def as_csv(uow: UnitOfWork, access: Access, request: ListRequest, locale: str) -> bytes:
    """UTF-8 with BOM (Excel); cells that a spreadsheet would run are made inert."""
    fields = columns_of(uow, access, request)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([inert(f.label(locale)) for f in fields])
    for row in rows_of(uow, access, request, fields, locale):
        writer.writerow([inert(text) for text in row])
    return out.getvalue().encode("utf-8-sig")


def inert(text: str) -> str:
    """A cell that no spreadsheet takes for a formula; numbers and phone numbers stay as they are."""
    if text.startswith(DANGEROUS) and not (text.isascii() and PLAIN_NUMBER.fullmatch(text)):
        return f"'{text}"
    return text


def _number(text: str) -> float | None:
    """The number of a cell; None when it is none (masked) or would lose digits."""
    if not re.fullmatch(r"-?\d+(\.\d+)?", text) or sum(ch.isdigit() for ch in text) > EXACT_DIGITS:
        return None
    return float(text)


def as_xlsx(uow: UnitOfWork, access: Access, request: ListRequest, locale: str) -> bytes:
    """One sheet, texts only as texts, header frozen."""
    import xlsxwriter  # a twentieth of a start, and few export

    fields = columns_of(uow, access, request)
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        options = {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": True}
        book = xlsxwriter.Workbook(file.name, options)
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 1)
        bold = book.add_format({"bold": True})
        for place, field in enumerate(fields):
            sheet.write_string(0, place, field.label(locale), bold)
        for line, row in enumerate(rows_of(uow, access, request, fields, locale), start=1):
            for place, (field, text) in enumerate(zip(fields, row, strict=True)):
                number = _number(text) if field.shape is not None and field.shape.kind == "number" else None
                if number is not None and field.type != "duration":
                    sheet.write_number(line, place, number)
                else:
                    sheet.write_string(line, place, text[:32_000])
        book.close()
        return file.read()
