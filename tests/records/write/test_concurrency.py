"""Many at once: no update is lost, twins make one record."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from dealwright.foundation.jsonout import to_json
from dealwright.records import Change
from dealwright.records.idempotency import Answer, fingerprint, once
from world import World


def test_fifty_editors_of_one_record_lose_no_update(world: World) -> None:
    deal = world.opportunity(tags=[])

    def edit(number: int) -> int:
        tries = 0
        while True:
            tries += 1
            seen = world.read(deal)
            tags = [*(seen["tags"] or []), f"t{number}"]
            reply = world.system.patch(deal, version=seen["version"], tags=tags)
            if reply.status == 200:
                return tries
            assert reply.status in (412, 503), reply
            assert tries < 500

    with ThreadPoolExecutor(8) as pool:
        tries = list(pool.map(edit, range(50)))

    stored = world.read(deal)
    assert sorted(stored["tags"]) == sorted(f"t{n}" for n in range(50))
    assert stored["version"] == 51
    assert [row["version"] for row in world.history(deal)] == list(range(1, 52))
    assert sum(tries) >= 50


def submit(world: World, key: str, name: str, gate: Barrier | None = None) -> Answer:
    body = {"name": name}
    if gate is not None:
        gate.wait()
    with world.db.write() as uow:
        actor = world.system.actor

        def act() -> Answer:
            saved = world.path.save(uow, actor, Change("create", "product", None, body))
            return Answer(201, to_json({"id": saved.record_id}), '"1"')

        return once(uow, actor.user_id, key, fingerprint("POST", "/records/product", body), act)


def test_twin_submits_with_one_key_make_one_record(world: World) -> None:
    gate = Barrier(6)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: submit(world, "k1", "Twin", gate), range(6)))

    assert {(a.status, a.body, a.etag) for a in answers} == {(201, answers[0].body, '"1"')}
    assert world.count("product") == 1


def test_a_key_of_another_body_is_refused_and_another_key_makes_another_record(world: World) -> None:
    import pytest

    from dealwright.foundation.errors import Problem

    submit(world, "k1", "One")
    with pytest.raises(Problem) as refused:
        submit(world, "k1", "Two")
    assert (refused.value.status, refused.value.code) == (422, "IDEMPOTENCY_REUSED")
    submit(world, "k2", "Two")
    assert world.count("product") == 2


def test_numbers_given_at_the_same_time_are_all_different(world: World) -> None:
    def make(number: int) -> str:
        reply = world.system.create("product", name=f"P{number}")
        return str(world.read(reply.record)["serial"])

    with ThreadPoolExecutor(4) as pool:
        serials = list(pool.map(make, range(12)))
    assert sorted(serials) == [f"{n:05d}" for n in range(1, 13)]
