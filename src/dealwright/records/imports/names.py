"""From names to ids: what the relation and user cells of a chunk mean, asked once per object and chunk.

Only records that the importer may see are found; an unknown name and a name out of sight are the same refusal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from dealwright.conditions import fold
from dealwright.foundation.database import Id, UnitOfWork
from dealwright.foundation.errors import FieldError, Problem, invalid
from dealwright.model import FieldDef, ObjectDef, Schema, schema_of
from dealwright.model.field_types.relations import UUID
from dealwright.people.shapes import Actor
from dealwright.people.tables import dw_user
from dealwright.records.batch import Batch
from dealwright.records.plans import one_of, packed, plan_of
from dealwright.records.rights import parameters, rights_key, row_condition
from dealwright.records.shapes import Change, Work
from dealwright.records.write_path import WritePath, access_of

RELATIONS = ("relation", "relation_many")
PEOPLE = ("user", "users")
MANY = ("relation_many", "users")


def parts_of(fld: FieldDef, cell: Any) -> list[str]:
    """The names in a cell: one, or several parted by ; or 、."""
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    if fld.type not in MANY:
        return [text.strip()]
    return [part.strip() for part in text.replace("；", ";").replace("、", ";").split(";") if part.strip()]


def rows_by(batch: Batch, obj: ObjectDef, column: str, values: Iterable[str]) -> list[Any]:
    """(what the column holds as text, id, name) of the records in the importer's sight with one of these values."""
    wanted = list(values)
    if not wanted:
        return []
    uow, table = batch.uow, obj.table
    access = None if batch.actor.kind == "automation" else access_of(uow, batch.actor)
    work = Work(uow, batch.actor, access, Change("update", obj.key), schema_of(uow), obj, batch.path)

    def build() -> Any:
        name = obj.fields.get(obj.name_field or "")
        label: Any = table.c[name.columns[0]] if name is not None and name.columns else sa.literal_column("NULL")
        seen = row_condition(work, obj, "read", table)
        own = table.c[column] if isinstance(table.c[column].type, sa.Text | Id) else sa.cast(table.c[column], sa.Text())
        return sa.select(own, table.c.id, label).where(
            one_of(own, "b_ids", uow.dialect), table.c.deleted_at.is_(None), seen
        )

    statement = plan_of(uow, obj).keep(("named", column, rights_key(work)), build)
    return uow.fetch(statement, {**parameters(work), "b_ids": packed(wanted, uow.dialect)})


def named_by(uow: UnitOfWork, path: WritePath, actor: Actor, texts: Sequence[str]) -> list[tuple[str, int]]:
    """(object key, how many of the texts are names of its records in the asker's sight), for objects that have any."""
    batch, found = Batch(uow, path, actor), []
    for obj in schema_of(uow).objects.values():
        name = obj.fields.get(obj.name_field or "")
        if obj.kind != "object" or name is None or not name.columns:
            continue
        forms = {name.ftype.unique_key(name, text) or text for text in texts} if name.norm_column else set(texts)
        rows = rows_by(batch, obj, name.norm_column or name.columns[0], sorted(forms))
        if hits := len({row[0] for row in rows}):
            found.append((obj.key, hits))
    return found


