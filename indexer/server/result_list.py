"""The list of hits: where each is from, its text with the words that were found, and what can be done with it."""

import re

from .. import Hit
from ..meta import MetaValue
from .elements import Html, element, joined
from .page_state import DocumentState, PageState, number_of, similar_url
from .page_words import Words
from .source_links import SourceFiles, source_url

_SHORT_LINE = 60
"""Characters. Lines of verse, of a chat or of a table are shorter than those that were broken to fit a page."""


def hit_list(hits: list[Hit], state: PageState, words: Words, files: SourceFiles) -> Html:
    """Return the hits as a list."""
    return element(
        "ol",
        [element("li", hit_article(hit, state, words, files)) for hit in hits],
        class_="hits",
        start=str(state.first),
    )


def hit_article(hit: Hit, state: PageState, words: Words, files: SourceFiles) -> Html:
    """Return a hit: its document, its place there, its text and the links and buttons below it."""
    number = number_of(hit.id)
    document = DocumentState(hit.document, search=state).url(number)
    title = element("a", bdi(hit.title or hit.document), href=document, class_="title")
    return element(
        "article",
        element("h2", title),
        element("p", place(hit, words), class_="place"),
        element("div", class_="around before", hidden=True),
        passage_text(hit, part="snippet"),
        element("div", class_="around after", hidden=True),
        element("p", _actions(hit, document, state, words, files), class_="actions"),
        class_="hit",
        id=f"hit-{hit.rank}" if hit.rank else None,
        data_passage=hit.id,
    )


def _actions(hit: Hit, document: str, state: PageState, words: Words, files: SourceFiles) -> list[Html | None]:
    less, more = words("around.less"), words("around")
    return [
        element(
            "button",
            more,
            type="button",
            class_="unfold needs-script",
            aria_expanded="false",
            data_more=more,
            data_less=less,
            data_failed=words("failed.network"),
        ),
        element("a", words("whole"), href=document),
        element("a", words("similar"), href=similar_url(hit.id, state)),
        source_link(hit, words, files),
        cite_button(hit, words),
    ]


def source_link(hit: Hit, words: Words, files: SourceFiles) -> Html | None:
    """Return the link into the file that a passage is from, or None if it may not be had."""
    address = source_url(hit, files)
    if address is None:
        return None
    if hit.time and hit.document in files.recordings:
        label = words("source.time", time=words.digits(hit.time))
    else:
        label = words("source.page", page=words.digits(str(hit.page)))
    return element("a", label, href=address, class_="source", target="_blank", rel="noopener")


def cite_button(hit: Hit, words: Words) -> Html:
    """Return the button that copies the citation of a passage."""
    return element(
        "button",
        words("cite"),
        type="button",
        class_="cite needs-script",
        data_citation=citation(hit, words),
        data_copied=words("copied"),
        data_failed=words("copy.failed"),
    )


def passage_text(hit: Hit, part: str = "text") -> Html:
    """Return the text of a passage, or the part of it to show, with the words that were found marked."""
    # `highlighted` escapes each piece of the text by itself.
    marked = Html(hit.highlighted(part="snippet" if part == "snippet" else "text"))
    return element("p", marked, class_=text_class(hit.text), dir="auto")


def text_class(text: str) -> str:
    """Return the classes of a text: those with short lines, such as verse, keep their lines."""
    lines = [line for line in text.splitlines() if line.strip()]
    return "text lines" if len(lines) > 1 and max(map(len, lines)) <= _SHORT_LINE else "text"


def place(hit: Hit, words: Words) -> list[Html]:
    """Return where a passage is from: date, heading, speaker, page, time and collection, each as an element."""
    parts = [
        hit.date and element("time", words.date(hit.date), datetime=hit.date.gregorian),
        hit.collection and element("span", bdi(hit.collection), class_="collection"),
        hit.heading and element("span", bdi(hit.heading), class_="heading"),
        hit.speaker and element("span", bdi(hit.speaker), class_="speaker"),
        hit.page and element("span", words("page", page=words.digits(str(hit.page)))),
        hit.time and element("span", bdi(words.digits(hit.time)), class_="clock"),
        hit.copies and element("span", _copies(hit.copies, words)),
    ]
    shown = [part for part in parts if part]
    return [joined(" ", part) if number else part for number, part in enumerate(shown)]


def _copies(copies: int, words: Words) -> str:
    return words("copies.one") if copies == 1 else words("copies", count=words.number(copies))


def citation(hit: Hit, words: Words) -> str:
    """Return a citation of a passage: author, title, speaker, date, page or time, and the id that finds it again."""
    title = re.sub(r"\s+", " ", hit.title or hit.document)
    author = hit.meta.get("author")
    parts = [
        meta_text(author, words) if author else None,
        f"«{title}»" if words.language == "fa" else f"“{title}”",
        hit.speaker,
        hit.date and words.date(hit.date),
        hit.page and words("page", page=words.digits(str(hit.page))),
        hit.time and words("time", time=words.digits(hit.time)),
    ]
    return f"{_comma(words).join(part for part in parts if part)} [{hit.id}]"


def meta_text(value: MetaValue, words: Words) -> str:
    """Return a value of a document's metadata as it is shown."""
    return _comma(words).join(value) if isinstance(value, tuple) else str(value)


def _comma(words: Words) -> str:
    return "، " if words.language == "fa" else ", "


def bdi(text: str) -> Html:
    """Return a text of unknown direction, apart from what is around it."""
    return element("bdi", text)
