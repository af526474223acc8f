"""Spreadsheets: what they hold, and those that are not what they seem."""

import io
import struct
import time
import zipfile
from datetime import date, datetime

import pytest
import xlsxwriter

from dealwright.foundation.errors import Problem
from dealwright.records.imports.reading import read_sheet

SHEET = "xl/worksheets/sheet1.xml"


def workbook(rows, *, options=None, fill=None):
    """An xlsx file of these rows; `fill` may write more into the book and its sheet."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, **(options or {})})
    sheet = book.add_worksheet()
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for line, row in enumerate(rows):
        for place, cell in enumerate(row):
            if isinstance(cell, (date, datetime)):
                sheet.write_datetime(line, place, cell, day)
            else:
                sheet.write(line, place, cell)
    if fill:
        fill(book, sheet)
    book.close()
    return out.getvalue()


def changed(data, **parts):
    """The archive with parts put in or replaced; a function gets the old content."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = {name.replace("/", "__").replace(".", "_"): name for name in old.namelist()}
        for key, name in names.items():
            content = old.read(name)
            new.writestr(name, parts.pop(key)(content) if key in parts else content)
        for key, content in parts.items():
            new.writestr(key.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), content)
    return out.getvalue()


def refusal(data):
    began = time.monotonic()
    with pytest.raises(Problem) as refused:
        read_sheet(data, "book.xlsx")
    assert time.monotonic() - began < 5  # 43
    return refused.value.status, refused.value.code


ROWS = [["名称", "日期", "金额"], ["甲公司", date(2026, 11, 24), 1234.5], ["乙公司", datetime(2026, 1, 2, 15, 30), 3]]


def test_texts_numbers_and_dates_of_a_workbook_are_read():
    sheet = read_sheet(workbook(ROWS))

    assert sheet.header == ["名称", "日期", "金额"]
    assert sheet.rows == [["甲公司", "2026-11-24", 1234.5], ["乙公司", "2026-01-02 15:30:00", 3.0]]
    assert [sheet.line(0), sheet.line(1)] == [2, 3]


def test_a_table_that_begins_further_down_is_found_with_its_own_line_numbers():
    sheet = read_sheet(workbook([[], ["客户清单"], [], ["名称", "电话"], ["甲公司", "1"], ["乙公司", "2"]]))

    assert (sheet.header, sheet.line(0), sheet.line(1)) == (["名称", "电话"], 5, 6)


def test_dates_of_a_workbook_that_counts_from_1904_are_the_same_days():  # 44
    assert read_sheet(workbook(ROWS, options={"date_1904": True})).rows[0][1] == "2026-11-24"


def test_a_failed_formula_shows_as_its_fault_and_text_numbers_stay_text():  # 44
    def fill(book, sheet):
        sheet.write_formula(1, 1, "=Gone!A1", None, "#REF!")
        sheet.write_string(1, 2, "0012")

    assert read_sheet(workbook([["a", "b", "c"], ["x", "", ""]], fill=fill)).rows == [["x", "#REF!", "0012"]]


def test_a_workbook_with_macros_is_refused_by_name():  # 42
    assert refusal(changed(workbook(ROWS), xl__vbaProject_bin=b"macros")) == (422, "FILE_MACRO")


def test_a_workbook_with_a_password_is_refused_by_name():  # 42
    compound = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + struct.pack("<504x")
    assert refusal(compound) == (422, "FILE_PROTECTED")


def test_a_workbook_that_takes_values_from_another_file_is_refused_by_name():  # 42
    assert refusal(changed(workbook(ROWS), xl__externalLinks__externalLink1_xml=b"<externalLink/>")) == (
        422,
        "FILE_LINKED",
    )


def test_a_workbook_with_a_chart_sheet_is_refused_by_name():  # 42
    def fill(book, sheet):
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=Sheet1!$C$2:$C$3"})
        book.add_chartsheet().set_chart(chart)

    assert refusal(workbook(ROWS, fill=fill)) == (422, "FILE_CHART")


def test_an_archive_that_swells_is_not_opened():  # 43
    data = changed(workbook(ROWS), xl__worksheets__sheet9_xml=b"\0" * 60_000_000)
    assert refusal(data) == (422, "FILE_UNSAFE")


def test_a_document_type_declaration_is_not_opened():  # 43
    bad = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet/>'
    assert refusal(changed(workbook(ROWS), xl__worksheets__sheet1_xml=lambda _: bad)) == (422, "FILE_UNSAFE")


@pytest.mark.parametrize("last", [b"XFD1048576", b"ALL2", b"A2000000", b"ZZZZZ5"])
def test_a_cell_at_the_end_of_the_world_is_not_opened(last):  # 43
    def far(content):
        row = bytes(filter(lambda ch: 48 <= ch <= 57, last))
        cell = b'<row r="' + row + b'"><c r="' + last + b'"><v>1</v></c></row></sheetData>'
        return content.replace(b"</sheetData>", cell)

    data = changed(workbook([["a"] * 5] * 20_000), xl__worksheets__sheet1_xml=far)
    assert refusal(data) == (422, "FILE_UNSAFE")


def test_cells_merged_over_the_whole_sheet_do_not_cost_anything():  # 43
    def merge(content):
        return content.replace(
            b"</sheetData>", b'</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
        )

    began = time.monotonic()
    sheet = read_sheet(changed(workbook(ROWS), xl__worksheets__sheet1_xml=merge))
    assert len(sheet.rows) == 2
    assert time.monotonic() - began < 5


def test_an_archive_that_is_no_workbook_is_refused():  # 45
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert refusal(out.getvalue()) == (415, "WRONG_FILE")


def test_a_damaged_workbook_is_refused():
    data = workbook(ROWS)
    assert refusal(data[: len(data) // 2]) == (422, "FILE_BROKEN")
