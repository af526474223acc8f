"""Who may change which record and which field; refusals stand beside the twin that succeeds."""

from world import World


def test_a_salesperson_changes_own_records_and_not_those_of_others(world: World) -> None:
    mine, theirs = world.opportunity(world.seller), world.opportunity(world.colleague)

    assert world.seller.patch(mine, next_step="call").status == 200
    refused = world.seller.patch(theirs, next_step="call")
    assert (refused.status, refused.code) == (404, "NOT_FOUND")
    assert world.seller.delete(theirs).status == 404
    assert world.read(theirs)["version"] == 1


def test_a_new_record_belongs_to_its_maker_and_to_the_makers_team(world: World) -> None:
    deal = world.opportunity(world.seller)

    assert (world.read(deal)["owner"], world.read(deal)["team"]) == (world.seller.id, world.team)
    assert world.manager.patch(deal, next_step="help").status == 200  # team and below


def test_an_analyst_reads_but_may_not_change(world: World) -> None:
    deal = world.opportunity(world.seller)

    refused = world.analyst.patch(deal, next_step="x")
    assert (refused.status, refused.code) == (403, "FORBIDDEN")
    assert world.analyst.create("opportunity", name="A").params["right"] == "create"


def test_a_hidden_field_is_as_unknown_as_one_that_does_not_exist(world: World) -> None:
    account = world.account(world.seller)

    hidden = world.seller.patch(account, secret_cost="1.00")
    unknown = world.seller.patch(account, no_such_field="1.00")
    assert (hidden.status, hidden.code) == (unknown.status, unknown.code) == (422, "UNKNOWN_FIELD")
    assert world.admin.patch(account, secret_cost="1.00").status == 200


def test_a_guess_at_a_hidden_value_gets_the_same_answer(world: World) -> None:
    account = world.account(world.admin, secret_cost="7.00")
    world.admin.patch(account, owner=world.seller.id)

    answers = [world.seller.patch(world.now_of(account), secret_cost={"amount": a, "currency": "CNY"}).code
               for a in ("7.00", "8.00")]  # fmt: skip
    assert answers == ["UNKNOWN_FIELD", "UNKNOWN_FIELD"]


def test_a_field_that_is_only_readable_is_named_in_the_refusal(world: World) -> None:
    deal = world.opportunity(world.seller)

    refused = world.assistant.patch(deal, close_date="2026-12-01")
    assert (refused.status, refused.code, refused.params["field"]["en"]) == (403, "FIELD_FORBIDDEN", "Close date")
    assert world.assistant.patch(deal, next_step="call").status == 200


def test_only_who_may_hand_over_changes_the_owner_and_the_team_follows(world: World) -> None:
    deal = world.opportunity(world.seller)

    refused = world.seller.patch(deal, owner=world.colleague.id)
    assert (refused.status, refused.params["right"]) == (403, "transfer")
    assert world.manager.patch(deal, owner=world.colleague.id).status == 200
    assert world.read(deal)["team"] == world.other_team
    # a salesperson may not make records for somebody else either
    assert world.seller.create("opportunity", name="B", owner=world.colleague.id).params["right"] == "transfer"
    assert world.seller.create("opportunity", name="B", owner=world.seller.id).status == 201


def test_relations_to_missing_deleted_and_invisible_records_get_the_same_answer(world: World) -> None:  # bad input 27
    invisible, deleted, fine = world.account(world.colleague), world.account(world.seller), world.account(world.seller)
    world.seller.delete(deleted)
    missing = "018f2b6e-7c1a-7000-8000-000000000001"

    for account in (missing, deleted.id, invisible.id):
        reply = world.seller.create("opportunity", name="A", account=account)
        assert (reply.status, reply.errors) == (422, (("account", "NOT_FOUND"),))
    assert world.seller.create("opportunity", name="A", account=fine.id).status == 201


def test_a_field_right_counts_only_on_rows_that_the_same_role_covers(world: World) -> None:
    # Assistant: the whole team's rows, few fields. Salesperson: own rows, all fields.
    world.admin  # noqa: B018
    both = world.person("both", "assistant", "salesperson")
    theirs, mine = world.opportunity(world.seller), world.opportunity(both)

    assert both.patch(theirs, next_step="call").status == 200
    assert both.patch(world.now_of(theirs), close_date="2026-12-01").code == "FIELD_FORBIDDEN"
    assert both.patch(mine, close_date="2026-12-01").status == 200


def test_the_stage_is_changed_only_by_who_may_write_it(world: World) -> None:  # P1
    deal = world.opportunity(world.seller, account=world.account(world.seller).id)

    assert world.assistant.patch(deal, stage="qualified").code == "FIELD_FORBIDDEN"
    assert world.seller.patch(deal, stage="qualified").status == 200


def test_a_disabled_person_cannot_be_made_an_owner(world: World) -> None:
    from dealwright.people import service as people

    gone = world.colleague
    with world.db.write() as uow:
        people.change_user(uow, gone.id, {"status": "disabled"})

    deal = world.opportunity(world.admin)
    assert world.admin.patch(deal, owner=gone.id).errors == (("owner", "NOT_FOUND"),)
    assert world.admin.patch(deal, owner=world.seller.id).status == 200
