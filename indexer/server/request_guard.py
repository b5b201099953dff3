"""The gate that every request passes: who may ask, from where, how often and how much."""

from collections.abc import Iterable
from time import perf_counter

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .access import check_access, login_form
from .allowed_hosts import Headers, check_host, check_origin
from .problems import Problem
from .request_rate import RequestRate
from .server_metrics import ServerMetrics
from .server_settings import ServerSettings

RawHeader = tuple[bytes, bytes]

_POLICY = "; ".join(
    [
        "default-src 'none'",
        *[f"{kind}-src 'self'" for kind in ("connect", "font", "manifest", "media", "script", "style")],
        "img-src 'self' data:",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)

_HEADERS = {
    "content-security-policy": _POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "same-origin",  # with no-referrer, the origin of a form would be null
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}

_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, PUT, DELETE",
    "Access-Control-Allow-Headers": "authorization, content-type, if-none-match",
    "Access-Control-Max-Age": "600",
}


class RequestGuard:
    """An application that lets through to another what is allowed."""

    def __init__(self, app: ASGIApp, settings: ServerSettings, metrics: ServerMetrics) -> None:
        """Create the guard.

        Args:
            app: The application behind it.
            settings: The settings.
            metrics: Counts the requests.
        """
        self._app = app
        self._settings = settings
        self._metrics = metrics
        self._rate = RequestRate(settings.most_requests)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or let the application answer it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope = {**scope, "query_string": _escaped(scope["query_string"])}
        began = perf_counter()
        headers = _read_headers(scope["headers"])
        statuses: list[int] = []

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])
                message["headers"] = [*message["headers"], *self._added(message["headers"], headers)]
            await send(message)

        try:
            refusal = self._refusal(scope, headers)
            if refusal is not None:
                await refusal(scope, receive, send_guarded)
            else:
                await self._app(scope, self._bounded(receive, headers), send_guarded)
        finally:
            status = statuses[0] if statuses else 499  # the client has gone, as nginx numbers it
            self._metrics.count(scope.get("jooya.address", "other"), status, perf_counter() - began)

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        """Return the answer to a request that the application does not get to see, or None."""
        method, path = scope["method"], scope["path"]
        try:
            check_host(headers.get("host"), self._settings)
            check_origin(method, headers, self._settings)
            if method == "OPTIONS" and headers.get("origin") in self._settings.origins:
                return Response(None, 204, _PREFLIGHT)
            if path not in ("/health", "/ready"):
                self._rate.take((scope.get("client") or ("",))[0])
            check_access(method, path, headers, self._settings)
            length = headers.get("content-length", "0")
            if not length.isdecimal() or int(length[:20]) > self._settings.body:
                raise _too_large(self._settings.body)
        except Problem as problem:
            wants_page = "text/html" in headers.get("accept", "") and method == "GET"
            return login_form() if problem.kind == "unauthorized" and wants_page else problem.response()
        return None

    def _bounded(self, receive: Receive, headers: Headers) -> Receive:
        """Return `receive` with a bound on the size of a body that does not say how long it is."""
        if "content-length" in headers or "transfer-encoding" not in headers:
            return receive
        taken = 0

        async def bounded() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._settings.body:
                raise _too_large(self._settings.body)
            return message

        return bounded

    def _added(self, given: Iterable[RawHeader], request: Headers) -> list[RawHeader]:
        """Return the headers that are added to an answer."""
        there = {name.lower() for name, _ in given}
        added = [(name.encode(), value.encode()) for name, value in _HEADERS.items() if name.encode() not in there]
        origin = request.get("origin")
        if origin in self._settings.origins:
            added += [(b"access-control-allow-origin", (origin or "").encode()), (b"vary", b"Origin")]
            added += [(b"access-control-expose-headers", b"ETag, Link, Retry-After")]
            added = [one for one in added if one[0] != b"cross-origin-resource-policy"]
        return added


def _escaped(query: bytes) -> bytes:
    """Return a query string in which bytes beyond ASCII are written with percent signs.

    Some servers hand on what clients send, and clients send `?q=آب` as it was typed, in UTF-8 or in another encoding.
    """
    return query if query.isascii() else "".join(chr(one) if one < 0x80 else f"%{one:02X}" for one in query).encode()


def _read_headers(raw: Iterable[RawHeader]) -> Headers:
    """Return headers by name; of several with one name the last, but all of `Host` that are not the same."""
    headers: dict[str, str] = {}
    for name, value in raw:
        known, text = name.decode("latin-1").lower(), value.decode("latin-1")
        headers[known] = f"{headers[known]},{text}" if known in headers and known in ("host", "cookie") else text
    return headers


def _too_large(most: int) -> Problem:
    # What is left of the body is not read, so no other request can follow it on the connection.
    return Problem(
        "too-large", f"the body has more than {most:,} bytes", "send less at a time", {"Connection": "close"}
    )
