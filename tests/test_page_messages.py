"""Notes and errors of queries are in Persian on the page."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("starlette", reason='the server is not installed: pip install "jooya[server]"')

from jooya import BadQuery, Document, Index
from jooya.indexer.server.page_messages import Message, in_persian, messages
from jooya.indexer.server.page_words import Words

WORDS = Words("fa")
ROOT = Path(__file__).parent.parent / "indexer"
MAKERS = {
    "notes.append": (
        "query/parser.py",
        "query/scanner.py",
        "query/planner.py",
        "search/facets.py",
        "search/corrected_plan.py",
        "remote/document_head.py",
        "remote/open_remote.py",
        "remote/remote_search.py",
    ),
    "QuerySyntaxError": ("query/parser.py", "query/scanner.py"),
    "ValueError": ("query/scanner.py",),
    "BadDateRange": ("query/date_ranges.py",),
    "BadPeriod": ("dates/periods.py",),
    "BadQuery": ("open_index.py",),
    "BeyondLimit": ("limits.py", "remote/clause_queries.py"),
}
"""The calls that make what a query is told, and the modules that have them."""


def made(node: ast.expr) -> Iterator[str]:
    """Yield the messages that an expression may make, with {} for what differs."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=values):
            found = [""]
            for value in values:
                pieces = ["{}"] if isinstance(value, ast.FormattedValue) else list(made(value))
                if isinstance(value, ast.FormattedValue) and isinstance(value.value, ast.IfExp):
                    pieces = list(made(value.value)) or ["{}"]
                found = [before + piece for before in found for piece in pieces]
            yield from found
        case ast.IfExp(body=body, orelse=orelse):
            yield from made(body)
            yield from made(orelse)


def templates() -> Iterator[str]:
    for call, modules in MAKERS.items():
        for module in modules:
            for node in ast.walk(ast.parse((ROOT / module).read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and node.args and ast.unparse(node.func).endswith(call):
                    yield from made(node.args[0])


@pytest.mark.parametrize("template", sorted(set(templates())))
def test_each_message_is_in_the_table(template: str) -> None:
    known = {re.sub(r"\{\w+\}", "{}", message.english) for message in messages()}
    # The name of a calendar is one of three.
    assert template in known or template == "{} is no {} year" or in_persian(template, WORDS)


def test_the_messages_are_looked_for_where_they_are_made() -> None:
    assert len(set(templates())) > 30


@pytest.mark.parametrize("row", messages(), ids=lambda row: row.english)
def test_the_languages_have_the_same_places(row: Message) -> None:
    english, persian, _ = row
    places = re.findall(r"\{\w+\}", english)
    assert sorted(places) == sorted(re.findall(r"\{\w+\}", persian))
    assert re.search("[\u0600-\u06ff]", persian)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("(آب", ["همچون واژه\u200cهای ساده خوانده شد: پرانتز ( بسته نشده است"]),
        ("آب OR", ["همچون واژه\u200cهای ساده خوانده شد: پس از OR چیزی نیست"]),
        ("date:1399..1398 آب", ["date:1399..1398: پایان بازهٔ تاریخ پیش از آغاز آن است؛ همچون واژه خوانده شد"]),
        ("date:2999 آب", ["date:2999: ۲۹۹۹ سال شمسی یا میلادی نیست؛ همچون واژه خوانده شد"]),
        ("(آب)^5000", ["^5000: پس از ^ عددی تا ۱۰۰۰ می\u200cآید؛ کنار گذاشته شد"]),
        ("ژغ*", ["ژغ*: هیچ واژه\u200cای در بایگانی با آن نمی\u200cخواند؛ همچون واژه خوانده شد"]),
        ("collection:x آب", ["collection:x: چنین مجموعه\u200cای نیست؛ وضعیت بایگانی آنها را نشان می\u200cدهد"]),
    ],
)
def test_notes_of_queries(index: Index, query: str, said: list[str]) -> None:
    index.add([Document("a", "آب و باد")])
    assert [in_persian(note, WORDS) for note in index.search(query).notes] == said


def test_errors_of_queries(index: Index) -> None:
    index.add([Document("a", "آب و باد")])
    with pytest.raises(BadQuery) as error:
        index.search("، !")
    assert in_persian(error.value.problem, WORDS) == "در '، !' چیزی برای جست\u200cوجو نیست"


def test_what_the_table_does_not_have_is_left() -> None:
    assert in_persian("nobody wrote this", WORDS) is None
    assert in_persian("x: nobody wrote this; read as words", WORDS) is None
