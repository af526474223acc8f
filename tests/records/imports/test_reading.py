"""From bytes to rows: encodings, delimiters, where the header is, rows that are not as wide as they should be."""

import csv
import io

import pytest

from dealwright.foundation.errors import Problem
from dealwright.records.imports.reading import read_sheet

TEXT = "客户名称,电话\n杭州云栖科技有限公司,0571-88156688\n上海繁华贸易,021-62345678\n"
TRADITIONAL = "客戶名稱,電話\n臺灣積體電路製造股份有限公司,03-5636688\n鴻海精密工業,02-22683466\n"


@pytest.mark.parametrize(
    ("text", "encoding", "read_as"),
    [
        (TEXT, "utf-8", "utf-8"),
        (TEXT, "utf-8-sig", "utf-8-sig"),
        (TEXT, "gbk", "gb18030"),
        (TEXT.replace("云栖", "𠮷㐂"), "gb18030", "gb18030"),
        (TEXT, "utf-16", "utf-16"),
        ("name,phone\nAcme,1\nBolt,2\n", "utf-16-le", "utf-16-le"),
        ("name,phone\nAcme,1\nBolt,2\n", "utf-16-be", "utf-16-be"),
        (TRADITIONAL, "big5", "big5"),
        (TRADITIONAL, "gbk", "gb18030"),
    ],
)
def test_the_encoding_of_a_file_is_found(text, encoding, read_as):  # 37
    sheet = read_sheet(text.encode(encoding))

    assert sheet.encoding == read_as
    assert [sheet.header, *sheet.rows] == list(csv.reader(io.StringIO(text)))


def test_a_utf16_file_with_its_mark_is_read_in_both_orders():
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        assert read_sheet(mark + TEXT.encode(encoding)).rows[0][0] == "杭州云栖科技有限公司"


def test_a_file_in_two_encodings_is_refused_with_the_row_at_which_it_changes():  # 37
    data = "名称,备注\n甲公司,好客户\n".encode() + "乙公司,坏\n".encode("gbk")

    with pytest.raises(Problem) as refused:
        read_sheet(data)

    assert (refused.value.status, refused.value.code, refused.value.params["line"]) == (422, "ENCODING", 3)


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_the_delimiter_is_found_and_quoted_cells_may_hold_it_and_line_ends(sign):
    lines = [["name", "note", "city"], ["Acme", f"one{sign} two\nthree", "Hangzhou"], ["Bolt", 'said "no"', "Xi'an"]]
    out = io.StringIO()
    csv.writer(out, delimiter=sign).writerows(lines)

    sheet = read_sheet(out.getvalue().encode())

    assert (sheet.delimiter, [sheet.header, *sheet.rows]) == (sign, lines)
    assert [sheet.line(0), sheet.line(1)] == [2, 4]  # the first row runs over two lines of the file


def test_the_header_is_found_below_title_lines_and_may_have_empty_cells():
    text = "客户清单,,\n导出时间：2026-11-24,,\n\n名称,,电话\n甲公司,备注,1\n乙公司,,2\n"

    sheet = read_sheet(text.encode())

    assert (sheet.header, sheet.rows) == (["名称", "", "电话"], [["甲公司", "备注", "1"], ["乙公司", None, "2"]])
    assert sheet.line(0) == 5


def test_a_column_that_stands_there_twice_gets_a_name_of_its_own_and_is_not_guessed():  # 39
    sheet = read_sheet(b"name,phone,phone\nAcme,1,2\n")

    assert sheet.header == ["name", "phone", "phone (2)"]
    assert sheet.repeated == {"phone", "phone (2)"}


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\x00\x00\x00"])
def test_an_empty_file_is_no_table(data):  # 45
    with pytest.raises(Problem) as refused:
        read_sheet(data, "empty.csv")
    assert (refused.value.status, refused.value.code) == (415, "WRONG_FILE")


@pytest.mark.parametrize("head", [b"MZ\x90\x00", b"%PDF-1.7\n", b"\x7fELF", b"\x89PNG\r\n", b"\x1f\x8b\x08\x00"])
def test_a_program_or_picture_that_calls_itself_csv_is_refused(head):  # 45
    with pytest.raises(Problem) as refused:
        read_sheet(head + b"name,phone\nAcme,1\n", "customers.csv")
    assert (refused.value.status, refused.value.code) == (415, "WRONG_FILE")


def test_a_row_that_is_too_short_or_too_long_is_named_with_its_columns():  # 38
    sheet = read_sheet(b"name,phone,city,note,tier\nAcme,1,Hangzhou\nBolt,2,Xi'an,n,A\nCarp,3,Wuhan,n,B,x\n")

    assert sheet.faults == {
        0: ("ROW_SHORT", {"count": 3, "expected": 5, "column": "note"}),
        2: ("ROW_LONG", {"count": 6, "expected": 5}),
    }
    assert sheet.rows[1] == ["Bolt", "2", "Xi'an", "n", "A"]


def test_a_quote_that_never_closes_costs_its_own_row_only():  # 38
    sheet = read_sheet(b'name,phone\nAcme,1\n"Bolt,2\nCarp,3\nDart,4\n')

    assert list(sheet.faults) == [1]
    assert sheet.faults[1][0] == "ROW_QUOTES"
    assert [row[0] for row in sheet.rows] == ["Acme", '"Bolt', "Carp", "Dart"]


def test_a_header_that_is_repeated_below_is_no_record():
    sheet = read_sheet(b"name,phone\nAcme,1\nname,phone\nBolt,2\n")

    assert {place: code for place, (code, _) in sheet.faults.items()} == {1: "ROW_HEADER"}


def test_a_hundred_thousand_broken_rows_are_read_in_seconds():
    sheet = read_sheet(b"name,phone\n" + b'"Acme,1\n' * 100_000)

    assert len(sheet.faults) == 100_000
