"""A slow list offers the index that would make it fast."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from dealwright.foundation.database import UnitOfWork
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


def statement_of(world: World, **query: str) -> tuple[str, object]:
    """The list's own statement and its parameters, as sent for the administrator."""
    sent: list[tuple[str, object]] = []
    fetch = UnitOfWork.fetch

    def heard(uow: UnitOfWork, prepared: Any, values: Any = None, **options: Any) -> Any:
        sent.append((prepared.sql, prepared.params(values)))
        return fetch(uow, prepared, values, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(UnitOfWork, "fetch", heard)
        assert world.admin.http.get("/records/opportunity?" + urlencode(query)).status_code == 200
    return max(sent, key=lambda one: len(one[0]))


@pytest.mark.parametrize("where", [FILTERED, {}])
def test_a_descending_list_reads_the_index_it_was_given_backwards(world: World, where: dict[str, str]) -> None:
    for place in range(3):
        world.opportunity(world.seller, name=f"N{place}", amount=f"{place + 10}.00")
    with world.db.ddl() as uow:
        model.add_index(uow, "opportunity", "amount")
    sql, params = statement_of(world, filter=json.dumps(where), sort="-amount", fields="name")
    with world.db.read() as uow:
        if uow.dialect.is_sqlite:
            plan = " ".join(str(row[3]) for row in uow.raw(f"EXPLAIN QUERY PLAN {sql}", params))
            assert "ix_opportunity_amount" in plan
        else:
            for name in ("seqscan", "bitmapscan", "sort"):
                uow.raw(f"SET LOCAL enable_{name} = off")
            plan = " ".join(str(row[0]) for row in uow.raw(f"EXPLAIN {sql}", params))
            assert "Backward using ix_opportunity_amount" in plan


def test_a_condition_that_empty_values_do_not_meet_changes_no_order(world: World) -> None:
    for name, amount in (("A", "7.00"), ("B", None), ("C", "9.00"), ("D", "7.00"), ("E", "5.00")):
        world.opportunity(world.seller, name=name, amount=amount)

    def names(where: object) -> list[str]:
        query = {"filter": json.dumps(where), "sort": "-amount", "limit": "2"}
        found, cursor = [], None
        while True:
            reply = world.admin.http.get(
                "/records/opportunity?" + urlencode(query | ({"cursor": cursor} if cursor else {}))
            ).json()
            found += [record["name"] for record in reply["records"]]
            cursor = reply["next"]
            if cursor is None:
                return found

    assert names(FILTERED) == ["C", "D", "A"]
    assert names({"all": [FILTERED, {"field": "name", "op": "ne", "value": "C"}]}) == ["D", "A"]
    # either may be met without an amount, so empty ones are among them and come last
    assert names({"any": [FILTERED, {"field": "name", "op": "eq", "value": "B"}]}) == ["C", "D", "A", "B"]
    assert names({"not": FILTERED}) == ["E", "B"]


def test_empty_values_come_last_page_after_page(world: World) -> None:
    for place in range(9):
        world.opportunity(world.seller, name=f"N{place}", amount=None if place % 2 else f"{10 + place}.00")
    names, cursor = [], None
    while True:
        query = {"sort": "-amount", "limit": "2"} | ({"cursor": cursor} if cursor else {})
        reply = world.admin.http.get("/records/opportunity?" + urlencode(query)).json()
        names += [record["name"] for record in reply["records"]]
        cursor = reply["next"]
        if cursor is None:
            break
    assert names == ["N8", "N6", "N4", "N2", "N0", "N7", "N5", "N3", "N1"]
    whole = world.admin.http.get(
        "/records/opportunity?" + urlencode({"sort": "-amount", "limit": "7", "total": "true"})
    ).json()
    assert ([record["name"] for record in whole["records"]], whole["total"]) == (names[:7], 9)
