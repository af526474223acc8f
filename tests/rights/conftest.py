"""One company for each database, built once; and, for each role, a second one that the role must not tell from it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi import FastAPI

from dealwright.foundation.clock import FixedClock
from dealwright.foundation.ids import new_id
from rights.company import Builder, Company, open_app
from rights.twin import change_what_is_hidden
from support.postgres import clone_database, drop_database

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


class House:
    """A built company on one engine: `app` on a copy of it, `twin(role)` the one with other secrets."""

    def __init__(self, engine: str, folder: Path, template: Path | tuple[str, str]) -> None:
        self.engine, self.folder, self.template = engine, folder, template
        self.apps: list[FastAPI] = []
        self.made: list[str] = []
        app = self.open(self.copy(template))
        self.company: Company = Builder(app).build()
        self.base = str(app.state.services.db.url)
        self.app = app

    def copy(self, template: Path | tuple[str, str]) -> str:
        name = f"dw_rights_{new_id()[-12:]}"
        if isinstance(template, Path):
            path = self.folder / f"{name}.sqlite3"
            shutil.copy(template, path)
            return f"sqlite:///{path}"
        self.made.append(name)
        return clone_database(template[0], template[1], name)

    def open(self, url: str) -> FastAPI:
        app = open_app(url, self.folder, FixedClock(NOW))
        app.state.url = url
        self.apps.append(app)
        return app

    def twin(self, role: str) -> FastAPI:
        self.app.state.services.db.close()
        url: str = self.app.state.url
        if url.startswith("sqlite"):
            path = Path(url.removeprefix("sqlite:///"))
            copied = self.copy(path)
        else:
            assert isinstance(self.template, tuple)
            copied = self.copy((self.template[0], self.made[0]))
        self.apps.remove(self.app)
        self.app = self.open(url)
        app = self.open(copied)
        change_what_is_hidden(app, self.company, role)
        return app

    def close(self) -> None:
        for app in self.apps:
            app.state.services.db.close()
        for name in self.made:
            assert isinstance(self.template, tuple)
            drop_database(self.template[0], name)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    template = request.getfixturevalue("sqlite_template" if request.param == "sqlite" else "postgres_template")
    built = House(request.param, tmp_path_factory.mktemp("rights"), template)
    yield built
    built.close()


@pytest.fixture
def small_house(tmp_path: Path, sqlite_template: Path) -> Iterator[Callable[[], House]]:
    built: list[House] = []

    def build() -> House:
        built.append(House("sqlite", tmp_path, sqlite_template))
        return built[-1]

    yield build
    for one in built:
        one.close()
