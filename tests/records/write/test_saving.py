"""One save: typed, complete, with its history and outbox row; or nothing at all."""

from decimal import Decimal

from dealwright.model import Money
from world import World


def test_a_new_record_gets_a_number_an_owner_version_1_history_and_an_outbox_row(world: World) -> None:  # S1
    account = world.account(name="杭州云帆科技有限公司", phone="13800138000")

    stored = world.read(account)
    assert (account.version, stored["serial"]) == (1, "KH-2026-00001")
    history = world.history(account)
    assert [(row["kind"], row["version"]) for row in history] == [("created", 1)]
    assert history[0]["changes"]["name"] == [None, "杭州云帆科技有限公司"]
    assert [row["kind"] for row in world.outbox(account)] == ["create"]


def test_a_change_raises_the_version_and_tells_old_and_new(world: World) -> None:
    deal = world.opportunity(amount="100.00")

    reply = world.system.patch(deal, amount={"amount": "250.50", "currency": "CNY"})

    assert (reply.status, reply.record.version) == (200, 2)
    assert world.read(deal)["amount"] == Money(Decimal("250.50"), "CNY")
    change = world.history(deal)[-1]["changes"]["amount"]
    assert change == [{"amount": "100.00", "currency": "CNY"}, {"amount": "250.50", "currency": "CNY"}]


def test_a_save_that_changes_nothing_keeps_the_version_and_fires_nothing(world: World) -> None:  # S5
    deal = world.opportunity(amount="100.00", name="Deal")

    reply = world.system.patch(deal, amount="100", name=" Deal ", next_step="   ")

    assert (reply.status, reply.record.version, reply.changed) == (200, 1, frozenset())
    assert len(world.history(deal)) == 1
    assert len(world.outbox(deal)) == 1


def test_all_wrong_fields_are_named_in_one_answer_and_nothing_is_written(world: World) -> None:  # S1
    product = world.product()
    reply = world.system.create(
        "opportunity", name="", amount="12万", close_date="2027-02-29", serial="X", nonsense=1,
        account="018f2b6e-7c1a-7000-8000-000000000001",
        lines=[{"product": product.id, "quantity": "many"}, {"quantity": "1"}],
    )  # fmt: skip

    assert (reply.status, reply.code) == (422, "INVALID")
    assert dict(reply.errors) == {
        "amount": "NUMBER_FORMAT", "close_date": "DATE_IMPOSSIBLE", "serial": "READ_ONLY_FIELD",
        "nonsense": "UNKNOWN_FIELD", "account": "NOT_FOUND", "name": "REQUIRED",
        "lines.0.quantity": "NUMBER_FORMAT", "lines.1.product": "REQUIRED",
    }  # fmt: skip
    assert world.count("opportunity") == 0


def test_amount_and_its_currency_may_come_as_they_are_read(world: World) -> None:
    deal = world.opportunity(amount="10.00", amount_currency="USD")

    assert world.read(deal)["amount"] == Money(Decimal("10.00"), "USD")
    assert world.system.patch(deal, amount_currency="EUR").status == 200
    assert world.read(deal)["amount"] == Money(Decimal("10.00"), "EUR")


def test_the_same_unique_value_in_another_spelling_is_refused_without_naming_the_other(world: World) -> None:  # F4
    world.account(name="杭州云帆科技有限公司")

    reply = world.system.create("account", name="杭州云帆科技")
    assert (reply.status, reply.errors) == (422, (("name", "NOT_UNIQUE"),))
    assert "云帆" not in str(reply.params)
    assert world.system.create("account", name="杭州远航科技").status == 201


def test_a_deleted_record_frees_its_unique_value_and_cannot_come_back_over_a_new_one(world: World) -> None:
    first = world.account(name="Acme")
    assert world.system.delete(first).status == 200
    assert world.system.create("account", name="Acme").status == 201

    assert world.system.restore(first).code == "NOT_UNIQUE"


def test_the_end_may_not_lie_before_the_start(world: World) -> None:
    deal = world.opportunity(start_date="2026-11-10")

    assert world.system.patch(deal, close_date="2026-11-09").errors == (("close_date", "DATE_ORDER"),)
    assert world.system.patch(deal, close_date="2026-11-10").status == 200


def test_a_record_cannot_be_its_own_ancestor(world: World) -> None:
    top = world.account()
    middle = world.account(parent=top.id)
    bottom = world.account(parent=middle.id)

    assert world.system.patch(world.now_of(top), parent=bottom.id).errors == (("parent", "CYCLE"),)
    assert world.system.patch(world.now_of(top), parent=top.id).errors == (("parent", "CYCLE"),)
    other = world.account()
    assert world.system.patch(world.now_of(top), parent=other.id).status == 200


def test_many_valued_relations_keep_their_order_and_are_compared(world: World) -> None:
    one, two = world.account(), world.account()
    deal = world.opportunity(competitors=[two.id, one.id])

    assert world.read(deal)["competitors"] == [two.id, one.id]
    assert world.system.patch(deal, competitors=[two.id, one.id]).changed == frozenset()
    assert world.system.patch(deal, competitors=[one.id]).changed == {"competitors"}
    assert world.read(deal)["competitors"] == [one.id]


def test_a_relation_in_words_is_found_when_it_is_typed_and_refused_by_the_api(world: World) -> None:
    account = world.account(name="Acme")

    typed = world.system.create("opportunity", name="A", account="Acme", amount="1,234.50", channel="form", mode="text")
    assert typed.status == 201
    assert world.read(typed.record)["account"] == account.id
    assert world.system.create("opportunity", name="B", account="Acme").errors == (("account", "ID_EXPECTED"),)


def test_the_bin_takes_a_record_and_gives_it_back_with_history(world: World) -> None:
    deal = world.opportunity()

    gone = world.system.delete(deal)
    assert world.read(deal)["deleted_at"] is not None
    assert world.system.patch(gone.record, name="x").status == 404
    assert world.system.restore(deal).status == 200

    assert world.read(deal)["deleted_at"] is None
    assert [row["kind"] for row in world.history(deal)] == ["created", "deleted", "restored"]


def test_what_a_required_relation_points_at_is_not_deleted(world: World) -> None:
    account, other = world.account(), world.account()
    world.made("payment", account=account.id)
    world.opportunity(account=other.id)

    refused = world.system.delete(world.now_of(account))
    assert (refused.status, refused.code, refused.params["count"]) == (409, "IN_USE", 1)
    assert world.system.delete(world.now_of(other)).status == 200


def test_an_older_version_is_refused(world: World) -> None:
    deal = world.opportunity()
    assert world.system.patch(deal, next_step="call").status == 200

    stale = world.system.patch(deal, next_step="write")
    assert (stale.status, stale.code) == (412, "STALE")
    assert world.system.patch(world.now_of(deal), next_step="write").status == 200
