"""Running an import: 500 rows a transaction, a savepoint a row, progress committed with the rows it counts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from dealwright.conditions import fold
from dealwright.foundation.database import Database, UnitOfWork
from dealwright.foundation.errors import FieldError, Problem
from dealwright.foundation.texts import say
from dealwright.model import FieldDef, ObjectDef, schema_of
from dealwright.model.field_types.relations import UUID
from dealwright.people.shapes import Actor
from dealwright.people.tables import dw_user
from dealwright.records.imports.mapping import columns_for
from dealwright.records.imports.reading import Sheet
from dealwright.records.imports.tables import dw_import, dw_import_row
from dealwright.records.shapes import Change
from dealwright.records.write_path import WritePath

CHUNK = 500
NOTHING_PICKED = ("select", "请选择", "n/a", "-", "无")


@dataclass
class Options:
    """How an import is run. mapping: column → field key; key: field by which existing records are found.

    mode: create, update or both. make: relation fields whose missing targets are made. empty_words: cells that mean
    nothing was picked. values: {field: {cell: what it means}}.
    """

    mapping: Mapping[str, str]
    key: str | None = None
    mode: str = "create"
    make: Sequence[str] = ()
    empty_words: Sequence[str] = ()
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)


class Names:
    """Looking records and people up by their names, once per name and import."""

    def __init__(self, uow: UnitOfWork, path: WritePath, actor: Actor, make: Sequence[str], channel: str) -> None:
        self.uow, self.path, self.actor, self.make, self.channel = uow, path, actor, make, channel
        self.found: dict[tuple[str, str], str] = {}

    def id_of(self, fld: FieldDef, text: str) -> str:
        """The id of what a cell names; FieldError as Problem when nothing or more than one is meant."""
        if UUID.fullmatch(text):
            return text
        people = fld.type in ("user", "users")
        target = "user" if people else str(fld.target)
        key = (target, fold(text))
        if key not in self.found:
            self.found[key] = self._user(fld, text) if people else self._record(fld, target, text)
        return self.found[key]

    def _user(self, fld: FieldDef, text: str) -> str:
        rows = self.uow.conn.execute(sa.select(dw_user.c.id, dw_user.c.name, dw_user.c.email_norm)).all()
        wanted = fold(text)
        hits = [r.id for r in rows if wanted in (fold(r.name), r.email_norm)]
        return self._one(fld, text, hits)

    def _record(self, fld: FieldDef, target: str, text: str) -> str:
        obj = schema_of(self.uow).object(target)
        name = obj.fields[obj.name_field] if obj.name_field else None
        table = obj.table
        tests = []
        if name is not None:
            column = table.c[name.columns[0]]
            tests.append(column == text)
            unique = name.ftype.unique_key(name, text) if name.norm_column else None
            if unique:
                tests.append(table.c[name.norm_column or ""] == unique)
        for other in obj.fields.values():
            if other.type == "auto_number" or (other.unique and other.type == "text" and other is not name):
                tests.append(table.c[other.columns[0]] == text)
        query = sa.select(table.c.id).where(sa.or_(*tests), table.c.deleted_at.is_(None)).limit(2)
        hits = [row[0] for row in self.uow.conn.execute(query)]
        if not hits and fld.key in self.make and name is not None:
            change = Change("create", target, values={name.key: text}, channel=self.channel, mode="text")
            return self.path.save(self.uow, self.actor, change).record_id
        return self._one(fld, text, hits)

    def _one(self, fld: FieldDef, text: str, hits: Sequence[str]) -> str:
        if len(hits) == 1:
            return hits[0]
        code = "AMBIGUOUS" if hits else "NAME_UNKNOWN"
        raise Problem(422, code, field=fld.key, errors=[FieldError(fld.key, code, {"value": text[:80]})])


def row_values(
    row: Sequence[Any], columns: Sequence[tuple[int, str]], obj: ObjectDef, options: Options, names: Names
) -> dict[str, Any]:
    """Raw values by field key of one row, names already looked up."""
    values: dict[str, Any] = dict(options.defaults)
    empties = {fold(word) for word in options.empty_words}
    for place, key in columns:
        cell = row[place]
        fld = obj.fields[key]
        if isinstance(cell, str):
            cell = cell.strip()
            if fold(cell) in empties:
                cell = None
            else:
                cell = options.values.get(key, {}).get(cell, cell)
        if cell is None or cell == "":
            continue
        if fld.type in ("relation", "user"):
            cell = names.id_of(fld, str(cell))
        elif fld.type in ("relation_many", "users"):
            parts = [
                part.strip() for part in str(cell).replace("；", ";").replace("、", ";").split(";") if part.strip()
            ]
            cell = [names.id_of(fld, part) for part in parts]
        values[key] = cell
    return values


def existing(uow: UnitOfWork, obj: ObjectDef, key: str, value: Any) -> list[str]:
    """Ids of the records that have this value in the key field."""
    fld = obj.fields[key]
    table = obj.table
    if fld.norm_column:
        normal = fld.ftype.unique_key(fld, value)
        test = table.c[fld.norm_column] == normal
    else:
        test = table.c[fld.columns[0]] == value
    return [
        row[0] for row in uow.conn.execute(sa.select(table.c.id).where(test, table.c.deleted_at.is_(None)).limit(2))
    ]


def save_row(
    uow: UnitOfWork,
    path: WritePath,
    actor: Actor,
    obj: ObjectDef,
    options: Options,
    values: dict[str, Any],
    channel: str,
) -> tuple[str, str, int]:
    """(outcome, record id, version) of one row through the write path."""
    record_id = None
    if options.key and options.mode != "create" and values.get(options.key) is not None:
        found = existing(uow, obj, options.key, values[options.key])
        if len(found) > 1:
            raise Problem(
                422,
                "AMBIGUOUS",
                field=options.key,
                errors=[FieldError(options.key, "AMBIGUOUS", {"value": str(values[options.key])[:80]})],
            )
        record_id = found[0] if found else None
    if record_id is None and options.mode == "update":
        raise Problem(
            422,
            "NAME_UNKNOWN",
            field=options.key,
            errors=[FieldError(options.key or "", "NAME_UNKNOWN", {"value": str(values.get(options.key or ""))[:80]})],
        )
    kind: Any = "update" if record_id else "create"
    saved = path.save(uow, actor, Change(kind, obj.key, record_id, values, channel=channel, mode="text"))
    outcome = "created" if kind == "create" else "updated" if saved.changed else "unchanged"
    return outcome, saved.record_id, saved.version


class _DryRun(Exception):
    """Thrown to roll a trial back."""


def run_chunk(
    uow: UnitOfWork, path: WritePath, actor: Actor, object_key: str, sheet: Sheet, options: Options, start: int, channel: str,
    names: Names, size: int = CHUNK,
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """Outcomes of up to `size` rows from `start`: {line, outcome, record_id, version, errors, cells}."""
    obj = schema_of(uow).object(object_key)
    columns = columns_for(options.mapping, sheet.header)
    faults = dict(sheet.faults)
    for place in range(start, min(start + size, len(sheet.rows))):
        line = sheet.first_line + place
        row = sheet.rows[place]
        out: dict[str, Any] = {"line": line, "record_id": None, "version": None, "errors": None, "cells": None}
        try:
            if place in faults:
                raise Problem(422, faults[place])
            with uow.savepoint():
                values = row_values(row, columns, obj, options, names)
                outcome, record_id, version = save_row(uow, path, actor, obj, options, values, channel)
            yield out | {"outcome": outcome, "record_id": record_id, "version": version}
        except Problem as problem:
            if problem.status >= 500:
                raise
            errors: list[dict[str, Any]] = [
                {"field": e.field, "code": e.code, "params": dict(e.params)} for e in problem.errors
            ] or [{"field": problem.field, "code": problem.code, "params": dict(problem.params)}]
            yield out | {"outcome": "refused", "errors": errors, "cells": [_wire(cell) for cell in row]}


def _wire(cell: Any) -> Any:
    return cell if cell is None or isinstance(cell, (str, int, float, bool)) else str(cell)


def dry_run(
    db: Database, path: WritePath, actor: Actor, object_key: str, sheet: Sheet, options: Options, limit: int = 2_000
) -> dict[str, Any]:
    """What would happen to the first rows; everything is rolled back."""
    report: dict[str, Any] = {
        "rows": len(sheet.rows),
        "tried": 0,
        "created": 0,
        "updated": 0,
        "unchanged": 0,
        "refused": 0,
        "errors": [],
    }
    try:
        with db.write() as uow:
            names = Names(uow, path, actor, options.make, "import:dry-run")
            for out in run_chunk(uow, path, actor, object_key, sheet, options, 0, "import:dry-run", names, limit):
                report["tried"] += 1
                report[out["outcome"]] += 1
                if out["errors"] and len(report["errors"]) < 100:
                    report["errors"].append({"line": out["line"], "message": sentence(out["errors"], actor.locale)})
            raise _DryRun
    except _DryRun:
        return report


def sentence(errors: Sequence[Mapping[str, Any]], locale: str) -> str:
    """The reasons of a refused row in the reader's language."""
    parts = []
    for error in errors:
        text = say(error["code"], locale, **error["params"])
        parts.append(f"{error['field']}: {text}" if error["field"] else text)
    return "; ".join(parts)


