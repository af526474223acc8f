"""Backups and checks that run in the worker: asked for on the screen or by the calendar, their outcome kept."""

from __future__ import annotations

import re
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import Problem, not_found
from dealwright.foundation.ids import new_id
from dealwright.foundation.outbox import Handler, JobContext, dw_job, dw_schedule, queue, schedule, unschedule
from dealwright.foundation.services import Services
from dealwright.operations.backup import backup
from dealwright.operations.doctor import doctor
from dealwright.operations.tables import dw_task

TOPIC = "operations.task"
NIGHTLY = "operations.nightly_backup"
NAME = re.compile(r"dealwright-\d{8}-\d{6}-[0-9a-f]{4}\.zip")
MOST_KEPT = 90
KEEP_TASKS = timedelta(days=90)
_OPEN = dw_task.c.state.in_(["waiting", "running"])


def ask(uow: UnitOfWork, kind: str, by_id: str | None, *, keep: int | None = None) -> str:
    """Queue a backup or a check; returns the task's id. One at a time of a kind: 409 TASK_RUNNING.

    keep: delete older backups afterwards, so that so many stay.
    """
    _end_lost(uow, kind)
    if uow.conn.execute(sa.select(dw_task.c.id).where(dw_task.c.kind == kind, _OPEN)).first() is not None:
        raise Problem(409, "TASK_RUNNING")
    task_id = new_id()
    values = {"id": task_id, "kind": kind, "state": "waiting", "by_id": by_id, "asked_at": uow.now}
    uow.conn.execute(sa.insert(dw_task).values(values))
    queue(uow, TOPIC, {"task_id": task_id, "kind": kind, "keep": keep}, key=f"{TOPIC}:{task_id}")
    return task_id


def _end_lost(uow: UnitOfWork, kind: str) -> None:
    """Tasks whose job was given up (the worker died in it twice) have failed: they would hold up all after them."""
    job = sa.exists().where(
        dw_job.c.key == sa.literal(f"{TOPIC}:") + dw_task.c.id, dw_job.c.state.in_(["ready", "running"])
    )
    lost = sa.update(dw_task).where(dw_task.c.kind == kind, _OPEN, ~job)
    uow.conn.execute(lost.values(state="failed", finished_at=uow.now, result={"error": "the worker was lost"}))


def last(uow: UnitOfWork, kind: str) -> dict[str, Any] | None:
    """The newest task of a kind: {id, state, asked_at, finished_at, result}."""
    query = sa.select(dw_task).where(dw_task.c.kind == kind).order_by(dw_task.c.id.desc()).limit(1)
    row = uow.conn.execute(query).mappings().first()
    return None if row is None else {k: row[k] for k in ("id", "state", "asked_at", "finished_at", "result")}


def purge(uow: UnitOfWork) -> int:
    """Forget tasks of long ago."""
    old = sa.delete(dw_task).where(dw_task.c.asked_at < uow.now - KEEP_TASKS)
    return uow.conn.execute(old).rowcount


# ── backups on disk ──


def folder_of(services: Services) -> Path:
    """Where backups are: beside the data, never among the files that a backup holds."""
    return services.settings.data_dir / "backups"


def backups(services: Services) -> list[dict[str, Any]]:
    """{name, size, made_at} of every backup, newest first."""
    folder = folder_of(services)
    found = [path for path in folder.glob("*.zip") if NAME.fullmatch(path.name)] if folder.is_dir() else []
    return [
        {"name": p.name, "size": p.stat().st_size, "made_at": _moment(p.name)}
        for p in sorted(found, key=lambda p: p.name, reverse=True)
    ]


def _moment(name: str) -> str:
    at = datetime.strptime(name[11:26], "%Y%m%d-%H%M%S")
    return f"{at.isoformat()}Z"


def backup_file(services: Services, name: str) -> Path:
    """The file of a backup's name. Problem 404 for a name that is no backup of ours."""
    path = folder_of(services) / name
    if not NAME.fullmatch(name) or not path.is_file():
        raise not_found()
    return path


def nightly(uow: UnitOfWork) -> dict[str, Any] | None:
    """{"hour", "keep", "next_at"} of the nightly backup; None when there is none."""
    row = uow.conn.execute(sa.select(dw_schedule).where(dw_schedule.c.name == NIGHTLY)).mappings().first()
    if row is None:
        return None
    return {"hour": int(row["cron"].split()[1]), "keep": row["payload"]["keep"], "next_at": row["next_at"]}


def set_nightly(uow: UnitOfWork, zone: str, hour: int | None, keep: int = 14) -> None:
    """Make a backup every night at an hour of the workspace and keep so many; hour None: no more."""
    if hour is None:
        unschedule(uow, NIGHTLY)
        return
    schedule(uow, NIGHTLY, NIGHTLY, f"15 {hour} * * *", zone, {"keep": keep})


# ── the worker ──


def handlers(services: Services) -> list[Handler]:
    """The outbox topics of tasks."""

    def run(context: JobContext, payload: dict[str, Any]) -> dict[str, Any]:
        mine = dw_task.c.id == payload["task_id"]
        with context.db.write() as uow:
            uow.conn.execute(sa.update(dw_task).where(mine).values(state="running"))
        try:
            result = _back_up(services, context, payload) if payload["kind"] == "backup" else _check(services)
        except Exception as error:  # said on the screen; a person tries again
            text = "disk full" if getattr(error, "errno", None) == 28 else f"{type(error).__name__}: {error}"[:300]
            return {"state": "failed", "result": {"error": text}}
        return {"state": "done", "result": result}

    def settle(uow: UnitOfWork, job: dict[str, Any], outcome: dict[str, Any]) -> None:
        mine = dw_task.c.id == job["task_id"]
        uow.conn.execute(sa.update(dw_task).where(mine).values(**outcome, finished_at=uow.now))

    def every_night(context: JobContext, payload: dict[str, Any]) -> None:
        with context.db.write() as uow:
            ask(uow, "backup", None, keep=payload["keep"])

    # A backup is made between two leases' ends at the latest; a big one goes on, and is begun anew only after a crash.
    return [Handler(TOPIC, run, settle, timeout_s=4 * 3600, max_attempts=2), Handler(NIGHTLY, every_night)]


def _back_up(services: Services, context: JobContext, payload: dict[str, Any]) -> dict[str, Any]:
    folder = folder_of(services)
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob("*.part"):  # of a crash
        left.unlink(missing_ok=True)
    name = f"dealwright-{context.clock.now():%Y%m%d-%H%M%S}-{context.job_id[-4:]}.zip"
    backup(services, folder / name)
    for old in backups(services)[payload["keep"] :] if payload.get("keep") else []:
        (folder / old["name"]).unlink(missing_ok=True)
    return {"name": name, "size": (folder / name).stat().st_size}


def _check(services: Services) -> dict[str, Any]:
    found = doctor(services)
    return {"findings": found[:500], "count": len(found)}


def disk_of(services: Services) -> dict[str, int]:
    """{"free", "total"} bytes of the disk that holds data and backups."""
    folder = services.settings.data_dir
    folder.mkdir(parents=True, exist_ok=True)
    usage = shutil.disk_usage(folder)
    return {"free": usage.free, "total": usage.total}
