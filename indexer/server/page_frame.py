"""The frame of every page: its head, the search box, and the links at its end."""

from dataclasses import replace

from .elements import Child, Html, element, joined
from .page_messages import in_persian
from .page_state import FILTER, PageState
from .page_words import LANGUAGES, Words

_FILES = "/static"
_MODULES = ("navigation", "completions", "hits", "keys", "help", "calendar")


def page(
    state: PageState, words: Words, main: Child, *, title: str = "", json_url: str | None = None, address: str = "/"
) -> str:
    """Return a page.

    Args:
        state: The state of the search; what the search box holds.
        words: The words of its language.
        main: What is in it, between the search box and its end.
        title: The title of the page, before the name of the program.
        json_url: The URL of the same as JSON.
        address: The URL of the page in the other language.
    """
    head = [
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", f"{title} · {words('name')}" if title else f"{words('name')} · {words('tagline')}"),
        element(
            "link", rel="preload", href=f"{_FILES}/vazirmatn.woff2", as_="font", type="font/woff2", crossorigin=True
        ),
        element("link", rel="stylesheet", href=f"{_FILES}/page.css"),
        element("link", rel="icon", href=f"{_FILES}/icon.svg", type="image/svg+xml"),
        element("link", rel="alternate", type="application/json", href=json_url) if json_url else None,
        element("script", src=f"{_FILES}/theme.js"),
        [element("link", rel="modulepreload", href=f"{_FILES}/{name}.js") for name in _MODULES],
        element("script", src=f"{_FILES}/page.js", type="module"),
    ]
    body = [
        element("a", words("skip"), href="#main", class_="skip"),
        _header(state, words, address),
        element("main", main, id="main", tabindex="-1"),
        element("p", id="status", role="status", class_="unseen", data_failed=words("failed.network")),
        element("dialog", id="help", aria_label=words("help.title"), data_close=words("close")),
        _date_words(words),
    ]
    root = element("html", element("head", head), element("body", body), lang=words.language, dir=words.direction)
    return f"<!doctype html>\n{root}\n"


def _header(state: PageState, words: Words, address: str) -> Html:
    home = PageState(language=state.language).url()
    other = LANGUAGES[0] if words.language == LANGUAGES[1] else LANGUAGES[1]
    links = [
        element("a", words("help"), href=_help_url(state), class_="help-link", aria_keyshortcuts="?"),
        element("button", words("theme"), type="button", id="theme", class_="needs-script", aria_label=words("theme")),
        element("a", words("language"), href=address, class_="language", lang=other, hreflang=other),
    ]
    return element(
        "header",
        element("a", words("name"), href=home, class_="home"),
        _form(state, words),
        element("nav", links, aria_label=words("name")),
        class_="top",
    )


def _form(state: PageState, words: Words) -> Html:
    box = element(
        "input",
        id="query",
        name="q",
        type="search",
        value=state.query,
        placeholder=words("search.placeholder"),
        aria_label=words("search.label"),
        aria_keyshortcuts="/",
        autocomplete="off",
        autocapitalize="off",
        spellcheck="false",
        enterkeyhint="search",
        dir="auto",
        maxlength=10_000,
    )
    return element(
        "form",
        element("div", box, element("ul", id="completions", aria_label=words("search"), hidden=True), class_="box"),
        element("button", words("search"), class_="go"),
        hidden_inputs(state),
        id="search",
        role="search",
        action="/",
        method="get",
    )


def hidden_inputs(state: PageState) -> Html:
    """Return the parts of a state that a form keeps and does not show: filters and language."""
    pairs = [(FILTER, text) for text in state.conditions]
    pairs += [("lang", state.language)] if state.language != LANGUAGES[0] else []
    inputs = [element("input", type="hidden", name=name, value=value) for name, value in pairs]
    return element("span", inputs, class_="kept", hidden=True)


def _help_url(state: PageState) -> str:
    return "/help" + ("?lang=en" if state.language == "en" else "")


def _date_words(words: Words) -> Html:
    """Return the words that the script needs for choosing a date, where it finds them."""
    keys = ("whole.year", "whole.month", "next.month", "previous.month", "year", "month")
    months = [element("li", words(f"month.{month}")) for month in range(1, 13)]
    labels = {f"data_{key.replace('.', '_')}": words(f"dates.{key}") for key in keys}
    return element("template", element("ol", months), id="date-words", data_close=words("close"), **labels)


def other_language(state: PageState) -> PageState:
    """Return a state in the other language."""
    return replace(state, language="fa" if state.language == "en" else "en")


def json_link(address: str, words: Words, key: str = "json") -> Html:
    """Return the link at the end of a page to the same as JSON."""
    return element("p", element("a", words(key), href=address, type="application/json"), class_="json")


def message(english: str, words: Words) -> Html:
    """Return what Jooya says of a query, in the language of the page if that is known."""
    said = in_persian(english, words) if words.language == "fa" else english
    return element("bdi", english, lang="en", dir="ltr") if said is None else element("bdi", said)


def problem(key: str, said_in_english: str, words: Words) -> Html:
    """Return what is shown in place of an answer that could not be had."""
    said = element("p", message(said_in_english, words), class_="said") if said_in_english else None
    return joined(element("div", element("p", words(key)), said, class_="problem", role="alert"))
