"""One file that holds everything: each table as JSON lines in wire form, and the stored files.

It is the same on both databases, so a workspace moves from SQLite to PostgreSQL by backup and restore.
"""

from __future__ import annotations

import base64
import json
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from dealwright import __version__
from dealwright.foundation.database import Day, Decimal_, Instant, UnitOfWork, metadata
from dealwright.foundation.errors import Problem
from dealwright.foundation.services import Services
from dealwright.model import ObjectDef, schema_of
from dealwright.model.ddl import create_table
from dealwright.model.tables import dw_object

CHUNK = 1_000
SKIPPED = ("dw_alembic",)


def backup(services: Services, file: Path) -> str:
    """Write a consistent copy: one read unit sees one moment. Returns a line that says what it holds."""
    rows = 0
    partial = file.with_suffix(file.suffix + ".part")
    with services.db.read() as uow, zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        tables = _tables(uow)
        archive.writestr(
            "manifest.json",
            json.dumps({"format": "dealwright-backup/1", "version": __version__, "tables": [t.name for t in tables]}),
        )
        for table in tables:
            with archive.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as out:
                for row in uow.conn.execute(sa.select(table).order_by(*table.primary_key.columns)):
                    out.write(json.dumps([_plain(v) for v in row], ensure_ascii=False).encode() + b"\n")
                    rows += 1
        root = services.extras["files"].root
        stored = [path for path in sorted(root.rglob("*")) if path.is_file()] if root.is_dir() else []
        for path in stored:
            archive.write(path, f"files/{path.relative_to(root).as_posix()}")
    partial.replace(file)
    return f"{file}: {len(tables)} tables, {rows} rows, {len(stored)} files"


def _tables(uow: UnitOfWork) -> list[sa.Table]:
    system = [t for t in metadata.sorted_tables if t.name not in SKIPPED]
    return [*system, *(t for obj in _objects(uow) for t in [obj.table, *obj.links.values()])]


def _objects(uow: UnitOfWork) -> list[ObjectDef]:
    schema = schema_of(uow)
    return [*schema.objects.values(), *schema.retired.values()]


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return {"b64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def _typed(type_: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(type_, Decimal_):
        return Decimal(value)
    if isinstance(type_, Instant):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(type_, Day) else value


def restore(services: Services, file: Path) -> str:
    """Fill an empty database from a backup. 409 NOT_EMPTY when there are users or objects."""
    from dealwright import app as application

    application.migrate(services.db)
    with zipfile.ZipFile(file) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        if manifest.get("format") != "dealwright-backup/1":
            raise Problem(422, "BACKUP_FORMAT")
        rows = 0
        with services.db.ddl() as uow:
            if (
                uow.conn.execute(sa.select(1).select_from(dw_object)).first()
                or uow.conn.execute(sa.text("SELECT 1 FROM dw_user")).first()
            ):
                raise Problem(409, "NOT_EMPTY")
            for table in metadata.sorted_tables:
                if table.name == "dw_state":
                    uow.conn.execute(sa.delete(table))
            known = set(manifest["tables"])
            for table in [t for t in metadata.sorted_tables if t.name in known]:
                rows += _fill(uow, archive, table)
            uow.memo.clear()
            uow.memo["bumped"] = True
            for obj in _objects(uow):
                create_table(uow, obj)
                for table in [obj.table, *obj.links.values()]:
                    rows += _fill(uow, archive, table)
            uow.dialect.after_load(uow.conn, "dw_search")
        root = services.extras["files"].root
        stored = [name for name in archive.namelist() if name.startswith("files/") and not name.endswith("/")]
        for name in stored:
            target = (root / name.removeprefix("files/")).resolve()
            if root.resolve() not in target.parents:
                raise Problem(422, "BACKUP_FORMAT")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(archive.read(name))
    return f"{rows} rows, {len(stored)} files"


def _fill(uow: UnitOfWork, archive: zipfile.ZipFile, table: sa.Table) -> int:
    count = 0
    columns = list(table.c)
    chunk: list[dict[str, Any]] = []
    for values in _lines(archive, f"tables/{table.name}.jsonl"):
        chunk.append({c.name: _typed(c.type, v) for c, v in zip(columns, values, strict=True)})
        if len(chunk) == CHUNK:
            uow.conn.execute(sa.insert(table), chunk)
            chunk = []
        count += 1
    if chunk:
        uow.conn.execute(sa.insert(table), chunk)
    return count


def _lines(archive: zipfile.ZipFile, name: str) -> Iterator[list[Any]]:
    with archive.open(name) as file:
        for line in file:
            yield json.loads(line)