def run(
    db: Database, path: WritePath, actor: Actor, import_id: str, sheet: Sheet, alive: Callable[[], bool] = lambda: True
) -> dict[str, Any]:
    """Run an import from where it stands until its end; safe to call again after a crash. Returns the import's row."""
    began = time.monotonic()
    while True:
        with db.write() as uow:
            row = (
                uow.conn.execute(uow.dialect.for_update(sa.select(dw_import).where(dw_import.c.id == import_id)))
                .mappings()
                .one()
            )
            if row["state"] not in ("queued", "running") or row["done"] >= len(sheet.rows):
                if row["state"] in ("queued", "running"):
                    done = (
                        sa.update(dw_import)
                        .where(dw_import.c.id == import_id)
                        .values(state="done", finished_at=uow.now)
                    )
                    uow.conn.execute(done)
                    return {**row, "state": "done", "finished_at": uow.now}
                return dict(row)
            options = Options(**row["options"])
            channel = f"import:{import_id}"
            names = Names(uow, path, actor, options.make, channel)
            counts = dict.fromkeys(("created", "updated", "unchanged", "refused"), 0)
            lines = []
            for out in run_chunk(uow, path, actor, row["object_key"], sheet, options, row["done"], channel, names):
                counts[out["outcome"]] += 1
                lines.append({**out, "import_id": import_id})
            uow.conn.execute(sa.insert(dw_import_row), lines)
            values: dict[str, Any] = {name: row[name] + count for name, count in counts.items()}
            values |= {"done": row["done"] + len(lines), "state": "running", "started_at": row["started_at"] or uow.now}
            values["report"] = {"rate": round(len(lines) / max(0.001, time.monotonic() - began), 1)}
            began = time.monotonic()
            uow.conn.execute(sa.update(dw_import).where(dw_import.c.id == import_id).values(values))
        if not alive():
            return dict(row)
