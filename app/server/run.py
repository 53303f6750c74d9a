"""Runs the server until it is stopped. It is on the loopback only: what faces a network belongs behind a
proxy with TLS."""

import sys

import uvicorn

from ..errors import UsageError
from ..loopback import check_port
from ..service import DocumentService
from .app import create_app
from .config import ServerConfig

__all__ = ["ServerConfig", "serve"]
HOST = "127.0.0.1"


def serve(service: DocumentService, config: ServerConfig, port: int) -> None:
    """Serve until SIGINT or SIGTERM. Raises UsageError when the port is taken."""
    check_port("serve", port)
    print(f"octavo: serving {service.backend.name} on http://{HOST}:{port}/v1", file=sys.stderr)
    server = uvicorn.Server(uvicorn_config(service, config, port))
    try:
        server.run()
    except SystemExit:  # uvicorn's way of saying that it could not start
        raise UsageError(f"serve: port {port} cannot be used; choose another --port") from None


def uvicorn_config(service: DocumentService, config: ServerConfig, port: int) -> uvicorn.Config:
    """How uvicorn is run."""
    return uvicorn.Config(
        create_app(service, config),
        host=HOST,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
