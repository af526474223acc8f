"""The doctor finds nothing in a healthy workspace and names each damage."""

from __future__ import annotations

import contextlib
import io

import pytest

from dealwright.operations.doctor import doctor, examine
from dealwright.records import bulk, files
from world import World

LONG_AGO = "'2000-01-01T00:00:00.000000Z'"


@pytest.fixture
def company(world: World) -> World:
    """A little of everything that is kept twice."""
    seller = world.seller
    account = world.account(seller, name="上海示例公司", phone="13800138000")
    product = world.product(seller, name="Pump")
    deal = world.opportunity(
        seller, account=account.id, amount="100.00", close_date="2026-12-01", competitors=[account.id], tags=["big"],
        lines=[{"product": product.id, "price": "50.00", "quantity": "2"}],
    )  # fmt: skip
    world.clock.advance(days=1)
    seller.patch(deal, stage="qualified")
    binned = world.opportunity(seller, account=account.id)
    seller.delete(binned)
    stored = world.services.extras["files"].save(io.BytesIO(b"offer"), 100)
    with world.db.write() as uow:
        file = files.register(uow, seller.actor, stored, "offer.txt")
    seller.patch(world.now_of(deal), files=[file["id"]])
    return world


class TakenBack(Exception):
    """Ends a unit of work whose damage must not stay."""


def found_after(world: World, *damages: str) -> list[str]:
    """What the doctor says with these damages done; they are taken back afterwards."""
    found: list[str] = []
    with contextlib.suppress(TakenBack), world.db.ddl() as uow:
        for sql in damages:
            uow.raw(sql)
        found = examine(uow, world.services.extras["files"])
        raise TakenBack
    return found


def test_a_healthy_workspace_has_no_findings(company: World) -> None:
    assert doctor(company.services) == []


DAMAGES = [
    ("UPDATE account SET deals = 7", "account.deals: 1 records differ from the recount"),
    ("UPDATE account SET won_total = 700", "account.won_total: 1 records differ from the recount"),
    ("UPDATE opportunity SET list_total = 1 WHERE list_total IS NOT NULL", "opportunity.list_total: 1 records"),
    ("UPDATE opportunity SET weighted = 1 WHERE amount IS NOT NULL", "opportunity.weighted: 1 records differ from their formula"),
    ("UPDATE account SET name_norm = 'x'", "account.name: 1 records whose normalised value is wrong"),
    ("UPDATE opportunity SET version = 9 WHERE deleted_at IS NULL", "opportunity: 1 records whose history has gaps"),
    ("DELETE FROM dw_history WHERE object_key = 'opportunity' AND version = 1", "opportunity: 2 records whose history has gaps"),
    ("UPDATE dw_history SET version = 2 WHERE object_key = 'account'", "account: 1 records whose history has gaps"),
    ("DELETE FROM opportunity WHERE deleted_at IS NOT NULL", "opportunity: history of 1 records that do not exist"),
    ("DELETE FROM dw_stage_visit WHERE left_at IS NULL AND stage = 'qualified'", "opportunity.stage: 1 records without exactly one open visit"),
    ("UPDATE dw_stage_visit SET stage = 'won' WHERE stage = 'qualified'", "opportunity.stage: 1 records without exactly one open visit"),
    ("UPDATE dw_stage_visit SET left_at = NULL WHERE stage = 'lead'", "opportunity.stage: 1 records without exactly one open visit"),
    (f"UPDATE dw_stage_visit SET left_at = {LONG_AGO} WHERE left_at IS NOT NULL", "opportunity.stage: 1 visits that do not follow"),
    ("UPDATE dw_stage_visit SET from_stage = 'won' WHERE stage = 'qualified'", "opportunity.stage: 1 visits that do not follow"),
    ("DELETE FROM dw_search WHERE field_key = 'phone'", "account.phone: 1 records whose search index differs"),
    ("UPDATE opportunity SET next_step = 'call' WHERE deleted_at IS NULL", "opportunity.next_step: 1 records whose search index differs"),
    ("UPDATE product SET deleted_at = created_at", "rows of the search index without a record"),
    ("UPDATE opportunity SET account_id = 'nobody' WHERE deleted_at IS NOT NULL", "opportunity.account: 1 links lead to nothing"),
    ("UPDATE opportunity SET owner_id = 'nobody' WHERE deleted_at IS NOT NULL", "opportunity.owner: 1 links lead to nothing"),
    ("UPDATE opportunity__competitors SET target_id = 'nobody'", "opportunity.competitors: 1 links lead to nothing"),
    ("UPDATE opportunity__competitors SET record_id = 'nobody'", "opportunity__competitors: 1 links lead to nothing"),
    ("UPDATE opportunity_lines SET parent_id = 'nobody'", "opportunity_lines: 1 links lead to nothing"),
    ("ALTER TABLE opportunity DROP COLUMN next_step", "opportunity.next_step: the column is missing"),
    ("ALTER TABLE opportunity ADD COLUMN extra TEXT", "opportunity.extra: a column that no field knows"),
    ("DROP TABLE opportunity__competitors", "opportunity__competitors: the table is missing"),
    ("DROP INDEX uq_account_name", "account: the index uq_account_name is gone"),
    ("DROP INDEX ix_dw_history_record", "dw_history: the index ix_dw_history_record is gone"),
    ("ALTER TABLE dw_job DROP COLUMN error", "dw_job.error: the column is missing"),
    ("DROP TABLE dw_view", "dw_view: the table is missing"),
    ("UPDATE dw_alembic SET version_num = '0000'", "system tables: at revision 0000"),
    ("UPDATE dw_job SET state = 'lost'", "jobs in no known state"),
    ("UPDATE dw_job SET state = 'running'", "jobs running without a lease"),
    ("UPDATE dw_job SET state = 'done'", "jobs done without a moment"),
    (f"UPDATE dw_job SET done_at = {LONG_AGO}", "jobs not done, with the moment of their end"),
    ("UPDATE dw_file SET size = 1", "5 bytes instead of 1"),
    ("UPDATE dw_file SET stored_key = '018f2b6e-7c1a-7000-8000-000000000000'", "its bytes are missing"),
]  # fmt: skip


