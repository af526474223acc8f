"""Relations, people and files named in a change: one statement per target object says which of them are there.

Missing, deleted and invisible records are the same answer, 422 NOT_FOUND, so nobody learns of a record by naming it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from dealwright.conditions import fold
from dealwright.foundation.errors import FieldError
from dealwright.model import FieldDef, ObjectDef, Unresolved
from dealwright.people.tables import dw_team, dw_team_member, dw_user
from dealwright.records.plans import one_of, packed, plan_of
from dealwright.records.rights import parameters, rights_key, row_condition
from dealwright.records.shapes import Work
from dealwright.records.tables import dw_file

CHUNK = 1_000  # parameter limits


@dataclass(frozen=True)
class Mention:
    """One id (or words to be looked up) in one field of one work."""

    work: Work
    field: FieldDef
    prefix: str
    target: str
    value: Any


def check_targets(work: Work) -> None:
    """Check every relation given in a change and its lines; errors go to `work.errors`, names to `work.labels`."""
    mentions = [*mentions_of(work, ""), *line_mentions(work)]
    by_target: dict[str, list[Mention]] = {}
    for mention in mentions:
        by_target.setdefault(mention.target, []).append(mention)
    for target, named in by_target.items():
        ids = sorted({m.value for m in named if isinstance(m.value, str)})
        words = sorted({m.value.label for m in named if isinstance(m.value, Unresolved)})
        if target == "user":
            found = users_by_id(work, ids) if ids else {}
            by_word = users_by_words(work, words)
        elif target == "team":
            found, by_word = teams(work, ids), {}
        elif target == "file":
            found, by_word = files(work, ids), {}
        else:
            obj = work.schema.object(target)
            found = _records(work, obj, ids) if ids else {}
            by_word = records_by_name(work, obj, words)
        for record_id, name in found.items():
            work.labels[(target, record_id)] = name
        for mention in named:
            _settle(work, mention, found, by_word)


def mentions_of(work: Work, prefix: str) -> Iterator[Mention]:
    """The ids in the given fields of one work."""
    for key in work.given:
        field = work.obj.fields.get(key)
        if field is None or not field.ftype.relational:
            continue
        value = dict.get(work.after, key)
        if value is None:
            continue
        if isinstance(value, Unresolved):
            if value.target:
                yield Mention(work, field, prefix, value.target, value)
            else:
                work.errors.append(FieldError(prefix + key, "NOT_FOUND", {"value": value.label}))
        elif field.type == "relation_any":
            yield Mention(work, field, prefix, value[0], value[1])
        else:
            target = _target_of(field)
            for item in value if isinstance(value, list) else [value]:
                yield Mention(work, field, prefix, target, item)


def line_mentions(work: Work) -> Iterator[Mention]:
    """The ids in the lines of a work, their errors named `lines.0.product`."""
    for key, children in work.lines.items():
        for place, child in enumerate(children):
            if child.change.kind != "delete":
                yield from mentions_of(child, f"{key}.{place}.")


def _target_of(field: FieldDef) -> str:
    points_to = getattr(field.ftype, "points_to", None)
    if points_to:
        return str(points_to)
    return "file" if field.ftype.kind == "file" else str(field.target)


def _settle(work: Work, mention: Mention, found: dict[str, str], by_word: dict[str, list[str]]) -> None:
    """Note an error, or put the id where words stood."""
    value, key = mention.value, mention.field.key
    if isinstance(value, Unresolved):
        ids = by_word.get(fold(value.label).strip(), [])
        if len(ids) != 1:
            code = "AMBIGUOUS" if ids else "NOT_FOUND"
            work.errors.append(FieldError(mention.prefix + key, code, {"value": value.label, "count": len(ids)}))
            return
        after = mention.work.after
        if isinstance(after[key], list):
            after[key] = [ids[0] if item == value else item for item in after[key]]
        else:
            after[key] = (mention.target, ids[0]) if mention.field.type == "relation_any" else ids[0]
    elif value not in found and not _was_there(mention):
        work.errors.append(FieldError(mention.prefix + key, "NOT_FOUND", {"value": value}))


def _was_there(mention: Mention) -> bool:
    """An id that the record holds already may stay in a list although it has gone or is out of sight."""
    before = mention.work.before[mention.field.key] if not mention.work.is_create else None
    return isinstance(before, list) and mention.value in before


def chunks(ids: list[str]) -> Iterable[list[str]]:
    """Lists no longer than a statement may have parameters."""
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))


def _records(work: Work, obj: ObjectDef, ids: list[str]) -> dict[str, str]:
    """As `records`; a batch has asked for most of them beforehand."""
    checked: dict[str, dict[str, str]] | None = work.uow.memo.get("checked")
    known = checked.get(obj.key) if checked else None
    if not known:
        return records(work, obj, ids)
    found = {one: known[one] for one in ids if one in known}
    rest = [one for one in ids if one not in found]
    return found | records(work, obj, rest) if rest else found


def records(work: Work, obj: ObjectDef, ids: list[str]) -> dict[str, str]:
    """Names by id of those records that are there and that the actor may read."""
    plan = plan_of(work.uow, obj)
    table, dialect = obj.table, work.uow.dialect

    def build() -> Any:
        seen = row_condition(work, obj, "read", table)
        there = table.c.deleted_at.is_(None)
        return sa.select(table.c.id, _name_column(work, obj, table)).where(
            one_of(table.c.id, "b_ids", dialect), there, seen
        )

    statement = plan.keep(("targets", rights_key(work)), build)
    found: dict[str, str] = {}
    for part in chunks(ids):
        rows = work.uow.fetch(statement, {**parameters(work), "b_ids": packed(part, dialect)})
        found.update({row[0]: row[1] or "" for row in rows})
    return found


def records_by_name(work: Work, obj: ObjectDef, words: list[str]) -> dict[str, list[str]]:
    """Ids by folded name of visible records so named (two per name at most: more is ambiguous all the same)."""
    name = obj.fields.get(obj.name_field or "")
    if not words or name is None or not name.columns:
        return {}
    table = obj.table
    column = table.c[name.columns[0]]
    found: dict[str, list[str]] = {}
    for part in chunks(words):
        if name.norm_column:
            keys = [name.ftype.unique_key(name, word) or "" for word in part]
            wanted: Any = table.c[name.norm_column].in_(keys)
        else:
            wanted = column.in_(part)
        statement = sa.select(table.c.id, column).where(
            wanted, table.c.deleted_at.is_(None), row_condition(work, obj, "read", table)
        )
        for record_id, text in work.uow.conn.execute(statement, parameters(work)):
            work.labels[(obj.key, record_id)] = text
            found.setdefault(fold(text).strip(), []).append(record_id)
            if name.norm_column:
                for word in part:
                    same = name.ftype.unique_key(name, word) == name.ftype.unique_key(name, text)
                    if same and record_id not in found.setdefault(fold(word).strip(), []):
                        found[fold(word).strip()].append(record_id)
    return found


def _name_column(work: Work, obj: ObjectDef, table: Any) -> sa.ColumnElement[Any]:
    field = obj.fields.get(obj.name_field or "")
    readable = work.access is None or (
        field is not None and work.access.object(obj.key).level(field.key) in ("read", "write")
    )
    if field is None or not field.columns or not readable:
        return sa.literal_column("NULL")
    return sa.type_coerce(table.c[field.columns[0]], sa.Text())


def users_by_id(work: Work, ids: list[str]) -> dict[str, str]:
    """Names by id of people who are not disabled; their primary teams go to the unit's memo."""
    known: dict[str, str] = {}
    rest = [one for one in ids if one != work.actor.user_id]
    if len(rest) != len(ids) and work.actor.user_id is not None:
        known[work.actor.user_id] = work.actor.name
        _teams(work)[work.actor.user_id] = work.actor.primary_team_id
    kept: dict[str, str] = work.uow.memo.setdefault("users_checked", {})
    known.update({one: kept[one] for one in rest if one in kept})
    for part in chunks([one for one in rest if one not in kept]):
        statement = (
            sa.select(dw_user.c.id, dw_user.c.name, dw_team_member.c.team_id)
            .outerjoin(
                dw_team_member, sa.and_(dw_team_member.c.user_id == dw_user.c.id, dw_team_member.c.is_primary.is_(True))
            )
            .where(dw_user.c.id.in_(part), dw_user.c.status != "disabled")
        )
        for user_id, name, team_id in work.uow.conn.execute(statement):
            kept[user_id] = known[user_id] = name
            _teams(work)[user_id] = team_id
    return known


