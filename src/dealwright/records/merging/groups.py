"""Looking for duplicates among the records that the asker sees: equal phones, e-mails and names.

Values are compared as the field type normalises them; of two names also when one is the beginning of the other
(远汀物流, 远汀物流集团). One statement per field that tells records apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from dealwright.access import Access
from dealwright.foundation.database import UnitOfWork
from dealwright.model import FieldDef
from dealwright.model.normalise import company_name
from dealwright.records.duplicates import watched
from dealwright.records.query import Builder

MOST_ROWS = 200_000  # values of one field that are compared: about a second and a half
MOST_GROUPS = 100
MOST_IN_GROUP = 10  # as many as one merge takes
SHORTEST = 4  # letters of a name that may be the beginning of another
LONGER_BY = 6
KINDS = ("text", "phone", "email", "url")


def duplicate_groups(uow: UnitOfWork, access: Access, object_key: str) -> dict[str, Any]:
    """{"groups": [{"fields": [{"field", "how": "same" | "begins"}], "ids", "size"}], "more": bool, "complete": bool}.

    The likeliest first: those that are the same in several fields. complete: False when there are more records than are
    compared. Only what the asker may see is compared, in fields that the asker may read.
    """
    builder = Builder(uow, access, object_key)
    found: dict[tuple[str, ...], list[dict[str, str]]] = {}
    complete = True
    if builder.rights.can_read:
        for field in _fields(builder):
            pairs = _values(builder, field)
            complete = complete and len(pairs) <= MOST_ROWS
            for how, ids in _alike(field, pairs[:MOST_ROWS], field.key == builder.obj.name_field):
                found.setdefault(tuple(sorted(ids)), []).append({"field": field.key, "how": how})
    order = sorted(found, key=lambda ids: (-len(found[ids]), found[ids][0]["how"] == "begins", len(ids), ids))
    groups = [{"fields": found[ids], "ids": list(ids[:MOST_IN_GROUP]), "size": len(ids)} for ids in order[:MOST_GROUPS]]
    return {"groups": groups, "more": len(order) > MOST_GROUPS, "complete": complete}


def _fields(builder: Builder) -> list[FieldDef]:
    """The fields that tell records apart and that the asker may read and ask for."""
    return [
        field
        for field in builder.obj.fields.values()
        if field.type in KINDS
        and (watched(field) or field.key == builder.obj.name_field)
        and builder.rights.level(field.key) in ("read", "write")
    ]


def _values(builder: Builder, field: FieldDef) -> Sequence[Any]:
    """(id, value) of every visible record that has one, up to the bound and one more."""
    fresh = Builder(builder.uow, builder.access, builder.obj.key)
    column = fresh.column((field.key,))
    query = (
        sa.select(fresh.root.c.id, column)
        .select_from(fresh.from_clause())
        .where(column.is_not(None), *fresh.base_where(many=True))
        .limit(sa.bindparam("n_limit", type_=sa.Integer()))
    )
    binds = {**fresh.access.row_parameters(), "n_limit": MOST_ROWS + 1}
    return fresh.uow.fetch(fresh.dialect.compile(query), binds)


def _alike(field: FieldDef, pairs: Sequence[Any], is_name: bool) -> Iterator[tuple[str, list[str]]]:
    """("same" or "begins", ids) of the records that are alike in a field."""
    by_key: dict[str, list[str]] = {}
    company = is_name and field.config.get("normalise") == "company"
    key_of = company_name.__wrapped__ if company else None  # every name once: keeping them would only cost
    for record_id, value in pairs:
        key = key_of(value) if key_of else field.ftype.unique_key(field, value)
        if key:
            by_key.setdefault(key, []).append(record_id)
    for ids in by_key.values():
        if len(ids) > 1:
            yield "same", ids
    if not company:
        return
    before: str | None = None
    for key in sorted(by_key):
        if before and len(before) >= SHORTEST and key.startswith(before) and len(key) - len(before) <= LONGER_BY:
            yield "begins", [by_key[before][0], by_key[key][0]]
        before = key
