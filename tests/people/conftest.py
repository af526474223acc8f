from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from access.office import Office
from dealwright.foundation.database import Database
from dealwright.people import endpoints


@pytest.fixture
def office(db: Database, tmp_path: Path) -> Office:
    return Office(db, tmp_path)


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """Limits are counted per process; a test begins with none used up."""
    endpoints._limiter.storage.reset()


@pytest.fixture
def bea(office: Office) -> TestClient:
    office.with_password("bea")
    return office.signed_in("bea")
