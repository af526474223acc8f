"""An actor's rights over objects, rows and fields, out of the grants of the actor's roles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from dealwright.access.inherit import inherited
from dealwright.access.shapes import (
    LEVEL_RANK,
    RIGHTS,
    SCOPE_RANK,
    UNLIMITED,
    Grant,
    Level,
    RoleGrants,
    Scope,
    role_grants_from,
)
from dealwright.access.tables import dw_share
from dealwright.foundation.database import Dialect, Instant, UnitOfWork, state_of
from dealwright.foundation.errors import Problem, forbidden
from dealwright.model import FieldDef, ObjectDef, Schema, schema_of
from dealwright.people.shapes import Actor
from dealwright.people.tables import dw_role, dw_user, dw_user_role

_grants: dict[tuple[str, int], dict[str, RoleGrants]] = {}
ALL = Grant(True, "all", "all", "all", "all", True, UNLIMITED, UNLIMITED, "write", "write", "write", "write")
WIDENING = ("read", "update", "delete", "transfer")


def role_grants(uow: UnitOfWork) -> dict[str, RoleGrants]:
    """Every role's grants by id, kept per rights epoch."""
    key = (uow.db.key, state_of(uow).rights_epoch)
    found = None if uow.memo.get("bumped") else _grants.get(key)
    if found is None:
        rows = uow.conn.execute(sa.select(dw_role.c.id, dw_role.c.key, dw_role.c.grants)).all()
        found = {row.id: role_grants_from(row.id, row.key, row.grants) for row in rows}
        if not uow.memo.get("bumped"):
            if len(_grants) > 32:
                _grants.clear()
            _grants[key] = found
    return found


def level_in(grant: Grant, field: FieldDef) -> Level:
    """The level one grant gives on a field: the named one, or the default capped by the field's tags."""
    named = grant.fields.get(field.key)
    if named is not None:
        return named
    level: Level = grant.level
    caps: list[Level] = []
    if field.sensitive:
        caps.append(grant.sensitive)
    if field.config.get("personal"):
        caps.append(grant.personal)
    if field.type == "money" or field.config.get("result") == "money":
        caps.append(grant.amounts)
    for cap in caps:
        if LEVEL_RANK[cap] < LEVEL_RANK[level]:
            level = cap
    return level


