"""What a merge would do, as the asker may see it; and where a merged record went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from dealwright.access import Access
from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import FieldError, Problem, invalid
from dealwright.model import schema_of
from dealwright.records.merging.pointing import MANY, pointers
from dealwright.records.merging.service import MOST_OTHERS
from dealwright.records.merging.tables import dw_merged
from dealwright.records.query import get_one
from dealwright.records.query.listing import count

LONGEST = 20  # merges of merged records that are followed


def preview(uow: UnitOfWork, access: Access, object_key: str, survivor: str, others: Sequence[str]) -> dict[str, Any]:
    """{"records": [each as GET gives it, the survivor first], "moves": [{object, field, count}]}.

    moves: what points to the others and is in the asker's sight; what is not moves along all the same. Problem 404, 422.
    """
    if not others or len(others) > MOST_OTHERS or len({survivor, *others}) <= len(others):
        raise invalid([FieldError("others", "MERGE_OTHERS", {"max": MOST_OTHERS})])
    records = [get_one(uow, access, object_key, one) for one in (survivor, *others)]
    moves = []
    for one in pointers(schema_of(uow), object_key):
        holder = schema_of(uow).objects[one.object_key]
        if holder.kind != "object" or access.object(holder.key).level(one.key) not in ("read", "write"):
            continue
        op = "contains_any" if one.type in MANY else "in"
        where: dict[str, Any] = {"field": one.key, "op": op, "value": list(others)}
        if holder.key == object_key:
            where = {"all": [where, {"field": "id", "op": "not_in", "value": [survivor, *others]}]}
        found = count(uow, access, holder.key, where)
        if found:
            moves.append({"object": holder.key, "field": one.key, "count": found})
    return {"records": records, "moves": moves}


def merged_into(uow: UnitOfWork, access: Access, object_key: str, record_id: str) -> str | None:
    """The record that this one has become, if the asker may see both; None otherwise."""
    here = record_id
    for _ in range(LONGEST):
        query = sa.select(dw_merged.c.survivor_id).where(
            dw_merged.c.record_id == here, dw_merged.c.object_key == object_key
        )
        found = uow.conn.execute(query).scalar_one_or_none()
        if found is None:
            break
        here = found
    if here == record_id:
        return None
    try:
        get_one(uow, access, object_key, record_id, in_bin=True, fields=("id",))
        get_one(uow, access, object_key, here, fields=("id",))
    except Problem as problem:
        if problem.status != 404:
            raise
        return None
    return here
