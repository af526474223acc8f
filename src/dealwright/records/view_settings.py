"""What a view keeps besides filter and sort: columns, widths, density, totals, and whatever a board or calendar adds.

Free-form for the screens that own a part of it, yet never large, never deep, and never telling of a hidden field.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dealwright.access import ObjectAccess
from dealwright.foundation.errors import FieldError, Problem, invalid
from dealwright.foundation.jsonout import to_json

LARGEST = 20_000  # bytes
DEEPEST = 6
NARROWEST, WIDEST = 40, 1_200  # pixels of a column
GONE = object()


def checked_settings(raw: Any) -> dict[str, Any]:
    """The settings as they are stored. Problem 422 SETTINGS_FORMAT with the part that is wrong."""
    if not isinstance(raw, Mapping) or not all(isinstance(key, str) and 0 < len(key) <= 60 for key in raw):
        raise _wrong("settings")
    if _depth(raw) > DEEPEST or len(to_json(raw)) > LARGEST:
        raise _wrong("settings")
    columns, widths, totals = raw.get("columns"), raw.get("widths"), raw.get("totals")
    if columns is not None and (not isinstance(columns, list) or len(columns) > 100):
        raise _wrong("columns")
    if widths is not None and (
        not isinstance(widths, Mapping)
        or not all(type(one) is int and NARROWEST <= one <= WIDEST for one in widths.values())
    ):
        raise _wrong("widths")
    if totals is not None and (
        not isinstance(totals, list)
        or len(totals) > 11
        or not all(isinstance(one, Mapping) and set(one) == {"op", "field"} for one in totals)
    ):
        raise _wrong("totals")
    return dict(raw)


def _wrong(name: str) -> Problem:
    return invalid([FieldError(name, "SETTINGS_FORMAT", {"name": name, "max": LARGEST})])


def _depth(value: Any) -> int:
    if isinstance(value, Mapping):
        return 1 + max((_depth(one) for one in value.values()), default=0)
    if isinstance(value, list):
        return 1 + max((_depth(one) for one in value), default=0)
    return 0


def shown_settings(rights: ObjectAccess, settings: Any) -> Any:
    """The settings without whatever names a field of the object that this reader may not see."""
    found = _shown(rights, settings)
    return {} if found is GONE else found


def _shown(rights: ObjectAccess, value: Any) -> Any:
    if isinstance(value, str):
        return GONE if _hidden(rights, value) else value
    if isinstance(value, list):
        return [kept for one in value if (kept := _shown(rights, one)) is not GONE]
    if isinstance(value, Mapping):
        if any(isinstance(value.get(name), str) and _hidden(rights, value[name]) for name in ("field", "key")):
            return GONE
        kept_ones = {key: _shown(rights, one) for key, one in value.items() if not _hidden(rights, key)}
        return {key: one for key, one in kept_ones.items() if one is not GONE}
    return value


def _hidden(rights: ObjectAccess, name: str) -> bool:
    return name in rights.obj.fields and rights.level(name) == "hidden"
