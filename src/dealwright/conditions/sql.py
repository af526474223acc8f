"""The tree as SQL on both databases. Two-valued: NOT is pushed down to the leaves, so no NULL is ever negated.

Bind names are fixed by the leaf's place (c0_0, c0_1 ...), so a compiled statement is kept by `signature` and run
again with `parameters` of another tree of the same form.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from dealwright.conditions.operands import day_range, instant_range, people
from dealwright.conditions.shapes import (
    TRUE_WHEN_EMPTY,
    All,
    Condition,
    Context,
    Leaf,
    ManyColumn,
    Not,
    leaves,
)
from dealwright.foundation.database import AnyScale, Decimal_, Dialect
from dealwright.foundation.textfold import fold

Resolve = Callable[[Leaf], "sa.ColumnElement[Any] | ManyColumn"]


def to_sql(condition: Condition, resolve: Resolve, context: Context, dialect: Dialect) -> sa.ColumnElement[bool]:
    """A boolean expression for WHERE. `resolve` gives the column of a leaf and makes the joins it needs."""
    return _node(condition, False, resolve, context, dialect)


def parameters(condition: Condition, context: Context) -> dict[str, Any]:
    """The bind values of a tree by name, for a statement kept under its `signature`."""
    found: dict[str, Any] = {}
    for leaf in leaves(condition):
        for place, value in enumerate(operands(leaf, context)):
            found[f"c{leaf.index}_{place}"] = value
    return found


def signature(condition: Condition, context: Context) -> tuple[Any, ...]:
    """The form of a tree without its values: what decides the SQL text."""
    if isinstance(condition, Leaf):
        values = operands(condition, context)
        return ("leaf", condition.path, condition.op, tuple(v is None for v in values))
    if isinstance(condition, Not):
        return ("not", signature(condition.node, context))
    kind = "all" if isinstance(condition, All) else "any"
    return (kind, *(signature(node, context) for node in condition.nodes))


def operands(leaf: Leaf, context: Context) -> Sequence[Any]:
    """The values a leaf binds, in order; None marks an open side of a range."""
    kind, op, value = leaf.shape.kind, leaf.op, leaf.value
    if op in ("empty", "not_empty"):
        return ()
    if kind == "date":
        return day_range(leaf, context)
    if kind == "datetime":
        return instant_range(leaf, context)
    if kind == "month_day":
        from dealwright.conditions.memory import month_days

        return month_days(leaf, context)
    values = value if isinstance(value, tuple) else (value,)
    if kind in ("user", "users", "team"):
        return tuple(dict.fromkeys(people(leaf, values, context)))
    if kind == "text":
        texts = [fold(item) for item in values]
        if op in ("contains", "not_contains"):
            return [f"%{_literal(texts[0])}%"]
        if op == "starts_with":
            return [f"{_literal(texts[0])}%"]
        return [f"%{_literal(texts[0])}"] if op == "ends_with" else texts
    if op == "under":
        return [value, f"{_literal(region_stem(value))}%"]
    return values


def region_stem(code: str) -> str:
    """The beginning that a region's descendants share: 330000 gives 33, 330100 gives 3301."""
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _node(
    node: Condition, negated: bool, resolve: Resolve, context: Context, dialect: Dialect
) -> sa.ColumnElement[bool]:
    if isinstance(node, Not):
        return _node(node.node, not negated, resolve, context, dialect)
    if isinstance(node, Leaf):
        return _leaf(node, negated, resolve(node), context, dialect)
    parts = [_node(inner, negated, resolve, context, dialect) for inner in node.nodes]
    if isinstance(node, All) != negated:
        return sa.and_(sa.true(), *parts) if parts else sa.true()
    return sa.or_(sa.false(), *parts) if parts else sa.false()


def _bind(leaf: Leaf, place: int, value: Any, type_: Any) -> sa.BindParameter[Any]:
    return sa.bindparam(f"c{leaf.index}_{place}", value, type_=type_)