class ObjectAccess:
    """An actor's rights on one object."""

    def __init__(self, obj: ObjectDef, grants: Sequence[Grant]) -> None:
        self.obj = obj
        self.grants = tuple(grants)
        self.grant = merged(self.grants)
        self.can_read = self.grant.read != "none" or obj.kind == "lines"
        self.can_export = self.grant.export
        self.import_limit = self.grant.import_
        self._levels: dict[str, Level] = {}
        self._on_creation: dict[str, bool] = {}

    @property
    def readable_fields(self) -> list[str]:
        """Keys of the fields that are at least masked."""
        return [key for key in self.obj.fields if self.level(key) != "hidden"]

    def level(self, field_key: str) -> Level:
        """hidden, masked, read or write: the best over all grants; hidden for a field that does not exist."""
        found = self._levels.get(field_key)
        if found is None:
            field = self.obj.fields.get(field_key)
            found = "hidden"
            for grant in self.grants if field is not None else ():
                if grant.read == "none" and not grant.create and self.obj.kind != "lines":
                    continue
                assert field is not None
                one = level_in(grant, field)
                if LEVEL_RANK[one] > LEVEL_RANK[found]:
                    found = one
            self._levels[field_key] = found
        return found

    def may_set_on_creation(self, field: FieldDef) -> bool:
        """Whether some grant lets records be made and this field be written."""
        found = self._on_creation.get(field.key)
        if found is None:
            found = any(grant.create and level_in(grant, field) == "write" for grant in self.grants)
            self._on_creation[field.key] = found
        return found

    def may(self, action: str) -> bool:
        """Whether any grant covers any row for an action (create, read, update, delete, transfer)."""
        value = getattr(self.grant, action)
        return bool(value) and value != "none"

    def row_condition(self, action: str, alias: Any, actor: Actor, dialect: Dialect) -> sa.ColumnElement[bool]:
        """The rows that an action covers. Bind names are fixed (`Access.row_parameters`), so the statement can be kept."""
        if self.obj.kind == "lines":
            return sa.true()
        scope: Scope = getattr(self.grant, action) if action in WIDENING else "none"
        # A share opens a row for reading or changing; it never lets its receiver delete it or give it away.
        return self.scope_condition(scope, alias, dialect, edits=action != "read", shares=action in ("read", "update"))

    def scope_condition(
        self, scope: Scope, alias: Any, dialect: Dialect, *, edits: bool, shares: bool = True
    ) -> sa.ColumnElement[bool]:
        """The rows of a scope: own ones (owner, collaborator, shared), those of teams, all."""
        if scope == "all":
            return sa.true()
        if scope == "none":
            return sa.false()
        # In the order in which they are likely to be true: the database stops at the first.
        tests = [alias.c.owner_id == _me()]
        if scope in ("team", "team_tree"):
            tests.insert(0, _in(alias.c.team_id, "a_teams" if scope == "team" else "a_tree", dialect))
        tests += [alias.c.id.in_(ids) for ids in self._given(dialect, edits=edits, shares=shares)]
        return sa.or_(*tests)

    def _given(self, dialect: Dialect, *, edits: bool, shares: bool) -> list[sa.Select[Any]]:
        """Ids of the records that the actor works on with others, or that somebody has shared."""
        found = []
        link = self.obj.links.get("collaborators")
        if link is not None:
            found.append(sa.select(link.c.record_id).where(link.c.target_id == _me()))
        if not shares:
            return found
        shared = sa.select(dw_share.c.record_id).where(
            dw_share.c.object_key == self.obj.key,
            sa.or_(dw_share.c.user_id == _me(), _in(dw_share.c.team_id, "a_teams", dialect)),
            sa.or_(dw_share.c.until.is_(None), dw_share.c.until > sa.bindparam("a_now", type_=Instant())),
        )
        if edits:
            shared = shared.where(dw_share.c.level == "edit")
        return [*found, shared]

    def own_rows(self, alias: Any, dialect: Dialect) -> sa.ColumnElement[bool] | None:
        """`row_condition("read")` of an actor who sees own records only, as a list of ids to begin with.

        None for wider scopes. For questions about many records: both databases go through a whole table for an OR over
        several tables (310 ms on 200,000 rows) where they could look up a few hundred ids (3 ms). Leaves the bin out.
        """
        if self.obj.kind == "lines" or self.grant.read != "own":
            return None
        mine = self.obj.table.alias("mine")
        owned = sa.select(mine.c.id).where(mine.c.owner_id == _me(), mine.c.deleted_at.is_(None))
        return alias.c.id.in_(sa.union_all(owned, *self._given(dialect, edits=False, shares=True)))

    def field_condition(self, field_key: str, alias: Any) -> sa.ColumnElement[bool] | None:
        """The rows on which a readable field may be read; None when that is every row that is readable."""
        field = self.obj.fields.get(field_key)
        if field is None or len(self.grants) < 2:
            return None
        # A grant that only masks does not show the value: where another grant reads it, the masking rows are left out.
        needed = LEVEL_RANK["masked" if self.level(field_key) == "masked" else "read"]
        showing = [g for g in self.grants if LEVEL_RANK[level_in(g, field)] >= needed]
        widest: Scope = max((g.read for g in showing), key=SCOPE_RANK.__getitem__, default="none")
        if SCOPE_RANK[widest] >= SCOPE_RANK[self.grant.read]:
            return None
        if self._parent is None:
            return self.scope_condition(widest, alias, self._dialect, edits=False)
        above = self._parent.obj.table.alias()
        covered = self._parent.scope_condition(widest, above, self._dialect, edits=False)
        return alias.c.parent_id.in_(sa.select(above.c.id).where(covered))

    _parent: ObjectAccess | None = None  # of lines: the rights on the object they belong to
    _dialect: Dialect

    def may_transfer(self, before: Mapping[str, Any] | None, after: Mapping[str, Any], actor: Actor) -> bool:
        """Whether the owner may be changed from `before` to `after` (None before: a new record)."""
        scope = self.grant.transfer
        if before is None:
            return scope != "none" or after.get("owner") in (None, actor.user_id)
        if scope in ("all", "none"):
            return scope == "all"
        if scope == "own":
            return before.get("owner") == actor.user_id
        teams = actor.my_team_ids if scope == "team" else actor.team_tree_ids
        return before.get("owner") == actor.user_id or before.get("team") in teams


def merged(grants: Sequence[Grant]) -> Grant:
    """The union of grants: widest scopes, highest numbers."""
    if not grants:
        return Grant(level="hidden")

    def widest(name: str) -> Scope:
        return max((getattr(g, name) for g in grants), key=SCOPE_RANK.__getitem__)

    return Grant(
        create=any(g.create for g in grants), read=widest("read"), update=widest("update"), delete=widest("delete"),
        transfer=widest("transfer"), export=any(g.export for g in grants), import_=max(g.import_ for g in grants),
        bulk=max(g.bulk for g in grants),
    )  # fmt: skip


def _me() -> sa.BindParameter[Any]:
    return sa.bindparam("a_me", type_=sa.Text())


def _in(column: Any, name: str, dialect: Dialect) -> sa.ColumnElement[bool]:
    return dialect.is_one_of(column, name)


_known: WeakKeyDictionary[Schema, dict[Any, dict[str, ObjectAccess]]] = WeakKeyDictionary()


