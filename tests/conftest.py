"""Databases for the tests: each test gets its own, copied from a migrated template, on SQLite and on PostgreSQL."""

import importlib
import shutil
import socket
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import dealwright
from dealwright.foundation.clock import FixedClock
from dealwright.foundation.database import Database, unit_open
from dealwright.foundation.ids import new_id
from support.desk import Desk, set_up
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


@pytest.fixture(scope="session")
def desk_template(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str, str], tuple[str, str]]]:
    """A function from engine and starter to a workspace that is set up; made once per session, then only copied."""
    made: dict[tuple[str, str], str] = {}
    server = ""

    def template(engine: str, starter: str) -> tuple[str, str]:
        nonlocal server
        if (engine, starter) not in made:
            folder = tmp_path_factory.mktemp(f"desk-{starter}")
            if engine == "sqlite":
                url = f"sqlite:///{folder / 'desk.sqlite3'}"
                made[engine, starter] = str(folder / "desk.sqlite3")
            else:
                server = postgres_url(ROOT)
                name = f"dw_desk_{new_id()[-12:]}"
                url = create_database(server, name)
                made[engine, starter] = name
            set_up(url, folder, starter)
        return server, made[engine, starter]

    yield template
    for (engine, _), name in made.items():
        if engine == "postgresql":
            drop_database(server, name)


class Desks:
    """Opens workspaces, each a copy of the template, and takes them away again."""

    def __init__(self, template: Callable[[str, str], tuple[str, str]], folder: Path) -> None:
        self.template, self.folder = template, folder
        self.opened: list[Desk] = []
        self.names: list[tuple[str, str]] = []

    def __call__(self, engine: str, starter: str = "sales", clock: FixedClock | None = None) -> Desk:
        server, template = self.template(engine, starter)
        folder = self.folder / f"desk{len(self.opened)}"
        folder.mkdir()
        if engine == "sqlite":
            shutil.copy(template, folder / "desk.sqlite3")
            url = f"sqlite:///{folder / 'desk.sqlite3'}"
        else:
            name = f"dw_test_{new_id()[-12:]}"
            url = clone_database(server, template, name)
            self.names.append((server, name))
        self.opened.append(Desk(url, folder, clock))
        return self.opened[-1]

    def close(self) -> None:
        for desk in self.opened:
            desk.close()
        for server, name in self.names:
            drop_database(server, name)


@pytest.fixture
def open_desk(tmp_path: Path, desk_template: Callable[[str, str], tuple[str, str]]) -> Iterator[Desks]:
    """A function that opens a workspace of its own on an engine with a starter."""
    desks = Desks(desk_template, tmp_path)
    yield desks
    desks.close()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_desk(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    desk_template: Callable[[str, str], tuple[str, str]],
) -> Iterator[Desk]:
    """One workspace for all tests of a file that only look at it."""
    desks = Desks(desk_template, tmp_path_factory.mktemp("shared"))
    yield desks(request.param)
    desks.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, open_desk: Desks) -> Desk:
    """The application with the sales starter, once on each engine."""
    return open_desk(request.param)
