"""Another type for a field with data in it: what would be lost is shown first, and undoing brings all of it back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from dealwright.model import Money
from world import World, labels
from world_objects import one

OPTIONS = [{"key": "one", "labels": labels("一", "One")}, {"key": "two", "labels": labels("二", "Two")}]


def preview(world: World, key: str, **spec: Any) -> Any:
    return world.admin.http.post(f"/objects/product/fields/{key}/type-preview", spec).json()


def retype(world: World, key: str, **spec: Any) -> Any:
    return world.admin.http.post(f"/objects/product/fields/{key}/type", spec)


def add(world: World, *specs: dict[str, Any]) -> None:
    for spec in specs:
        assert world.admin.http.post("/objects/product/fields", spec).status_code == 201


def test_the_preview_counts_what_converts_and_names_what_would_be_lost(world: World) -> None:
    add(world, one("size", "text"))
    for size in ("12", "1.5万", "big", "big", "abc", None):
        world.product(size=size)

    found = preview(world, "size", type="number")

    assert found == {
        "total": 5,
        "converts": 2,
        "lost_count": 3,
        "lost": [{"value": "big", "count": 2}, {"value": "abc", "count": 1}],
    }
    assert world.obj("product").fields["size"].type == "text"


def test_loss_must_be_accepted_and_undoing_brings_every_value_back(world: World) -> None:
    add(world, one("size", "text"))
    twelve, big, none = world.product(size="12"), world.product(size="big"), world.product(size=None)

    refused = retype(world, "size", type="number")
    assert (refused.status_code, refused.json()["code"], refused.json()["params"]["count"]) == (
        409,
        "CONVERSION_LOSS",
        1,
    )
    done = retype(world, "size", type="number", accept_loss=True)
    assert done.status_code == 200
    assert [world.read(record)["size"] for record in (twelve, big, none)] == [12, None, None]
    assert world.admin.http.get(f"/records/product/{twelve.id}").json()["size"] == 12

    assert world.admin.http.post(f"/schema-changes/{done.json()['change']}/undo").status_code == 200
    assert [world.read(record)["size"] for record in (twelve, big, none)] == ["12", "big", None]


def test_what_was_entered_since_the_change_survives_its_undoing(world: World) -> None:
    add(world, one("size", "text"))
    twelve, big, none = world.product(size="12"), world.product(size="big"), world.product(size=None)
    change = retype(world, "size", type="number", accept_loss=True).json()["change"]

    world.admin.patch(twelve, size=13)
    world.admin.patch(none, size=7)
    new = world.product(size=8)
    world.admin.http.post(f"/schema-changes/{change}/undo")

    assert [world.read(r)["size"] for r in (twelve, big, none, new)] == ["13", "big", "7", "8"]


def test_values_convert_by_their_meaning(world: World) -> None:
    add(
        world, one("price_list", "money"), one("length", "duration"), one("sold", "datetime"), one("bought", "date"),
        one("kind", "select", options=OPTIONS), one("kinds", "multi_select", options=OPTIONS), one("rate", "percent"),
        one("ok", "boolean"), one("words", "tags"),
    )  # fmt: skip
    record = world.product(
        price_list={"amount": "12.50", "currency": "USD"}, length=90, sold="2026-11-24T17:00:00Z", bought="2026-11-24",
        kind="one", kinds=["one", "two"], rate="12.5", ok=True, words=["a", "b"],
    )  # fmt: skip

    for key, spec, wanted in (
        ("price_list", {"type": "number", "scale": 2}, Decimal("12.50")), ("length", {"type": "number"}, 90),
        ("sold", {"type": "date"}, "2026-11-25"), ("bought", {"type": "datetime"}, "2026-11-23T16:00:00+00:00"),
        ("kind", {"type": "multi_select"}, ["one"]), ("kinds", {"type": "text"}, "一; 二"),
        ("rate", {"type": "number", "scale": 1}, Decimal("12.5")), ("ok", {"type": "text"}, "是"),
        ("words", {"type": "text"}, "a; b"),
    ):  # fmt: skip
        assert preview(world, key, **spec)["lost_count"] == 0, key
        assert retype(world, key, **spec).status_code == 200, key
        value = world.read(record)[key]
        assert (value.isoformat() if hasattr(value, "isoformat") else value) == wanted, key
    retype(world, "price_list", type="money")
    assert world.read(record)["price_list"] == Money(Decimal("12.50"), "CNY")
    retype(world, "words", type="tags")
    assert world.read(record)["words"] == ["a", "b"]


def test_the_text_of_an_option_becomes_the_option(world: World) -> None:
    add(world, one("kind", "text"))
    records = [world.product(kind=kind) for kind in ("one", "二", "three")]

    assert preview(world, "kind", type="select", options=OPTIONS)["lost"] == [{"value": "three", "count": 1}]
    retype(world, "kind", type="select", options=OPTIONS, accept_loss=True)
    assert [world.read(record)["kind"] for record in records] == ["one", "two", None]


def test_a_unique_field_stays_unique_or_says_what_would_be_the_same(world: World) -> None:
    add(world, one("code", "text", unique=True))
    one_, two = world.product(code="1"), world.product(code="01")

    refused = retype(world, "code", type="number")
    assert (refused.status_code, refused.json()["code"]) == (409, "UNIQUE_DUPLICATES")
    assert world.read(two)["code"] == "01"
    world.admin.patch(two, code="2")
    assert retype(world, "code", type="number").status_code == 200
    assert world.admin.create("product", name="x", code=1).code == "NOT_UNIQUE"
    assert world.read(one_)["code"] == 1


def test_what_cannot_be_retyped_is_refused(world: World) -> None:
    for object_key, key, spec, status, code in (
        ("opportunity", "amount", {"type": "number"}, 409, "FIELD_IN_USE"),
        ("opportunity", "account", {"type": "text"}, 409, "TYPE_CHANGE_UNSUPPORTED"),
        ("opportunity", "competitors", {"type": "text"}, 409, "TYPE_CHANGE_UNSUPPORTED"),
        ("opportunity", "weighted", {"type": "number"}, 409, "TYPE_CHANGE_UNSUPPORTED"),
        ("product", "price", {"type": "formula", "expression": "1"}, 409, "TYPE_CHANGE_UNSUPPORTED"),
        ("product", "price", {"type": "colour"}, 422, "UNKNOWN_TYPE"),
        ("product", "price", {"type": "number", "scale": 99}, 422, "CONFIG_NUMBER"),
        ("product", "nothing", {"type": "text"}, 404, "UNKNOWN_FIELD"), ("product", "owner", {"type": "text"}, 404, "UNKNOWN_FIELD"),
    ):  # fmt: skip
        reply = world.admin.http.post(f"/objects/{object_key}/fields/{key}/type", spec)
        assert (reply.status_code, reply.json()["code"]) == (status, code), (key, reply.json())
