"""Objects and fields made, changed, retired and brought back over HTTP, with data in them, on both databases."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from dealwright.foundation.database import Database
from dealwright.model import schema_of
from dealwright.model import service as model
from world import World, labels


def field(key: str, type_: str = "text", **more: Any) -> dict[str, Any]:
    return {"key": key, "type": type_, "labels": labels(key, key.capitalize()), **more}


def add(world: World, object_key: str, spec: dict[str, Any]) -> Any:
    return world.admin.http.post(f"/objects/{object_key}/fields", spec)


def change(world: World, path: str, body: dict[str, Any]) -> Any:
    return world.admin.http.call("PATCH", f"/objects/{path}", body)


def undo(world: World, place: int = 0) -> Any:
    changes = world.admin.http.get("/schema-changes").json()["changes"]
    return world.admin.http.post(f"/schema-changes/{changes[place]['id']}/undo")


def columns(world: World, object_key: str) -> set[str]:
    with world.db.read() as uow:
        return {column["name"] for column in sa.inspect(uow.conn).get_columns(object_key)}


def keys(world: World, object_key: str) -> list[str]:
    return [one["key"] for one in world.admin.http.get(f"/objects/{object_key}").json()["fields"]]


# ── making ──


def test_a_field_is_added_to_an_object_with_records_and_used_at_once(world: World) -> None:
    acme = world.account()

    made = add(world, "account", field("size", "number", default=5))

    assert made.status_code == 201
    assert world.read(acme)["size"] is None  # a default is for new records
    assert world.read(world.account())["size"] == 5
    assert "size" in columns(world, "account")


def test_a_key_is_made_from_the_label_when_none_is_given(world: World) -> None:
    assert add(world, "account", {"type": "text", "labels": {"zh": "客户级别"}}).json()["key"] == "ke_hu_ji_bie"
    assert add(world, "account", {"type": "text", "labels": {"zh": "客户级别"}}).json()["key"] == "ke_hu_ji_bie_2"
    assert add(world, "account", {"type": "text", "labels": "Order"}).json()["key"] == "order_x"


REFUSED_FIELDS: list[tuple[Any, int, str | None]] = [
    (field("select"), 422, "KEY_RESERVED"), (field("owner"), 422, "KEY_RESERVED"), (field("id"), 422, "KEY_RESERVED"),
    (field("dw_x"), 422, "KEY_RESERVED"), (field("x" * 80), 422, "KEY_FORMAT"), (field("x" * 41), 422, "KEY_FORMAT"),
    (field("项目"), 422, "KEY_FORMAT"), (field("a__b"), 422, "KEY_FORMAT"), (field("Name"), 422, "KEY_FORMAT"),
    (field("a b"), 422, "KEY_FORMAT"), (field("a;drop table account"), 422, "KEY_FORMAT"), (field("9a"), 422, "KEY_FORMAT"),
    ({**field("x"), "key": 7}, 422, "KEY_FORMAT"), ({**field("x"), "key": ["a"]}, 422, "KEY_FORMAT"),
    (field("name"), 409, "KEY_TAKEN"), (field("parent_id"), 422, "KEY_TAKEN"),
    (field("secret_cost_currency"), 422, "KEY_TAKEN"), (field("name_norm"), 422, "KEY_TAKEN"),
    (field("x", "colour"), 422, "UNKNOWN_TYPE"), ({"key": "x", "labels": "x"}, 422, "UNKNOWN_TYPE"),
    ({**field("x"), "type": {"a": 1}}, 422, "UNKNOWN_TYPE"),
    ({"key": "x", "type": "text"}, 422, "LABELS"), ({**field("x"), "labels": {}}, 422, "LABELS"),
    ({**field("x"), "labels": {"zh": 5}}, 422, "LABELS"), ({**field("x"), "labels": {"zh": "长" * 101}}, 422, "LABELS"),
    ({**field("x"), "labels": ["a"]}, 422, "LABELS"), ({**field("x"), "labels": "a\u0000b"}, 422, None),
    (field("x", required="yes"), 422, "SETTING_TYPE"), (field("x", position="first"), 422, "SETTING_TYPE"),
    (field("x", help=["a"]), 422, "SETTING_TYPE"), (field("x", section=5), 422, "SETTING_TYPE"),
    (field("x", config=[1]), 422, "SETTING_TYPE"), (field("x", position=-1), 422, "CONFIG_NUMBER"),
    (field("x", "relation", target="nothing"), 422, "UNKNOWN_OBJECT"), (field("x", "relation"), 422, "UNKNOWN_OBJECT"),
    (field("x", "relation_many", target=["account"]), 422, "SETTING_TYPE"),
    (field("x", "number", scale=9), 422, "CONFIG_NUMBER"), (field("x", "number", scale="2"), 422, "CONFIG_NUMBER"),
    (field("x", "number", min=5, max=1), 422, "RANGE_ORDER"), (field("x", "number", min="a"), 422, "NUMBER_FORMAT"),
    (field("x", "number", default="abc"), 422, "NUMBER_FORMAT"), (field("x", "number", default=5, max=3), 422, "ABOVE_MAX"),
    (field("x", "boolean", default="yes"), 422, "BOOLEAN_EXPECTED"),
    (field("x", "text", max_length=0), 422, "CONFIG_NUMBER"), (field("x", "text", format="zip"), 422, "CONFIG_CHOICE"),
    (field("x", "select", options="a"), 422, "OPTIONS_FORMAT"), (field("x", "select", options=[{}]), 422, "KEY_FORMAT"),
    (field("x", "select", options=[{"key": "a"}]), 422, "LABEL_MISSING"),
    (field("x", "select", options=[{"key": "a", "labels": labels("a", "a")}] * 2), 422, "OPTION_TWICE"),
    (field("x", "select", default="b", options=[{"key": "a", "labels": labels("a", "a")}]), 422, "OPTION_UNKNOWN"),
    (field("x", "long_text", unique=True), 422, "UNIQUE_UNSUPPORTED"), (field("x", "tags", unique=True), 422, "UNIQUE_UNSUPPORTED"),
    (field("x", "auto_number", format="HT"), 422, "AUTO_NUMBER_FORMAT"),
    (field("x", "phone", region="XX"), 422, "CONFIG_CHOICE"),
    (field("very_long_name_of_a_table_of_lines_here_x", "line_items"), 422, "KEY_FORMAT"), (field("lines", "line_items", fields=[field("a", "colour")]), 422, "UNKNOWN_TYPE"),
    (field("lines", "line_items", fields="a"), 422, "SETTING_TYPE"),
]  # fmt: skip


def test_a_field_that_cannot_be_is_refused_with_the_reason(world: World) -> None:
    before, wrong = columns(world, "account"), []

    for spec, status, code in REFUSED_FIELDS:
        reply = add(world, "account", spec)
        body = reply.json()
        if (reply.status_code, body.get("code") if code else None) != (status, code) or not body.get(
            "message", status == 201
        ):
            wrong.append((spec, reply.status_code, body))
    assert wrong == []
    assert columns(world, "account") == before


REFUSED_OBJECTS: list[tuple[Any, int, str]] = [
    ({"key": "order", "labels": "Order"}, 422, "KEY_RESERVED"), ({"key": "pg_thing", "labels": "x"}, 422, "KEY_RESERVED"),
    ({"key": "alembic_version", "labels": "x"}, 422, "KEY_RESERVED"),
    ({"key": "account", "labels": "x"}, 409, "KEY_TAKEN"), ({"key": "opportunity_lines", "labels": "x"}, 409, "KEY_TAKEN"),
    ({"key": "x"}, 422, "LABELS"), ({"key": "x", "labels": "x", "fields": "name"}, 422, "SETTING_TYPE"),
    ({"key": "x", "labels": "x", "fields": ["name"]}, 422, "FIELD_FORMAT"), ({"key": "x", "labels": "x", "icon": 5}, 422, "SETTING_TYPE"),
    ({"key": "x", "labels": "x", "name_field": "y", "fields": [field("a")]}, 422, "UNKNOWN_FIELD"),
    ({"key": "x", "labels": "x", "fields": [field("a"), field("a")]}, 409, "KEY_TAKEN"),
    ({"key": "x", "labels": "x", "fields": [field(f"f{n}") for n in range(501)]}, 422, "TOO_MANY"),
    ([], 422, "BODY_OBJECT"), ("x", 422, "BODY_OBJECT"), ({}, 422, "LABELS"),
]  # fmt: skip


def test_an_object_that_cannot_be_is_refused_with_the_reason(world: World) -> None:
    wrong = []
    for spec, status, code in REFUSED_OBJECTS:
        reply = world.admin.http.post("/objects", spec)
        if (reply.status_code, reply.json()["code"]) != (status, code):
            wrong.append((spec, reply.status_code, reply.json()))
    assert wrong == []
    with world.db.read() as uow:
        assert not sa.inspect(uow.conn).has_table("x")


def test_all_errors_of_all_fields_come_in_one_answer(world: World) -> None:
    spec = {"key": "x", "labels": "x", "fields": [field("a", "number", scale=9), field("b", "relation", target="no")]}

    errors = world.admin.http.post("/objects", spec).json()["errors"]
    assert [(error["field"], error["code"]) for error in errors] == [
        ("x.a.scale", "CONFIG_NUMBER"), ("x.b.target", "UNKNOWN_OBJECT"),
    ]  # fmt: skip


def test_only_a_designer_changes_the_model_and_hidden_fields_are_absent_for_others(world: World) -> None:
    for person in (world.seller, world.manager, world.analyst):
        http = person.http
        for method, path, body in (
            ("POST", "/objects", {"key": "x", "labels": "x"}), ("POST", "/objects/account/fields", field("x")),
            ("PATCH", "/objects/account", {"icon": "x"}), ("DELETE", "/objects/product", None),
            ("PATCH", "/objects/account/fields/phone", {"required": True}), ("DELETE", "/objects/account/fields/phone", None),
            ("POST", "/objects/account/fields/phone/type", {"type": "text"}), ("GET", "/schema-changes", None),
            ("POST", "/objects/account/fields/phone/type-preview", {"type": "text"}),
            ("POST", "/schema-changes/x/undo", None),
        ):  # fmt: skip
            reply = http.call(method, path, body)
            assert (reply.status_code, reply.json()["code"]) == (403, "FORBIDDEN"), path
        seen = [one["key"] for one in http.get("/objects/account").json()["fields"]]
        assert "name" in seen
        assert person is not world.seller or "secret_cost" not in seen
    assert "secret_cost" in keys(world, "account")


# ── changing ──


def test_a_label_is_renamed_and_nothing_that_names_the_key_breaks(world: World) -> None:
    acme = world.account(name="Acme")

    reply = change(world, "account/fields/name", {"labels": {"zh": "单位名称"}})

    assert reply.json()["labels"] == {"zh": "单位名称", "en": "Name"}
    assert world.admin.http.get(f"/records/account/{acme.id}").json()["name"] == "Acme"
    assert undo(world).status_code == 200
    assert world.obj("account").fields["name"].labels["zh"] == "name"


def test_undoing_a_change_of_settings_gives_exactly_the_old_ones(world: World) -> None:
    before = world.obj("account").fields["industry"]
    more = [*before.config["options"], {"key": "steel", "labels": labels("钢铁", "Steel")}]

    change(world, "account/fields/industry", {
        "options": more, "required": True, "section": "profile", "help": {"zh": "选一个"}, "position": 3, "colour": "red",
    })  # fmt: skip
    assert list(world.obj("account").fields["industry"].options) == ["software", "food", "steel"]
    undo(world)

    after = world.obj("account").fields["industry"]
    assert (after.config, after.required, after.section, after.help, after.position) == (
        before.config, before.required, before.section, before.help, before.position,
    )  # fmt: skip


def test_a_change_that_cannot_be_is_refused(world: World) -> None:
    for body, code in [
    ({"key": "x"}, "FIELD_FIXED"), ({"type": "number"}, "FIELD_FIXED"), ({"labels": {"zh": 5}}, "LABELS"),
    ({"labels": None}, "LABELS"), ({"labels": "x\u0000"}, None), ({"required": "no"}, "SETTING_TYPE"),
    ({"help": "x"}, "SETTING_TYPE"), ({"max_length": "x"}, "CONFIG_NUMBER"), ({"default": 5}, "TEXT_EXPECTED"),

    ]:  # fmt: skip
        reply = change(world, "account/fields/name", body)
        assert (reply.status_code, reply.json()["code"] if code else None) == (422, code), body


def test_the_places_of_a_number_are_no_mere_setting(world: World) -> None:
    """On SQLite the stored whole numbers would mean something else."""
    add(world, "account", field("rate", "number", scale=2))
    acme = world.account(rate="12.34")

    assert change(world, "account/fields/rate", {"scale": 4}).json()["code"] == "FIELD_FIXED"
    reply = world.admin.http.post("/objects/account/fields/rate/type", {"type": "number", "scale": 4})
    assert reply.status_code == 200, reply.json()
    assert str(world.read(acme)["rate"]) == "12.3400"


def test_an_option_in_use_is_not_taken_away_but_may_be_put_to_rest(world: World) -> None:
    world.account(industry="food")
    options = [{"key": "software", "labels": labels("软件", "Software")}]

    refused = change(world, "account/fields/industry", {"options": options})
    assert (refused.status_code, refused.json()["code"], refused.json()["params"]["count"]) == (409, "OPTION_IN_USE", 1)
    resting = [*options, {"key": "food", "labels": labels("食品", "Food"), "active": False}]
    assert change(world, "account/fields/industry", {"options": resting}).status_code == 200
    assert world.admin.create("account", name="x", industry="food").code == "OPTION_UNKNOWN"


def test_unique_is_refused_while_values_occur_twice_and_names_them(world: World) -> None:
    add(world, "product", field("code"))
    one, two = world.product(code="Ａ-1"), world.product(code="a-1 ")
    world.product(code="b")

    refused = change(world, "product/fields/code", {"unique": True})
    assert (refused.status_code, refused.json()["code"]) == (409, "UNIQUE_DUPLICATES")
    assert refused.json()["params"] == {"count": 1, "values": ["Ａ-1 = a-1"]}
    world.admin.patch(two, code="c")
    assert change(world, "product/fields/code", {"unique": True}).json()["unique"] is True
    assert world.admin.create("product", name="x", code="A-1").code == "NOT_UNIQUE"
    assert world.admin.patch(world.now_of(one), code="a-1").status == 200
    undo(world)
    assert world.admin.create("product", name="x", code="A-1").status == 201


def test_a_record_in_the_bin_does_not_stand_in_the_way_of_unique(world: World) -> None:
    add(world, "product", field("code"))
    world.product(code="a")
    world.admin.delete(world.product(code="a"))

    assert change(world, "product/fields/code", {"unique": True}).status_code == 200


# ── retiring ──


def test_a_retired_field_keeps_its_data_and_comes_back_with_them(world: World) -> None:
    acme = world.account(phone="13800138000")

    assert world.admin.http.call("DELETE", "/objects/account/fields/phone").status_code == 204
    assert "phone" not in keys(world, "account")
    assert "phone" not in world.admin.http.get(f"/records/account/{acme.id}").json()
    assert add(world, "account", field("phone")).json()["code"] == "KEY_TAKEN"
    assert world.admin.http.post("/objects/account/fields/phone/restore").status_code == 200
    assert world.read(acme)["phone"] == "+8613800138000"


def test_a_field_that_others_need_is_not_retired(world: World) -> None:
    for object_key, key, code in [
    ("account", "name", "NAME_FIELD"), ("opportunity", "amount", "FIELD_IN_USE"), ("opportunity", "account", "FIELD_IN_USE"),
    ("opportunity", "stage", "FIELD_IN_USE"), ("opportunity", "lines", "FIELD_IN_USE"), ("account", "won_total", "FIELD_IN_USE"),
    ("account", "owner", "UNKNOWN_FIELD"), ("account", "nothing", "UNKNOWN_FIELD"),

    ]:  # fmt: skip
        reply = world.admin.http.call("DELETE", f"/objects/{object_key}/fields/{key}")
        assert (reply.status_code, reply.json()["code"]) == (404 if code == "UNKNOWN_FIELD" else 409, code), key
        assert key in keys(world, object_key) or key == "nothing"


def test_an_object_that_others_point_at_is_not_retired(world: World) -> None:
    refused = world.admin.http.call("DELETE", "/objects/account")
    assert (refused.status_code, refused.json()["code"]) == (409, "OBJECT_IN_USE")
    assert "opportunity.account" in refused.json()["params"]["fields"]

    assert world.admin.http.call("DELETE", "/objects/opportunity").json()["code"] == "OBJECT_IN_USE"  # account.deals


def test_an_object_is_retired_with_its_lines_and_brought_back(world: World) -> None:
    world.admin.http.post("/objects", {
        "key": "order_form", "labels": "Order form", "fields": [field("name"), field("rows", "line_items", fields=[field("a")])],
    })  # fmt: skip
    record = world.made("order_form", rows=[{"a": "x"}])

    assert world.admin.http.call("DELETE", "/objects/order_form").status_code == 204
    found = [obj["key"] for obj in world.admin.http.get("/objects").json()["objects"]]
    assert not {"order_form", "order_form_rows"} & set(found)
    assert world.admin.http.get("/records/order_form").status_code == 404
    assert undo(world).status_code == 200
    assert world.read(record)["rows"][0]["a"] == "x"


def test_every_change_is_recorded_and_undone_once(world: World) -> None:
    made = add(world, "account", field("size", "number"))
    assert made.status_code == 201
    newest = world.admin.http.get("/schema-changes").json()["changes"][0]
    assert (newest["kind"], newest["object"], newest["field"], newest["actor"]["label"]) == (
        "field.added", "account", "size", "Admin",
    )  # fmt: skip

    assert undo(world).status_code == 200
    assert "size" not in keys(world, "account")
    assert world.admin.http.post(f"/schema-changes/{newest['id']}/undo").json()["code"] == "ALREADY_UNDONE"
    assert world.admin.http.post("/schema-changes/nothing/undo").status_code == 404
    assert undo(world, 0).status_code == 200  # undoing the retirement brings it back
    assert "size" in keys(world, "account")


# ── several processes ──


def test_a_second_process_sees_the_new_field_at_once(world: World, db_url: str) -> None:
    other = Database(db_url, world.clock)
    try:
        with other.read() as uow:
            assert "size" not in schema_of(uow).object("account").fields
        add(world, "account", field("size", "number"))
        with other.read() as uow:
            assert "size" in schema_of(uow).object("account").fields
    finally:
        other.close()


def test_a_change_that_fails_leaves_neither_column_nor_catalogue(world: World) -> None:
    class Stop(Exception):
        pass

    with pytest.raises(Stop), world.db.ddl() as uow:
        model.add_field(uow, "account", field("size", "number"))
        raise Stop
    assert "size" not in columns(world, "account")
    assert "size" not in world.obj("account").fields
    assert add(world, "account", field("size", "number")).status_code == 201


def test_designers_at_the_same_moment_wait_for_each_other(world: World) -> None:
    import threading

    replies: list[int] = []
    http = world.admin.http
    http.get("/objects")

    def work(n: int) -> None:
        spec = field("same") if n % 2 else field(f"own_{n}")
        replies.append(http.post("/objects/account/fields", spec).status_code)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(replies) == [201] * 4 + [409] * 2
    assert {"same", "own_0", "own_2", "own_4"} <= columns(world, "account") & set(keys(world, "account"))
