"""How an import is run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# What a drop-down shows when nothing was picked; not a value when the type of a new field is guessed.
NOTHING_PICKED = ("select", "请选择", "n/a", "-", "无")


@dataclass
class Options:
    """How an import is run. mapping: column → field key; key: field by which existing records are found.

    mode: create, update or both. make: relation fields whose missing targets are made. empty_words: cells that mean
    nothing was picked. values: {field: {cell: what it means}}. defaults: raw values of fields that no column fills.
    read: how the file is read (reading.Reading). factor: {field: by what its bare numbers are multiplied}, 10000 where the header says 万元. shape: what
    the file looks like, so that the next one of its kind is mapped alike. object_made: the import made its object.
    """

    mapping: Mapping[str, str]
    key: str | None = None
    mode: str = "create"
    make: Sequence[str] = ()
    empty_words: Sequence[str] = ()
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    read: Mapping[str, Any] = field(default_factory=dict)
    factor: Mapping[str, int] = field(default_factory=dict)
    shape: str = ""
    object_made: bool = False
