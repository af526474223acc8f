"""From a spreadsheet to an object: its name, a field for each column, its stages. A proposal; people change it first."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from dealwright.model.keys import key_from_label
from dealwright.records.imports.guessing import NOTHING, Column, Known, as_text, guess, hinted
from dealwright.records.imports.reading import Sheet
from dealwright.records.imports.stages import looks_like_stages, stages_of

EXAMPLES = 4
# What a file's name says beside what it is about.
NOISE = re.compile(
    r"(\d{2,4}\s*年(度)?|\d{4}[-_.]?\d{0,2}[-_.]?\d{0,2}|[一二三四1-4Q]+季度|\d{1,2}月份?|最终版?|最新版?|副本|终稿|定稿|修改版?|模板|汇总|统计|明细|"
    r"台账|总表|清单|列表|信息|管理|表格|登记表|跟进表|跟踪表|记录表|表$|[vV]\d+(\.\d+)*|copy|final|export|data|list|sheet\d*|[（(][^（）()]*[)）])",
    re.IGNORECASE,
)
SERIAL = re.compile(r"序号|^no\.?$|^#$|^id$", re.IGNORECASE)


def propose_object(sheet: Sheet, file_name: str, taken: Sequence[str], known: Known) -> dict[str, Any]:
    """{"object", "columns", "pipeline"}: what this spreadsheet would become.

    Each column: {"column", "include", "spec", "is_name", "examples", "filled", "distinct", "doubtful", "why"}. Columns
    without a name or a value are left out, and so is a running number.
    """
    named = [place for place, name in enumerate(sheet.header) if name]
    columns = {place: Column(sheet.header[place], [row[place] for row in sheet.rows]) for place in named}
    stage = next((place for place in named if looks_like_stages(columns[place])), None)
    name = _name_place(columns, stage)
    keys: list[str] = list(RESERVED)
    owner = False
    found = []
    for place, column in columns.items():
        one = guess(column.name, [row[place] for row in sheet.rows], keys, known)
        spec = dict(one.spec)
        left_out = (
            "empty"
            if not column.filled
            else "serial"
            if SERIAL.search(column.name.strip()) and column.is_distinct
            else None
        )
        if place == name:
            spec |= {"type": "text", "required": True}
            for extra in ("options", "target", "scale", "factor"):
                spec.pop(extra, None)
        elif place == stage:
            spec = {"key": spec["key"], "labels": spec["labels"], "on_form": True, "type": "stage"}
        elif spec["type"] == "text" and hinted("code", column.name) and column.is_distinct and len(column.filled) > 1:
            spec["unique"] = True
        if spec["type"] == "user" and not owner:
            # whoever is answerable is the owner that every record has: rights go by it
            owner, spec = True, {"key": "owner", "labels": OWNER, "type": "owner"}
        else:
            spec["key"] = _telling_key(spec, column.name, keys)
            spec["labels"] = _own_label(column.name)
        if left_out is None:
            keys.append(spec["key"])
        found.append(
            {
                "column": column.name, "include": left_out is None, "why": left_out, "spec": spec, "is_name": place == name,
                "examples": list(dict.fromkeys(column.filled))[:EXAMPLES], "filled": len(column.filled),
                "distinct": len(column.words),
                "doubtful": [{"line": sheet.line(at), "value": value} for at, value in one.doubtful] if place != name else [],
            }
        )  # fmt: skip
    label = object_label(sheet, file_name)
    icon = "target" if stage is not None else "layers"
    return {
        "object": {"key": key_from_label(label, set(taken)), "labels": {"zh": label, "en": label}, "icon": icon},
        "columns": found,
        "pipeline": None if stage is None else {"column": sheet.header[stage], "stages": stages_of(columns[stage])},
    }  # fmt: skip


OWNER = {"zh": "负责人", "en": "Owner"}
STANDARD_NAMES = ("编号", "负责人", "团队", "协作人", "标签", "附件", "owner", "team", "tags", "files")
RESERVED = (
    "id", "serial", "owner", "collaborators", "team", "tags", "files", "created_at", "created_by", "modified_at",
    "modified_by", "version",
)  # fmt: skip


def _own_label(column: str) -> dict[str, str]:
    """The column's name; told apart from a field that every object has."""
    if column.strip().lower() in STANDARD_NAMES:
        return {"zh": f"{column}（原表）", "en": f"{column} (sheet)"}
    return {"zh": column[:100], "en": column[:100]}


def _telling_key(spec: Mapping[str, Any], column: str, taken: Sequence[str]) -> str:
    """The keys that boards and sums look for, where a column is plainly meant; else what its name gives."""
    wanted = {"money": "amount", "stage": "stage"}.get(spec["type"])
    if spec["type"] == "date" and hinted("close_date", column):
        wanted = "close_date"
    if spec["type"] == "percent" and re.search("赢率|概率|probability", column, re.IGNORECASE):
        wanted = "probability"
    if wanted and wanted not in taken:
        return wanted
    return key_from_label(column, set(taken))


def _name_place(columns: Mapping[int, Column], stage: int | None) -> int | None:
    """The column that names a record: called so, made of words, and telling most of them apart."""

    def points(place: int) -> float:
        column = columns[place]
        if not column.filled or place == stage or SERIAL.search(column.name.strip()):
            return -1.0
        wordy = column.share(lambda text: re.search(r"[^\W\d_]", text) is not None and len(text) <= 60)
        apart = len(column.words) / len(column.filled)
        called = 0.8 if hinted("name", column.name) else 0.0
        called -= 0.6 * any(hinted(kind, column.name) for kind in ("phone", "notes", "user", "code", "money", "region"))
        whole = len(column.filled) / max(1, len(column.texts))
        return called + wordy * apart + 0.5 * whole - place * 0.01

    return max(columns, key=points, default=None)


def object_label(sheet: Sheet, file_name: str) -> str:
    """What the records are called: by the title over the table, the sheet or the file, without years and versions."""
    stem = PurePath(file_name).stem
    for text in (*sheet.above[:1], stem, sheet.sheet or ""):
        plain = re.sub(r"\s+", " ", NOISE.sub(" ", text)).strip(" -_.·—:：")
        plain = re.split(r"[—:：|]", plain)[0].strip()
        if 1 < len(plain) <= 20 and re.search(r"[^\W\d_]", plain):
            return plain
    return stem[:20] or "Records"


def empty_words(sheet: Sheet) -> list[str]:
    """The cells of this sheet that mean nothing is known."""
    return sorted({text for row in sheet.rows for cell in row if (text := as_text(cell)).lower() in NOTHING and text})
