"""The definitions that every higher floor receives: a field, an object, and all of them together.

They are frozen: a change of the model makes a new Schema under a new version, and whoever holds the old one
may finish with it. Derived facts (columns, options, the field's type object) are computed once per definition.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import sqlalchemy as sa

from dealwright.conditions import FieldShape
from dealwright.foundation.errors import Problem

if TYPE_CHECKING:
    from dealwright.model.field_types.base import FieldType

Labels = Mapping[str, str]
EMPTY: Mapping[str, Any] = MappingProxyType({})


class Option(NamedTuple):
    """One choice of a select-like field."""

    key: str
    labels: Labels
    active: bool
    color: str | None
    extra: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class FieldDef:
    """One field of one object, as an administrator defined it.

    `config` holds what only this type knows (scale, options, target, expression ...). `columns` are the names of
    the real columns, the first one being the value itself; fields kept in a link table or a child object have none.
    """

    id: str
    object_key: str
    key: str
    type: str
    labels: Labels
    help: Labels = field(default_factory=lambda: EMPTY)
    config: Mapping[str, Any] = field(default_factory=lambda: EMPTY)
    required: bool = False
    unique: bool = False
    default: Any = None
    position: int = 0
    section: str | None = None
    on_form: bool = True
    sensitive: bool = False
    system: bool = False
    retired: bool = False

    @cached_property
    def ftype(self) -> FieldType:
        """The type object that knows columns, parsing, checks and text of this field."""
        from dealwright.model.field_types import field_type

        return field_type(self.type)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns in the object's table, the value first; `<key>_norm` of unique fields is not among them."""
        return tuple(column.name for column in self.ftype.columns(self))

    @property
    def many(self) -> bool:
        """True when the value is a list."""
        return self.ftype.many

    @property
    def column(self) -> str | None:
        """The column that holds the value (of money: the amount), or None for link tables, line items, live formulas."""
        return self.columns[0] if self.columns else None

    @property
    def norm_column(self) -> str | None:
        """The column that holds the normalised value of a unique field."""
        return f"{self.key}_norm" if self.unique else None

    @cached_property
    def options(self) -> Mapping[str, Option]:
        """Options by key, in their order; empty for types without options."""
        found = {}
        for raw in self.config.get("options", ()):
            extra = {k: v for k, v in raw.items() if k not in ("key", "labels", "active", "color")}
            found[raw["key"]] = Option(
                raw["key"], raw.get("labels", EMPTY), raw.get("active", True), raw.get("color"), extra
            )
        return found

    @cached_property
    def computed(self) -> bool:
        """True when people never enter it (formula, roll-up, automatic number)."""
        return self.ftype.computed

    @cached_property
    def read_only(self) -> bool:
        """True when only the product itself writes it: computed, a system field but for the owner, or set by an engine."""
        return self.computed or (self.system and self.key != "owner") or bool(self.config.get("system_set"))

    @cached_property
    def target(self) -> str | None:
        """Key of the object that a relation points to; None for other types and for relations to any object."""
        return self.config.get("target")

    @cached_property
    def shape(self) -> FieldShape | None:
        """What conditions may ask of it; None when it cannot be filtered (live formula, line items)."""
        return self.ftype.shape(self)

    @property
    def link_name(self) -> str | None:
        """Name of the link table of a many-valued relation, or None."""
        from dealwright.model.keys import short_name

        return short_name(f"{self.object_key}__{self.key}") if self.ftype.linked else None

    def label(self, locale: str) -> str:
        """The label for a locale, falling back to the other language, then the key."""
        return pick(self.labels, locale) or self.key

    def with_(self, **changes: Any) -> FieldDef:
        """A copy with some attributes replaced."""
        return replace(self, **changes)


