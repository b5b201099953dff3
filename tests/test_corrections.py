"""Corrections of misspelled words take part in a search, and the answer says so."""

import json
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from command import run
from hypothesis import given, settings
from hypothesis import strategies as st
from index_maker import MakeIndex

from jooya import BadQuery, BeyondLimit, Correction, Document, Index, Limits
from jooya.indexer import limits
from jooya.indexer.search import corrected_plan


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, make_index: MakeIndex) -> Index:
    index = make_index(tmp_path_factory.mktemp("corrections") / "index")
    index.add(
        Document("university", "کتابخانه\u200cی دانشگاه اصفهان تا شب باز است."),
        Document("garden", "در باغ ارم شیراز سروهای بلندی هست."),
        Document("quake", "زلزله در رودبار، بهار ۱۳۶۹ رخ داد."),
        Document("leader", "خامنه\u200cای در مشهد سخن گفت.", title="سخنرانی نوروزی"),
        Document("imam", "علی در کوفه خطبه خواند."),
        Document("imam too", "نامه\u200cی علی به مالک اشتر."),
        Document("wax", "شمه\u200cای از بوی گل شمه."),
        Document("mail", "the report was sent by mail"),
        Document("rare", "شیرازه\u200cی کتاب\u200cها را صحاف می\u200cدوزد و دانشکاه را غلط نوشته\u200cاند."),
        *(Document(f"many{n}", f"دانشگاه شماره\u200cی {n}") for n in range(250)),
    )
    return index


@pytest.mark.parametrize(
    ("query", "first", "typed", "used", "kind"),
    [
        ("داشنگاه اصفهان", "university", "داشنگاه", "دانشگاه", "spelling"),  # two letters exchanged
        ("دانشگاه اصفحان", "university", "اصفحان", "اصفهان", "spelling"),  # a letter that sounds alike
        ("سرروهای شیرااز", "garden", "سرروهای", "سروهای", "spelling"),  # each word for itself
        ("تاشب", "university", "تاشب", "تا شب", "spelling"),  # a space is missing
        ("nhka'hi hwtihk", "university", "nhka'hi hwtihk", "دانشگاه اصفهان", "layout"),
        ("vnhk", None, "", "", ""),  # no word of the index in either layout
        ("پشهم", "mail", "پشهم", "mail", "layout"),  # Persian keys for a Latin word
        ("zelzele", "quake", "zelzele", "زلزله", "romanization"),
        ("daneshgah esfahan", "university", "esfahan", "اصفهان", "romanization"),
        ("Isfahan", "university", "Isfahan", "اصفهان", "romanization"),
        ("khamenei", "leader", "khamenei", "خامنه\u200cای", "romanization"),
        ("ali", "imam", "ali", "علی", "romanization"),  # not شمه, which its keys type in the other layout
        ("baghe eram", "garden", "baghe", "باغ", "romanization"),  # with an ezafe
    ],
)
def test_corrections_take_part(library: Index, query: str, first: str | None, typed: str, used: str, kind: str) -> None:
    found = library.search(query)
    assert [hit.document for hit in found][:1] == ([first] if first else [])
    kinds = {(one.typed, one.used[0]): one.kind for one in found.corrections if one.used}
    assert kinds.get((typed, used)) == (kind or None)
    assert library.rank(query)[:1] == [(hit.id, hit.score) for hit in found][:1]
    exact = library.search(query, correct=False)
    assert exact.corrections == []
    assert exact.corrected_query is None
    assert exact.hits != found.hits or not first


@pytest.mark.parametrize(
    "query",
    [
        "دانشگاه اصفهان",  # both words are known
        "سخنرانی",  # a word of a title
        '"داشنگاه اصفهان"',
        "+داشنگاه اصفهان",
        "اصفهان -داشنگاه",
        "داشنگ*",
        "اصفهان~1",
        "title:سخنرانیی",
        "doc:mial",
        "mail",
        "۱۳۶۸",  # a number is not misspelled
        "covid19",
        "آن;",
    ],
)
def test_what_is_left_alone(library: Index, query: str) -> None:
    assert library.search(query).corrections == []


