from typing import Any

import pytest

from support.desk import Desk, Seat


@pytest.fixture
def admin(desk: Desk) -> Seat:
    return desk.admin


@pytest.fixture
def made(desk: Desk) -> Any:
    """A function that makes a record and answers its id."""

    def make(object_key: str, **values: Any) -> str:
        return str(desk.admin.post(f"/records/{object_key}", values)["id"])

    return make
