"""The address of the API from which hits, or all passages, are streamed as JSON lines."""

import json
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any

from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from .. import result_dicts
from ..limits import deadline
from .api_documents import found_documents
from .api_search import SEARCH, results
from .endpoint import Answered, Endpoint, Served
from .parameters import Parameter
from .problems import Problem
from .schemas import LINES
from .worker_threads import WorkerThreads

MEDIA_TYPE = "application/x-ndjson"

Lines = Iterator[dict[str, Any]]
"""Hits or passages as JSON has them."""

_AT_ONCE = 100  # lines that a thread makes before others may have it

_PARAMETERS = (
    *[
        replace(one, required=False, description=f"{one.description} Without it, all passages.")
        if one.name == "q"
        else one
        for one in SEARCH
        if one.name not in ("limit", "from")
    ],
    *[one for one in SEARCH if one.name not in ("q", "limit", "from", "facet")],
    Parameter("pattern", "Without a query: the keys of the documents; a `*` stands for any characters.", default="*"),
)


def lines_of(served: Served, given: Answered) -> Lines:
    """Return the hits of a query, or all passages, in order."""
    if given["q"] is None:
        return _passages(served, given)
    return (hit.to_dict() for hit in results(served, {**given, "from": 1, "facet": ()}, served.settings.limits.depth))


def _passages(served: Served, given: Answered) -> Lines:
    for document in found_documents(served, given, passages=True):
        yield from map(result_dicts.passage_dict, document.passages)


ENDPOINT = Endpoint(
    "/api/export",
    "export",
    "Stream the hits of a query, or all passages, as JSON lines.",
    _PARAMETERS,
    lines_of,
    LINES,
    media_type=MEDIA_TYPE,
)


class Exports:
    """The answers that are streamed: so many at a time, since each holds its hits until its client has taken them."""

    def __init__(self, most: int) -> None:
        """Create the object.

        Args:
            most: The number of answers that may be on their way.
        """
        self._left = most

    async def streamed(self, served: Served, threads: WorkerThreads, given: Answered, zipped: bool) -> Response:
        """Return an answer that is made as the client takes it.

        Args:
            served: What is answered from.
            threads: The threads that make the lines.
            given: The parameters.
            zipped: True to compress it.

        Raises:
            Problem: Too many are on their way.
        """
        if not self._left:
            raise Problem("busy", "too many exports are on their way", "try again later", {"Retry-After": "10"})
        self._left -= 1
        try:
            # The first lines are made before the answer begins, so that an error can still be the answer.
            lines, first = await threads.run(partial(_begun, served, given))
        except BaseException:
            self._release()
            raise
        headers = {"Cache-Control": "no-store", "Vary": "Accept-Encoding"}
        if zipped:
            headers["Content-Encoding"] = "gzip"
        return _Export(_chunks(threads, lines, first, zipped), headers, self._release)

    def _release(self) -> None:
        self._left += 1


class _Export(StreamingResponse):
    """An answer that tells when it is over, however it ends."""

    def __init__(self, chunks: AsyncIterator[bytes], headers: dict[str, str], on_end: Callable[[], None]) -> None:
        super().__init__(chunks, 200, headers, MEDIA_TYPE)
        self._on_end = on_end

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._on_end()


def _begun(served: Served, given: Answered) -> tuple[Lines, bytes]:
    with deadline(served.settings.limits.seconds):
        lines = lines_of(served, given)
        return lines, _chunk(lines)


async def _chunks(threads: WorkerThreads, lines: Lines, chunk: bytes, zipped: bool) -> AsyncIterator[bytes]:
    packer = zlib.compressobj(4, zlib.DEFLATED, 31) if zipped else None
    while chunk:
        yield packer.compress(chunk) if packer else chunk
        chunk = await threads.run(partial(_chunk, lines))
    if packer:
        yield packer.flush()


def _chunk(lines: Lines) -> bytes:
    return b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in islice(lines, _AT_ONCE))
