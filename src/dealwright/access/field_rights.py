"""Who may see and change one field: the levels of all roles on an object, and setting one of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dealwright.access.rules import Access
from dealwright.access.shapes import LEVELS
from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import FieldError, Problem, invalid
from dealwright.model import ObjectDef, schema_of
from dealwright.model.ddl import record_change
from dealwright.people import roles


def role_named(uow: UnitOfWork, key: str) -> dict[str, Any]:
    """A role by its key; Problem 422 ROLE_UNKNOWN with those there are."""
    known = roles.list_roles(uow)
    found = next((role for role in known if role["key"] == key), None)
    if found is None:
        allowed = [role["key"] for role in known]
        raise invalid([FieldError("role", "ROLE_UNKNOWN", {"role": key[:60], "allowed": allowed})])
    return found


def access_as(uow: UnitOfWork, access: Access, role_id: str) -> Access:
    """The rights of somebody who has one role and nothing else, in the language and zone of the one who asks."""
    actor = replace(
        access.actor, kind="user", user_id=None, role_ids=(role_id,), team_ids=(), led_team_ids=(), team_tree_ids=(),
        scopes=None,
    )  # fmt: skip
    return Access.for_actor(uow, actor)


def levels_of(uow: UnitOfWork, access: Access, obj: ObjectDef) -> list[dict[str, Any]]:
    """[{"key", "labels", "read", "create", "fixed", "fields": {field key: level}, "named": [...]}]: each role's rights.

    named: the fields whose level is set for this role by name; the others follow the role's defaults. fixed: the
    administrator's role, which sees and changes everything.
    """
    found = []
    for role in roles.list_roles(uow):
        rights = access_as(uow, access, role["id"]).object(obj.key)
        objects = role["grants"].get("objects") or {}
        own = objects.get(obj.id) or objects.get(obj.key) or {}
        found.append(
            {
                "key": role["key"], "labels": role["labels"], "read": rights.grant.read, "create": rights.grant.create,
                "fixed": role["key"] == "administrator", "named": sorted(own.get("fields") or {}),
                "fields": {key: rights.level(key) for key in obj.fields},
            }
        )  # fmt: skip
    return found


def set_level(
    uow: UnitOfWork, role_key: str, object_key: str, field_key: str, level: Any, actor_id: str | None
) -> None:
    """Give a role a level on one field, or with None the role's default again. Kept in the log of the design.

    Problem 409 ROLE_FIXED for the administrator's role, 404 UNKNOWN_FIELD, 422 GRANT_FORMAT.
    """
    obj = schema_of(uow).object(object_key)
    if field_key not in obj.fields:
        raise Problem(404, "UNKNOWN_FIELD", field=field_key[:80], params={"field": field_key[:80]})
    if level is not None and level not in LEVELS:
        raise invalid([FieldError("level", "GRANT_FORMAT", {"field": "level", "allowed": list(LEVELS)})])
    role = role_named(uow, role_key)
    grants = dict(role["grants"])
    objects = dict(grants.get("objects") or {})
    name = obj.id if obj.id in objects else obj.key
    own = dict(objects.get(name) or {})
    fields = dict(own.get("fields") or {})
    before = fields.pop(field_key, None)
    if level is not None:
        fields[field_key] = level
    if before == level:
        return
    objects[name] = {**own, "fields": fields}
    roles.change_role(uow, role["id"], {"grants": {**grants, "objects": objects}})
    record_change(
        uow, actor_id, "rights.changed", object_key, field_key,
        {"role": role_key, "level": before}, {"role": role_key, "level": level},
    )  # fmt: skip
