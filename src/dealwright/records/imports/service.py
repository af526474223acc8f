"""Making, starting, cancelling and undoing imports; the refused rows as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from dealwright.access import Access
from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import FieldError, Problem, forbidden, invalid
from dealwright.foundation.files import FileStore
from dealwright.foundation.ids import new_id
from dealwright.foundation.outbox import queue
from dealwright.model import schema_of
from dealwright.records.export import inert
from dealwright.records.imports import mapping as mappings
from dealwright.records.imports.reading import Sheet, read_sheet
from dealwright.records.imports.run import NOTHING_PICKED, Options, sentence
from dealwright.records.imports.tables import dw_import, dw_import_row
from dealwright.records.shapes import Change
from dealwright.records.write_path import WritePath

MODES = ("create", "update", "both")
SAMPLE = 20


def sheet_of(store: FileStore, row: Mapping[str, Any]) -> Sheet:
    """The table of an import's file."""
    with store.open(row["file_key"]) as file:
        return read_sheet(file.read(), row["file_name"])


def options_from(raw: Any, sheet: Sheet, known: Mapping[str, Any]) -> Options:
    """Checked options; the mapping is proposed when none is given. Problem 422 for unknown columns, fields, modes."""
    raw = raw if isinstance(raw, Mapping) else {}
    obj = known["obj"]
    mapping = raw.get("mapping")
    if mapping is None:
        mapping = mappings.propose(sheet.header, obj)
    errors = []
    if not isinstance(mapping, Mapping):
        raise invalid([FieldError("mapping", "MAPPING_FORMAT")])
    for column, key in mapping.items():
        if column not in sheet.header:
            errors.append(FieldError(f"mapping.{column}"[:120], "COLUMN_UNKNOWN", {"column": str(column)[:80]}))
        elif key and (key not in obj.fields or obj.fields[key].computed):
            errors.append(FieldError(f"mapping.{column}"[:120], "UNKNOWN_FIELD", {"field": str(key)[:80]}))
    if len({k for k in mapping.values() if k}) < len([k for k in mapping.values() if k]):
        errors.append(FieldError("mapping", "MAPPED_TWICE"))
    key = raw.get("key") or None
    mode = raw.get("mode") or ("both" if key else "create")
    if mode not in MODES:
        errors.append(FieldError("mode", "CONFIG_CHOICE", {"name": "mode", "allowed": list(MODES)}))
    if key is not None and (key not in obj.fields or not obj.fields[key].columns):
        errors.append(FieldError("key", "UNKNOWN_FIELD", {"field": str(key)[:80]}))
    if mode != "create" and key is None:
        errors.append(FieldError("key", "REQUIRED"))
    if errors:
        raise invalid(errors)
    return Options(
        {str(c): str(k) for c, k in mapping.items() if k}, key, mode, list(raw.get("make") or []),
        list(raw.get("empty_words") or []), dict(raw.get("values") or {}), dict(raw.get("defaults") or {}),
    )  # fmt: skip


def propose_new_fields(sheet: Sheet, mapping: Mapping[str, str], taken: list[str]) -> list[dict[str, Any]]:
    """Specifications of fields for the named columns that have none: [{"column", ...spec}]."""
    found = []
    for place, column in enumerate(sheet.header):
        if not column or column in mapping:
            continue
        values = [row[place] for row in sheet.rows[:5_000]]
        spec = mappings.guess_field(column, [v for v in values if str(v).strip().lower() not in NOTHING_PICKED], taken)
        taken.append(spec["key"])
        found.append({"column": column, **spec})
    return found


def create(
    uow: UnitOfWork, access: Access, object_key: str, file_key: str, name: str, sheet: Sheet, raw: Any
) -> dict[str, Any]:
    """Record an import in state `ready` with its checked options. 403 without the right or above the allowed rows."""
    obj = schema_of(uow).object(object_key)
    allowed = access.object(object_key).import_limit
    if not allowed:
        raise forbidden("import", object=dict(obj.labels))
    if len(sheet.rows) > allowed:
        raise Problem(403, "IMPORT_LIMIT", params={"count": len(sheet.rows), "max": allowed})
    options = options_from(raw, sheet, {"obj": obj})
    import_id = new_id()
    uow.conn.execute(
        sa.insert(dw_import).values(
            id=import_id, object_key=object_key, actor_id=access.actor.user_id, file_key=file_key, file_name=name[:200],
            options=vars(options), state="ready", total=len(sheet.rows), done=0, created=0, updated=0, unchanged=0,
            refused=0, report={}, created_at=uow.now,
        )
    )  # fmt: skip
    return get(uow, access, import_id)


def get(uow: UnitOfWork, access: Access, import_id: str) -> dict[str, Any]:
    """An import's row; 404 unless it is one's own or one may change the configuration."""
    row = uow.conn.execute(sa.select(dw_import).where(dw_import.c.id == import_id)).mappings().first()
    if row is None or (row["actor_id"] != access.actor.user_id and not access.may("manage_config")):
        raise Problem(404, "NOT_FOUND")
    return dict(row)


