"""Offering an index: a list that took long, filtered or sorted by a field that no index begins with."""

from __future__ import annotations

import sqlalchemy as sa

from dealwright.conditions import Condition, Leaf, Not
from dealwright.foundation.database import UnitOfWork
from dealwright.model import ObjectDef

SLOW_S = 0.05
ORDERED = frozenset({"eq", "in", "gt", "gte", "lt", "lte", "between", "in_period"})


def index_for(uow: UnitOfWork, obj: ObjectDef, condition: Condition, sort: str) -> str | None:
    """The key of the field whose index would help a slow list most: what it is sorted by, else what it is filtered by.

    Looks at the database's own catalogue, so it is asked only after a list was slow.
    """
    wanted = [part.lstrip("+-") for part in sort.split(",")[:1]]
    wanted += [leaf.path[0] for leaf in _leaves(condition) if len(leaf.path) == 1 and leaf.op in ORDERED]
    indexed = {index["column_names"][0] for index in sa.inspect(uow.conn).get_indexes(obj.key)}
    for key in wanted:
        field = obj.fields.get(key)
        if field is not None and field.columns and not field.many and field.columns[0] not in indexed:
            return key
    return None


def _leaves(condition: Condition) -> list[Leaf]:
    if isinstance(condition, Leaf):
        return [condition]
    if isinstance(condition, Not):
        return []
    return [leaf for node in condition.nodes for leaf in _leaves(node)]
