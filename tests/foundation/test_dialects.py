"""The differences between the two databases: the same question gets the same answer on both."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from dealwright.foundation.database import Database, Day, Decimal_, Flag, Id, Instant, Json, UnitOfWork

SHANGHAI, NEW_YORK, BERLIN = "Asia/Shanghai", "America/New_York", "Europe/Berlin"
thing = sa.Table(
    "thing",
    sa.MetaData(),
    sa.Column("id", Id, primary_key=True),
    sa.Column("amount", Decimal_(2)),
    sa.Column("at", Instant),
    sa.Column("day", Day),
    sa.Column("data", Json),
    sa.Column("flag", Flag),
    sa.Column("count", sa.BigInteger),
)
sa.Index("uq_thing_count", thing.c.count, unique=True)


@pytest.fixture
def uow(db: Database) -> Any:
    with db.ddl() as unit:
        thing.create(unit.conn)
    with db.write() as unit:
        yield unit


def put(uow: UnitOfWork, *rows: dict[str, Any]) -> None:
    for number, row in enumerate(rows):
        uow.conn.execute(sa.insert(thing).values({"id": f"{number}", **row}))


def ask(uow: UnitOfWork, *columns: Any) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in uow.conn.execute(sa.select(*columns).select_from(thing).order_by(thing.c.id))]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_every_type_comes_back_as_it_went_in(uow: UnitOfWork) -> None:
    row = {
        "amount": Decimal("-12345678901234567.89"),
        "at": utc("2026-02-28T16:30:00.000001"),
        "day": date(1900, 1, 1),
        "data": {"报价": [1, "é", None, True], "amount": "1.10"},
        "flag": False,
        "count": -(2**63),
    }
    put(uow, row, dict.fromkeys(row))
    (first, second) = uow.conn.execute(sa.select(thing).order_by(thing.c.id)).mappings()
    assert {key: first[key] for key in row} == row
    assert isinstance(first["amount"], Decimal) and isinstance(first["flag"], bool)
    assert all(second[key] is None for key in row)


def test_chinese_in_json_is_stored_as_itself(uow: UnitOfWork) -> None:
    put(uow, {"data": {"name": "报价"}})
    assert "报价" in uow.raw("SELECT CAST(data AS TEXT) FROM thing")[0][0]


def test_an_amount_is_never_rounded_in_silence(uow: UnitOfWork) -> None:
    put(uow, {"amount": Decimal("0.10")})
    with pytest.raises(sa.exc.StatementError), uow.conn.begin_nested():
        uow.conn.execute(sa.update(thing).values(amount=Decimal("0.105")))
    with pytest.raises(sa.exc.StatementError), uow.conn.begin_nested():
        uow.conn.execute(sa.update(thing).values(amount=0.1))
    assert ask(uow, thing.c.amount) == [(Decimal("0.10"),)]


def test_an_instant_without_a_zone_is_refused(uow: UnitOfWork) -> None:
    with pytest.raises(sa.exc.StatementError):
        uow.conn.execute(sa.select(thing.c.id).where(thing.c.at == datetime(2026, 1, 1)))
    assert ask(uow, thing.c.at) == []


def test_instants_of_other_zones_are_the_same_instant(uow: UnitOfWork) -> None:
    put(uow, {"at": datetime.fromisoformat("2026-03-01T00:30:00+08:00")})
    assert ask(uow, thing.c.at) == [(utc("2026-02-28T16:30:00"),)]
    equal = sa.select(sa.func.count()).where(thing.c.at == datetime.fromisoformat("2026-02-28T11:30:00-05:00"))
    assert uow.conn.execute(equal).scalar_one() == 1


def test_decimals_add_up_exactly(uow: UnitOfWork) -> None:
    put(uow, {"amount": Decimal("0.10")}, {"amount": Decimal("0.20")}, {"amount": None})
    total = uow.conn.execute(sa.select(sa.type_coerce(sa.func.sum(thing.c.amount), Decimal_(2)))).scalar_one()
    assert total == Decimal("0.30")
    over = sa.select(sa.func.count()).where(thing.c.amount > Decimal("0.15"))
    assert uow.conn.execute(over).scalar_one() == 1


LOCAL_DAYS = [
    ("2026-02-28T16:30:00", SHANGHAI, "2026-03-01"),
    ("2026-02-28T15:59:59.999999", SHANGHAI, "2026-02-28"),
    ("1988-07-01T15:30:00", SHANGHAI, "1988-07-02"),  # China had summer time then
    ("1970-06-30T15:30:00", SHANGHAI, "1970-06-30"),
    ("2026-03-08T04:59:00", NEW_YORK, "2026-03-07"),
    ("2026-11-01T04:30:00", NEW_YORK, "2026-11-01"),  # still summer time
    ("2026-11-02T04:30:00", NEW_YORK, "2026-11-01"),
    ("2026-12-31T23:30:00", BERLIN, "2027-01-01"),
    ("2026-06-30T22:30:00", BERLIN, "2026-07-01"),
    ("2026-06-30T22:30:00", "UTC", "2026-06-30"),
    ("2026-06-30T18:20:00", "Asia/Kolkata", "2026-06-30"),
    ("2026-06-30T18:30:00", "Asia/Kolkata", "2026-07-01"),
]


@pytest.mark.parametrize(("at", "zone", "day"), LOCAL_DAYS)
def test_the_local_day_of_an_instant(uow: UnitOfWork, at: str, zone: str, day: str) -> None:
    put(uow, {"at": utc(at)}, {"at": None})
    assert ask(uow, uow.dialect.local_date(thing.c.at, zone)) == [(date.fromisoformat(day),), (None,)]
    whole = uow.dialect.date_bucket(thing.c.at, "day", True, zone)
    assert ask(uow, whole) == [(day,), (None,)]


BUCKETS = [
    ("2026-11-24", "2026-W48", "2026-11", "2026-Q4", "2026"),
    ("2027-01-01", "2026-W53", "2027-01", "2027-Q1", "2027"),
    ("2024-12-30", "2025-W01", "2024-12", "2024-Q4", "2024"),
    ("2023-01-01", "2022-W52", "2023-01", "2023-Q1", "2023"),
    ("2026-06-30", "2026-W27", "2026-06", "2026-Q2", "2026"),
    ("1900-01-01", "1900-W01", "1900-01", "1900-Q1", "1900"),
]


@pytest.mark.parametrize("case", BUCKETS)
def test_days_fall_into_buckets(uow: UnitOfWork, case: tuple[str, ...]) -> None:
    put(uow, {"day": case[0]}, {"day": None})
    for by, expected in zip(("day", "week", "month", "quarter", "year"), (case[0], *case[1:]), strict=True):
        assert ask(uow, uow.dialect.date_bucket(thing.c.day, by, False, SHANGHAI)) == [(expected,), (None,)]


def test_buckets_may_be_grouped_and_sorted_by_their_label(uow: UnitOfWork) -> None:
    put(uow, {"at": utc("2026-01-31T16:00:00")}, {"at": utc("2026-01-31T15:59:00")}, {"at": utc("2026-02-01T00:00:00")})
    month = uow.dialect.date_bucket(thing.c.at, "month", True, SHANGHAI).label("month")
    grouped = sa.select(month, sa.func.count()).group_by("month").order_by("month")
    assert [tuple(row) for row in uow.conn.execute(grouped)] == [("2026-01", 1), ("2026-02", 2)]


@pytest.mark.parametrize("zone", ["Mars/Base", "'; DROP TABLE thing; --", "../etc/passwd", ""])
def test_only_known_zones_get_into_a_statement(uow: UnitOfWork, zone: str) -> None:
    with pytest.raises(Exception) as refused:
        uow.dialect.local_date(thing.c.at, zone)
    assert isinstance(refused.value, (ValueError, KeyError))  # ZoneInfoNotFoundError is a KeyError
    uow.dialect.local_date(thing.c.at, "America/Argentina/Buenos_Aires")


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        (["3", "1", "2"], "2"),
        (["1.00", "1.01"], "1.005"),
        (["5"], "5"),
        ([], None),
        (["9999999999999.99", "9999999999999.98"], "9999999999999.985"),
        (["-1", "-2.50", "4", "10"], "1.50"),
    ],
)
def test_the_median_is_exact(uow: UnitOfWork, amounts: list[str], expected: str | None) -> None:
    put(uow, *({"amount": Decimal(amount)} for amount in amounts), {"amount": None})
    found = uow.conn.execute(sa.select(uow.dialect.median(thing.c.amount))).scalar_one()
    assert found == (None if expected is None else Decimal(expected))


def test_the_median_of_whole_numbers_has_one_digit(uow: UnitOfWork) -> None:
    put(uow, {"count": 1}, {"count": 2})
    assert uow.conn.execute(sa.select(uow.dialect.median(thing.c.count))).scalar_one() == Decimal("1.5")


def test_json_lists_answer_what_they_contain(uow: UnitOfWork) -> None:
    put(uow, {"data": ["a", "b'; --"]}, {"data": []}, {"data": None}, {"data": ["b"]})
    any_of, all_of = uow.dialect.json_contains_any, uow.dialect.json_contains_all
    cases: list[tuple[Any, list[bool]]] = [
        (any_of(thing.c.data, ["a", "x"]), [True, False, False, False]),
        (any_of(thing.c.data, ["b"]), [False, False, False, True]),
        (any_of(thing.c.data, ["b'; --"]), [True, False, False, False]),
        (any_of(thing.c.data, []), [False] * 4),
        (all_of(thing.c.data, ["a", "b'; --"]), [True, False, False, False]),
        (all_of(thing.c.data, ["a", "b"]), [False] * 4),
        (all_of(thing.c.data, []), [True] * 4),
        (sa.not_(any_of(thing.c.data, ["a"])), [False, True, True, True]),  # two-valued: nothing is NULL
    ]
    for condition, expected in cases:
        rows = uow.conn.execute(sa.select(thing.c.id).where(condition)).scalars().all()
        assert [str(number) in rows for number in range(4)] == expected


def test_json_is_built_in_the_database(uow: UnitOfWork) -> None:
    put(uow, {"count": 2, "data": ["x"]}, {"count": 1})
    one = uow.dialect.json_object(z_key=thing.c.id, amount=thing.c.count)
    rows = uow.conn.execute(sa.select(uow.dialect.json_array_agg(one))).scalar_one()
    assert sorted(rows, key=lambda row: row["z_key"]) == [{"z_key": "0", "amount": 2}, {"z_key": "1", "amount": 1}]
    none = sa.select(uow.dialect.json_array_agg(thing.c.id)).where(sa.false())
    assert uow.conn.execute(none).scalar_one() == []


def test_an_upsert_updates_the_row_that_is_there(uow: UnitOfWork) -> None:
    for count in (1, 2):
        uow.conn.execute(uow.dialect.upsert(thing, {"id": "a", "count": count, "flag": True}, ["id"], ["count"]))
    uow.conn.execute(uow.dialect.upsert(thing, {"id": "a", "count": 9}, ["id"], []))
    assert ask(uow, thing.c.id, thing.c.count) == [("a", 2)]
    uow.conn.execute(uow.dialect.upsert(thing, {"id": "a", "count": 5}, ["id"], {"count": thing.c.count + 10}))
    assert ask(uow, thing.c.count) == [(12,)]


def test_a_broken_uniqueness_names_its_index(uow: UnitOfWork) -> None:
    put(uow, {"count": 1})
    with pytest.raises(uow.dialect.integrity_errors) as refused, uow.savepoint():
        uow.conn.execute(sa.insert(thing).values(id="9", count=1))
    assert uow.dialect.unique_violation(refused.value, uow.conn) == "uq_thing_count"
    with pytest.raises(uow.dialect.integrity_errors) as other, uow.savepoint():
        uow.raw("INSERT INTO thing (id) VALUES (NULL)") if not uow.dialect.is_sqlite else uow.raw(
            "INSERT INTO thing (id) VALUES ('0')"
        )
    named = uow.dialect.unique_violation(other.value, uow.conn)
    assert named is None if not uow.dialect.is_sqlite else named != "uq_thing_count"


def test_kept_statements_take_new_values_and_bind_types(uow: UnitOfWork) -> None:
    put(uow, {"amount": Decimal("1.50"), "at": utc("2026-01-01T00:00:00")}, {"amount": Decimal("2.50")})
    kept = uow.dialect.compile(
        sa.select(thing.c.id).where(thing.c.amount > sa.bindparam("least"), thing.c.id != sa.bindparam("not_id"))
    )
    sql, keys = kept
    assert ":least" not in sql and set(keys) == {"least", "not_id"}
    assert uow.fetch(kept, {"least": Decimal("1"), "not_id": "0"}) == [("1",)]
    assert uow.fetch(kept, {"least": Decimal("1"), "not_id": "1"}) == [("0",)]


def test_kept_statements_keep_the_values_of_their_making(uow: UnitOfWork) -> None:
    put(uow, {"count": 1}, {"count": 2}, {"count": 3})
    kept = uow.dialect.compile(
        sa.select(thing.c.count).where(thing.c.count.in_([1, 3])).order_by(thing.c.id).limit(sa.bindparam("n"))
    )
    assert uow.fetch(kept, {"n": 5}) == [(1,), (3,)]
    assert uow.fetch(kept, {"n": 1}) == [(1,)]
    exact = uow.dialect.compile(sa.select(thing.c.id).where(thing.c.amount.in_([Decimal("1.50"), Decimal("7")])))
    put_amount = sa.update(thing).where(thing.c.id == "0").values(amount=Decimal("1.50"))
    uow.conn.execute(put_amount)
    assert uow.fetch(exact) == [("0",)]
    with pytest.raises(KeyError):  # a value that was forgotten is no NULL
        uow.fetch(kept)


def test_ids_sort_byte_by_byte(uow: UnitOfWork) -> None:
    for key in ("b", "B", "a", "A", "é"):
        uow.conn.execute(sa.insert(thing).values(id=key))
    assert [key for (key,) in ask(uow, thing.c.id)] == ["A", "B", "a", "b", "é"]
