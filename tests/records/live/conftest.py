from pathlib import Path

import pytest

from dealwright.foundation.clock import FixedClock
from dealwright.foundation.database import Database
from world import World


@pytest.fixture
def world(db: Database, clock: FixedClock, tmp_path: Path) -> World:
    return World(db, clock, tmp_path)
