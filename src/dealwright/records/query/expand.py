"""Related records inside a list: `expand=account,account.parent` shows them with their fields, in the same statement.

Each hop has its own rights: a relation that may not be read is unknown, a record out of sight stays away as without
expanding, and of a visible one only the fields are shown that the viewer may read there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from dealwright.foundation.errors import Problem
from dealwright.records.query.builder import Builder
from dealwright.records.query.wire import ABSENT, Raw, Slot, records, slots_of

MOST = 5
Path = tuple[str, ...]


class Related(Builder):
    """A builder over the record that a path of another builder leads to; its joins are that builder's."""

    def __init__(self, outer: Builder, path: Path) -> None:
        self.uow, self.access, self.dialect = outer.uow, outer.access, outer.dialect
        self.schema, self.context, self.visible = outer.schema, outer.context, outer.visible
        self.outer, self.path = outer, path
        self.root, key = outer.join(path)
        self.obj = outer.schema.object(key)
        self.rights = outer.access.object(key)

    def join(self, path: Path) -> tuple[Any, str]:
        """Joined to what the outer builder has."""
        return self.outer.join((*self.path, *path)) if path else (self.root, self.obj.key)


def checked(builder: Builder, names: Sequence[str]) -> tuple[Path, ...]:
    """The paths asked for and those on the way to them, short ones first. Problem 422 UNKNOWN_FIELD, NOT_EXPANDABLE, TOO_MANY."""
    found: dict[Path, None] = {}
    for name in names:
        path = tuple(name.split("."))
        if builder.visible.field(builder.obj.key, path) is None:
            raise Problem(422, "UNKNOWN_FIELD", field=name[:200], params={"field": name[:200]})
        for length in range(1, len(path) + 1):
            field = builder.schema.field_def(builder.obj.key, path[:length])
            if field is None or field.type != "relation":
                raise Problem(422, "NOT_EXPANDABLE", field=name[:200], params={"field": name[:200]})
            found[path[:length]] = None
    if len(found) > MOST:
        raise Problem(422, "TOO_MANY", field="expand", params={"count": len(found), "max": MOST})
    return tuple(sorted(found, key=len))


def with_roots(fields: tuple[str, ...] | None, paths: Iterable[Path]) -> tuple[str, ...] | None:
    """The fields asked for, with the relations that are expanded."""
    return None if fields is None else (*fields, *(path[0] for path in paths if path[0] not in fields))


def slot(builder: Builder, path: Path) -> Slot:
    """The entry that carries the related record's readable fields; None where there is none to be seen."""
    inner = Related(builder, path)
    nested = [Slot("id", (inner.root.c.id,), None), Slot("version", (inner.root.c.version,), None)]
    for field in inner.obj.fields.values():
        if inner.rights.level(field.key) != "hidden":
            nested += slots_of(inner, field)

    def convert(row: Raw, at: int) -> Any:
        return ABSENT if row[at] is None else records([row[at:]], nested)[0]

    return Slot(_mark(path), tuple(column for one in nested for column in one.columns), convert)


def unfold(found: list[dict[str, Any]], paths: Sequence[Path]) -> None:
    """Put what `slot` carried to where its relation stands."""
    for record in found if paths else ():
        for path in paths:
            carried = record.pop(_mark(path), None)
            here: Any = record
            for key in path:
                here = here.get(key) if isinstance(here, dict) else None
            if carried is not None and isinstance(here, dict):
                here.update(carried)


def _mark(path: Path) -> str:
    return "expand " + ".".join(path)
