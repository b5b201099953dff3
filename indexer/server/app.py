"""The application that answers requests: the addresses of the API, and the page."""

import gzip
import json
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from .. import Index, JooyaError
from . import api_documents, api_search
from .endpoint import Endpoint, Served
from .page_routes import page_routes
from .parameters import read_parameters
from .problems import Problem, answer_problem
from .server_settings import ServerSettings
from .worker_threads import WorkerThreads

ENDPOINTS = (*api_search.ENDPOINTS, *api_documents.ENDPOINTS)
"""The addresses of the API that are read with GET."""

_GZIP_FROM = 1_000  # bytes; less is sent as it is
_GZIP_LEVEL = 4


def create_app(index: Index, settings: ServerSettings | None = None) -> Starlette:
    """Return the application for an open index, which the caller closes.

    Args:
        index: The index. Its new commits are seen at once.
        settings: The settings; those for addresses and connections are for whoever runs the application.
    """
    settings = settings or ServerSettings()
    served = Served(index, settings)
    threads = WorkerThreads(settings.threads, settings.waiting)
    routes: list[BaseRoute] = [
        Route(_route_path(endpoint.path), partial(_answer, endpoint, served, threads), methods=["GET"])
        for endpoint in ENDPOINTS
    ]
    routes += [
        Route("/health", _health, methods=["GET"]),
        Route("/ready", partial(_ready, served, threads), methods=["GET"]),
        *page_routes(served, threads),
    ]
    return Starlette(
        routes=routes,
        exception_handlers=dict.fromkeys((Problem, JooyaError, OSError, HTTPException, Exception), answer_problem),
    )


def _route_path(path: str) -> str:
    """Return the path of an endpoint for Starlette: parameters take slashes, too, since keys have them."""
    return path.replace("}", ":path}")


async def _answer(endpoint: Endpoint, served: Served, threads: WorkerThreads, request: Request) -> Response:
    given = read_parameters(endpoint.parameters, request.query_params.multi_items()) | request.path_params
    known = request.headers.get("if-none-match", "")
    zipped = "gzip" in request.headers.get("accept-encoding", "")
    return await threads.run(partial(_json_answer, endpoint, served, given, known, zipped))


def _json_answer(endpoint: Endpoint, served: Served, given: dict[str, Any], known: str, zipped: bool) -> Response:
    """Return the answer of an endpoint, in a thread."""
    # The commit is looked up before the answer is made: if another commit comes between, the answer is newer than its
    # tag, and the next request gets it again.
    tag = f'W/"{served.index.commit}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Accept-Encoding"}
    if tag in (one.strip() for one in known.split(",")):
        return Response(None, 304, headers)
    body = json.dumps(endpoint.answer(served, given), ensure_ascii=False, separators=(",", ":")).encode()
    if zipped and len(body) >= _GZIP_FROM:
        body = gzip.compress(body, _GZIP_LEVEL, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return Response(body, 200, headers, media_type="application/json")


async def _health(_request: Request) -> Response:
    return Response("ok\n", media_type="text/plain")


async def _ready(served: Served, threads: WorkerThreads, _request: Request) -> Response:
    await threads.run(lambda: served.index.commit)
    return Response("ready\n", media_type="text/plain")