@dataclass(frozen=True, eq=False)
class ObjectDef:
    """One object: its fields in order, its real table and its link tables (by field key)."""

    id: str
    key: str
    labels: Labels
    plural: Labels
    icon: str | None
    name_field: str | None
    kind: Literal["object", "lines"]
    parent: str | None
    fields: Mapping[str, FieldDef]
    retired: Mapping[str, FieldDef]
    table: sa.Table
    links: Mapping[str, sa.Table]
    config: Mapping[str, Any] = field(default_factory=lambda: EMPTY)
    position: int = 0
    is_retired: bool = False

    @cached_property
    def own_fields(self) -> tuple[FieldDef, ...]:
        """Active fields without the system ones (created_at, owner ...)."""
        return tuple(f for f in self.fields.values() if not f.system)

    @cached_property
    def row_fields(self) -> Mapping[str, FieldDef]:
        """The fields whose value is kept in the object's own table, by key."""
        return {key: f for key, f in self.fields.items() if not f.ftype.linked and f.columns}

    @cached_property
    def initial_fields(self) -> tuple[FieldDef, ...]:
        """The fields that a new record gets a value for by itself: roll-ups and those with a default."""
        return tuple(
            f for f in self.fields.values() if f.type == "roll_up" or (f.default is not None and not f.computed)
        )

    @cached_property
    def required_fields(self) -> tuple[FieldDef, ...]:
        """The fields that somebody has to fill in."""
        return tuple(f for f in self.fields.values() if f.required and not f.computed and not f.system)

    @cached_property
    def number_fields(self) -> tuple[FieldDef, ...]:
        """The automatic numbers."""
        return tuple(f for f in self.fields.values() if f.type == "auto_number")

    @cached_property
    def own_relations(self) -> tuple[FieldDef, ...]:
        """The relations to another record of the same object."""
        return tuple(f for f in self.fields.values() if f.type == "relation" and f.target == self.key)

    @cached_property
    def file_fields(self) -> frozenset[str]:
        """The keys of the fields that hold files."""
        return frozenset(f.key for f in self.fields.values() if f.ftype.kind == "file")

    @cached_property
    def empty_values(self) -> Mapping[str, None]:
        """None for every field, to begin a record with."""
        return dict.fromkeys(self.fields)

    @cached_property
    def empty_row(self) -> Mapping[str, None]:
        """None for every column of the table, to begin a row with."""
        return dict.fromkeys(str(column.name) for column in self.table.c)

    @cached_property
    def formula_inputs(self) -> frozenset[str]:
        """The fields that some formula reads."""
        from dealwright.model.formula import parse_formula, references

        found = (references(parse_formula(f.config["expression"])) for f in self.formulas)
        return frozenset().union(*found)

    @cached_property
    def formulas(self) -> tuple[FieldDef, ...]:
        """Formula fields in an order in which each comes after those it refers to."""
        from dealwright.model.formula import in_order

        return in_order(self)

    def label(self, locale: str) -> str:
        """The label for a locale."""
        return pick(self.labels, locale) or self.key


class Schema:
    """All objects at one schema version. It is a `conditions.Fields`."""

    def __init__(
        self, version: int, objects: Mapping[str, ObjectDef], retired: Mapping[str, ObjectDef] = EMPTY
    ) -> None:
        self.version = version
        self.objects: Mapping[str, ObjectDef] = objects
        self.retired: Mapping[str, ObjectDef] = retired
        self._to: dict[str, list[FieldDef]] = {}
        for field_ in self.all_fields():
            if field_.target:
                self._to.setdefault(field_.target, []).append(field_)

    def all_fields(self) -> Iterator[FieldDef]:
        """Every active field of every active object."""
        for obj in self.objects.values():
            yield from obj.fields.values()

    def object(self, key: str) -> ObjectDef:
        """The object, or Problem 404 UNKNOWN_OBJECT."""
        found = self.objects.get(key)
        if found is None:
            raise Problem(404, "UNKNOWN_OBJECT", params={"object": key[:80]})
        return found

    def field_def(self, object_key: str, path: Sequence[str]) -> FieldDef | None:
        """The field at the end of a path of relation keys, or None."""
        here: str | None = object_key
        found: FieldDef | None = None
        for key in path:
            obj = self.objects.get(here) if here else None
            found = obj.fields.get(key) if obj else None
            if found is None:
                return None
            here = found.target
        return found

    def field(self, object_key: str, path: Sequence[str]) -> FieldShape | None:
        """The shape at the end of a path, or None when there is no such field; `id` is a relation to itself."""
        if path and path[-1] == "id":
            holder = self.field_def(object_key, path[:-1]) if len(path) > 1 else None
            owner = object_key if len(path) == 1 else holder.target if holder else None
            if owner is None or owner not in self.objects:
                return None
            return FieldShape("id", "relation", {"zh": "记录", "en": "Record"}, None, owner, None, None)
        found = self.field_def(object_key, path)
        return found.shape if found else None

    def relations_to(self, object_key: str) -> list[FieldDef]:
        """Active relation fields (single, many, parent of lines) that point to the object."""
        return list(self._to.get(object_key, ()))


def pick(labels: Labels, locale: str) -> str:
    """The text of a {"zh","en"} pair for a locale such as zh-CN, falling back to the other one."""
    short = "zh" if locale.startswith("zh") else "en"
    return labels.get(short) or labels.get("en") or labels.get("zh") or ""
