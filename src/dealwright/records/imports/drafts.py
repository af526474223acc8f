"""An import that has not begun: what was read, where each column is to go, and what earlier files of its kind taught."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from dealwright.access import Access
from dealwright.conditions import fold
from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import Problem
from dealwright.foundation.texts import say
from dealwright.model import ObjectDef, schema_of
from dealwright.people.tables import dw_user
from dealwright.records.imports import service
from dealwright.records.imports.names import PEOPLE, parts_of
from dealwright.records.imports.options import Options
from dealwright.records.imports.reading import Sheet
from dealwright.records.imports.rows import Reader
from dealwright.records.imports.tables import dw_import

REMEMBERED = ("mapping", "key", "mode", "make", "empty_words", "values", "defaults", "factor")
LOOKED_BACK = 50
ODD = 10  # odd rows that are shown
NAMES = 50  # unknown names that are shown


def looked_at(sheet: Sheet, locale: str = "en") -> dict[str, Any]:
    """How the file was read, its first rows, and the rows that could not be read with the reason."""
    return {
        "header": sheet.header, "header_line": sheet.header_line, "sheets": list(sheet.sheets), "sheet": sheet.sheet,
        "encoding": sheet.encoding, "delimiter": sheet.delimiter, "totals": list(sheet.totals),
        "repeated": sorted(sheet.repeated),
        "top": [{"line": line, "cells": [service.plain_cell(cell) for cell in cells]} for line, cells in sheet.top],
        "sample": [[service.plain_cell(cell) for cell in row] for row in sheet.rows[: service.SAMPLE]],
        "odd": [
            {
                "line": sheet.line(place), "reason": say(code, locale, **params),
                "cells": [service.plain_cell(cell) for cell in sheet.rows[place]],
            }
            for place, (code, params) in list(sheet.faults.items())[:ODD]
        ],
        "odd_count": len(sheet.faults),
    }  # fmt: skip


def draft(uow: UnitOfWork, access: Access, row: Mapping[str, Any], sheet: Sheet, **more: Any) -> dict[str, Any]:
    """An import in state `ready` with all that its mapping needs: fields for the columns without one, unknown people."""
    obj = schema_of(uow).object(row["object_key"])
    options = Options(**row["options"])
    mapping = dict(options.mapping)
    return {
        **service.wire(row, uow.now), **looked_at(sheet, access.actor.locale), "mapping": mapping,
        "new_fields": service.propose_new_fields(sheet, mapping, [*obj.fields, *obj.retired]),
        "unknown_people": _unknown_people(uow, obj, sheet, options), **more,
    }  # fmt: skip


def remembered(
    uow: UnitOfWork, access: Access, object_key: str, sheet: Sheet, raw: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Options as given, completed by those of the import they name (`again`) or of the last file of the same shape.

    The second value says which import that was: {"id", "file", "at"}.
    """
    if raw.get("mapping") is not None or (raw.get("start") and not raw.get("again")):
        return dict(raw), None  # who starts at once has no chance to see what was remembered
    found = _earlier(uow, access, object_key, sheet, raw.get("again"))
    if found is None:
        return dict(raw), None
    asked = raw.get("key") is not None or raw.get("mode") is not None
    kept = {name: found["options"].get(name) for name in REMEMBERED if not (asked and name in ("key", "mode"))}
    kept["mapping"] = {column: key for column, key in (kept["mapping"] or {}).items() if column in sheet.header}
    fields = service.fillable(access, schema_of(uow).object(object_key))
    if any(key not in fields for key in kept["mapping"].values()) or (kept.get("key") and kept["key"] not in fields):
        return dict(raw), None  # a field has gone since, or is out of reach
    note = {"id": found["id"], "file": found["file_name"], "at": found["created_at"]}
    return {**kept, **{name: value for name, value in raw.items() if value is not None}}, note


def _earlier(uow: UnitOfWork, access: Access, object_key: str, sheet: Sheet, again: Any) -> Mapping[str, Any] | None:
    if isinstance(again, str):
        row = service.get(uow, access, again)
        if row["object_key"] != object_key:
            raise Problem(404, "NOT_FOUND")
        return row
    mine = (dw_import.c.object_key == object_key, dw_import.c.actor_id == access.actor.user_id)
    query = sa.select(dw_import).where(*mine, dw_import.c.state != "ready").order_by(dw_import.c.id.desc())
    shape = service.shape_of(object_key, sheet)
    rows = uow.conn.execute(query.limit(LOOKED_BACK)).mappings()
    return next((dict(row) for row in rows if row["options"].get("shape") == shape), None)


def change(uow: UnitOfWork, access: Access, import_id: str, sheet: Sheet, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Give an import that has not begun other options; its row. 409 IMPORT_STATE when it has."""
    row = service.get(uow, access, import_id)
    if row["state"] != "ready":
        raise Problem(409, "IMPORT_STATE", params={"state": row["state"]})
    obj = schema_of(uow).object(row["object_key"])
    options = service.options_from(raw, sheet, service.fillable(access, obj), obj.key)
    values = {"options": vars(options), "total": len(sheet.rows)}
    uow.conn.execute(sa.update(dw_import).where(dw_import.c.id == import_id).values(values))
    return service.get(uow, access, import_id)


def _unknown_people(uow: UnitOfWork, obj: ObjectDef, sheet: Sheet, options: Options) -> dict[str, list[str]]:
    """{field: names in its column that nobody here has}."""
    reader = Reader(sheet, obj, options)
    wanted = [(place, field) for place, field in reader.columns if field.type in PEOPLE]
    if not wanted:
        return {}
    rows = uow.conn.execute(
        sa.select(dw_user.c.name, dw_user.c.email, dw_user.c.id).where(dw_user.c.status != "disabled")
    )
    known = {fold(text).strip() for row in rows for text in row}
    found: dict[str, list[str]] = {}
    for place, field in wanted:
        names: dict[str, None] = {}
        for row in sheet.rows:
            cell = reader.cell(row, place, field.key)
            for part in parts_of(field, cell) if cell is not None else ():
                if fold(part).strip() not in known:
                    names.setdefault(part)
        if names:
            found[field.key] = list(names)[:NAMES]
    return found