def wire(row: Mapping[str, Any], now: Any) -> dict[str, Any]:
    """An import as it travels: state, counts, rate (rows/s) and seconds left."""
    names = (
        "id",
        "state",
        "total",
        "done",
        "created",
        "updated",
        "unchanged",
        "refused",
        "options",
        "created_at",
        "finished_at",
    )
    rate = (row["report"] or {}).get("rate")
    left = round((row["total"] - row["done"]) / rate) if rate and row["state"] == "running" else None
    return {
        **{n: row[n] for n in names},
        "object": row["object_key"],
        "file": row["file_name"],
        "rate": rate,
        "seconds_left": left,
    }


def start(uow: UnitOfWork, access: Access, import_id: str) -> None:
    """Queue it for the worker; 409 when it is not ready."""
    row = get(uow, access, import_id)
    if row["state"] != "ready":
        raise Problem(409, "IMPORT_STATE", params={"state": row["state"]})
    uow.conn.execute(sa.update(dw_import).where(dw_import.c.id == import_id).values(state="queued"))
    queue(uow, "import.requested", {"import": import_id}, key=f"import:{import_id}")


def cancel(uow: UnitOfWork, access: Access, import_id: str) -> None:
    """Stop after the rows at work; what is imported stays until it is undone."""
    row = get(uow, access, import_id)
    if row["state"] not in ("ready", "queued", "running"):
        raise Problem(409, "IMPORT_STATE", params={"state": row["state"]})
    uow.conn.execute(
        sa.update(dw_import).where(dw_import.c.id == import_id).values(state="cancelled", finished_at=uow.now)
    )


def undo(uow: UnitOfWork, access: Access, path: WritePath, import_id: str) -> dict[str, int]:
    """Take an import back: records it made go to the bin, records it changed get their old values back.

    A record that somebody changed since is left alone and counted as `kept`.
    """
    row = get(uow, access, import_id)
    if row["state"] not in ("done", "cancelled", "failed"):
        raise Problem(409, "IMPORT_STATE", params={"state": row["state"]})
    channel = f"import-undo:{import_id}"
    counts = {"removed": 0, "reverted": 0, "kept": 0}
    table = schema_of(uow).object(row["object_key"]).table
    rows = uow.conn.execute(
        sa.select(
            dw_import_row.c.record_id, dw_import_row.c.outcome, dw_import_row.c.version, table.c.version.label("now")
        )
        .select_from(dw_import_row.join(table, table.c.id == dw_import_row.c.record_id))
        .where(dw_import_row.c.import_id == import_id, dw_import_row.c.outcome.in_(["created", "updated"]))
        .order_by(dw_import_row.c.line.desc())
    ).all()
    for record_id, outcome, version, now in rows:
        if version != now:
            counts["kept"] += 1
            continue
        try:
            with uow.savepoint():
                if outcome == "created":
                    path.save(uow, access.actor, Change("delete", row["object_key"], record_id, channel=channel))
                    counts["removed"] += 1
                else:
                    old = _old_values(uow, row["object_key"], record_id, version)
                    path.save(uow, access.actor, Change("update", row["object_key"], record_id, old, channel=channel))
                    counts["reverted"] += 1
        except Problem as problem:
            if problem.status >= 500:
                raise
            counts["kept"] += 1
    uow.conn.execute(sa.update(dw_import).where(dw_import.c.id == import_id).values(state="undone", report=counts))
    return counts


def _old_values(uow: UnitOfWork, object_key: str, record_id: str, version: int) -> dict[str, Any]:
    from dealwright.records.tables import dw_history

    query = sa.select(dw_history.c.changes).where(
        dw_history.c.record_id == record_id, dw_history.c.object_key == object_key, dw_history.c.version == version
    )
    changes = uow.conn.execute(query).scalar() or {}
    fields = schema_of(uow).object(object_key).fields
    return {
        k: pair[0] for k, pair in changes.items() if k in fields and not fields[k].computed and not fields[k].system
    }


def refused_csv(uow: UnitOfWork, access: Access, import_id: str, sheet: Sheet) -> bytes:
    """The refused rows as they came, with line and reason in front: correct them and import the file again."""
    get(uow, access, import_id)
    chinese = access.actor.locale.startswith("zh")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["行" if chinese else "line", "原因" if chinese else "reason", *sheet.header])
    query = (
        sa.select(dw_import_row)
        .where(dw_import_row.c.import_id == import_id, dw_import_row.c.outcome == "refused")
        .order_by(dw_import_row.c.line)
    )
    for row in uow.conn.execute(query).mappings():
        cells = [inert(str(cell)) if cell is not None else "" for cell in row["cells"] or []]
        writer.writerow([row["line"], sentence(row["errors"] or [], access.actor.locale), *cells])
    return out.getvalue().encode("utf-8-sig")
