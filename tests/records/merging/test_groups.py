"""Finding duplicates: equal values and names, among what the asker sees."""

from world import World


def groups(world: World, by: str, object_key: str = "account") -> list[tuple[set[str], list[tuple[str, str]]]]:
    reply = world.person(by, "").http if by not in world._people else world._people[by].http
    body = reply.get(f"/records/{object_key}/duplicates").json()
    return [(set(g["ids"]), [(f["field"], f["how"]) for f in g["fields"]]) for g in body["groups"]]


def test_the_likeliest_come_first_with_what_is_the_same(world: World) -> None:
    one = world.account(world.seller, name="Yuanting Logistics", phone="13800138000", email="a@example.com")
    two = world.account(world.seller, name="Beta", phone="138 0013 8000", email="A@example.com")
    three = world.account(world.seller, name="Yuanting Logistics East Co., Ltd")
    world.account(world.seller, name="Gamma", phone="13900139000")

    assert groups(world, "seller") == [
        ({one.id, two.id}, [("phone", "same"), ("email", "same")]),
        ({one.id, three.id}, [("name", "begins")]),
    ]


def test_records_and_fields_out_of_sight_are_not_compared(world: World) -> None:
    world.account(world.seller, name="Acme", phone="13800138000")
    world.account(world.colleague, name="Beta", phone="13800138000")

    assert groups(world, "seller") == []
    world.admin  # noqa: B018
    assert len(groups(world, "admin")) == 1


def test_names_that_need_not_be_unique_are_compared_whole(world: World) -> None:
    one, two = (world.opportunity(world.seller, name=name) for name in ("Gateway  order", "gateway order"))

    assert groups(world, "seller", "opportunity") == [({one.id, two.id}, [("name", "same")])]
    gone = world.seller.delete(two)
    assert gone.status == 200
    assert groups(world, "seller", "opportunity") == []
