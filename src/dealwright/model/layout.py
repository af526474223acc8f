"""How the fields of an object stand on its form and record page: sections, columns, order.

A layout is kept in the object's configuration, with a version of its own, so that two designers cannot overwrite each
other unseen. An object without one has a layout all the same, made of its sections and the order of its form. Fields
that were made later stand in the section they name, else in one called "other"; fields that were retired drop out. What
is read here is therefore always whole, whatever was stored.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import FieldError, Problem, invalid
from dealwright.model import ddl
from dealwright.model.keys import KEY
from dealwright.model.shapes import FieldDef, Labels, ObjectDef
from dealwright.model.specs import labels_of
from dealwright.model.tables import dw_object

MAX_SECTIONS = 40
MAIN = ("main", {"zh": "基本信息", "en": "Basics"})
OTHER = ("other", {"zh": "其他", "en": "Other"})


@dataclass(frozen=True)
class Section:
    """One section: columns is 1 or 2, collapsed says whether it begins folded, fields are field keys in order."""

    key: str
    labels: Labels
    columns: int
    collapsed: bool
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """version: 0 while nobody has set one. off: own fields that a designer has left out knowingly."""

    version: int
    sections: tuple[Section, ...]
    off: tuple[str, ...]
    is_set: bool

    def wire(self, hidden: Container[str] = ()) -> dict[str, Any]:
        """As JSON without hidden fields; a section of hidden fields only is left out with them."""
        sections = [
            _stored(replace(one, fields=tuple(f for f in one.fields if f not in hidden))) for one in self.sections
        ]
        return {
            "version": self.version,
            "set": self.is_set,
            "sections": [
                one for one, whole in zip(sections, self.sections, strict=True) if one["fields"] or not whole.fields
            ],
            "off": [key for key in self.off if key not in hidden],
        }


def layout_of(obj: ObjectDef) -> Layout:
    """The layout of an object as of now: the stored one brought up to date, or one made of sections and form order."""
    raw = obj.config.get("layout") or {}
    version = int(raw.get("version") or 0)
    if not raw.get("sections"):
        return Layout(version, _derived(obj), (), False)
    seen: set[str] = set()
    sections = [_section(one, obj.fields, seen) for one in raw["sections"]]
    off = tuple(key for key in raw.get("off") or () if key in obj.fields and key not in seen)
    late = [f for f in obj.own_fields if f.key not in seen and f.key not in off]
    return Layout(version, tuple(_with_late(sections, late)), off, True)


def _section(raw: Mapping[str, Any], known: Container[str], seen: set[str]) -> Section:
    fields = [key for key in dict.fromkeys(raw.get("fields") or ()) if key in known and key not in seen]
    seen.update(fields)
    columns = 1 if raw.get("columns") == 1 else 2
    return Section(str(raw["key"]), raw["labels"], columns, bool(raw.get("collapsed")), tuple(fields))


def _with_late(sections: list[Section], late: list[FieldDef]) -> list[Section]:
    """Sections with the fields that were made after the layout, each where it says it belongs."""
    keys = [one.key for one in sections]
    for field in late:
        wanted = field.section if field.section in keys else OTHER[0]
        if wanted not in keys:
            sections.append(Section(*OTHER, 2, False, ()))
            keys.append(wanted)
        place = keys.index(wanted)
        sections[place] = replace(sections[place], fields=(*sections[place].fields, field.key))
    return sections


def _derived(obj: ObjectDef) -> tuple[Section, ...]:
    """One section for each that the object names, one for the rest, one for each table of lines."""
    place = {key: at for at, key in enumerate(obj.config.get("form") or ())}
    own = sorted(obj.own_fields, key=lambda f: place.get(f.key, len(place)))  # stable: the others in their own order
    named = [
        Section(one["key"], one["labels"], 1 if one.get("columns") == 1 else 2, bool(one.get("collapsed")), ())
        for one in obj.config.get("sections") or ()
    ]
    keys = {one.key for one in named}
    rest = OTHER if named else MAIN
    found = []
    for one in [*named, *([] if rest[0] in keys else [Section(*rest, 2, False, ())])]:
        mine = [f for f in own if f.type != "line_items" and (f.section if f.section in keys else rest[0]) == one.key]
        if mine:
            found.append(replace(one, fields=tuple(f.key for f in mine)))
    taken = {one.key for one in found}
    for f in own:
        if f.type == "line_items":
            key = f.key if f.key not in taken else f"{f.key}_lines"
            found.append(Section(key, dict(f.labels), 1, False, (f.key,)))
    return tuple(found)


def checked(obj: ObjectDef, raw: Any) -> dict[str, Any]:
    """A layout as it is stored, without its version. Problem 422 naming every fault by its place.

    raw: {"sections": [{"key", "labels", "columns"?, "collapsed"?, "fields"}]}. A field that has to be filled in and has
    no default must stand somewhere, or nobody could make a record.
    """
    given = raw.get("sections") if isinstance(raw, Mapping) else None
    if not isinstance(given, list) or not 1 <= len(given) <= MAX_SECTIONS:
        raise invalid([FieldError("sections", "LAYOUT_SECTIONS", {"max": MAX_SECTIONS})])
    errors: list[FieldError] = []
    keys: set[str] = set()
    placed: set[str] = set()
    sections = [_checked_section(obj, one, f"sections.{at}", keys, placed, errors) for at, one in enumerate(given)]
    if errors:
        raise invalid(errors)
    lacking = [f for f in obj.required_fields if f.default is None and f.key not in placed]
    if lacking:
        labels = [dict(f.labels) for f in lacking]
        params = {"fields": labels, "count": len(labels)}
        raise invalid([FieldError("sections", "LAYOUT_REQUIRED", params)])
    return {"sections": sections, "off": [f.key for f in obj.own_fields if f.key not in placed]}


def _checked_section(
    obj: ObjectDef, raw: Any, where: str, keys: set[str], placed: set[str], errors: list[FieldError]
) -> dict[str, Any]:
    if not isinstance(raw, Mapping):
        errors.append(FieldError(where, "LAYOUT_SECTION"))
        return {}
    key, columns, fields = raw.get("key"), raw.get("columns", 2), raw.get("fields", [])
    if not isinstance(key, str) or not KEY.fullmatch(key):
        errors.append(FieldError(f"{where}.key", "KEY_FORMAT", {"key": str(key)[:40]}))
    elif key in keys:
        errors.append(FieldError(f"{where}.key", "OPTION_TWICE", {"key": key}))
    keys.add(str(key))
    labels: dict[str, str] = {}
    try:
        labels = labels_of(raw.get("labels"))
    except Problem:
        errors.append(FieldError(f"{where}.labels", "LABELS"))
    if isinstance(columns, bool) or columns not in (1, 2):
        errors.append(FieldError(f"{where}.columns", "CONFIG_CHOICE", {"name": "columns", "allowed": [1, 2]}))
    if not isinstance(raw.get("collapsed", False), bool):
        errors.append(FieldError(f"{where}.collapsed", "SETTING_TYPE", {"name": "collapsed", "allowed": "true, false"}))
    if not isinstance(fields, list):
        errors.append(FieldError(f"{where}.fields", "LIST_EXPECTED"))
        fields = []
    for name in fields:
        if not isinstance(name, str) or name not in obj.fields:
            errors.append(FieldError(f"{where}.fields", "UNKNOWN_FIELD", {"field": str(name)[:80]}))
        elif name in placed:
            errors.append(FieldError(f"{where}.fields", "LAYOUT_TWICE", {"field": dict(obj.fields[name].labels)}))
        placed.add(str(name))
    return {"key": key, "labels": labels, "columns": columns, "collapsed": bool(raw.get("collapsed")), "fields": fields}


def _stored(section: Section) -> dict[str, Any]:
    return {
        "key": section.key, "labels": dict(section.labels), "columns": section.columns,
        "collapsed": section.collapsed, "fields": list(section.fields),
    }  # fmt: skip


def file_lines(obj: ObjectDef) -> list[dict[str, Any]] | None:
    """The stored layout as a configuration writes it; None for an object that has none."""
    layout = layout_of(obj)
    if not layout.is_set:
        return None
    return [
        {
            "key": one.key, "zh": one.labels["zh"], "en": one.labels["en"],
            **({"columns": 1} if one.columns == 1 else {}), **({"collapsed": True} if one.collapsed else {}),
            "fields": list(one.fields),
        }
        for one in layout.sections
    ]  # fmt: skip


def from_file(lines: list[Mapping[str, Any]]) -> dict[str, Any]:
    """The layout of a configuration's lines, to be checked."""
    return {"sections": [{**one, "labels": {"zh": one["zh"], "en": one["en"]}} for one in lines]}


