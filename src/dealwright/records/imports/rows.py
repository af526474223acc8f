"""From cells to values: the rows of a chunk as raw values by field key, names looked up, existing records found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dealwright.conditions import fold
from dealwright.foundation.errors import FieldError, Problem, invalid
from dealwright.model import FieldDef, ObjectDef, ValueProblem, local_forms
from dealwright.records.batch import Batch
from dealwright.records.imports.mapping import columns_for
from dealwright.records.imports.names import PEOPLE, RELATIONS, Names, parts_of, rows_by
from dealwright.records.imports.options import Options
from dealwright.records.imports.reading import Sheet
from dealwright.records.imports.workbook import FAULTS


class Reader:
    """Reads the rows of one file into one object."""

    def __init__(self, sheet: Sheet, obj: ObjectDef, options: Options) -> None:
        self.sheet, self.obj, self.options = sheet, obj, options
        self.empties = {fold(word) for word in options.empty_words}
        self.columns = [(place, obj.fields[key]) for place, key in columns_for(options.mapping, sheet.header)]

    def cell(self, row: Sequence[Any], place: int, key: str) -> Any:
        """A cell stripped, translated by `values`, None when it is empty."""
        cell = row[place]
        if isinstance(cell, str):
            cell = cell.strip()
            if self.empties and fold(cell) in self.empties:
                return None
        factor = self.options.factor.get(key)
        if factor and cell is not None and str(cell)[-1:].isdecimal():
            bare = local_forms.number(str(cell))
            cell = cell if bare is None else format(bare * factor, "f")
        meaning = self.options.values.get(key)
        if meaning and cell is not None:
            cell = meaning.get(str(cell), cell)
        return None if cell == "" else cell

    def names_in(self, places: Sequence[int]) -> dict[str, set[str]]:
        """The names in the relation and user cells of some rows, by target."""
        wanted: dict[str, set[str]] = {}
        for place, fld in self.columns:
            if fld.type not in PEOPLE and fld.type not in RELATIONS:
                continue
            texts = wanted.setdefault("user" if fld.type in PEOPLE else str(fld.target), set())
            for at in places:
                cell = self.cell(self.sheet.rows[at], place, fld.key)
                if cell is not None:
                    texts.update(parts_of(fld, cell))
        return wanted

    def values(self, at: int, names: Names) -> dict[str, Any]:
        """Raw values by field key of one row; Problem 422 with every name that is not known."""
        fault = self.sheet.faults.get(at)
        if fault is not None:
            raise invalid([FieldError("", *fault)])
        values: dict[str, Any] = dict(self.options.defaults)
        errors: list[FieldError] = []
        row = self.sheet.rows[at]
        for place, fld in self.columns:
            cell = self.cell(row, place, fld.key)
            if cell is None:
                continue
            if cell in FAULTS:
                errors.append(FieldError(fld.key, "CELL_FAULT", {"value": cell}))
                continue
            if fld.type in PEOPLE or fld.type in RELATIONS:
                try:
                    ids = [names.id_of(fld, part) for part in parts_of(fld, cell)]
                except Problem as problem:
                    if not problem.errors:
                        raise
                    errors += problem.errors
                    continue
                cell = ids if fld.many else ids[0]
            values[fld.key] = cell
        if errors:
            raise invalid(errors)
        return values


class Keys:
    """Which stored records the key values of a chunk mean."""

    def __init__(self, batch: Batch, obj: ObjectDef, key: str, context: Any) -> None:
        self.batch, self.field, self.obj, self.context = batch, obj.fields[key], obj, context
        self.found: dict[Any, list[str]] = {}
        self.mine: dict[Any, int] = {}  # keys of rows of this chunk that make records

    def normal(self, raw: Any) -> str | None:
        """The stored form of a key cell; None when it is empty or wrong (the write path will say what is wrong)."""
        fld = self.field
        if fld.type == "auto_number":
            return str(raw).strip()
        try:
            value = fld.ftype.coerce(fld, raw, self.context)
        except ValueProblem:
            return None
        if value is None:
            return None
        if fld.norm_column:
            return fld.ftype.unique_key(fld, value)
        column = self.obj.table.c[fld.columns[0]]
        stored = fld.ftype.to_row(fld, value)[fld.columns[0]]
        process = column.type._cached_bind_processor(self.batch.uow.dialect.engine.dialect)
        stored = stored if process is None else process(stored)
        return stored if isinstance(stored, str) else str(stored)

    def look_up(self, raws: Sequence[Any]) -> None:
        """One statement for the key values of a chunk."""
        wanted = sorted({form for raw in raws if raw is not None and (form := self.normal(raw)) is not None})
        if not wanted:
            return
        column = self.field.norm_column or self.field.columns[0]
        for form, record_id, _ in rows_by(self.batch, self.obj, column, wanted):
            self.found.setdefault(str(form), []).append(record_id)

    def record(self, raw: Any) -> str | None:
        """The id of the one record with this key, None when there is none; Problem 422 AMBIGUOUS for several."""
        ids = self.found.get(self.normal(raw), [])
        if len(ids) > 1:
            raise invalid([FieldError(self.field.key, "AMBIGUOUS_KEY", {"value": str(raw)[:80], "count": len(ids)})])
        return ids[0] if ids else None


def keyed(field: FieldDef, values: Mapping[str, Any], code: str) -> Any:
    """Problem 422 about the key of a row."""
    params = {"value": str(values.get(field.key) or "")[:80], "field": dict(field.labels)}
    return invalid([FieldError(field.key, code, params)])
