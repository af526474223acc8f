"""Lists: order, pages, totals, fields, related records, the bin, and what is refused."""

import base64
import json
from typing import Any
from urllib.parse import urlencode

import pytest

from dealwright.foundation.database import UnitOfWork
from world import World
from world_objects import STAGES


def listed(world: World, by: Any = None, object_key: str = "opportunity", **query: Any) -> Any:
    given = {k: json.dumps(v) if isinstance(v, dict) else v for k, v in query.items()}
    return (by or world.seller).http.get(f"/records/{object_key}?{urlencode(given)}")


def names(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [record["name"] for record in answer.json()["records"]]


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_empty_values_come_last_in_both_directions_and_ties_have_a_fixed_order(world: World) -> None:
    for name, amount in (("A", "5.00"), ("B", None), ("C", "7.00"), ("D", "5.00"), ("E", None)):
        world.opportunity(world.seller, name=name, amount=amount)
    assert names(listed(world, sort="amount,name")) == ["A", "D", "C", "B", "E"]
    assert names(listed(world, sort="-amount,-name")) == ["C", "D", "A", "E", "B"]
    assert names(listed(world, sort="amount")) == ["A", "D", "C", "B", "E"]


@pytest.mark.parametrize(
    "sort", ["amount", "-amount", "-amount,name", "account.name,-amount", "stage,close_date", "-created_at"]
)
def test_no_record_is_lost_or_shown_twice_while_others_are_added(world: World, sort: str) -> None:
    accounts = [world.account(world.seller, name=f"K{place}").id for place in range(2)]
    for place in range(17):
        world.opportunity(
            world.seller, name=f"N{place:02}", amount=[None, "5.00", "7.00"][place % 3], account=[None, *accounts][place % 3],
            close_date=[None, "2026-12-01"][place % 2],
        )  # fmt: skip
        world.clock.advance(seconds=place % 2)
    expected = {f"N{place:02}" for place in range(17)}
    seen: list[str] = []
    cursor, pages = None, 0
    while True:
        answer = listed(world, sort=sort, limit=4, total="true", **({"cursor": cursor} if cursor else {}))
        seen += names(answer)
        cursor, pages = answer.json()["next"], pages + 1
        world.opportunity(world.seller, name=f"new {pages}", amount=["6.00", None, "1.00"][pages % 3])
        if cursor is None or pages > 12:
            break
    old = [name for name in seen if not name.startswith("new")]
    assert sorted(old) == sorted(expected) and len(seen) == len(set(seen))


def test_a_cursor_that_was_made_up_or_belongs_elsewhere_is_refused(world: World) -> None:
    for place in range(4):
        world.opportunity(world.seller, name=f"N{place}", amount=f"{place}.00")
    cursor = listed(world, sort="amount", limit=2).json()["next"]
    inner = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    forged = [
        [inner[0], {"a": 1}, inner[2]],
        [inner[0], inner[1], 5],
        [inner[0], inner[1]],
        inner[1:],
        {"a": 1},
        [inner[0], "abc", "x"],
        [],
        5,
    ]
    texts = [base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in forged]
    for bad in [*texts, "x", "é", "null", cursor[:-3], "A" * 5_000, "nan", "' OR 1=1"]:
        assert code(listed(world, sort="amount", limit=2, cursor=bad)) == (422, "BAD_CURSOR"), bad
    assert code(listed(world, sort="name", cursor=cursor)) == (422, "BAD_CURSOR")
    where = {"field": "name", "op": "eq", "value": "N1"}
    assert code(listed(world, sort="amount", cursor=cursor, filter=where)) == (422, "BAD_CURSOR")
    assert listed(world, sort="amount", limit=2, cursor=cursor).status_code == 200


REFUSED = [
    ("limit=-1", "LIMIT_RANGE"), ("limit=1e9", "LIMIT_RANGE"), ("limit=0", "LIMIT_RANGE"), ("limit=201", "LIMIT_RANGE"),
    ("limit=1&limit=2", "REPEATED_PARAMETER"), ("limit=%EF%BC%91", "LIMIT_RANGE"), ("after=nan", "UNKNOWN_PARAMETER"),
    ("limit=", "LIMIT_RANGE"), ("total=yes", "FLAG_FORMAT"), ("bin=1", "FLAG_FORMAT"),
    ("sort=name;drop", "UNKNOWN_FIELD"), ("sort=(select 1)", "UNKNOWN_FIELD"), ("sort=nothing", "UNKNOWN_FIELD"),
    ("sort=account.secret_cost", "UNKNOWN_FIELD"), ("sort=a.b.c.d.e.f", "UNKNOWN_FIELD"), ("sort=name,name,name,name", "TOO_MANY"),
    ("sort=lines", "UNKNOWN_FIELD"), ("sort=competitors", "NOT_SORTABLE"), ("fields=nothing", "UNKNOWN_FIELD"),
    ("filter={", "BAD_JSON"), ("filter=[]", "BAD_FILTER"), ('filter={"field":"name"}', "BAD_VALUE"), ("filter=NaN", "NOT_FINITE"),
    ('filter={"field":"account.secret_cost","op":"gt","value":1}', "UNKNOWN_FIELD"),
    ('filter={"field":"name","op":"regex","value":"a"}', "UNKNOWN_OPERATOR"), ("expand=nothing", "UNKNOWN_FIELD"),
    ("expand=owner", "NOT_EXPANDABLE"), ("expand=name", "NOT_EXPANDABLE"), ("search=%00", "BAD_TEXT"),
]  # fmt: skip


def test_bad_parameters_are_refused_with_their_reason(world: World) -> None:  # bad inputs 31, 32
    world.opportunity(world.seller)
    for query, expected in REFUSED:
        answer = world.seller.http.get(f"/records/opportunity?{query}")
        assert answer.status_code in (400, 422) and answer.json()["code"] == expected, (query, answer.text)


def test_a_heavy_filter_is_refused(world: World) -> None:  # bad input 33
    many = {"any": [{"field": "name", "op": "eq", "value": str(place)} for place in range(500)]}
    deep: Any = {"field": "name", "op": "eq", "value": "a"}
    for _ in range(20):
        deep = {"all": [deep]}
    for where in (many, deep):
        answer = world.seller.http.post("/records/opportunity/aggregate", {"filter": where})
        assert code(answer) == (422, "QUERY_TOO_HEAVY")


def test_wildcards_in_a_filter_mean_themselves(world: World) -> None:  # bad input 34
    for name in ("100% sure", "100 sure", "a_b", "axb", "O'Neil", "back\\slash"):
        world.opportunity(world.seller, name=name)
    for text, found in (("%", ["100% sure"]), ("_", ["a_b"]), ("'", ["O'Neil"]), ("\\", ["back\\slash"])):
        where = {"field": "name", "op": "contains", "value": text}
        assert names(listed(world, filter=where)) == found


def test_odd_paths_answer_404_and_the_service_stays_well(world: World) -> None:  # bad input 35
    http = world.seller.http
    for path in ("/records/%2e%2e/x", "/records/opportunity/%00", "/records/%00", "/records/opportunity/..%2f..", "/records/Opportunity",
                 "/records/opportunity/" + "x" * 3_000, "//records/opportunity", "/records/dw_user"):  # fmt: skip
        assert http.get(path).status_code == 404, path
    assert http.get("/records/opportunity?search=" + "x" * 9_000).status_code == 414
    assert http.get("/records/opportunity").status_code == 200


def test_only_the_fields_asked_for_come(world: World) -> None:
    deal = world.opportunity(world.seller, name="A", amount="5.00")
    record = listed(world, fields="name,amount").json()["records"][0]
    assert set(record) == {"id", "version", "name", "amount", "amount_currency"}
    one = world.seller.http.get(f"/records/opportunity/{deal.id}?fields=name").json()
    assert set(one) == {"id", "version", "name"}


def test_related_records_come_unfolded_with_the_rights_of_each_hop(world: World) -> None:
    top = world.account(world.admin, name="Top", secret_cost="9.00")
    mine = world.account(world.seller, name="Mine", phone="13800138000")
    world.admin.patch(world.now_of(mine), parent=top.id)
    world.opportunity(world.seller, name="A", account=mine.id)

    seen = listed(world, world.admin, expand="account,account.parent").json()["records"][0]["account"]
    assert (seen["label"], seen["phone"], seen["parent"]["label"], seen["parent"]["secret_cost"]) == (
        "Mine", "+8613800138000", "Top", "9.00")  # fmt: skip
    seen = listed(world, expand="account,account.parent").json()["records"][0]["account"]
    assert seen["phone"] == "+8613800138000" and "parent" not in seen and "secret_cost" not in seen
    assert listed(world, fields="name", expand="account").json()["records"][0]["account"]["name"] == "Mine"


def test_the_bin_is_a_list_of_its_own(world: World) -> None:
    kept, gone = world.account(world.seller, name="Kept"), world.account(world.seller, name="Gone")
    deal = world.opportunity(world.seller, name="A", account=gone.id)
    world.seller.delete(world.now_of(gone))
    assert names(listed(world, object_key="account")) == ["Kept"]
    assert names(listed(world, object_key="account", bin="true")) == ["Gone"]
    assert listed(world, world.colleague, "account", bin="true").json()["records"] == []
    http = world.seller.http
    assert http.get(f"/records/account/{gone.id}").status_code == 404
    assert http.get(f"/records/account/{gone.id}?bin=true").json()["name"] == "Gone"
    assert http.get(f"/records/account/{kept.id}?bin=true").status_code == 404
    assert "account" not in http.get(f"/records/opportunity/{deal.id}").json()


def test_no_answer_takes_more_statements_for_more_rows_or_relations(world: World, sent: list[UnitOfWork]) -> None:
    account = world.account(world.seller, name="华为云", phone="13800138000")
    product = world.product(world.seller)
    lines = [{"product": product.id, "price": "1.00"}] * 3
    http = world.seller.http

    def counts() -> dict[str, int]:
        deal = http.get("/records/opportunity?limit=1").json()["records"][0]["id"]
        asked = {
            "list": ("GET", "/records/opportunity", None), "expand": ("GET", "/records/opportunity?expand=account,account.parent", None),
            "one": ("GET", f"/records/opportunity/{deal}", None), "search": ("GET", "/search?q=%E5%8D%8E%E4%B8%BA", None),
            "aggregate": ("POST", "/records/opportunity/aggregate", {"group_by": [{"field": "account.industry"}, {"field": "owner"}]}),
            "lookup": ("GET", "/records/account/lookup?q=%E5%8D%8E", None), "export": ("GET", "/records/account?limit=200", None),
        }  # fmt: skip
        found = {}
        for _ in range(2):  # the first fills what is kept
            for name, (method, path, body) in asked.items():
                sent.clear()
                assert http.call(method, path, body).status_code == 200
                found[name] = sum(unit.statements for unit in sent)
        return found

    world.opportunity(world.seller, account=account.id, lines=lines, competitors=[account.id])
    few = counts()
    for _ in range(12):
        world.opportunity(world.seller, account=account.id, lines=lines, competitors=[account.id])
    assert counts() == few
    assert max(few.values()) <= 2, few


def test_a_board_of_200_cards_takes_as_many_statements_as_one_of_two(world: World, sent: list[UnitOfWork]) -> None:
    account = world.account()
    columns = [str(stage["key"]) for stage in STAGES]
    where = [{"field": "stage", "op": "eq", "value": stage} for stage in columns]
    body = {"group_by": [{"field": "stage"}], "measures": [{"op": "count"}, {"op": "sum", "field": "amount"}]}

    def board() -> tuple[int, int]:
        http, cards, statements = world.admin.http, 0, 0
        for _ in range(2):  # the first fills what is kept
            sent.clear()
            cards = 0
            for one in where:
                path = f"/records/opportunity?filter={json.dumps(one)}&fields=name,account,amount,owner&limit=200"
                cards += len(http.get(path).json()["records"])
            assert http.post("/records/opportunity/aggregate", body).status_code == 200
            assert http.get("/records/opportunity/stays").status_code == 200
            statements = sum(unit.statements for unit in sent)
        return cards, statements

    world.opportunity(account=account.id)
    world.opportunity(account=account.id, stage="qualified")
    few = board()
    for place in range(99):
        world.opportunity(account=account.id, amount=str(place))
        world.opportunity(account=account.id, stage="qualified")
    assert (few[0], board()) == (2, (200, few[1]))
