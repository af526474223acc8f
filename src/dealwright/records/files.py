"""Files: uploaded first, then named in a field. Until then only the uploader has them, afterwards the record's rights rule."""

from __future__ import annotations

import mimetypes
import re
import unicodedata
from typing import Any, BinaryIO

import sqlalchemy as sa

from dealwright.access import Access
from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import Problem, not_found
from dealwright.foundation.files import FileStore, StoredFile
from dealwright.foundation.ids import new_id
from dealwright.people.shapes import Actor
from dealwright.records.query import get_one
from dealwright.records.tables import dw_file

MAX_BYTES = 50 * 1024 * 1024
LONGEST_NAME = 120
# Names that Windows keeps for devices, whatever their ending.
DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(1, 10)), *(f"lpt{n}" for n in range(1, 10))}
)
# What a browser may show itself; everything else is only ever downloaded.
SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "text/plain"})


def safe_name(raw: str | None) -> str:
    """A file name that can be shown and saved anywhere: no path, no control or direction characters, no device names.

    The ending is kept, because that is what tells people what they open: `../../x.pdf` is x.pdf, `gpj\u202e.exe`
    shows its true end.
    """
    text = unicodedata.normalize("NFC", raw or "")
    text = re.split(r"[/\\\\]", text)[-1]
    text = "".join(ch for ch in text if unicodedata.category(ch)[0] != "C")
    text = re.sub(r'[<>:"|?*]', "_", text).strip(" .")
    stem, dot, ending = text.rpartition(".")
    if not dot:
        stem, ending = text, ""
    if stem.split(".")[0].strip().lower() in DEVICES or not stem:
        stem = f"_{stem}" if stem else "file"
    ending = ending[:20]
    stem = stem[: LONGEST_NAME - len(ending) - 1]
    return f"{stem}.{ending}" if ending else stem


def keep(store: FileStore, stream: BinaryIO, max_bytes: int) -> StoredFile:
    """Store the bytes, before any transaction is open. Problem 413 TOO_BIG."""
    return store.save(stream, max_bytes)


def register(uow: UnitOfWork, actor: Actor, stored: StoredFile, name: str | None) -> dict[str, Any]:
    """Note an uploaded file: {"id", "name", "size", "mime"}."""
    cleaned = safe_name(name)
    row = {
        "id": new_id(), "stored_key": stored.key, "name": cleaned, "size": stored.size, "sha256": stored.sha256,
        # judged by the name we made, never by what the client says of it
        "mime": mimetypes.guess_type(cleaned)[0] or "application/octet-stream", "uploaded_by_id": actor.user_id,
        "uploaded_at": uow.now, "is_public": False,
    }  # fmt: skip
    uow.conn.execute(sa.insert(dw_file).values(row))
    return {name: row[name] for name in ("id", "name", "size", "mime")}


def readable(uow: UnitOfWork, access: Access, file_id: str) -> dict[str, Any]:
    """The file's row, if the actor may have it: right on the record and on the field that holds it; else 404."""
    row = uow.conn.execute(sa.select(dw_file).where(dw_file.c.id == file_id)).mappings().first()
    if row is None:
        raise not_found()
    if row["record_id"] is None:
        if row["uploaded_by_id"] is None or row["uploaded_by_id"] != access.actor.user_id:
            raise not_found()
        return dict(row)
    if level_of(access, row) not in ("read", "write"):
        raise not_found()
    record = get_one(uow, access, row["object_key"], row["record_id"])
    if row["field_key"] not in record:  # readable on other rows only
        raise not_found()
    return dict(row)


def level_of(access: Access, row: sa.RowMapping) -> str:
    """The asker's level on the field that holds a file."""
    return access.object(row["object_key"]).level(row["field_key"])


def described(uow: UnitOfWork, access: Access, ids: list[str]) -> list[dict[str, Any]]:
    """{"id", "name", "size", "mime"} of those files that the actor may have, in the order asked; others are left out."""
    found = []
    for file_id in ids:
        try:
            row = readable(uow, access, file_id)
        except Problem as problem:
            if problem.status not in (403, 404):
                raise
            continue
        found.append({name: row[name] for name in ("id", "name", "size", "mime")})
    return found
