"""A workspace with the sales starter on each database: made once for a test run, copied for each test.

A conftest imports the fixtures it needs: `sqlite_sales`, `postgres_sales`, `workspace`.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dealwright import app as application
from dealwright import operations
from dealwright.foundation.services import Services
from dealwright.foundation.settings import load_settings
from support.postgres import clone_database, create_database, database_url, drop_database, postgres_url

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Workspace:
    """A database with the sales starter, an administrator's token, and a folder for files."""

    url: str
    data: Path
    token: str
    engine: str

    def services(self) -> Services:
        """The same database opened in this process; close `services.db` afterwards."""
        return open_services(self.url, self.data)

    def doctor(self) -> list[str]:
        services = self.services()
        try:
            return operations.doctor(services)
        finally:
            services.db.close()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        services = self.services()
        try:
            with services.db.read() as uow:
                return uow.raw(sql)
        finally:
            services.db.close()

    def execute(self, sql: str) -> None:
        services = self.services()
        try:
            with services.db.write() as uow:
                uow.raw(sql)
        finally:
            services.db.close()


def open_services(url: str, data: Path) -> Services:
    return application.build_services(load_settings({"DEALWRIGHT_DATABASE_URL": url, "DEALWRIGHT_DATA": str(data)}))


def set_up(url: str, data: Path) -> str:
    """A fresh workspace with the sales starter; the administrator's token."""
    services = open_services(url, data)
    application.migrate(services.db)
    workspace = {"name": "Acme", "locale": "en", "time_zone": "Asia/Shanghai", "currency": "CNY"}
    admin = {"name": "Admin", "email": "admin@example.com", "password": "correct horse battery"}
    operations.init(services, workspace, admin, "sales")
    token = operations.create_token(services, "admin@example.com", "faults", None)
    services.db.close()
    return token


@pytest.fixture(scope="session")
def sqlite_sales(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("sales")
    path = folder / "dealwright.sqlite3"
    return path, set_up(f"sqlite:///{path}", folder)


@pytest.fixture(scope="session")
def postgres_sales(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, str]]:
    address = postgres_url(ROOT)
    folder = tmp_path_factory.mktemp("sales_pg")
    name = f"dw_sales_{folder.name}_{id(folder):x}".lower()
    url = create_database(address, name)
    yield address, name, set_up(url, folder)
    drop_database(address, name)


@pytest.fixture(params=["sqlite", "postgresql"])
def workspace(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Workspace]:
    data = tmp_path / "data"
    data.mkdir()
    if request.param == "sqlite":
        template, token = request.getfixturevalue("sqlite_sales")
        shutil.copy(template, data / "dealwright.sqlite3")
        yield Workspace(f"sqlite:///{data}/dealwright.sqlite3", data, token, "sqlite")
        return
    address, template, token = request.getfixturevalue("postgres_sales")
    name = f"dw_fault_{tmp_path.name}_{id(tmp_path):x}".lower()[:60]
    clone_database(address, template, name)
    yield Workspace(database_url(address, name), data, token, "postgresql")
    drop_database(address, name)
