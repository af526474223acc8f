"""The configuration file: compact and made for reading, turned into specifications of the lower floors and back.

A field is written on one line with its labels as `zh` and `en`; `form` names the fields on the default form in
their order, so a field does not repeat that it is on it. Both directions live here so that they cannot drift.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from dealwright.foundation.errors import FieldError, Problem, invalid
from dealwright.model import layout
from dealwright.starters.check import check

FORMAT = "dealwright/1"
TOP = ("format", "key", "labels", "objects", "pipelines", "roles", "views", "desk")
# What an object's line holds itself; everything else is the object's own configuration (list, sections ...).
OBJECT_HEAD = ("key", "labels", "plural", "icon", "name_field")
FIELD_HEAD = ("key", "type", "required", "unique", "sensitive", "section", "default")


def read(text: str) -> dict[str, Any]:
    """Parse a configuration file. Problem 422 BAD_CONFIGURATION says the line when it is not one."""
    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        line = mark.line + 1 if mark else 0
        raise Problem(422, "BAD_CONFIGURATION", params={"line": line}) from exc
    if not isinstance(raw, dict) or raw.get("format") != FORMAT:
        raise Problem(422, "UNKNOWN_CONFIGURATION", params={"format": FORMAT})
    unknown = [key for key in raw if key not in TOP]
    if unknown:
        errors = [FieldError(str(k)[:80], "UNKNOWN_FIELD", {"field": str(k)[:80]}) for k in unknown]
        raise invalid(errors)
    check(raw)
    return raw


def write(config: Mapping[str, Any]) -> str:
    """The file of a configuration: objects as blocks, each field, option, stage and view on a line of its own."""
    ordered = {key: config[key] for key in TOP if key in config}
    return yaml.dump(_flowed(ordered), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1_000_000)


def object_spec(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The model's specification of one object of the file (`form` becomes on_form and the order of the fields)."""
    form = list(raw.get("form", [f["key"] for f in raw.get("fields", [])]))
    config = {k: v for k, v in raw.items() if k not in OBJECT_HEAD and k not in ("fields", "form", "serial")}
    fields = [field_spec(f, on_form=f["key"] in form) for f in raw.get("fields", [])]
    order = {key: place for place, key in enumerate(form)}
    config["form"] = form
    if raw.get("layout"):
        config["layout"] = layout.from_file(raw["layout"])
    if sections := config.get("sections"):
        config["sections"] = [section_from(s) for s in sections]
    spec = {
        "key": raw["key"],
        "labels": dict(raw["labels"]),
        "plural": dict(raw.get("plural", raw["labels"])),
        "icon": raw.get("icon"),
        "name_field": raw.get("name_field"),
        "config": config,
        "fields": sorted(fields, key=lambda f: order.get(f["key"], len(order))),
    }
    if raw.get("serial"):
        spec["serial"] = raw["serial"]
    return spec


def section_from(raw: Mapping[str, Any]) -> dict[str, Any]:
    """A section of an object out of its line: names, and how the layout that is made of it begins."""
    more = {name: raw[name] for name in ("columns", "collapsed") if name in raw}
    return {"key": raw["key"], "labels": {"zh": raw["zh"], "en": raw["en"]}, **more}


def section_line(section: Mapping[str, Any]) -> dict[str, Any]:
    """The line of a section."""
    more = {name: section[name] for name in ("columns", "collapsed") if name in section}
    return {"key": section["key"], **_flat(section["labels"]), **more}


def field_spec(raw: Mapping[str, Any], *, on_form: bool = True) -> dict[str, Any]:
    """The model's specification of one field line."""
    spec = {k: v for k, v in raw.items() if k not in ("zh", "en", "options", "fields", "help_zh", "help_en")}
    spec["labels"] = {"zh": raw["zh"], "en": raw["en"]}
    spec["on_form"] = on_form
    if "help_zh" in raw or "help_en" in raw:
        spec["help"] = {"zh": raw.get("help_zh", ""), "en": raw.get("help_en", "")}
    if "options" in raw:
        spec["options"] = [_with_labels(o) for o in raw["options"]]
    if "fields" in raw:
        spec["fields"] = [field_spec(f) for f in raw["fields"]]
    return spec


def field_line(spec: Mapping[str, Any]) -> dict[str, Any]:
    """A field specification as its line in the file; what is default is left out."""
    line: dict[str, Any] = {"key": spec["key"], "type": spec["type"], **_flat(spec["labels"])}
    for name in ("required", "unique", "sensitive"):
        if spec.get(name):
            line[name] = True
    for name in ("section", "default"):
        if spec.get(name) is not None:
            line[name] = spec[name]
    if any((spec.get("help") or {}).values()):
        line["help_zh"], line["help_en"] = spec["help"].get("zh", ""), spec["help"].get("en", "")
    for name, value in spec.items():
        if name in FIELD_HEAD or name in (
            "labels",
            "on_form",
            "help",
            "options",
            "fields",
            "position",
            "config",
        ):
            continue
        line[name] = value
    if "options" in spec:
        line["options"] = [_without_labels(o) for o in spec["options"]]
    if "fields" in spec:
        line["fields"] = [field_line(f) for f in spec["fields"]]
    return line


def _with_labels(raw: Mapping[str, Any]) -> dict[str, Any]:
    rest = {k: v for k, v in raw.items() if k not in ("zh", "en")}
    return {**rest, "labels": {"zh": raw["zh"], "en": raw["en"]}}


def _without_labels(raw: Mapping[str, Any]) -> dict[str, Any]:
    line = {"key": raw["key"], **_flat(raw["labels"])}
    for name, value in raw.items():
        if name in ("key", "labels") or value is None or (name == "active" and value is True):
            continue
        line[name] = value
    return line


def _flat(labels: Mapping[str, str]) -> dict[str, str]:
    return {"zh": labels.get("zh", ""), "en": labels.get("en", "")}


class _Line(dict[str, Any]):
    """A mapping written on one line."""


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        # A reader should not have to follow anchors.
        return True


_Dumper.add_representer(
    _Line,
    lambda dumper, data: dumper.represent_mapping("tag:yaml.org,2002:map", data.items(), flow_style=True),
)


class _Row(list[Any]):
    """A list written on one line."""


_Dumper.add_representer(
    _Row, lambda dumper, data: dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=True)
)


def _flowed(config: Mapping[str, Any]) -> dict[str, Any]:
    """Mark what is written on one line: labels, fields, stages, roles' grants, views, lists of keys."""
    out: dict[str, Any] = {}
    for key, value in config.items():
        if key in ("objects", "pipelines") and isinstance(value, list):
            out[key] = [_block(item, ("layout", "fields", "stages")) for item in value]
        elif key == "roles" and isinstance(value, list):
            out[key] = [_block(item, ()) for item in value]
        elif isinstance(value, list):
            out[key] = [_Line(item) for item in value]
        elif isinstance(value, dict):
            out[key] = _Line(value)
        else:
            out[key] = value
    return out


def _block(item: Mapping[str, Any], lines_of: tuple[str, ...]) -> dict[str, Any]:
    block: dict[str, Any] = {}
    for key, value in item.items():
        if key in lines_of:
            block[key] = [_Line(v) for v in value]
        elif isinstance(value, Mapping):
            block[key] = {k: _Line(v) if isinstance(v, Mapping) else v for k, v in value.items()}
            if all(not isinstance(v, Mapping) for v in value.values()):
                block[key] = _Line(value)
        elif isinstance(value, list):
            block[key] = _Row(value)
        else:
            block[key] = value
    return block
