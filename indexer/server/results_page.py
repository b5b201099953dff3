"""The page of results: what was found, how the query was read, the hits and the filters."""

from collections.abc import Callable

from .. import IndexStatus, Results
from .elements import Html, element, joined
from .facet_panel import active_filters, facet_panel
from .page_frame import json_link, message, other_language, page, problem
from .page_search import Answer
from .page_state import PAGE_SIZE, PageState
from .page_words import Words
from .result_list import bdi, hit_list
from .source_links import SourceFiles


def results_page(answer: Answer, status: Callable[[], IndexStatus], state: PageState, files: SourceFiles) -> str:
    """Return the page for an answer.

    Args:
        answer: What was found.
        status: Returns the contents of the index, for the page without a query.
        state: The state of the page as its URL has it, which may have dates that `answer` leaves aside.
        files: The files of the hits that may be had.
    """
    words = Words(state.language)
    shown = _results(answer, status, words, files)
    filters = None
    if answer.counts:
        toggle = element(
            "button",
            words("filters"),
            type="button",
            class_="filters-toggle needs-script",
            aria_expanded="false",
            aria_controls="filters",
        )
        filters = [toggle, facet_panel(answer, words)]
    main = element("div", shown, filters, id="answer", class_="answer")
    return page(
        state,
        words,
        main,
        title=state.query,
        json_url=answer.state.json_url(answer.counts),
        address=other_language(state).url(first=state.first),
    )


def similar_page(
    results: Results, passage_id: str, state: PageState, address: str, json_url: str, files: SourceFiles
) -> str:
    """Return the page of the passages that are similar to one."""
    words = Words(state.language)
    title = element("h1", words("similar.to"), id="results-title", tabindex="-1")
    said = element("p", bdi(passage_id), class_="place")
    hits = hit_list(results.hits, state, words, files) if results.hits else element("p", words("found.none"))
    shown = element("section", title, said, hits, json_link(json_url, words), class_="results")
    main = element("div", shown, id="answer", class_="answer single")
    return page(state, words, main, title=words("similar"), json_url=json_url, address=address)


def _results(answer: Answer, status: Callable[[], IndexStatus], words: Words, files: SourceFiles) -> Html:
    state, results = answer.state, answer.results
    parts: list[Html | None] = []
    if results is None:
        parts.append(problem(*(answer.problem or ("failed", "")), words))
    elif not state.query and not state.is_filtered:
        parts.append(_archive(status(), words))
    else:
        last = state.first + len(results) - 1
        parts += [
            _heading(results, state, words),
            _reading(answer, results, words),
            active_filters(state, words),
            hit_list(results.hits, state, words, files) if results.hits else _nothing(words),
            _pages(results, state, last, words),
        ]
    parts.append(json_link(state.json_url(answer.counts), words))
    return element("section", parts, class_="results", aria_labelledby="results-title")


def _archive(status: IndexStatus, words: Words) -> Html:
    counts = words("archive", documents=words.number(status.documents), passages=words.number(status.passages))
    return element(
        "div",
        element("h1", words("tagline"), id="results-title", tabindex="-1"),
        element("p", counts),
        element("p", words("help.spelling"), class_="hint"),
        class_="welcome",
    )


def _heading(results: Results, state: PageState, words: Words) -> Html:
    kind = state.grouping
    key = f"found.one.{kind}" if results.total == 1 else f"found.{kind}"
    found = words(key, total=words.number(results.total)) if results.total else words("found.none")
    return element(
        "div",
        element("h1", found, id="results-title", tabindex="-1"),
        element("div", _choices(state, words), class_="choices"),
        class_="heading",
    )


def _choices(state: PageState, words: Words) -> list[Html]:
    """Return the boxes for the order and the grouping, which belong to the form of the search box."""
    boxes = []
    for name, values, chosen in (
        ("sort", ("score", "date", "document"), state.sort),
        ("by", ("passage", "document"), state.by),
    ):
        options = [
            element("option", words(f"{name}.{value}"), value=value, selected=value == chosen) for value in values
        ]
        choice = element("select", options, id=f"choice-{name}", name=name, form="search")
        boxes.append(element("label", element("span", words(name)), choice))
    return [*boxes, element("button", words("apply"), form="search", class_="apply")]


def _reading(answer: Answer, results: Results, words: Words) -> Html | None:
    """Return how the query was read: corrections, other queries that may have been meant, and notes."""
    state, lines = answer.state, []
    corrected = results.corrected_query
    if corrected is not None:
        used = element("a", element("strong", bdi(corrected)), href=state.url(query=corrected))
        lines.append(element("p", words("corrected"), " ", used, class_="corrected"))
    added = [word for one in results.corrections if one.is_addition for word in one.used]
    if added:
        said = _listed([element("strong", bdi(word)) for word in added], words)
        start = words("corrected.also") if corrected is not None else words("corrected")
        lines.append(element("p", start, " ", said, class_="corrected"))
    if corrected is not None or added:
        typed = element("a", bdi(state.query), href=state.url(exact=True))
        lines.append(element("p", words("corrected.instead"), " ", typed, class_="instead"))
    if answer.did_you_mean:
        links = [element("a", bdi(query), href=state.url(query=query)) for query in answer.did_you_mean]
        lines.append(element("p", words("meant"), " ", _listed(links, words), class_="meant"))
    notes = [element("li", message(note, words)) for note in results.notes]
    if notes:
        lines.append(element("div", element("span", words("notes")), element("ul", notes), class_="notes"))
    return element("div", lines, class_="reading") if lines else None


def _listed(items: list[Html], words: Words) -> Html:
    return joined([joined(f" {words('or')} " if place else None, item) for place, item in enumerate(items)])


def _nothing(words: Words) -> Html:
    return element("p", words("found.none.hint"), class_="hint")


def _pages(results: Results, state: PageState, last: int, words: Words) -> Html | None:
    more = results.total > last + sum(hit.copies for hit in results)
    if not results.hits or (state.first == 1 and not more):
        return None
    first, end, total = (words.number(number) for number in (state.first, last, results.total))
    back = state.url(first=max(1, state.first - PAGE_SIZE))
    links = [
        element("a", words("previous"), href=back, rel="prev") if state.first > 1 else None,
        element("span", words("found.range", first=first, last=end, total=total)),
        element("a", words("next"), href=state.url(first=last + 1), rel="next") if more else None,
    ]
    return element("nav", links, class_="pages", aria_label=words("pages"))
