"""System tables: made once, by whoever comes first, all of them or none."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from dealwright.foundation.database import Database, metadata
from dealwright.foundation.database.current import is_current, newest
from dealwright.foundation.database.migrate import NewerDatabase, head, revision_of


@pytest.fixture
def empty(db: Database, tmp_path: Path) -> Iterator[Database]:
    """A database without any table."""
    if db.dialect.is_sqlite:
        fresh = Database(f"sqlite:///{tmp_path}/empty.sqlite3", db.clock)
        yield fresh
        fresh.close()
        return
    with db.ddl() as uow:
        uow.raw("DROP SCHEMA public CASCADE")
        uow.raw("CREATE SCHEMA public")
    yield db


def tables(db: Database) -> set[str]:
    with db.read() as uow:
        return set(sa.inspect(uow.conn).get_table_names())


def test_an_empty_database_gets_every_table_and_the_newest_revision(empty: Database) -> None:
    empty.migrate()

    assert tables(empty) >= {table.name for table in metadata.sorted_tables} | {"dw_alembic"}
    with empty.read() as uow:
        assert revision_of(uow) == head()
        assert uow.raw("SELECT count(*) FROM dw_state") == [(1,)]


def test_migrating_again_changes_nothing(db: Database) -> None:
    with db.write() as uow:
        uow.raw("UPDATE dw_state SET schema_version = 7")
    db.migrate()
    with db.read() as uow:
        assert uow.raw("SELECT schema_version FROM dw_state") == [(7,)]


def test_a_start_on_a_current_database_does_not_load_what_migrates(db: Database) -> None:
    code = (
        "import sys; from dealwright import app; from dealwright.foundation.database import Database; "
        "app.migrate(Database(sys.argv[1])); print(*sorted({'alembic', 'xlsxwriter', 'pypinyin'} & set(sys.modules)))"
    )
    url = db.url.render_as_string(hide_password=False)
    found = subprocess.run([sys.executable, "-c", code, url], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""


def test_the_newest_revision_is_told_without_the_tool_that_migrates(db: Database) -> None:
    assert newest() == {head()}


def test_a_table_or_the_state_that_is_missing_is_not_current(db: Database) -> None:
    assert is_current(db)
    with db.write() as uow:
        uow.raw("DELETE FROM dw_state")
    assert not is_current(db)
    db.migrate()
    assert is_current(db)
    with db.ddl() as uow:
        uow.raw("DROP TABLE dw_job")
    assert not is_current(db)
    db.migrate()
    assert is_current(db)


def test_several_processes_may_migrate_at_once(empty: Database) -> None:
    others = [Database(empty.url.render_as_string(hide_password=False)) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(Database.migrate, others))
    for other in others:
        other.close()

    with empty.read() as uow:
        assert uow.raw("SELECT count(*) FROM dw_state") == [(1,)]
        assert uow.raw("SELECT count(*) FROM dw_alembic") == [(1,)]


def test_a_failing_migration_leaves_nothing_behind(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("no more room")

    monkeypatch.setattr("alembic.command.stamp", fail)
    with pytest.raises(OSError):
        empty.migrate()

    assert tables(empty) == set()


def test_a_table_that_is_new_in_this_release_is_added(db: Database) -> None:
    with db.ddl() as uow:
        uow.raw("DROP TABLE dw_job")
    db.migrate()
    assert "dw_job" in tables(db)


def test_a_database_of_a_later_release_is_refused(db: Database) -> None:
    with db.write() as uow:
        uow.raw("UPDATE dw_alembic SET version_num = '9999'")
    with pytest.raises(NewerDatabase):
        db.migrate()


def test_a_start_on_sqlite_loads_nothing_that_it_does_not_need() -> None:
    code = (
        "import sys, dealwright.cli; print(*sorted({'alembic', 'psycopg', 'croniter', 'pypinyin'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == []
