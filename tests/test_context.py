"""Contexts for language models: budgets, merged neighbours, numbered citations, other retrievers, other ranks."""

import asyncio
import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from index_maker import MakeIndex

from jooya import (
    BadArgument,
    BadQuery,
    Context,
    Document,
    Excerpt,
    Hit,
    Index,
    Place,
    Section,
    estimated_tokens,
    reciprocal_rank_fusion,
)
from jooya.indexer import ReadOptions
from jooya.indexer.context import pack
from jooya.indexer.results import Neighbour
from jooya.indexer.token_counts import how_many_fit

QANAT = (
    "قنات آب را از کوه به دشت می‌آورد. مقنی چاه‌های قنات را یکی پس از دیگری می‌کند. "
    "آب قنات در تابستان هم خنک است. کشاورزان حق آب را با پیمانه می‌سنجیدند. باغ‌های شهر از قنات سیراب می‌شد."
)
LIBRARY = "کتابخانهٔ سیار هر هفته به روستا می‌رود. کودکان کتاب‌ها را به امانت می‌گیرند."


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, make_index: MakeIndex) -> Iterator[Index]:
    """Return an index whose passages are sentences: talks/qanat has five, notes/library two, the others one."""
    with make_index(tmp_path_factory.mktemp("context") / "index") as index:
        index.add(
            Document("talks/qanat", QANAT, title="قنات", date="1402-07-20", collection="water"),
            Document("notes/library", LIBRARY, title="کتابخانه", collection="books"),
            Document("scan", "آب چاه شور بود.", whole=True, places=[Place(0, page=7, time="00:01:30")]),
            Document("zz copy", "آب چاه، شور بود!", whole=True),
            options=ReadOptions(passage_words=9),
        )
        assert [len(found.passages) for key in ("talks/qanat", "notes/library") if (found := index.get(key))] == [5, 2]
        yield index


def ids(found: Context) -> list[list[str]]:
    return [[one.id for one in excerpt.passages] for excerpt in found]


def test_a_text_with_numbered_citations(shared: Index) -> None:
    found = shared.context("آب شور چاه", 60)
    assert found.text == (
        "[1] scan, page 7, at 00:01:30\nآب چاه شور بود.\n\n"
        "[2] «قنات», 1402-07-20 (2023-10-12)\nآب قنات در تابستان هم خنک است."
    )
    assert (found.size, found.budget, found.left_out) == (57, 60, 3)
    assert str(found) == found.text
    assert [one.citation for one in found] == ["scan, page 7, at 00:01:30", "«قنات», 1402-07-20 (2023-10-12)"]
    first = found.excerpts[0]
    assert (first.document, first.pages, first.time, first.start, first.end) == ("scan", (7, 7), "00:01:30", 0, 15)
    assert json.loads(json.dumps(found.to_dict())) == found.to_dict()
    assert found.to_dict()["excerpts"][1]["passages"] == [{"id": "talks/qanat#3", "start": 79, "end": 109}]


def test_passages_that_follow_one_another_are_merged(shared: Index) -> None:
    found = shared.context("مقنی یا خنک یا سیراب", 10_000)
    assert sorted(ids(found)) == [["talks/qanat#2", "talks/qanat#3"], ["talks/qanat#5"]]
    first = min(found, key=lambda excerpt: excerpt.start)
    assert first.text == QANAT[first.start : first.end].replace(". ", ".\n")
    whole = shared.context("قنات", 10_000, neighbours=1)
    assert ids(whole) == [[f"talks/qanat#{number}" for number in range(1, 6)]]
    assert (whole.excerpts[0].start, whole.excerpts[0].end) == (0, len(QANAT))


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("rank", [["scan"], ["notes/library#1", "notes/library#2"], ["talks/qanat#5"], ["talks/qanat#1"]]),
        ("document", [["scan"], ["notes/library#1", "notes/library#2"], ["talks/qanat#1"], ["talks/qanat#5"]]),
    ],
)
def test_the_order_of_excerpts(order: Any, expected: list[list[str]]) -> None:
    """Two passages of a document that follow one another are one excerpt in either order."""
    names = ["scan", "notes/library#2", "talks/qanat#5", "notes/library#1", "talks/qanat#1"]
    found = pack([hit(name, rank) for rank, name in enumerate(names, 1)], 1_000, len, order)
    shown = [[one.id for one in excerpt.passages] for excerpt in found.excerpts]
    assert shown == expected
    assert [excerpt.number for excerpt in found.excerpts] == [1, 2, 3, 4]


