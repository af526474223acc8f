"""A field that the desk's sources name is not taken away unseen, and the desk goes on without it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dealwright.desk import export, put_source
from support.desk import Desk

TEXTS = {"labels": {"zh": "单子", "en": "Deals"}, "reason": {"zh": "看一下", "en": "Have a look"}}


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, open_desk: Callable[..., Desk]) -> Desk:
    desk = open_desk(request.param, "sales")
    with desk.services.db.write() as uow:
        put_source(uow, {
            "key": "asking", "object": "opportunity", **TEXTS, "sort": "need,name",
            "filter": {"all": [{"field": "need", "op": "not_empty"}, {"field": "name", "op": "not_empty"}]},
            "actions": [{"key": "open", "zh": "打开", "en": "Open", "open": True}],
        })  # fmt: skip
        set_it = {"key": "set", "zh": "填上", "en": "Fill in", "set": {"need": "asked"}}
        put_source(uow, {"key": "filling", "object": "opportunity", **TEXTS, "filter": {}, "actions": [set_it]})
    return desk


def sources(office: Desk) -> dict[str, Any]:
    with office.services.db.read() as uow:
        return {one["key"]: one for one in export(uow)}


def test_a_source_that_names_a_field_is_listed_and_holds_its_retirement_back(office: Desk) -> None:
    found = office.admin.get("/objects/opportunity/fields/need/uses")["uses"]
    assert ("desk", "asking") in {(one["kind"], one["key"]) for one in found}

    refused = office.admin.call("DELETE", "/objects/opportunity/fields/need")

    assert (refused.status_code, refused.json()["code"]) == (409, "FIELD_USED")


def test_a_field_taken_out_of_the_desk_leaves_the_rest_of_the_source(office: Desk) -> None:
    assert office.admin.call("DELETE", "/objects/opportunity/fields/need?clean=true").status_code == 204

    kept = sources(office)["asking"]
    assert (kept["filter"], kept["sort"]) == ({"all": [{"field": "name", "op": "not_empty"}]}, "name")
    assert office.admin.call("GET", "/desk").status_code == 200


def test_a_source_that_changes_the_field_goes_with_it(office: Desk) -> None:
    assert "filling" in sources(office)

    assert office.admin.call("DELETE", "/objects/opportunity/fields/need?clean=true").status_code == 204

    assert "filling" not in sources(office)
    assert office.admin.call("GET", "/desk").status_code == 200
