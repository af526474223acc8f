"""Units of work: all or nothing, one moment, and a plain answer when the database is in trouble."""

import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from dealwright.foundation.clock import FixedClock
from dealwright.foundation.database import Database, bump, save_workspace, state_of, unit_open
from dealwright.foundation.database.state import Workspace
from dealwright.foundation.errors import Problem

LOST = psycopg.OperationalError("server closed the connection unexpectedly")


@pytest.fixture
def things(db: Database) -> Database:
    with db.ddl() as uow:
        uow.raw("CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT UNIQUE)")
    return db


def names(db: Database) -> list[Any]:
    with db.read() as uow:
        return [name for (name,) in uow.raw("SELECT name FROM thing ORDER BY id")]


def add(uow: Any, number: int, name: str) -> None:
    uow.conn.execute(sa.text("INSERT INTO thing VALUES (:id, :name)"), {"id": number, "name": name})


def test_a_unit_commits_at_its_end(things: Database) -> None:
    with things.write() as uow:
        add(uow, 1, "报价")
        uow.raw("INSERT INTO thing VALUES (2, 'second')")
    assert names(things) == ["报价", "second"]


def test_an_exception_takes_back_data_and_tables_together(things: Database) -> None:
    with pytest.raises(KeyError), things.ddl() as uow:
        add(uow, 1, "gone")
        uow.raw("CREATE TABLE other (id INTEGER)")
        uow.raw("ALTER TABLE thing ADD COLUMN extra TEXT")
        raise KeyError("stop")
    with things.read() as uow:
        inspector = sa.inspect(uow.conn)
        assert "other" not in inspector.get_table_names()
        assert [column["name"] for column in inspector.get_columns("thing")] == ["id", "name"]
    assert names(things) == []


def test_a_savepoint_is_undone_alone(things: Database) -> None:
    done: list[str] = []
    with things.write() as uow:
        add(uow, 1, "first")
        with pytest.raises(things.dialect.integrity_errors), uow.savepoint():
            uow.after_commit(lambda: done.append("inner"))
            add(uow, 2, "first")
        with uow.savepoint():
            add(uow, 3, "third")
        uow.after_commit(lambda: done.append("outer"))
    assert (names(things), done) == (["first", "third"], ["outer"])


def test_what_waits_for_the_commit_runs_after_it_and_never_after_a_rollback(things: Database) -> None:
    seen: list[list[str]] = []
    with things.write() as uow:
        add(uow, 1, "kept")
        uow.after_commit(lambda: seen.append(names(things)))
        assert seen == []
    assert seen == [["kept"]]

    with pytest.raises(KeyError), things.write() as uow:
        uow.after_commit(lambda: seen.append([]))
        raise KeyError
    assert seen == [["kept"]]


def test_a_failing_afterthought_does_not_spoil_the_commit(things: Database) -> None:
    def fail() -> None:
        raise OSError

    with things.write() as uow:
        add(uow, 1, "kept")
        uow.after_commit(fail)
    assert names(things) == ["kept"]


def test_a_read_unit_refuses_to_write_and_a_write_unit_does_not(things: Database) -> None:
    table = sa.table("thing", sa.column("id"), sa.column("name"))
    with pytest.raises(RuntimeError), things.read() as uow:
        uow.conn.execute(sa.insert(table).values(id=1, name="x"))
    with things.write() as uow:
        uow.conn.execute(sa.insert(table).values(id=1, name="x"))
    assert names(things) == ["x"]


def test_a_read_unit_sees_one_moment(things: Database) -> None:
    with things.read() as reader:
        assert reader.raw("SELECT count(*) FROM thing") == [(0,)]
        with things.write() as uow:
            add(uow, 1, "meanwhile")
        assert reader.raw("SELECT count(*) FROM thing") == [(0,)]
    assert names(things) == ["meanwhile"]


def test_two_write_units_in_one_another_are_a_fault(things: Database) -> None:
    with things.write(), pytest.raises(RuntimeError), things.write():
        pass


def test_statements_are_counted_whichever_way_they_go(things: Database) -> None:
    with things.write() as uow:
        assert uow.statements == 0
        add(uow, 1, "a")
        uow.raw("SELECT 1")
        uow.fetch(things.dialect.compile(sa.select(sa.literal(1))))
        assert uow.statements == 3


def test_the_moment_stands_still_within_a_unit(db: Database, clock: FixedClock) -> None:
    with db.read() as uow:
        clock.advance(seconds=5)
        assert uow.now_text == "2026-11-24T02:00:00.000000Z"
    with db.read() as uow:
        assert uow.now_text == "2026-11-24T02:00:05.000000Z"


def test_a_unit_shows_that_it_is_open(db: Database) -> None:
    assert not unit_open()
    with db.read():
        assert unit_open()
    assert not unit_open()


