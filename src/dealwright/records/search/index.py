"""Keeping the index: called by the write path's `store` in the record's own transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from dealwright.foundation.database import Dialect, Prepared, UnitOfWork
from dealwright.model import ObjectDef
from dealwright.records.search.tables import dw_search
from dealwright.records.search.tokens import tokens_of

_COLUMNS = ("object_key", "record_id", "field_key", "tokens")


@lru_cache(maxsize=64)
def _insert(dialect: Dialect, rows: int) -> Prepared:
    values: list[dict[str, Any]] = [{name: sa.bindparam(f"{name}_{i}") for name in _COLUMNS} for i in range(rows)]
    return dialect.compile(sa.insert(dw_search).values(values))


def entries(obj: ObjectDef, record_id: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The index rows of the given fields (typed values by key); fields with nothing to find have none."""
    rows = []
    for key, value in values.items():
        field = obj.fields.get(key)
        if field is None or value is None or field.system:
            continue
        text = field.ftype.search_text(field, value)
        if text and field.type == "phone":
            text = phone_text(text)
        tokens = tokens_of(text, pinyin=key == obj.name_field) if text else ""
        if tokens:
            rows.append({"object_key": obj.key, "record_id": record_id, "field_key": key, "tokens": tokens})
    return rows


def phone_text(number: str) -> str:
    """A number and all its endings of four digits and more: people search by the last four, or by any piece of it."""
    digits = "".join(ch for ch in number.partition(" x")[0] if ch.isdigit())[:20]
    return " ".join(digits[start:] for start in range(max(1, len(digits) - 3)))


def index_record(
    uow: UnitOfWork, obj: ObjectDef, record_id: str, values: Mapping[str, Any], *, is_new: bool = False
) -> None:
    """Index the given fields of a record anew: at most one DELETE and one INSERT, none when nothing is searchable."""
    searchable = [k for k in values if k in obj.fields and _searchable(obj, k)]
    if not searchable:
        return
    if not is_new:
        where = (dw_search.c.record_id == record_id, dw_search.c.field_key.in_(searchable))
        uow.conn.execute(sa.delete(dw_search).where(*where))
    rows = entries(obj, record_id, {k: values[k] for k in searchable})
    write(uow, rows)


def write(uow: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add index rows, many in one statement."""
    for start in range(0, len(rows), 50):
        part = rows[start : start + 50]
        binds = {f"{name}_{i}": row[name] for i, row in enumerate(part) for name in _COLUMNS}
        uow.fetch(_insert(uow.dialect, len(part)), binds)


def drop_record(uow: UnitOfWork, record_id: str) -> None:
    """Take a record out of the index (it went to the bin)."""
    uow.conn.execute(sa.delete(dw_search).where(dw_search.c.record_id == record_id))


def searchable_keys(obj: ObjectDef) -> list[str]:
    """Keys of the fields whose words are kept in the index."""
    return [key for key, field in obj.fields.items() if not field.system and _searchable(obj, key)]


def _searchable(obj: ObjectDef, key: str) -> bool:
    field = obj.fields[key]
    base = type(field.ftype).search_text
    from dealwright.model.field_types.base import FieldType

    return base is not FieldType.search_text
