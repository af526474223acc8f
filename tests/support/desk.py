"""A whole workspace behind its real HTTP application: what somebody outside can do and see.

`desk.admin.import_file("account", "客户名称\\nAcme\\n")` uploads, starts and lets the worker run. Made from a template with
the sales starter, so that a test does not pay for its tables.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from starlette.testclient import TestClient

from dealwright import app as application
from dealwright.foundation.clock import Clock
from dealwright.foundation.database import Database
from dealwright.foundation.outbox import Worker
from dealwright.foundation.services import Services
from dealwright.foundation.settings import load_settings
from dealwright.model import schema_of
from dealwright.operations import commands, doctor
from dealwright.people.tables import dw_user

WORKSPACE = {"name": "Test", "locale": "en", "time_zone": "Asia/Shanghai", "currency": "CNY"}
ADMIN = {"name": "Ada Admin", "email": "ada@example.com", "password": "correct horse battery 9"}


def set_up(url: str, data_dir: Path, starter: str = "sales", **workspace: str) -> None:
    """A workspace with a starter, an administrator and a salesperson."""
    services = application.build_services(
        load_settings({"DEALWRIGHT_DATABASE_URL": url, "DEALWRIGHT_DATA": str(data_dir)})
    )
    application.migrate(services.db)
    commands.init(services, WORKSPACE | workspace, ADMIN, None if starter == "none" else starter)
    commands.create_user(services, "sam@example.com", "Sam Seller", ["salesperson"], "East", ADMIN["password"])
    services.db.close()


class Desk:
    """The application over one database, and the people in front of it."""

    def __init__(self, url: str, data_dir: Path, clock: Clock | None = None) -> None:
        settings = load_settings({"DEALWRIGHT_DATABASE_URL": url, "DEALWRIGHT_DATA": str(data_dir)})
        self.app = application.create_app(settings, clock, worker=False)
        self.services: Services = self.app.state.services
        self.db: Database = self.services.db
        self.client = TestClient(self.app, raise_server_exceptions=True)

    @cached_property
    def admin(self) -> Seat:
        return Seat(self, ADMIN["email"])

    @cached_property
    def seller(self) -> Seat:
        return Seat(self, "sam@example.com")

    def work(self) -> int:
        """Let the worker do what is due."""
        return Worker(self.db, application.handlers(self.services), self.services.clock, "w").turn(100)

    def rows(self, object_key: str, *columns: str) -> list[Any]:
        """Bare values of live records, by the order in which they were made; one column gives bare values."""
        with self.db.read() as uow:
            table = schema_of(uow).object(object_key).table
            live = table.c.deleted_at.is_(None)
            query = sa.select(*(table.c[name] for name in columns)).where(live).order_by(table.c.id)
            found = uow.conn.execute(query).all()
        return [row[0] if len(columns) == 1 else tuple(row) for row in found]

    def count(self, object_key: str) -> int:
        return len(self.rows(object_key, "id"))

    def ask(self, query: Any) -> list[Any]:
        """Rows of a statement over system tables."""
        with self.db.read() as uow:
            return list(uow.conn.execute(query).all())

    def user_id(self, email: str) -> str:
        return str(self.ask(sa.select(dw_user.c.id).where(dw_user.c.email == email))[0][0])

    def findings(self) -> list[str]:
        """What doctor says; [] when all is well."""
        return doctor(self.services)

    def close(self) -> None:
        self.db.close()


class Seat:
    """One person's requests, with an API token."""

    def __init__(self, desk: Desk, email: str) -> None:
        self.desk, self.email = desk, email
        secret = commands.create_token(desk.services, email, "test", None)
        self.headers = {"Authorization": f"Bearer {secret}", "Accept-Language": "en"}

    def call(self, method: str, path: str, body: Any = None) -> Any:
        return self.desk.client.request(method, f"/api/v1{path}", json=body, headers=self.headers)

    def get(self, path: str) -> Any:
        reply = self.call("GET", path)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def post(self, path: str, body: Any = None) -> Any:
        reply = self.call("POST", path, body if body is not None else {})
        assert reply.status_code < 300, reply.text
        return reply.json()

    def upload(self, object_key: str, data: str | bytes, name: str = "data.csv", **options: Any) -> Any:
        """The bare response to an uploaded file."""
        content = data.encode() if isinstance(data, str) else data
        form = {"object": object_key, "options": json.dumps(options)}
        return self.desk.client.post(
            "/api/v1/imports", files={"file": (name, content)}, data=form, headers=self.headers
        )

    def import_file(self, object_key: str, data: str | bytes, name: str = "data.csv", **options: Any) -> dict[str, Any]:
        """Upload, start, let the worker run; the import as it stands then."""
        reply = self.upload(object_key, data, name, **{"start": True, **options})
        assert reply.status_code == 201, reply.text
        self.desk.work()
        return dict(self.get(f"/imports/{reply.json()['id']}"))

    def refused(self, found: dict[str, Any]) -> str:
        """The file of the refused rows."""
        reply = self.call("GET", f"/imports/{found['id']}/refused")
        assert reply.status_code == 200
        return str(reply.content.decode("utf-8-sig"))

    def aggregate(
        self, object_key: str, group_by: Sequence[Any], measures: Sequence[Any], **rest: Any
    ) -> list[dict[str, Any]]:
        body = {"group_by": list(group_by), "measures": list(measures), **rest}
        return list(self.post(f"/records/{object_key}/aggregate", body)["rows"])
