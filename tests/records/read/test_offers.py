"""A slow list offers the index that would make it fast."""

import json
from urllib.parse import urlencode

import pytest

from dealwright.model import service as model
from dealwright.records.query import offers
from world import Person, World

FILTERED = {"field": "amount", "op": "gt", "value": "5"}


def offer(person: Person, **query: str) -> object:
    reply = person.http.get("/records/opportunity?" + urlencode(query))
    assert reply.status_code == 200, reply.text
    return reply.json().get("offer")


def test_a_slow_list_offers_an_index_to_those_who_may_add_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert offer(world.admin, sort="-amount") is None  # it was fast
    monkeypatch.setattr(offers, "SLOW_S", 0.0)

    assert offer(world.admin, sort="-amount") == {"index": "amount"}
    assert offer(world.admin, filter=json.dumps(FILTERED), sort="close_date") == {"index": "amount"}
    assert offer(world.seller, sort="-amount") is None
    assert offer(world.admin, sort="-close_date") is None  # it has one
    with world.db.ddl() as uow:
        model.add_index(uow, "opportunity", "amount")
    assert offer(world.admin, filter=json.dumps(FILTERED), sort="-amount") is None
