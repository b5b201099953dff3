"""Answers of the API: parameters read, work done in a thread, JSON made, tagged by the commit and compressed."""

import gzip
import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from ..limits import deadline
from .api_writing import read_body
from .endpoint import Answered, Endpoint, Served
from .parameters import read_parameters
from .problems import Problem
from .worker_threads import WorkerThreads

_GZIP_FROM = 1_000  # bytes; less is sent as it is
_GZIP_LEVEL = 4


def read_request(endpoint: Endpoint, request: Request) -> dict[str, Any]:
    """Return the values of the parameters of a request; the numbers of the server name it by its endpoint.

    Raises:
        BadArgument: A parameter is unknown, missing, or has a wrong value.
    """
    request.scope["jooya.address"] = endpoint.path
    return read_parameters(endpoint.parameters, request.query_params.multi_items()) | request.path_params


def accepts_gzip(request: Request) -> bool:
    """Return True if the client takes compressed answers."""
    codings = request.headers.get("accept-encoding", "").lower().split(",")
    return any(name.strip() == "gzip" and quality.strip() != "q=0" for name, _, quality in map(_divided, codings))


def _divided(coding: str) -> tuple[str, str, str]:
    return coding.partition(";")


async def answer(endpoint: Endpoint, served: Served, threads: WorkerThreads, request: Request) -> Response:
    """Answer a request for an endpoint that is read."""
    given = read_request(endpoint, request)
    known = request.headers.get("if-none-match", "")
    return await threads.run(partial(_read, endpoint, served, given, known, accepts_gzip(request)))


def _read(endpoint: Endpoint, served: Served, given: Answered, known: str, zipped: bool) -> Response:
    # The commit is looked up before the answer is made: if another commit comes between, the answer is newer than its
    # tag, and the next request gets it again.
    tag = f'W/"{served.index.commit}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Accept-Encoding"}
    if is_known(tag, known):
        return Response(None, 304, headers)
    with deadline(served.settings.limits.seconds):
        body = json_bytes(endpoint.answer(served, given))
    return packed(body, 200, headers, endpoint.media_type, zipped=zipped)


def is_known(tag: str, known: str) -> bool:
    """Return True if a tag is among those of `If-None-Match`, the header of a client that has an answer already."""
    return tag in [one.strip() for one in known.split(",")]


def packed(body: bytes, status: int, headers: Mapping[str, str], media_type: str, *, zipped: bool) -> Response:
    """Return an answer, compressed if `zipped` and if it is worth it."""
    if zipped and len(body) >= _GZIP_FROM:
        body, headers = gzip.compress(body, _GZIP_LEVEL, mtime=0), {**headers, "Content-Encoding": "gzip"}
    return Response(body, status, headers, media_type)


async def change(endpoint: Endpoint, served: Served, threads: WorkerThreads, request: Request) -> Response:
    """Answer a request for an endpoint that changes the index."""
    given = read_request(endpoint, request)
    if not served.settings.writable:
        raise Problem("read-only", "the index is served to be read", "whoever runs the server can make it writable")
    if endpoint.body is not None:
        try:
            body = await request.body()
        except ClientDisconnect:
            raise Problem("too-slow", "the body did not arrive", "send it at once") from None
        given["body"] = read_body(body, request.headers.get("content-type", ""))
    found = await threads.run(partial(endpoint.answer, served, given))
    status = 201 if found.get("outcome") == "new" else 200
    return Response(json_bytes(found), status, {"Cache-Control": "no-store"}, endpoint.media_type)


def json_bytes(value: object) -> bytes:
    """Return a value as JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
