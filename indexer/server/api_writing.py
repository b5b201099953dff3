"""The addresses of the API that change documents, for those who have the token."""

import json
from collections.abc import Mapping
from typing import Any

from .. import BadInput, Document
from .endpoint import Answered, Endpoint, Served
from .parameters import Parameter
from .problems import Problem
from .schemas import DOCUMENT_BODY, REMOVED, WRITTEN

_KEY = Parameter("key", "The key of the document.", place="path", example="talks/water.txt")

_WAIT = 5.0  # seconds for another process that is writing


def put(served: Served, given: Answered) -> dict[str, Any]:
    """Add a document, or replace the one that has its key."""
    body: Mapping[str, Any] = given["body"]
    known = DOCUMENT_BODY["properties"]
    for name in body:
        if name not in known:
            raise Problem("bad-document", f"a document has no member {name[:80]!r}", f"there are {', '.join(known)}")
    if not isinstance(body.get("text"), str):
        raise Problem("bad-document", "the document has no text", 'send {"text": "…"}')
    report = served.index.add(Document(given["key"], **body), wait=_WAIT)
    if report.skipped:
        raise BadInput(report.skipped[0])
    outcome = "new" if report.new else "updated" if report.updated else "unchanged"
    return {"key": given["key"], "outcome": outcome, "commit": served.index.commit}


def delete(served: Served, given: Answered) -> dict[str, Any]:
    """Remove a document."""
    if given["key"] not in served.index:  # Index.remove would take it for a pattern
        raise Problem("not-found", f"no document {given['key']!r}", "give a key as a hit shows it in `document`")
    return {"removed": served.index.remove(given["key"], wait=_WAIT), "commit": served.index.commit}


def read_body(body: bytes, media_type: str) -> dict[str, Any]:
    """Return the object that the body of a request is.

    Raises:
        Problem: It is none.
    """
    if media_type.partition(";")[0].strip().lower() != "application/json":
        raise Problem("media-type", "the body is no JSON", "send it with Content-Type: application/json")
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Problem("bad-document", f"the body is no JSON: {str(error)[:200]}", 'send {"text": "…"}') from None
    if not isinstance(found, dict):
        raise Problem("bad-document", "the body is no JSON object", 'send {"text": "…"}')
    return found


PUT = Endpoint(
    "/api/documents/{key}",
    "put_document",
    "Add a document, or replace the one that has its key.",
    (_KEY,),
    put,
    WRITTEN,
    method="PUT",
    body=DOCUMENT_BODY,
)

DELETE = Endpoint(
    "/api/documents/{key}", "delete_document", "Remove a document.", (_KEY,), delete, REMOVED, method="DELETE"
)