def _leaf(
    leaf: Leaf, negated: bool, column: sa.ColumnElement[Any] | ManyColumn, context: Context, dialect: Dialect
) -> sa.ColumnElement[bool]:
    if isinstance(column, ManyColumn):
        found = _many(leaf, column, context, dialect)
        return sa.not_(found) if negated else found
    positive = _positive(leaf, column, context, dialect)
    flips = leaf.op in TRUE_WHEN_EMPTY and leaf.op != "empty"
    if leaf.op in ("empty", "not_empty"):
        return sa.not_(positive) if negated else positive
    # A bare comparison is NULL on an empty value, which WHERE, AND and OR take as false; NOT never sees it, as it
    # was pushed down to here.
    if flips == negated:
        return positive
    return sa.or_(column.is_(None), sa.not_(positive))


def _positive(leaf: Leaf, column: sa.ColumnElement[Any], context: Context, dialect: Dialect) -> sa.ColumnElement[bool]:
    """The comparison before the flip of ne, not_in, not_contains: eq, in, contains."""
    kind, op = leaf.shape.kind, leaf.op
    if op in ("empty", "not_empty"):
        test: sa.ColumnElement[bool] = column.is_(None)
        return test if op == "empty" else sa.not_(test)
    values = operands(leaf, context)
    if kind in ("date", "datetime"):
        sides = [
            column >= _bind(leaf, 0, values[0], column.type) if values[0] is not None else None,
            column < _bind(leaf, 1, values[1], column.type) if values[1] is not None else None,
        ]
        return sa.and_(*(side for side in sides if side is not None))
    sides_of = ("gte", "lte") if op == "between" else ()
    binds = [
        _bind(leaf, place, value, sa.Text() if kind == "text" else _type(column, sides_of[place] if sides_of else op))
        for place, value in enumerate(values)
    ]
    if kind == "text":
        text = dialect.folded(column)
        if op in ("contains", "not_contains", "starts_with", "ends_with"):
            return text.like(binds[0], escape="\\")
        return text.in_(binds) if op in ("in", "not_in") else text == binds[0]
    if kind == "month_day":
        ending = sa.func.substr(column, sa.func.length(column) - 4, type_=sa.Text())
        return ending.in_(binds) if binds else sa.false()
    if op == "under":
        return sa.or_(column == binds[0], column.like(binds[1], escape="\\"))
    if op == "between":
        return column.between(binds[0], binds[1])
    if op in ("gt", "gte", "lt", "lte"):
        return {
            "gt": column > binds[0],
            "gte": column >= binds[0],
            "lt": column < binds[0],
            "lte": column <= binds[0],
        }[op]
    if not binds:
        return sa.and_(column.is_not(None), sa.false())
    return column == binds[0] if len(binds) == 1 else column.in_(binds)


def _type(column: sa.ColumnElement[Any], op: str) -> Any:
    if isinstance(column.type, Decimal_):
        return AnyScale(column.type.scale, op)
    if isinstance(column.type, (sa.BigInteger, sa.Integer)):
        return AnyScale(0, op)
    return column.type


def _many(leaf: Leaf, many: ManyColumn, context: Context, dialect: Dialect) -> sa.ColumnElement[bool]:
    op = leaf.op
    if many.has is not None:
        if op in ("empty", "not_empty"):
            found = many.has(None)
            return sa.not_(found) if op == "empty" else found
        tests = [many.has(_bind(leaf, place, value, sa.Text())) for place, value in enumerate(operands(leaf, context))]
        if op == "contains_all":
            return sa.and_(sa.true(), *tests)
        found = sa.or_(sa.false(), *tests)
        return sa.not_(found) if op == "contains_none" else found
    column = many.column
    assert column is not None
    if op in ("empty", "not_empty"):
        return column.is_(None) if op == "empty" else column.is_not(None)
    values = [str(value) for value in operands(leaf, context)]
    if op == "contains_all":
        return sa.and_(sa.true(), *(_json_has(leaf, column, place, v, dialect) for place, v in enumerate(values)))
    found = sa.or_(sa.false(), *(_json_has(leaf, column, place, v, dialect) for place, v in enumerate(values)))
    return sa.not_(found) if op == "contains_none" else found


def _json_has(
    leaf: Leaf, column: sa.ColumnElement[Any], place: int, value: str, dialect: Dialect
) -> sa.ColumnElement[bool]:
    """Whether a JSON array of strings holds one string; never NULL; the value is a named bind."""
    return dialect.json_has(column, _bind(leaf, place, value, sa.Text()))
