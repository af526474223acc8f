"""JSON that leaves the server: exact and fast. Decimals travel as strings, instants as RFC 3339 with Z, days as ISO."""

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.responses import Response


def _other(value: Any) -> Any:
    """What msgspec does not know by itself: mappings that are not dicts, our own read-only views."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, str):  # quoted_name and other string kinds
        return str(value)
    raise NotImplementedError(f"no JSON form for {type(value).__name__}")


_encoder = msgspec.json.Encoder(enc_hook=_other, decimal_format="string")
encode = _encoder.encode


def to_json(value: Any) -> bytes:
    """`value` as UTF-8 JSON: Decimal as string, aware datetime as RFC 3339 (UTC with Z), date as YYYY-MM-DD."""
    return encode(value)


class JsonResponse(Response):
    """A JSON answer encoded by `to_json`; the value may also be `bytes` that are JSON already."""

    media_type = "application/json"

    def __init__(self, value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(value, status, headers)

    def render(self, content: Any) -> bytes:
        """The body."""
        return content if isinstance(content, bytes) else encode(content)
