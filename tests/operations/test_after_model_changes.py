"""The doctor has nothing to say after any change of the model, and search finds what the change left."""

from __future__ import annotations

from pathlib import Path

import pytest

from dealwright.foundation.clock import FixedClock
from dealwright.foundation.database import Database
from dealwright.foundation.services import Services
from dealwright.operations.doctor import doctor
from dealwright.records import metadata_endpoints
from world import Browser, World


@pytest.fixture
def designing(db: Database, clock: FixedClock, tmp_path: Path) -> tuple[World, Browser]:
    world = World(db, clock, tmp_path)
    world.client.app.include_router(metadata_endpoints.router, prefix="/api/v1")  # type: ignore[attr-defined]
    return world, world.admin.http


def hits(http: Browser, word: str) -> int:
    return sum(len(result["hits"]) for result in http.get(f"/search?q={word}").json()["results"])


def test_search_follows_a_field_that_is_retyped_retired_brought_back_and_made_the_name(
    designing: tuple[World, Browser],
) -> None:
    world, http = designing
    field = {"key": "code", "type": "text", "labels": {"zh": "代码", "en": "Code"}, "unique": True}
    assert http.post("/objects/product/fields", field).status_code == 201
    for number in range(3):
        world.product(world.admin, name=f"Pump {number}", code=f"9071{number}")
    assert hits(http, "90711") == 1
    services: Services = world.services

    def change(path: str, body: object = None, method: str = "POST") -> None:
        answer = http.call(method, path, body)
        assert answer.status_code in (200, 201, 204), answer.text
        assert doctor(services) == [], path

    change("/objects/product/fields/code/type", {"type": "number", "unique": True})
    assert hits(http, "90711") == 0
    last = http.get("/schema-changes").json()["changes"][0]["id"]
    change(f"/schema-changes/{last}/undo")
    assert hits(http, "90711") == 1
    change("/objects/product/fields/code", method="DELETE")
    assert hits(http, "90711") == 0
    change("/objects/product/fields/code/restore")
    assert hits(http, "90711") == 1
    change("/objects/product", {"name_field": "code"}, "PATCH")
    change("/objects/product/fields/price/index")
    assert hits(http, "90711") == 1
