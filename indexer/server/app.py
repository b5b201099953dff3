"""The application that answers requests: the addresses of the API, and the page."""

import sys
from collections.abc import Awaitable, Callable
from functools import partial

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from .. import JooyaError
from ..any_index import AnyIndex
from . import access, api_context, api_documents, api_export, api_search, api_writing, server_metrics, source_files
from .answers import accepts_gzip, answer, change, json_bytes, read_request
from .endpoint import Endpoint, Served
from .openapi import description
from .page_routes import page_routes
from .parameters import Parameter, read_parameters
from .problems import Problem, answer_problem
from .request_guard import RequestGuard
from .server_metrics import ServerMetrics
from .server_settings import ServerSettings
from .worker_threads import WorkerThreads

READING = (*api_search.ENDPOINTS, *api_context.ENDPOINTS, *api_documents.ENDPOINTS)
"""The addresses of the API that are read with GET and answer with JSON."""

WRITING = (api_writing.PUT, api_writing.DELETE)
"""The addresses of the API that change the index."""

_MEDIA = Parameter("media", "The recording that lies beside subtitles.", "flag", False)

_WRITERS = 64  # requests that may wait while another writes


def create_app(index: AnyIndex, settings: ServerSettings | None = None) -> ASGIApp:
    """Return the application for an open index, which the caller closes.

    Args:
        index: The index. Its new commits are seen at once.
        settings: The settings; those for addresses and connections are for whoever runs the application.
    """
    settings = settings or ServerSettings()
    served, metrics = Served(index, settings), ServerMetrics()
    threads = WorkerThreads(settings.threads, settings.waiting)
    writers = WorkerThreads(1, _WRITERS)
    routes: list[BaseRoute] = [
        *[_route(one, partial(answer, one, served, threads)) for one in READING],
        *[_route(one, partial(change, one, served, writers)) for one in WRITING],
        _route(api_export.ENDPOINT, partial(_export, served, threads, api_export.Exports(settings.exports))),
        Route("/api/openapi.json", partial(_openapi, settings)),
        Route("/source/{key:path}", partial(_source, served, threads)),
        Route("/login", partial(access.login, settings), methods=["GET", "POST"]),
        Route("/health", _health),
        Route("/ready", partial(_ready, served, threads)),
    ]
    if settings.metrics:
        routes.append(Route("/metrics", partial(_metrics, metrics, served, threads)))
    lifespan = None
    if settings.mcp:
        from .agents_route import agents_route  # noqa: PLC0415 - its packages take a second to import

        route, lifespan = agents_route(served, threads)
        routes.append(route)
    routes += page_routes(served, threads)
    errors = (Problem, JooyaError, OSError, HTTPException, Exception)
    app = Starlette(routes=routes, exception_handlers=dict.fromkeys(errors, answer_problem), lifespan=lifespan)
    return RequestGuard(app, settings, metrics)


def _route(endpoint: Endpoint, handler: Callable[[Request], Awaitable[Response]]) -> Route:
    # Parameters of paths take slashes, too, since keys have them.
    return Route(endpoint.path.replace("}", ":path}"), handler, methods=[endpoint.method])


async def _export(served: Served, threads: WorkerThreads, exports: api_export.Exports, request: Request) -> Response:
    given = read_request(api_export.ENDPOINT, request)
    return await exports.streamed(served, threads, given, accepts_gzip(request))


async def _openapi(settings: ServerSettings, _request: Request) -> Response:
    # The dots of an import cannot reach the package `jooya` from this folder of the checkout.
    version: str = sys.modules[__name__.partition(".")[0]].__version__
    endpoints = (*READING, api_export.ENDPOINT, *(WRITING if settings.writable else ()))
    found = description(endpoints, version, needs_token=bool(settings.token), reads_freely=settings.public_read)
    return Response(json_bytes(found), media_type="application/json")


async def _source(served: Served, threads: WorkerThreads, request: Request) -> Response:
    request.scope["jooya.address"] = "/source/{key}"
    media = read_parameters((_MEDIA,), request.query_params.multi_items())["media"]
    return await threads.run(partial(source_files.source_file, served, request.path_params["key"], media=media))


async def _health(_request: Request) -> Response:
    return Response("ok\n", media_type="text/plain")


async def _ready(served: Served, threads: WorkerThreads, _request: Request) -> Response:
    await threads.run(lambda: served.index.commit)
    return Response("ready\n", media_type="text/plain")


async def _metrics(metrics: ServerMetrics, served: Served, threads: WorkerThreads, _request: Request) -> Response:
    status = await threads.run(partial(served.last_status.of, served.index))
    return Response(metrics.text(status, threads.running), media_type=server_metrics.MEDIA_TYPE)