class Names:
    """The names of one chunk. `look_up` asks for all of them, `id_of` answers one, or makes the record it means."""

    def __init__(self, batch: Batch, make: Sequence[str], channel: str) -> None:
        self.batch, self.make, self.channel = batch, make, channel
        self.uow: UnitOfWork = batch.uow
        self.schema: Schema = schema_of(self.uow)
        self.found: dict[str, dict[str, list[str]]] = {}  # target -> normal form of a name -> ids
        self.made: list[tuple[str, str]] = []  # (target, normal form) noted by the row at work

    def look_up(self, wanted: dict[str, set[str]]) -> None:
        """Ask for names by target object ("user" for people), one or two statements each."""
        for target, texts in wanted.items():
            if target == "user":
                self._people()
            elif texts:
                self._records(self.schema.object(target), texts)

    def _people(self) -> None:
        found = self.found.setdefault("user", {})
        rows = self.uow.conn.execute(
            sa.select(dw_user.c.id, dw_user.c.name, dw_user.c.email_norm).where(dw_user.c.status != "disabled")
        )
        for user_id, name, email in rows:
            for word in {fold(name).strip(), email}:
                found.setdefault(word, []).append(user_id)
            found[user_id] = [user_id]

    def _records(self, obj: ObjectDef, texts: set[str]) -> None:
        found = self.found.setdefault(obj.key, {})
        known = self.batch.checked.setdefault(obj.key, {})
        ids = {text for text in texts if UUID.fullmatch(text)}
        name = obj.fields.get(obj.name_field or "")
        asked: list[tuple[str, dict[str, str]]] = []  # (column, normal form by value)
        if ids:
            asked.append(("id", {one: one for one in ids}))
        if name is not None and name.columns:
            asked.append((name.norm_column or name.columns[0], self._normal(obj, texts - ids, by_value=True)))
        for field in obj.fields.values():  # numbers and other unique texts, for what no name has answered
            if field is not name and (field.type == "auto_number" or (field.unique and field.type == "text")):
                asked.append((field.columns[0], {text: self.normal(obj, text) for text in texts - ids}))
        for column, forms in asked:
            open_ = {value: form for value, form in forms.items() if form not in found}
            for value, record_id, label in rows_by(self.batch, obj, column, open_):
                form = open_[value]
                if record_id not in found.setdefault(form, []):
                    found[form].append(record_id)
                known[record_id] = label or ""

    def _normal(self, obj: ObjectDef, texts: set[str], *, by_value: bool) -> dict[str, str]:
        """{what the name's column holds: normal form}."""
        name = obj.fields[obj.name_field or ""]
        forms = {text: self.normal(obj, text) for text in texts}
        return {form: form for form in forms.values()} if name.norm_column and by_value else forms

    def normal(self, obj: ObjectDef, text: str) -> str:
        """The form under which a name is known: of a unique name field its normalised value, else the text itself."""
        name = obj.fields.get(obj.name_field or "")
        if name is None or not name.norm_column or UUID.fullmatch(text):
            return text
        return name.ftype.unique_key(name, text) or text

    def id_of(self, fld: FieldDef, text: str) -> str:
        """The id that a cell means; Problem 422 NAME_UNKNOWN or AMBIGUOUS; a missing record is made if asked."""
        if fld.type in PEOPLE:
            ids = self.found.get("user", {}).get(text if UUID.fullmatch(text) else fold(text).strip(), [])
        else:
            obj = self.schema.object(str(fld.target))
            form = self.normal(obj, text)
            ids = self.found.get(obj.key, {}).get(form, [])
            if not ids and fld.key in self.make and not UUID.fullmatch(text):
                return self._make(fld, obj, text)
        if len(ids) == 1:
            return ids[0]
        code = "AMBIGUOUS" if ids else "NAME_UNKNOWN"
        raise invalid([FieldError(fld.key, code, {"value": text[:80], "count": len(ids)})])

    def _make(self, fld: FieldDef, obj: ObjectDef, text: str) -> str:
        name = obj.name_field or ""
        try:
            place = self.batch.save(Change("create", obj.key, values={name: text}, channel=self.channel, mode="text"))
        except Problem as problem:
            if problem.status >= 500:
                raise
            raise invalid([FieldError(fld.key, e.code, e.params) for e in problem.errors]) from problem
        record_id = self.batch.parts[place].saved.record_id
        self.note(obj, text, record_id)
        self.made.append((obj.key, self.normal(obj, text)))
        return record_id

    def note(self, obj: ObjectDef, text: str, record_id: str) -> None:
        """A record that this chunk makes: later rows may name it."""
        self.found.setdefault(obj.key, {}).setdefault(self.normal(obj, text), []).append(record_id)
        self.batch.checked.setdefault(obj.key, {})[record_id] = text

    def forget(self) -> None:
        """The row at work was refused: what it made is not made."""
        for target, form in self.made:
            self.found[target].pop(form, None)
        self.made = []