def _objects_of(uow: UnitOfWork, actor: Actor, schema: Schema) -> dict[str, ObjectAccess]:
    """Rights on objects by key: the same for everybody with these roles, as of one rights epoch and model."""
    if uow.memo.get("bumped"):
        return {}
    by_roles = _known.get(schema)
    if by_roles is None:
        by_roles = _known[schema] = {}
    key = (uow.db.key, state_of(uow).rights_epoch, actor.kind, actor.role_ids, actor.scopes)
    found = by_roles.get(key)
    if found is None:
        if len(by_roles) > 256:
            by_roles.clear()
        found = by_roles[key] = {}
    return found


class Access:
    """All rights of one actor, as of one rights epoch and schema version."""

    def __init__(self, uow: UnitOfWork, actor: Actor) -> None:
        self.actor = actor
        self._uow = uow
        self._dialect = uow.dialect
        self._schema = schema_of(uow)
        known = role_grants(uow) if actor.kind in ("user", "token") else {}
        self._roles = [known[role_id] for role_id in actor.role_ids if role_id in known]
        self.rights = frozenset().union(*(role.rights for role in self._roles))
        if actor.kind == "automation":
            self.rights = frozenset(RIGHTS)
        self._objects = _objects_of(uow, actor, self._schema)

    @classmethod
    def for_actor(cls, uow: UnitOfWork, actor: Actor) -> Access:
        """The actor's rights in this unit of work."""
        return cls(uow, actor)

    def may(self, right: str) -> bool:
        """Whether the actor has a right that concerns no record, within a token's scopes."""
        if right not in self.rights:
            return False
        return self.actor.scopes is None or "design" in self.actor.scopes

    def require(self, right: str) -> None:
        """Problem 403 naming the right and who can grant it."""
        if not self.may(right):
            raise forbidden(right, who=self._administrators())

    def _administrators(self) -> list[str]:
        rows = self._uow.conn.execute(
            sa.select(dw_user.c.name)
            .join(dw_user_role, dw_user_role.c.user_id == dw_user.c.id)
            .join(dw_role, dw_role.c.id == dw_user_role.c.role_id)
            .where(dw_role.c.key == "administrator", dw_user.c.status == "active")
            .limit(3)
        )
        return [row[0] for row in rows]

    def object(self, object_key: str) -> ObjectAccess:
        """Rights on an object; Problem 404 UNKNOWN_OBJECT."""
        self._schema = schema_of(self._uow)  # a unit that changes the model goes on with the new one
        obj = self._schema.object(object_key)
        found = self._objects.get(object_key)
        if found is None or found.obj is not obj:
            automatic = self.actor.kind == "automation"
            found = ObjectAccess(obj, [ALL] if automatic else [self._grant(role, obj) for role in self._roles])
            found._dialect = self._dialect
            found._parent = self.object(obj.parent) if obj.kind == "lines" and obj.parent else None
            self._objects[object_key] = found
        return found

    def _grant(self, role: RoleGrants, obj: ObjectDef) -> Grant:
        """What a role gives this actor on an object, computed fields as strict as what they are computed from."""

        def own(one: ObjectDef) -> Grant:
            # The lines of a record have the rights of its object.
            return self._scoped(role.on(*((one.parent or "", one.key) if one.kind == "lines" else (one.id, one.key))))

        return inherited(own(obj), obj, self._schema, lambda key: own(self._schema.object(key)), level_in)

    def _scoped(self, grant: Grant) -> Grant:
        """A grant narrowed to a token's scopes."""
        scopes = self.actor.scopes
        if scopes is None:
            return grant
        writes = "write" in scopes
        return Grant(
            create=grant.create and writes, read=grant.read if "read" in scopes else "none",
            update=grant.update if writes else "none", delete=grant.delete if writes else "none",
            transfer=grant.transfer if writes else "none", export=grant.export and "export" in scopes,
            import_=grant.import_ if "import" in scopes else 0, bulk=grant.bulk if writes else 0,
            level=grant.level if writes or grant.level != "write" else "read", sensitive=grant.sensitive,
            personal=grant.personal, amounts=grant.amounts, fields=grant.fields,
        )  # fmt: skip

    def row_parameters(self) -> dict[str, Any]:
        """Values of the binds in row conditions: a_me, a_teams, a_tree, a_now."""
        actor = self.actor

        def packed(ids: Sequence[str]) -> Any:
            return self._dialect.pack(ids)

        return {
            "a_me": actor.user_id or "", "a_teams": packed(actor.my_team_ids), "a_tree": packed(actor.team_tree_ids),
            "a_now": self._uow.now,
        }  # fmt: skip


def scope_missing(scope: str) -> Problem:
    """403 for a token that lacks a scope."""
    return Problem(403, "SCOPE_MISSING", params={"scope": scope})
