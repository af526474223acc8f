"""A masked value: enough to recognise, not enough to use."""

from typing import Any

from dealwright.model import FieldDef


def mask(field: FieldDef, value: Any) -> Any:
    """138****1234, a***@example.cn, 张**; anything that is not text becomes •••. `value` is a wire value."""
    if value is None:
        return None
    if not isinstance(value, str):
        return "•••"
    if field.type == "phone":
        digits = value.removeprefix("+86")
        return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 9 else "****"
    if field.type == "email":
        name, _, domain = value.partition("@")
        return f"{name[:1]}***@{domain}"
    return f"{value[:1]}**"
