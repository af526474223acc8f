"""The workspace's settings over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from dealwright.access.http import unit
from dealwright.access.me import workspace_wire
from dealwright.foundation.database import UnitOfWork, Workspace, bump, save_workspace, state_of
from dealwright.foundation.errors import FieldError, invalid
from dealwright.foundation.http import json_body
from dealwright.foundation.jsonout import JsonResponse
from dealwright.foundation.outbox import move_schedules
from dealwright.model.currencies import CURRENCIES
from dealwright.people import audit, second_step, service, sessions
from dealwright.people.endpoints import mapping
from dealwright.people.shapes import LOCALES
from dealwright.people.tables import dw_role

router = APIRouter(tags=["people"])
DELTA_COLOURS = ("neutral", "red_up", "green_up")
LONGEST_SESSION_DAYS = sessions.LONGEST.days


def settings_wire(request: Request, uow: UnitOfWork) -> dict[str, Any]:
    """All settings, for those who may change them."""
    extra = state_of(uow).workspace.extra
    wanted = extra.get("second_step") or {}
    return workspace_wire(request, uow) | {
        "session_days": extra.get("session_days") or sessions.IDLE.days,
        "second_step": {"everybody": bool(wanted.get("everybody")), "roles": list(wanted.get("roles") or [])},
    }


@router.get("/workspace", summary="The workspace's settings")
def read_workspace(request: Request) -> Response:
    """{name, locale, time_zone, currency, fiscal_start_month, delta_colours, session_days, second_step}. Needs manage_config."""
    with unit(request) as (uow, access):
        access.require("manage_config")
        body = settings_wire(request, uow)
    return JsonResponse(body)


@router.patch("/workspace", summary="Change the workspace's settings")
def change_workspace(request: Request, body: Any = Depends(json_body)) -> Response:
    """Any of what GET answers but `mail`. Needs manage_config."""
    given = mapping(body)
    with unit(request, write=True) as (uow, access):
        access.require("manage_config")
        before = settings_wire(request, uow)
        old = state_of(uow).workspace
        new = _changed(uow, old, given)
        if given.get("second_step") is not None and access.actor.user_id and _shuts_out(uow, new, access.actor):
            # whoever asks everybody for a code shows that it works
            raise invalid([FieldError("second_step", "SECOND_STEP_FIRST")])
        save_workspace(uow, new)
        bump(uow, "rights_epoch")
        if new.time_zone != old.time_zone:
            move_schedules(uow, old.time_zone, new.time_zone)
        after = settings_wire(request, uow)
        was, now = audit.changes(before, after)
        if now:
            audit.note(uow, "workspace.changed", access.actor.user_id, target=new.name, before=was, after=now)
    return JsonResponse(after)


def _shuts_out(uow: UnitOfWork, new: Workspace, actor: Any) -> bool:
    needed = second_step.is_required(new.extra, actor.role_ids)
    return needed and actor.kind == "user" and not second_step.is_on(uow, actor.user_id)


def _changed(uow: UnitOfWork, old: Workspace, given: Mapping[str, Any]) -> Workspace:
    """The workspace with what is given laid over it. Problem 422 names every fault."""
    errors: list[FieldError] = []
    extra = dict(old.extra)

    def expect(what: str, holds: bool, code: str, **params: Any) -> None:
        if what in given and not holds:
            errors.append(FieldError(what, code, params))

    month, days = given.get("fiscal_start_month"), given.get("session_days")
    expect(
        "locale",
        given.get("locale") in LOCALES,
        "OPTION_UNKNOWN",
        value=_short(given.get("locale")),
        allowed=list(LOCALES),
    )
    known = isinstance(given.get("currency"), str) and given["currency"] in CURRENCIES
    expect("currency", known, "CURRENCY_UNKNOWN", currency=_short(given.get("currency")), example="CNY")
    expect("fiscal_start_month", _within(month, 1, 12), "CONFIG_NUMBER", name="fiscal_start_month", min=1, max=12)
    expect("session_days", _within(days, 1, LONGEST_SESSION_DAYS), "CONFIG_NUMBER",
           name="session_days", min=1, max=LONGEST_SESSION_DAYS)  # fmt: skip
    colours = given.get("delta_colours")
    expect("delta_colours", isinstance(colours, str) and colours in DELTA_COLOURS, "OPTION_UNKNOWN",
           value=_short(colours), allowed=list(DELTA_COLOURS))  # fmt: skip
    step = given.get("second_step")
    expect("second_step", _is_step(uow, step), "SECOND_STEP_FORMAT")
    if errors:
        raise invalid(errors)
    for name in ("session_days", "delta_colours", "second_step"):
        if name in given:
            extra[name] = given[name]
    return Workspace(
        service.checked_name(given.get("name", old.name) or "Dealwright"), given.get("locale", old.locale),
        service.checked_zone(given.get("time_zone", old.time_zone)), given.get("currency", old.currency),
        given.get("fiscal_start_month", old.fiscal_start_month), extra,
    )  # fmt: skip


def _within(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _short(value: Any) -> str:
    return str(value)[:20]


def _is_step(uow: UnitOfWork, step: Any) -> bool:
    if (
        not isinstance(step, Mapping)
        or set(step) - {"everybody", "roles"}
        or not isinstance(step.get("everybody", False), bool)
    ):
        return False
    wanted = step.get("roles", [])
    known = {row[0] for row in uow.conn.execute(sa.select(dw_role.c.id))}
    return isinstance(wanted, list) and all(isinstance(one, str) and one in known for one in wanted)
