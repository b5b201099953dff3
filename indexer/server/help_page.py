"""The page that tells how to search, which the script also shows over other pages."""

from .elements import Html, element
from .page_frame import page
from .page_state import PageState
from .page_words import Words

_QUERIES = (
    ("آب کشاورزی", "words"),
    ("«آبیاری قطره‌ای»", "phrase"),
    ('"درخت هرس"~5', "near"),
    ("+قنات -سد", "must"),
    ("(آب OR باران) AND NOT سیل", "boolean"),
    ("کتاب*", "pattern"),
    ("قناط~1", "fuzzy"),
    ("title:باغ", "in-title"),
    ("speaker:رستمی", "speaker"),
    ("collection:books", "collection"),
    ("date:1384", "date"),
    ("باران^2 برف", "boost"),
)
"""Queries, and what explains each."""

_KEYS = (
    (("/",), "search"),
    (("?",), "help"),
    (("↓", "↑"), "arrows"),
    (("Enter",), "enter"),
    (("Esc",), "escape"),
    (("n", "p"), "hits"),
)


def help_page(state: PageState) -> str:
    """Return the page that tells how to search."""
    words = Words(state.language)
    address = "/help" if state.language == "en" else "/help?lang=en"
    main = element("div", _help(words), id="answer", class_="answer single")
    return page(state, words, main, title=words("help.title"), address=address)


def _help(words: Words) -> Html:
    queries = [
        element("tr", element("td", element("code", query, dir="auto")), element("td", words(f"help.{key}")))
        for query, key in _QUERIES
    ]
    keys = [
        element("div", element("dt", [element("kbd", key) for key in names]), element("dd", words(f"key.{name}")))
        for names, name in _KEYS
    ]
    heads = [element("th", words(key), scope="col") for key in ("help.query", "help.finds")]
    return element(
        "section",
        element("h1", words("help.title"), id="results-title", tabindex="-1"),
        element("table", element("thead", element("tr", heads)), element("tbody", queries)),
        element("p", words("help.spelling")),
        element("h2", words("help.keys")),
        element("dl", keys),
        class_="help",
    )
