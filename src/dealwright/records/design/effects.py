"""What publishing a draft would do to real records, in counts; and a formula tried on a few of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dealwright.access import Access
from dealwright.conditions import KINDS
from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import FieldError, Problem, invalid, problem_body
from dealwright.model import FieldDef, ObjectDef, schema_of
from dealwright.model.catalogue import assemble
from dealwright.model.definitions import check, defined, own_field, row_of
from dealwright.model.draft import Plan
from dealwright.model.formula import FormulaError, parse_formula, references
from dealwright.model.formula.evaluate import evaluate
from dealwright.model.specs import field_from
from dealwright.people.shapes import system_actor
from dealwright.records.design.uses import FieldUser, uses_of
from dealwright.records.query import AggregateRequest, ListRequest, aggregate, find
from dealwright.records.rights import visible_values

TRIED = 3
MOST_OPTIONS = 100


def count_of(uow: UnitOfWork, object_key: str, where: Any = None) -> int:
    """How many live records a change would concern: all of them, also those out of the designer's sight.

    Only for what publishing would do: what a designer merely looks at is counted by `seen`.
    """
    everyone = Access.for_actor(uow, system_actor())
    rows = aggregate(uow, everyone, AggregateRequest(object_key, where=where))
    return int(rows[0]["count"]) if rows else 0


def seen(uow: UnitOfWork, access: Access, object_key: str, where: Any = None) -> int | None:
    """How many live records of the asker's own sight fit a condition; None where the object or a field is out of it."""
    if not access.object(object_key).can_read:
        return None
    try:
        rows = aggregate(uow, access, AggregateRequest(object_key, where=where))
    except Problem:
        return None
    return int(rows[0]["count"]) if rows else 0


def _askable(field: FieldDef) -> bool:
    return field.shape is not None and field.shape.kind in KINDS


def filled(uow: UnitOfWork, field: FieldDef, access: Access | None = None) -> int | None:
    """How many live records have a value in a field; None where that cannot be asked (lines, live formulas).

    With `access` only what its owner may see is counted, None where that is nothing.
    """
    if not _askable(field):
        return None
    where = {"field": field.key, "op": "not_empty"}
    return seen(uow, access, field.object_key, where) if access else count_of(uow, field.object_key, where)


def option_counts(uow: UnitOfWork, field: FieldDef, access: Access | None = None) -> dict[str, int]:
    """How many live records hold each option of a field, in the options' order; those past the hundredth are left out.

    With `access` only what its owner may see is counted, nothing where that is nothing.
    """
    if not field.options or not _askable(field) or (access and filled(uow, field, access) is None):
        return {}
    everyone = access or Access.for_actor(uow, system_actor())
    if not field.many:
        request = AggregateRequest(field.object_key, group_by=[{"field": field.key}])
        rows = {row[field.key]: row["count"] for row in aggregate(uow, everyone, request)}
        return {key: int(rows.get(key, 0)) for key in field.options}
    return {
        key: seen(uow, everyone, field.object_key, {"field": field.key, "op": "contains_any", "value": [key]}) or 0
        for key in list(field.options)[:MOST_OPTIONS]
    }


def effects_of(uow: UnitOfWork, users: Sequence[FieldUser], object_key: str, plan: Plan) -> list[dict[str, Any]]:
    """What a plan would do: one entry for each part of it that people or records will notice.

    {"kind": required | unique | option | retired | restored | added | renamed | changed | layout, "field", "labels",
    "count": records concerned, "total", "filter": which ones, "uses": for a retired field, "option"}.
    """
    obj = schema_of(uow).object(object_key)
    total = count_of(uow, object_key)
    found: list[dict[str, Any]] = []
    for name, spec in plan.add.items():
        labels = _names(spec.get("labels"))
        must = bool(spec.get("required")) and spec.get("default") is None
        found.append(_effect("added", name, labels, type=spec.get("type")))
        if must and total:
            found.append(_effect("required", name, labels, count=total, total=total, filter={}))
    for key, changes in plan.change.items():
        field = obj.fields.get(key)
        if field is not None:
            found += _changes(uow, field, changes, total)
    for key in plan.retire:
        field = obj.fields.get(key)
        if field is not None and not field.system:
            uses = [use.wire() for use in uses_of(uow, users, object_key, key)]
            have = filled(uow, field)
            where = {"field": key, "op": "not_empty"}
            found.append(
                _effect(
                    "retired", key, field.labels, count=have, total=total, filter=where if have else None, uses=uses
                )
            )
    found += [_effect("restored", key, obj.retired[key].labels) for key in plan.restore if key in obj.retired]
    if plan.sections is not None:
        found.append(_effect("layout", None, {}))
    return found