def hit(name: str, rank: int, heading: str | None = None, speaker: str | None = None, text: str = "متن") -> Hit:
    """Return a passage whose id tells its document and its place there; one without a number is the only one."""
    document, _, number = name.partition("#")
    start = (int(number or 1) - 1) * 100
    following = f"{document}#{int(number) + 1}" if number else None
    after = (Neighbour(following, "", start + 100, start + 100),) if following else ()
    return Hit(
        rank,
        0.0,
        name,
        document,
        None,
        None,
        text,
        start,
        start + len(text),
        heading=heading,
        speaker=speaker,
        after=after,
    )


@pytest.mark.parametrize(
    ("headings", "speakers", "excerpts"),
    [
        ((None, None), (None, None), 1),
        (("آب", "آب"), (None, None), 1),
        (("آب", "خاک"), (None, None), 2),
        (("آب", None), (None, None), 2),
        ((None, None), ("مینا", "رضا"), 2),
        ((None, None), ("مینا", "مینا"), 1),
    ],
)
def test_passages_of_other_sections_and_speakers_stay_apart(
    headings: Sequence[str | None], speakers: Sequence[str | None], excerpts: int
) -> None:
    found = [hit(f"d#{n}", n, headings[n - 1], speakers[n - 1]) for n in (1, 2)]
    assert len(pack(found, 1_000, len).excerpts) == excerpts


def test_a_citation_names_heading_and_speaker(index: Index) -> None:
    index.add(Document("talk", "باران آمد.", title="جلسهٔ\nاول", sections=[Section(0, heading="هوا", speaker="مینا")]))
    [found] = index.context("باران", 100)
    assert found.citation == "«جلسهٔ اول», هوا, مینا"
    assert (found.heading, found.speaker, found.pages) == ("هوا", "مینا", None)


def test_merged_passages_have_the_pages_of_all(index: Index) -> None:
    text = "باران بهاری در کوهستان آمد. باران پاییزی در دشت آمد. باران تابستانی در ساحل آمد."
    places = [Place(0, page=1), Place(28, page=2), Place(53, page=3)]
    index.add(Document("book", text, places=places), options=ReadOptions(passage_words=6))
    [found] = index.context("باران", 1_000)
    assert (len(found.passages), found.pages, found.citation) == (3, (1, 3), "book, pages 1–3")


# --- budgets


@pytest.mark.parametrize(
    ("budget", "expected", "left_out"),
    [
        (1, [], 5),
        (30, [["scan"]], 4),
        (60, [["scan"], ["talks/qanat#3"]], 3),
        (10_000, None, 0),
    ],
)
def test_a_budget_of_tokens(shared: Index, budget: int, expected: list[list[str]] | None, left_out: int) -> None:
    found = shared.context("آب شور چاه", budget)
    assert found.size <= budget
    assert found.left_out == left_out
    if expected is not None:
        assert ids(found) == expected
    assert (found.notes == []) == (budget > 1)
    assert (found.text == "") == (budget == 1)


def test_a_budget_of_characters_and_of_words(shared: Index) -> None:
    found = shared.context("آب شور چاه", 120, count=len)
    assert found.size == len(found.text) <= 120
    words = shared.context("آب شور چاه", 17, count=lambda text: len(text.split()))
    assert words.size == len(words.text.split()) <= 17
    assert found.excerpts
    assert words.excerpts


