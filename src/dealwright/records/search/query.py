"""Asking the index: only fields and records that the viewer may read are matched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dealwright.foundation.database import UnitOfWork
from dealwright.records.search.tables import dw_search
from dealwright.records.search.tokens import Term, query_terms

if TYPE_CHECKING:
    from dealwright.access import Access
    from dealwright.records.query.builder import Builder

HITS = 8


def readable_fields(builder: Builder) -> list[str]:
    """The fields of an object whose index rows this viewer may match: readable on every row that is readable."""
    keys = []
    for key in builder.obj.fields:
        if builder.rights.level(key) in ("read", "write") and builder.rights.field_condition(key, builder.root) is None:
            keys.append(key)
    return keys


def match_clause(builder: Builder) -> sa.ColumnElement[bool]:
    """The condition that a record is found by the search text (bound as q_match)."""
    rows = sa.select(dw_search.c.record_id).where(
        dw_search.c.object_key == builder.obj.key, dw_search.c.field_key.in_(readable_fields(builder) or [""])
    )
    return builder.root.c.id.in_(rows.where(builder.dialect.matches_words(dw_search, "q_match")))


def match_parameters(terms: Sequence[Term], builder: Builder, uow: UnitOfWork) -> dict[str, Any]:
    """The bind of `match_clause`."""
    return {"q_match": uow.dialect.match_text(terms)}


def search(uow: UnitOfWork, access: Access, text: str, objects: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """[{"object", "label", "plural", "hits": [{"id", "label"}]}] over the readable objects, in one statement."""
    from dealwright.model import schema_of
    from dealwright.records.query.builder import Builder

    terms = query_terms(text)
    if not terms:
        return []
    schema = schema_of(uow)
    parts: list[Any] = []
    found: dict[str, dict[str, Any]] = {}
    for obj in schema.objects.values():
        if obj.kind != "object" or (objects and obj.key not in objects) or obj.name_field is None:
            continue
        builder = Builder(uow, access, obj.key)
        if not builder.rights.can_read or builder.rights.level(obj.name_field) in ("hidden", "masked"):
            continue
        name = builder.column((obj.name_field,))
        part = (
            sa.select(
                sa.literal_column(f"'{obj.key}'").label("object"), builder.root.c.id.label("id"), name.label("label")
            )
            .select_from(builder.from_clause())
            .where(*builder.base_where(), match_clause(builder))
            .order_by(builder.root.c.modified_at.desc())
            .limit(sa.literal_column(str(HITS)))
            .subquery()
        )
        parts.append(sa.select(part.c.object, part.c.id, part.c.label))
        found[obj.key] = {"object": obj.key, "label": dict(obj.labels), "plural": dict(obj.plural), "hits": []}
    if not parts:
        return []
    statement: Any = sa.union_all(*parts)
    binds = {**access.row_parameters(), **match_parameters(terms, builder, uow)}
    for key, record_id, label in uow.fetch(uow.dialect.compile(statement), binds):
        found[key]["hits"].append({"id": record_id, "label": label or ""})
    return [group for group in found.values() if group["hits"]]
