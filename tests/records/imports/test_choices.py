"""How a file is read can be said: sheet, header row, encoding, separator; and what is no record is left out."""

import io

import pytest
import xlsxwriter

from dealwright.foundation.errors import Problem
from dealwright.records.imports.reading import Reading, read_sheet
from dealwright.records.imports.service import reading_of

ROWS = [["名称", "电话"], ["甲公司", "1"], ["乙公司", "2"], ["丙公司", "3"]]


def book(sheets, merged=()):
    """An xlsx file of these sheets; `merged` ranges (top, left, bottom, right, text) stand in each."""
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True})
    for name, rows in sheets.items():
        sheet = made.add_worksheet(name)
        for line, row in enumerate(rows):
            sheet.write_row(line, 0, row)
        for one in merged:
            sheet.merge_range(*one)
    made.close()
    return out.getvalue()


def test_a_sheet_is_chosen_by_its_name_and_the_filled_ones_are_listed():
    data = book({"空": [], "客户": ROWS, "线索": [["来源", "日期"], ["展会", "2026-11-24"]]})

    first, other = read_sheet(data), read_sheet(data, how=Reading(sheet="线索"))

    assert (first.sheet, first.sheets, first.header) == ("客户", ("客户", "线索"), ["名称", "电话"])
    assert (other.sheet, other.header, other.rows) == ("线索", ["来源", "日期"], [["展会", "2026-11-24"]])


def test_a_sheet_that_is_not_there_gives_the_first_one():
    assert read_sheet(book({"客户": ROWS}), how=Reading(sheet="线索")).sheet == "客户"


def test_the_header_row_can_be_said_and_what_stands_over_it_is_told():
    data = "旧名,旧号\n单位：万元,\n名称,金额\n甲公司,1\n".encode()

    sheet = read_sheet(data, how=Reading(header=3))

    assert (sheet.header, sheet.rows, sheet.header_line) == (["名称", "金额"], [["甲公司", "1"]], 3)
    assert sheet.above == ("旧名", "旧号", "单位：万元")
    assert read_sheet(data).header_line == 1  # what would be found without being told


@pytest.mark.parametrize("line", [0, -1, 10**9])
def test_a_header_row_that_is_not_there_is_found_out(line):
    assert read_sheet(b"name,phone\nAcme,1\n", how=Reading(header=line)).header == ["name", "phone"]


def test_the_encoding_can_be_said():
    data = "客戶名稱,電話\n".encode("big5")

    assert read_sheet(data, how=Reading(encoding="big5")).header == ["客戶名稱", "電話"]
    assert read_sheet(data, how=Reading(encoding="windows-1252")).encoding == "windows-1252"


def test_a_mark_before_utf8_is_no_part_of_the_first_column():
    assert read_sheet("名称,电话\n".encode("utf-8-sig"), how=Reading(encoding="utf-8")).header == ["名称", "电话"]


@pytest.mark.parametrize("encoding", ["gb18030", "big5", "utf-16"])
def test_an_encoding_that_does_not_fit_is_refused_rather_than_guessed(encoding):
    with pytest.raises(Problem) as refused:
        read_sheet("名称;电话\n甲;1\n合计;3\n".encode(), how=Reading(encoding=encoding))

    assert (refused.value.status, refused.value.code) == (422, "ENCODING")


def test_the_separator_can_be_said():
    sheet = read_sheet(b"name|phone, fax\nAcme|1, 2\n", how=Reading(delimiter="|"))

    assert (sheet.delimiter, sheet.header, sheet.rows) == ("|", ["name", "phone, fax"], [["Acme", "1, 2"]])


@pytest.mark.parametrize("sign", ["\n", "\r", '"', "\x00"])
def test_a_separator_that_separates_nothing_gives_one_column(sign):
    assert len(read_sheet(b"name,phone\nAcme,1\n", how=Reading(delimiter=sign)).header) == 1


@pytest.mark.parametrize(
    "read", [{"sheet": 3}, {"header": "2"}, {"header": True}, {"header": 1.5}, {"delimiter": ";;"}, {"encoding": ["x"]}]
)
def test_a_way_of_reading_that_cannot_be_meant_is_refused(read):
    with pytest.raises(Problem) as refused:
        reading_of({"read": read})

    assert refused.value.status == 422


def test_totals_at_the_end_are_no_records():
    sheet = read_sheet("名称,金额\n甲公司,1\n乙公司,2\n\n合 计：,3\n".encode())

    assert (sheet.rows, sheet.totals) == ([["甲公司", "1"], ["乙公司", "2"]], (5,))


def test_a_name_that_only_begins_like_a_total_is_a_record():
    sheet = read_sheet(b"name,amount\nAcme,1\nBolt,2\nTotal Energy Supply,3\n")

    assert (len(sheet.rows), sheet.totals) == (3, ())


def test_a_cell_merged_over_lines_counts_for_each_of_them():
    sheet = read_sheet(book({"客户": ROWS}, [(1, 0, 2, 0, "甲公司")]))

    assert [row[0] for row in sheet.rows] == ["甲公司", "甲公司", "丙公司"]


def test_cells_merged_beside_the_data_do_not_break_the_file():
    assert len(read_sheet(book({"客户": ROWS}, [(1, 9, 3, 9, "")])).rows) == 3