def test_a_long_passage_makes_room_for_shorter_ones() -> None:
    found = pack([hit("a", 1, text="آب " * 50), hit("b", 2), hit("c", 3)], 40, len)
    assert [one.passages[0].id for one in found.excerpts] == ["b", "c"]
    assert [one.id for one in found.left_out] == ["a"]


def test_tokens_that_are_more_where_texts_meet_do_not_exceed_the_budget() -> None:
    def count(text: str) -> int:
        return len(text) + 10 * text.count("\n\n[")

    found = pack([hit(f"d{n}", n) for n in range(1, 9)], 40, count)
    assert found.size == count(found.text) <= 40
    assert len(found.excerpts) >= 2


def test_no_text_has_no_size() -> None:
    found = pack([], 10, lambda text: len(text) + 100)
    assert (found.text, found.size, found.excerpts) == ("", 0, ())


@pytest.mark.parametrize(
    ("text", "tokens"), [("", 0), ("آ", 1), ("آب", 1), ("آب ", 2), ("سرزمین\u200cهای اشغالی", 9), ("x" * 101, 51)]
)
def test_estimated_tokens(text: str, tokens: int) -> None:
    assert estimated_tokens(text) == tokens


def test_the_line_above_an_excerpt_is_the_caller_s(shared: Index) -> None:
    found = shared.context("شور", 100, cite=lambda one: f"<منبع {one.number}: {one.document}>")
    assert found.text == "<منبع 1: scan>\nآب چاه شور بود."
    assert shared.context("شور", 100, cite=lambda _: "").text == "آب چاه شور بود."


# --- properties

TEXTS = st.text("آبپ ‌.\n؟[1]", min_size=1, max_size=40)


@st.composite
def passages(draw: st.DrawFn) -> list[Hit]:
    """Return passages of a few documents, in any order, some of which follow one another."""
    found: list[Hit] = []
    for document in "abc":
        texts = draw(st.lists(TEXTS, max_size=5))
        start = 0
        for number, text in enumerate(texts, 1):
            start += draw(st.integers(0, 3))
            after = (Neighbour(f"{document}#{number + 1}", "", 0, 0),) if number < len(texts) else ()
            one = Hit(0, 0.0, f"{document}#{number}", document, None, None, text, start, start + len(text), after=after)
            if draw(st.booleans()):
                found.append(one)
            start += len(text)
    return draw(st.permutations(found))


@given(passages(), st.integers(1, 200), st.sampled_from(["rank", "document"]))
def test_whatever_is_packed(given_passages: list[Hit], budget: int, order: Any) -> None:
    """Never over the budget, never a passage cut, none twice, offsets that point at the text, the same each time."""
    for count in (len, estimated_tokens, lambda text: 3 * len(text.split())):
        found = pack(given_passages, budget, count, order)
        assert found.size == (count(found.text) if found.excerpts else 0) <= budget
        taken = [one for excerpt in found.excerpts for one in excerpt.passages]
        names = [one.id for one in taken]
        assert len(set(names)) == len(names)
        assert sorted([*names, *(one.id for one in found.left_out)]) == sorted(one.id for one in given_passages)
        assert [excerpt.number for excerpt in found.excerpts] == list(range(1, len(found.excerpts) + 1))
        for excerpt in found.excerpts:
            check_excerpt(excerpt)
            assert excerpt.text in found.text
        spans = sorted((excerpt.document, excerpt.start, excerpt.end) for excerpt in found.excerpts)
        assert all(first[2] <= second[1] for first, second in pairwise(spans) if first[0] == second[0])
        assert pack(given_passages, budget, count, order) == found


def check_excerpt(excerpt: Excerpt) -> None:
    """Check that an excerpt has its passages whole, in the order of the text, each where its offsets say."""
    place = 0
    for before, one in zip((None, *excerpt.passages), excerpt.passages, strict=False):
        if before is not None and one.start > before.end:
            assert excerpt.text[place] == "\n"
            place += 1
        assert excerpt.text[place : place + len(one.text)] == one.text
        place += len(one.text)
    assert place == len(excerpt.text)
    assert (excerpt.start, excerpt.end) == (excerpt.passages[0].start, excerpt.passages[-1].end)


