"""Plans of kept statements on PostgreSQL: made once, and never used for tables that have changed."""

from typing import Any

import pytest
import sqlalchemy as sa

from dealwright.foundation.database import Database, Prepared, UnitOfWork, bump, state_of
from dealwright.foundation.errors import Problem


@pytest.fixture
def things(db: Database) -> Database:
    with db.ddl() as uow:
        uow.raw("CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT)")
        uow.raw("INSERT INTO thing VALUES (1, 'one')")
    return db


def kept(db: Database) -> Prepared:
    return db.dialect.compile(sa.text("SELECT thing.*, '5%' FROM thing WHERE id = :id AND id <= :id"))


def ask(uow: UnitOfWork, prepared: Prepared) -> list[tuple[Any, ...]]:
    state_of(uow)
    return uow.fetch(prepared, {"id": 1})


def planned(uow: UnitOfWork) -> int:
    return 0 if uow.dialect.is_sqlite else uow.raw("SELECT count(*) FROM pg_prepared_statements")[0][0]


def widen(uow: UnitOfWork) -> None:
    bump(uow, "schema_version")
    uow.raw("ALTER TABLE thing ADD COLUMN extra INTEGER DEFAULT 7")


def test_a_kept_statement_has_a_plan_from_its_second_time_on(things: Database) -> None:
    prepared = kept(things)
    seen = []
    for _ in range(3):
        with things.read() as uow:
            assert ask(uow, prepared) == [(1, "one", "5%")]
            seen.append(planned(uow))
    assert seen == ([0, 0, 0] if things.dialect.is_sqlite else [0, 1, 1])


def test_a_change_of_the_model_by_another_process_ends_the_plans(db_url: str, things: Database) -> None:
    prepared = kept(things)
    other = Database(db_url)
    for _ in range(3):
        with things.read() as uow:
            ask(uow, prepared)
    other.run_ddl(widen)
    other.close()
    with things.read() as uow:
        assert ask(uow, prepared) == [(1, "one", 7, "5%")]
        assert planned(uow) == 0
    for _ in range(2):
        with things.read() as uow:
            assert ask(uow, prepared) == [(1, "one", 7, "5%")]


def test_a_unit_that_changes_the_model_plans_nothing(things: Database) -> None:
    prepared = kept(things)
    for _ in range(3):
        with things.write() as uow:
            ask(uow, prepared)
    with things.ddl() as uow:
        assert ask(uow, prepared) == [(1, "one", "5%")]
        widen(uow)
        for _ in range(3):
            assert ask(uow, prepared) == [(1, "one", 7, "5%")]


def test_a_table_that_changes_under_a_plan_asks_to_come_again(db_url: str, things: Database) -> None:
    prepared = kept(things)
    other = Database(db_url)
    for _ in range(3):
        with things.read() as uow:
            ask(uow, prepared)
    refused = None
    try:
        with things.read() as uow:
            state_of(uow)
            if not things.dialect.is_sqlite:  # there a reader goes on with the table as it was
                other.run_ddl(widen)
            ask(uow, prepared)
    except Problem as problem:
        refused = problem
    other.close()
    if things.dialect.is_sqlite:
        assert refused is None
        return
    assert refused is not None
    assert (refused.status, refused.code) == (503, "BUSY")
    assert int(refused.headers["Retry-After"]) >= 1
    with things.read() as uow:
        assert ask(uow, prepared) == [(1, "one", 7, "5%")]


def test_a_plan_of_a_system_table_that_went_stale_is_forgotten_too(things: Database) -> None:
    prepared = kept(things)
    for _ in range(3):
        with things.read() as uow:
            uow.fetch(prepared, {"id": 1}, of_system=True)
    with things.ddl() as uow:  # no model has changed: only the refusal can tell
        uow.raw("ALTER TABLE thing ADD COLUMN extra INTEGER")
    answers = []
    for _ in range(3):
        try:
            with things.read() as uow:
                answers.append(len(uow.fetch(prepared, {"id": 1}, of_system=True)[0]))
        except Problem as problem:
            answers.append(problem.status)
    assert answers == ([4, 4, 4] if things.dialect.is_sqlite else [503, 4, 4])


def test_many_statements_do_not_fill_the_server(things: Database) -> None:
    statements = [things.dialect.compile(sa.text(f"SELECT id + {n} FROM thing WHERE id = :id")) for n in range(205)]
    with things.read() as uow:
        state_of(uow)
        for n, prepared in enumerate(statements):
            for _ in range(2):
                assert uow.fetch(prepared, {"id": 1}) == [(1 + n,)]
        assert planned(uow) == (0 if things.dialect.is_sqlite else 200)
        assert uow.fetch(statements[0], {"id": 1}) == [(1,)]


def test_a_value_of_another_type_gets_a_plan_of_its_own(things: Database) -> None:
    prepared = kept(things)
    with things.read() as uow:
        state_of(uow)
        for number in (1, 1, 70_000, 70_000, 5_000_000_000, None, None, 1):
            rows = uow.fetch(prepared, {"id": number})
            assert len(rows) == (number == 1)
