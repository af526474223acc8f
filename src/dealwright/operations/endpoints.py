"""What an administrator sees and does about the running product: outbox, backups, checks. Needs manage_config."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from dealwright import __version__
from dealwright.access.http import unit
from dealwright.access.me import confirm_password
from dealwright.foundation.database import UnitOfWork, state_of
from dealwright.foundation.errors import FieldError, Problem, invalid, not_found
from dealwright.foundation.http import json_body
from dealwright.foundation.jsonout import JsonResponse
from dealwright.foundation.outbox import counts, discard, dw_job, dw_schedule, queue, replay
from dealwright.foundation.services import services_of
from dealwright.messages.mail.tables import dw_mail
from dealwright.operations import tasks
from dealwright.people import audit
from dealwright.people.endpoints import MAIL, can_mail, mapping
from dealwright.records.read_endpoints import parameters

router = APIRouter(prefix="/operations", tags=["operations"])
STATES = ("ready", "running", "done", "dead", "unknown")
SHOWN = ("id", "topic", "state", "attempts", "error", "object_key", "record_id", "created_at", "run_at", "done_at")
PAGE = 100


def allowed(request: Request) -> None:
    """Whether the asker may do this at all, before anything is said about what was sent. Problem 401, 403."""
    with unit(request, scope="write") as (_, access):
        access.require("manage_config")


@router.get("", summary="How the product is doing")
def overview(request: Request) -> Response:
    """{version, database, disk, jobs: {state: n}, waiting_since, last_done_at, mail, schedules, doctor, backup}."""
    services = services_of(request)
    with unit(request) as (uow, access):
        access.require("manage_config")
        due = sa.select(sa.func.min(dw_job.c.run_at)).where(dw_job.c.state == "ready", dw_job.c.run_at <= uow.now)
        done = sa.select(sa.func.max(dw_job.c.done_at)).where(dw_job.c.state == "done")
        plans = uow.conn.execute(sa.select(dw_schedule.c.name, dw_schedule.c.next_at).order_by(dw_schedule.c.next_at))
        body = {
            "version": __version__,
            "database": uow.dialect.facts(uow.conn),
            "jobs": counts(uow), "waiting_since": uow.conn.execute(due).scalar(),
            "last_done_at": uow.conn.execute(done).scalar(), "mail": can_mail(request),
            "schedules": [{"name": row.name, "next_at": row.next_at} for row in plans],
            "doctor": tasks.last(uow, "doctor"), "backup": tasks.last(uow, "backup"), "now": uow.now,
        }  # fmt: skip
    return JsonResponse({**body, "disk": tasks.disk_of(services)})


# ── the outbox ──


@router.get("/jobs", summary="What the worker has done and has to do")
def list_jobs(request: Request) -> Response:
    """?state=&topic=&cursor= → {"jobs": [...], "topics": [{topic, state, count}], "next"}; what they carry is not shown."""
    given = parameters(request, ("state", "topic", "cursor"))
    state = given.get("state")
    if state is not None and state not in STATES:
        raise invalid([FieldError("state", "OPTION_UNKNOWN", {"value": state[:20], "allowed": list(STATES)})])
    with unit(request) as (uow, access):
        access.require("manage_config")
        query = sa.select(*(dw_job.c[name] for name in SHOWN)).order_by(dw_job.c.id.desc()).limit(PAGE + 1)
        if state:
            query = query.where(dw_job.c.state == state)
        if given.get("topic"):
            query = query.where(dw_job.c.topic == given["topic"])
        if given.get("cursor"):
            query = query.where(dw_job.c.id < given["cursor"])
        rows = [dict(row) for row in uow.conn.execute(query).mappings()]
        stuck = dw_job.c.state.in_(["dead", "unknown"])
        grouped = sa.select(dw_job.c.topic, dw_job.c.state, sa.func.count().label("count")).where(stuck)
        topics = [
            dict(row)
            for row in uow.conn.execute(grouped.group_by(dw_job.c.topic, dw_job.c.state).order_by("topic")).mappings()
        ]
        mails = _mails(uow, [row["id"] for row in rows if row["topic"] == MAIL])
    found = [row | ({"mail": mails[row["id"]]} if row["id"] in mails else {}) for row in rows[:PAGE]]
    return JsonResponse({"jobs": found, "topics": topics, "next": found[-1]["id"] if len(rows) > PAGE else None})


def _mails(uow: UnitOfWork, ids: list[str]) -> dict[str, Any]:
    """To whom and about what the mails among some jobs were."""
    if not ids:
        return {}
    rows = uow.conn.execute(sa.select(dw_mail).where(dw_mail.c.job_id.in_(ids))).mappings()
    return {r["job_id"]: {"to": r["to_address"], "subject": r["subject"], "state": r["state"]} for r in rows}


def _chosen(uow: UnitOfWork, body: Any) -> list[str]:
    """Ids of the dead and doubtful jobs meant by {"id"} or {"topic"}. 422, 404 for a job that is not there to be taken."""
    given = mapping(body)
    stuck = dw_job.c.state.in_(["dead", "unknown"])
    if isinstance(given.get("id"), str):
        rows = uow.conn.execute(sa.select(dw_job.c.id).where(stuck, dw_job.c.id == given["id"])).all()
        if not rows:
            raise not_found()
    elif isinstance(given.get("topic"), str):
        rows = uow.conn.execute(sa.select(dw_job.c.id).where(stuck, dw_job.c.topic == given["topic"])).all()
    else:
        raise invalid([FieldError("id", "REQUIRED")])
    return [row[0] for row in rows]


@router.post("/jobs/replay", summary="Put jobs that were given up back in line")
def replay_jobs(request: Request, body: Any = Depends(json_body)) -> Response:
    """{"id"} or {"topic"}, all of a topic → {"count"}. A mail in doubt is sent anew: whoever says so has looked."""
    with unit(request, write=True) as (uow, access):
        access.require("manage_config")
        ids = _chosen(uow, body)
        uow.conn.execute(sa.update(dw_mail).where(dw_mail.c.job_id.in_(ids)).values(state="waiting", doubts=0))
        for job_id in ids:
            replay(uow, job_id)
        _noted(uow, access, "job.replayed", body, len(ids))
    return JsonResponse({"count": len(ids)})


@router.post("/jobs/discard", summary="Remove jobs that were given up")
def discard_jobs(request: Request, body: Any = Depends(json_body)) -> Response:
    """{"id"} or {"topic"} → {"count"}."""
    with unit(request, write=True) as (uow, access):
        access.require("manage_config")
        ids = _chosen(uow, body)
        for job_id in ids:
            discard(uow, job_id)
        _noted(uow, access, "job.discarded", body, len(ids))
    return JsonResponse({"count": len(ids)})


def _noted(uow: UnitOfWork, access: Any, kind: str, body: Mapping[str, Any], count: int) -> None:
    if count:
        which = {k: body[k] for k in ("id", "topic") if isinstance(body.get(k), str)}
        target, job_id = which.get("topic"), which.get("id")
        audit.note(uow, kind, access.actor.user_id, target=target, target_id=job_id, after={"count": count})


# ── backups and checks ──


@router.post("/tasks", summary="Make a backup, or check the database", status_code=202)
def ask_task(request: Request, body: Any = Depends(json_body)) -> Response:
    """{"kind": "backup" | "doctor"} → 202 {"id"}; the worker does it. 409 TASK_RUNNING."""
    allowed(request)
    kind = mapping(body).get("kind")
    if kind not in ("backup", "doctor"):
        value = str(kind)[:20]
        raise invalid([FieldError("kind", "OPTION_UNKNOWN", {"value": value, "allowed": ["backup", "doctor"]})])
    with unit(request, write=True) as (uow, access):
        access.require("manage_config")
        task_id = tasks.ask(uow, kind, access.actor.user_id)
        if kind == "backup":
            audit.note(uow, "backup.made", access.actor.user_id)
    return JsonResponse({"id": task_id}, 202)


@router.get("/backups", summary="The backups there are")
def list_backups(request: Request) -> Response:
    """{"backups": [{name, size, made_at}], "nightly": {hour, keep, next_at} | null, "last"}."""
    with unit(request) as (uow, access):
        access.require("manage_config")
        nightly, last = tasks.nightly(uow), tasks.last(uow, "backup")
    return JsonResponse({"backups": tasks.backups(services_of(request)), "nightly": nightly, "last": last})


@router.put("/backups/schedule", summary="Make a backup every night")
def schedule_backups(request: Request, body: Any = Depends(json_body)) -> Response:
    """{"hour": 0 to 23 or null for none, "keep": 1 to 90} → {"nightly"}."""
    allowed(request)
    given = mapping(body)
    hour, keep = given.get("hour"), given.get("keep", 14)
    if hour is not None and not _within(hour, 0, 23):
        raise invalid([FieldError("hour", "CONFIG_NUMBER", {"name": "hour", "min": 0, "max": 23})])
    if not _within(keep, 1, tasks.MOST_KEPT):
        raise invalid([FieldError("keep", "CONFIG_NUMBER", {"name": "keep", "min": 1, "max": tasks.MOST_KEPT})])
    with unit(request, write=True) as (uow, access):
        access.require("manage_config")
        tasks.set_nightly(uow, state_of(uow).workspace.time_zone, hour, keep)
        audit.note(uow, "backup.scheduled", access.actor.user_id, after={"hour": hour, "keep": keep})
        nightly = tasks.nightly(uow)
    return JsonResponse({"nightly": nightly})


def _within(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


@router.post("/backups/{name}/download", summary="Download a backup")
def download_backup(request: Request, name: str, body: Any = Depends(json_body)) -> Response:
    """{current_password} → the file. It holds everything, whatever one's rights: the password is asked for again."""
    allowed(request)
    confirm_password(request, mapping(body))
    with unit(request, write=True) as (uow, access):
        access.require("manage_config")
        access.require("manage_users")  # the file holds every record and every person
        path = tasks.backup_file(services_of(request), name)
        audit.note(uow, "backup.downloaded", access.actor.user_id, target=name)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        "Content-Length": str(path.stat().st_size),
        "Cache-Control": "private, no-store",
    }
    return StreamingResponse(_chunks(path), headers=headers, media_type="application/zip")


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            yield chunk


@router.delete("/backups/{name}", summary="Delete a backup", status_code=204)
def delete_backup(request: Request, name: str) -> Response:
    """204."""
    with unit(request, write=True) as (uow, access):
        access.require("manage_config")
        path = tasks.backup_file(services_of(request), name)
        audit.note(uow, "backup.deleted", access.actor.user_id, target=name)
        uow.after_commit(lambda: path.unlink(missing_ok=True))
    return Response(status_code=204)


@router.post("/mail/test", summary="Send a test mail to oneself", status_code=202)
def test_mail(request: Request) -> Response:
    """202 {"id"}, the job's. 409 MAIL_NOT_SET_UP."""
    with unit(request, write=True) as (uow, access):
        access.require("manage_config")
        if not can_mail(request):
            raise Problem(409, "MAIL_NOT_SET_UP")
        job_id = queue(uow, MAIL, {"letter": "test", "user_id": access.actor.user_id})
    return JsonResponse({"id": job_id}, 202)
