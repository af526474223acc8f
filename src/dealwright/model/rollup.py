"""Roll-ups: what they may be made of, and the one statement that works them out for given parents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.sql.visitors import replacement_traverse

from dealwright.conditions import Context, Leaf, ManyColumn, leaves, parse, to_sql
from dealwright.conditions.parse import Who
from dealwright.foundation.database import state_of
from dealwright.foundation.errors import FieldError, Problem

if TYPE_CHECKING:
    from dealwright.foundation.database import UnitOfWork
    from dealwright.model.shapes import FieldDef, ObjectDef, Schema

OPS = ("count", "sum", "min", "max", "avg")


def resolve(config: dict[str, Any], child: ObjectDef | None) -> dict[str, Any]:
    """`config` with `result` and `scale` worked out from the child's field."""
    if config.get("op") == "count" or child is None:
        return {**config, "result": "number", "scale": 0}
    field = child.fields.get(config.get("field", ""))
    if field is None:
        return config
    if field.type in ("formula", "roll_up"):
        result, scale = field.config.get("result", "number"), field.config.get("scale", 2)
    elif field.type in ("number", "money", "percent"):
        result, scale = field.type, field.config.get("scale", 2 if field.type != "number" else 0)
    else:
        result, scale = {"date": "date", "datetime": "datetime", "duration": "number"}.get(field.type, "text"), 0
    if config.get("op") == "avg":
        scale = min(6, int(scale) + 2)
    return {**config, "result": result, "scale": scale}


def check(field: FieldDef, schema: Schema) -> list[FieldError]:
    """Errors of a roll-up's config: object, relation, field and condition exist and fit."""
    config = field.config
    child = schema.objects.get(str(config.get("object")))
    if child is None:
        return [FieldError("object", "UNKNOWN_OBJECT", {"object": str(config.get("object"))[:80]})]
    if config.get("op") not in OPS:
        return [FieldError("op", "CONFIG_CHOICE", {"name": "op", "allowed": list(OPS)})]
    relation = child.fields.get(str(config.get("relation")))
    is_parent = child.kind == "lines" and config.get("relation") == "parent" and child.parent == field.object_key
    if not is_parent and (relation is None or relation.type != "relation" or relation.target != field.object_key):
        return [FieldError("relation", "ROLL_UP_RELATION", {"object": dict(child.labels)})]
    if config["op"] != "count":
        over = child.fields.get(str(config.get("field")))
        if over is None or over.shape is None or not over.columns:
            return [FieldError("field", "UNKNOWN_FIELD", {"field": str(config.get("field"))[:80]})]
        if over.shape.kind != "number" and not (
            over.shape.kind in ("date", "datetime") and config["op"] in ("min", "max")
        ):
            return [FieldError("field", "ROLL_UP_FIELD", {"field": dict(over.labels)})]
    if config.get("where"):
        try:
            condition = parse(config["where"], child.key, schema)
        except Problem as problem:
            return [FieldError("where", problem.code, dict(problem.params))]
        for leaf in leaves(condition):
            found = child.fields.get(leaf.path[0])
            # One table only, and the same for whoever saves: no path, no link table, no "me".
            if len(leaf.path) > 1 or found is None or not found.columns or _names_people(leaf.value):
                return [FieldError("where", "ROLL_UP_WHERE", {})]
    return []


def _names_people(value: Any) -> bool:
    return any(isinstance(one, Who) for one in (value if isinstance(value, tuple) else (value,)))


def relation_column(child: ObjectDef, relation: str) -> sa.Column[Any]:
    """The child's column that holds the parent's id."""
    return child.table.c.parent_id if relation == "parent" else child.table.c[f"{relation}_id"]


def value_select(uow: UnitOfWork, schema: Schema, field: FieldDef, parent_id: sa.ColumnElement[Any]) -> Any:
    """The scalar select of a roll-up's value for one parent."""
    config = field.config
    child = schema.objects[config["object"]]
    table = child.table.alias("child")
    linked = table.c.parent_id if config["relation"] == "parent" else table.c[f"{config['relation']}_id"]
    if config["op"] == "count":
        value: Any = sa.func.count()
    else:
        column = table.c[child.fields[config["field"]].columns[0]]
        value = getattr(sa.func, config["op"])(column)
        if config["op"] in ("sum", "avg"):
            value = _scaled(value, column, field, uow)
    wheres = [linked == parent_id, table.c.deleted_at.is_(None)]
    if config.get("where"):
        condition = parse(config["where"], child.key, schema)

        def column_of(leaf: Leaf) -> sa.ColumnElement[Any] | ManyColumn:
            found = schema.field_def(child.key, leaf.path)
            assert found is not None
            column = table.c[found.columns[0]]
            return ManyColumn(column=column) if leaf.shape.kind == "options" else column

        workspace = state_of(uow).workspace
        zone, first = ZoneInfo(workspace.time_zone), workspace.fiscal_start_month
        counted = to_sql(condition, column_of, Context(uow.now, zone, fiscal_start_month=first), uow.dialect)
        wheres.append(_named_apart(counted, field.key))
    return sa.select(sa.type_coerce(value, sa.types.NullType())).where(*wheres).scalar_subquery()


def _named_apart(condition: sa.ColumnElement[bool], key: str) -> sa.ColumnElement[bool]:
    """The condition with bind names of its own: one statement may work out several roll-ups, each with a condition."""

    def renamed(element: Any, **_: Any) -> Any:
        if isinstance(element, sa.BindParameter):
            return sa.bindparam(f"{key}_{element.key}", element.value, type_=element.type)
        return None

    return replacement_traverse(condition, {}, renamed)


def _scaled(value: Any, column: sa.Column[Any], field: FieldDef, uow: UnitOfWork) -> Any:
    """Means come as floats of the scaled unit on SQLite: bring them to the roll-up's own scale."""
    if field.config["op"] == "sum":
        return value
    have = getattr(column.type, "scale", 0)
    want = int(field.config.get("scale", 2))
    return uow.dialect.rescaled(value, have, want)


def recompute(uow: UnitOfWork, schema: Schema, field: FieldDef, parent_ids: Sequence[str]) -> None:
    """Work the roll-up out anew for the given parents, in one statement."""
    parent = schema.objects[field.object_key]
    table = parent.table
    value = value_select(uow, schema, field, table.c.id)
    uow.conn.execute(
        sa.update(table).where(table.c.id.in_(list(parent_ids))).values({table.c[field.columns[0]]: value})
    )
