"""The one place where all of it is put together.

Reads top to bottom: the order of the write path, the routes, the outbox handlers, the application. No
package registers itself anywhere; whoever wants to know what happens on a save reads `write_path` here.
"""

from __future__ import annotations

import asyncio
import gc
import signal
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from dealwright import __version__, description
from dealwright.access import endpoints as access_endpoints
from dealwright.access.defaults import default_roles
from dealwright.conversion import endpoints as conversion_endpoints
from dealwright.desk import endpoints as desk_endpoints
from dealwright.desk import uses as desk_uses
from dealwright.foundation import observe
from dealwright.foundation.clock import Clock, SystemClock
from dealwright.foundation.database import Database
from dealwright.foundation.files import FileStore
from dealwright.foundation.http import health_router, install_problem_handlers
from dealwright.foundation.outbox import Handler, Worker
from dealwright.foundation.routing import Shortcuts
from dealwright.foundation.services import Services
from dealwright.foundation.settings import Settings, load_settings
from dealwright.messages import mail
from dealwright.messages.notices import endpoints as notice_endpoints
from dealwright.messages.notices import handlers as notice_handlers
from dealwright.messages.notices import steps as notices
from dealwright.messages.notices.source import NoticeSource
from dealwright.operations import endpoints as operations_endpoints
from dealwright.operations import nightly, tasks
from dealwright.people import endpoints as people_endpoints
from dealwright.process import endpoints as process_endpoints
from dealwright.process import stays as process_stays
from dealwright.process import steps as process
from dealwright.process import uses as process_uses
from dealwright.records import (
    calendar,
    handover,
    metadata_endpoints,
    read_endpoints,
    steps,
    view_choice,
    views,
    write_endpoints,
)
from dealwright.records.design import FieldUser
from dealwright.records.design import endpoints as design_endpoints
from dealwright.records.imports import endpoints as import_endpoints
from dealwright.records.imports import handlers as import_handlers
from dealwright.records.live import Hub
from dealwright.records.live import endpoints as live_endpoints
from dealwright.records.merging import endpoints as merge_endpoints
from dealwright.records.shapes import Engines, Step
from dealwright.records.write_path import WritePath
from dealwright.starters import endpoints as starter_endpoints
from dealwright.starters import service as starters
from dealwright.starters import spreadsheet_endpoints

API = "/api/v1"


def engines() -> Engines:
    """What the engines add to the write path, each in its place and order."""
    return Engines(before=[], gates=[process.gate], after=[process.after, notices.given])


def write_path(plugged: Engines) -> list[Step]:
    """The order in which every change of every record is handled (S2, docs/flow.md)."""
    return [
        steps.check_rights,  # may this person change this record? 404, 403, 412
        steps.coerce,  # typed values; relations exist and are visible
        steps.derive,  # defaults, owner, totals of lines, formulas; a save that changes nothing ends here (S5)
        *plugged.before,  # fill in values: assignment, tiers
        steps.validate,  # required, order of dates, circles, hand-over: on the final values
        *plugged.gates,  # say no: stages, checklists, approvals
        steps.write,  # row, version, history and lines in one go
        *plugged.after,  # visits; notices; related records, through this same list
        steps.queue,  # outbox rows; all that was collected is sent
        steps.roll_up,  # totals of parents, their formulas
    ]


def field_users() -> list[FieldUser]:
    """Which engines name fields: asked before a field is taken away (docs/packages/design.md)."""
    return [process_uses.REQUIREMENTS, desk_uses.SOURCES]


def handlers(services: Services) -> list[Handler]:
    """The outbox topics this release answers, by name."""
    return [
        *(notice_handlers.telling(one) for one in import_handlers.handlers(services)), *write_endpoints.handlers(services),
        *mail.handlers(services), *tasks.handlers(services), *nightly.handlers(),
    ]  # fmt: skip


def migrate(db: Database) -> None:
    """Bring the system tables up to this release; safe to call from several processes at once."""
    from dealwright import tables  # every table of every package, so that none is forgotten

    tables.load()
    db.migrate()


def build_services(settings: Settings, clock: Clock | None = None) -> Services:
    """Open the database, bring it up to date and wire the shared services; used by server, worker and commands."""
    # The collector looks for cycles after every 700 new objects, which a chunk of an import makes hundreds of times
    # over without any garbage: a quarter of its time. (Plain reference counting frees nearly everything we make.)
    gc.set_threshold(25_000, 20, 20)
    clock = clock or SystemClock()
    db = Database(settings.database_url, clock)
    services = Services(db=db, settings=settings, clock=clock)
    services.extras["write_path"] = WritePath(write_path(engines()))
    services.extras["field_users"] = field_users()
    services.extras["files"] = FileStore(settings.data_dir)
    services.extras["apply_starter"] = starters.apply_named
    services.extras["default_roles"] = default_roles
    services.extras["listened_topics"] = frozenset()
    return services


