"""Files on disk. The key is ours, never the client's name, so no name can lead outside the folder."""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from dealwright.foundation.errors import Problem
from dealwright.foundation.ids import new_id

_KEY = re.compile(r"[0-9a-f-]{36}")


@dataclass(frozen=True)
class StoredFile:
    """A stored file: our key, size in bytes, SHA-256 in hex."""

    key: str
    size: int
    sha256: str


class FileStore:
    """Files under `<data>/files`, two levels deep."""

    def __init__(self, data_dir: Path) -> None:
        self.root = data_dir / "files"

    def save(self, stream: BinaryIO, max_bytes: int) -> StoredFile:
        """Store a stream; Problem 413 TOO_BIG past `max_bytes`, 503 STORAGE_FULL when the disk is full."""
        key = new_id()
        path = self.path(key)
        digest, size = hashlib.sha256(), 0
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as out:
                while chunk := stream.read(1 << 20):
                    size += len(chunk)
                    if size > max_bytes:
                        raise Problem(413, "TOO_BIG", params={"max": max_bytes})
                    digest.update(chunk)
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
        except BaseException as error:
            path.unlink(missing_ok=True)
            if isinstance(error, OSError):
                raise Problem(503, "STORAGE_FULL", params={"seconds": 30}, headers={"Retry-After": "30"}) from error
            raise
        return StoredFile(key, size, digest.hexdigest())

    def path(self, key: str) -> Path:
        """Where the file of a key lies. FileNotFoundError for what is no key of ours."""
        if not _KEY.fullmatch(key):
            raise FileNotFoundError(key)
        return self.root / key[-2:] / key

    def delete(self, key: str) -> None:
        """Remove a file; nothing when it is gone already."""
        self.path(key).unlink(missing_ok=True)

    def open(self, key: str) -> BinaryIO:
        """The stored bytes; FileNotFoundError when they are gone."""
        return self.path(key).open("rb")
