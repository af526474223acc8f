"""From field paths to columns, joins and conditions, with the viewer's rights at every hop.

Nothing else in the product selects from an object's table for a person. A hidden field is unknown, a masked one may
not be filtered, sorted or grouped by; a joined record that the viewer may not see joins as if it were not there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from dealwright.access import Access
from dealwright.conditions import Condition, Context, FieldShape, Leaf, ManyColumn, to_sql
from dealwright.foundation.database import UnitOfWork, state_of
from dealwright.foundation.errors import Problem
from dealwright.model import FieldDef, ObjectDef, Schema, schema_of
from dealwright.people.tables import dw_team, dw_team_member, dw_user

PEOPLE_FIELDS = {
    ("user", "name"): FieldShape("name", "text", {"zh": "姓名", "en": "Name"}),
    ("user", "email"): FieldShape("email", "text", {"zh": "邮箱", "en": "E-mail"}),
    ("team", "name"): FieldShape("name", "text", {"zh": "团队", "en": "Team"}),
    ("team", "manager"): FieldShape("manager", "user", {"zh": "负责人", "en": "Manager"}, None, "user"),
}
MAX_PATH = 4


def target_of(field: FieldDef) -> str | None:
    """Object key, "user" or "team": what a to-one field leads to."""
    if field.type in ("user", "team"):
        return field.type
    return field.target if field.type == "relation" else None


class VisibleFields:
    """The fields that a viewer may filter, sort and group by (a `conditions.Fields`)."""

    def __init__(self, schema: Schema, access: Access) -> None:
        self.schema = schema
        self.access = access

    def field(self, object_key: str, path: Sequence[str]) -> FieldShape | None:
        """The shape at the end of a path; None when unknown or hidden anywhere on the way. 403 for a masked field."""
        if not path or len(path) > MAX_PATH:
            return None
        here: str | None = object_key
        for place, key in enumerate(path):
            last = place == len(path) - 1
            if here in ("user", "team"):
                if key == "email" and not self.access.may("manage_users"):
                    return None  # who may not see it in the list of people does not learn it by filtering
                shape = PEOPLE_FIELDS.get((here, key))
                return shape if last else None
            obj = self.schema.objects.get(here) if here else None
            if obj is None:
                return None
            rights = self.access.object(obj.key)
            if last and key == "id":
                return FieldShape("id", "relation", {"zh": "记录", "en": "Record"}, None, obj.key)
            field = obj.fields.get(key)
            level = rights.level(key) if field is not None else "hidden"
            if field is None or level == "hidden":
                return None
            if level == "masked":
                raise Problem(403, "FIELD_FORBIDDEN", field=".".join(path), params={"field": dict(field.labels)})
            if last:
                return field.shape
            here = target_of(field)
        return None


def context_of(uow: UnitOfWork, access: Access) -> Context:
    """When and for whom conditions are read in this unit."""
    actor = access.actor
    workspace = state_of(uow).workspace

    def members(team_ids: Sequence[str]) -> list[str]:
        if not team_ids:
            return [actor.user_id] if actor.user_id else []
        key = f"members:{','.join(team_ids)}"
        if key not in uow.memo:
            column = dw_team_member.c.user_id
            led = sa.select(dw_team.c.manager_id).where(dw_team.c.id.in_(team_ids), dw_team.c.manager_id.is_not(None))
            rows = uow.conn.execute(sa.select(column).where(dw_team_member.c.team_id.in_(team_ids)).union(led))
            uow.memo[key] = sorted({row[0] for row in rows})
        found: list[str] = uow.memo[key]
        return found

    return Context(
        now=uow.now, zone=ZoneInfo(workspace.time_zone), user_id=actor.user_id,
        team_user_ids=lambda: members(actor.my_team_ids), team_tree_user_ids=lambda: members(actor.team_tree_ids),
        team_ids=actor.my_team_ids, team_tree_ids=actor.team_tree_ids,
        fiscal_start_month=workspace.fiscal_start_month,
    )  # fmt: skip


class Builder:
    """One SELECT in the making over one object: its root alias, its joins by path, its visible fields."""

    join_name = "j"

    def __init__(self, uow: UnitOfWork, access: Access, object_key: str, alias: str = "t") -> None:
        self.uow = uow
        self.access = access
        self.dialect = uow.dialect
        self.schema = schema_of(uow)
        self.obj = self.schema.object(object_key)
        if self.obj.kind != "object":
            raise Problem(404, "UNKNOWN_OBJECT", params={"object": object_key[:80]})
        self.rights = access.object(self.obj.key)
        self.context = context_of(uow, access)
        self.visible = VisibleFields(self.schema, access)
        self.root = self.obj.table.alias(alias)
        self.join_name = "j" if alias == "t" else f"{alias}j"
        self._joins: dict[tuple[str, ...], tuple[sa.FromClause, str]] = {}
        self._ons: list[tuple[sa.FromClause, sa.ColumnElement[bool]]] = []

    # ── rows ──

    def rows(self, obj: ObjectDef, alias: Any, action: str = "read") -> sa.ColumnElement[bool]:
        """Which rows of an object the viewer may see (or change)."""
        return self.access.object(obj.key).row_condition(action, alias, self.access.actor, self.dialect)

    def base_where(self, in_bin: bool = False, *, many: bool = False) -> list[sa.ColumnElement[bool]]:
        """The conditions every query ends with: rights, and not in the bin (or only in it).

        They come last, so that they are asked of the rows only that the reader's own condition leaves. many: the
        query goes through many records, not through one that is named.
        """
        gone = self.root.c.deleted_at
        if many and not in_bin:
            own = self.rights.own_rows(self.root, self.dialect)
            if own is not None:
                return [own, gone.is_(None)]
        return [self.rows(self.obj, self.root), gone.is_not(None) if in_bin else gone.is_(None)]

    def where(self, condition: Condition) -> sa.ColumnElement[bool]:
        """A checked condition as SQL; joins what it needs."""
        return to_sql(condition, self.resolve, self.context, self.dialect)

    def from_clause(self, page: sa.FromClause | None = None) -> sa.FromClause:
        """The root with all joins made so far; with `page`, only the records whose ids it lists."""
        found: sa.FromClause = self.root
        if page is not None:
            found = page.join(self.root, self.root.c.id == page.c.id)
        for alias, on in self._ons:
            found = found.outerjoin(alias, on)
        return found

    def read_objects(self) -> list[str]:
        """The objects whose records the query reads, so far; people and teams are kept by the rights epoch."""
        return sorted({self.obj.key, *(key for _, key in self._joins.values() if key not in ("user", "team"))})

    # ── columns ──

    def join(self, path: tuple[str, ...]) -> tuple[Any, str]:
        """The alias of what a path of to-one relations leads to, and its object key, "user" or "team"."""
        if not path:
            return self.root, self.obj.key
        if path in self._joins:
            return self._joins[path]
        parent, parent_key = self.join(path[:-1])
        key = path[-1]
        name = f"{self.join_name}{len(self._joins)}"
        if parent_key == "team" and key == "manager":
            alias: Any = dw_user.alias(name)
            target, on = "user", alias.c.id == parent.c.manager_id
        else:
            holder = self.obj if parent_key == self.obj.key else self.schema.objects[parent_key]
            field = holder.fields[key]
            target = target_of(field) or ""
            column = parent.c[field.columns[0]]
            if target == "user":
                alias = dw_user.alias(name)
                on = alias.c.id == column
            elif target == "team":
                alias = dw_team.alias(name)
                on = alias.c.id == column
            else:
                obj = self.schema.object(target)
                alias = obj.table.alias(name)
                on = sa.and_(alias.c.id == column, alias.c.deleted_at.is_(None), self.rows(obj, alias))
            only = self.access.object(parent_key).field_condition(key, parent)
            if only is not None:  # a relation that may be read on some rows only leads nowhere on the others
                on = sa.and_(on, only)
        self._joins[path] = (alias, target)
        self._ons.append((alias, on))
        return alias, target

    def column(self, path: tuple[str, ...]) -> sa.ColumnElement[Any]:
        """The value's column at the end of a path (checked before by `visible`), NULL where this viewer may not see it."""
        parent, parent_key = self.join(path[:-1])
        key = path[-1]
        if parent_key in ("user", "team"):
            return parent.c["manager_id" if key == "manager" else key]
        if key == "id":
            return parent.c.id
        field = self.schema.objects[parent_key].fields[key]
        if not field.columns:  # lines, links and live formulas have no column that could be asked
            raise Problem(422, "NOT_SORTABLE", field=".".join(path)[:200], params={"field": dict(field.labels)})
        if field.type == "relation" and self.is_narrow(field.target or ""):
            return self.join(path)[0].c.id  # a record out of sight is not found by its id either
        column: sa.ColumnElement[Any] = parent.c[field.columns[0]]
        if field.type == "relation_any":
            column = self.any_target(field, parent, lambda alias, _: alias.c.id)
        only = self.access.object(parent_key).field_condition(key, parent)
        if only is not None:
            column = sa.case((only, column), else_=None)
        return column

    def resolve(self, leaf: Leaf) -> sa.ColumnElement[Any] | ManyColumn:
        """What a leaf of a condition compares."""
        path = leaf.path
        parent, parent_key = self.join(path[:-1])
        if parent_key in ("user", "team") or path[-1] == "id":
            return self.column(path)
        field = self.schema.objects[parent_key].fields[path[-1]]
        if field.many and field.link_name:
            link = self.schema.objects[parent_key].links[field.key].alias(f"l{leaf.index}")
            only = self.access.object(parent_key).field_condition(field.key, parent)
            shown = [sa.true() if only is None else only]
            if field.type == "relation_many" and self.is_narrow(field.target or ""):
                obj = self.schema.object(field.target or "")
                seen = obj.table.alias(f"v{leaf.index}")
                there = sa.select(seen.c.id).where(seen.c.deleted_at.is_(None), self.rows(obj, seen))
                shown.append(link.c.target_id.in_(there))

            def has(target: sa.ColumnElement[Any] | None) -> sa.ColumnElement[bool]:
                found: Any = sa.select(sa.literal_column("1")).where(link.c.record_id == parent.c.id, *shown)
                if target is not None:
                    found = found.where(link.c.target_id == target)
                return sa.exists(found.correlate(parent))

            return ManyColumn(has=has)
        if field.many:
            return ManyColumn(column=self.column(path)) if field.type != "file" else self.column(path)
        return self.column(path)

    def is_narrow(self, object_key: str) -> bool:
        """Whether there may be records of an object that this viewer does not see."""
        return self.access.object(object_key).grant.read != "all"

    def any_target(self, field: FieldDef, holder: Any, value: Callable[[Any, str], Any]) -> sa.ColumnElement[Any]:
        """`value(alias, object)` of the record that a relation to any object leads to; NULL when it is not to be seen."""
        target_id, target_object = (holder.c[name] for name in field.columns)
        cases: list[Any] = []
        for key in field.config.get("objects") or self.schema.objects:
            obj = self.schema.objects.get(key)
            if obj is None or obj.kind != "object" or not self.access.object(key).can_read:
                continue
            alias = obj.table.alias()
            there = (alias.c.id == target_id, alias.c.deleted_at.is_(None), self.rows(obj, alias))
            cases.append((target_object == sa.literal_column(f"'{key}'"), _scalar(value(alias, key), there, holder)))
        return sa.case(*cases, else_=None) if cases else sa.null()

    def label(self, path: tuple[str, ...]) -> sa.ColumnElement[Any]:
        """The shown name of what a to-one path leads to."""
        alias, target = self.join(path)
        return self.name_column(alias, target)

    def name_column(self, alias: Any, target: str) -> sa.ColumnElement[Any]:
        """The column that names a record, user or team; NULL when the name may not be read."""
        if target in ("user", "team"):
            return alias.c.name
        obj = self.schema.object(target)
        if obj.name_field is None or self.access.object(target).level(obj.name_field) in ("hidden", "masked"):
            return sa.null()
        return alias.c[obj.fields[obj.name_field].columns[0]]


def _scalar(value: Any, where: Sequence[Any], holder: Any) -> Any:
    return sa.select(value).where(*where).correlate(holder).scalar_subquery()
