from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from dealwright import app as application
from dealwright.foundation.clock import FixedClock
from dealwright.foundation.services import Services
from dealwright.foundation.settings import load_settings


def quiet(_day: date, _done: int, _total: int) -> None:
    """Progress that nobody looks at."""


@pytest.fixture
def services(db_url: str, tmp_path: Path, clock: FixedClock) -> Iterator[Services]:
    """Services over an empty, migrated database."""
    environment = {"DEALWRIGHT_DATABASE_URL": db_url, "DEALWRIGHT_DATA": str(tmp_path)}
    built = application.build_services(load_settings(environment), clock)
    yield built
    built.db.close()


@pytest.fixture
def silent() -> Callable[[date, int, int], None]:
    return quiet
