"""What a stage demands, on every channel, with everything that is missing named at once."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from dealwright.model.service import add_field
from world import STAGES, World

CHANNELS = ("api", "form", "board", "import:1", "bulk:1", "rule:1", "system")


@pytest.mark.parametrize("channel", CHANNELS)
def test_an_opportunity_without_an_amount_cannot_enter_proposal(world: World, channel: str) -> None:  # P1
    deal = world.opportunity(account=world.account().id, close_date="2026-12-31")

    reply = world.system.patch(deal, stage="proposal", channel=channel)

    assert (reply.status, reply.code, reply.missing) == (409, "STAGE_REFUSED", ["amount"])
    assert reply.params["hint"]["zh"] == "先谈预算。"
    assert world.read(deal)["stage"] == "lead"
    assert (len(world.history(deal)), len(world.visits(deal)), len(world.outbox(deal))) == (1, 1, 1)


@pytest.mark.parametrize("channel", CHANNELS)
def test_with_the_amount_in_the_same_save_it_enters(world: World, channel: str) -> None:
    deal = world.opportunity(account=world.account().id, close_date="2026-12-31")

    assert world.system.patch(deal, stage="proposal", amount="10.00", channel=channel).status == 200
    assert [v["channel"] for v in world.visits(deal)] == ["api", channel]


def test_a_jump_must_meet_the_demands_of_the_stages_it_passes_in_form_order(world: World) -> None:  # P2
    deal = world.opportunity()

    assert world.system.patch(deal, stage="won").missing == ["account", "amount", "close_date", "next_step"]
    assert world.read(deal)["stage"] == "lead"


def test_a_deal_may_be_lost_at_any_time_with_its_reason(world: World) -> None:
    deal = world.opportunity()

    assert world.system.patch(deal, stage="lost").missing == ["lost_reason"]
    assert world.system.patch(deal, stage="lost", lost_reason="price").status == 200


def test_creation_in_a_later_stage_meets_the_same_gate(world: World) -> None:
    refused = world.system.create("opportunity", name="A", stage="proposal")
    assert refused.missing == ["account", "amount", "close_date"]
    assert world.count("opportunity") == 0

    account = world.account()
    made = world.system.create(
        "opportunity", name="A", stage="proposal", account=account.id, amount="1.00", close_date="2026-12-01"
    )
    assert made.status == 201
    assert [(v["from_stage"], v["stage"]) for v in world.visits(made.record)] == [(None, "proposal")]


def test_what_the_stage_demanded_cannot_be_emptied_while_it_lasts(world: World) -> None:
    account = world.account()
    deal = world.opportunity(account=account.id, stage="qualified", amount="1.00")

    refused = world.system.patch(deal, account=None)
    assert (refused.code, refused.missing) == ("STAGE_REFUSED", ["account"])
    assert world.system.patch(deal, amount=None).status == 200


def test_a_record_without_a_stage_begins_in_the_first_and_leaves_none(world: World) -> None:
    deal = world.opportunity()

    assert world.read(deal)["stage"] == "lead"
    assert world.system.patch(deal, stage=None).errors == (("stage", "REQUIRED"),)


def test_closing_and_reopening_set_probability_and_the_moment(world: World) -> None:
    deal = world.opportunity(account=world.account().id, amount="100.00", close_date="2026-12-01", next_step="x")
    assert (world.read(deal)["probability"], world.read(deal)["weighted"]) == (Decimal(10), Decimal("10.00"))

    won = world.system.patch(deal, stage="won")
    stored = world.read(deal)
    assert (stored["probability"], stored["closed_at"]) == (100, datetime(2026, 11, 24, 2, 0, tzinfo=UTC))
    assert stored["weighted"] == Decimal("100.00")  # formulas see what the stage sets
    assert world.history(deal)[-1]["changes"]["probability"] == [10, 100] or world.history(deal)[-1]["changes"][
        "probability"
    ] == ["10", "100"]

    world.system.patch(won.record, stage="lead", reason="客户改变了主意")
    assert world.read(deal)["closed_at"] is None
    assert world.visits(deal)[-1]["reason"] == "客户改变了主意"


def test_what_somebody_says_beats_what_the_stage_would_set(world: World) -> None:
    deal = world.opportunity(stage="lead", probability="35")
    assert world.read(deal)["probability"] == 35

    closed = world.opportunity(stage="lost", lost_reason="price", closed_at="2025-01-02T00:00:00Z")
    assert world.read(closed)["closed_at"] == datetime(2025, 1, 2, tzinfo=UTC)


def test_one_row_per_visit_with_what_was_true_on_entering(world: World) -> None:  # P4
    deal = world.opportunity(account=world.account().id, amount="100.00", close_date="2026-12-01")
    world.clock.advance(days=3)
    deal = world.system.patch(deal, stage="qualified", channel="board").record
    world.clock.advance(hours=12)
    deal = world.system.patch(deal, stage="proposal", amount="200.00").record

    visits = world.visits(deal)
    assert [(v["from_stage"], v["stage"]) for v in visits] == [
        (None, "lead"), ("lead", "qualified"), ("qualified", "proposal")]  # fmt: skip
    assert [v["entered_at"].isoformat()[:13] for v in visits] == ["2026-11-24T02", "2026-11-27T02", "2026-11-27T14"]
    assert [v["left_at"] for v in visits] == [visits[1]["entered_at"], visits[2]["entered_at"], None]
    assert [(v["amount"], v["close_date"], v["probability"]) for v in visits] == [
        (Decimal(100), "2026-12-01", 10), (Decimal(100), "2026-12-01", 30), (Decimal(200), "2026-12-01", 60)]  # fmt: skip
    assert {v["process_version"] for v in visits} == {1}


def test_renaming_and_retiring_a_stage_changes_no_past_visit(world: World) -> None:  # P4, P6
    deal = world.opportunity(account=world.account().id)
    deal = world.system.patch(deal, stage="qualified").record
    before = world.visits(deal)

    from dealwright.foundation.errors import Problem

    fewer = [{**STAGES[0], "labels": {"zh": "新", "en": "New"}}, *STAGES[2:]]
    with world.db.ddl() as uow, pytest.raises(Problem) as refused:
        world.pipeline(uow, fewer)
    assert (refused.value.code, refused.value.params["stages"]) == ("STAGE_IN_USE", {"qualified": 1})

    deal = world.system.patch(deal, stage="lead").record
    with world.db.ddl() as uow:
        pipeline = world.pipeline(uow, fewer)
    assert [s.key for s in pipeline.active] == ["lead", "proposal", "won", "lost"]
    assert [(v["id"], v["stage"]) for v in world.visits(deal)][:2] == [(v["id"], v["stage"]) for v in before]
    assert world.system.patch(deal, stage="qualified").errors == (("stage", "OPTION_UNKNOWN"),)
    assert world.obj("opportunity").fields["stage"].options["qualified"].labels["en"] == "Qualified"


def test_a_second_pipeline_brings_a_choice(world: World) -> None:
    renewal = [
        {"key": "due", "zh": "待续", "en": "Due", "kind": "open", "required": ["amount"]},
        {"key": "won", "zh": "赢单", "en": "Won", "kind": "won"},
    ]
    with world.db.ddl() as uow:
        world.pipeline(uow, renewal, key="renewal", default=False)

    plain = world.opportunity()
    assert (world.read(plain)["pipeline"], world.read(plain)["stage"]) == ("standard", "lead")
    assert world.system.create("opportunity", name="R", pipeline="renewal").missing == ["amount"]
    made = world.system.create("opportunity", name="R", pipeline="renewal", amount="1.00")
    assert world.read(made.record)["stage"] == "due"
    assert world.system.patch(made.record, stage="qualified").errors == (("stage", "OPTION_UNKNOWN"),)
    moved = world.system.patch(plain, pipeline="renewal", amount="2.00")
    assert (moved.status, world.read(plain)["stage"]) == (200, "due")


def test_a_pipeline_names_all_its_faults(world: World) -> None:
    from dealwright.foundation.errors import Problem

    bad = [
        {"key": "Bad Key", "labels": {"zh": "a", "en": "a"}, "kind": "won"},
        {"key": "x", "labels": {}, "kind": "maybe", "probability": 120, "required": ["nonsense"]},
    ]
    with world.db.ddl() as uow, pytest.raises(Problem) as refused:
        world.pipeline(uow, bad)
    assert [(e.field, e.code) for e in refused.value.errors] == [
        ("stages.0.key", "KEY_FORMAT"), ("stages.1.labels", "LABEL_MISSING"), ("stages.1.kind", "CONFIG_CHOICE"),
        ("stages.1.probability", "CONFIG_NUMBER"), ("stages.1.required", "UNKNOWN_FIELD"),
    ]  # fmt: skip


def test_the_days_in_a_stage_count_from_the_move_and_show_in_a_list_by_themselves(world: World) -> None:
    fields = [
        {"key": "stage_entered_at", "type": "datetime", "system_set": True},
        {"key": "last_stage", "type": "text", "system_set": True},
        {"key": "days_in_stage", "type": "formula", "result": "number", "scale": 0,
         "expression": "days_between({stage_entered_at}, now())"},
    ]  # fmt: skip
    for spec in fields:
        with world.db.ddl() as uow:
            add_field(uow, "opportunity", {**spec, "labels": {"zh": spec["key"], "en": spec["key"]}}, None)
    deal = world.opportunity(account=world.account().id)
    world.clock.advance(days=2)
    deal = world.system.patch(deal, stage="qualified").record
    assert (world.read(deal)["last_stage"], world.read(deal)["stage_entered_at"]) == ("lead", world.clock.now())

    world.clock.advance(days=3)
    deal = world.system.patch(deal, amount="5.00").record  # a save that moves nothing leaves the day alone
    world.clock.advance(days=1)

    listed = world.admin.http.get("/records/opportunity?fields=name,days_in_stage").json()["records"][0]
    assert (listed["days_in_stage"], sorted(listed)) == (4, ["days_in_stage", "id", "name", "version"])


def test_what_an_engine_sets_nobody_else_writes(world: World) -> None:
    with world.db.ddl() as uow:
        one = {
            "key": "last_stage",
            "type": "text",
            "system_set": True,
            "labels": {"zh": "上一阶段", "en": "Last stage"},
        }
        add_field(uow, "opportunity", one, None)
    deal = world.opportunity(world.seller)

    refused = world.seller.patch(deal, last_stage="won")
    assert (refused.status, refused.errors) == (422, (("last_stage", "READ_ONLY_FIELD"),))
    shown = world.obj("opportunity").fields
    assert shown["last_stage"].read_only and not shown["next_step"].read_only
    assert world.seller.patch(deal, next_step="call").status == 200