def _changes(uow: UnitOfWork, field: FieldDef, changes: Mapping[str, Any], total: int) -> list[dict[str, Any]]:
    found = []
    if changes.get("required") and not field.required and _askable(field):
        empty = {"field": field.key, "op": "empty"}
        lacking = count_of(uow, field.object_key, empty)
        found.append(_effect("required", field.key, field.labels, count=lacking, total=total, filter=empty))
    if isinstance(changes.get("options"), list):
        kept = {str(one.get("key")): one for one in changes["options"] if isinstance(one, Mapping)}
        counts = option_counts(uow, field)
        for key, option in field.options.items():
            rests = key not in kept or kept[key].get("active", True) is False
            if rests and option.active:
                op = "contains_any" if field.many else "in"
                where: dict[str, Any] = {"field": field.key, "op": op, "value": [key]}
                have = counts.get(key)
                found.append(
                    _effect(
                        "option",
                        field.key,
                        field.labels,
                        count=have,
                        total=total,
                        filter=where,
                        option=dict(option.labels),
                    )
                )
    if "unique" in changes and bool(changes["unique"]) != field.unique:
        found.append(_effect("unique" if changes["unique"] else "changed", field.key, field.labels))
    elif "labels" in changes and dict(field.labels) != changes["labels"]:
        found.append(_effect("renamed", field.key, _names(changes["labels"]), before=dict(field.labels)))
    elif not found:
        found.append(_effect("changed", field.key, field.labels))
    return found


def _names(raw: Any) -> dict[str, str]:
    """Labels as a draft holds them: whether they are any shows on publishing."""
    if isinstance(raw, str):
        return {"zh": raw, "en": raw}
    return {str(name): str(text) for name, text in raw.items()} if isinstance(raw, Mapping) else {}


def _effect(kind: str, field: str | None, labels: Mapping[str, str], **more: Any) -> dict[str, Any]:
    return {"kind": kind, "field": field, "labels": dict(labels), **more}


def told(problem: Problem, locale: str) -> dict[str, Any]:
    """A refusal as part of a preview."""
    body = problem_body(problem, locale, None)
    return {name: body[name] for name in ("code", "field", "message", "params", "errors")}


def try_formula(uow: UnitOfWork, access: Access, obj: ObjectDef, spec: Mapping[str, Any]) -> list[dict[str, Any]]:
    """[{"id", "label", "value"}]: a formula on the newest records that the asker sees; text in the asker's language.

    Problem 422 when the formula is wrong; none are tried when it reads a field that the asker may not.
    """
    expression = spec.get("expression")
    if not isinstance(expression, str) or not expression.strip() or len(expression) > 5_000:
        raise invalid([FieldError("expression", "REQUIRED")])
    key = spec.get("field")
    old = own_field(obj, str(key)) if key in obj.fields else None
    field = field_from(obj.key, {"key": "tried", "labels": "tried", **_settings(spec), "type": "formula"}, (), 0)
    if old is not None and old.type == "formula":
        field = old.with_(config=field.config)
    schema = schema_of(uow)
    rows = [row_of(one) for one in schema.objects.values()]
    fields = [f for row in rows for f in defined(schema, row["key"]) if f.id != field.id]
    check(assemble(schema.version, rows, [*fields, field]), [field])
    rights = access.object(obj.key)
    try:
        read = references(parse_formula(expression))
    except FormulaError:  # pragma: no cover - check has refused it
        read = set()
    if not rights.can_read or any(rights.level(one) not in ("read", "write") for one in read):
        return []
    page = find(uow, access, ListRequest(obj.key, fields=(obj.name_field or "id",), limit=TRIED))
    zone = access.actor.zone
    found = []
    for record in page.records:
        values = visible_values(uow, access, obj, record["id"])
        value = evaluate(field, values, uow.now, zone)
        shown = field.ftype.to_text(field, value, access.actor.locale) if value is not None else None
        found.append({"id": record["id"], "label": record.get(obj.name_field or "id"), "value": shown})
    return found


def _settings(spec: Mapping[str, Any]) -> dict[str, Any]:
    return {name: spec[name] for name in ("expression", "result", "scale") if spec.get(name) is not None}
