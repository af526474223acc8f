"""A condition in words for one reader: only the fields, records and people that this reader may see are named."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from dealwright.access import Access
from dealwright.conditions import Leaf, Part, leaves, parse, words
from dealwright.conditions.parse import Who
from dealwright.foundation.database import UnitOfWork, state_of
from dealwright.foundation.texts import say
from dealwright.model import regions, schema_of
from dealwright.people.tables import dw_team, dw_user
from dealwright.records.query.builder import Builder, VisibleFields

POINTING = ("relation", "relations", "user", "users", "team")


def condition_words(uow: UnitOfWork, access: Access, object_key: str, raw: Any, locale: str) -> list[Part]:
    """The parts of the sentence of a raw condition on an object; [] when it matches every record.

    Problem 404 UNKNOWN_OBJECT, 422 UNKNOWN_FIELD (hidden fields too) and the other refusals of `parse`. A record that
    the reader may not see is "a record".
    """
    builder = Builder(uow, access, object_key)
    condition = parse(raw, object_key, VisibleFields(builder.schema, access))
    wanted: dict[str, set[str]] = {}
    for leaf in leaves(condition):
        if leaf.shape.kind in POINTING and leaf.value is not None:
            given = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
            wanted.setdefault(_target(leaf), set()).update(v for v in given if not isinstance(v, Who))
    names = {target: _names(uow, access, target, sorted(ids)) for target, ids in wanted.items() if ids}

    def name_of(leaf: Leaf, value: Any) -> str | None:
        if leaf.shape.kind == "region":
            return regions.name_of(value)
        if leaf.shape.kind not in POINTING:
            return None
        unseen = "WORDS_SOMEBODY" if leaf.shape.kind in ("user", "users") else "WORDS_A_RECORD"
        return names[_target(leaf)].get(value) or say(unseen, locale)

    return words(condition, locale, name_of, ZoneInfo(state_of(uow).workspace.time_zone))


def _target(leaf: Leaf) -> str:
    if leaf.shape.kind in ("user", "users"):
        return "user"
    return "team" if leaf.shape.kind == "team" else str(leaf.shape.target)


def _names(uow: UnitOfWork, access: Access, target: str, ids: list[str]) -> dict[str, str]:
    if target in ("user", "team"):
        table = dw_user if target == "user" else dw_team
        query: Any = sa.select(table.c.id, table.c.name).where(table.c.id.in_(ids))
    elif target not in schema_of(uow).objects:
        return {}
    else:
        found = Builder(uow, access, target)
        name = found.name_column(found.root, target)
        query = sa.select(found.root.c.id, name).where(found.root.c.id.in_(ids), *found.base_where())
    return {row[0]: row[1] for row in uow.conn.execute(query, access.row_parameters()) if row[1]}
