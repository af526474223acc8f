"""What a role gives: grants on objects, field levels, rights that concern no record. And the facts about one row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Scope = Literal["none", "own", "team", "team_tree", "all"]
Level = Literal["hidden", "masked", "read", "write"]

# Each scope contains the ones before it, so a union of scopes is simply the widest of them.
SCOPES: tuple[Scope, ...] = ("none", "own", "team", "team_tree", "all")
LEVELS: tuple[Level, ...] = ("hidden", "masked", "read", "write")
SCOPE_RANK: Mapping[str, int] = {name: rank for rank, name in enumerate(SCOPES)}
LEVEL_RANK: Mapping[str, int] = {name: rank for rank, name in enumerate(LEVELS)}
ROW_ACTIONS = ("read", "update", "delete", "transfer")
UNLIMITED = 1_000_000_000

# Rights that concern no record, with what they allow.
RIGHTS: Mapping[str, str] = {
    "audit": "See the log of everything that happened",
    "design": "Change objects, fields, processes and screens",
    "manage_config": "Change settings of the workspace, import and export its configuration",
    "manage_users": "Add and change users, teams and roles",
}


@dataclass(frozen=True)
class Grant:
    """What one role gives on one object.

    read, update, delete, transfer: row scopes. bulk, import_: most rows in one go, 0 is none. level: the level of
    fields not named in `fields`; `sensitive` (cost, pay, secrets), `personal` and `amounts` cap the level of fields
    so tagged, the lowest of those that apply counting; a field named in `fields` has exactly that level.
    """

    create: bool = False
    read: Scope = "none"
    update: Scope = "none"
    delete: Scope = "none"
    transfer: Scope = "none"
    export: bool = False
    import_: int = 0
    bulk: int = 0
    level: Level = "write"
    sensitive: Level = "hidden"
    personal: Level = "write"
    amounts: Level = "write"
    fields: Mapping[str, Level] = field(default_factory=dict)


@dataclass(frozen=True)
class RoleGrants:
    """All that one role gives: `default` for every object without an entry of its own."""

    role_id: str
    key: str
    rights: frozenset[str]
    default: Grant
    objects: Mapping[str, Grant]

    def on(self, *names: str) -> Grant:
        """The grant on an object, looked up by its id, then its key."""
        for name in names:
            found = self.objects.get(name)
            if found is not None:
                return found
        return self.default


@dataclass(frozen=True)
class RowFacts:
    """What decides whether a row is covered: shared_level is the widest live share with the actor."""

    owner_id: str | None = None
    team_id: str | None = None
    collaborator_ids: frozenset[str] = frozenset()
    shared_level: Literal["read", "edit"] | None = None


_NAMES = {"import": "import_"}


def grant_from(raw: Mapping[str, Any], base: Grant | None = None) -> Grant:
    """The grant of its stored JSON; what is missing comes from `base`. `bulk` and `import` may be true or a number."""
    start = base or Grant()
    values: dict[str, Any] = {name: getattr(start, name) for name in Grant.__dataclass_fields__}
    for name, value in raw.items():
        if name in ("import", "bulk"):
            value = UNLIMITED if value is True else int(value or 0)
        if name == "transfer" and isinstance(value, bool):
            value = "all" if value else "none"
        values[_NAMES.get(name, name)] = value
    values["fields"] = {**start.fields, **raw.get("fields", {})}
    return Grant(**values)


def role_grants_from(role_id: str, key: str, raw: Mapping[str, Any]) -> RoleGrants:
    """The grants of a role's stored JSON {"rights": [], "default": {}, "objects": {object: {}}}."""
    default = grant_from(raw.get("default", {}))
    objects = {name: grant_from(grant, default) for name, grant in raw.get("objects", {}).items()}
    return RoleGrants(role_id, key, frozenset(raw.get("rights", ())), default, objects)
