"""Reading xlsx files that may not be what they seem: looked at from outside first, opened only when they are harmless."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from xml.etree import ElementTree

from dealwright.foundation.errors import Problem

MAX_UNPACKED = 200_000_000
MAX_ENTRIES = 5_000
BIG, RATIO = 20_000_000, 200  # what swells so much was made to
MAX_CELLS = 12_000_000  # the reader keeps a full rectangle, however few of its cells are filled
COLUMN = re.compile(rb'<c\b[^>]*?\br="([A-Z]{1,9})\d')
ROW = re.compile(rb'<row\b[^>]*?\br="(\d{1,12})"')
CELL = re.compile(rb'<c\b[^>]*?\br="[A-Z]{1,9}(\d{1,12})"')
FAILED = re.compile(
    rb'<c\b(?=[^>]*?\bt="e")[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>]*>(?:(?!</c>).)*?<v>(#[^<]{1,10})</v>', re.DOTALL
)
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
# What a spreadsheet shows where a formula failed. Such a cell has no value.
FAULTS = ("#REF!", "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#VALUE!")


class Book(NamedTuple):
    """One sheet of a workbook: (line, cells) of its rows, its name, and the names of all sheets that hold something."""

    rows: list[tuple[int, list[Any]]]
    sheet: str
    names: tuple[str, ...]


def read_workbook(data: bytes, name: str, wanted: str | None = None) -> Book:
    """The sheet of that name, or the first one with anything in it. A cell merged over several lines fills them all.

    Problem 415 WRONG_FILE, 422 FILE_UNSAFE, FILE_MACRO, FILE_LINKED, FILE_CHART, FILE_PROTECTED, FILE_BROKEN, NO_HEADER.
    """
    _check(data, name)
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        filled = tuple(one for one in book.sheet_names if book.get_sheet_by_name(one).height)
        for one in (wanted,) if wanted in filled else filled[:1]:
            sheet = book.get_sheet_by_name(one)
            if sheet.height:
                above, left = sheet.start or (0, 0)
                rows = [[_cell(cell) for cell in row] for row in sheet.to_python(skip_empty_area=True)]
                # the reader leaves a failed formula empty, and an empty cell would be taken for "nothing to say"
                for (line, column), fault in _faults(data, one).items():
                    rows[line - above][column - left] = fault
                _fill_merged(rows, sheet, above, left)
                return Book([(above + place + 1, row) for place, row in enumerate(rows)], one, filled)
    except python_calamine.PasswordError as error:
        raise _refused("FILE_PROTECTED", name) from error
    except Exception as error:  # the reader names its faults in English prose only
        raise _refused("FILE_BROKEN", name) from error
    raise Problem(422, "NO_HEADER")


def _fill_merged(rows: list[list[Any]], sheet: Any, above: int, left: int) -> None:
    """Down a column only: a value that stands beside several lines belongs to each; a title over columns does not."""
    for (top, first), (bottom, last) in sheet.merged_cell_ranges or ():
        # what is merged for its looks only may lie beside the data, where the rows have no cell
        if first == last and top < bottom and top >= above and left <= first < left + len(rows[0]):
            for line in range(top + 1, min(bottom, above + len(rows) - 1) + 1):
                rows[line - above][first - left] = rows[top - above][first - left]


def _faults(data: bytes, sheet_name: str) -> dict[tuple[int, int], str]:
    """The cells of a sheet that show a fault, by (row, column) from 0."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        path = _path_of(archive, sheet_name)
        content = archive.read(path) if path in archive.namelist() else b""
    found = {}
    for letters, line, text in FAILED.findall(content):
        found[int(line) - 1, _number(letters) - 1] = text.decode("utf-8", "replace")
    return found


def _path_of(archive: zipfile.ZipFile, sheet_name: str) -> str:
    """Where a sheet lies in its archive."""
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    wanted = next((one.get(RELATION) for one in book.iter(f"{MAIN}sheet") if one.get("name") == sheet_name), None)
    target = next((one.get("Target", "") for one in links if one.get("Id") == wanted), "")
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _refused(code: str, name: str, status: int = 422) -> Problem:
    return Problem(status, code, params={"name": name[:80]})


def _check(data: bytes, name: str) -> None:
    """Look at the archive without opening it as a workbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            total = sum(info.file_size for info in infos)
            if len(infos) > MAX_ENTRIES or total > MAX_UNPACKED or (total > BIG and total > RATIO * len(data)):
                raise _refused("FILE_UNSAFE", name)
            names = {info.filename.lower() for info in infos}
            if not any(one.startswith("xl/") for one in names):
                raise _refused("WRONG_FILE", name, 415)
            for part, code in (
                ("vbaproject", "FILE_MACRO"),
                ("xl/externallinks/", "FILE_LINKED"),
                ("xl/chartsheets/", "FILE_CHART"),
            ):
                if any(part in one for one in names):
                    raise _refused(code, name)
            for info in infos:
                if info.filename.lower().endswith((".xml", ".rels")):
                    with archive.open(info) as file:
                        if b"<!DOCTYPE" in file.read(4_096).upper():
                            raise _refused("FILE_UNSAFE", name)
                if info.filename.lower().startswith("xl/worksheets/") and info.filename.lower().endswith(".xml"):
                    _check_extent(archive.read(info), name)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise _refused("FILE_BROKEN", name) from error


def _check_extent(sheet: bytes, name: str) -> None:
    """Refuse a sheet whose outermost cells span more than anybody fills in by honest work."""
    columns = {bytes(one) for one in set(COLUMN.findall(sheet))}
    width = max((_number(letters) for letters in columns), default=1)
    height = max((int(one) for one in ROW.findall(sheet)), default=1)
    if height <= 1_048_576 and width <= 16_384 and width * height <= MAX_CELLS:
        if not ROW.search(sheet):
            height = max((int(one) for one in CELL.findall(sheet)), default=1)
        if width * height <= MAX_CELLS:
            return
    raise _refused("FILE_UNSAFE", name)


def _number(letters: bytes) -> int:
    found = 0
    for letter in letters:
        found = found * 26 + letter - 64
    return found


def _cell(value: Any) -> Any:
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, timedelta):
        return int(value.total_seconds())
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, str):
        return value if value.strip() else None
    return value
