"""A deal that comes in closed keeps the day on which it was closed."""

from datetime import UTC, datetime

FILLED = {"amount": "5.00", "next_step": "none", "lost_reason": "price"}


def closed(world, **values):
    account = world.account()
    saved = world.opportunity(stage="won", account=account.id, **FILLED, **values)
    return world.read(saved)["closed_at"]


def test_it_was_closed_on_its_close_date_when_that_is_past(world):
    assert closed(world, close_date="2017-03-01") == datetime(2017, 2, 28, 16, tzinfo=UTC)  # midnight in Shanghai


def test_it_is_closed_now_when_its_close_date_is_still_to_come(world):
    assert closed(world, close_date="2027-03-01") == world.clock.now()


def test_a_named_moment_stands(world):
    moment = closed(world, close_date="2017-03-01", closed_at="2017-03-05T08:00:00Z")
    assert moment == datetime(2017, 3, 5, 8, tzinfo=UTC)


def test_a_deal_that_is_moved_to_won_is_closed_at_that_moment(world):
    account = world.account()
    deal = world.opportunity(account=account.id, close_date="2017-03-01", **FILLED)

    moved = world.admin.patch(deal, stage="won")

    assert world.read(moved.record)["closed_at"] == world.clock.now()
