"""Which condition of a filter removes most: how many records there would be without each of them, in one statement."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from dealwright.access import Access
from dealwright.conditions import All, parameters, parse
from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import Problem
from dealwright.records.query.builder import Builder
from dealwright.records.search.query import match_clause, match_parameters
from dealwright.records.search.tokens import query_terms

MOST = 12


def narrowing(uow: UnitOfWork, access: Access, object_key: str, where: Any, search: str = "") -> dict[str, Any]:
    """{"without": [n for each condition of the outermost `all`, in order], "without_search": n | None}.

    One pass over the records that the viewer sees, whatever the number of conditions. Problem 422 as for a list,
    TOO_MANY above twelve conditions.
    """
    builder = Builder(uow, access, object_key)
    condition = parse(where, object_key, builder.visible)
    nodes = condition.nodes if isinstance(condition, All) else (condition,)
    if len(nodes) > MOST:
        raise Problem(422, "TOO_MANY", field="filter", params={"count": len(nodes), "max": MOST})
    terms = query_terms(search) if search else []
    if not builder.rights.can_read:
        return {"without": [0 for _ in nodes], "without_search": 0 if terms else None}
    clauses = [builder.where(node) for node in nodes]
    if terms:
        clauses.append(match_clause(builder))
    one: sa.ColumnElement[int] = sa.literal_column("1")
    none: sa.ColumnElement[int] = sa.literal_column("0")
    sums = []
    for place in range(len(clauses)):
        others = [clause for at, clause in enumerate(clauses) if at != place]
        kept = sa.case((sa.and_(*others), one), else_=none) if others else one
        sums.append(sa.func.coalesce(sa.func.sum(kept), none).label(f"c{place}"))
    if not sums:
        return {"without": [], "without_search": None}
    statement = sa.select(*sums).select_from(builder.from_clause()).where(*builder.base_where(many=True))
    binds = {**access.row_parameters(), **parameters(condition, builder.context)}
    if terms:
        binds |= match_parameters(terms, builder, uow)
    row = [int(n) for n in uow.fetch(builder.dialect.compile(statement), binds)[0]]
    return {"without": row[: len(nodes)], "without_search": row[-1] if terms else None}