def set_layout(
    uow: UnitOfWork, object_key: str, raw: Any, actor_id: str | None = None, *, seen: int | None = None
) -> Layout:
    """Give an object a layout, or with `{"sections": None}` the one made of its sections and form again.

    seen: the version that the designer worked on; 412 when somebody set another one since. Recorded, can be undone.
    """
    obj = ddl.begin(uow).object(object_key)
    if obj.kind != "object":
        raise Problem(404, "UNKNOWN_OBJECT", params={"object": object_key[:80]})
    before = obj.config.get("layout") or {}
    version = int(before.get("version") or 0)
    if seen is not None and seen != version:
        raise Problem(412, "LAYOUT_CHANGED", params={"object": dict(obj.labels), "version": version})
    resets = isinstance(raw, Mapping) and "sections" in raw and raw["sections"] is None
    new: dict[str, Any] = {} if resets else checked(obj, raw)
    plain = {name: value for name, value in before.items() if name != "version"}
    if new == plain:
        return layout_of(obj)
    config = {**obj.config, "layout": {**new, "version": version + 1}}
    uow.conn.execute(sa.update(dw_object).where(dw_object.c.id == obj.id).values(config=config))
    ddl.record_change(uow, actor_id, "layout.changed", object_key, None, plain or None, new or None)
    return layout_of(ddl.fresh(uow).object(object_key))


def put_back(uow: UnitOfWork, object_key: str, before: Mapping[str, Any] | None, actor_id: str | None) -> None:
    """Set an earlier layout again, with what has become of the fields since."""
    if not before:
        set_layout(uow, object_key, {"sections": None}, actor_id)
        return
    obj = ddl.begin(uow).object(object_key)
    config = {**obj.config, "layout": {**before, "version": 1}}
    set_layout(uow, object_key, {"sections": layout_of(replace(obj, config=config)).wire()["sections"]}, actor_id)
