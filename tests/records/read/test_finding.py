"""Search, look-ups and duplicates: everything is found by each of its pieces, and nothing that may not be seen."""

import random
from typing import Any
from urllib.parse import quote

import pytest

from world import World

NAMES = [
    "华为云计算有限公司",
    "云南白药",
    "北京华云科技",
    "上海大众汽车",
    "大众点评",
    "Acme 中国",
    "Acme Labs",
    "中国移动 5G",
    "报价单",
    "𠮷野家",
]


def hits(world: World, text: str, by: Any = None) -> set[str]:
    answer = (by or world.seller).http.get(f"/search?q={quote(text)}&objects=account")
    assert answer.status_code == 200, answer.text
    return {hit["label"] for group in answer.json()["results"] for hit in group["hits"]}


def listed(world: World, text: str, by: Any = None) -> set[str]:
    answer = (by or world.seller).http.get(f"/records/account?search={quote(text)}&total=true")
    found = {record["name"] for record in answer.json()["records"]}
    assert answer.json()["total"] == len(found)
    return found


def test_every_piece_of_one_or_two_characters_finds_all_names_that_hold_it(world: World) -> None:
    for name in NAMES:
        world.account(world.seller, name=name)
    pieces = {name[i : i + n] for name in NAMES for n in (1, 2, 3) for i in range(len(name) - n + 1)}
    chinese = sorted(p for p in pieces if all("\u3400" <= ch <= "\u9fff" or ch > "\U00020000" for ch in p))
    for piece in chinese:
        assert listed(world, piece) == {name for name in NAMES if piece in name}, piece
        assert hits(world, piece) <= {name for name in NAMES if piece in name}
    for text, found in (("acme", {"Acme 中国", "Acme Labs"}), ("ACM", {"Acme 中国", "Acme Labs"}), ("acme 中国", {"Acme 中国"}),
                        ("中国5", {"中国移动 5G"}), ("hwy", {"华为云计算有限公司"}), ("ynby", {"云南白药"}), ("huawei", {"华为云计算有限公司"}),
                        ("ＡＣＭＥ", {"Acme 中国", "Acme Labs"}), ("…", set()), ("不存在", set()), ("%", set()), ("*", set()),
                        ("' OR 1=1", set()), ('"', set()), ("acme OR 云", set())):  # fmt: skip
        assert listed(world, text) == found, text


def test_a_phone_number_is_found_by_any_piece_of_four_digits_or_more(world: World) -> None:
    dice = random.Random(3)
    numbers = {f"K{place}": "138" + "".join(dice.choice("0123456789") for _ in range(8)) for place in range(12)}
    for name, number in numbers.items():
        world.account(world.seller, name=name, phone=number)
    world.account(world.seller, name="Fax", phone="+86 10 6552 9988")
    for number in numbers.values():
        for piece in (number, number[-4:], number[3:7], number[5:], number[:3]):
            expected = {name for name, one in numbers.items() if piece in one or piece in f"86{one}"}
            assert expected <= listed(world, piece) <= expected | {"Fax"}, piece
    assert listed(world, "65529988") == {"Fax"} == listed(world, "9988")


def test_an_email_is_found_by_name_domain_or_whole(world: World) -> None:
    world.account(world.seller, name="A", email="li.wei@huawei.example.com")
    world.account(world.seller, name="B", email="wang@huawei.example.com")
    for text, found in (("li.wei@huawei.example.com", {"A"}), ("huawei", {"A", "B"}), ("wang@", {"B"}), ("wei", {"A"})):
        assert listed(world, text) == found, text


def test_what_was_deleted_or_renamed_is_not_found_and_what_was_restored_is(world: World) -> None:
    account = world.account(world.seller, name="华为")
    world.seller.patch(account, name="中兴")
    assert (listed(world, "华为"), listed(world, "中兴")) == (set(), {"中兴"})
    world.seller.delete(world.now_of(account))
    assert listed(world, "中兴") == set() == hits(world, "中兴")
    world.seller.restore(world.now_of(account))
    assert listed(world, "中兴") == {"中兴"}


def test_only_fields_and_records_in_sight_are_searched(world: World) -> None:
    world.account(world.colleague, name="别人的")
    world.account(world.seller, name="自己的", phone="13812345678")
    assert listed(world, "的") == {"自己的"} == hits(world, "的")
    assert listed(world, "5678", world.analyst) == {"自己的"}


def test_a_look_up_suggests_visible_records_the_newest_first(world: World) -> None:
    for name in ("华为一", "华为二", "其他"):
        world.account(world.seller, name=name)
        world.clock.advance(minutes=1)
    world.account(world.colleague, name="华为三")
    http = world.seller.http
    found = http.get(f"/records/account/lookup?q={quote('华为')}").json()["records"]
    assert [one["label"] for one in found] == ["华为二", "华为一"]
    assert [one["label"] for one in http.get("/records/account/lookup?q=&limit=1").json()["records"]] == ["其他"]
    for bad in ("limit=0", "limit=51", "limit=x", "q=a&q=b", "x=1"):
        assert http.get(f"/records/account/lookup?{bad}").status_code == 422


def test_duplicates_in_sight_are_named_and_others_only_counted(world: World) -> None:
    mine = world.account(world.seller, name="A", phone="13812345678")
    world.account(world.colleague, name="杭州云帆", phone="13812345678")
    http = world.seller.http
    found = http.post("/records/account/duplicates", {"values": {"phone": "138 1234 5678"}}).json()
    assert found == {"candidates": [{"id": mine.id, "label": "A", "fields": ["phone"]}], "others": 1}
    found = http.post("/records/account/duplicates", {"values": {"phone": "13812345678"}, "exclude": mine.id}).json()
    assert found == {"candidates": [], "others": 1}
    refused = http.post("/records/account", {"name": "杭州云帆有限公司"})
    assert refused.status_code == 422 and refused.json()["code"] == "NOT_UNIQUE"
    assert "杭州云帆" not in refused.text.replace("杭州云帆有限公司", "")
    assert http.post("/records/account/duplicates", {"values": {"secret_cost": "1.00"}}).json() == {
        "candidates": [],
        "others": 0,
    }


@pytest.mark.parametrize("body", [[], {}, {"values": []}, {"values": {}, "exclude": 5}, {"values": {}, "x": 1}, "a"])
def test_a_question_for_duplicates_that_makes_no_sense_is_refused(world: World, body: Any) -> None:
    assert world.seller.http.post("/records/account/duplicates", body).status_code == 422
