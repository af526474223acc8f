"""One workspace with an object of every kind of field, behind the real application, for all bad inputs of a database."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from dealwright import operations
from dealwright.app import create_app
from dealwright.foundation.database import Database
from dealwright.foundation.settings import load_settings
from support.postgres import clone_database, drop_database
from support.sales import open_services


def one(key: str, type_: str, **config: Any) -> dict[str, Any]:
    return {"key": key, "type": type_, "labels": {"zh": f"字段{key}", "en": f"Field {key}"}, **config}


def option(key: str, active: bool = True) -> dict[str, Any]:
    return {"key": key, "labels": {"zh": f"选项{key}", "en": f"Option {key}"}, "active": active}


SAMPLE = {
    "key": "sample", "labels": {"zh": "样例", "en": "Sample"}, "name_field": "name",
    "config": {"date_orders": [["begins", "ends"]]},
    "fields": [
        one("name", "text", required=True), one("code", "text", unique=True), one("note", "long_text"),
        one("pieces", "number", scale=0), one("ratio", "number", scale=2), one("price", "money"),
        one("share", "percent"), one("agreed", "boolean"), one("begins", "date"), one("ends", "date"),
        one("moment", "datetime"), one("birthday", "month_day"), one("lasts", "duration"),
        one("colour", "select", options=[option("red"), option("blue"), option("old", False)]),
        one("sizes", "multi_select", options=[option("small"), option("large")]), one("mail", "email"),
        one("mobile", "phone"), one("site", "url"), one("place", "region"), one("parent", "relation", target="sample"),
        one("customer", "relation", target="account"), one("friends", "relation_many", target="sample"),
        one("helper", "user"),
    ],
}  # fmt: skip


@dataclass
class Office:
    """The application with an administrator, one who reads Chinese, and two sellers who do not see each other's records."""

    client: TestClient
    db: Database
    tokens: dict[str, str]
    made: dict[str, Any] = field(default_factory=dict)

    def send(self, method: str, path: str, body: Any = None, *, raw: str | bytes | None = None, who: str = "admin",
             **headers: str) -> Any:  # fmt: skip
        given = {"Authorization": f"Bearer {self.tokens[who]}", "Content-Type": "application/json"}
        given["Accept-Language"] = "zh-CN" if who == "chinese" else "en"
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        if raw is None and body is not None:
            raw = json.dumps(body)
        return self.client.request(method, f"/api/v1{path}", content=raw, headers=given)

    def make(self, object_key: str, who: str = "admin", **values: Any) -> dict[str, Any]:
        answer = self.send("POST", f"/records/{object_key}", values, who=who)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def counts(self) -> dict[str, int]:
        """Rows of every table there is."""
        with self.db.read() as uow:
            names = sorted(sa.inspect(uow.conn).get_table_names())
            parts = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM \"{name}\"" for name in names)
            return {row[0]: row[1] for row in uow.raw(parts)}


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    data = tmp_path_factory.mktemp("bad_input")
    if request.param == "sqlite":
        template, _ = request.getfixturevalue("sqlite_sales")
        shutil.copy(template, data / "dealwright.sqlite3")
        url, drop = f"sqlite:///{data}/dealwright.sqlite3", None
    else:
        address, template, _ = request.getfixturevalue("postgres_sales")
        name = f"dw_bad_{data.name}_{id(data):x}".lower()
        url, drop = clone_database(address, template, name), (address, name)
    services = open_services(url, data)
    tokens = {}
    people = {"admin": "", "chinese": "administrator", "seller": "salesperson", "colleague": "salesperson"}
    for who, role in people.items():
        if role:
            operations.create_user(services, f"{who}@example.com", who.capitalize(), [role], who, "correct horse")
        tokens[who] = operations.create_token(services, f"{who}@example.com", "bad input", None)
    app = create_app(
        load_settings({"DEALWRIGHT_DATABASE_URL": url, "DEALWRIGHT_DATA": str(data), "DEALWRIGHT_LOG_LEVEL": "error"}),
        worker=False,
    )
    made = Office(TestClient(app), services.db, tokens)
    assert made.send("PATCH", "/me", {"locale": "zh-CN"}, who="chinese").status_code == 200
    assert made.send("POST", "/objects", SAMPLE).status_code == 201
    yield made
    services.db.close()
    app.state.services.db.close()
    if drop:
        drop_database(*drop)