@pytest.mark.parametrize("neighbours", [0, 1, 3])
@pytest.mark.parametrize("budget", [20, 50, 90, 400])
def test_offsets_point_at_the_text_of_the_document(shared: Index, budget: int, neighbours: int) -> None:
    found = shared.context("آب قنات و کتاب روستا", budget, neighbours=neighbours)
    assert found.size <= budget
    for excerpt in found:
        document = shared.get(excerpt.document)
        assert document is not None
        assert all(document.text[one.start : one.end] == one.text for one in excerpt.passages)
        check_excerpt(excerpt)


# --- other retrievers, and other ranks


@pytest.mark.parametrize(
    ("rankings", "k", "expected"),
    [
        ([], 60, []),
        ([["a", "b"]], 60, ["a", "b"]),
        ([["a", "b"], ["b", "c"]], 60, ["b", "a", "c"]),
        ([["a", "b"], ["b", "a"]], 60, ["a", "b"]),
        ([["b", "a"], ["a", "b"]], 60, ["b", "a"]),
        ([["a"], ["b"], ["c"]], 60, ["a", "b", "c"]),
        ([["a", "a", "b"], ["b"]], 60, ["b", "a"]),
        ([["a", "b", "c"], ["d", "c"]], 0, ["a", "d", "c", "b"]),
        ([["a", "b", "c"], ["d", "c"]], 60, ["c", "a", "d", "b"]),
    ],
)
def test_fusion(rankings: list[list[str]], k: float, expected: list[str]) -> None:
    """Of equal scores, the better rank comes first, then the ranking that was given first."""
    assert [item for item, _ in reciprocal_rank_fusion(rankings, k)] == expected


def test_the_scores_of_a_fusion() -> None:
    assert reciprocal_rank_fusion([["a", "b"], ["b"]]) == [("b", 1 / 62 + 1 / 61), ("a", 1 / 61)]


@given(st.lists(st.lists(st.sampled_from("abcdef"), max_size=6), max_size=4), st.integers(0, 100))
def test_a_fusion_has_every_item_once_and_falling_scores(rankings: list[list[str]], k: int) -> None:
    found = reciprocal_rank_fusion(rankings, k)
    assert sorted(item for item, _ in found) == sorted({item for ranking in rankings for item in ranking})
    assert all(first[1] >= second[1] for first, second in pairwise(found))
    assert dict(reciprocal_rank_fusion(rankings[::-1], k)) == dict(found)


@pytest.mark.parametrize("k", [-1, float("nan"), float("inf"), "60", None, True])
def test_the_constant_of_a_fusion_is_a_number(k: Any) -> None:
    with pytest.raises(BadArgument):
        reciprocal_rank_fusion([["a"]], k)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ([], ["scan", "talks/qanat#3"]),
        (["notes/library#1", "scan"], ["scan", "notes/library#1"]),
        (["notes/library#1", "notes/library#1"], ["scan", "notes/library#1"]),
        (["آب چاه شور بود"], ["scan", "talks/qanat#3"]),
        (["آب   چاه؛ شور بود!"], ["scan", "talks/qanat#3"]),
        (["zz copy"], ["scan", "talks/qanat#3"]),
        (["كودكان كتاب ها را به امانت مي گيرند"], ["scan", "notes/library#2"]),
    ],
    ids=[
        "nothing",
        "an id",
        "an id twice",
        "a text",
        "a text with other marks",
        "a copy",
        "a text with Arabic letters",
    ],
)
def test_a_vector_retriever_takes_part_by_ids_and_texts(shared: Index, answer: list[str], expected: list[str]) -> None:
    found = shared.context("آب شور", 10_000, retrievers=[lambda _: answer])
    assert sorted(set(expected)) == sorted({one.id for excerpt in found for one in excerpt.passages if one.rank <= 2})
    assert found.notes == []


