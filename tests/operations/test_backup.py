"""A backup is one moment of the workspace, whatever is written meanwhile, and stands on either database again."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from dealwright.foundation.database import Database
from dealwright.foundation.errors import Problem
from dealwright.foundation.files import FileStore
from dealwright.foundation.ids import new_id
from dealwright.foundation.services import Services
from dealwright.foundation.settings import Settings
from dealwright.operations.backup import backup, restore
from dealwright.operations.doctor import doctor
from dealwright.records import files
from support.postgres import create_database, drop_database, postgres_url
from support.sales import ROOT
from world import World


@pytest.fixture
def another(tmp_path: Path, clock: Any) -> Iterator[Callable[[str], Services]]:
    """Services over an empty database of the named engine."""
    made: list[Database] = []
    names: list[str] = []

    def make(engine: str) -> Services:
        data = tmp_path / f"other{len(made)}"
        if engine == "sqlite":
            url = f"sqlite:///{data}.sqlite3"
        else:
            names.append(f"dw_restored_{new_id()[-12:]}")
            url = create_database(postgres_url(ROOT), names[-1])
        db = Database(url, clock)
        made.append(db)
        services = Services(db, Settings(url, data), clock)
        services.extras["files"] = FileStore(data)
        return services

    yield make
    for db in made:
        db.close()
    for name in names:
        drop_database(postgres_url(ROOT), name)


def contents(db: Database) -> dict[str, list[Any]]:
    """Every row of the workspace in its wire form."""
    from dealwright.operations.backup import _plain, _tables

    with db.read() as uow:
        return {
            table.name: [[_plain(v) for v in row] for row in uow.conn.execute(sa.select(table).order_by(*table.primary_key.columns))]
            for table in _tables(uow)
        }  # fmt: skip


@pytest.fixture
def company(world: World) -> World:
    account = world.account(world.seller, name="上海示例公司", phone="13800138000")
    product = world.product(world.seller)
    stored = world.services.extras["files"].save(io.BytesIO(b"the offer"), 100)
    with world.db.write() as uow:
        file = files.register(uow, world.seller.actor, stored, "offer.txt")
    world.opportunity(
        world.seller, account=account.id, amount="12345678901.23", close_date="2026-12-01", competitors=[account.id],
        tags=["大客户"], lines=[{"product": product.id, "price": "50.00", "quantity": "2"}], files=[file["id"]],
    )  # fmt: skip
    return world


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_restored_workspace_is_equal_on_either_database(
    company: World, another: Callable[[str], Services], tmp_path: Path, engine: str
) -> None:
    file = tmp_path / "copy.zip"
    backup(company.services, file)
    target = another(engine)
    restore(target, file)

    assert contents(target.db) == contents(company.db)
    assert doctor(target) == []
    with target.db.read() as uow:
        key = uow.raw("SELECT stored_key FROM dw_file")[0][0]
    assert target.extras["files"].open(key).read() == b"the offer"


def test_a_backup_under_writes_is_one_moment(
    company: World, another: Callable[[str], Services], tmp_path: Path
) -> None:
    seller, stop, made = company.seller, threading.Event(), 0
    actor = seller.actor

    def write() -> None:
        nonlocal made
        while not stop.is_set():
            company.opportunity(seller, amount="1.00")
            made += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while made < 5:
            stop.wait(0.01)
        file = tmp_path / "copy.zip"
        before = company.count("opportunity")
        backup(company.services, file)
        after = company.count("opportunity")
    finally:
        stop.set()
        writer.join()
    target = another("sqlite")
    restore(target, file)
    assert actor is not None
    assert doctor(target) == []
    with target.db.read() as uow:
        assert before <= uow.raw("SELECT count(*) FROM opportunity")[0][0] <= after


def test_only_an_empty_database_takes_a_backup_and_only_a_backup_is_taken(
    company: World, another: Callable[[str], Services], tmp_path: Path
) -> None:
    file, broken = tmp_path / "copy.zip", tmp_path / "broken.zip"
    backup(company.services, file)
    before = contents(company.db)
    with pytest.raises(Problem) as refused:
        restore(company.services, file)
    assert refused.value.code == "NOT_EMPTY"
    assert contents(company.db) == before

    target = another("sqlite")
    for data in (b"", b"not a zip", file.read_bytes()[: len(file.read_bytes()) // 2]):
        broken.write_bytes(data)
        with pytest.raises(Problem) as refused:
            restore(target, broken)
        assert refused.value.code == "BACKUP_FORMAT"
    restore(target, file)  # the attempts left nothing behind


def test_a_restore_that_fails_in_the_middle_leaves_an_empty_database(
    company: World, another: Callable[[str], Services], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "copy.zip"
    backup(company.services, file)
    target = another("postgresql")

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("shutil.copyfileobj", full)
        with pytest.raises(OSError):
            restore(target, file)
    with target.db.read() as uow:
        assert uow.raw("SELECT count(*) FROM dw_user") == [(0,)]
    restore(target, file)
    assert contents(target.db) == contents(company.db)


def test_the_backup_of_an_older_release_lacks_columns_and_is_taken_all_the_same(
    company: World, another: Callable[[str], Services], tmp_path: Path
) -> None:
    import json
    import zipfile

    file, older = tmp_path / "copy.zip", tmp_path / "older.zip"
    backup(company.services, file)
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(older, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "manifest.json":
                manifest = json.loads(data)
                place = manifest["tables"]["dw_history"].index("reason")
                manifest["tables"]["dw_history"].pop(place)
                data = json.dumps(manifest).encode()
            elif name == "tables/dw_history.jsonl":
                rows = [json.loads(line) for line in data.splitlines()]
                data = b"\n".join(json.dumps(row[:place] + row[place + 1 :]).encode() for row in rows)
            target.writestr(name, data)
    services = another("sqlite")
    restore(services, older)
    assert doctor(services) == []


def test_versions_stay_in_order_when_the_clock_goes_back(world: World) -> None:
    deal = world.opportunity(world.seller)
    for hours in (-5, 1, -3):
        world.clock.advance(hours=hours)
        deal = world.seller.patch(world.now_of(deal), next_step=f"after {hours}").record
    assert [row["version"] for row in world.history(deal)] == [1, 2, 3, 4]
    assert doctor(world.services) == []
