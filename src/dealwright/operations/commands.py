"""The commands behind `init`, `import`, `export`, `config`, `user` and `token`."""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from dealwright.access import Access
from dealwright.access.defaults import default_roles
from dealwright.conditions import fold
from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import Problem
from dealwright.foundation.services import Services
from dealwright.people import hashing, roles, sessions
from dealwright.people import service as people
from dealwright.people.actors import actor_of
from dealwright.people.shapes import Actor
from dealwright.people.tables import dw_role, dw_team, dw_user, dw_user_role
from dealwright.records import export as exports
from dealwright.records.imports import run as importing
from dealwright.records.imports import service as imports
from dealwright.records.imports.options import Options
from dealwright.records.imports.reading import read_sheet
from dealwright.records.query import ListRequest
from dealwright.starters import format
from dealwright.starters import service as starters


def init(services: Services, workspace: Mapping[str, Any], admin: Mapping[str, Any], starter: str | None) -> None:
    """Set a fresh workspace up; 409 ALREADY_SET_UP when there are users."""
    password_hash = hashing.hashed(admin.get("password"))
    with services.db.write() as uow:
        if not people.is_needed(uow):
            raise Problem(409, "ALREADY_SET_UP")
        admin = {**admin, "password_hash": password_hash}
        people.set_up(uow, workspace, admin, starter, starters.apply_named, default_roles)


def acting(uow: UnitOfWork, email: str | None) -> Actor:
    """The person of an e-mail address, or the first active administrator."""
    if email:
        row = uow.conn.execute(sa.select(dw_user.c.id).where(dw_user.c.email_norm == fold(email))).first()
    else:
        row = uow.conn.execute(
            sa.select(dw_user.c.id)
            .join(dw_user_role, dw_user_role.c.user_id == dw_user.c.id)
            .join(dw_role, dw_role.c.id == dw_user_role.c.role_id)
            .where(dw_role.c.key == "administrator", dw_user.c.status == "active")
            .order_by(dw_user.c.id)
        ).first()
    if row is None:
        raise Problem(404, "USER_UNKNOWN", params={"user": email or "administrator"})
    return actor_of(uow, row.id)


def import_file(
    services: Services, object_key: str, file: Path, mapping: Any, key: str | None, mode: str | None, dry_run: bool,
    refused: Path | None, user: str | None,
) -> dict[str, Any]:  # fmt: skip
    """Import a file in this process; the mapping may also be {"mapping", "make", "values", "empty_words", "defaults"}."""
    data = file.read_bytes()
    sheet = read_sheet(data, file.name)
    path = services.extras["write_path"]
    raw: dict[str, Any] = dict(mapping) if isinstance(mapping, dict) and "mapping" in mapping else {"mapping": mapping}
    raw |= {"key": key or raw.get("key"), "mode": mode or raw.get("mode")}
    store = services.extras["files"]
    stored = store.save(io.BytesIO(data), 500_000_000)
    with services.db.write() as uow:
        actor = acting(uow, user)
        access = Access.for_actor(uow, actor)
        row = imports.create(uow, access, object_key, stored.key, file.name, sheet, raw)
        if not dry_run:
            imports.start(uow, access, row["id"])
    options = Options(**row["options"])
    if dry_run:
        return importing.dry_run(services.db, path, actor, object_key, sheet, options, len(sheet.rows))
    done = importing.run(services.db, path, actor, row["id"], sheet)
    report = {name: done[name] for name in ("id", "state", "total", "created", "updated", "unchanged", "refused")}
    if refused is not None and done["refused"]:
        with services.db.read() as uow:
            refused.write_bytes(imports.refused_csv(uow, Access.for_actor(uow, actor), row["id"], sheet))
    return report


def export_records(services: Services, object_key: str, output: Path | None, user: str | None) -> None:
    """Write all readable records of an object as CSV or xlsx."""
    with services.db.read() as uow:
        access = Access.for_actor(uow, acting(uow, user))
        request = ListRequest(object_key, sort="created_at")
        xlsx = output is not None and output.suffix == ".xlsx"
        data = (exports.as_xlsx if xlsx else exports.as_csv)(uow, access, request, access.actor.locale)
    if output is None:
        sys.stdout.buffer.write(data)
    else:
        output.write_bytes(data)


def config_export(services: Services) -> str:
    """The configuration as YAML text."""
    with services.db.read() as uow:
        return format.write(starters.export(uow))


def config_import(services: Services, text: str) -> list[str]:
    """Lay a configuration over the workspace; lines of what was made."""
    config = format.read(text)
    return services.db.run_ddl(lambda uow: starters.apply(uow, config))


def config_diff(services: Services, text: str) -> list[str]:
    """Lines of differences."""
    with services.db.read() as uow:
        return starters.diff(uow, format.read(text))


def create_user(
    services: Services, email: str, name: str, role_keys: Sequence[str], team: str | None, password: str | None
) -> str:
    """Add a person, with a team made if it is missing; returns the id."""
    password_hash = hashing.hashed(password) if password else None
    with services.db.write() as uow:
        user_id = people.create_user(uow, email, name, password_hash=password_hash, role_keys=role_keys)
        if team:
            row = uow.conn.execute(sa.select(dw_team.c.id).where(dw_team.c.name == team)).first()
            people.set_teams(uow, user_id, [row.id if row else people.create_team(uow, team)])
        return user_id


def create_token(services: Services, email: str, name: str, scopes: Sequence[str] | None) -> str:
    """The secret of a new token of a person."""
    with services.db.write() as uow:
        actor = acting(uow, email)
        assert actor.user_id is not None
        return sessions.create_token(uow, actor.user_id, name, scopes)[1]


__all__ = [
    "acting",
    "config_diff",
    "config_export",
    "config_import",
    "create_token",
    "create_user",
    "export_records",
    "import_file",
    "init",
    "roles",
]