def test_copies_are_given_once(shared: Index) -> None:
    found = shared.context("آب شور", 10_000, retrievers=[lambda _: ["zz copy", "scan"]])
    names = [name for excerpt in ids(found) for name in excerpt]
    assert ("scan" in names) + ("zz copy" in names) == 1


def test_what_a_retriever_returns_that_is_no_passage_is_noted(shared: Index) -> None:
    found = shared.context("شور", 100, retrievers=[lambda _: ["scan", "nowhere", "x" * 50, "y", "z"], lambda _: ()])
    assert ids(found) == [["scan"]]
    shown = f"'nowhere', '{'x' * 40}…', 'y', …"
    assert found.notes == [f"retriever 1 returned 4 that are no passages to search in: {shown}"]


def test_conditions_hold_for_what_retrievers_return(shared: Index) -> None:
    found = shared.context(
        "آب", 10_000, where={"collection": "water"}, retrievers=[lambda _: ["notes/library#1", "scan", "talks/qanat#4"]]
    )
    assert {excerpt.document for excerpt in found} == {"talks/qanat"}
    assert found.notes == ["retriever 1 returned 2 that are no passages to search in: 'notes/library#1', 'scan'"]


def test_a_retriever_gets_the_question_as_it_was_given(shared: Index) -> None:
    asked: list[str] = []

    def remember(question: str) -> list[str]:
        asked.append(question)
        return []

    shared.context('آب «شور» - "چاه"؟', 100, retrievers=[remember, remember])
    assert asked == ['آب «شور» - "چاه"؟'] * 2


@pytest.mark.parametrize(
    ("rerank", "expected"),
    [
        (lambda _, hits: [one.rank for one in hits], ["talks/qanat#1", "talks/qanat#4", "talks/qanat#3", "scan"]),
        (lambda _, hits: [0.0] * len(hits), ["scan", "talks/qanat#3", "talks/qanat#4", "talks/qanat#1"]),
        (lambda _, hits: hits[::-1], ["talks/qanat#1", "talks/qanat#4", "talks/qanat#3", "scan"]),
        (lambda _, hits: (one.id for one in hits[1:2]), ["talks/qanat#3"]),
        (lambda _, hits: [], None),
        (
            lambda _, hits: [float("-inf"), float("inf"), 0, 0],
            ["talks/qanat#3", "talks/qanat#4", "talks/qanat#1", "scan"],
        ),
    ],
    ids=["scores", "equal scores", "order", "ids of some", "none", "infinite scores"],
)
def test_rerank(shared: Index, rerank: Any, expected: list[str] | None) -> None:
    found = shared.context("آب شور", 10_000, rerank=rerank)
    ranks = sorted((one.rank, one.id) for excerpt in found for one in excerpt.passages)
    assert [name for _, name in ranks] == (expected or [])
    assert [rank for rank, _ in ranks] == list(range(1, len(ranks) + 1))


def test_scores_of_numpy_are_numbers(shared: Index) -> None:
    numpy = pytest.importorskip("numpy")
    found = shared.context("آب شور", 100, rerank=lambda _, hits: numpy.arange(len(hits), dtype=numpy.float32))
    assert found.excerpts[0].passages[0].id == "talks/qanat#1"
    assert found.excerpts[0].passages[0].score == 3.0


@pytest.mark.parametrize(
    "answer",
    [
        [1.0],
        [1.0] * 9,
        ["scan", "nowhere"],
        [None] * 4,
        [float("nan")] * 4,
        ["scan", 1.0, 2.0, 3.0],
        [[1], [2], [3], [4]],
    ],
)
def test_a_rerank_that_is_neither_scores_nor_an_order(shared: Index, answer: list[Any]) -> None:
    with pytest.raises(BadArgument, match="rerank"):
        shared.context("آب شور", 100, rerank=lambda _, hits: answer)


