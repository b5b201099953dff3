"""The page of a document: all its passages, those that match the query marked, and a way from hit to hit."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .. import Hit, StoredDocument
from .elements import Html, element
from .facet_panel import facet_name
from .page_frame import hidden_inputs, json_link, other_language, page
from .page_state import DocumentState, PageState, anchor, number_of
from .page_words import Words
from .result_list import bdi, cite_button, meta_text, passage_text, place, source_link
from .source_links import SourceFiles

PART = 200
"""The number of passages that are shown at once. A longer document comes in parts."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A hit in a document: where it is among all hits, and the URLs of the hits beside it."""

    number: int
    count: int
    previous: str | None
    next: str | None


def document_page(
    document: StoredDocument, found: Sequence[Hit] | None, state: DocumentState, files: SourceFiles
) -> str:
    """Return the page of a document.

    Args:
        document: The document with its passages.
        found: The passages of it that match the query, in the order of the text; None without a query.
        state: The state of the page.
        files: The files of the document that may be had.
    """
    words = Words(state.search.language)
    hits = {hit.id: hit for hit in found} if found else {}
    start = _start(document.passages, state, found)
    main = element(
        "article",
        _head(document, state, words),
        _hit_bar(found, state, words) if found is not None else None,
        _passages(document.passages[start : start + PART], hits, _places(list(hits), state), words, files),
        _parts(document.passages, start, state, words),
        json_link(state.json_url(), words, "json.document"),
        id="answer",
        class_="document",
    )
    return page(
        state.search,
        words,
        main,
        title=document.title or document.key,
        json_url=state.json_url(),
        address=replace(state, search=other_language(state.search)).url(state.passage),
    )


def _start(passages: Sequence[Hit], state: DocumentState, found: Sequence[Hit] | None) -> int:
    """Return the place at which the part begins that has the passage of the URL, or else the first hit."""
    wanted = state.passage or (number_of(found[0].id) if found else "")
    place = next((place for place, one in enumerate(passages) if number_of(one.id) == wanted), 0)
    return place // PART * PART


def _head(document: StoredDocument, state: DocumentState, words: Words) -> Html:
    search = state.search
    back = element("a", words("document.back"), href=search.url(first=search.first), class_="back")
    first = document.passages[0]
    about = replace(first, heading=None, speaker=None, page=None, time=None)
    box = element(
        "input", type="search", name="q", value=search.query, aria_label=words("document.search"), dir="auto",
        placeholder=words("document.search"), class_="within", autocomplete="off",
    )  # fmt: skip
    within = element(
        "form",
        element("input", type="hidden", name="key", value=state.key),
        hidden_inputs(PageState(language=search.language)),
        box,
        element("button", words("search")),
        action="/document",
        method="get",
        class_="within",
    )
    return element(
        "header",
        element("p", back) if search.query or search.is_filtered else None,
        element("h1", bdi(document.title or document.key), id="results-title", tabindex="-1"),
        element("p", place(about, words), class_="place"),
        _meta(first, words),
        within,
        class_="document-head",
    )


def _meta(passage: Hit, words: Words) -> Html | None:
    """Return what else is known of a document, as the index has it."""
    rows = [
        element("div", element("dt", facet_name(name, words)), element("dd", bdi(meta_text(value, words))))
        for name, value in passage.meta.items()
    ]
    return element("dl", rows, class_="meta") if rows else None


def _hit_bar(found: Sequence[Hit], state: DocumentState, words: Words) -> Html:
    count = len(found)
    key = "document.hits" if count else "document.hits.none"
    said = element("span", words(key, count=words.number(count), query=state.search.query), class_="count")
    links = None
    if count:
        first, last = (state.url(number_of(found[place].id)) for place in (0, -1))
        links = [
            element("a", words("document.previous"), href=last, class_="hit-previous", aria_keyshortcuts="p"),
            element("a", words("document.next"), href=first, class_="hit-next", aria_keyshortcuts="n"),
        ]
    return element(
        "div", said, element("nav", links, aria_label=words("document.next")) if links else None, class_="hit-bar"
    )


def _places(ids: list[str], state: DocumentState) -> dict[str, _Place]:
    urls = [state.url(number_of(one)) for one in ids]
    around = [None, *urls, None]
    return {one: _Place(number, len(ids), around[number - 1], around[number + 1]) for number, one in enumerate(ids, 1)}


def _passages(
    passages: Sequence[Hit], hits: dict[str, Hit], places: dict[str, _Place], words: Words, files: SourceFiles
) -> list[Html]:
    """Return the passages, with what is new of each before it: the heading, the page, the speaker, the time."""
    shown: list[Html] = []
    heading = speaker = None
    page_number: int | None = None
    for one in passages:
        if one.heading and one.heading != heading:
            shown.append(element("h2", bdi(one.heading)))
        if one.page and one.page != page_number:
            shown.append(element("p", words("page", page=words.digits(str(one.page))), class_="mark-page"))
        links = _links(one, places.get(one.id), words, files) if one.id in hits else None
        said = None
        is_new = one.speaker != speaker or one.heading != heading
        # Some transcripts name the speaker in each passage.
        if one.speaker and is_new and not one.text.lstrip().startswith(one.speaker):
            said = element("p", bdi(one.speaker), class_="speaker")
        heading, speaker, page_number = one.heading, one.speaker, one.page or page_number
        shown.append(_passage(one, hits.get(one.id), said, links, words))
    return shown


def _passage(one: Hit, hit: Hit | None, said: Html | None, links: Html | None, words: Words) -> Html:
    clock = element("span", bdi(words.digits(one.time)), class_="clock") if one.time else None
    return element(
        "div",
        said,
        clock,
        passage_text(hit or one),
        links,
        id=anchor(number_of(one.id)),
        class_="passage found" if hit else "passage",
        tabindex="-1" if hit else None,
    )


def _links(one: Hit, place: _Place | None, words: Words, files: SourceFiles) -> Html | None:
    """Return the links below a hit: to those beside it, and into the source."""
    if place is None:
        return None
    number = words("document.hit", number=words.number(place.number), count=words.number(place.count))
    beside = [
        element("a", words(key), href=address, aria_label=words(f"document.{key}"), class_=f"to-{key}")
        for key, address in (("previous", place.previous), ("next", place.next))
        if address
    ]
    links = [element("span", number, class_="count"), *beside, source_link(one, words, files), cite_button(one, words)]
    return element("p", links, class_="actions")


def _parts(passages: Sequence[Hit], start: int, state: DocumentState, words: Words) -> Html | None:
    total = len(passages)
    if total <= PART:
        return None
    end = min(start + PART, total)
    first, last, of = (words.number(number) for number in (start + 1, end, total))

    def link(place: int, key: str) -> Html:
        return element("a", words(key), href=state.url(number_of(passages[place].id)))

    return element(
        "nav",
        link(start - PART, "previous") if start else None,
        element("span", words("document.part", first=first, last=last, total=of)),
        link(end, "next") if end < total else None,
        class_="pages",
        aria_label=words("document.parts"),
    )
