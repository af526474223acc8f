"""Each guard of access and query is taken away once, and the matrix must turn red: a guard no test misses is none.

One small company on SQLite; the requests are all those that aim at a secret of the role in question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from dealwright.access import rules
from dealwright.people import actors
from dealwright.records import files, plans, timeline, views
from dealwright.records.query import answers, builder, listing, reading, wire
from dealwright.records.search import query as searching
from rights.asking import Ask, asks
from rights.conftest import House
from rights.test_matrix import faults, objects_of


def forget() -> None:
    """What was built under other guards is not kept."""
    listing._plans.clear()
    answers._kept.clear()
    plans._plans.clear()
    rules._grants.clear()
    rules._known.clear()
    actors._kept.clear()


def all_rows(self: Any, *args: Any, **kwargs: Any) -> Any:
    return sa.true()


Patch = Callable[[pytest.MonkeyPatch], None]


def rows_of_the_list(m: pytest.MonkeyPatch) -> None:
    m.setattr(builder.Builder, "base_where", lambda self, in_bin=False, **_: [
        self.root.c.deleted_at.is_not(None) if in_bin else self.root.c.deleted_at.is_(None)])  # fmt: skip


def rows_that_are_joined(m: pytest.MonkeyPatch) -> None:
    real = builder.Builder.base_where

    def base(self: Any, *args: Any, **kwargs: Any) -> Any:
        kept = builder.Builder.rows
        builder.Builder.rows = ROWS  # type: ignore[method-assign]
        try:
            return real(self, *args, **kwargs)
        finally:
            builder.Builder.rows = kept  # type: ignore[method-assign]

    m.setattr(builder.Builder, "base_where", base)
    m.setattr(builder.Builder, "rows", all_rows)


ROWS = builder.Builder.rows


def hidden_fields(m: pytest.MonkeyPatch) -> None:
    m.setattr(rules.ObjectAccess, "level", lambda self, key: "read" if key in self.obj.fields else "hidden")


def fields_of_clauses(m: pytest.MonkeyPatch) -> None:
    m.setattr(builder.VisibleFields, "field", lambda self, key, path: self.schema.field(key, path))


def fields_of_the_answer(m: pytest.MonkeyPatch) -> None:
    def chosen(one: Any, names: Any) -> Any:
        every = one.obj.fields
        return [every[n] for n in names if n in every] if names else list(every.values())

    m.setattr(listing, "chosen_fields", chosen)
    m.setattr(reading, "chosen_fields", chosen)


def masking(m: pytest.MonkeyPatch) -> None:
    m.setattr(wire, "mask", lambda field, value: value)


def masked_fields_in_clauses(m: pytest.MonkeyPatch) -> None:
    real = builder.VisibleFields.field

    def field(self: Any, key: str, path: Any) -> Any:
        try:
            return real(self, key, path)
        except Exception:
            return self.schema.field(key, path)

    m.setattr(builder.VisibleFields, "field", field)


def fields_that_are_searched(m: pytest.MonkeyPatch) -> None:
    m.setattr(searching, "readable_fields", lambda one: list(one.obj.fields))


def inputs_of_computed_fields(m: pytest.MonkeyPatch) -> None:
    m.setattr(rules, "inherited", lambda grant, *rest: grant)


def ids_out_of_sight(m: pytest.MonkeyPatch) -> None:
    m.setattr(builder.Builder, "is_narrow", lambda self, key: False)


def targets_of_any_kind(m: pytest.MonkeyPatch) -> None:
    real = builder.Builder.any_target

    def any_target(self: Any, field: Any, holder: Any, value: Any) -> Any:
        kept = builder.Builder.rows
        builder.Builder.rows = all_rows  # type: ignore[method-assign]
        try:
            return real(self, field, holder, value)
        finally:
            builder.Builder.rows = kept  # type: ignore[method-assign]

    m.setattr(builder.Builder, "any_target", any_target)


def names_of_related_records(m: pytest.MonkeyPatch) -> None:
    m.setattr(wire, "_linked", lambda row, at: None if row[at] is None else {"id": row[at], "label": row[at + 2] or ""})


def fields_of_history(m: pytest.MonkeyPatch) -> None:
    m.setattr(timeline, "level_of", lambda rights, key: "read")
    m.setattr(timeline, "_on_row", lambda rights, field, record: True)


def columns_of_lines_in_history(m: pytest.MonkeyPatch) -> None:
    m.setattr(timeline, "_value", lambda uow, access, field, value, names: value)


def views_that_name_hidden_fields(m: pytest.MonkeyPatch) -> None:
    m.setattr(views, "_usable", lambda uow, access, row: True)


def files_of_hidden_fields(m: pytest.MonkeyPatch) -> None:
    m.setattr(files, "level_of", lambda access, row: "read")
    m.setattr(files, "get_one", lambda uow, access, key, record_id: {"papers": True})


def emails_of_people(m: pytest.MonkeyPatch) -> None:
    m.setattr(rules.Access, "may", lambda self, right: right == "manage_users" or right in self.rights)


def scopes_of_tokens(m: pytest.MonkeyPatch) -> None:
    m.setattr(rules.Access, "_scoped", lambda self, grant: grant)
    from dealwright.access import http

    real = http.sessions.authenticate
    from dataclasses import replace

    m.setattr(http.sessions, "authenticate", lambda uow, credentials: replace(real(uow, credentials), scopes=None))


GUARDS: list[tuple[Patch, str]] = [
    (rows_of_the_list, "seller"), (rows_that_are_joined, "seller"), (hidden_fields, "seller"), (fields_of_clauses, "seller"),
    (fields_of_the_answer, "seller"), (masking, "analyst"), (masked_fields_in_clauses, "analyst"),
    (fields_that_are_searched, "seller"), (inputs_of_computed_fields, "analyst"), (ids_out_of_sight, "seller"),
    (targets_of_any_kind, "seller"), (names_of_related_records, "seller"), (fields_of_history, "seller"),
    (columns_of_lines_in_history, "seller"), (views_that_name_hidden_fields, "seller"), (files_of_hidden_fields, "seller"),
    (emails_of_people, "seller"), (scopes_of_tokens, "exporting token"),
]  # fmt: skip
NEEDLES = {
    fields_of_history: "/history", columns_of_lines_in_history: "timeline", views_that_name_hidden_fields: "/views",
    files_of_hidden_fields: "/files", emails_of_people: "email", masked_fields_in_clauses: "filter", ids_out_of_sight: "filter",
    fields_that_are_searched: "search", targets_of_any_kind: "/task", inputs_of_computed_fields: "/",
}  # fmt: skip


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    forget()
    yield
    forget()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Any) -> Iterator[Any]:
    house = House("sqlite", tmp_path_factory.mktemp("guards"), sqlite_template)
    twins: dict[str, Any] = {}
    yield house, twins
    house.close()


def aimed_at(house: House, role: str, needle: str) -> list[Ask]:
    wanted = asks(house.company, objects_of(house), role, 10**9)
    return [ask for ask in wanted if needle in ask.path or needle in str(ask.body)]


@pytest.mark.parametrize(("guard", "role"), GUARDS, ids=lambda one: getattr(one, "__name__", str(one)))
def test_without_this_guard_the_matrix_turns_red(
    place: Any, monkeypatch: pytest.MonkeyPatch, guard: Patch, role: str
) -> None:
    house, twins = place
    if role not in twins:
        twins[role] = house.twin(role)
    wanted = aimed_at(house, role, NEEDLES.get(guard, ""))
    guard(monkeypatch)
    assert faults(house, twins[role], role, wanted, first=True)
