"""Which values the record that stays gets: chosen field by field, gaps filled from the others. Decides, reads nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dealwright.access import Access
from dealwright.model import FieldDef, ObjectDef
from dealwright.records.merging.pointing import turned
from dealwright.records.shapes import Values
from dealwright.records.wire import field_wire

ALL = "all"
# What a record is in, not what it says: filling a gap with it would move the record.
KEPT = ("stage", "pipeline", "team")


def chosen(
    access: Access, obj: ObjectDef, known: Mapping[str, Values], survivor: str, others: Sequence[str],
    wanted: Mapping[str, str],
) -> dict[str, Any]:  # fmt: skip
    """Raw values of the fields that the actor may write and that are to differ from what the survivor has."""
    rights, order = access.object(obj.key), [survivor, *others]
    found: dict[str, Any] = {}
    for key, field in obj.fields.items():
        origin = wanted.get(key)
        if field.read_only or (rights.level(key) != "write" and origin in (None, survivor)):
            continue
        if origin is None:
            origin = _usual(field, known, order)
        value = _value(field, known, order, origin, survivor)
        if value != field_wire(field, known[survivor][key]):
            found[key] = value
    return found


def carried(
    access: Access, obj: ObjectDef, known: Mapping[str, Values], survivor: str, others: Sequence[str]
) -> dict[str, Any]:
    """Values that the actor may not write, of fields that are empty on the survivor only: they are not to be lost."""
    rights, order = access.object(obj.key), [survivor, *others]
    found: dict[str, Any] = {}
    for key, field in obj.fields.items():
        if field.read_only or field.type in KEPT or rights.level(key) == "write":
            continue
        if field.ftype.is_empty(known[survivor][key]):
            value = _value(field, known, order, _usual(field, known, order), survivor)
            if value is not None:
                found[key] = value
    return found


def _usual(field: FieldDef, known: Mapping[str, Values], order: Sequence[str]) -> str:
    """The survivor's value, else that of the first record that has one; of several values all."""
    if field.type in KEPT or field.key == "owner":
        return order[0]
    if field.many and field.type not in ("line_items", "image"):
        return ALL
    return next((one for one in order if not field.ftype.is_empty(known[one][field.key])), order[0])


def _value(field: FieldDef, known: Mapping[str, Values], order: Sequence[str], origin: str, survivor: str) -> Any:
    """The raw value, with no relation leading from the survivor to itself."""
    ids = set(order) - {survivor}
    if origin == ALL:
        value: Any = _joined(field_wire(field, known[one][field.key]) for one in order) or None
    else:
        value = field_wire(field, known[origin][field.key])
    if field.type == "line_items" and origin != survivor and value:
        return [{name: one for name, one in line.items() if name != "id"} for line in value]
    if field.type in ("relation", "relation_any", "relation_many"):
        return turned(field, value, ids, survivor, itself=True)
    return value


def _joined(values: Iterable[Any]) -> list[Any]:
    found: list[Any] = []
    for value in values:
        found += [one for one in value or () if one not in found]
    return found
