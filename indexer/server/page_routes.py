"""The routes of the page: the search, a document, similar passages, the help, and the files of the page."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from .. import BadInput, Hit, JooyaError, StoredDocument
from .answers import accepts_gzip, is_known, packed
from .document_page import document_page
from .elements import element
from .endpoint import OfLastCommit, Served, of_one_commit
from .help_page import help_page
from .page_frame import other_language, page, problem
from .page_search import Answer, answer, document_hits
from .page_state import DocumentState, PageState, similar_url
from .page_words import Words
from .problems import KINDS, Problem, problem_of
from .results_page import results_page, similar_page
from .source_links import files_of
from .worker_threads import WorkerThreads

STATIC = Path(__file__).parent / "static"
"""The folder of the files that the page is made of."""

_HEADERS = {"Cache-Control": "private, no-cache", "Vary": "Accept-Encoding"}

Drawn = tuple[str, int]
"""A page, and the status with which it is sent."""

Handler = Callable[[Served, Request], Drawn]


class _PageFiles(StaticFiles):
    """The files of the page. A browser asks for them again, since those of another version would not fit the page."""

    def file_response(self, *arguments: Any, **named: Any) -> Response:
        """Return the answer with a file."""
        response = super().file_response(*arguments, **named)
        response.headers["Cache-Control"] = "private, no-cache"
        return response


def page_routes(served: Served, threads: WorkerThreads) -> list[BaseRoute]:
    """Return the routes of the page.

    Args:
        served: What the page is drawn from.
        threads: The threads that draw it.
    """
    # The page that everybody opens first counts all passages: once for each commit.
    everything = OfLastCommit(lambda index: answer(index, PageState(), served.settings.limits))
    handlers: dict[str, Handler] = {
        "/": partial(_home, everything),
        "/document": _document,
        "/similar": _similar,
        "/help": _how,
    }
    routes: list[BaseRoute] = [
        Route(path, _endpoint(handler, served, threads), methods=["GET"]) for path, handler in handlers.items()
    ]
    return [*routes, Mount("/static", GZipMiddleware(_PageFiles(directory=STATIC)))]


def _home(everything: OfLastCommit[Answer], served: Served, request: Request) -> Drawn:
    state = PageState.of(request.query_params.multi_items())
    if state.is_filtered:  # which takes several searches
        found = of_one_commit(served.index, lambda: answer(served.index, state, served.settings.limits))
    elif state.query:
        found = answer(served.index, state, served.settings.limits)
    else:
        found = replace(everything.of(served.index), state=state)
    files = files_of(served, found.results or ())
    text = results_page(found, partial(served.last_status.of, served.index), state, files)
    return text, found.status


def _document(served: Served, request: Request) -> Drawn:
    state = DocumentState.of(request.query_params.multi_items())

    def read() -> tuple[StoredDocument | None, list[Hit] | None]:
        stored = served.index.get(state.key)
        return stored, document_hits(served.index, state.key, state.search, served.settings.limits)

    stored, hits = of_one_commit(served.index, read) if state.search.query else read()
    if stored is None or not stored.passages:
        return _failure(state.search, "failed.missing", state.key, 404)
    return document_page(stored, hits, state, files_of(served, stored.passages)), 200


def _similar(served: Served, request: Request) -> Drawn:
    state = PageState.of(request.query_params.multi_items())
    passage_id = request.query_params.get("id", "")
    try:
        results = served.index.similar(passage_id, limits=served.settings.limits)
    except BadInput:
        return _failure(state, "failed.passage", passage_id, 404)
    json_url = f"/api/similar?{urlencode({'id': passage_id}, errors='replace')}"
    address, files = similar_url(passage_id, other_language(state)), files_of(served, results)
    return similar_page(results, passage_id, state, address, json_url, files), 200


def _how(_served: Served, request: Request) -> Drawn:
    return help_page(PageState.of(request.query_params.multi_items())), 200


def _failure(state: PageState, key: str, message: str, status: int) -> Drawn:
    words = Words(state.language)
    main = element("div", problem(key, message, words), id="answer", class_="answer single")
    return page(state, words, main, title=words("failed")), status


def _endpoint(handler: Handler, served: Served, threads: WorkerThreads) -> Callable[[Request], Awaitable[Response]]:
    """Return what answers a request with the page that a handler draws in a thread."""

    async def answer_request(request: Request) -> Response:
        request.scope["jooya.address"] = request.url.path
        try:
            return await threads.run(partial(_response, handler, served, request))
        except (Problem, JooyaError, OSError) as error:
            told = problem_of(error)
            key = "failed.limit" if told.kind in ("beyond-limit", "time", "busy") else "failed"
            state = PageState.of(request.query_params.multi_items())
            text, status = _failure(state, key, told.detail, KINDS[told.kind].status)
            return Response(text, status, {**_HEADERS, **told.headers}, "text/html")

    return answer_request


def _response(handler: Handler, served: Served, request: Request) -> Response:
    text, status = handler(served, request)
    body = text.encode()
    # A page says more than the commit: the version of Jooya draws it, too. So its tag is a digest of all of it.
    headers = {**_HEADERS, "ETag": f'W/"{blake2b(body, digest_size=12).hexdigest()}"'}
    if is_known(headers["ETag"], request.headers.get("if-none-match", "")):
        return Response(None, 304, headers)
    return packed(body, status, headers, "text/html", zipped=accepts_gzip(request))
