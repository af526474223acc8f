"""Checking what an administrator sends as a role's grants: a wrong word here would shut out everybody who has the role."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dealwright.access.shapes import LEVELS, RIGHTS, SCOPES
from dealwright.foundation.errors import FieldError, invalid

FLAGS = ("create", "export")
ROWS = ("read", "update", "delete")
NUMBERS = ("import", "bulk")
CAPS = ("level", "sensitive", "personal", "amounts")


def checked_grants(raw: Any) -> dict[str, Any]:
    """The grants of a role, {"rights": [], "default": {}, "objects": {object: {}}}. Problem 422 GRANT_FORMAT names every fault."""
    if not isinstance(raw, Mapping):
        raise invalid([_fault("grants", ["rights", "default", "objects"])])
    errors = [_fault(f"grants.{key}"[:80], ["rights", "default", "objects"]) for key in raw if key not in _TOP]
    rights = raw.get("rights", [])
    if not isinstance(rights, list) or any(not isinstance(r, str) or r not in RIGHTS for r in rights):
        errors.append(_fault("grants.rights", RIGHTS))
    errors += _grant("grants.default", raw.get("default", {}))
    objects = raw.get("objects", {})
    if isinstance(objects, Mapping):
        for key, grant in objects.items():
            errors += _grant(f"grants.objects.{key}"[:120], grant)
    else:
        errors.append(_fault("grants.objects", ["{}"]))
    if errors:
        raise invalid(errors)
    return dict(raw)


_TOP = ("rights", "default", "objects")


def _grant(where: str, raw: Any) -> Iterator[FieldError]:
    if not isinstance(raw, Mapping):
        yield _fault(where, ["{}"])
        return
    known = (*FLAGS, *ROWS, *NUMBERS, *CAPS, "transfer", "fields")
    for name, value in raw.items():
        if name not in known:
            yield _fault(f"{where}.{name}"[:160], known)
        elif name in FLAGS and not isinstance(value, bool):
            yield _fault(f"{where}.{name}", ["true", "false"])
        elif (name in ROWS and value not in SCOPES) or (name == "transfer" and value not in (*SCOPES, True, False)):
            yield _fault(f"{where}.{name}", SCOPES)
        elif name in NUMBERS and not (isinstance(value, int) and 0 <= value <= 1_000_000_000):
            yield _fault(f"{where}.{name}", ["true", "false", "500"])
        elif name in CAPS and value not in LEVELS:
            yield _fault(f"{where}.{name}", LEVELS)
        elif name == "fields" and not (isinstance(value, Mapping) and all(v in LEVELS for v in value.values())):
            yield _fault(f"{where}.fields", LEVELS)


def _fault(field: str, allowed: Any) -> FieldError:
    return FieldError(field, "GRANT_FORMAT", {"field": field, "allowed": list(allowed)})
