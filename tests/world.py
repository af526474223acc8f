"""A small company for tests: people, objects and records with sensible defaults.

`world.seller.create("opportunity", amount="100.00")` walks the real write path in a transaction of its own and answers
a Reply; refusals are replies too. A test states only what matters to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from fastapi import FastAPI
from starlette.testclient import TestClient

from dealwright import app as application
from dealwright.access.defaults import default_roles
from dealwright.foundation.clock import FixedClock
from dealwright.foundation.database import Database, UnitOfWork
from dealwright.foundation.errors import Problem
from dealwright.foundation.files import FileStore
from dealwright.foundation.http import install_problem_handlers
from dealwright.foundation.observe import RequestContext
from dealwright.foundation.outbox import Worker
from dealwright.foundation.outbox.tables import dw_job
from dealwright.foundation.services import Services
from dealwright.foundation.settings import Settings
from dealwright.model import ObjectDef, schema_of
from dealwright.model import service as model
from dealwright.people import actor_of, roles, sessions
from dealwright.people import service as people
from dealwright.people.shapes import Actor, system_actor
from dealwright.people.tables import dw_user
from dealwright.process import endpoints as process_endpoints
from dealwright.process import service as processes
from dealwright.process import stays as process_stays
from dealwright.process.queries import visits_of
from dealwright.records import (
    Change,
    Values,
    WritePath,
    calendar,
    metadata_endpoints,
    read_endpoints,
    view_choice,
    views,
    write_endpoints,
)
from dealwright.records.design import endpoints as design_endpoints
from dealwright.records.loading import loader
from dealwright.records.merging import endpoints as merge_endpoints
from dealwright.records.plans import values_of
from dealwright.records.tables import dw_history
from world_objects import OBJECTS, STAGES, labels


@dataclass(frozen=True)
class Record:
    """A record that a test holds: where it is and the version it saw."""

    object_key: str
    id: str
    version: int


@dataclass(frozen=True)
class Reply:
    """What came back: a status as HTTP would give it, the code of a refusal, the record."""

    status: int
    code: str | None = None
    saved: Record | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    changed: frozenset[str] = frozenset()
    errors: tuple[tuple[str, str], ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def record(self) -> Record:
        """The saved record; a refusal has none."""
        assert self.saved is not None, self
        return self.saved

    @property
    def missing(self) -> list[str]:
        return list(self.params.get("missing", ()))


class Person:
    """Somebody who acts; each act is a transaction of its own."""

    def __init__(self, world: World, actor: Actor) -> None:
        self.world, self._actor = world, actor
        self._http: Browser | None = None

    @property
    def actor(self) -> Actor:
        """As of now: roles and teams may have changed."""
        if self._actor.user_id is None:
            return self._actor
        with self.world.db.read() as uow:
            return actor_of(uow, self._actor.user_id)

    @property
    def id(self) -> str:
        assert self._actor.user_id
        return self._actor.user_id

    def save(self, change: Change) -> Reply:
        actor = self.actor
        try:
            with self.world.db.write() as uow:
                saved = self.world.path.save(uow, actor, change)
        except Problem as problem:
            errors = tuple((error.field, error.code) for error in problem.errors)
            return Reply(problem.status, problem.code, errors=errors, params=problem.params)
        record = Record(change.object_key, saved.record_id, saved.version)
        return Reply(201 if change.kind == "create" else 200, None, record, saved.wire, saved.changed)

    def create(self, object_key: str, *, channel: str = "api", mode: Any = "api", **values: Any) -> Reply:
        return self.save(Change("create", object_key, None, values, channel=channel, mode=mode))

    def patch(self, record: Record, *, channel: str = "api", reason: str | None = None, mode: Any = "api",
              version: int | None = None, **values: Any) -> Reply:  # fmt: skip
        seen = record.version if version is None else version
        return self.save(Change("update", record.object_key, record.id, values, seen, channel, reason, mode))

    @property
    def http(self) -> Browser:
        """This person through HTTP, with an API token."""
        if self._http is None:
            self._http = Browser(self.world, self.id)
        return self._http

    def delete(self, record: Record) -> Reply:
        return self.save(Change("delete", record.object_key, record.id, {}, record.version))

    def restore(self, record: Record) -> Reply:
        return self.save(Change("restore", record.object_key, record.id))


class Browser:
    """One person's requests; `call` gives the response of the test client, `json` its body."""

    def __init__(self, world: World, user_id: str) -> None:
        with world.db.write() as uow:
            scopes = ["read", "write", "export", "import", "design"]
            _, secret = sessions.create_token(uow, user_id, "test", scopes)
        self.client = world.client
        self.headers = {"Authorization": f"Bearer {secret}", "Accept-Language": "en"}

    def call(self, method: str, path: str, body: Any = None, *, version: int | None = None, **headers: str) -> Any:
        given = {**self.headers, **{k.replace("_", "-"): v for k, v in headers.items()}}
        if version is not None:
            given["If-Match"] = f'"{version}"'
        return self.client.request(method, f"/api/v1{path}", json=body, headers=given)

    def get(self, path: str) -> Any:
        return self.call("GET", path)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.call("POST", path, body, version=None, **headers)

    def upload(self, name: str, data: bytes) -> Any:
        return self.client.post("/api/v1/files", files={"file": (name, data)}, headers=self.headers)


