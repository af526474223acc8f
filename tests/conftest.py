"""Databases for the tests: each test gets its own, copied from a migrated template, on SQLite and on PostgreSQL."""

import importlib
import shutil
import socket
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import dealwright
from dealwright.foundation.clock import FixedClock
from dealwright.foundation.database import Database, unit_open
from dealwright.foundation.ids import new_id
from support.postgres import clone_database, create_database, drop_database, postgres_url

ROOT = Path(__file__).resolve().parent.parent


def build_template(db: Database) -> None:
    """Create every system table of every package: each `tables.py` registers its own when imported."""
    package = Path(dealwright.__file__).parent
    for path in sorted(package.glob("*/**/tables.py")):
        name = ".".join(["dealwright", *path.relative_to(package).with_suffix("").parts])
        try:
            importlib.import_module(name)
        except ImportError as error:  # a package that cannot be imported fails in its own tests, not in all
            warnings.warn(f"tables of {name} are left out: {error}", stacklevel=1)
    db.migrate()


@pytest.fixture
def clock() -> FixedClock:
    """10:00 in Shanghai on Tuesday, 24 November 2026."""
    return FixedClock(datetime(2026, 11, 24, 2, 0, tzinfo=UTC))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.sqlite3"
    db = Database(f"sqlite:///{path}")
    build_template(db)
    db.close()
    return path


@pytest.fixture(scope="session")
def postgres_template() -> Iterator[tuple[str, str]]:
    server = postgres_url(ROOT)
    name = f"dw_template_{new_id()[-12:]}"
    url = create_database(server, name)
    db = Database(url)
    build_template(db)
    db.close()
    yield server, name
    drop_database(server, name)


@pytest.fixture(params=["sqlite", "postgresql"])
def db_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh, migrated database, once on each engine."""
    if request.param == "sqlite":
        path = tmp_path / "test.sqlite3"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server, template = request.getfixturevalue("postgres_template")
    name = f"dw_test_{new_id()[-12:]}"
    url = clone_database(server, template, name)
    yield url
    drop_database(server, name)


@pytest.fixture
def db(db_url: str, clock: FixedClock) -> Iterator[Database]:
    database = Database(db_url, clock)
    yield database
    database.close()


@pytest.fixture
def no_sockets_inside_units(monkeypatch: pytest.MonkeyPatch) -> None:
    """S4: a network call while a unit of work is open raises. (PostgreSQL's own socket is opened by libpq.)"""
    for name in ("connect", "connect_ex", "sendto"):
        original = getattr(socket.socket, name)

        def guarded(self: socket.socket, *args: Any, _original: Any = original, **kwargs: Any) -> Any:
            if unit_open():
                raise AssertionError("a network call while a unit of work is open (S4)")
            return _original(self, *args, **kwargs)

        monkeypatch.setattr(socket.socket, name, guarded)
