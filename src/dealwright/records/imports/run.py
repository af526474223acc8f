"""Running an import: 500 rows a transaction, progress committed with the rows it counts, so it can go on anywhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from dealwright.foundation.database import Database
from dealwright.foundation.texts import say
from dealwright.model import ObjectDef, schema_of
from dealwright.people.shapes import Actor
from dealwright.records.imports.chunk import Chunk
from dealwright.records.imports.options import Options
from dealwright.records.imports.order import order_of
from dealwright.records.imports.reading import Sheet
from dealwright.records.imports.rows import Reader
from dealwright.records.imports.tables import dw_import, dw_import_row
from dealwright.records.write_path import WritePath

CHUNK = 500
OUTCOMES = ("created", "updated", "unchanged", "refused")


class _DryRun(Exception):
    """Thrown to roll a trial back."""


def dry_run(
    db: Database, path: WritePath, actor: Actor, object_key: str, sheet: Sheet, options: Options, limit: int = 2_000
) -> dict[str, Any]:
    """What would happen to the first rows; everything is rolled back."""
    report: dict[str, Any] = {"rows": len(sheet.rows), "tried": 0, **dict.fromkeys(OUTCOMES, 0), "errors": []}
    report |= {"groups": [], "first": {name: [] for name in OUTCOMES}}
    try:
        with db.write() as uow:
            reader = Reader(sheet, schema_of(uow).object(object_key), options)
            chunk = Chunk(uow, path, actor, reader, "import:dry-run", {})
            order = order_of(reader)[:limit]
            for start in range(0, len(order), CHUNK):
                for out in chunk.run(order[start : start + CHUNK]):
                    report["tried"] += 1
                    report[out["outcome"]] += 1
                    _note(report, out, reader, actor.locale)
                    if out["errors"] and len(report["errors"]) < 100:
                        message = sentence(out["errors"], actor.locale, reader.obj)
                        report["errors"].append({"line": out["line"], "message": message})
            raise _DryRun
    except _DryRun:
        return report


FIRST = 3  # rows of each outcome that are named


def _note(report: dict[str, Any], out: Mapping[str, Any], reader: Reader, locale: str) -> None:
    """The first rows of each outcome, and refused rows counted by what is wrong with them."""
    first = report["first"][out["outcome"]]
    if len(first) < FIRST:
        first.append({"line": out["line"], "label": _label(reader, out["line"])})
    for error in out["errors"] or ():
        key = [error["field"], error["code"]]
        group = next((one for one in report["groups"] if one["key"] == key), None)
        if group is None:
            group = {"key": key, "message": sentence([error], locale, reader.obj), "count": 0, "lines": []}
            report["groups"].append(group)
        group["count"] += 1
        if len(group["lines"]) < 5:
            group["lines"].append(out["line"])


def _label(reader: Reader, line: int) -> str:
    """How a row is called: its name, else the first thing that stands in it."""
    row = reader.sheet.rows[list(reader.sheet.lines).index(line)]
    name = next((place for place, field in reader.columns if field.key == reader.obj.name_field), None)
    cell = row[name] if name is not None else next((cell for cell in row if cell is not None), "")
    return str(cell if cell is not None else "")[:80]


def sentence(errors: Sequence[Mapping[str, Any]], locale: str, obj: ObjectDef | None = None) -> str:
    """The reasons of a refused row in the reader's language, each with the field it is about."""
    parts = []
    for error in errors:
        text = say(error["code"], locale, **error["params"])
        field = obj.fields.get(error["field"] or "") if obj is not None else None
        name = field.label(locale) if field is not None else error["field"]
        mark = "：" if locale.startswith("zh") else ": "
        named = f"“{name}”" in text or f"「{name}」" in text
        parts.append(f"{name}{mark}{text}" if name and not named else text)
    return ("；" if locale.startswith("zh") else "; ").join(parts)


def run(
    db: Database, path: WritePath, actor: Actor, import_id: str, sheet: Sheet, alive: Callable[[], bool] = lambda: True
) -> dict[str, Any]:
    """Run an import from where it stands until its end; safe to call again after a crash. Returns the import's row.

    Each row is written with its line in `dw_import_row`, in the transaction that counts it: nothing comes twice.
    """
    began, count = time.monotonic(), 0
    lines: dict[str, int] | None = None
    order: Sequence[int] | None = None
    while True:
        with db.write() as uow:
            query = uow.dialect.for_update(sa.select(dw_import).where(dw_import.c.id == import_id))
            row = dict(uow.conn.execute(query).mappings().one())
            if row["state"] not in ("queued", "running"):
                return row
            mine = sa.update(dw_import).where(dw_import.c.id == import_id)
            if row["done"] >= len(sheet.rows):
                row |= {"state": "done", "finished_at": uow.now}
                uow.conn.execute(mine.values(state="done", finished_at=uow.now))
                return row
            reader = Reader(sheet, schema_of(uow).object(row["object_key"]), Options(**row["options"]))
            if lines is None or order is None:
                before = sa.select(dw_import_row.c.record_id, dw_import_row.c.line).where(
                    dw_import_row.c.import_id == import_id, dw_import_row.c.record_id.is_not(None)
                )
                lines = {found.record_id: found.line for found in uow.conn.execute(before)}
                order = order_of(reader)
            chunk = Chunk(uow, path, actor, reader, f"import:{import_id}", lines)
            outcomes = chunk.run(order[row["done"] : row["done"] + CHUNK])
            uow.insert_many(dw_import_row, [out | {"import_id": import_id} for out in outcomes])
            count += len(outcomes)
            values: dict[str, Any] = {
                name: row[name] + sum(out["outcome"] == name for out in outcomes) for name in OUTCOMES
            }
            values |= {"done": row["done"] + len(outcomes), "state": "running"}
            values["started_at"] = row["started_at"] or uow.now
            values["report"] = {"rate": round(count / max(0.001, time.monotonic() - began), 1)}
            uow.conn.execute(mine.values(values))
        if not alive():
            return row | values
