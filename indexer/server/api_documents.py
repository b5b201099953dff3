"""The addresses of the API that read: documents, passages with their neighbours, and what is in the index."""

from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from typing import Any

from .. import StoredDocument, result_dicts
from ..limits import check
from .api_search import MOST_CONTEXT
from .conditions import CONDITIONS, conditions
from .endpoint import Answered, Endpoint, Served, found_passage, of_one_commit
from .parameters import Parameter
from .problems import Problem
from .schemas import DOCUMENT, DOCUMENTS, PASSAGE, STATUS

_KEY = "The key of the document, as a hit has it in `document`."
_ID = "The id of the passage, as a hit has it in `id`."

_OF_PAGE = (
    Parameter("from", "The number of the first passage to return, from 1.", "count", 1, least=1, most=100_000_000),
    Parameter("limit", "The number of passages to return, at most.", "count", 100, most=1_000),
    Parameter("q", "A query whose words are marked in the passages: adds `highlights` to each that it finds."),
)

_CONTEXT = Parameter("context", "How many passages before and after it to return, too.", "count", 0, most=MOST_CONTEXT)


def document(served: Served, given: Answered) -> dict[str, Any]:
    """Return a document with a page of its passages."""
    if given["q"]:
        return of_one_commit(served.index, lambda: _document(served, given))
    return _document(served, given)


def _document(served: Served, given: Answered) -> dict[str, Any]:
    stored = served.index.get(given["key"])
    if stored is None:
        raise Problem("not-found", f"no document {given['key']!r}", "give a key as a hit shows it in `document`")
    found = _without_paths(stored.to_dict())
    first = given["from"]
    shown = stored.passages[first - 1 : first - 1 + given["limit"]]
    marks = _highlights(served, given) if given["q"] else {}
    passages = [result_dicts.passage_dict(one) for one in shown]
    for one in passages:
        if one["id"] in marks:
            one["highlights"] = marks[one["id"]]
    more: dict[str, Any] = {"query": given["q"], "found": list(marks)} if given["q"] else {}
    return found | {"first": first} | more | {"passages": passages}


def _highlights(served: Served, given: Answered) -> dict[str, list[list[int]]]:
    """Return the marks of a query in the passages of a document that it finds, by the ids of these."""
    results = served.index.search(
        given["q"],
        served.settings.limits.depth,
        sort="document",
        where={"document": given["key"]},
        collapse=False,
        limits=served.settings.limits,
    )
    return {hit.id: [list(span) for span in hit.highlights] for hit in results}


def _without_paths(found: dict[str, Any]) -> dict[str, Any]:
    """Return a document without its passages, and without the path that its file has on this machine."""
    return {name: value for name, value in found.items() if name not in ("source", "passages")}


def passage(served: Served, given: Answered) -> dict[str, Any]:
    """Return a passage, with its neighbours if they are asked for."""
    return result_dicts.passage_dict(found_passage(served, given["id"], given["context"]))


def found_documents(
    served: Served, given: Answered, first: int = 1, *, passages: bool = False
) -> Iterator[StoredDocument]:
    """Yield the documents that a pattern and conditions ask for; a deadline holds between any two."""
    where = conditions(given, served.index.fields)
    for document in served.index.documents(given["pattern"], where=where, first=first, passages=passages):
        check()
        yield document


def documents(served: Served, given: Answered) -> dict[str, Any]:
    """Return a page of the list of documents."""
    first, limit = given["from"], given["limit"]
    found = list(islice(found_documents(served, given, first), limit + 1))
    return {
        "first": first,
        "is_last": len(found) <= limit,
        "documents": [_without_paths(one.to_dict()) for one in found[:limit]],
    }


def status(served: Served, _given: Answered) -> dict[str, Any]:
    """Return the contents of the index in numbers."""
    found = asdict(served.last_status.of(served.index))
    del found["path"]  # and `skipped` names files of this machine
    return found | {"skipped": len(found["skipped"]), "commit": served.index.commit}


ENDPOINTS = (
    Endpoint(
        "/api/documents",
        "list_documents",
        "List the documents in the order of their keys.",
        (
            Parameter("pattern", "The keys of the documents; a `*` stands for any characters.", default="*"),
            *CONDITIONS,
            Parameter("from", "The place of the first one to return, from 1.", "count", 1, least=1, most=100_000_000),
            Parameter("limit", "The number of documents to return, at most.", "count", 100, most=1_000),
        ),
        documents,
        DOCUMENTS,
    ),
    Endpoint(
        "/api/documents/{key}",
        "get_document",
        "Return a document with a page of its passages.",
        (Parameter("key", _KEY, place="path", example="talks/water.txt"), *_OF_PAGE),
        document,
        DOCUMENT,
    ),
    Endpoint(
        "/api/document",
        "get_document_by_key",
        "Return a document, as `/api/documents/{key}` does, for keys that no path can hold (`../a.txt`).",
        (Parameter("key", _KEY, required=True, example="../talks/water.txt"), *_OF_PAGE),
        document,
        DOCUMENT,
    ),
    Endpoint(
        "/api/passages/{id}",
        "get_passage",
        "Return a passage, with its neighbours if they are asked for.",
        (Parameter("id", _ID, place="path", example="talks/water.txt#6"), _CONTEXT),
        passage,
        PASSAGE,
    ),
    Endpoint(
        "/api/passage",
        "get_passage_by_id",
        "Return a passage, as `/api/passages/{id}` does, for ids that no path can hold.",
        (Parameter("id", _ID, required=True, example="../talks/water.txt#6"), _CONTEXT),
        passage,
        PASSAGE,
    ),
    Endpoint("/api/status", "status", "Return the contents of the index in numbers.", (), status, STATUS),
)
