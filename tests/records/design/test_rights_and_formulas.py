"""Rights on one field, what a role would see, formulas tried on real records, the order of objects."""

from __future__ import annotations

from typing import Any

from world import World


def level(world: World, role: str, field: str, object_key: str = "account") -> str:
    roles = world.admin.http.get(f"/objects/{object_key}/rights").json()["roles"]
    found: str = next(one for one in roles if one["key"] == role)["fields"][field]
    return found


def give(world: World, role: str, field: str, to: Any) -> Any:
    return world.admin.http.call("PUT", f"/roles/{role}/fields/account/{field}", {"level": to})


def test_the_levels_of_every_role_are_those_that_hold(world: World) -> None:
    assert level(world, "salesperson", "phone") == "write"
    assert level(world, "salesperson", "secret_cost") == "hidden"
    assert level(world, "analyst", "phone") == "read"
    assert level(world, "administrator", "secret_cost") == "write"


def test_a_role_gets_a_level_on_one_field_and_loses_it_again(world: World) -> None:
    acme = world.seller.create("account", name="Acme", phone="021-5555 0000").record
    path = f"/records/account/{acme.id}"
    assert "phone" in world.seller.http.get(path).json()

    assert give(world, "salesperson", "phone", "hidden").status_code == 200

    assert "phone" not in world.seller.http.get(path).json()
    assert level(world, "salesperson", "email") == "write"
    change = world.admin.http.get("/schema-changes").json()["changes"][0]
    assert (change["kind"], change["field"], change["after"]) == (
        "rights.changed", "phone", {"role": "salesperson", "level": "hidden"}
    )  # fmt: skip

    assert give(world, "salesperson", "phone", None).status_code == 200
    assert "phone" in world.seller.http.get(path).json()


def test_rights_are_given_by_who_manages_people_and_never_taken_from_the_administrator(world: World) -> None:
    world.admin  # noqa: B018  # somebody has to administer
    designer = world.person("drafter", "designer")
    body = {"level": "write"}

    assert designer.http.call("PUT", "/roles/designer/fields/account/phone", body).status_code == 403
    assert give(world, "administrator", "phone", "hidden").json()["code"] == "ROLE_FIXED"
    assert give(world, "nobody", "phone", "hidden").json()["code"] == "ROLE_UNKNOWN"
    assert give(world, "salesperson", "phone", "all").json()["code"] == "GRANT_FORMAT"
    assert give(world, "salesperson", "nothing", "read").json()["code"] == "UNKNOWN_FIELD"
    assert give(world, "salesperson", "phone", "read").status_code == 200


def test_a_designer_sees_objects_as_a_role_would(world: World) -> None:
    def phone_and_cost(asked: str) -> tuple[Any, Any]:
        objects = world.admin.http.get(f"/objects{asked}").json()["objects"]
        found = {one["key"]: one["level"] for one in next(o for o in objects if o["key"] == "account")["fields"]}
        return found.get("phone"), found.get("secret_cost")

    assert phone_and_cost("") == ("write", "write")
    assert phone_and_cost("?as_role=salesperson") == ("write", None)
    assert phone_and_cost("?as_role=analyst") == ("read", None)
    assert world.admin.http.get("/objects?as_role=nobody").json()["code"] == "ROLE_UNKNOWN"
    assert world.seller.http.get("/objects?as_role=administrator").status_code == 403


def test_a_formula_is_tried_on_real_records(world: World) -> None:
    world.admin.create("opportunity", name="One", amount="100.00")
    world.admin.create("opportunity", name="Two", amount="50.00")
    spec = {"expression": "{amount} / 4", "result": "number", "scale": 1}

    found = world.admin.http.post("/objects/opportunity/formula-try", spec).json()["values"]

    assert [(one["label"], one["value"]) for one in found] == [("Two", "12.5"), ("One", "25.0")]


def test_a_wrong_formula_says_so_and_writes_nothing(world: World) -> None:
    def code(**spec: Any) -> str:
        reply = world.admin.http.post("/objects/opportunity/formula-try", spec)
        assert reply.status_code == 422, reply.text
        return str(reply.json()["code"])

    assert code(expression="{nothing} + 1", result="number").startswith("FORMULA")
    assert code(expression="{name} + 1", result="number").startswith("FORMULA")
    assert code(expression="", result="number") == "REQUIRED"
    assert "tried" not in [f["key"] for f in world.admin.http.get("/objects/opportunity").json()["fields"]]


def test_a_formula_shows_nobody_what_they_may_not_read(world: World) -> None:
    world.admin  # noqa: B018  # somebody has to administer
    designer = world.person("drafter", "designer", "salesperson")
    designer.create("account", name="Acme")

    def tried(expression: str) -> int:
        spec = {"expression": expression, "result": "text"}
        return len(designer.http.post("/objects/account/formula-try", spec).json()["values"])

    assert tried('concat("costs ", {secret_cost})') == 0
    assert tried('concat("is ", {name})') == 1


def test_objects_stand_in_the_order_they_were_put_into(world: World) -> None:
    def order() -> list[str]:
        return [o["key"] for o in world.admin.http.get("/objects").json()["objects"] if o["kind"] == "object"]

    before = order()
    wanted = [before[-1], *before[:-1]]

    assert world.admin.http.call("PUT", "/objects", {"order": wanted[:1]}).json() == {"order": wanted}
    assert order() == wanted

    change = world.admin.http.get("/schema-changes").json()["changes"][0]
    assert world.admin.http.post(f"/schema-changes/{change['id']}/undo").status_code == 200
    assert order() == before
    assert world.admin.http.call("PUT", "/objects", {"order": ["nothing"]}).json()["code"] == "UNKNOWN_OBJECT"
    assert world.seller.http.call("PUT", "/objects", {"order": before}).status_code == 403


def test_designers_who_read_no_records_are_told_no_counts_of_them(world: World) -> None:
    world.account()
    world.admin  # noqa: B018  # somebody has to administer
    designer = world.person("drafter", "designer")

    found = designer.http.get("/design/counts").json()["objects"]

    assert found["account"]["records"] is None
    assert world.admin.http.get("/design/counts").json()["objects"]["account"]["records"] == 1
    assert designer.http.get("/records/account?total=true").json().get("total", 0) == 0
