"""A pipeline and its stages as the decisions read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Literal

StageKind = Literal["open", "won", "lost"]
KINDS: tuple[str, ...] = ("open", "won", "lost")


@dataclass(frozen=True)
class Stage:
    """One stage. probability: 0 to 100. required: field keys that must be filled in to be here.

    stale_factor: after how many median stays a record here counts as stale; None for the product's own factor.
    """

    key: str
    labels: Mapping[str, str]
    kind: StageKind
    position: int
    probability: Decimal | None = None
    required: tuple[str, ...] = ()
    hint: Mapping[str, str] | None = None
    retired: bool = False
    stale_factor: Decimal | None = None

    @property
    def is_closed(self) -> bool:
        """Whether a deal ends here."""
        return self.kind != "open"


@dataclass(frozen=True)
class Pipeline:
    """The stages of one way of selling, in their order; retired ones at their old place."""

    id: str
    key: str
    object_key: str
    labels: Mapping[str, str]
    is_default: bool
    position: int
    version: int
    stages: tuple[Stage, ...]

    @cached_property
    def by_key(self) -> Mapping[str, Stage]:
        """Every stage, retired ones too, by key."""
        return {stage.key: stage for stage in self.stages}

    @cached_property
    def active(self) -> tuple[Stage, ...]:
        """The stages a record may enter."""
        return tuple(stage for stage in self.stages if not stage.retired)

    @property
    def first(self) -> Stage:
        """Where a record begins that names no stage."""
        return next((stage for stage in self.active if stage.kind == "open"), self.active[0])


@dataclass(frozen=True)
class Move:
    """A record enters a stage; from_stage is None when it comes into being."""

    pipeline: Pipeline
    from_stage: str | None
    to: Stage


@dataclass(frozen=True)
class Refused:
    """Why a record may not be where it wants to: the empty fields, in form order."""

    stage: Stage
    missing: tuple[str, ...]
