"""Converting a record: everything or nothing, in the caller's unit of work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dealwright.access import Access
from dealwright.conversion import queries
from dealwright.conversion.proposal import plan, proposed, raw_of, raw_values
from dealwright.conversion.related import CHANNEL, Result, carry, copied_files, machine
from dealwright.conversion.shapes import Conversion, Target, conversion_of
from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import FieldError, Problem, not_found
from dealwright.model import ObjectDef, schema_of
from dealwright.records import Change, WritePath
from dealwright.records.query import get_one

FILES = "files"


def described(uow: UnitOfWork, access: Access, object_key: str, record_id: str) -> dict[str, Any]:
    """{"version", "targets", "conversion"}: what would become of a record, and what has, if it is converted."""
    obj, conversion, record = _found(uow, access, object_key, record_id)
    done = queries.standing(uow, object_key, record_id)
    return {
        "version": record["version"],
        "targets": [] if done else plan(uow, access, conversion, obj, record),
        "conversion": wire(uow, access, done) if done else None,
    }


def convert(
    uow: UnitOfWork, access: Access, path: WritePath, object_key: str, record_id: str, version: int, wanted: Mapping[str, Any]
) -> dict[str, Any]:  # fmt: skip
    """Convert a record and return the conversion as `wire` does.

    wanted: by target object, None (not this one), {"use": id} or {"values": {...}} as people write them; what is not among
    the values is carried over by itself. Raises 409 ALREADY_CONVERTED, 412 STALE, 422 CONVERSION_REFUSED with everything
    that is missing in all targets, fields named `account.name`.
    """
    obj, conversion, record = _found(uow, access, object_key, record_id)
    # asks for the right to change this very record, and for its version, without changing anything
    seen = Change("update", object_key, record_id, {}, version, CHANNEL)
    conversion_id = queries.claim(uow, object_key, record_id, access.actor.user_id or "")
    if conversion_id is None:
        done = queries.standing(uow, object_key, record_id)
        who = (done or {}).get("actor_name") or ""
        raise Problem(409, "ALREADY_CONVERTED", params={"who": who})
    path.save(uow, access.actor, seen)
    results = _make(uow, access, path, conversion, obj, record, wanted)
    after: dict[str, Any] = dict(conversion.done)
    if conversion.at:
        after[conversion.at] = uow.now.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    for target in conversion.targets:
        if target.link and target.object_key in results:
            after[target.link] = results[target.object_key].id
    stored = _stored(uow, obj, record_id, after, path, access)
    moved = carry(uow, access, path, conversion, obj, record_id, results)
    queries.settle(
        uow,
        conversion_id,
        results=[{"object": r.object_key, "id": r.id, "version": r.version, "created": r.created} for r in results.values()],
        moved=moved,
        source=stored,
    )  # fmt: skip
    row = queries.by_id(uow, conversion_id)
    assert row is not None
    return wire(uow, access, row)


def _found(
    uow: UnitOfWork, access: Access, object_key: str, record_id: str
) -> tuple[ObjectDef, Conversion, dict[str, Any]]:
    """The object, its conversion and the record as the asker may read it; 404 for each that is not there."""
    record = get_one(uow, access, object_key, record_id)
    schema = schema_of(uow)
    obj = schema.object(object_key)
    conversion = conversion_of(schema, obj)
    if conversion is None:
        raise not_found("NO_CONVERSION")
    return obj, conversion, record


def _stored(
    uow: UnitOfWork, obj: ObjectDef, record_id: str, after: dict[str, Any], path: WritePath, access: Access
) -> dict[str, Any]:
    """Write the converted state into the source: {"before", "after"}, raw values by field."""
    saved = path.save(uow, machine(access.actor), Change("update", obj.key, record_id, after, None, CHANNEL))
    work = saved.work
    assert work is not None
    before = {}
    for key in after:
        field, value = obj.fields[key], work.before[key]
        before[key] = None if value is None else raw_of(field, field.ftype.to_wire(field, value))
    return {"before": before, "after": after}


def _make(
    uow: UnitOfWork, access: Access, path: WritePath, conversion: Conversion, source: ObjectDef, record: Mapping[str, Any],
    wanted: Mapping[str, Any],
) -> dict[str, Result]:  # fmt: skip
    """The targets, made or found, by object key; 422 with the errors of all of them."""
    errors: list[FieldError] = []
    results: dict[str, Result] = {}
    failed: set[str] = set()
    for key in wanted:
        if conversion.target(key) is None:
            errors.append(FieldError(key[:80], "UNKNOWN_FIELD", {"field": key[:80]}))
    for target in conversion.targets:
        choice = wanted.get(target.object_key)
        labels = dict(schema_of(uow).object(target.object_key).labels)
        if choice is None:
            if target.required:
                errors.append(FieldError(target.object_key, "REQUIRED", {"field": labels}))
            continue
        try:
            results[target.object_key] = _one(uow, access, path, conversion, target, source, record, choice, results)
        except Problem as problem:
            if problem.status >= 500:
                raise
            failed.add(target.object_key)
            # what only lacks the record that failed before it is not wrong itself
            waiting = {key for key, other in target.relations.items() if other in failed}
            errors += [e for e in _named(target, problem) if e.field.partition(".")[2] not in waiting]
    if errors or failed:
        raise Problem(422, "CONVERSION_REFUSED", params={"count": len(errors)}, errors=errors)
    return results


def _named(target: Target, problem: Problem) -> list[FieldError]:
    key = target.object_key
    if problem.errors:
        return [FieldError(f"{key}.{one.field}", one.code, one.params) for one in problem.errors]
    field = f"{key}.{problem.field}" if problem.field else key
    return [FieldError(field, problem.code, problem.params)]


def _one(
    uow: UnitOfWork, access: Access, path: WritePath, conversion: Conversion, target: Target, source: ObjectDef,
    record: Mapping[str, Any], choice: Any, results: Mapping[str, Result],
) -> Result:  # fmt: skip
    """One target: the record that is to be used, or a new one through the write path, in a savepoint of its own."""
    schema = schema_of(uow)
    obj = schema.object(target.object_key)
    if not isinstance(choice, Mapping) or set(choice) not in ({"use"}, {"values"}):
        raise Problem(422, "CONVERSION_CHOICE")
    if "use" in choice:
        if not isinstance(choice["use"], str):
            raise Problem(422, "CONVERSION_CHOICE")
        found = get_one(uow, access, obj.key, choice["use"])
        return Result(obj.key, found["id"], found["version"], False)
    given = choice["values"]
    if not isinstance(given, Mapping):
        raise Problem(422, "CONVERSION_CHOICE")
    values = raw_values(obj, proposed(schema, access, conversion, target, source, record))
    there = {source.key: str(record["id"]), **{key: one.id for key, one in results.items()}}
    values |= {key: there[other] for key, other in target.relations.items() if other in there}
    values |= given
    _add_files(uow, access, obj, source, record, values)
    with uow.savepoint():
        saved = path.save(uow, access.actor, Change("create", obj.key, None, values, None, CHANNEL, mode="text"))
    return Result(obj.key, saved.record_id, saved.version, True)


def _add_files(
    uow: UnitOfWork, access: Access, obj: ObjectDef, source: ObjectDef, record: Mapping[str, Any], values: dict[str, Any]
) -> None:  # fmt: skip
    """Files of fields that both have, unless the given values say otherwise."""
    for key, field in obj.fields.items():
        twin = source.fields.get(key)
        if field.type not in ("file", "image") or twin is None or twin.type != field.type or key in values:
            continue
        if access.object(source.key).level(key) in ("read", "write") and record.get(key):
            values[key] = copied_files(uow, access.actor, list(record[key]))


def wire(uow: UnitOfWork, access: Access, row: Mapping[str, Any]) -> dict[str, Any]:
    """A conversion as JSON: {id, at, actor, results: [{object, id, label, created}], moved, undone}; of the records only
    those in the asker's sight are named."""
    results = []
    for one in row["results"]:
        name = schema_of(uow).objects[one["object"]].name_field if one["object"] in schema_of(uow).objects else None
        try:
            found = get_one(uow, access, one["object"], one["id"])
        except Problem:
            continue
        label = found.get(name) if name else None
        results.append({"object": one["object"], "id": one["id"], "label": label or "", "created": one["created"]})
    return {
        "id": row["id"], "object": row["object_key"], "record": row["record_id"], "at": row["at"],
        "actor": {"id": row["actor_id"], "label": row["actor_name"] or ""}, "results": results,
        "moved": len(row["moved"]), "undone": row["undone_at"] is not None,
    }  # fmt: skip
