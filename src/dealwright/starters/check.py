"""The shape of a configuration file: every part that the lower floors take for granted, checked before anything is made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from dealwright.foundation.errors import FieldError, invalid

ROLE_SETS = ("default", "everybody")


def check(config: Mapping[str, Any]) -> None:
    """Problem 422 CONFIGURATION_SHAPE naming each part that is not what it should be."""
    found = _Found()
    found.each("objects", config.get("objects", []), _object)
    found.each("pipelines", config.get("pipelines", []), _pipeline)
    roles = config.get("roles", [])
    if isinstance(roles, str):
        found.expect("roles", roles in ROLE_SETS)
    else:
        found.each("roles", roles, _role)
    found.each("views", config.get("views", []), _view)
    found.each("desk", config.get("desk", []), _desk_source)
    if found.errors:
        raise invalid(found.errors[:50])


class _Found:
    """What is wrong, by path: `objects.2.fields.0.zh`."""

    def __init__(self) -> None:
        self.errors: list[FieldError] = []

    def expect(self, path: str, holds: bool) -> bool:
        if not holds:
            self.errors.append(FieldError(path[:120], "CONFIGURATION_SHAPE", {"path": path[:120]}))
        return holds

    def each(self, path: str, items: Any, check_one: Callable[[_Found, str, Mapping[str, Any]], None]) -> None:
        if not self.expect(path, isinstance(items, list)):
            return
        for place, item in enumerate(items):
            here = f"{path}.{place}"
            if self.expect(here, isinstance(item, Mapping)):
                check_one(self, here, item)

    def texts(self, path: str, item: Mapping[str, Any], names: Iterable[str]) -> None:
        for name in names:
            self.expect(f"{path}.{name}", isinstance(item.get(name), str) and bool(item[name]))

    def words(self, path: str, item: Mapping[str, Any], names: Iterable[str]) -> None:
        for name in names:
            value = item.get(name, [])
            good = isinstance(value, list) and all(isinstance(word, str) for word in value)
            self.expect(f"{path}.{name}", good)

    def labels(self, path: str, item: Mapping[str, Any], name: str = "labels") -> None:
        value = item.get(name)
        if self.expect(f"{path}.{name}", isinstance(value, Mapping)):
            self.texts(f"{path}.{name}", value, ("zh", "en"))  # type: ignore[arg-type]


def _object(found: _Found, path: str, item: Mapping[str, Any]) -> None:
    found.texts(path, item, ("key",))
    found.labels(path, item)
    if "plural" in item:
        found.labels(path, item, "plural")
    found.words(path, item, ("form", "list", "key_fields"))
    found.each(f"{path}.card", item.get("card", []), _fact)
    found.each(f"{path}.calendar", item.get("calendar", []), _source)
    found.each(f"{path}.sections", item.get("sections", []), _named)
    found.each(f"{path}.layout", item.get("layout", []), _section)
    found.each(f"{path}.fields", item.get("fields", []), _field)
    if "conversion" in item and found.expect(f"{path}.conversion", isinstance(item["conversion"], Mapping)):
        _conversion(found, f"{path}.conversion", item["conversion"])


def _conversion(found: _Found, path: str, item: Mapping[str, Any]) -> None:
    found.each(f"{path}.targets", item.get("targets"), _target)
    found.expect(f"{path}.done", isinstance(item.get("done", {}), Mapping))
    found.expect(f"{path}.at", isinstance(item.get("at", ""), str))
    found.words(path, item, ("pointers",))


def _target(found: _Found, path: str, item: Mapping[str, Any]) -> None:
    found.texts(path, item, ("object",))
    found.expect(f"{path}.link", isinstance(item.get("link", ""), str))
    found.words(path, item, ("ask",))
    for name in ("fields", "links"):
        value = item.get(name, {})
        if found.expect(f"{path}.{name}", isinstance(value, Mapping)):
            for key, source in value.items():
                words = source if isinstance(source, list) else [source]
                good = all(isinstance(word, str | None) for word in words) and (
                    name == "fields" or isinstance(source, str)
                )
                found.expect(f"{path}.{name}.{key}", good)


def _section(found: _Found, path: str, item: Mapping[str, Any]) -> None:
    found.texts(path, item, ("key", "zh", "en"))
    found.words(path, item, ("fields",))


def _fact(found: _Found, path: str, item: Mapping[str, Any]) -> None:
    found.texts(path, item, ("place", "field"))


def _source(found: _Found, path: str, item: Mapping[str, Any]) -> None:
    found.texts(path, item, ("field",))
    found.expect(f"{path}.done", isinstance(item.get("done", {}), Mapping))


def _field(found: _Found, path: str, item: Mapping[str, Any]) -> None:
    found.texts(path, item, ("key", "type", "zh", "en"))
    found.each(f"{path}.options", item.get("options", []), _named)
    found.each(f"{path}.fields", item.get("fields", []), _field)


def _named(found: _Found, path: str, item: Mapping[str, Any]) -> None:
    found.texts(path, item, ("key", "zh", "en"))


def _pipeline(found: _Found, path: str, item: Mapping[str, Any]) -> None:
    found.texts(path, item, ("key", "object"))
    found.labels(path, item)
    found.each(f"{path}.stages", item.get("stages"), _stage)


def _stage(found: _Found, path: str, item: Mapping[str, Any]) -> None:
    found.texts(path, item, ("key", "zh", "en", "kind"))
    found.words(path, item, ("required",))
    if item.get("hint") is not None:
        found.labels(path, item, "hint")


def _role(found: _Found, path: str, item: Mapping[str, Any]) -> None:
    found.texts(path, item, ("key",))
    found.labels(path, item)
    found.expect(f"{path}.grants", isinstance(item.get("grants"), Mapping))


def _view(found: _Found, path: str, item: Mapping[str, Any]) -> None:
    found.texts(path, item, ("key", "object"))
    found.labels(path, item)
    found.expect(f"{path}.filter", isinstance(item.get("filter", {}), Mapping))


def _desk_source(found: _Found, path: str, item: Mapping[str, Any]) -> None:
    found.texts(path, item, ("key", "object"))
    found.labels(path, item)
    found.labels(path, item, "reason")
    found.expect(f"{path}.filter", isinstance(item.get("filter", {}), Mapping))
    found.each(f"{path}.actions", item.get("actions", []), _named)