def primary_team(work: Work, user_id: str | None) -> str | None:
    """The team a record goes to when this person owns it."""
    if user_id is None:
        return None
    if user_id not in _teams(work):
        users_by_id(work, [user_id])
    return _teams(work).get(user_id)


def _teams(work: Work) -> dict[str, str | None]:
    found: dict[str, str | None] = work.uow.memo.setdefault("primary_teams", {})
    return found


def users_by_words(work: Work, words: list[str]) -> dict[str, list[str]]:
    """Ids by folded e-mail or name."""
    if not words:
        return {}
    wanted = {fold(word).strip() for word in words}
    everybody = work.uow.memo.get("users_by_words")
    if everybody is None:
        everybody = work.uow.memo["users_by_words"] = {}
        rows = work.uow.conn.execute(
            sa.select(dw_user.c.id, dw_user.c.name, dw_user.c.email).where(dw_user.c.status != "disabled")
        )
        for user_id, name, email in rows:
            for word in {fold(name).strip(), fold(email).strip()}:
                everybody.setdefault(word, []).append(user_id)
    return {word: everybody[word] for word in wanted if word in everybody}


def teams(work: Work, ids: list[str]) -> dict[str, str]:
    """Names of teams by id."""
    rows = work.uow.conn.execute(sa.select(dw_team.c.id, dw_team.c.name).where(dw_team.c.id.in_(ids))) if ids else ()
    return {row[0]: row[1] for row in rows}


def files(work: Work, ids: list[str]) -> dict[str, str]:
    """Names by id of files that the actor uploaded and that are still free, or that this record holds."""
    if not ids:
        return {}
    mine: sa.ColumnElement[bool] = dw_file.c.record_id.is_(None)
    if work.access is not None:
        mine = sa.and_(mine, dw_file.c.uploaded_by_id == work.actor.user_id)
    held = dw_file.c.record_id == work.record_id
    rows = work.uow.conn.execute(sa.select(dw_file.c.id, dw_file.c.name).where(dw_file.c.id.in_(ids), mine | held))
    return {row[0]: row[1] for row in rows}
