"""tests/cases/conditions.json through memory, words and SQL; web/src/shared/conditions runs the same file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from conditions.conftest import CASES, FIELDS, NAMES, REFUSED, context_of, typed
from dealwright.conditions import OPERATORS, Leaf, ManyColumn, leaves, matches, parse, to_sql, words
from dealwright.foundation.database import Database, UnitOfWork
from dealwright.foundation.database.types import Day, Decimal_, Flag, Id, Instant, Json, Text_
from dealwright.foundation.errors import Problem

LINKED = ("relations", "users")
COLUMN_TYPES: Mapping[str, Any] = {
    "boolean": Flag, "date": Day, "datetime": Instant, "options": Json, "file": Json, "relation": Id, "user": Id,
    "team": Id,
}  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_in_memory(case: dict[str, Any]) -> None:
    condition, context = parse(case["where"], "deal", FIELDS), context_of(case)
    for wanted, records in ((True, case["yes"]), (False, case["no"])):
        for record in records:
            assert matches(condition, lambda path, record=record: _at(record, path), context) is wanted, record


def _at(record: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = record
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    shape = FIELDS.field("deal", path)
    assert shape is not None
    return typed(shape.kind, value)


@pytest.mark.parametrize("case", [case for case in CASES if "words" in case], ids=lambda case: case["name"])
def test_in_words(case: dict[str, Any]) -> None:
    condition = parse(case["where"], "deal", FIELDS)
    for locale, language in (("zh-CN", "zh"), ("en", "en")):
        parts = words(condition, locale, lambda _, value: NAMES.get(value), ZoneInfo("Asia/Shanghai"))
        assert "".join(part.text for part in parts) == case["words"][language]
        assert not parts or any(part.strong for part in parts)


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["name"])
def test_a_wrong_condition_is_refused_with_a_reason(case: dict[str, Any]) -> None:
    with pytest.raises(Problem) as refused:
        parse(case["where"], "deal", FIELDS)
    assert (refused.value.status, refused.value.code) == (422, case["code"])


def test_every_operator_of_every_kind_has_a_case_that_holds_and_one_that_does_not() -> None:
    seen: set[tuple[str, str, bool]] = set()
    for case in CASES:
        for leaf in leaves(parse(case["where"], "deal", FIELDS)):
            seen |= {(leaf.shape.kind, leaf.op, holds) for holds in (True, False) if case["yes" if holds else "no"]}
    wanted = {(kind, op, holds) for kind, ops in OPERATORS.items() for op in ops for holds in (True, False)}
    assert wanted - seen == set()


# ── SQL ──


class Store:
    """Tables of the file's objects with the records of every case, in a transaction that is rolled back."""

    def __init__(self, uow: UnitOfWork) -> None:
        self.uow, self.count = uow, 0
        self.tables: dict[str, sa.Table] = {}
        self.links: dict[str, sa.Table] = {}
        metadata = sa.MetaData()
        for object_key, shapes in FIELDS.shapes.items():
            columns = [
                sa.Column(
                    key, Decimal_(shape.scale or 0) if shape.kind == "number" else COLUMN_TYPES.get(shape.kind, Text_)
                )
                for key, shape in shapes.items()
                if shape.kind not in LINKED
            ]
            self.tables[object_key] = sa.Table(f"case_{object_key}", metadata, sa.Column("id", Id), *columns)
            for key, shape in shapes.items():
                if shape.kind in LINKED:
                    link = sa.Table(
                        f"case_{object_key}_{key}", metadata, sa.Column("record_id", Id), sa.Column("target_id", Id)
                    )
                    self.links[key] = link
        for table in metadata.sorted_tables:
            uow.conn.execute(sa.schema.CreateTable(table))
        self.records = {
            (place, holds): [self.insert("deal", record) for record in case["yes" if holds else "no"]]
            for place, case in enumerate(CASES)
            for holds in (True, False)
        }

    def insert(self, object_key: str, record: Mapping[str, Any]) -> str:
        """Insert a record of a case and those it leads to; its id here."""
        self.count += 1
        here = f"r{self.count}"
        row: dict[str, Any] = {"id": here}
        for key, raw in record.items():
            if key == "id":
                continue
            shape = FIELDS.shapes[object_key][key]
            if shape.kind in LINKED:
                for target in raw:
                    self.uow.conn.execute(sa.insert(self.links[key]).values(record_id=here, target_id=target))
            elif shape.kind == "relation" and set(raw) != {"id"}:
                row[key] = self.insert(str(shape.target), raw)
            else:
                row[key] = typed(shape.kind, raw)
        self.uow.conn.execute(sa.insert(self.tables[object_key]).values(row))
        return here

    def found(self, place: int, ids: list[str]) -> list[str]:
        """Which of the records the case's condition finds."""
        case = CASES[place]
        root = self.tables["deal"].alias("t")
        joins: dict[tuple[str, ...], Any] = {(): root}
        source: Any = root

        def join(path: tuple[str, ...]) -> Any:
            nonlocal source
            if path not in joins:
                parent = join(path[:-1])
                shape = FIELDS.field("deal", path)
                assert shape is not None
                joins[path] = alias = self.tables[str(shape.target)].alias(f"j{len(joins)}")
                source = source.outerjoin(alias, alias.c.id == parent.c[path[-1]])
            return joins[path]

        def resolve(leaf: Leaf) -> Any:
            parent, key = join(leaf.path[:-1]), leaf.path[-1]
            if leaf.shape.kind in LINKED:
                link = self.links[key].alias(f"l{leaf.index}")

                def has(target: Any) -> Any:
                    query: Any = sa.select(sa.literal_column("1")).where(link.c.record_id == parent.c.id)
                    return sa.exists(
                        (query if target is None else query.where(link.c.target_id == target)).correlate(parent)
                    )

                return ManyColumn(has=has)
            return ManyColumn(column=parent.c[key]) if leaf.shape.kind == "options" else parent.c[key]

        where = to_sql(parse(case["where"], "deal", FIELDS), resolve, context_of(case), self.uow.dialect)
        filtered = self.uow.conn.execute(sa.select(root.c.id).select_from(source).where(root.c.id.in_(ids), where))
        return sorted(row[0] for row in filtered)


@pytest.fixture
def store(db: Database) -> Iterator[Store]:
    class Enough(Exception):
        pass

    try:
        with db.write() as uow:
            yield Store(uow)
            raise Enough
    except Enough:
        pass


def test_in_sql(store: Store) -> None:
    wrong = []
    for place, case in enumerate(CASES):
        yes, no = store.records[place, True], store.records[place, False]
        if store.found(place, yes + no) != sorted(yes):
            wrong.append(case["name"])
    assert wrong == []
