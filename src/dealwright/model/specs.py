"""Specifications: what an administrator or a starter sends, checked and turned into definitions."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from dealwright.foundation.errors import FieldError, Problem, invalid
from dealwright.foundation.ids import new_id
from dealwright.model.field_types import field_type
from dealwright.model.keys import key_fault, key_from_label
from dealwright.model.shapes import FieldDef

HEAD = frozenset({
    "key", "type", "labels", "help", "required", "unique", "default", "section", "on_form", "sensitive", "position",
    "config",
})  # fmt: skip
STANDARD = (
    {"key": "collaborators", "type": "users", "labels": {"zh": "协作人", "en": "Collaborators"}, "on_form": False},
    {"key": "tags", "type": "tags", "labels": {"zh": "标签", "en": "Tags"}, "on_form": False},
    {"key": "files", "type": "file", "labels": {"zh": "附件", "en": "Files"}, "on_form": False},
)
STANDARD_KEYS = ("serial", "collaborators", "tags", "files")


def labels_of(raw: Any, name: str = "labels") -> dict[str, str]:
    """Labels in both languages; the one that is missing is taken from the other. Problem 422 when both are."""
    if isinstance(raw, str):
        raw = {"zh": raw, "en": raw}
    if not isinstance(raw, Mapping):
        raise invalid([FieldError(name, "LABELS")])
    if any(not isinstance(raw.get(one, ""), str | None) or "\x00" in (raw.get(one) or "") for one in ("zh", "en")):
        raise invalid([FieldError(name, "LABELS")])
    zh, en = str(raw.get("zh") or "").strip(), str(raw.get("en") or "").strip()
    if not (zh or en) or max(len(zh), len(en)) > 100:
        raise invalid([FieldError(name, "LABELS")])
    return {"zh": zh or en, "en": en or zh}


def checked_key(raw: Any, labels: Mapping[str, str], taken: Container[str]) -> str:
    """The key given, or one made from the label. Problem 422 KEY_FORMAT, KEY_RESERVED, 409 KEY_TAKEN."""
    if raw is None or raw == "":
        english = labels["en"] if labels["en"].isascii() else labels["zh"]
        return key_from_label(english, taken)
    fault = key_fault(raw)
    if fault:
        raise invalid([FieldError("key", fault, {"key": str(raw)[:60]})])
    if raw in taken:
        raise Problem(409, "KEY_TAKEN", field="key", params={"key": raw})
    return str(raw)


KINDS_OF_SETTINGS: Mapping[str, tuple[type, ...]] = {
    "help": (Mapping,), "required": (bool,), "unique": (bool,), "on_form": (bool,), "sensitive": (bool,),
    "section": (str,), "position": (int,), "config": (Mapping,), "icon": (str,), "name_field": (str,),
    "serial": (str,), "fields": (list, tuple), "standard": (bool,),
}  # fmt: skip


TEXT_SETTINGS = ("target", "format", "normalise", "region", "expression", "result", "object", "relation", "op", "field")


def check_settings(spec: Mapping[str, Any]) -> None:
    """Problem 422 SETTING_TYPE for every common setting that is not of its kind."""
    errors = []
    for name, kinds in KINDS_OF_SETTINGS.items():
        value = spec.get(name)
        wrong = value is not None and (not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds))
        if wrong or (isinstance(value, str) and (len(value) > 200 or "\x00" in value)):
            words = {"Mapping": "object", "str": "text", "bool": "true, false", "int": "number", "list": "list"}
            errors.append(FieldError(name, "SETTING_TYPE", {"name": name, "allowed": words[kinds[0].__name__]}))
    inner = spec.get("config")
    for name in TEXT_SETTINGS:
        value = spec.get(name, inner.get(name) if isinstance(inner, Mapping) else None)
        if value is not None and not isinstance(value, str):
            errors.append(FieldError(name, "SETTING_TYPE", {"name": name, "allowed": "text"}))
    position = spec.get("position")
    if isinstance(position, int) and not 0 <= position <= 100_000:
        errors.append(FieldError("position", "CONFIG_NUMBER", {"name": "position", "min": 0, "max": 100_000}))
    if errors:
        raise invalid(errors)


def check_options(field: FieldDef) -> None:
    """Problem 422 SETTING_TYPE for options that are no list of keyed things, before anybody reads them by key."""
    raw = field.config.get("options", ())
    if not isinstance(raw, list | tuple) or any(
        not isinstance(one, Mapping) or not isinstance(one.get("key"), str) for one in raw
    ):
        raise invalid([FieldError("options", "SETTING_TYPE", {"name": "options", "allowed": "list"})])


def field_from(object_key: str, spec: Any, taken: Container[str], position: int) -> FieldDef:
    """The definition of a field specification; type-specific keys may stand at its top or under `config`."""
    if not isinstance(spec, Mapping):
        raise invalid([FieldError("fields", "FIELD_FORMAT")])
    check_settings(spec)
    ftype = field_type(str(spec.get("type")))
    labels = labels_of(spec.get("labels"))
    key = checked_key(spec.get("key"), labels, taken)
    config = ftype.normal_config(config_of(spec))
    unique = bool(spec.get("unique"))
    if unique and not ftype.may_be_unique:
        raise invalid([FieldError("unique", "UNIQUE_UNSUPPORTED", {"type": ftype.key})])
    return FieldDef(
        id=new_id(), object_key=object_key, key=key, type=ftype.key, labels=labels, help=dict(spec.get("help") or {}),
        config=config, required=bool(spec.get("required")) and not ftype.computed, unique=unique,
        default=spec.get("default"), position=int(spec.get("position") or position), section=spec.get("section"),
        on_form=bool(spec.get("on_form", True)), sensitive=bool(spec.get("sensitive")),
    )  # fmt: skip


def config_of(spec: Mapping[str, Any]) -> dict[str, Any]:
    """What only the type understands: keys outside the common ones, and the inner `config`."""
    inner = spec.get("config")
    return {**{k: v for k, v in spec.items() if k not in HEAD}, **(inner if isinstance(inner, Mapping) else {})}


def spec_of(field: FieldDef) -> dict[str, Any]:
    """A definition as the specification that makes it again."""
    spec: dict[str, Any] = {
        "key": field.key, "type": field.type, "labels": dict(field.labels), "required": field.required,
        "unique": field.unique, "default": field.default, "section": field.section, "on_form": field.on_form,
        "sensitive": field.sensitive,
    }  # fmt: skip
    if field.help:
        spec["help"] = dict(field.help)
    return {**spec, **{k: v for k, v in field.config.items() if k != "live"}}
