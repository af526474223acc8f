from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dealwright.foundation.clock import FixedClock
from dealwright.foundation.database import Database, UnitOfWork
from world import World


@pytest.fixture
def world(db: Database, clock: FixedClock, tmp_path: Path) -> World:
    return World(db, clock, tmp_path)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[UnitOfWork]]:
    """The units of work that were opened."""
    units: list[UnitOfWork] = []
    real = UnitOfWork.__init__

    def noted(self: UnitOfWork, *args: Any, **kwargs: Any) -> None:
        real(self, *args, **kwargs)
        units.append(self)

    monkeypatch.setattr(UnitOfWork, "__init__", noted)
    yield units
