"""Errors as RFC 9457 problem details: what is wrong, and what to do about it."""

import json
import logging
from collections.abc import Mapping
from typing import Any, NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ..errors import BadArgument, BadInput, BadQuery, BeyondLimit, IndexBusy, IndexUnusable, JooyaError

MEDIA_TYPE = "application/problem+json"

MANUAL = "https://github.com/jooya-search/jooya/blob/main/docs/server.md#"
"""The address of the manual, which describes each kind of problem."""

_logger = logging.getLogger(__name__)


class Kind(NamedTuple):
    """A kind of problem: its HTTP status, and what it is called."""

    status: int
    title: str


KINDS = {
    "bad-argument": Kind(400, "A parameter is missing or has a wrong value"),
    "bad-query": Kind(400, "The query has nothing to search for"),
    "beyond-limit": Kind(400, "The query asks for more than the limits allow"),
    "bad-document": Kind(400, "The document cannot be read"),
    "unauthorized": Kind(401, "A token is needed"),
    "read-only": Kind(403, "The index may not be changed"),
    "other-origin": Kind(403, "The request comes from a page of another server"),
    "not-found": Kind(404, "There is nothing at this address"),
    "method": Kind(405, "The address does not take this method"),
    "too-slow": Kind(408, "The request did not arrive in time"),
    "too-large": Kind(413, "The body is too large"),
    "media-type": Kind(415, "The body has another media type than the address takes"),
    "other-host": Kind(421, "The server does not answer to this name"),
    "too-many": Kind(429, "Too many requests"),
    "fault": Kind(500, "A fault of Jooya itself"),
    "busy": Kind(503, "The server has too much to do"),
    "index": Kind(503, "The index cannot be used"),
    "time": Kind(503, "The query takes too long"),
}
"""The kinds of problems by the name that the manual has them under."""


class Problem(Exception):
    """A problem that a request is answered with.

    Attributes:
        kind: A key of `KINDS`.
        detail: What is wrong, in one sentence.
        fix: What to do about it.
        headers: Headers of the answer.
        more: Further members of the answer.
    """

    def __init__(
        self, kind: str, detail: str, fix: str, headers: Mapping[str, str] | None = None, **more: object
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.fix = fix
        self.headers = dict(headers or {})
        self.more = more

    def response(self) -> Response:
        """Return the answer."""
        kind = KINDS[self.kind]
        members: dict[str, Any] = {"type": MANUAL + self.kind, "title": kind.title, "status": kind.status}
        members |= {"detail": self.detail, "fix": self.fix}
        members |= {name: value for name, value in self.more.items() if value is not None}
        body = json.dumps(members, ensure_ascii=False)
        headers = {"Cache-Control": "no-store"} | self.headers
        return Response(body, kind.status, headers, media_type=MEDIA_TYPE)


def problem_of(error: Exception) -> Problem:
    """Return the problem that an exception is. It names nothing of this machine, such as the folder of the index."""
    match error:
        case Problem():
            return error
        case BeyondLimit(limit="seconds"):
            return Problem("time", error.problem, "ask for less, or try again later", {"Retry-After": "5"})
        case BeyondLimit():
            return Problem("beyond-limit", error.problem, "narrow the query", limit=error.limit, allowed=error.allowed)
        case BadArgument():
            fix = error.fix or "see /api/openapi.json"
            return Problem("bad-argument", error.problem, fix, argument=error.argument or None)
        case BadQuery():
            return Problem("bad-query", error.problem, error.fix or "give at least one word")
        case BadInput():
            return Problem("bad-document", error.problem, error.fix or "see /api/openapi.json")
        case IndexBusy():
            return Problem("busy", "another process is writing to the index", "try again later", {"Retry-After": "5"})
        case IndexUnusable() | JooyaError() | OSError():
            _logger.error("%s", error)
            return Problem("index", "the index cannot be used now", "ask who runs the server to look at its log")
        case HTTPException(status_code=405):
            return Problem("method", "the address does not take this method", "see /api/openapi.json", error.headers)
        case HTTPException(status_code=404):
            return Problem("not-found", "there is nothing at this address", "see /api/openapi.json")
        case HTTPException(status_code=413):
            return Problem("too-large", "the body is too large", "send less")
        case HTTPException():
            return Problem("bad-argument", error.detail, "see /api/openapi.json")
    _logger.error("a fault of Jooya", exc_info=error)
    return Problem("fault", "the request could not be answered", "report it, with what the log of the server says")


async def answer_problem(_request: Request, error: Exception) -> Response:
    """Return the answer for an exception that a request raised."""
    return problem_of(error).response()
