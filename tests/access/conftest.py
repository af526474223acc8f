from pathlib import Path

import pytest

from access.office import Office
from dealwright.foundation.database import Database


@pytest.fixture
def office(db: Database, tmp_path: Path) -> Office:
    return Office(db, tmp_path)
