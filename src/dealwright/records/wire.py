"""Typed values as they travel and as history keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dealwright.model.shapes import FieldDef
from dealwright.records.shapes import Work


def field_wire(field: FieldDef, value: Any) -> Any:
    """One typed value as JSON; None when it is empty. Lines come as a list of their wires."""
    if value is None or field.ftype.is_empty(value):
        return None
    if field.type == "line_items":
        return [dict(line) for line in value]
    return field.ftype.to_wire(field, value)


def wire_of(work: Work) -> Mapping[str, Any]:
    """What the change made of the record, by field key, with id and version: only fields that are known already."""
    wire: dict[str, Any] = {"id": work.record_id, "version": work.version}
    for key, value in dict.items(work.after):
        field = work.obj.fields.get(key)
        if field is not None:
            wire[key] = field_wire(field, value)
    return wire