def test_each_damage_is_named(company: World) -> None:
    unnamed = {}
    for sql, finding in DAMAGES:
        found = found_after(company, sql)
        if not any(finding in line for line in found):
            unnamed[sql] = found
    assert unnamed == {}
    assert doctor(company.services) == []


def test_a_column_of_another_type_and_another_index_under_the_same_name_are_named(company: World) -> None:
    if company.db.dialect.is_sqlite:
        damages = ["ALTER TABLE account DROP COLUMN secret_cost", "ALTER TABLE account ADD COLUMN secret_cost TEXT"]
    else:
        damages = ["ALTER TABLE account ALTER COLUMN secret_cost TYPE text"]
    found = found_after(
        company, *damages, "DROP INDEX uq_account_name", "CREATE INDEX uq_account_name ON account (name)"
    )

    wanted = "bigint" if company.db.dialect.is_sqlite else "numeric(30,2)"
    assert f"account.secret_cost: the column is of type text, the field needs {wanted}" in found
    assert "account: the index uq_account_name is not what it should be" in found


def test_a_bulk_change_past_its_end_is_named(company: World) -> None:
    made = [company.product(company.seller).id for _ in range(2)]
    with company.db.write() as uow:
        bulk.start(
            company.path, uow, company.seller.actor, "product", made, {"action": "update", "values": {"name": "P"}}
        )
    assert doctor(company.services) == []

    found = found_after(company, "UPDATE dw_bulk SET done = 3")
    assert any("past its end" in line for line in found), found


def test_torn_pages_and_a_full_text_index_that_disagrees_are_named_on_sqlite(company: World) -> None:
    if not company.db.dialect.is_sqlite:
        pytest.skip("a file of SQLite's; PostgreSQL checks its own pages")
    with company.db.write() as uow:
        uow.raw("INSERT INTO dw_search_fts(rowid, tokens) VALUES (999, 'ghost')")
    assert "search: the full-text index does not agree with its rows" in doctor(company.services)
    with company.db.write() as uow:
        uow.raw("INSERT INTO dw_search_fts(dw_search_fts, rowid, tokens) VALUES ('delete', 999, 'ghost')")
    assert doctor(company.services) == []

    company.db.close()
    with open(str(company.db.url.database), "r+b") as file:
        file.seek(4096 * 30 + 8)
        file.write(b"\xff" * 2_000)
    assert any(line.startswith("database:") for line in doctor(company.services))
