"""One file that holds everything: each table as JSON lines in wire form, and the stored files.

It is the same on both databases, so a workspace moves from SQLite to PostgreSQL by backup and restore.
"""

from __future__ import annotations

import base64
import json
import shutil
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from dealwright import __version__
from dealwright.foundation.database import Day, Decimal_, Instant, UnitOfWork, metadata
from dealwright.foundation.database.tables import dw_state
from dealwright.foundation.errors import Problem
from dealwright.foundation.services import Services
from dealwright.model import ObjectDef, schema_of
from dealwright.model.ddl import create_table
from dealwright.model.tables import dw_object
from dealwright.people.tables import dw_user

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
            json.dumps(
                {
                    "format": "dealwright-backup/1",
                    "version": __version__,
                    "tables": {table.name: list(table.c.keys()) for table in tables},
                }
            ),
        )
        for table in tables:
            with archive.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as out:
                query = sa.select(table).order_by(*table.primary_key.columns).execution_options(yield_per=CHUNK)
                for row in uow.conn.execute(query):
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
    """Fill an empty database from a backup, all of it or nothing. 409 NOT_EMPTY when there are users or objects."""
    from dealwright import app as application

    application.migrate(services.db)
    try:
        archive = zipfile.ZipFile(file)
        manifest = json.loads(archive.read("manifest.json"))
    except (zipfile.BadZipFile, KeyError, ValueError):
        raise Problem(422, "BACKUP_FORMAT") from None
    if manifest.get("format") != "dealwright-backup/1":
        raise Problem(422, "BACKUP_FORMAT")
    with archive, services.db.ddl() as uow:
        users = uow.conn.execute(sa.select(1).select_from(dw_user)).first()
        if users or uow.conn.execute(sa.select(1).select_from(dw_object)).first():
            raise Problem(409, "NOT_EMPTY")
        uow.conn.execute(sa.delete(dw_state))
        columns: dict[str, list[str]] = manifest["tables"]
        rows = sum(_fill(uow, archive, t, columns[t.name]) for t in metadata.sorted_tables if t.name in columns)
        uow.memo.clear()
        uow.memo["bumped"] = True
        for obj in _objects(uow):
            create_table(uow, obj)
            rows += sum(_fill(uow, archive, t, columns[t.name]) for t in [obj.table, *obj.links.values()])
        uow.dialect.after_load(uow.conn, "dw_search")
        # before the commit: without its files a workspace is not restored
        stored = _restore_files(archive, services.extras["files"].root)
    return f"{rows} rows, {stored} files"


def _restore_files(archive: zipfile.ZipFile, root: Path) -> int:
    names = [name for name in archive.namelist() if name.startswith("files/") and not name.endswith("/")]
    for name in names:
        target = (root / name.removeprefix("files/")).resolve()
        if root.resolve() not in target.parents:
            raise Problem(422, "BACKUP_FORMAT")
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(name) as source, target.open("wb") as out:
            shutil.copyfileobj(source, out, 1 << 20)
    return len(names)


def _fill(uow: UnitOfWork, archive: zipfile.ZipFile, table: sa.Table, names: list[str]) -> int:
    """Put a table's rows in. Columns are found by name: an older release's backup lacks the newer ones."""
    count = 0
    columns = [table.c.get(name) for name in names]
    chunk: list[dict[str, Any]] = []
    for values in _lines(archive, f"tables/{table.name}.jsonl"):
        pairs = zip(columns, values, strict=True)
        chunk.append({c.name: _typed(c.type, value) for c, value in pairs if c is not None})
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
