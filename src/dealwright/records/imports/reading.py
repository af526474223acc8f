"""From bytes to rows of cells: encodings, delimiters, the header row, spreadsheets that are not what they seem."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dealwright.foundation.errors import Problem
from dealwright.records.export import DANGEROUS
from dealwright.records.imports.encoding import decode
from dealwright.records.imports.workbook import read_workbook

MAX_ROWS = 200_000
MAX_COLUMNS = 500
HEADER_WITHIN = 20
TOP = 12
TOTALS_WITHIN = 3
TOTAL = re.compile(r"(合\s*计|总\s*计|小\s*计|总数|grand total|totals?|sum)\s*[:：]?", re.IGNORECASE)
# Programs, PDF, pictures and archives, whatever their name says.
BINARIES = (b"MZ", b"%PDF", b"\x7fELF", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf")

Fault = tuple[str, dict[str, Any]]
Record = tuple[int, list[Any], Fault | None]  # line, cells, what is wrong with it


@dataclass(frozen=True)
class Reading:
    """How a file is to be read; what nobody said is found out. header: the line of the header row, counted from 1."""

    sheet: str | None = None
    header: int | None = None
    encoding: str | None = None
    delimiter: str | None = None


@dataclass(frozen=True)
class Sheet:
    """A table out of a file: header names, data rows of cells (None for empty), the file's line of each row.

    encoding and delimiter are None for xlsx. faults: rows that could not be read, by place: code and parameters of
    the reason. repeated: column names that stand there more than once, so nobody can tell which is meant.
    """

    header: list[str]
    rows: list[list[Any]]
    lines: Sequence[int]
    encoding: str | None = None
    delimiter: str | None = None
    faults: Mapping[int, Fault] = field(default_factory=dict)
    repeated: frozenset[str] = frozenset()
    sheets: tuple[str, ...] = ()  # the names of the workbook's sheets
    sheet: str | None = None
    header_line: int = 1
    above: tuple[str, ...] = ()  # texts over the header: a title, a unit
    top: tuple[tuple[int, tuple[Any, ...]], ...] = ()  # the first lines as they stand, to choose the header among them
    totals: tuple[int, ...] = ()  # lines at the end that are totals, which are no records

    def line(self, place: int) -> int:
        """The line of a row in its file, counted from 1 as editors and spreadsheets do."""
        return self.lines[place]


def read_sheet(data: bytes, name: str = "", how: Reading | None = None) -> Sheet:
    """The table of a CSV or xlsx file, or of cells that were pasted. Problem 415 WRONG_FILE, 422 ENCODING, FILE_UNSAFE, FILE_PROTECTED, NO_HEADER."""
    how = how or Reading()
    if not data.strip(b"\x00 \r\n\t"):
        raise Problem(415, "WRONG_FILE", params={"name": name[:80]})
    if data[:4] == b"PK\x03\x04":
        book = read_workbook(data, name, how.sheet)
        found = _sheet([(line, cells, None) for line, cells in book.rows], None, None, how.header)
        return replace(found, sheets=book.names, sheet=book.sheet)
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise Problem(422, "FILE_PROTECTED", params={"name": name[:80]})
    if data.startswith(BINARIES):
        raise Problem(415, "WRONG_FILE", params={"name": name[:80]})
    text, encoding = decode(data, how.encoding)
    return _csv(text, encoding, how)


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


class _Feed:
    """The lines of a text, one after the other, from wherever one wants to go on."""

    def __init__(self, text: str) -> None:
        self.lines = io.StringIO(text, newline="").readlines()
        self.at = 0

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        if self.at >= len(self.lines):
            raise StopIteration
        self.at += 1
        return self.lines[self.at - 1]


def _csv(text: str, encoding: str, how: Reading) -> Sheet:
    delimiter = how.delimiter or _delimiter(text)
    feed = _Feed(text)
    table: list[Record] = []
    while feed.at < len(feed.lines):
        reader = csv.reader(feed, delimiter=delimiter, strict=True)
        start = feed.at
        try:
            for cells in reader:
                table.append((start + 1, [_plain(cell) for cell in cells], None))
                start = feed.at  # a cell may run over several lines
                if len(table) > MAX_ROWS + HEADER_WITHIN:
                    raise Problem(422, "TOO_MANY", params={"count": len(table), "max": MAX_ROWS})
        except csv.Error:
            # A quote that does not close swallows what follows: this line is refused, reading goes on with the next.
            cells = feed.lines[start].rstrip("\r\n").split(delimiter)
            table.append((start + 1, [_plain(cell) for cell in cells], ("ROW_QUOTES", {})))
            feed.at = start + 1
    return _sheet(table, encoding, delimiter, how.header)


def _plain(cell: str) -> str | None:
    """A cell; the apostrophe that our export puts before what looks like a formula is taken off again."""
    if cell[:1] == "'" and cell[1:2] in DANGEROUS:
        return cell[1:]
    return cell if cell.strip() else None


def _sheet(
    table: Sequence[Record], encoding: str | None, delimiter: str | None, header_line: int | None = None
) -> Sheet:
    told = [place for place, (line, _, _) in enumerate(table) if line == header_line]
    top = tuple((line, tuple(cells)) for line, cells, _ in table[:TOP])
    place = told[0] if told else _header_place([cells for _, cells, _ in table[:HEADER_WITHIN]])
    table, totals = _without_totals(table, place)
    header, repeated = _header(table[place][1] if table else [])
    width = len(header)
    rows: list[list[Any]] = []
    faults: dict[int, Fault] = {}
    lines: list[int] = []
    for line, cells, fault in table[place + 1 :]:
        if all(cell is None for cell in cells):
            continue
        if len(cells) < width and encoding is not None:
            missing = header[len(cells)] or str(len(cells) + 1)
            fault = fault or ("ROW_SHORT", {"count": len(cells), "expected": width, "column": missing})
        filled = next((n for n in range(len(cells), width, -1) if cells[n - 1] is not None), 0)
        if filled:
            fault = fault or ("ROW_LONG", {"count": filled, "expected": width})
        if cells == table[place][1]:
            fault = fault or ("ROW_HEADER", {})
        if fault:
            faults[len(rows)] = fault
        rows.append([*cells[:width], *([None] * (width - len(cells)))])
        lines.append(line)
    above = tuple(str(cell).strip() for _, cells, _ in table[:place] for cell in cells if isinstance(cell, str))
    first = table[place][0] if table else 1
    return Sheet(
        header,
        rows,
        lines,
        encoding,
        delimiter,
        faults,
        repeated,
        header_line=first,
        above=above,
        totals=totals,
        top=top,
    )


def _without_totals(table: Sequence[Record], place: int) -> tuple[Sequence[Record], tuple[int, ...]]:
    """The table without the rows at its end that sum up the others, and the lines of those."""
    kept = list(table)
    lines: list[int] = []
    for _ in range(TOTALS_WITHIN):
        if len(kept) <= place + 2:
            break
        first = next((cell for cell in kept[-1][1] if cell is not None), None)
        if first is not None and not (isinstance(first, str) and TOTAL.fullmatch(first.strip())):
            break
        if first is not None:
            lines.append(kept[-1][0])
        kept.pop()
    return (kept, tuple(sorted(lines))) if lines else (table, ())


def _header(cells: Sequence[Any]) -> tuple[list[str], frozenset[str]]:
    """The names of the columns, made distinct ("Phone", "Phone (2)"), and those that stood there more than once."""
    names = ["" if cell is None else str(int(cell) if isinstance(cell, float) else cell).strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise Problem(422, "NO_HEADER")
    if len(names) > MAX_COLUMNS:
        raise Problem(422, "TOO_MANY", params={"count": len(names), "max": MAX_COLUMNS})
    seen: dict[str, int] = {}
    repeated: set[str] = set()
    for place, name in enumerate(names):
        seen[name] = count = seen.get(name, 0) + 1
        if name and count > 1:
            names[place] = f"{name} ({count})"
            repeated |= {name, names[place]}
    return names, frozenset(repeated)


def _header_place(rows: Sequence[list[Any]]) -> int:
    """The first row that is as wide as most and made of distinct texts."""
    widths = [sum(cell is not None for cell in row) for row in rows]
    widest = max(widths, default=0)
    for place, row in enumerate(rows):
        texts = [cell for cell in row if isinstance(cell, str) and cell.strip()]
        if widths[place] and widths[place] >= 0.6 * widest and len(texts) >= 0.8 * widths[place]:
            return place
    return 0
