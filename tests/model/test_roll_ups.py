"""Roll-ups agree with a recount after anything that can happen to the records below, on both databases."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

from dealwright.conditions import fold
from dealwright.model import schema_of
from world import Record, World
from world_objects import one

PAID = {"field": "name", "op": "starts_with", "value": "paid"}
UPS = [
    one("payments", "roll_up", object="payment", relation="account", op="count"),
    one("paid", "roll_up", object="payment", relation="account", op="sum", field="amount", where=PAID),
    one("smallest", "roll_up", object="payment", relation="account", op="min", field="amount"),
    one("greatest", "roll_up", object="payment", relation="account", op="max", field="amount", where=PAID),
    one("mean", "roll_up", object="payment", relation="account", op="avg", field="amount"),
    one("branches", "roll_up", object="account", relation="parent", op="sum", field="payments"),
]


def recount(world: World, accounts: list[Record], payments: list[Record]) -> dict[str, Any]:
    rows = [world.read(payment) for payment in payments]
    found: dict[str, Any] = {}
    for account in accounts:
        mine = [row for row in rows if row["account"] == account.id and row["deleted_at"] is None]
        amounts = [row["amount"].amount for row in mine if row["amount"]]
        paid = [row["amount"].amount for row in mine if row["amount"] and fold(row["name"]).startswith("paid")]
        mean = (sum(amounts) / len(amounts)).quantize(Decimal("0.0001")) if amounts else None
        found[account.id] = (
            len(mine), sum(paid) if paid else None, min(amounts, default=None), max(paid, default=None), mean,
        )  # fmt: skip
    return found


def stored(world: World, accounts: list[Record]) -> dict[str, Any]:
    found = {}
    for account in accounts:
        row = world.read(account)
        mean = row["mean"].quantize(Decimal("0.0001")) if row["mean"] is not None else None
        found[account.id] = (row["payments"], row["paid"], row["smallest"], row["greatest"], mean)
    return found


def test_totals_agree_with_a_recount_after_every_kind_of_change(world: World) -> None:
    chance = random.Random(7)
    accounts = [world.account() for _ in range(3)]
    payments = [world.made("payment", account=accounts[0].id, amount="5", name="paid before")]
    for up in UPS:
        assert world.admin.http.post("/objects/account/fields", up).status_code == 201
    assert stored(world, accounts) == recount(world, accounts, payments)  # those that were there already

    for step in range(40):
        target, what = chance.choice(accounts), chance.choice(["create", "amount", "name", "move", "delete", "restore"])
        payment = world.now_of(chance.choice(payments))
        gone = world.read(payment)["deleted_at"] is not None
        if what == "create":
            amount = chance.choice([None, f"{chance.randint(-500, 5000) / 100:.2f}"])
            name = chance.choice(["paid", "Ｐaid", "open"])
            payments.append(world.made("payment", account=target.id, amount=amount, name=name))
        elif what == "restore" and gone:
            assert world.system.restore(payment).status == 200
        elif not gone and what != "restore":
            changes: dict[str, Any] = {
                "amount": {"amount": f"{step}.50"},
                "name": {"name": "paid late"},
                "move": {"account": target.id},
            }
            reply = (
                world.system.delete(payment)
                if what == "delete"
                else world.system.patch(payment, **changes_of(changes, what))
            )
            assert reply.status == 200, reply
        assert stored(world, accounts) == recount(world, accounts, payments), (step, what)


def changes_of(changes: dict[str, Any], what: str) -> dict[str, Any]:
    found: dict[str, Any] = changes[what]
    return {"amount": found["amount"]} if what == "amount" else found


def test_a_roll_up_over_roll_ups_follows_and_so_does_re_parenting(world: World) -> None:
    for up in (UPS[0], UPS[5]):
        assert world.admin.http.post("/objects/account/fields", up).status_code == 201
    top, other = world.account(), world.account()
    branch = world.account(parent=top.id)
    for _ in range(2):
        world.made("payment", account=branch.id)

    assert world.read(top)["branches"] == 2
    assert world.system.patch(world.now_of(branch), parent=other.id).status == 200
    assert (world.read(top)["branches"], world.read(other)["branches"]) == (None, 2)


def test_an_option_list_or_a_link_in_the_condition_is_counted_or_refused(world: World) -> None:
    """A condition over a many-valued field must not fail when it is saved or when a record is."""
    world.admin.http.post("/objects/payment/fields", one("marks", "tags"))
    for where, status in (
        ({"field": "marks", "op": "contains_any", "value": ["x"]}, 201),
        ({"field": "collaborators", "op": "not_empty"}, 422),
        ({"field": "owner", "op": "eq", "value": {"who": "me"}}, 422),
        ({"field": "owner", "op": "in", "value": [{"who": "my_team"}]}, 422),
        ({"field": "account.name", "op": "eq", "value": "x"}, 422),
        ({"field": "nothing", "op": "eq", "value": "x"}, 422), ("x", 422),
    ):  # fmt: skip
        up = one(
            f"up_{status}_{abs(hash(str(where))) % 9999}",
            "roll_up",
            object="payment",
            relation="account",
            op="count",
            where=where,
        )
        reply = world.admin.http.post("/objects/account/fields", up)
        assert reply.status_code == status, (where, reply.json())
    acme = world.account()
    world.made("payment", account=acme.id, marks=["x", "y"])
    world.made("payment", account=acme.id, marks=["y"])
    with world.db.read() as uow:
        key = next(k for k, f in schema_of(uow).object("account").fields.items() if k.startswith("up_201"))
    assert world.read(acme)[key] == 1


def test_two_roll_ups_with_conditions_of_their_own_are_worked_out_by_one_save(world: World) -> None:
    for key, names in (("kept", ["kept", "both"]), ("gone", ["gone", "both", "lost"])):
        where = {"field": "name", "op": "in", "value": names}
        up = one(key, "roll_up", object="payment", relation="account", op="count", where=where)
        assert world.admin.http.post("/objects/account/fields", up).status_code == 201
    acme = world.account()
    for name in ("kept", "both", "gone", "lost", "neither"):
        world.made("payment", account=acme.id, name=name)

    values = world.read(acme)

    assert (values["kept"], values["gone"]) == (2, 3)
