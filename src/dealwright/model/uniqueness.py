"""Making a field unique when there are records already: the values that stand in the way are named first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import Problem
from dealwright.model.shapes import FieldDef

CHUNK = 1_000
SHOWN = 20


def rows_of(uow: UnitOfWork, table: sa.Table, names: list[str]) -> Iterator[dict[str, Any]]:
    """Every row of a table in order of its id, some columns, a thousand at a time."""
    last = ""
    while True:
        query = sa.select(table.c.id, *(table.c[name] for name in names if name != "id"))
        rows = uow.conn.execute(query.where(table.c.id > last).order_by(table.c.id).limit(CHUNK)).mappings().all()
        yield from (dict(row) for row in rows)
        if len(rows) < CHUNK:
            return
        last = rows[-1]["id"]


def fill_normal_forms(uow: UnitOfWork, table: sa.Table, field: FieldDef) -> None:
    """Write the normal form of every stored value; 409 UNIQUE_DUPLICATES names values that more than one record has."""
    assert field.norm_column
    seen: dict[str, list[str]] = {}
    found: list[dict[str, Any]] = []
    for row in rows_of(uow, table, [*field.columns, "deleted_at"]):
        value = field.ftype.from_row(field, row)
        key = None if value is None else field.ftype.unique_key(field, value)
        if key is None:
            continue
        found.append({"b_id": row["id"], "b_norm": key})
        if row["deleted_at"] is None:
            seen.setdefault(key, []).append(field.ftype.to_text(field, value, "en"))
    twice = [texts for texts in seen.values() if len(texts) > 1]
    if twice:
        values = [" = ".join(dict.fromkeys(texts)) for texts in twice[:SHOWN]]
        raise Problem(409, "UNIQUE_DUPLICATES", field=field.key, params={"count": len(twice), "values": values})
    statement = sa.update(table).where(table.c.id == sa.bindparam("b_id"))
    for start in range(0, len(found), CHUNK):
        uow.conn.execute(statement.values({field.norm_column: sa.bindparam("b_norm")}), found[start : start + CHUNK])
