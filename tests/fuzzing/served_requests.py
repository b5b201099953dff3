"""Requests that a fuzzer makes, given to the server's application as a connection would give them."""

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import targets

from jooya.indexer import Index
from jooya.indexer.server.app import create_app
from jooya.indexer.server.server_settings import ServerSettings

TOKEN = "secret"

_MOST_HEADERS = 20


class Requests:
    """A server of a small index that may be written.

    A request is the lines of HTTP: `PUT /api/documents/a?x=1`, headers, an empty line, and the body. The token is
    added to all requests but those with a header `Authorization`.
    """

    def __init__(self, folder: Path) -> None:
        """Make the index."""
        self._sound, self._folder = folder / "sound", folder / "served"
        targets.small_index(self._sound).close()
        self._index: Index | None = None
        self._renew()

    def run(self, given: bytes) -> bool:
        """Make a request.

        Returns:
            True if the answer was neither an error nor a redirection.

        Raises:
            AssertionError: The answer is that of a fault, or no proper one.
        """
        head, _, body = given.partition(b"\n\n")
        line, *lines = head.split(b"\n")
        method, _, target = line.partition(b" ")
        path, _, query = target.partition(b"?")
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "root_path": "",
            "method": method.decode("ascii", "ignore").upper() or "GET",
            "path": unquote_to_bytes(path).decode("utf-8", "replace"), "raw_path": path, "query_string": query,
            "headers": [(b"host", b"localhost"), *_headers(lines), (b"content-length", str(len(body)).encode())],
            "client": ("127.0.0.1", 50000), "server": ("localhost", 80),
        }  # fmt: skip
        status, headers, content = asyncio.run(self._answered(scope, body))
        # There is one request at a time, so the server is never too busy; but a query may take too long.
        assert 200 <= status < 500 or b"#time" in content, f"{status}: {content[:300]!r}"
        kind = headers.get("content-type", "")
        if "json" in kind and scope["method"] != "HEAD" and content and "content-encoding" not in headers:
            for part in content.splitlines() if "lines" in kind or "ndjson" in kind else [content]:
                json.loads(part)
        if scope["method"] in ("PUT", "DELETE") and status < 300:
            self._renew()
        return status < 300

    def _renew(self) -> None:
        if self._index is not None:
            self._index.close()
            shutil.rmtree(self._folder)
        shutil.copytree(self._sound, self._folder)
        self._index = Index.open(self._folder)
        settings = ServerSettings(token=TOKEN, writable=True, metrics=True, rate=0, body=1 << 20)
        self._app = create_app(self._index, settings)

    async def _answered(self, scope: dict[str, Any], body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Give a request to the application; return the status, the headers and the body of the answer."""
        waiting = [{"type": "http.request", "body": body, "more_body": False}]
        sent: list[dict[str, Any]] = []
        done = asyncio.Event()

        async def receive() -> dict[str, Any]:
            if waiting:
                return waiting.pop()
            await done.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        try:
            await self._app(scope, receive, send)
        finally:
            done.set()
        start, *parts = sent
        assert start["type"] == "http.response.start" and parts and not parts[-1].get("more_body")
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in start["headers"]}
        return start["status"], headers, b"".join(part.get("body", b"") for part in parts)


def _headers(lines: list[bytes]) -> list[tuple[bytes, bytes]]:
    found = []
    for line in lines[:_MOST_HEADERS]:
        name, colon, value = line.partition(b":")
        if colon and name.strip() and name.strip().lower() not in (b"host", b"content-length"):
            found.append((name.strip().lower(), value.strip()))
    if not any(name == b"authorization" for name, _ in found):
        found.append((b"authorization", f"Bearer {TOKEN}".encode()))
    return found
