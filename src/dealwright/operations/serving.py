"""Starting the server and the worker."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading

import uvicorn

from dealwright.foundation.services import Services
from dealwright.foundation.settings import load_settings
from dealwright.operations import nightly
from dealwright.people import service as people

GRACE_S = 20  # how long answers in the making are waited for when the server is told to end
# A worker process that is still starting on a busy machine is not a dead one: ended after 5 s it would never be up.
ANSWER_S = 60


def serve(host: str | None, port: int | None, workers: int, *, with_worker: bool, reload: bool) -> None:
    """Serve until interrupted. Prints the address and, on a fresh workspace, the one-time set-up link."""
    from dealwright import app as application

    settings = load_settings()
    host, port = host or settings.host, settings.port if port is None else port
    services = application.build_services(settings)
    application.migrate(services.db)
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        sys.exit(f"Port {port} cannot be used ({error.strerror}). Choose another one: DEALWRIGHT_PORT=8001")
    port = listener.getsockname()[1]
    address = settings.public_url or f"http://{'localhost' if host in ('127.0.0.1', '0.0.0.0', '::1') else host}:{port}"
    with services.db.write() as uow:
        secret = people.new_setup_secret(uow)
    services.db.close()
    print(f"Dealwright  {address}", flush=True)
    if secret:
        print(
            f"Set up your workspace (one-time link):\n设置工作区（一次性链接）：\n  {address}/setup?token={secret}",
            flush=True,
        )
    os.environ["DEALWRIGHT_WORKER"] = "1" if with_worker else "0"
    config = uvicorn.Config(
        "dealwright.app:create_app", factory=True, workers=workers, reload=reload, log_level="warning",
        access_log=False, server_header=False, host=host, port=port, proxy_headers=True,
        timeout_graceful_shutdown=GRACE_S,
    )  # fmt: skip
    if workers > 1 or reload:
        listener.close()
        uvicorn.run(
            "dealwright.app:create_app", factory=True, workers=workers, reload=reload, log_level="warning",
            access_log=False, server_header=False, host=host, port=port, timeout_graceful_shutdown=GRACE_S,
            timeout_worker_healthcheck=ANSWER_S,
        )  # fmt: skip
        return
    uvicorn.Server(config).run(sockets=[listener])


def run_worker(services: Services) -> None:
    """Run the outbox worker in this process until it is told to stop."""
    from dealwright import app as application

    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    nightly.plan(services.db)
    application.build_worker(services).run(stop)