def create_app(settings: Settings | None = None, clock: Clock | None = None, *, worker: bool | None = None) -> FastAPI:
    """The ASGI application. `worker` runs the outbox worker in a thread of this process."""
    settings = settings or load_settings()
    services = build_services(settings, clock)
    migrate(services.db)
    stop = threading.Event()
    hub = services.extras["live"] = Hub(services.db, [NoticeSource()])

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        import anyio.to_thread

        # Four threads: more only queue on the interpreter lock and on the database (measured in bench/).
        anyio.to_thread.current_default_thread_limiter().total_tokens = settings.threads
        thread = None
        if settings.with_worker if worker is None else worker:
            nightly.plan(services.db)
            thread = threading.Thread(target=build_worker(services).run, args=(stop,), name="worker", daemon=True)
            thread.start()
        _end_streams_first(hub)
        yield
        stop.set()
        hub.close()
        if thread is not None:
            thread.join(timeout=5)

    app = FastAPI(
        title="Dealwright",
        version=__version__,
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.services = services
    install_problem_handlers(app)
    for router in (
        # Routes are tried in their order, so those asked for most stand first. Fixed paths under /records/{object}/
        # come before /records/{object}/{id}.
        views.router,
        view_choice.router,
        process_endpoints.router,
        merge_endpoints.router,
        conversion_endpoints.router,
        process_stays.router,
        calendar.router,
        read_endpoints.router,
        write_endpoints.router,
        health_router,
        people_endpoints.router,
        access_endpoints.router,
        design_endpoints.router,
        handover.router,
        metadata_endpoints.router,
        spreadsheet_endpoints.router,  # /imports/propose-object before /imports/{id}
        import_endpoints.router,
        live_endpoints.router,
        notice_endpoints.router,
        desk_endpoints.router,
        starter_endpoints.router,
        operations_endpoints.router,
    ):
        app.include_router(router, prefix=API)
    app.router.routes.insert(0, Shortcuts(app.router.routes))
    description.describe(app)
    observe.install(app, settings)
    mount_screens(app)
    return app


def _end_streams_first(hub: Hub) -> None:
    """When the server is told to end, open streams end at once: it waits for every answer that is not finished."""
    if threading.current_thread() is not threading.main_thread():
        return  # in a test client's thread, where nobody sends signals
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        before = signal.getsignal(number)

        def on_signal(given: int, frame: Any, before: Any = before) -> None:
            loop.call_soon_threadsafe(hub.close)  # not here: the interrupted code may hold the hub's lock
            if callable(before):
                before(given, frame)

        signal.signal(number, on_signal)


def build_worker(services: Services) -> Worker:
    """The outbox worker over the handlers above."""
    return Worker(services.db, handlers(services), services.clock)


def screens_folder() -> Path | None:
    """Where the built screens are: inside the package when installed, else `web/dist` of the checkout."""
    for folder in (Path(__file__).parent / "web", Path(__file__).parents[2] / "web" / "dist"):
        if (folder / "index.html").is_file():
            return folder
    return None


def mount_screens(app: FastAPI) -> None:
    """Serve the screens: hashed assets for a year, every other path answers the shell (the client routes)."""
    folder = screens_folder()

    @app.get("/{path:path}", include_in_schema=False)
    def screen(path: str, request: Request) -> Response:
        if path.startswith("api/"):
            from dealwright.foundation.errors import not_found

            raise not_found()
        if folder is None:
            return Response(
                "The screens are not built yet: run make build.\n界面还没有构建：请运行 make build。\n", 503
            )
        file = (folder / path).resolve()
        if path and file.is_file() and folder.resolve() in file.parents:
            lasting = "/assets/" in f"/{path}"
            cache = "public, max-age=31536000, immutable" if lasting else "no-cache"
            return FileResponse(file, headers={"Cache-Control": cache})
        return FileResponse(folder / "index.html", headers={"Cache-Control": "no-cache"})


def openapi() -> dict[str, Any]:
    """The OpenAPI description, without opening any database (for the generated client)."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        app = create_app(load_settings({"DEALWRIGHT_DATA": folder}), worker=False)
        try:
            return app.openapi()
        finally:
            app.state.services.db.engine.dispose()
