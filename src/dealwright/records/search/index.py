"""Keeping the index: called by the write path's `store` in the record's own transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from dealwright.model import ObjectDef
from dealwright.model.field_types.base import FieldType
from dealwright.records.plans import in_row
from dealwright.records.search.tables import dw_search
from dealwright.records.search.tokens import tokens_of
from dealwright.records.writes import Writes


def entries(obj: ObjectDef, record_id: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The index rows of the given fields (typed values by key); fields with nothing to find have none."""
    rows = []
    for key, value in values.items():
        field = obj.fields.get(key)
        if field is None or value is None or field.system:
            continue
        text = field.ftype.search_text(field, value)
        if not text:
            continue
        if field.type == "phone" and key != obj.name_field:
            tokens = phone_text(text)
        else:
            tokens = tokens_of(text, pinyin=key == obj.name_field)
        if tokens:
            rows.append({"object_key": obj.key, "record_id": record_id, "field_key": key, "tokens": tokens})
    return rows


def phone_text(number: str) -> str:
    """A number and all its endings of four digits and more: people search by the last four, or by any piece of it."""
    digits = "".join(filter(str.isdigit, number.partition(" x")[0]))[:20]
    return " ".join(digits[start:] for start in range(max(1, len(digits) - 3)))


@lru_cache(maxsize=256)
def searchable(obj: ObjectDef) -> frozenset[str]:
    """The keys of the fields that search may find a record by: what people write, not what the system notes for itself."""
    found = (f for f in obj.fields.values() if not f.system and not f.config.get("system_set") and in_row(f))
    return frozenset(f.key for f in found if type(f.ftype).search_text is not FieldType.search_text)


def drop_entries(writes: Writes, record_id: str, fields: Iterable[str] | None) -> None:
    """Take a record out of the index, or the given fields of it; before new entries are added."""
    keys = None if fields is None else tuple(sorted(fields))

    def build(prefix: str) -> Any:
        here = dw_search.c.record_id == sa.bindparam(f"{prefix}record")
        return sa.delete(dw_search).where(here if keys is None else here & dw_search.c.field_key.in_(keys))

    writes.before(("unindex", keys), build, {"record": record_id})