@pytest.mark.parametrize("answer", ["scan", 7, None, [("scan", 0.5)], [b"scan"]])
def test_a_retriever_that_returns_no_strings(shared: Index, answer: Any) -> None:
    with pytest.raises(BadArgument, match=r"retriever"):
        shared.context("شور", 100, retrievers=[lambda _: answer])


# --- questions and arguments


@pytest.mark.parametrize(
    "question",
    ['"آب چاه" شور', "آب -شور", "+آب شور", "title:آب شور", "(آب شور", "آب OR شور", "date:1402 شور", "آب* شور"],
)
def test_a_question_is_plain_words(shared: Index, question: str) -> None:
    assert shared.context(question, 10_000).excerpts[0].document == "scan"


def test_a_question_may_be_a_query(shared: Index) -> None:
    found = shared.context("آب -شور title:قنات", 10_000, plain=False)
    assert {excerpt.document for excerpt in found} == {"talks/qanat"}


def test_a_plain_search_reads_no_marks(shared: Index) -> None:
    assert shared.search('"شور آب"').total == 0
    assert shared.search('"شور آب"', plain=True)[0].id == "scan"
    assert shared.search('"شور آب" title:', plain=True).notes == []


def test_neighbours_take_what_is_left_of_the_budget(shared: Index) -> None:
    assert ids(shared.context("پیمانه", 10_000, neighbours=1)) == [["talks/qanat#3", "talks/qanat#4", "talks/qanat#5"]]
    small = shared.context("پیمانه", 58, neighbours=2)
    assert ids(small) == [["talks/qanat#4", "talks/qanat#5"]]


@pytest.mark.parametrize(
    "arguments",
    [
        {"budget": 0},
        {"budget": 1.5},
        {"budget": True},
        {"count": 3},
        {"count": lambda text: 1.5},
        {"count": lambda text: -1},
        {"count": lambda text: True},
        {"order": "date"},
        {"limit": 0},
        {"neighbours": -1},
        {"retrievers": "abc"},
        {"retrievers": [3]},
        {"retrievers": lambda question: []},
        {"k": -1, "retrievers": [lambda question: []]},
        {"rerank": 3},
        {"cite": 3},
        {"cite": lambda excerpt: None},
        {"where": 3},
    ],
)
def test_wrong_arguments(shared: Index, arguments: dict[str, Any]) -> None:
    given_arguments: dict[str, Any] = {"budget": 100, **arguments}
    with pytest.raises(BadArgument):
        shared.context("شور", **given_arguments)


def test_a_question_without_words(shared: Index) -> None:
    with pytest.raises(BadQuery):
        shared.context("؟", 100)


def test_a_question_that_nothing_answers(shared: Index) -> None:
    found = shared.context("زرافه", 100, correct=False)
    assert (found.text, list(found), found.notes, len(found)) == ("", [], [], 0)


def test_in_an_event_loop(shared: Index) -> None:
    assert asyncio.run(shared.acontext("آب شور", 60)) == shared.context("آب شور", 60)


def test_passages_by_ids_and_texts(shared: Index) -> None:
    names: Iterable[str] = ["talks/qanat#4", "آب چاه شور بود", "nowhere", ""]
    found = [one and one.id for one in shared.passages(names)]
    assert found == ["talks/qanat#4", "scan", None, None]
    assert shared.passages(["talks/qanat#4"], where={"collection": "books"}) == [None]
    assert shared.passages([]) == []
    [one] = shared.passages(["talks/qanat#4"], context=1)
    assert one is not None
    assert [neighbour.id for neighbour in one.before + one.after] == ["talks/qanat#3", "talks/qanat#5"]
    with pytest.raises(BadArgument):
        shared.passages("talks/qanat#4")


@pytest.mark.parametrize(
    ("texts", "budget", "number"), [([], 5, 0), (["ab", "cd"], 4, 2), (["ab", "cd"], 3, 1), (["abc", "a"], 2, 0)]
)
def test_how_many_texts_fit(texts: list[str], budget: int, number: int) -> None:
    assert how_many_fit(texts, budget, len) == number