def test_twenty_writers_at_once_lose_nothing(things: Database) -> None:
    with things.write() as uow:
        add(uow, 1, "0")

    def count(_: int) -> None:
        with things.write() as uow:
            row = "SELECT name FROM thing WHERE id = 1" + ("" if things.dialect.is_sqlite else " FOR UPDATE")
            (value,) = uow.raw(row)[0]
            time.sleep(0.001)
            uow.conn.execute(sa.text("UPDATE thing SET name = :n WHERE id = 1"), {"n": str(int(value) + 1)})

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(count, range(60)))
    assert names(things) == ["60"]


def test_every_connection_is_set_up_for_safety(db: Database) -> None:
    with db.read() as uow:
        if db.dialect.is_sqlite:
            names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            assert [uow.raw(f"PRAGMA {name}")[0][0] for name in names] == ["wal", 2, 1, 5000]
        else:
            names = ("TimeZone", "lock_timeout", "statement_timeout", "transaction_read_only")
            assert [uow.raw(f"SHOW {name}")[0][0] for name in names] == ["UTC", "5s", "30s", "on"]
            assert uow.conn.connection.dbapi_connection.prepare_threshold is None  # type: ignore[union-attr]


def test_a_statement_sent_again_and_again_survives_a_change_of_its_table(things: Database) -> None:
    # PostgreSQL would answer "cached plan must not change result type" to a prepared one
    for number in range(8):
        with things.write() as uow:
            add(uow, number, str(number))
            assert len(uow.raw("SELECT * FROM thing WHERE id >= 0")) == number + 1
    things.run_ddl(lambda uow: uow.raw("ALTER TABLE thing ADD COLUMN extra TEXT"))
    with things.read() as uow:
        assert len(uow.raw("SELECT * FROM thing WHERE id >= 0")[0]) == 3


# ---- trouble


def test_a_writer_that_waits_too_long_is_told_to_come_again(db_url: str, things: Database) -> None:
    impatient = Database(db_url, lock_timeout_s=0.2)
    impatient._write_wait_s = 0.2
    with things.write() as uow:
        add(uow, 1, "holder")
        if things.dialect.is_sqlite:  # another process's lock: wait in SQLite itself
            with impatient.read() as reader:
                reader.raw("PRAGMA busy_timeout=100")
            with pytest.raises(Problem) as refused, impatient.write():
                pass
        else:
            with pytest.raises(Problem) as refused, impatient.write() as other:
                other.raw("LOCK TABLE thing")
    assert (refused.value.status, refused.value.code) == (503, "BUSY")
    assert int(refused.value.headers["Retry-After"]) >= 1
    with impatient.write() as uow:
        add(uow, 2, "later")
    impatient.close()
    assert names(things) == ["holder", "later"]


def test_the_line_of_writers_in_one_process_ends_with_busy(things: Database) -> None:
    if not things.dialect.is_sqlite:
        pytest.skip("PostgreSQL has many writers")
    things._write_wait_s = 0.1
    answers: list[Any] = []

    def write() -> None:
        try:
            with things.write():
                answers.append("in")
        except Problem as problem:
            answers.append(problem.code)

    with things.write():
        thread = threading.Thread(target=write)
        thread.start()
        thread.join()
    write()
    assert answers == ["BUSY", "in"]


def test_a_full_database_answers_storage_full_and_heals(things: Database) -> None:
    if not things.dialect.is_sqlite:
        pytest.skip("needs a full disk; the mapping is tested below")
    with things.write() as uow:
        pages = uow.raw("PRAGMA page_count")[0][0]
        uow.raw(f"PRAGMA max_page_count={pages}")
    with pytest.raises(Problem) as refused, things.write() as uow:
        for number in range(50):
            add(uow, number, f"{number}" * 2000)
    assert (refused.value.status, refused.value.code) == (503, "STORAGE_FULL")
    assert names(things) == []

    with things.write() as uow:
        uow.raw("PRAGMA max_page_count=1000000")
        add(uow, 1, "room again")
    assert names(things) == ["room again"]


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("40001", "BUSY"), ("40P01", "BUSY"), ("55P03", "BUSY"), ("57014", "BUSY"), ("53300", "BUSY"),
        ("53100", "STORAGE_FULL"), ("57P01", "DATABASE_AWAY"), ("57P03", "DATABASE_AWAY"),
        ("08006", "DATABASE_AWAY"), ("42601", None), ("23505", None),
    ],
)  # fmt: skip
def test_each_trouble_of_postgresql_has_its_answer(state: str, code: str | None) -> None:
    db = Database("postgresql+psycopg://nobody@/none")
    problem = db.dialect.trouble(psycopg.errors.lookup(state)())
    assert (problem and problem.code) == code
    assert (problem and problem.status) == (503 if code else None)


