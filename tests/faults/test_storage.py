"""A full disk, a database that goes away and comes back, a lock that somebody else holds: 503, and well again by itself."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from support.postgres import (
    PostgresServer,
    clone_database,
    connection_string,
    create_database,
    database_url,
    drop_database,
    postgres_server,
)
from support.process import Answer, Client, Server
from support.sales import ROOT, Workspace, set_up

BIG = "x" * 60_000


@pytest.fixture
def small_disk() -> Iterator[Callable[[int], Path]]:
    """Makes file systems of so many megabytes; only root may."""
    made: list[Path] = []

    def make(size_mb: int) -> Path:
        folder = Path(tempfile.mkdtemp(prefix="dw-disk-"))  # where PostgreSQL's account may go, too
        folder.chmod(0o755)
        made.append(folder)
        command = ["mount", "-t", "tmpfs", "-o", f"size={size_mb}m,mode=0777", "tmpfs", str(folder)]
        if os.geteuid() != 0 or subprocess.run(command, capture_output=True).returncode:
            pytest.skip("only root can mount a small file system")
        return folder

    yield make
    for folder in made:
        subprocess.run(["umount", "-l", str(folder)], check=False, capture_output=True)
        folder.rmdir()


def fill(client: Client) -> tuple[list[str], Answer]:
    """Write until the answer is not 201; what was written, and that answer."""
    made: list[str] = []
    for number in range(2_000):
        answer = client.post("/records/lead", {"name": f"Lead {number}", "need": BIG[:19_000]})
        if answer.status != 201:
            return made, answer
        made.append(answer.body["id"])
    raise AssertionError("the disk was not full")


def check_full_and_healed(workspace: Workspace, server: Server, ballast: Path) -> None:
    """Full: 503 on each write, reading goes on, nothing is half there. Room again: writing goes on without a restart."""
    client = server.client()
    made, full = fill(client)
    assert (full.status, full.code, full.headers["retry-after"]) == (503, "STORAGE_FULL", "30"), full.body
    assert len(made) > 5
    assert client.get(f"/records/lead/{made[0]}").status == 200
    assert client.get("/records/lead?total=true").body["total"] == len(made)

    ballast.unlink()
    again = client.post("/records/lead", {"name": "Room again", "need": BIG[:19_000]})
    assert again.status == 201, again.body
    assert server.process is not None and server.process.poll() is None
    assert workspace.rows("SELECT count(*) FROM lead") == [(len(made) + 1,)]
    assert workspace.doctor() == []


@pytest.fixture(scope="module")
def own_postgres(tmp_path_factory: pytest.TempPathFactory) -> tuple[PostgresServer, str, str]:
    """A PostgreSQL that this module may stop and kill, with a workspace on it."""
    server = postgres_server(ROOT, durable=True)
    url = create_database(server.url, "dw_sales")
    return server, url, set_up(url, tmp_path_factory.mktemp("own"))


def test_a_full_disk_answers_503_and_heals_on_sqlite(
    sqlite_sales: tuple[Path, str], small_disk: Callable[[int], Path], tmp_path: Path
) -> None:
    disk = small_disk(10)
    ballast = disk / "ballast"
    shutil.copy(sqlite_sales[0], disk / "dealwright.sqlite3")
    ballast.write_bytes(b"x" * 4_000_000)
    workspace = Workspace(f"sqlite:///{disk}/dealwright.sqlite3", disk, sqlite_sales[1], "sqlite")
    server = Server(workspace.url, disk, workspace.token, log_file=tmp_path / "log").start("--no-worker")
    try:
        check_full_and_healed(workspace, server, ballast)
    finally:
        server.close()


def test_a_full_disk_answers_503_and_heals_on_postgresql(
    own_postgres: tuple[PostgresServer, str, str], small_disk: Callable[[int], Path], tmp_path: Path
) -> None:
    """The database's tablespace is full; the server's log of writes has a disk of its own, as operators give it.

    On a server of this module's own: while one tablespace is full, a server completes no checkpoint, and so makes no
    database for anybody else either.
    """
    postgres, sales, token = own_postgres
    postgres.start()
    address, template = postgres.url, make_url(sales).database
    disk = small_disk(60)
    space = disk / "space"
    space.mkdir()
    shutil.chown(space, "pgserver")
    with psycopg.connect(connection_string(address), autocommit=True) as admin:
        admin.execute(f"CREATE TABLESPACE small LOCATION '{space}'")
        admin.execute(f'CREATE DATABASE dw_full TEMPLATE "{template}" TABLESPACE small')
    free = shutil.disk_usage(disk).free
    ballast = disk / "ballast"
    ballast.write_bytes(b"x" * max(0, free - 4_000_000))
    workspace = Workspace(database_url(address, "dw_full"), tmp_path, token, "postgresql")
    server = Server(workspace.url, tmp_path, token).start("--no-worker")
    try:
        check_full_and_healed(workspace, server, ballast)
    finally:
        server.close()
        drop_database(address, "dw_full")
        with psycopg.connect(connection_string(address), autocommit=True) as admin:
            admin.execute("DROP TABLESPACE small")


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_restarted_postgresql_answers_503_and_heals_without_a_restart_of_ours(
    own_postgres: tuple[PostgresServer, str, str], tmp_path: Path, end: str
) -> None:
    postgres, template, token = own_postgres
    postgres.start()
    url = clone_database(postgres.url, make_url(template).database or "", f"dw_{end}")
    workspace = Workspace(url, tmp_path, token, "postgresql")
    server = Server(url, tmp_path, token).start()
    made: set[str] = set()
    others: list[Answer] = []
    over = threading.Event()

    def write(name: str) -> None:
        client, number = server.client(), 0
        while not over.is_set():
            number += 1
            answer = client.post("/records/lead", {"name": f"{name} {number}"})
            if answer.status == 201:
                made.add(answer.body["id"])
            else:
                others.append(answer)

    try:
        threads = [threading.Thread(target=write, args=(f"w{n}",)) for n in range(3)]
        for thread in threads:
            thread.start()
        Server.wait_until(lambda: len(made) >= 20)
        getattr(postgres, end)()
        Server.wait_until(lambda: len(others) >= 5)
        health = server.client().get("/health")
        assert (health.status, health.code) == (503, "DATABASE_AWAY")
        assert int(health.headers["retry-after"]) > 0
        before = len(made)
        postgres.start()
        Server.wait_until(lambda: len(made) >= before + 20)
    finally:
        over.set()
        for thread in threads:
            thread.join(60)
        if not postgres.running:
            postgres.start()
    try:
        assert {(answer.status, answer.code) for answer in others} == {(503, "DATABASE_AWAY")}
        assert "Traceback" not in server.log()
        stored = {row[0] for row in workspace.rows("SELECT id FROM lead")}
        assert stored >= made
        # one request of each writer at most was committed without its answer getting through
        assert len(stored - made) <= 3
        assert workspace.doctor() == []
    finally:
        server.close()
        drop_database(postgres.url, f"dw_{end}")


def test_a_lock_that_somebody_else_holds_answers_busy_and_reading_goes_on(
    workspace: Workspace, serve: Callable[..., Server]
) -> None:
    server = serve("--no-worker")
    product = server.client().post("/records/product", {"name": "Pump"}).body
    path = f"/records/product/{product['id']}"
    url = make_url(workspace.url)
    if workspace.engine == "sqlite":
        other = sqlite3.connect(str(url.database), isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
    else:
        other = psycopg.connect(connection_string(url))  # type: ignore[assignment]
        other.execute("SELECT id FROM product FOR UPDATE")
    try:
        began = time.monotonic()
        refused = server.client().patch(path, 1, {"name": "Blocked"})
        took = time.monotonic() - began
        assert (refused.status, refused.code, refused.headers["retry-after"]) == (503, "BUSY", "1"), refused.body
        assert 3 < took < 30
        assert server.client().get(path).body["name"] == "Pump"
    finally:
        other.rollback()
        other.close()
    assert server.client().patch(path, 1, {"name": "Free again"}).status == 200
    assert workspace.doctor() == []
