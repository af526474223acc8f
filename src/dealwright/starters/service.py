"""Laying a configuration over a workspace, exporting the workspace as one, and telling the difference.

Applying only adds: what is there already stays as the administrator left it, so the sales starter can be laid over
the simple one and nothing is lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dealwright import desk
from dealwright.access.check import checked_grants
from dealwright.access.defaults import default_roles, everybody_roles
from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import Problem
from dealwright.model import FieldDef, ObjectDef, layout, schema_of
from dealwright.model import service as model
from dealwright.model.specs import STANDARD, field_from, spec_of
from dealwright.people import roles
from dealwright.process import queries
from dealwright.process import service as process
from dealwright.records import views
from dealwright.starters import format
from dealwright.starters.waiting import add_all, put_aside

FOLDER = Path(__file__).parent
STARTERS = ("sales", "simple")
ROLE_SETS = {"default": default_roles, "everybody": everybody_roles}


def starter(name: str) -> dict[str, Any]:
    """The configuration of a starter that comes with the product."""
    if name not in STARTERS:
        raise Problem(422, "UNKNOWN_STARTER", field="starter", params={"starter": name[:40], "allowed": list(STARTERS)})
    return format.read((FOLDER / f"{name}.yaml").read_text("utf-8"))


def apply_named(uow: UnitOfWork, actor_id: str | None, name: str) -> list[str]:
    """Lay a starter over the workspace."""
    return apply(uow, starter(name), actor_id)


def apply(uow: UnitOfWork, config: Mapping[str, Any], actor_id: str | None = None) -> list[str]:
    """Make what the configuration has and the workspace lacks; returns a line for each thing made."""
    done: list[str] = []
    schema = schema_of(uow)
    was_empty = not schema.objects and not schema.retired
    specs = [format.object_spec(raw) for raw in config.get("objects", [])]
    new = [spec for spec in specs if spec["key"] not in schema.objects and spec["key"] not in schema.retired]
    # a layout may name fields that come last, so it comes after them
    layouts = {spec["key"]: spec["config"].pop("layout") for spec in new if "layout" in spec["config"]}
    waiting = put_aside(schema, new)
    if new:
        model.create_objects(uow, new, actor_id)
        done += [f"+ object {spec['key']} ({len(spec['fields'])} fields)" for spec in new]
    for spec in specs:
        old = schema.objects.get(spec["key"])
        if old is not None:
            gone = {*old.fields, *old.retired}
            waiting += [(old.key, one) for one in spec["fields"] if one["key"] not in gone]
    done += add_all(uow, waiting, actor_id)
    for object_key, wanted_layout in layouts.items():
        layout.set_layout(uow, object_key, wanted_layout, actor_id)
    for spec in specs:
        old = schema.objects.get(spec["key"])
        if old is not None and "conversion" in spec["config"] and "conversion" not in old.config:
            model.change_object(uow, old.key, {"config": {"conversion": spec["config"]["conversion"]}}, actor_id)
            done.append(f"+ conversion {old.key}")
    known = {(p["object"], p["key"]) for p in _pipelines(uow)}
    for raw in config.get("pipelines", []):
        if (raw["object"], raw["key"]) not in known:
            process.define_pipeline(uow, _pipeline_spec(raw), actor_id)
            done.append(f"+ pipeline {raw['object']}.{raw['key']}")
    wanted = config.get("roles", [])
    role_specs = ROLE_SETS[wanted]() if isinstance(wanted, str) else wanted
    have = {role["key"]: role for role in roles.list_roles(uow)}
    for role in role_specs:
        wanted_role = {**role, "grants": checked_grants(role.get("grants"))}
        old_role = have.get(role["key"])
        if old_role is None:
            roles.create_role(uow, wanted_role)
            done.append(f"+ role {role['key']}")
        elif was_empty and role["key"] != "administrator" and old_role["grants"] != role["grants"]:
            # with no object there is nothing yet to see: the roles of the set-up give way to the file's
            roles.change_role(uow, old_role["id"], {"labels": role["labels"], "grants": wanted_role["grants"]})
            done.append(f"~ role {role['key']}")
    if was_empty and role_specs:
        done += [f"- role {key}" for key in roles.drop_unused(uow, [role["key"] for role in role_specs])]
    for view in config.get("views", []):
        if views.put_default(uow, view):
            done.append(f"+ view {view['object']}.{view['key']}")
    done += [f"+ desk {source['key']}" for source in config.get("desk", []) if desk.put_source(uow, source)]
    return done


def _pipelines(uow: UnitOfWork) -> list[dict[str, Any]]:
    """Every pipeline as a specification."""
    return [
        {
            "key": one.key, "object": one.object_key, "labels": dict(one.labels), "default": one.is_default,
            "stages": [
                {
                    "key": stage.key, "labels": dict(stage.labels), "kind": stage.kind,
                    "probability": None if stage.probability is None else int(stage.probability),
                    "required": list(stage.required), **({"hint": dict(stage.hint)} if stage.hint else {}),
                    **({"stale_factor": float(stage.stale_factor)} if stage.stale_factor else {}),
                }
                for stage in one.active
            ],
        }
        for pipelines in queries.pipelines(uow).values()
        for one in pipelines
    ]  # fmt: skip


def _pipeline_spec(raw: Mapping[str, Any]) -> dict[str, Any]:
    stages = []
    for stage in raw["stages"]:
        rest = {k: v for k, v in stage.items() if k not in ("zh", "en")}
        stages.append({**rest, "labels": {"zh": stage["zh"], "en": stage["en"]}})
    return {
        "key": raw["key"], "object": raw["object"], "labels": dict(raw["labels"]),
        "default": bool(raw.get("default")), "stages": stages,
    }  # fmt: skip


def export(uow: UnitOfWork) -> dict[str, Any]:
    """The workspace's configuration, in the form of a starter file."""
    schema = schema_of(uow)
    return {
        "format": format.FORMAT,
        "objects": [_object_block(obj) for obj in schema.objects.values() if obj.kind == "object"],
        "pipelines": [_pipeline_block(one) for one in _pipelines(uow)],
        "roles": [{"key": r["key"], "labels": r["labels"], "grants": r["grants"]} for r in roles.list_roles(uow)],
        "views": views.defaults(uow),
        "desk": desk.export(uow),
    }