@pytest.mark.parametrize(
    ("number", "code"),
    [(5, "BUSY"), (6, "BUSY"), (517, "BUSY"), (13, "STORAGE_FULL"), (778, "STORAGE_FULL"), (14, "DATABASE_AWAY"),
     (1, None), (2067, None)],
)  # fmt: skip
def test_each_trouble_of_sqlite_has_its_answer(number: int, code: str | None, tmp_path: Any) -> None:
    db = Database(f"sqlite:///{tmp_path}/x.sqlite3")
    error = sqlite3.OperationalError()
    error.sqlite_errorcode = number
    problem = db.dialect.trouble(error)
    assert (problem and problem.code) == code


def kill_connections(db: Database) -> None:
    with psycopg.connect(db.url.set(drivername="postgresql").render_as_string(False), autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_connections_that_died_in_the_pool_are_replaced_unseen(things: Database) -> None:
    if things.dialect.is_sqlite:
        pytest.skip("no server")
    with things.read(), ThreadPoolExecutor(3) as pool:
        list(pool.map(names, [things] * 3))
    kill_connections(things)
    assert names(things) == []
    with things.write() as uow:
        add(uow, 1, "alive")
    assert names(things) == ["alive"]


def test_a_connection_lost_in_the_middle_answers_database_away_and_heals(things: Database) -> None:
    if things.dialect.is_sqlite:
        pytest.skip("no server")
    with pytest.raises(Problem) as refused, things.write() as uow:
        add(uow, 1, "lost")
        kill_connections(things)
        add(uow, 2, "lost")
    assert (refused.value.status, refused.value.code) == (503, "DATABASE_AWAY")
    assert names(things) == []


def test_a_commit_that_finds_nobody_answers_database_away(things: Database) -> None:
    if things.dialect.is_sqlite:
        pytest.skip("no server")
    with pytest.raises(Problem) as refused, things.write() as uow:
        add(uow, 1, "lost")
        kill_connections(things)
    assert refused.value.code == "DATABASE_AWAY"
    assert names(things) == []


def test_a_server_that_is_not_there_answers_database_away() -> None:
    db = Database("postgresql+psycopg://nobody@/none?host=/nowhere")
    with pytest.raises(Problem) as refused, db.read():
        pass
    assert (refused.value.status, refused.value.code) == (503, "DATABASE_AWAY")


def test_a_swallowed_error_cannot_pass_for_a_commit(things: Database) -> None:
    if things.dialect.is_sqlite:
        pytest.skip("SQLite undoes only the statement")
    with pytest.raises(psycopg.Error), things.write() as uow:
        add(uow, 1, "x")
        with suppress(psycopg.Error):
            uow.raw("SELECT nonsense")
    assert names(things) == []


def test_ddl_gives_way_to_a_reader_and_is_tried_again(things: Database) -> None:
    if things.dialect.is_sqlite:
        pytest.skip("SQLite's readers hinder no writer")
    tries: list[int] = []
    stop = threading.Event()

    def read() -> None:
        with things.read() as uow:
            uow.raw("SELECT * FROM thing")
            stop.wait(5)

    reader = threading.Thread(target=read)
    reader.start()
    time.sleep(0.1)

    def alter(uow: Any) -> str:
        tries.append(1)
        if len(tries) == 2:
            stop.set()
            reader.join()
        uow.raw("SET LOCAL lock_timeout = 50")
        uow.raw("ALTER TABLE thing ADD COLUMN extra TEXT")
        return "done"

    assert things.run_ddl(alter, first_delay_s=0.01) == "done"
    assert len(tries) == 2


# ---- the state row


def test_versions_rise_by_one_and_are_read_once_a_unit(db: Database) -> None:
    with db.write() as uow:
        before = state_of(uow)
        assert state_of(uow) is before and uow.statements == 1
        assert bump(uow, "rights_epoch") == before.rights_epoch + 1
        assert state_of(uow).rights_epoch == before.rights_epoch + 1
    with db.read() as uow:
        assert state_of(uow).rights_epoch == before.rights_epoch + 1
        assert state_of(uow).schema_version == before.schema_version


def test_the_workspace_keeps_what_it_is_told(db: Database) -> None:
    mine = Workspace("示例公司", "en", "Europe/Berlin", "EUR", 4, {"colour": "蓝"})
    with db.write() as uow:
        save_workspace(uow, mine)
        assert state_of(uow).workspace == mine


def test_the_network_is_closed_while_a_unit_is_open(db: Database, no_sockets_inside_units: None) -> None:
    import socket

    with socket.socket() as server, socket.socket() as client:
        server.bind(("127.0.0.1", 0))
        server.listen()
        with pytest.raises(AssertionError), db.read():
            client.connect(server.getsockname())
        client.connect(server.getsockname())
