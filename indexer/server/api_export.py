"""The address of the API from which hits, or all passages, are streamed as JSON lines."""

import json
import zlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any

from starlette.responses import StreamingResponse

from .. import result_dicts
from .api_documents import found_documents
from .api_search import SEARCH, results
from .endpoint import Answered, Endpoint, Served
from .parameters import Parameter
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
    for document in found_documents(served, given):
        stored = served.index.get(document.key)
        if stored is not None:  # a commit since then may have removed it
            yield from map(result_dicts.passage_dict, stored.passages)


ENDPOINT = Endpoint(
    "/api/export",
    "export",
    "Stream the hits of a query, or all passages, as JSON lines.",
    _PARAMETERS,
    lines_of,
    LINES,
    media_type=MEDIA_TYPE,
)


async def streamed(served: Served, threads: WorkerThreads, given: Answered, zipped: bool) -> StreamingResponse:
    """Return an answer that is made as the client takes it.

    Args:
        served: What is answered from.
        threads: The threads that make the lines.
        given: The parameters.
        zipped: True to compress it.
    """
    # The first lines are made before the answer begins, so that an error can still be the answer.
    lines, first = await threads.run(partial(_begun, served, given))
    headers = {"Cache-Control": "no-store", "Vary": "Accept-Encoding"}
    if zipped:
        headers["Content-Encoding"] = "gzip"
    return StreamingResponse(_chunks(threads, lines, first, zipped), 200, headers, MEDIA_TYPE)


def _begun(served: Served, given: Answered) -> tuple[Lines, bytes]:
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