def _object_block(obj: ObjectDef) -> dict[str, Any]:
    config = dict(obj.config)
    block: dict[str, Any] = {
        "key": obj.key, "labels": dict(obj.labels), "plural": dict(obj.plural), "icon": obj.icon,
        "name_field": obj.name_field,
    }  # fmt: skip
    serial = obj.fields.get("serial")
    if serial is not None and serial.type == "auto_number":
        block["serial"] = serial.config.get("format")
    block["form"] = list(config.pop("form", [f.key for f in obj.own_fields if f.on_form]))
    if "sections" in config:
        sections = config.pop("sections")
        block["sections"] = [format.section_line(s) for s in sections]
    config.pop("layout", None)
    block |= config
    if lines := layout.file_lines(obj):
        block["layout"] = lines
    block["fields"] = [format.field_line(_plain_spec(f)) for f in obj.own_fields if not _is_standard(f)]
    return block


def _plain_spec(field: FieldDef) -> dict[str, Any]:
    spec = spec_of(field)
    if field.type in ("stage", "pipeline"):
        spec.pop("options", None)  # the process writes them,
        spec["default"] = None  # and which pipeline a record begins in
    if field.type == "line_items":
        spec.pop("object", None)
    if field.type == "roll_up":
        spec.pop("result", None)
        spec.pop("scale", None)
    return spec


def _is_standard(field: FieldDef) -> bool:
    """Whether the field is one every object gets, unchanged."""
    if field.key == "serial" and field.type == "auto_number":
        return True
    return any(
        s["key"] == field.key and s["labels"] == dict(field.labels) and s["type"] == field.type for s in STANDARD
    )


