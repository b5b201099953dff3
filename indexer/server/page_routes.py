"""The routes of the page: the search, a document, similar passages, the help, and the files of the page."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from .. import BadInput, BeyondLimit, Index
from .document_page import document_page
from .elements import element
from .help_page import help_page
from .page_frame import page, problem
from .page_search import answer, document_hits
from .page_state import DocumentState, PageState, similar_url
from .page_words import Words
from .results_page import results_page, similar_page

STATIC = Path(__file__).parent / "static"
"""The folder of the files that the page is made of."""

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; "
    "media-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What a browser may load for the page, from this server alone, and run: no script or style that stands in HTML."""

_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}


def page_routes(index: Callable[[], Index]) -> list[BaseRoute]:
    """Return the routes of the page.

    Args:
        index: Returns the index that is searched.
    """

    def home(request: Request) -> Response:
        state = PageState.of(request.query_params.multi_items())
        found = answer(index(), state)
        text = results_page(found, index().status, state)
        return _html(text, 200 if found.problem is None else 400)

    def document(request: Request) -> Response:
        state = DocumentState.of(request.query_params.multi_items())
        stored = index().get(state.key)
        if stored is None or not stored.passages:
            return _failure(state.search, "failed.missing", state.key)
        return _html(document_page(stored, document_hits(index(), state.key, state.search), state))

    def similar(request: Request) -> Response:
        state = PageState.of(request.query_params.multi_items())
        passage_id = request.query_params.get("id", "")
        try:
            results = index().similar(passage_id)
        except BadInput:
            return _failure(state, "failed.passage", passage_id)
        other = PageState(language="fa" if state.language == "en" else "en")
        json_url = f"/api/similar?{urlencode({'id': passage_id})}"
        return _html(similar_page(results, passage_id, state, similar_url(passage_id, other), json_url))

    def how(request: Request) -> Response:
        return _html(help_page(PageState.of(request.query_params.multi_items())))

    return [
        Route("/", _guarded(home)),
        Route("/document", _guarded(document)),
        Route("/similar", _guarded(similar)),
        Route("/help", how),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]


def _guarded(handler: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """Return a handler that answers a search beyond the limits with a page that says so."""

    def handle(request: Request) -> Response:
        try:
            return handler(request)
        except BeyondLimit as error:
            return _failure(PageState.of(request.query_params.multi_items()), "failed.limit", str(error), status=503)

    return handle


def _failure(state: PageState, key: str, message: str, *, status: int = 404) -> Response:
    words = Words(state.language)
    main = element("div", problem(key, message, words), id="answer", class_="answer single")
    return _html(page(state, words, main, title=words("failed")), status)


def _html(text: str, status: int = 200) -> Response:
    return HTMLResponse(text, status, _HEADERS)