def test_a_rare_word_is_searched_for_beside_a_far_commoner_neighbour(library: Index) -> None:
    found = library.search("دانشکاه", limit=300)
    assert found.corrections == [Correction("دانشکاه", ("دانشگاه",), "spelling", is_addition=True)]
    assert found.hits[0].document == "rare"
    assert found.total == 252
    assert found.corrected_query is None


def test_corrected_words_are_highlighted_and_count_less(library: Index) -> None:
    (hit,) = library.search("اصفحان")
    assert [hit.text[start:end] for start, end in hit.highlights] == ["اصفهان"]
    assert hit.score < library.search("اصفهان").hits[0].score


def test_the_corrected_query(library: Index) -> None:
    assert library.search("سرروهای شیرااز").corrected_query == "سروهای شیراز"
    assert library.search("(اصفحان OR شیراز) باز").corrected_query == "(اصفهان OR شیراز) باز"


def test_corrections_have_half_of_the_time(library: Index) -> None:
    found = library.search("داشنگاه اصفهان", limits=Limits(seconds=30))
    assert found.corrections
    assert found.notes == []


@given(st.text(max_size=60))
@settings(deadline=None)
def test_any_text_can_be_corrected(library: Index, text: str) -> None:
    try:
        found = library.search(text)
    except BadQuery:  # there is nothing to search for
        return
    for one in found.corrections:
        assert one.used
        assert one.typed in text


def test_the_command_says_what_it_searched_for(library: Index, tmp_path: Path) -> None:
    def said(*arguments: str) -> str:
        return run("search", "-i", library.where, *arguments, cwd=tmp_path)[2]

    shown = said("داشنگاه", "اصفهان")
    assert "showing results for دانشگاه اصفهان; search instead for داشنگاه اصفهان with --exact" in shown
    assert "did you mean" not in shown
    assert "also showing results for دانشگاه; --exact shows only what you typed" in said("دانشکاه")
    exact = said("--exact", "داشنگاه", "اصفهان")
    assert "showing results" not in exact
    assert "did you mean: دانشگاه اصفهان" in exact


def test_json_has_the_corrections(library: Index, tmp_path: Path) -> None:
    _, out, _ = run("search", "-i", library.where, "--format", "json", "داشنگاه", cwd=tmp_path)
    answer = json.loads(out)
    assert answer["corrections"] == [
        {"typed": "داشنگاه", "used": ["دانشگاه"], "kind": "spelling", "is_addition": False}
    ]
    assert answer["corrected_query"] == "دانشگاه"


def test_a_correction_that_takes_long_is_left_out_with_a_note(library: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def late(*arguments: object) -> None:
        asked.append(str(arguments[2]))
        raise BeyondLimit("late", "wait", limit="seconds", allowed=1)

    monkeypatch.setattr("jooya.indexer.suggestions.word_changes.changes", late)
    found = library.search("داشنگاه اصفحان")
    assert found.notes == ["there was no time to correct the query; a longer time limit allows it"]
    assert (found.corrections, set(asked)) == ([], {"داشنگاه اصفحان"})


def test_a_text_is_no_query_to_be_corrected(library: Index) -> None:
    """Of a thousand characters or less, it is one."""
    for length, corrected in ((1000, True), (1001, False)):
        found = library.search("اصفحان".ljust(length, "،"))
        assert bool(found.corrections) == corrected


def test_half_of_the_time_that_is_left_is_for_corrections(library: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[float] = []
    real = limits.deadline

    def deadline(seconds: float) -> AbstractContextManager[None]:
        given.append(seconds)
        return real(seconds)

    monkeypatch.setattr(corrected_plan, "left", lambda: 8.0)
    monkeypatch.setattr(corrected_plan, "deadline", deadline)
    assert library.search("داشنگاه اصفحان").corrections
    assert set(given) == {4.0}
