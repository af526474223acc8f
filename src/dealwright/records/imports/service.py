"""Making, starting, cancelling and undoing imports; the refused rows as a file."""

from __future__ import annotations

import csv
import hashlib
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
from dealwright.foundation.texts import say
from dealwright.model import FieldDef, ObjectDef, schema_of
from dealwright.records.export import inert
from dealwright.records.imports import mapping as mappings
from dealwright.records.imports.options import NOTHING_PICKED, Options
from dealwright.records.imports.reading import Reading, Sheet, read_sheet
from dealwright.records.imports.run import sentence
from dealwright.records.imports.tables import dw_import, dw_import_row

MODES = ("create", "update", "both")
SAMPLE = 20


def sheet_of(store: FileStore, row: Mapping[str, Any], how: Reading | None = None) -> Sheet:
    """The table of an import's file, read as its options say or in another way."""
    with store.open(row["file_key"]) as file:
        return read_sheet(file.read(), row["file_name"], how or reading_of(row["options"]))


def plain_cell(cell: Any) -> Any:
    """A cell as JSON."""
    return cell if cell is None or isinstance(cell, (str, int, float, bool)) else str(cell)


def reading_of(options: Any) -> Reading:
    """How a file is to be read, of options given or stored. Problem 422 for what cannot be meant."""
    raw = options.get("read") if isinstance(options, Mapping) else None
    raw = raw if isinstance(raw, Mapping) else {}
    texts = {name: raw[name] for name in ("sheet", "encoding", "delimiter") if raw.get(name)}
    header = raw.get("header")
    if any(not isinstance(value, str) for value in texts.values()) or len(texts.get("delimiter", ",")) != 1:
        raise invalid([FieldError("read", "MAPPING_FORMAT")])
    if header is not None and (not isinstance(header, int) or isinstance(header, bool)):
        raise invalid([FieldError("read.header", "MAPPING_FORMAT")])
    return Reading(header=header, **texts)


def fillable(access: Access, obj: ObjectDef) -> dict[str, FieldDef]:
    """The fields that the importer may fill, by key; the others are as good as not there."""
    rights = access.object(obj.key)
    return {
        key: field
        for key, field in obj.fields.items()
        if rights.level(key) == "write" and (not field.system or key == "owner")
    }


def shape_of(object_key: str, sheet: Sheet) -> str:
    """What tells files of one kind: the object and the names of the columns."""
    return hashlib.sha256("\n".join([object_key, *sheet.header]).encode()).hexdigest()[:16]


def options_from(raw: Any, sheet: Sheet, fields: Mapping[str, FieldDef], object_key: str = "") -> Options:
    """Checked options; the mapping is proposed when none is given. Problem 422 for unknown columns, fields, modes."""
    raw = raw if isinstance(raw, Mapping) else {}
    mapping = checked_mapping(raw)
    if mapping is None:
        mapping = mappings.propose(sheet, fields)
    errors = []
    for column, key in mapping.items():
        if column not in sheet.header:
            errors.append(FieldError(f"mapping.{column}"[:120], "COLUMN_UNKNOWN", {"column": str(column)[:80]}))
        elif key and (key not in fields or not _mappable(fields[key], key == raw.get("key"))):
            errors.append(FieldError(f"mapping.{column}"[:120], "UNKNOWN_FIELD", {"field": str(key)[:80]}))
    if len({k for k in mapping.values() if k}) < len([k for k in mapping.values() if k]):
        errors.append(FieldError("mapping", "MAPPED_TWICE"))
    key = raw.get("key") or None
    mode = raw.get("mode") or ("both" if key else "create")
    if mode not in MODES:
        errors.append(FieldError("mode", "CONFIG_CHOICE", {"name": "mode", "allowed": list(MODES)}))
    if key is not None and (not isinstance(key, str) or key not in fields or not fields[key].columns):
        errors.append(FieldError("key", "UNKNOWN_FIELD", {"field": str(key)[:80]}))
    if mode != "create" and key is None:
        errors.append(FieldError("key", "REQUIRED", {"field": {"zh": "关键字段", "en": "key"}}))
    errors += _wrong_shapes(raw, fields)
    if errors:
        raise invalid(errors)
    read = {name: value for name, value in vars(reading_of(raw)).items() if value is not None}
    values = {k: {str(cell): meaning for cell, meaning in v.items()} for k, v in (raw.get("values") or {}).items()}
    return Options(
        {str(c): str(k) for c, k in mapping.items() if k}, key, mode, list(raw.get("make") or []),
        [str(word) for word in raw.get("empty_words") or []], values, dict(raw.get("defaults") or {}),
        read, dict(raw.get("factor") or {}), shape_of(object_key, sheet), raw.get("object_made") is True,
    )  # fmt: skip


