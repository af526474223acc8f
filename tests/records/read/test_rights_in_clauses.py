"""Hidden, masked and computed fields in every clause: what is answered says nothing about them."""

import json
from typing import Any
from urllib.parse import quote

import pytest

from dealwright.model import service as model
from world import World, labels

CLAUSES = {
    "filter": lambda f: ("GET", "?filter=" + quote(json.dumps({"field": f, "op": "not_empty"})), None),
    "sort": lambda f: ("GET", f"?sort={f}", None), "fields": lambda f: ("GET", f"?fields={f}", None),
    "group": lambda f: ("POST", "/aggregate", {"group_by": [{"field": f}]}),
    "measure": lambda f: ("POST", "/aggregate", {"measures": [{"op": "max", "field": f}]}),
    "export": lambda f: ("GET", f"/export?fields={f}", None),
    "words": lambda f: ("POST", "/words", {"filter": {"field": f, "op": "not_empty"}}),
}  # fmt: skip


@pytest.mark.parametrize("clause", sorted(CLAUSES))
def test_a_hidden_field_gets_the_answer_of_one_that_does_not_exist(world: World, clause: str) -> None:
    world.account(world.manager, name="K")
    http = world.manager.http

    def asked(field: str) -> tuple[int, str]:
        method, path, body = CLAUSES[clause](field)
        answer = http.call(method, f"/records/account{path}", body, X_Request_Id="r")
        return answer.status_code, answer.text

    hidden, unknown = asked("secret_cost"), asked("secret_tost")
    assert hidden[0] == 422 and '"code":"UNKNOWN_FIELD"' in hidden[1]
    assert hidden[1].replace("secret_cost", "secret_tost") == unknown[1]
    assert asked("name")[0] == 200 or clause == "measure"


@pytest.mark.parametrize("clause", ["filter", "sort", "group", "measure", "words"])
def test_a_masked_field_is_shown_masked_and_not_asked_about(world: World, clause: str) -> None:
    with world.db.ddl() as uow:
        model.add_field(
            uow, "account", {"key": "mobile", "type": "phone", "labels": labels("手机", "Mobile"), "personal": True}
        )
    account = world.account(world.admin, name="K", mobile="13812345678")
    method, path, body = CLAUSES[clause]("mobile")
    refused = world.analyst.http.call(method, f"/records/account{path}", body)
    assert (refused.status_code, refused.json()["code"]) == (403, "FIELD_FORBIDDEN")
    assert world.admin.http.call(method, f"/records/account{path}", body).status_code in (200, 422)
    http = world.analyst.http
    assert http.get(f"/records/account/{account.id}").json()["mobile"] == "138****5678"
    for kind in ("csv", "xlsx"):
        exported = http.get(f"/records/account/export?format={kind}&fields=name,mobile")
        assert exported.status_code == 200 and b"12345678" not in exported.content
    assert http.get("/records/account?search=5678").json()["records"] == []


def _computed(world: World, **more: Any) -> None:
    with world.db.ddl() as uow:
        model.add_field(uow, "account", {"key": "cost_text", "type": "formula", "labels": labels("a", "a"), "result": "number",
                                         "expression": "coalesce({secret_cost}, 0) + 1", **more})  # fmt: skip
        model.add_field(uow, "account", {"key": "again", "type": "formula", "labels": labels("b", "b"), "result": "number",
                                         "expression": "{cost_text} * 2", **more})  # fmt: skip


def test_a_formula_is_as_hidden_as_what_it_reads_also_through_another(world: World) -> None:
    _computed(world)
    world.account(world.admin, name="K", secret_cost="5.00")
    shown = world.admin.http.get("/records/account").json()["records"][0]
    assert (shown["cost_text"], shown["again"]) == ("6.00", "12.00")
    hidden = world.analyst.http.get("/records/account").json()["records"][0]
    assert not {"cost_text", "again", "secret_cost"} & set(hidden)
    assert world.analyst.http.get("/records/account?sort=again").json()["code"] == "UNKNOWN_FIELD"


def test_a_declassified_formula_is_shown(world: World) -> None:
    _computed(world, declassified=True)
    world.account(world.admin, name="K", secret_cost="5.00")
    shown = world.analyst.http.get("/records/account").json()["records"][0]
    assert (shown["cost_text"], "secret_cost" in shown) == ("6.00", False)


def test_a_total_is_shown_to_those_who_see_all_that_it_adds_up(world: World) -> None:
    account = world.account(world.seller, name="K")
    world.opportunity(world.seller, account=account.id, amount="5.00")
    assert world.analyst.http.get("/records/account").json()["records"][0]["deals"] == 1
    for person in (world.seller, world.manager):
        assert "deals" not in person.http.get("/records/account").json()["records"][0]
        assert "open_balance" not in person.http.get("/records/account").json()["records"][0]
    with world.db.ddl() as uow:
        model.change_field(uow, "account", "deals", {"declassified": True})
    assert world.seller.http.get("/records/account").json()["records"][0]["deals"] == 1
    # lines belong to the record: their total is shown with it
    assert "list_total" in world.seller.http.get("/records/opportunity").json()["records"][0]


def test_the_description_of_objects_names_no_hidden_field(world: World) -> None:
    _computed(world)
    for path in ("/objects", "/objects/account"):
        assert "secret_cost" not in world.seller.http.get(path).text
        assert "secret_cost" in world.admin.http.get(path).text
