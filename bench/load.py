"""Fills a fresh database for the measurements.

The product sets the workspace up (tables, starter, roles); then rows are sent past the write path, because it is not
the loading that is measured here. The rows are made by the product's own converters, each with its history, its visit
and its search entries; `dealwright doctor` has the last word on whether the result is whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bench import dataset
from dealwright import app as application
from dealwright import operations
from dealwright.foundation.database import Database, UnitOfWork
from dealwright.foundation.database.state import bump
from dealwright.foundation.ids import new_id
from dealwright.foundation.services import Services
from dealwright.foundation.settings import load_settings
from dealwright.model import Money, ObjectDef, schema_of
from dealwright.model.formula import compute
from dealwright.model.tables import dw_counter
from dealwright.people import sessions
from dealwright.people.tables import dw_role, dw_team, dw_team_member, dw_user, dw_user_role
from dealwright.process.tables import dw_stage_visit
from dealwright.records.search.index import entries
from dealwright.records.search.tables import dw_search
from dealwright.records.tables import dw_history
from dealwright.records.wire import field_wire

CHUNK = 5_000
PASSWORD = "measured-with-care"


def prepare(env: dict[str, str], accounts: int) -> dict[str, Any]:
    """Set up and fill the database that `env` names.

    Returns {"tokens": {who: secret}, "people": {...}} of an administrator, the director (manager of everybody), a
    region's manager and a seller.
    """
    services = application.build_services(load_settings(env))
    application.migrate(services.db)
    workspace = {"name": "Measured", "locale": "zh-CN", "time_zone": "Asia/Shanghai", "currency": "CNY"}
    admin = {"name": "Admin", "email": "admin@example.com", "password": PASSWORD}
    operations.init(services, workspace, admin, "sales")
    people = dataset.office()
    with services.db.write() as uow:
        admin_id = uow.conn.execute(sa.select(dw_user.c.id)).scalar_one()
        tokens = _people(uow, people, admin_id)
    homes = _fill(services, "account", dataset.accounts(accounts, people))
    rows = dataset.opportunities(2 * accounts, people, homes)
    _fill(services, "opportunity", rows)
    _settle(services.db)
    services.db.close()
    return {"tokens": tokens, "accounts": [home[0] for home in homes[:: max(1, len(homes) // 500)]]}


def _people(uow: UnitOfWork, people: dataset.Office, admin_id: str) -> dict[str, str]:
    roles = {row.key: row.id for row in uow.conn.execute(sa.select(dw_role.c.id, dw_role.c.key))}
    everybody = [(team.manager, "sales_manager") for team in people.teams] + [
        (p, "salesperson") for p in people.sellers
    ]
    common = {"status": "active", "created_at": uow.now, "modified_at": uow.now}
    users = [
        {"id": p.id, "email": f"u{place}@example.com", "email_norm": f"u{place}@example.com", "name": p.name, **common}
        for place, (p, _) in enumerate(everybody)
    ]
    uow.conn.execute(sa.insert(dw_user), users)
    teams = [
        {"id": t.id, "name": t.name, "parent_id": t.parent_id, "path": t.path, "manager_id": t.manager.id}
        for t in people.teams
    ]
    uow.conn.execute(sa.insert(dw_team), teams)
    uow.conn.execute(
        sa.insert(dw_team_member), [{"team_id": p.team_id, "user_id": p.id, "is_primary": True} for p, _ in everybody]
    )
    uow.conn.execute(sa.insert(dw_user_role), [{"user_id": p.id, "role_id": roles[key]} for p, key in everybody])
    who = {
        "admin": admin_id, "director": people.director.id, "manager": people.teams[1].manager.id,
        "seller": people.sellers[0].id,
    }  # fmt: skip
    tokens = {name: sessions.create_token(uow, user_id, "bench", None)[1] for name, user_id in who.items()}
    bump(uow, "rights_epoch")
    return tokens


def _fill(services: Services, key: str, records: Iterator[dict[str, Any]]) -> list[tuple[str, str, str, str]]:
    homes = []
    number, years = 0, {}
    while chunk := list(islice(records, CHUNK)):
        with services.db.write() as uow:
            obj = schema_of(uow).object(key)
            rows, history, visits, search = [], [], [], []
            for values in chunk:
                number += 1
                years[values["created_at"].year] = number
                _complete(obj, values, number)
                if number <= 20:
                    _check_formulas(obj, values, uow.now)
                rows.append(_row(obj, values))
                history.append(_history(obj, values))
                search += entries(obj, values["id"], values)
                if "stage" in values:
                    visits.append(_visit(values))
                homes.append((values["id"], values["name"], values["owner"], values["team"]))
            send(uow, obj.table, rows)
            send(uow, dw_history, history)
            send(uow, dw_search, search)
            send(uow, dw_stage_visit, visits)
    with services.db.write() as uow:
        serial = schema_of(uow).object(key).fields["serial"]
        counters = [{"field_id": serial.id, "period": str(year), "value": last} for year, last in years.items()]
        uow.conn.execute(sa.insert(dw_counter), counters)
    return homes


def _complete(obj: ObjectDef, values: dict[str, Any], number: int) -> None:
    """What the write path would have derived."""
    serial: Any = obj.fields["serial"].ftype
    values["serial"] = serial.text(obj.fields["serial"], values["created_at"].date(), number)
    for key in ("amount", "annual_revenue"):
        if isinstance(values.get(key), int | Decimal):
            values[key] = Money(values[key], "CNY")
    for field in obj.fields.values():
        if field.key in values or field.system:
            continue
        if field.type == "roll_up":
            values[field.key] = Decimal(0) if field.config.get("op") == "count" else None
        elif field.type == "boolean" and field.default is not None:
            values[field.key] = field.default
    if obj.key == "account":
        values["receivable"] = Decimal("0.00")


def _check_formulas(obj: ObjectDef, values: dict[str, Any], now: datetime) -> None:
    typed = {key: values.get(key) for key in obj.fields}
    for key, value in compute(obj, typed, now, ZoneInfo("Asia/Shanghai")).items():
        if not obj.fields[key].config.get("live") and values.get(key) != value:
            raise AssertionError(f"{obj.key}.{key}: loaded {values.get(key)}, the product says {value}")


def _row(obj: ObjectDef, values: dict[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": values["id"], "version": 1, "created_at": values["created_at"], "modified_at": values["created_at"],
        "created_by_id": values["owner"], "modified_by_id": values["owner"], "owner_id": values["owner"],
        "team_id": values["team"],
    }  # fmt: skip
    for key, value in values.items():
        field = obj.fields.get(key)
        if field is None or field.system or not field.columns:
            continue
        value = None if value is not None and field.ftype.is_empty(value) else value
        row |= field.ftype.to_row(field, value)
        if field.norm_column:
            row[field.norm_column] = None if value is None else field.ftype.unique_key(field, value)
    return row


def _history(obj: ObjectDef, values: dict[str, Any]) -> dict[str, Any]:
    changes = {
        key: [None, field_wire(obj.fields[key], value)]
        for key, value in values.items()
        if value not in (None, []) and key in obj.fields and key not in ("team", "created_at")
    }
    return {
        "id": new_id(), "object_key": obj.key, "record_id": values["id"], "version": 1, "at": values["created_at"],
        "actor_id": values["owner"], "actor_kind": "user", "channel": "api", "kind": "created", "reason": None,
        "changes": changes,
    }  # fmt: skip


def _visit(values: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": new_id(), "object_key": "opportunity", "record_id": values["id"], "pipeline": "standard",
        "stage": values["stage"], "entered_at": values["created_at"], "actor_id": values["owner"], "channel": "api",
        "process_version": 1, "amount": values["amount"].amount, "amount_currency": "CNY",
        "close_date": values["close_date"].isoformat(), "probability": values["probability"],
    }  # fmt: skip


def send(uow: UnitOfWork, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    """Add many rows: COPY on PostgreSQL, executemany on SQLite."""
    if not rows:
        return
    names = list(dict.fromkeys(name for row in rows for name in row))
    if uow.dialect.is_sqlite:
        uow.conn.execute(sa.insert(table), [{name: row.get(name) for name in names} for row in rows])
        return
    dialect = uow.dialect.engine.dialect
    processors = [table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names]
    columns = ", ".join(f'"{name}"' for name in names)
    cursor: Any = uow.conn.connection.dbapi_connection.cursor()  # type: ignore[union-attr]
    with cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row([_copied(row.get(name), process) for name, process in zip(names, processors, strict=True)])


def _copied(value: Any, process: Any) -> Any:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return value if value is None or process is None else process(value)


def _settle(db: Database) -> None:
    """The state of a database that has been in use for a while: statistics known, the log written back."""
    with db.engine.connect() as conn:
        bare: Any = conn.connection.dbapi_connection
        sqlite = ("ANALYZE", "PRAGMA wal_checkpoint(TRUNCATE)")
        # what vacuums by itself in the middle of a block would be counted as work of the requests
        postgres = ("VACUUM ANALYZE", "ALTER SYSTEM SET autovacuum = off", "SELECT pg_reload_conf()")
        for text in sqlite if db.dialect.is_sqlite else postgres:
            bare.execute(text)
