"""What an object becomes, read from its configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dealwright.model import ObjectDef, Schema


@dataclass(frozen=True)
class Target:
    """One record that comes of a conversion.

    link: the source's relation field that will name it. fields: target field -> source fields, the first with a value
    counts; no source fields: the field is not carried. relations: target field -> object of an earlier target, or of
    the source itself. ask: fields to
    show although they have no value yet.
    """

    object_key: str
    link: str | None
    required: bool
    fields: Mapping[str, tuple[str, ...]]
    relations: Mapping[str, str]
    ask: tuple[str, ...]


@dataclass(frozen=True)
class Conversion:
    """All that an object becomes, in the order in which it is made.

    done: values that the source gets. at: the source's field for the moment. pointers: of these objects' records, the
    first that there is takes over what pointed to the source through a relation to any object.
    """

    targets: tuple[Target, ...]
    done: Mapping[str, Any]
    at: str | None
    pointers: tuple[str, ...]

    def target(self, object_key: str) -> Target | None:
        """The target of an object."""
        return next((one for one in self.targets if one.object_key == object_key), None)

    @property
    def own_keys(self) -> frozenset[str]:
        """The source's fields that tell of the conversion itself and are never carried."""
        links = [one.link for one in self.targets if one.link]
        return frozenset({*links, *self.done, *([self.at] if self.at else [])})


def conversion_of(schema: Schema, obj: ObjectDef) -> Conversion | None:
    """The conversion of an object, None when it has none. What was retired or renamed since is passed over."""
    raw = obj.config.get("conversion")
    if not isinstance(raw, Mapping):
        return None
    targets: list[Target] = []
    for one in raw.get("targets") or ():
        target = schema.objects.get(str(one.get("object")))
        if target is None or target.kind != "object" or target.key == obj.key:
            continue
        known = {obj.key, *(t.object_key for t in targets)}
        link = obj.fields.get(str(one.get("link")))
        targets.append(
            Target(
                target.key,
                link.key if link is not None and link.type == "relation" and link.target == target.key else None,
                bool(one.get("required")),
                {
                    key: tuple(name for name in _names(source) if name in obj.fields)
                    for key, source in (one.get("fields") or {}).items()
                    if key in target.fields
                },
                {
                    key: other
                    for key, other in (one.get("links") or {}).items()
                    if key in target.fields and other in known and target.fields[key].target == other
                },
                tuple(key for key in one.get("ask") or () if key in target.fields),
            )
        )
    if not targets:
        return None
    done = {key: value for key, value in (raw.get("done") or {}).items() if key in obj.fields}
    at = raw.get("at") if raw.get("at") in obj.fields else None
    return Conversion(tuple(targets), done, at, tuple(raw.get("pointers") or ()))


def _names(source: Any) -> tuple[str, ...]:
    if source is None:
        return ()
    return (source,) if isinstance(source, str) else tuple(str(one) for one in source)
