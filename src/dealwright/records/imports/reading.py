"""From bytes to rows of cells: encodings, delimiters, the header row, spreadsheets that are not what they seem."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from dealwright.foundation.errors import Problem

MAX_ROWS = 200_000
MAX_COLUMNS = 500
MAX_UNPACKED = 400_000_000
HEADER_WITHIN = 20


@dataclass(frozen=True)
class Sheet:
    """A table out of a file: header names, data rows of cells (None for empty), the file's line of the first data row.

    encoding and delimiter are None for xlsx; `faults` are lines that could not be read: (line, code).
    """

    header: list[str]
    rows: list[list[Any]]
    first_line: int
    encoding: str | None = None
    delimiter: str | None = None
    faults: tuple[tuple[int, str], ...] = ()


def read_sheet(data: bytes, name: str = "") -> Sheet:
    """The table of a CSV or xlsx file. Problem 415 WRONG_FILE, 422 ENCODING, FILE_UNSAFE, FILE_PROTECTED, NO_HEADER."""
    if not data.strip(b"\x00 \r\n\t"):
        raise Problem(415, "WRONG_FILE", params={"name": name[:80]})
    if data[:4] == b"PK\x03\x04":
        return _xlsx(data, name)
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise Problem(422, "FILE_PROTECTED", params={"name": name[:80]})
    if data[:2] == b"MZ" or data[:4] in (b"%PDF", b"\x7fELF", b"\x89PNG", b"GIF8") or data[:3] == b"\xff\xd8\xff":
        raise Problem(415, "WRONG_FILE", params={"name": name[:80]})
    text, encoding = decode(data)
    return _csv(text, encoding)


def decode(data: bytes) -> tuple[str, str]:
    """Text and encoding: a byte order mark decides, then UTF-8, then GB18030 (which contains GBK)."""
    marks = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
    tried = [name for mark, name in marks if data.startswith(mark)] or ["utf-8", "gb18030", "big5"]
    if not data.startswith((b"\xff\xfe", b"\xfe\xff")) and data[:200].count(b"\x00") > 20:
        tried = ["utf-16-le" if data[1:2] == b"\x00" else "utf-16-be"]
    for encoding in tried:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            where = data[: error.start].count(b"\n") + 1
            continue
        if "\x00" not in text:
            return text, encoding
        where = text[: text.index("\x00")].count("\n") + 1
    raise Problem(422, "ENCODING", params={"line": where})


def _delimiter(text: str) -> str:
    lines = [line for line in text.splitlines()[:30] if line.strip()]
    best, most = ",", 0.0
    for sign in (",", ";", "\t", "|"):
        counts = [len(next(csv.reader([line], delimiter=sign), [])) for line in lines]
        usual = max(set(counts), key=counts.count) if counts else 1
        score = usual * (counts.count(usual) / len(counts)) if usual > 1 else 0
        if score > most:
            best, most = sign, score
    return best


def _csv(text: str, encoding: str) -> Sheet:
    delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    table: list[tuple[int, list[Any]]] = []
    try:
        for cells in reader:
            table.append((reader.line_num, [cell if cell.strip() else None for cell in cells]))
            if len(table) > MAX_ROWS + HEADER_WITHIN:
                raise Problem(422, "TOO_MANY", params={"count": len(table), "max": MAX_ROWS})
    except csv.Error as error:
        raise Problem(422, "CSV_BROKEN", params={"line": reader.line_num}) from error
    return _sheet(table, encoding, delimiter)


def _sheet(table: Sequence[tuple[int, list[Any]]], encoding: str | None, delimiter: str | None) -> Sheet:
    place = _header_place([cells for _, cells in table[:HEADER_WITHIN]])
    header = [str(cell).strip() if cell is not None else "" for cell in table[place][1]]
    while header and not header[-1]:
        header.pop()
    if not header:
        raise Problem(422, "NO_HEADER")
    if len(header) > MAX_COLUMNS:
        raise Problem(422, "TOO_MANY", params={"count": len(header), "max": MAX_COLUMNS})
    rows: list[list[Any]] = []
    faults: list[tuple[int, str]] = []
    first = table[place + 1][0] if len(table) > place + 1 else table[place][0] + 1
    for line, cells in table[place + 1 :]:
        if all(cell is None for cell in cells):
            continue
        if len(cells) < len(header) and encoding is not None and len(cells) != 1:
            faults.append((len(rows), "ROW_SHORT"))
        extra = [cell for cell in cells[len(header) :] if cell is not None]
        if extra:
            faults.append((len(rows), "ROW_LONG"))
        rows.append([*cells[: len(header)], *([None] * (len(header) - len(cells)))])
        del line
    return Sheet(header, rows, first, encoding, delimiter, tuple(faults))


def _header_place(rows: Sequence[list[Any]]) -> int:
    """The first row that is as wide as most and made of distinct texts."""
    widths = [sum(cell is not None for cell in row) for row in rows]
    widest = max(widths, default=0)
    for place, row in enumerate(rows):
        texts = [cell for cell in row if isinstance(cell, str) and cell.strip()]
        if widths[place] and widths[place] >= 0.6 * widest and len(set(texts)) >= 0.8 * widths[place]:
            return place
    return 0


def _xlsx(data: bytes, name: str) -> Sheet:
    _check_archive(data, name)
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [book.get_sheet_by_name(one) for one in book.sheet_names]
        found = next((sheet for sheet in sheets if sheet.height), None)
        if found is None:
            raise Problem(422, "NO_HEADER")
        if found.width > MAX_COLUMNS or found.height > MAX_ROWS + HEADER_WITHIN:
            raise Problem(422, "TOO_MANY", params={"count": max(found.width, found.height), "max": MAX_ROWS})
        table = [(place + 1, [_cell(cell) for cell in row]) for place, row in enumerate(found.to_python())]
    except Problem:
        raise
    except Exception as error:  # the reader names its faults in English prose only
        raise Problem(422, "FILE_BROKEN", params={"name": name[:80]}) from error
    return _sheet(table, None, None)


def _check_archive(data: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            names = {info.filename.lower() for info in infos}
            if sum(info.file_size for info in infos) > MAX_UNPACKED or len(infos) > 5_000:
                raise Problem(422, "FILE_UNSAFE", params={"name": name[:80]})
            if any("vbaproject" in one for one in names):
                raise Problem(422, "FILE_MACRO", params={"name": name[:80]})
            if not any(one.startswith("xl/worksheets/") for one in names):
                raise Problem(415, "WRONG_FILE", params={"name": name[:80]})
            for info in infos:
                if (
                    info.filename.endswith(".xml")
                    and info.file_size < 5_000_000
                    and b"<!DOCTYPE" in archive.read(info)[:2_000]
                ):
                    raise Problem(422, "FILE_UNSAFE", params={"name": name[:80]})
    except zipfile.BadZipFile as error:
        raise Problem(422, "FILE_BROKEN", params={"name": name[:80]}) from error


def _cell(value: Any) -> Any:
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, timedelta):
        return int(value.total_seconds())
    if isinstance(value, (date, time)):
        return value.isoformat()
    return value if not isinstance(value, str) or value.strip() else None
