"""An object of one's own: 项目 Project, ten fields of different types, related to accounts.

Made, filled, filtered, imported, aggregated over HTTP; its table reads well as plain SQL.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from dealwright.app import build_worker, create_app
from dealwright.foundation.clock import FixedClock
from dealwright.foundation.settings import load_settings
from dealwright.people.service import new_setup_secret


def both(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


PROJECT: dict[str, Any] = {
    "key": "project", "labels": both("项目", "Project"), "plural": both("项目", "Projects"), "name_field": "name",
    "serial": "XM-{yyyy}-{000}",
    "fields": [
        {"key": "name", "type": "text", "labels": both("项目名称", "Name"), "required": True, "unique": True},
        {"key": "account", "type": "relation", "labels": both("客户", "Account"), "target": "account"},
        {"key": "budget", "type": "money", "labels": both("预算", "Budget")},
        {"key": "hours", "type": "number", "labels": both("工时", "Hours"), "scale": 1, "min": 0},
        {"key": "done", "type": "percent", "labels": both("完成度", "Done"), "scale": 0},
        {"key": "starts_on", "type": "date", "labels": both("开始日期", "Starts")},
        {"key": "kicked_off_at", "type": "datetime", "labels": both("启动时间", "Kicked off")},
        {"key": "risky", "type": "boolean", "labels": both("有风险", "Risky"), "default": False},
        {"key": "phase", "type": "select", "labels": both("阶段", "Phase"), "options": [
            {"key": "plan", "labels": both("计划", "Plan")}, {"key": "build", "labels": both("实施", "Build")}]},
        {"key": "manager", "type": "user", "labels": both("项目经理", "Manager")},
    ],
}  # fmt: skip
SQLITE = """
CREATE TABLE project (
    id TEXT NOT NULL, version INTEGER NOT NULL, created_at TEXT NOT NULL, created_by_id TEXT,
    modified_at TEXT NOT NULL, modified_by_id TEXT, owner_id TEXT, team_id TEXT, deleted_at TEXT, deleted_by_id TEXT,
    name TEXT, name_norm TEXT, account_id TEXT, budget BIGINT, budget_currency TEXT, hours BIGINT, done BIGINT,
    starts_on TEXT, kicked_off_at TEXT, risky BOOLEAN, phase TEXT, manager_id TEXT, serial TEXT, tags TEXT, files TEXT,
    CONSTRAINT pk_project PRIMARY KEY (id)
)
"""
POSTGRES = {
    "id": "text", "version": "integer", "created_at": "timestamp with time zone", "name": "text", "account_id": "text",
    "budget": "numeric(2)", "budget_currency": "text", "hours": "numeric(1)", "done": "numeric",
    "starts_on": "date", "kicked_off_at": "timestamp with time zone", "risky": "boolean", "phase": "text",
    "manager_id": "text", "serial": "text", "tags": "jsonb",
}  # fmt: skip


class Company:
    """The whole product over HTTP, as somebody with a browser has it."""

    def __init__(self, db_url: str, folder: Path, clock: FixedClock) -> None:
        settings = load_settings({"DEALWRIGHT_DATABASE_URL": db_url, "DEALWRIGHT_DATA": str(folder)})
        self.app = create_app(settings, clock, worker=False)
        self.db = self.app.state.services.db
        self.client = TestClient(self.app)
        self.headers: dict[str, str] = {}

    def set_up(self) -> None:
        with self.db.write() as uow:
            token = new_setup_secret(uow)
        body = {
            "token": token, "name": "Lin", "email": "lin@example.com", "password": "correct horse battery",
            "workspace": {"name": "Acme", "locale": "en", "time_zone": "Asia/Shanghai", "currency": "CNY"},
            "starter": "simple",
        }  # fmt: skip
        assert self.client.post("/api/v1/setup", json=body).status_code in (200, 201)
        signed = self.client.post("/api/v1/session", json={"email": body["email"], "password": body["password"]})
        assert signed.status_code in (200, 201), signed.text

    def call(self, method: str, path: str, body: Any = None, status: int | None = None, **more: Any) -> Any:
        reply = self.client.request(method, f"/api/v1{path}", json=body, **more)
        assert status is None or reply.status_code == status, reply.text
        return reply.json() if reply.content else None

    def list(self, where: Any, query: str = "") -> list[str]:
        page = self.call("GET", f"/records/project?sort=name{query}&filter={quote(json.dumps(where))}", status=200)
        return [record["name"] for record in page["records"]]


@pytest.fixture
def company(db_url: str, tmp_path: Path, clock: FixedClock) -> Iterator[Company]:
    company = Company(db_url, tmp_path, clock)
    company.set_up()
    yield company
    company.client.close()
    company.db.close()


def test_an_object_of_ones_own(company: Company) -> None:
    call = company.call
    acme = call("POST", "/records/account", {"name": "宏远科技有限公司"}, 201)
    other = call("POST", "/records/account", {"name": "Acme Ltd"}, 201)
    me = call("GET", "/me")["user"]["id"]

    # made
    made = call("POST", "/objects", PROJECT, 201)
    assert [one["key"] for one in made["fields"]][:10] == [spec["key"] for spec in PROJECT["fields"]]

    # filled
    first = call("POST", "/records/project", {
        "name": "ERP 上线", "account": acme["id"], "budget": "120000.50", "hours": "37.5", "done": "40",
        "starts_on": "2026-11-02", "kicked_off_at": "2026-11-02T01:30:00Z", "risky": True, "phase": "build", "manager": me,
    }, 201)  # fmt: skip
    assert (first["serial"], first["budget"], first["budget_currency"], first["hours"]) == (
        "XM-2026-001", "120000.50", "CNY", "37.5",
    )  # fmt: skip
    assert (first["account"]["label"], first["manager"]["id"], first["phase"]) == ("宏远科技有限公司", me, "build")
    call(
        "POST", "/records/project", {"name": "Web shop", "account": other["id"], "budget": "5000", "phase": "plan"}, 201
    )
    refused = call("POST", "/records/project", {"name": "erp 上线", "hours": "-1", "phase": "x"}, 422)
    assert {error["code"] for error in refused["errors"]} == {"BELOW_MIN", "OPTION_UNKNOWN"}
    assert call("POST", "/records/project", {"name": "ｅｒｐ  上线"}, 422)["code"] == "NOT_UNIQUE"

    # imported
    rows = "项目名称,客户,预算,开始日期,阶段,有风险\n仓库改造,宏远科技有限公司,8万,2026/12/1,计划,是\n官网,Acme Ltd,1.2万,2026年10月5日,实施,否\n坏行,,abc,,,\n"
    files = {"file": ("projects.csv", io.BytesIO(rows.encode("gb18030")), "text/csv")}
    reply = company.client.post("/api/v1/imports", files=files, data={"options": json.dumps({"object": "project"})})
    assert reply.status_code in (200, 201, 202), reply.text
    started = company.client.post(f"/api/v1/imports/{reply.json()['id']}/start", json={})
    assert started.status_code in (200, 202), started.text
    worker = build_worker(company.app.state.services)
    while worker.turn():
        pass
    done = call("GET", f"/imports/{reply.json()['id']}")
    counts = {key: done[key] for key in ("created", "refused") if key in done} or done
    assert (counts["created"], counts["refused"]) == (2, 1), done

    # filtered
    assert company.list({"field": "account.name", "op": "contains", "value": "宏远"}) == ["ERP 上线", "仓库改造"]
    assert company.list({"field": "budget", "op": "gte", "value": 12000}) == ["ERP 上线", "仓库改造", "官网"]
    this_quarter = {"field": "starts_on", "op": "in_period", "value": {"period": "this_quarter"}}
    assert company.list(this_quarter) == ["ERP 上线", "仓库改造", "官网"]
    assert company.list({"field": "manager", "op": "eq", "value": {"who": "me"}}) == ["ERP 上线"]
    assert company.list({"all": [{"field": "risky", "op": "eq", "value": True}, {"not": {"field": "phase", "op": "eq", "value": "plan"}}]}) == ["ERP 上线"]  # fmt: skip
    assert company.list({}, "&search=" + quote("上线")) == ["ERP 上线"]

    # aggregated
    rows_ = call("POST", "/records/project/aggregate", {
        "group_by": [{"field": "phase"}], "measures": [{"op": "count"}, {"op": "sum", "field": "budget"}],
    }, 200)["rows"]  # fmt: skip
    assert {row["phase"]: (row["count"], row["sum_budget"]) for row in rows_} == {
        "build": (2, "132000.50"), "plan": (2, "85000.00"),
    }  # fmt: skip
    months = call("POST", "/records/project/aggregate", {"group_by": [{"field": "starts_on", "by": "month"}]}, 200)[
        "rows"
    ]
    assert [row["starts_on:month"] for row in months if row["starts_on:month"]] == ["2026-10", "2026-11", "2026-12"]

    # rolled up to the account
    call("POST", "/objects/account/fields", {
        "key": "project_budget", "type": "roll_up", "labels": both("项目预算", "Project budget"), "object": "project",
        "relation": "account", "op": "sum", "field": "budget",
    }, 201)  # fmt: skip
    assert call("GET", f"/records/account/{acme['id']}")["project_budget"] == "200000.50"


def test_its_table_reads_well_as_plain_sql(company: Company) -> None:
    company.call("POST", "/objects", PROJECT, 201)
    account = company.call("POST", "/records/account", {"name": "Acme"}, 201)
    company.call("POST", "/records/project", {"name": "A", "account": account["id"], "budget": "10.50", "hours": "2.5",
                                              "phase": "plan"}, 201)  # fmt: skip

    with company.db.read() as uow:
        if uow.dialect.is_sqlite:
            made = uow.raw("SELECT sql FROM sqlite_master WHERE name = 'project'")[0][0]
            assert set(_columns(made)) == set(_columns(SQLITE))
        else:
            types = {name: f"{type_}({places})" if places and type_ == "numeric" else type_ for name, type_, places in uow.raw(
                "SELECT column_name, data_type, numeric_scale FROM information_schema.columns WHERE table_name = 'project'"
            )}  # fmt: skip
            assert {key: types[key] for key in POSTGRES} == POSTGRES
        scale = "/ 100.0" if uow.dialect.is_sqlite else ""
        by_hand = uow.raw(
            f"SELECT account.name, project.phase, project.budget {scale}, project.budget_currency"
            " FROM project JOIN account ON account.id = project.account_id WHERE project.deleted_at IS NULL"
        )
        assert [(name, phase, float(budget), currency) for name, phase, budget, currency in by_hand] == [
            ("Acme", "plan", 10.5, "CNY"),
        ]  # fmt: skip
        names = {index["name"] for index in sa.inspect(uow.conn).get_indexes("project")}
    assert {"uq_project_name", "ix_project_account_id", "ix_project_starts_on", "ix_project_owner_id"} <= names


def _columns(sql: str) -> list[str]:
    inner = sql[sql.index("(") + 1 : sql.rindex(")")].replace("\n", " ")
    return [" ".join(part.replace('"', "").split()) for part in inner.split(",") if part.strip()]