def _pipeline_block(pipeline: Mapping[str, Any]) -> dict[str, Any]:
    stages = []
    for stage in pipeline["stages"]:
        line: dict[str, Any] = {
            "key": stage["key"], "zh": stage["labels"]["zh"], "en": stage["labels"]["en"], "kind": stage["kind"],
            "probability": stage["probability"],
        }  # fmt: skip
        if stage.get("required"):
            line["required"] = list(stage["required"])
        if stage.get("hint"):
            line["hint"] = dict(stage["hint"])
        if stage.get("stale_factor"):
            line["stale_factor"] = stage["stale_factor"]
        stages.append(line)
    block: dict[str, Any] = {"key": pipeline["key"], "object": pipeline["object"], "labels": dict(pipeline["labels"])}
    if pipeline.get("default"):
        block["default"] = True
    return {**block, "stages": stages}


def diff(uow: UnitOfWork, config: Mapping[str, Any]) -> list[str]:
    """Lines "path: here → file" for everything in which the file differs from the workspace."""
    here, there = _by_key(canonical(export(uow))), _by_key(canonical(config))
    return list(_differences("", here, there))


def canonical(config: Mapping[str, Any]) -> dict[str, Any]:
    """A configuration with all defaults filled in, so that two that mean the same are equal."""
    wanted = config.get("roles", [])
    role_specs = ROLE_SETS[wanted]() if isinstance(wanted, str) else wanted
    return {
        "objects": [_canonical_object(raw) for raw in config.get("objects", [])],
        "pipelines": [_pipeline_block(_pipeline_spec(raw)) for raw in config.get("pipelines", [])],
        "roles": [{"key": r["key"], "labels": dict(r["labels"]), "grants": dict(r["grants"])} for r in role_specs],
        "views": [dict(view) for view in config.get("views", [])],
        "desk": [dict(source) for source in config.get("desk", [])],
    }


def _canonical_object(raw: Mapping[str, Any]) -> dict[str, Any]:
    spec = format.object_spec(raw)
    fields = [field_from(raw["key"], one, (), place + 1) for place, one in enumerate(spec["fields"])]
    lines = [format.field_line(_plain_spec(f)) for f in fields if not _is_standard(f)]
    head = {k: v for k, v in raw.items() if k not in ("fields", "form")}
    head.setdefault("plural", raw["labels"])
    if arranged := head.get("layout"):
        # its sections by name, with what is default left out; and their order, which names alone do not tell
        head["layout"] = [
            {k: v for k, v in one.items() if (k, v) not in (("columns", 2), ("collapsed", False))} for one in arranged
        ]
        head["layout_order"] = [one["key"] for one in arranged]
    return {**head, "form": spec["config"]["form"], "fields": lines}


def _by_key(value: Any) -> Any:
    """Lists of keyed things as mappings, so that a difference names the thing and not its place."""
    if isinstance(value, list) and value and all(isinstance(item, Mapping) and "key" in item for item in value):
        return {f"{item.get('object', '')}.{item['key']}".lstrip("."): _by_key(dict(item)) for item in value}
    if isinstance(value, Mapping):
        return {k: _by_key(v) for k, v in value.items()}
    return value


def _differences(path: str, here: Any, there: Any) -> Iterator[str]:
    # a list of keyed things that is empty on one side: what the other side has is named one by one
    if here == [] and isinstance(there, Mapping):
        here = {}
    if there == [] and isinstance(here, Mapping):
        there = {}
    if isinstance(here, Mapping) and isinstance(there, Mapping):
        for key in [*here, *(k for k in there if k not in here)]:
            yield from _differences(f"{path}.{key}" if path else str(key), here.get(key), there.get(key))
    elif here != there and not (here in (None, [], {}, False) and there in (None, [], {}, False)):
        yield (
            f"{path}: {here!r} → {there!r}"
            if not isinstance(there or here, Mapping)
            else f"{path}: {'+' if here is None else '−'}"
        )
