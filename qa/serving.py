"""The processes that answer over HTTP; the only importer of uvicorn."""

from __future__ import annotations

import socket
from typing import Any

import uvicorn
from uvicorn.supervisors import Multiprocess

from qa.errors import ServerError
from qa.settings import Settings

_APP = "web.app:create_app"


def check_address(settings: Settings) -> None:
    """Raise ServerError unless a server could listen where the settings say."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        socket.create_server((settings.host, settings.port), family=family).close()
    except OSError as error:
        reason = str(error.strerror).partition(" (while")[0]  # the address follows, said already
        raise ServerError(
            f"Nothing can listen on {settings.host}, port {settings.port}: {reason}.",
            "End what listens there, or choose another --host or --port.",
        ) from error


def serve(settings: Settings, log_config: dict[str, Any]) -> None:
    """Answer in as many processes as the settings say, which they find in their environment.

    Returns when a signal has ended them.
    """
    options: dict[str, Any] = {
        "factory": True,
        "host": settings.host,
        "port": settings.port,
        "log_config": log_config,
    }
    if settings.workers == 1:
        uvicorn.run(_APP, **options)
        return
    config = uvicorn.Config(_APP, workers=settings.workers, **options)
    Multiprocess(config, [shared_socket(config)]).run()


def shared_socket(config: uvicorn.Config) -> socket.socket:
    """The socket that all processes listen on; who comes before one of them is ready waits.

    An answer is sent in two parts. asyncio sees to it that the second doesn't wait until the first
    has arrived, 40 ms, but not where it was handed a socket as uvicorn makes them.
    """
    shared = config.bind_socket()
    shared.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # connections to it inherit that
    shared.listen(config.backlog)
    return shared
