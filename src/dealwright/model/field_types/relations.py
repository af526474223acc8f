"""Values that are ids: records, users, teams, files. Here only their shape is checked.

Whether the record exists and may be seen, whether the user is active, needs queries; the write path asks them for
every type with `relational`. In text mode a value that is no id comes back as `Unresolved`, to be looked up by name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from dealwright.conditions import FieldShape
from dealwright.foundation.database.types import Id, Json, Text_
from dealwright.foundation.errors import FieldError
from dealwright.model.field_types.base import CoerceContext, FieldType, Unresolved, ValueProblem, items_of
from dealwright.model.field_types.choices import MAX_ITEMS, from_json
from dealwright.model.field_types.text import clean, plain_text
from dealwright.model.shapes import FieldDef, Schema

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def id_of(raw: Any, ctx: CoerceContext, target: str | None) -> str | Unresolved:
    """The id in a raw value: its text, or {"id": ..} as records are read; a name in text mode."""
    if isinstance(raw, dict):
        raw = raw.get("id")
    if isinstance(raw, str) and UUID.fullmatch(raw.strip().lower()):
        return raw.strip().lower()
    if ctx.mode == "text" and isinstance(raw, str | int | float) and not isinstance(raw, bool):
        label = clean(plain_text(raw), lines=False)
        if label:
            return Unresolved(label[:255], target)
    raise ValueProblem("ID_EXPECTED", example="018f2b6e-7c1a-7000-8000-000000000001")


class _One(FieldType):
    relational = True
    points_to: str | None = None

    def columns(self, field: FieldDef) -> list[sa.Column[Any]]:
        return [sa.Column(f"{field.key}_id", Id(), nullable=True)]

    def parse(self, field: FieldDef, raw: Any, ctx: CoerceContext) -> str | Unresolved:
        return id_of(raw, ctx, self.points_to or field.target)

    def to_row(self, field: FieldDef, value: str | None) -> dict[str, Any]:
        return {f"{field.key}_id": value}

    def from_row(self, field: FieldDef, row: Mapping[str, Any]) -> str | None:
        return row[f"{field.key}_id"]

    def unique_key(self, field: FieldDef, value: str) -> str | None:
        return value


class Relation(_One):
    key = "relation"
    kind = "relation"
    may_be_unique = True

    def check_config(self, field: FieldDef, schema: Schema) -> list[FieldError]:
        if field.target not in schema.objects:
            return [FieldError("target", "UNKNOWN_OBJECT", {"object": str(field.target)[:80]})]
        return []

    def shape(self, field: FieldDef) -> FieldShape | None:
        return FieldShape(field.key, self.kind, dict(field.labels), None, field.target, None, None)


class User(_One):
    key = "user"
    kind = "user"
    points_to = "user"


class Team(_One):
    key = "team"
    kind = "team"
    points_to = "team"

    def shape(self, field: FieldDef) -> FieldShape | None:
        return FieldShape(field.key, self.kind, dict(field.labels), None, "team", None, None)


class RelationAny(FieldType):
    """A record of any object (or of those in config `objects`): value (object_key, id), wire {"object", "id"}."""

    key = "relation_any"
    kind = "relation"
    relational = True

    def columns(self, field: FieldDef) -> list[sa.Column[Any]]:
        # the id first: it is what tells whether there is a value
        return [
            sa.Column(f"{field.key}_id", Id(), nullable=True),
            sa.Column(f"{field.key}_object", Text_(), nullable=True),
        ]

    def check_config(self, field: FieldDef, schema: Schema) -> list[FieldError]:
        wanted = field.config.get("objects")
        if wanted is None:
            return []
        if not isinstance(wanted, list | tuple):
            return [FieldError("objects", "LIST_EXPECTED", {})]
        return [
            FieldError("objects", "UNKNOWN_OBJECT", {"object": str(key)[:80]})
            for key in wanted
            if not isinstance(key, str) or key not in schema.objects
        ]

    def parse(self, field: FieldDef, raw: Any, ctx: CoerceContext) -> tuple[str, str] | Unresolved:
        if isinstance(raw, tuple) and len(raw) == 2:
            raw = {"object": raw[0], "id": raw[1]}
        if isinstance(raw, str) and ctx.mode == "text":
            object_key, _, rest = raw.partition(":")
            if rest.strip() and object_key.strip() in ctx.schema.objects:
                raw = {"object": object_key.strip(), "id": rest.strip()}
            else:
                return Unresolved(clean(raw, lines=False)[:255], None)
        if not isinstance(raw, dict) or not isinstance(raw.get("object"), str):
            raise ValueProblem("ANY_FORMAT", example='{"object":"account","id":"018f2b6e-7c1a-7000-8000-000000000001"}')
        object_key = raw["object"]
        allowed = field.config.get("objects") or ctx.schema.objects
        if object_key not in allowed or object_key not in ctx.schema.objects:
            raise ValueProblem("UNKNOWN_OBJECT", object=object_key[:80])
        found = id_of(raw, ctx, object_key)
        return found if isinstance(found, Unresolved) else (object_key, found)

    def to_row(self, field: FieldDef, value: tuple[str, str] | None) -> dict[str, Any]:
        object_key, record_id = value or (None, None)
        return {f"{field.key}_id": record_id, f"{field.key}_object": object_key}

    def from_row(self, field: FieldDef, row: Mapping[str, Any]) -> tuple[str, str] | None:
        record_id = row[f"{field.key}_id"]
        return (row[f"{field.key}_object"], record_id) if record_id else None

    def to_wire(self, field: FieldDef, value: tuple[str, str]) -> Any:
        return {"object": value[0], "id": value[1]}

    def to_text(self, field: FieldDef, value: tuple[str, str], locale: str) -> str:
        return f"{value[0]}:{value[1]}"


class _Many(FieldType):
    """Ids in a link table (record_id, target_id, position); `from_row` reads a JSON array that the reader made."""

    relational = True
    linked = True
    many = True
    points_to: str | None = None

    def columns(self, field: FieldDef) -> list[sa.Column[Any]]:
        return []

    def parse(self, field: FieldDef, raw: Any, ctx: CoerceContext) -> list[str | Unresolved] | None:
        target = self.points_to or field.target
        found = [id_of(item, ctx, target) for item in items_of(raw, ctx, MAX_ITEMS)]
        return list(dict.fromkeys(found)) or None

    def to_row(self, field: FieldDef, value: list[str] | None) -> dict[str, Any]:
        return {}

    def from_row(self, field: FieldDef, row: Mapping[str, Any]) -> list[str] | None:
        return from_json(row.get(field.key))

    def to_text(self, field: FieldDef, value: list[str], locale: str) -> str:
        return "; ".join(value)


class RelationMany(_Many):
    key = "relation_many"
    kind = "relations"

    def check_config(self, field: FieldDef, schema: Schema) -> list[FieldError]:
        if field.target not in schema.objects:
            return [FieldError("target", "UNKNOWN_OBJECT", {"object": str(field.target)[:80]})]
        return []

    def shape(self, field: FieldDef) -> FieldShape | None:
        return FieldShape(field.key, self.kind, dict(field.labels), None, field.target, None, None)


class Users(_Many):
    key = "users"
    kind = "users"
    points_to = "user"


class File(FieldType):
    """Files by their ids, in the order given."""

    key = "file"
    kind = "file"
    relational = True
    many = True
    most = 100

    def column_type(self, field: FieldDef) -> sa.types.TypeEngine[Any]:
        return Json()

    def parse(self, field: FieldDef, raw: Any, ctx: CoerceContext) -> list[str | Unresolved] | None:
        items = [raw] if isinstance(raw, dict) or (isinstance(raw, str) and ctx.mode == "api") else raw
        return list(dict.fromkeys(id_of(item, ctx, "file") for item in items_of(items, ctx, self.most))) or None

    def to_row(self, field: FieldDef, value: list[str] | None) -> dict[str, Any]:
        return {field.key: list(value) if value else None}

    def from_row(self, field: FieldDef, row: Mapping[str, Any]) -> list[str] | None:
        return from_json(row[field.key])

    def to_text(self, field: FieldDef, value: list[str], locale: str) -> str:
        return "; ".join(value)


class Image(File):
    key = "image"


class LineItems(FieldType):
    """A table inside a record: its lines are a child object `<object>_<key>` with its own fields (config `fields`)."""

    key = "line_items"
    kind = "relations"
    many = True

    def columns(self, field: FieldDef) -> list[sa.Column[Any]]:
        return []

    def parse(self, field: FieldDef, raw: Any, ctx: CoerceContext) -> list[dict[str, Any]] | None:
        """The raw lines; the write path coerces each against the child object. A line may carry its `id`."""
        if not isinstance(raw, list | tuple):
            raise ValueProblem("LIST_EXPECTED")
        if len(raw) > 1_000:
            raise ValueProblem("TOO_MANY", count=len(raw), max=1_000)
        if not all(isinstance(line, dict) for line in raw):
            raise ValueProblem("LINE_FORMAT")
        return [dict(line) for line in raw] or None

    def to_row(self, field: FieldDef, value: Any) -> dict[str, Any]:
        return {}

    def from_row(self, field: FieldDef, row: Mapping[str, Any]) -> Any:
        return row.get(field.key)

    def to_text(self, field: FieldDef, value: Any, locale: str) -> str:
        return str(len(value))

    def shape(self, field: FieldDef) -> FieldShape | None:
        return None