class World:
    """One workspace on one database, with the objects above and a pipeline of five stages."""

    def __init__(
        self, db: Database, clock: FixedClock, data_dir: Path | None = None, *, objects: Any = OBJECTS
    ) -> None:
        self.db, self.clock, self.data_dir = db, clock, data_dir
        self.path = WritePath(application.write_path(application.engines()))
        self.system = Person(self, system_actor())
        self._count = 0
        self._people: dict[str, Person] = {}
        self._roles_made = False
        self.team = self.other_team = ""
        if objects:
            with db.ddl() as uow:
                model.create_objects(uow, objects)
            with db.ddl() as uow:
                self.pipeline(uow)
            with db.read() as uow:
                schema_of(uow)

    def pipeline(self, uow: UnitOfWork, stages: Any = None, **changes: Any) -> Any:
        spec = {
            "key": "standard", "object": "opportunity", "labels": labels("标准", "Standard"), "default": True,
            "stages": stages or STAGES, **changes,
        }  # fmt: skip
        return processes.define_pipeline(uow, spec)

    # ── people ──

    def _with_roles(self) -> None:
        if not self._roles_made:
            with self.db.write() as uow:
                for spec in default_roles():
                    roles.create_role(uow, spec)
                self.team = people.create_team(uow, "South")
                self.other_team = people.create_team(uow, "North")
            self._roles_made = True

    def person(self, name: str, *role_keys: str, team: str | None = None) -> Person:
        """Somebody with these roles, in the team South unless another is named; the same person for the same name."""
        self._with_roles()
        if name not in self._people:
            with self.db.write() as uow:
                user_id = people.create_user(uow, f"{name}@example.com", name.capitalize())
                # past the password, whose hashing takes longer than all the rest
                uow.conn.execute(sa.update(dw_user).where(dw_user.c.id == user_id).values(status="active", locale="en"))
                roles.set_roles(uow, user_id, role_keys)
                people.set_teams(uow, user_id, [team or self.team])
            with self.db.read() as uow:
                self._people[name] = Person(self, actor_of(uow, user_id))
        return self._people[name]

    @property
    def admin(self) -> Person:
        return self.person("admin", "administrator")

    @property
    def seller(self) -> Person:
        self.admin  # noqa: B018  # a workspace without an administrator refuses every change of people
        return self.person("seller", "salesperson")

    @property
    def colleague(self) -> Person:
        self.admin  # noqa: B018
        return self.person("colleague", "salesperson", team=self.other_team)

    @property
    def manager(self) -> Person:
        self.admin  # noqa: B018
        if "manager" not in self._people:
            found = self.person("manager", "sales_manager")
            with self.db.write() as uow:
                people.change_team(uow, self.team, {"manager": found.id})
        return self._people["manager"]

    @property
    def assistant(self) -> Person:
        self.admin  # noqa: B018
        return self.person("assistant", "assistant")

    @property
    def analyst(self) -> Person:
        self.admin  # noqa: B018
        return self.person("analyst", "analyst")

    # ── HTTP ──

    @cached_property
    def services(self) -> Services:
        data_dir = self.data_dir or Path("data")
        settings = Settings(str(self.db.url), data_dir)
        services = Services(self.db, settings, self.clock)
        services.extras["write_path"] = self.path
        services.extras["field_users"] = application.field_users()
        services.extras["files"] = FileStore(data_dir)
        return services

    @cached_property
    def client(self) -> TestClient:
        """The endpoints of records and process over this database."""
        app = FastAPI()
        app.state.services = self.services
        install_problem_handlers(app)
        for router in (
            metadata_endpoints.router,
            views.router,
            view_choice.router,
            process_endpoints.router,
            design_endpoints.router,
            merge_endpoints.router,
            process_stays.router,
            calendar.router,
            read_endpoints.router,
            write_endpoints.router,
        ):
            app.include_router(router, prefix="/api/v1")
        app.add_middleware(RequestContext)
        return TestClient(app, raise_server_exceptions=True)

    def work(self) -> int:
        """Let the worker turn once."""
        return Worker(self.db, write_endpoints.handlers(self.services), self.clock, "w").turn(100)

    # ── records, made by the product itself ──

    def made(self, object_key: str, by: Person | None = None, **values: Any) -> Record:
        self._count += 1
        name = {"name": f"{object_key.capitalize()} {self._count}"} if "name" not in values else {}
        reply = (by or self.system).create(object_key, **name, **values)
        return reply.record

    def account(self, by: Person | None = None, **values: Any) -> Record:
        return self.made("account", by, **values)

    def product(self, by: Person | None = None, **values: Any) -> Record:
        return self.made("product", by, **values)

    def opportunity(self, by: Person | None = None, **values: Any) -> Record:
        return self.made("opportunity", by, **values)

    # ── looking ──

    def obj(self, key: str) -> ObjectDef:
        with self.db.read() as uow:
            return schema_of(uow).object(key)

    def read(self, record: Record) -> Values:
        """The stored typed values, whoever may see them."""
        with self.db.read() as uow:
            schema = schema_of(uow)
            obj = schema.object(record.object_key)
            row = uow.conn.execute(sa.select(*obj.table.c).where(obj.table.c.id == record.id)).mappings().one()
            values = Values(values_of(obj, dict(row)), loader(uow, schema, obj, record.id))
            values["version"], values["deleted_at"] = row["version"], row["deleted_at"]
            for f in obj.fields.values():
                values[f.key]  # load what lives in other tables while the unit is open
            return values

    def now_of(self, record: Record) -> Record:
        """The record with its present version."""
        return Record(record.object_key, record.id, self.read(record)["version"])

    def history(self, record: Record) -> list[dict[str, Any]]:
        with self.db.read() as uow:
            rows = uow.conn.execute(
                sa.select(dw_history).where(dw_history.c.record_id == record.id).order_by(dw_history.c.id)
            )
            return [dict(row) for row in rows.mappings()]

    def outbox(self, record: Record) -> list[dict[str, Any]]:
        with self.db.read() as uow:
            rows = uow.conn.execute(sa.select(dw_job.c.topic, dw_job.c.payload).order_by(dw_job.c.id))
            return [r.payload for r in rows if r.topic == "record.changed" and r.payload["id"] == record.id]

    def visits(self, record: Record) -> list[dict[str, Any]]:
        with self.db.read() as uow:
            return visits_of(uow, record.id)

    def count(self, object_key: str) -> int:
        with self.db.read() as uow:
            table = schema_of(uow).object(object_key).table
            return int(uow.conn.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())
