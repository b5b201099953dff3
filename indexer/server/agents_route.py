"""The address at which agents have tools, as a part of the server."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from .access import AGENTS
from .endpoint import Served
from .mcp_server import mcp_server, session_manager
from .worker_threads import WorkerThreads

Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]


class _Agents:
    """The application at the address. Starlette calls functions with a request, and objects with what ASGI gives."""

    def __init__(self, served: Served, threads: WorkerThreads) -> None:
        self.manager = session_manager(mcp_server(served, threads))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["jooya.address"] = AGENTS
        await self.manager.handle_request(scope, receive, send)


def agents_route(served: Served, threads: WorkerThreads) -> tuple[Route, Lifespan]:
    """Return the route, and what is to be done before its first request and after the last one.

    Args:
        served: The index.
        threads: The threads that answer.
    """
    agents = _Agents(served, threads)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with agents.manager.run():
            yield

    return Route(AGENTS, agents), lifespan