def checked_mapping(raw: Mapping[str, Any]) -> dict[str, str | None] | None:
    """The mapping given in options, None when there is none. Problem 422 when it is no object of column → field."""
    mapping = raw.get("mapping")
    if mapping is None:
        return None
    if not isinstance(mapping, Mapping) or not all(v is None or isinstance(v, str) for v in mapping.values()):
        raise invalid([FieldError("mapping", "MAPPING_FORMAT")])
    return dict(mapping)


def _wrong_shapes(raw: Mapping[str, Any], fields: Mapping[str, FieldDef]) -> list[FieldError]:
    """Options that are not what they should be, or name a field that the object does not have."""
    errors = []
    for name in ("make", "empty_words"):
        if not isinstance(raw.get(name) or [], list):
            errors.append(FieldError(name, "LIST_EXPECTED"))
    for name in ("values", "defaults", "factor"):
        if not isinstance(raw.get(name) or {}, Mapping):
            errors.append(FieldError(name, "MAPPING_FORMAT"))
    if errors:
        return errors
    for name, one in (raw.get("values") or {}).items():
        if not isinstance(one, Mapping):
            errors.append(FieldError(f"values.{name}"[:120], "MAPPING_FORMAT"))
    for name, times in (raw.get("factor") or {}).items():
        if times not in (100, 1_000, 10_000, 100_000_000):
            errors.append(FieldError(f"factor.{name}"[:120], "MAPPING_FORMAT"))
    for name in ("make", "values", "defaults", "factor"):
        for key in raw.get(name) or ():
            field = fields.get(key) if isinstance(key, str) else None
            if field is None or field.read_only or (name == "make" and field.type not in ("relation", "relation_many")):
                errors.append(FieldError(f"{name}.{key}"[:120], "UNKNOWN_FIELD", {"field": str(key)[:80]}))
    return errors


def _mappable(field: FieldDef, is_key: bool) -> bool:
    """Whether a column may fill a field. A number that we give ourselves may only say which record is meant."""
    return not field.read_only or (is_key and field.type == "auto_number")


def propose_new_fields(sheet: Sheet, mapping: Mapping[str, str | None], taken: list[str]) -> list[dict[str, Any]]:
    """Specifications of fields for the named columns that have none: [{"column", ...spec}]."""
    found = []
    for place, column in enumerate(sheet.header):
        if not column or column in mapping:
            continue
        values = [row[place] for row in sheet.rows]  # all of them: an option that comes late is an option too
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
    options = options_from(raw, sheet, fillable(access, obj), object_key)
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
        "object_made": bool(row["options"].get("object_made")),
        "undo": (row["report"] or {}).get("undo"),
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


def refused_csv(uow: UnitOfWork, access: Access, import_id: str, sheet: Sheet) -> bytes:
    """The refused rows as they came, the reason in a last column: correct them and import the file again."""
    found = get(uow, access, import_id)
    locale = access.actor.locale
    obj = schema_of(uow).object(found["object_key"])
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*sheet.header, "原因" if locale.startswith("zh") else "Reason"])
    query = (
        sa.select(dw_import_row)
        .where(dw_import_row.c.import_id == import_id, dw_import_row.c.outcome == "refused")
        .order_by(dw_import_row.c.line)
    )
    for row in uow.conn.execute(query).mappings():
        cells = [inert(str(cell)) if cell is not None else "" for cell in row["cells"] or []]
        reason = say("ROW_REASON", locale, line=row["line"], reason=sentence(row["errors"] or [], locale, obj))
        writer.writerow([*cells, reason])
    return out.getvalue().encode("utf-8-sig")
