"""A small office for tests of people and rights: six roles, a tree of teams, one object, and the real endpoints."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.testclient import TestClient

from dealwright.access import Access, ObjectAccess
from dealwright.access import endpoints as access_endpoints
from dealwright.access.defaults import default_roles
from dealwright.access.tables import dw_share
from dealwright.foundation import http
from dealwright.foundation.database import Database, UnitOfWork
from dealwright.foundation.files import FileStore
from dealwright.foundation.ids import new_id
from dealwright.foundation.services import Services
from dealwright.foundation.settings import load_settings
from dealwright.model import schema_of
from dealwright.model import service as model
from dealwright.people import Actor, actor_of, endpoints, hashing, roles, service, sessions

API = "/api/v1"
PASSWORD = "correct horse battery"
PASSWORD_HASH = hashing.hashed(PASSWORD)


def labels(text: str) -> dict[str, str]:
    return {"zh": text, "en": text}


DEAL: dict[str, Any] = {
    "key": "deal", "labels": labels("Deal"), "name_field": "name",
    "fields": [
        {"key": "name", "type": "text", "labels": labels("Name")},
        {"key": "amount", "type": "money", "labels": labels("Amount")},
        {"key": "cost", "type": "money", "labels": labels("Cost"), "sensitive": True},
        {"key": "mobile", "type": "phone", "labels": labels("Mobile"), "personal": True},
        {"key": "secret_note", "type": "text", "labels": labels("Note")},
    ],
}  # fmt: skip


class Office:
    """People by short names; `ann` leads the north, `bea` and `bob` sell there, `cat` below it, `dan` in the south."""

    def __init__(self, db: Database, folder: Path) -> None:
        self.db = db
        self.app = self._app(folder)
        self.ids: dict[str, str] = {}
        self.teams: dict[str, str] = {}
        with db.ddl() as uow:
            model.create_objects(uow, [DEAL])
        with db.write() as uow:
            for spec in default_roles():
                roles.create_role(uow, spec)
            self.person(uow, "root", "administrator")
            for name in ("north", "south"):
                self.teams[name] = service.create_team(uow, name)
            self.teams["north_city"] = service.create_team(uow, "north_city", self.teams["north"])
            self.person(uow, "ann", "sales_manager")
            service.change_team(uow, self.teams["north"], {"manager": self.ids["ann"]})
            for name, team in (("bea", "north"), ("bob", "north"), ("cat", "north_city"), ("dan", "south")):
                self.person(uow, name, "salesperson", team=team)
            self.person(uow, "ida", "assistant", team="north")
            self.person(uow, "eve", "analyst")
            self.person(uow, "des", "designer")

    def _app(self, folder: Path) -> FastAPI:
        settings = load_settings({"DEALWRIGHT_DATA": str(folder)})
        app = FastAPI()
        files = FileStore(folder)
        extras: dict[str, Any] = {"apply_starter": lambda *_: None, "default_roles": default_roles, "files": files}
        app.state.services = Services(self.db, settings, self.db.clock, extras)
        http.install(app)
        app.include_router(endpoints.router, prefix=API)
        app.include_router(access_endpoints.router, prefix=API)
        return app

    def person(self, uow: UnitOfWork, name: str, *role_keys: str, team: str | None = None) -> str:
        # The hash of a password nobody uses here would cost 50 ms a person; whoever signs in gets one.
        user_id = service.create_user(uow, f"{name}@example.com", name.capitalize())
        service.change_user(uow, user_id, {"status": "active"})
        roles.set_roles(uow, user_id, role_keys)
        if team:
            service.set_teams(uow, user_id, [self.teams[team]])
        self.ids[name] = user_id
        return user_id

    def role(self, key: str, grants: Mapping[str, Any]) -> None:
        with self.db.write() as uow:
            roles.create_role(uow, {"key": key, "labels": labels(key), "grants": {"default": grants}})

    def give(self, name: str, *role_keys: str) -> None:
        with self.db.write() as uow:
            roles.set_roles(uow, self.ids[name], role_keys)

    # ── rows ──

    def deal(self, owner: str, *, team: str | None = None, collaborators: tuple[str, ...] = ()) -> str:
        """A row as the write path stores it: the team is the owner's."""
        record_id = new_id()
        with self.db.write() as uow:
            obj = schema_of(uow).object("deal")
            team_id = self.teams[team] if team else actor_of(uow, self.ids[owner]).primary_team_id
            uow.conn.execute(
                sa.insert(obj.table).values(
                    id=record_id, version=1, name=f"of {owner}", created_at=uow.now, modified_at=uow.now,
                    owner_id=self.ids[owner], team_id=team_id,
                )
            )  # fmt: skip
            for place, name in enumerate(collaborators):
                row = {"record_id": record_id, "target_id": self.ids[name], "position": place}
                uow.conn.execute(sa.insert(obj.links["collaborators"]).values(row))
        return record_id

    def share(self, record_id: str, *, user: str | None = None, team: str | None = None, level: str = "read",
              until: Any = None) -> None:  # fmt: skip
        with self.db.write() as uow:
            uow.conn.execute(
                sa.insert(dw_share).values(
                    id=new_id(), object_key="deal", record_id=record_id, user_id=self.ids[user] if user else None,
                    team_id=self.teams[team] if team else None, level=level, until=until,
                    by_id=self.ids["root"], created_at=uow.now,
                )
            )  # fmt: skip

    def covered(self, name: str, action: str) -> set[str]:
        """Ids of the deals that an action of a person covers."""
        with self.db.read() as uow:
            access, table = self.access(uow, name), schema_of(uow).object("deal").table
            rule = access.object("deal").row_condition(action, table, access.actor, uow.dialect)
            return set(uow.conn.execute(sa.select(table.c.id).where(rule), access.row_parameters()).scalars())

    def showing(self, name: str, field_key: str) -> set[str]:
        """Ids of the readable deals on which a field may be read."""
        with self.db.read() as uow:
            access, table = self.access(uow, name), schema_of(uow).object("deal").table
            rights = access.object("deal")
            rule = rights.row_condition("read", table, access.actor, uow.dialect)
            only = rights.field_condition(field_key, table)
            query = sa.select(table.c.id).where(rule)
            if only is not None:
                query = query.where(only)
            return set(uow.conn.execute(query, access.row_parameters()).scalars())

    def actor(self, uow: UnitOfWork, name: str) -> Actor:
        return actor_of(uow, self.ids[name])

    def access(self, uow: UnitOfWork, name: str) -> Access:
        return Access.for_actor(uow, self.actor(uow, name))

    def rights(self, name: str) -> ObjectAccess:
        with self.db.read() as uow:
            return self.access(uow, name).object("deal")

    # ── over HTTP ──

    def anybody(self, **headers: str) -> TestClient:
        return TestClient(self.app, headers=headers, raise_server_exceptions=False)

    def signed_in(self, name: str, **headers: str) -> TestClient:
        """A browser of this person (without the cost of checking a password)."""
        with self.db.write() as uow:
            secret = sessions.open_session(uow, self.ids[name], "test", "")
        client = self.anybody(**headers)
        client.cookies.set(sessions.COOKIE, secret)
        return client

    def token(self, name: str, *scopes: str, **more: Any) -> TestClient:
        """A program with a token of this person."""
        with self.db.write() as uow:
            secret = sessions.create_token(uow, self.ids[name], "test", list(scopes) or None, **more)[1]
        return self.anybody(Authorization=f"Bearer {secret}")

    def with_password(self, name: str) -> None:
        with self.db.write() as uow:
            service.change_user(uow, self.ids[name], {}, password_hash=PASSWORD_HASH)
