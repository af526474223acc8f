"""Lines of a document, their totals, and roll-ups over related records that always equal a recount."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dealwright.foundation.database import Database
from dealwright.model import schema_of
from world import Record, World


def test_lines_are_saved_with_their_document_and_totalled(world: World) -> None:  # F5
    product = world.product()
    deal = world.opportunity(
        amount="90.00",
        lines=[
            {"product": product.id, "quantity": "2", "price": "25.00"},
            {"product": product.id, "price": "50.00"},
        ],
    )

    stored = world.read(deal)
    assert [line["amount"] for line in stored["lines"]] == ["50.00", "50.00"]
    assert (stored["list_total"], stored["line_count"]) == (Decimal("100.00"), 2)
    assert stored["discount"] == Decimal("10.00")  # a formula over a total of lines


def test_the_given_lines_are_the_whole_changed_added_and_left_out(world: World) -> None:
    product = world.product()
    deal = world.opportunity(
        lines=[{"product": product.id, "price": "10.00"}, {"product": product.id, "price": "20.00"}]
    )
    first, second = world.read(deal)["lines"]

    reply = world.system.patch(
        deal, lines=[{"product": product.id, "price": "5.00"}, {"id": second["id"], "quantity": "3"}]
    )

    assert reply.status == 200
    lines = world.read(deal)["lines"]
    assert [(line["price"], line["quantity"]) for line in [{**x, "price": x["price"]["amount"]} for x in lines]] == [
        ("5.00", "1.00"),
        ("20.00", "3.00"),
    ]
    assert first["id"] not in {line["id"] for line in lines}
    assert world.read(deal)["list_total"] == Decimal("65.00")
    change = world.history(deal)[-1]["changes"]
    assert len(change["lines"][0]) == 2 and change["list_total"] == ["30.00", "65.00"]


def test_the_same_lines_again_change_nothing(world: World) -> None:  # S5
    product = world.product()
    deal = world.opportunity(lines=[{"product": product.id, "price": "10.00"}])

    reply = world.system.patch(
        deal,
        lines=world.read(deal)["lines"]
        and [
            {"id": line["id"], "product": line["product"], "price": line["price"]} for line in world.read(deal)["lines"]
        ],
    )

    assert (reply.status, reply.changed, reply.record.version) == (200, frozenset(), 1)


def test_a_line_of_another_document_is_refused(world: World) -> None:
    product = world.product()
    other = world.opportunity(lines=[{"product": product.id, "price": "10.00"}])
    deal = world.opportunity()

    reply = world.system.patch(deal, lines=[{"id": world.read(other)["lines"][0]["id"], "price": "1.00"}])
    assert reply.errors == (("lines.0.id", "NOT_FOUND"),)
    assert world.read(other)["list_total"] == Decimal("10.00")


def test_lines_have_no_door_of_their_own(world: World) -> None:
    reply = world.system.create("opportunity_lines", quantity="1")
    assert (reply.status, reply.code) == (409, "LINES_THROUGH_PARENT")


def test_roll_ups_follow_children_that_come_move_and_go(world: World) -> None:
    one, two = world.account(), world.account()
    deal = world.opportunity(account=one.id, amount="100.00", stage="lead")
    assert (world.read(one)["deals"], world.read(one)["won_total"]) == (1, None)

    deal = world.system.patch(deal, account=two.id).record
    assert (world.read(one)["deals"], world.read(two)["deals"]) == (0, 1)

    payment = world.made("payment", account=two.id, amount="30.00")
    assert (world.read(two)["received"], world.read(two)["open_balance"]) == (Decimal("30.00"), Decimal("-30.00"))
    assert world.read(two)["version"] == 1  # computed: nobody changed the account

    gone = world.system.delete(payment)
    assert world.read(two)["received"] is None
    world.system.restore(gone.record)
    assert world.read(two)["received"] == Decimal("30.00")


def recounted(db: Database, account_id: str) -> Any:
    with db.read() as uow:
        payments = schema_of(uow).object("payment").table
        return uow.conn.execute(
            sa.select(sa.func.sum(payments.c.amount)).where(
                payments.c.account_id == account_id, payments.c.deleted_at.is_(None)
            )
        ).scalar()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.tuples(st.sampled_from("cmdr"), st.integers(0, 3), st.integers(1, 999)), max_size=12))
def test_a_roll_up_always_equals_a_recount(world: World, acts: list[tuple[str, int, int]]) -> None:
    accounts = [world.account().id for _ in range(2)]
    payments: list[Record] = []
    for act, which, amount in acts:
        value = f"{amount / 100:.2f}"
        if act == "c" or not payments:
            payments.append(world.made("payment", account=accounts[which % 2], amount=value))
            continue
        at = which % len(payments)
        record = payments[at]
        if act == "m":
            reply = world.system.patch(record, account=accounts[amount % 2], amount=value)
        elif act == "d":
            reply = world.system.delete(record)
        else:
            reply = world.system.restore(record)
        payments[at] = reply.saved or record
    for account in accounts:
        stored = world.read(Record("account", account, 1))
        assert stored["received"] == recounted(world.db, account)


def test_two_savers_of_one_parents_children_lose_no_amount(world: World) -> None:
    account = world.account()

    def pay(number: int) -> int:
        return world.system.create("payment", name=f"P{number}", account=account.id, amount="1.00").status

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(pay, range(12))) == {201}
    assert world.read(account)["received"] == Decimal("12.00")
