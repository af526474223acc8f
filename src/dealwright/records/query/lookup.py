"""Suggestions for a relation's field while somebody types."""

from __future__ import annotations

from dealwright.access import Access
from dealwright.foundation.database import UnitOfWork
from dealwright.model import schema_of
from dealwright.records.query.listing import ListRequest, find


def lookup(uow: UnitOfWork, access: Access, object_key: str, text: str, limit: int = 10) -> list[dict[str, str]]:
    """[{"id", "label"}]: the records found by the text, the last changed first; the newest when nothing is typed."""
    obj = schema_of(uow).object(object_key)
    rights = access.object(object_key)
    if obj.name_field is None or rights.level(obj.name_field) in ("hidden", "masked"):
        return []
    request = ListRequest(object_key, sort="-modified_at", fields=(obj.name_field,), limit=limit, search=text.strip())
    page = find(uow, access, request)
    return [{"id": r["id"], "label": str(r.get(obj.name_field) or "")} for r in page.records]
