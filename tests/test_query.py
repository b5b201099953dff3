"""The query language: how queries are parsed, what they find, and that no text makes a search fail."""

from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from index_maker import MakeIndex

from jooya.indexer import BadQuery, Date, Document, Index, Limits
from jooya.indexer.limits import DEFAULT
from jooya.indexer.query.date_ranges import BadDateRange, parse_date_range
from jooya.indexer.query.parser import parse
from jooya.indexer.query.tree import (
    FieldNode,
    FuzzyNode,
    KeyFilterNode,
    Node,
    OrNode,
    PhraseNode,
    SequenceNode,
    SignedNode,
    WildcardNode,
    WordsNode,
)
from jooya.indexer.remote.remote_index import RemoteIndex


def items(*nodes: SignedNode | Node) -> SequenceNode:
    return SequenceNode(tuple([node if isinstance(node, SignedNode) else SignedNode(node) for node in nodes]))


A, B, C = WordsNode("گل"), WordsNode("باران"), WordsNode("کوه")

PARSED = [
    ("گل باران", items(WordsNode("گل باران"))),
    ('"گل باران"', items(PhraseNode("گل باران"))),
    ("«گل باران»", items(PhraseNode("گل باران"))),
    ("“گل باران”", items(PhraseNode("گل باران"))),
    ("گفت:«گل باران»", items(WordsNode("گفت:"), PhraseNode("گل باران"))),
    ('"گل باران"~5', items(PhraseNode("گل باران", 5))),
    ("«گل باران»~۵", items(PhraseNode("گل باران", 5))),
    ('"گل باران"~', items(PhraseNode("گل باران", 1))),
    ("+گل -باران", items(SignedNode(A, "+"), SignedNode(B, "-"))),
    ("\u2212گل", items(SignedNode(A, "-"))),
    ("+می رود گل", items(SignedNode(WordsNode("می رود"), "+"), A)),
    ("-کتاب ها", items(SignedNode(WordsNode("کتاب ها"), "-"))),
    ("گل AND باران", items(SignedNode(A, "+"), SignedNode(B, "+"))),
    ("گل AND NOT باران", items(SignedNode(A, "+"), SignedNode(B, "-"))),
    ("گل OR باران", items(OrNode((A, B)))),
    ("کوه گل OR باران", items(C, OrNode((A, B)))),
    ("گل OR باران AND کوه", items(OrNode((A, items(SignedNode(B, "+"), SignedNode(C, "+")))))),
    ("(گل OR باران) AND کوه", items(SignedNode(items(OrNode((A, B))), "+"), SignedNode(C, "+"))),
    ("NOT گل", items(SignedNode(A, "-"))),
    ("NOT NOT گل", items(A)),
    ("گل and باران", items(WordsNode("گل and باران"))),
    ("کتاب*", items(WildcardNode("کتاب*"))),
    ("کتاب٭،", items(WildcardNode("کتاب*"))),
    ("ک?اب", items(WildcardNode("ک?اب"))),
    ("ک؟اب", items(WildcardNode("ک?اب"))),
    # A question mark after a word ends a question.
    ("کتاب چیست؟", items(WordsNode("کتاب چیست؟"))),
    ("کتاب؟ گل", items(WordsNode("کتاب؟ گل"))),
    ("کتاب~", items(FuzzyNode("کتاب", 1))),
    ("کتاب~۲،", items(FuzzyNode("کتاب", 2))),
    ("title:گل", items(FieldNode("title", A))),
    ("TITLE:گل", items(FieldNode("title", A))),
    ('title:"گل باران"', items(FieldNode("title", PhraseNode("گل باران")))),
    ("title:(گل باران)", items(FieldNode("title", items(WordsNode("گل باران"))))),
    ("heading:گل", items(FieldNode("heading", A))),
    ("speaker:(گل باران)", items(FieldNode("speaker", items(WordsNode("گل باران"))))),
    ("collection:news", items(KeyFilterNode("collection", "news"))),
    ("doc:talks/a.txt", items(KeyFilterNode("document", "talks/a.txt"))),
    ('doc:"یک نام.txt"', items(KeyFilterNode("document", "یک نام.txt"))),
    ("گل^2", items(SignedNode(A, boost=2.0))),
    ("گل^۱٫۵", items(SignedNode(A, boost=1.5))),
    ('"گل باران"^3', items(SignedNode(PhraseNode("گل باران"), boost=3.0))),
    ("کوه (گل) باران", items(WordsNode("کوه گل باران"))),
    ("(گل (+باران))", items(A, items(SignedNode(B, "+")))),
    ("(گل باران)^3", items(SignedNode(items(WordsNode("گل باران")), boost=3.0))),
    ("+title:گل^2", items(SignedNode(FieldNode("title", A), "+", 2.0))),
    ("https://a.ir/?b=c", items(WordsNode("https://a.ir/?b=c"))),
    ("ساعت ۱۲:۳۰", items(WordsNode("ساعت ۱۲:۳۰"))),
    ("دهه\u200cی ۱۳۸۰-۱۳۹۰", items(WordsNode("دهه\u200cی ۱۳۸۰-۱۳۹۰"))),
]


@pytest.mark.parametrize(("text", "tree"), PARSED)
def test_parsing(text: str, tree: SequenceNode) -> None:
    parsed = parse(text)
    assert parsed.tree == tree
    assert parsed.notes == ()


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ('"گل', 'read as plain words: " is not closed'),
        ("گل»", "read as plain words: » was not opened"),
        ("(گل", "read as plain words: ( is not closed"),
        ("گل)", "read as plain words: ) without ("),
        ("AND گل", "read as plain words: AND has nothing before it"),
        ("گل OR", "read as plain words: OR has nothing after it"),
        ("گل NOT", "read as plain words: NOT has nothing after it"),
        ("گل AND OR گل", "read as plain words: OR has nothing before it"),
        ("doc:(گل)", "read as plain words: doc: takes one value, no parentheses"),
        ("(" * 30 + "گل" + ")" * 30, "read as plain words: parentheses are nested more than 20 deep"),
    ],
)
def test_a_query_without_valid_structure_is_read_as_words(text: str, note: str) -> None:
    assert parse(text) == (items(WordsNode(text)), (note,))


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("گل~7", "گل~7: ~ takes 1 or 2 edits; read as words"),
        ("گل^x", "گل^x: ^ takes a number up to 1000; read as words"),
        ("گل^99999", "گل^99999: ^ takes a number up to 1000; read as words"),
        ("گل*~1", "گل*~1: a pattern with * or ? takes no ~; read as words"),
        (
            "author:گل",
            "author:گل: no field 'author' (there are title, heading, speaker, doc, collection, date); read as words",
        ),
    ],
)
def test_a_word_with_invalid_marks_is_read_as_words(text: str, note: str) -> None:
    assert parse(f"باران {text}") == (items(WordsNode(f"باران {text}")), (note,))


def test_long_queries_are_truncated() -> None:
    many = parse("گل " * 600)
    assert many.tree == items(WordsNode(("گل " * DEFAULT.words).strip()))
    assert many.notes == ("the query is too long: only its first 1,499 characters are used",)
    assert parse("گ" * 20_000).tree == items(WordsNode("گ" * DEFAULT.characters))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1384", date(2005, 3, 21), date(2006, 3, 20)),
        ("۱۳۸۴-۰۹", date(2005, 11, 22), date(2005, 12, 21)),
        ("1384/9/22", date(2005, 12, 13), date(2005, 12, 13)),
        ("1384-09..1385", date(2005, 11, 22), date(2007, 3, 20)),
        ("1399-12", date(2021, 2, 19), date(2021, 3, 20)),  # a leap year
        ("2005-12", date(2005, 12, 1), date(2005, 12, 31)),
        ("2004-02", date(2004, 2, 1), date(2004, 2, 29)),
        ("2005", date(2005, 1, 1), date(2005, 12, 31)),
        ("1384..2006", date(2005, 3, 21), date(2006, 12, 31)),
        ("..1384", date.min, date(2006, 3, 20)),
        ("1384..", date(2005, 3, 21), date.max),
    ],
)
def test_date_ranges(text: str, first: date, last: date) -> None:
    found = parse_date_range(text)
    assert (date.fromordinal(found.first), date.fromordinal(found.last)) == (first, last)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("13", "a date is YEAR, YEAR-MONTH or YEAR-MONTH-DAY"),
        ("1384-13", "there is no such day"),
        ("1384-12-30", "there is no such day"),
        ("2005-02-29", "there is no such day"),
        ("1384-00", "there is no such day"),
        ("0900", "900 is no Jalali or Gregorian year"),
        ("..", "a date range needs a beginning or an end"),
        ("1385..1384", "the date range ends before it begins"),
    ],
)
def test_bad_date_ranges(text: str, reason: str) -> None:
    with pytest.raises(BadDateRange, match=reason):
        parse_date_range(text)
    assert parse(f"date:{text}").notes == (f"date:{text}: {reason}; read as words",)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, make_index: MakeIndex) -> Index:
    """Build an index of two segments; one document is removed, and some words were in it alone."""
    index = make_index(tmp_path_factory.mktemp("library") / "index")
    index.add(
        Document("a", "سرزمينهاي اشغالي فلسطين را ديدند", "ديدار نخست", Date("2005-12-13", "1384-09-22")),
        Document("b", "سرزمین ما و زمین\u200cهای اشغالی آنها", "سفر", Date("2006-04-01", "1385-01-12")),
    )
    index.add(
        Document("gone", "گل بلبل، ب ت گل\u200cها", "گلستان", Date("2005-12-14", "1384-09-23")),
        Document("c", "کتاب\u200cهای کتابخانه دربارهٔ سرزمین است", "کتابخانه"),
        Document("talks/d", "باران بر سرزمین بارید؛ می\u200cرود و مي آيد", "هوا", Date("2007-01-01", "1385-10-11")),
        Document("talks/e", "دانش\u200cآموزان در مدرسه باران دیدند", "مدرسه"),
    )
    index.remove("gone")
    return index


FOUND = [
    # Plain words: any of them is enough.
    ("فلسطین باران", {"a", "talks/d", "talks/e"}),
    # Phrases: the same words in the same order, however they are spelled.
    ('"سرزمین\u200cهای اشغالی"', {"a"}),
    ("«سرزمین های اشغالی»", {"a"}),
    ("«سرزمينهاي اشغالي»", {"a"}),
    ('"سرزمین اشغالی"', set()),
    ('"اشغالی سرزمین\u200cهای"', set()),
    ('"می رود"', {"talks/d"}),
    ('"دانش آموزان در مدرسه"', {"talks/e"}),
    # Words in any order and form, with at most so many others between them.
    ('"اشغالی سرزمین"~0', {"a"}),
    ('"سرزمین اشغال"~3', {"a", "b"}),
    ('"سرزمین اشغال"~1', {"a"}),
    # Required and excluded parts.
    ("+سرزمین باران", {"a", "b", "c", "talks/d"}),
    ("سرزمین -باران", {"a", "b", "c"}),
    ("+سرزمين +باران", {"talks/d"}),
    ("+می رود", {"talks/d"}),
    ("سرزمین -کتاب ها", {"a", "b", "talks/d"}),
    ("-سرزمین", {"talks/e"}),
    ('سرزمین -"سرزمین ما"', {"a", "c", "talks/d"}),
    ("سرزمین AND باران", {"talks/d"}),
    ("سرزمین AND NOT باران", {"a", "b", "c"}),
    ("فلسطین OR مدرسه", {"a", "talks/e"}),
    ("(فلسطین OR باران) AND سرزمین", {"a", "talks/d"}),
    ("NOT (فلسطین OR باران)", {"b", "c"}),
    ("+(فلسطین مدرسه)", {"a", "talks/e"}),
    ("-(فلسطین مدرسه) سرزمین", {"b", "c", "talks/d"}),
    # Patterns and fuzzy words, which match surface forms.
    ("کتاب*", {"c"}),
    ("كتابخ*", {"c"}),
    ("فلس؟ین", {"a"}),
    ("*طین", {"a"}),
    ("فلستین~1", {"a"}),
    ("فلستین~", {"a"}),
    ("فلصتین~2", {"a"}),
    ("فلصتین~1", set()),
    # Fields.
    ("title:ديدار", {"a"}),
    ("title:کتابخانه\u200cها", {"c"}),
    ('title:"دیدار نخست"', {"a"}),
    ("title:(سفر هوا)", {"b", "talks/d"}),
    ("سرزمین doc:b", {"b"}),
    ("doc:talks/*", {"talks/d", "talks/e"}),
    ("سرزمین -doc:talks/*", {"a", "b", "c"}),
    ("doc:a OR doc:b", {"a", "b"}),
    # Dates, in both calendars.
    ("date:1384", {"a"}),
    ("date:۱۳۸۴", {"a"}),
    ("سرزمین date:1384-09..1385", {"a", "b", "talks/d"}),
    ("date:2005-12", {"a"}),
    ("date:1385 باران", {"talks/d"}),
    ("سرزمین -date:1385", {"a", "c"}),
    ("date:..2006", {"a", "b"}),
    # Required and excluded groups are searched for in the text alone, too.
    ("سرزمین AND (مدرسه OR سفر)", set()),
    ("سرزمین -(سفر OR هوا)", {"a", "b", "c", "talks/d"}),
    ("NOT (سفر -مدرسه)", {"a", "b", "c", "talks/d", "talks/e"}),
    ("+((باران))", {"talks/d", "talks/e"}),
    ("+title:(سفر هوا) -title:هوا", {"b"}),
    # A compound is one word, and also as many words as it has parts.
    ('"دانش\u200cآموز مدرسه"~1', {"talks/e"}),
    ('"مدرسه دانش\u200cآموز"~1', {"talks/e"}),
    ('"دانش\u200cآموز مدرسه"~0', set()),
    # Several marks at a word; vowel marks; punctuation after values.
    ("کتابخ*^2", {"c"}),
    ("کِتابخ*", {"c"}),
    ("date:1384،", {"a"}),
    ("doc:a، سرزمین", {"a"}),
    # A filter narrows the words beside it, within groups as well.
    ("سرزمین +(باران doc:talks/*)", {"talks/d", "talks/e"}),
    ("باران -(سرزمین date:1385)", {"talks/e"}),
    # An excluded pattern that no word matches excludes nothing.
    ("سرزمین -باران*باران", {"a", "b", "c", "talks/d"}),
    # A pattern that no word matches is read as words.
    ("فلسط؟ین سرزمین", {"a", "b", "c", "talks/d"}),
    ("(سرزمین", {"a", "b", "c", "talks/d"}),
]


@pytest.mark.parametrize(("query", "found"), FOUND)
def test_found_documents(library: Index, query: str, found: set[str]) -> None:
    results = library.search(query)
    assert {hit.document for hit in results} == found
    assert results.total == len(found)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ('"سرزمین\u200cهای اشغالی"', [["سرزمينهاي اشغالي"]]),
        ('"اشغال سرزمین"~3 doc:b', [["سرزمین", "اشغالی"]]),
        ("کتابخ*", [["کتابخانه"]]),
        ("فلستین~", [["فلسطين"]]),
        ("title:سفر", [[]]),
        ("-سرزمین", [[]]),
        ("date:1384", [[]]),
    ],
)
def test_highlights(library: Index, query: str, words: list[list[str]]) -> None:
    found = [[hit.text[start:end] for start, end in hit.highlights] for hit in library.search(query)]
    assert found == words


def test_the_best_match_comes_first(library: Index) -> None:
    assert library.search("سرزمین اشغالی").hits[0].document == "a"
    assert library.search('"زمین\u200cهای اشغالی" سرزمین').hits[0].document == "b"
    assert library.search("باران سرزمین^0.1").hits[-1].document != "talks/e"
    # A boost changes the order.
    assert library.search("مدرسه^5 کتابخانه").hits[0].document == "talks/e"
    assert library.search("مدرسه کتابخانه^5").hits[0].document == "c"


def test_filters_do_not_change_scores(library: Index) -> None:
    plain = {hit.document: hit.score for hit in library.search("سرزمین")}
    for query in ("سرزمین date:1384", "سرزمین doc:a", "سرزمین -باران doc:a"):
        assert [(hit.document, hit.score) for hit in library.search(query)] == [("a", plain["a"])]
    assert [hit.score for hit in library.search("doc:talks/*")] == [0, 0]


def test_truncated_expansions_are_reported(tmp_path: Path, make_index: MakeIndex) -> None:
    index = make_index(tmp_path / "index")
    index.add(*(Document(str(number), f"گل{letter} گلابی") for number, letter in enumerate("بپتثج")))
    results = index.search("گل*", limits=Limits(expansions=3))
    assert results.notes == ["گل*: stands for 6 words; only the 3 most common are searched for"]
    assert results.total == 5


def test_nested_boosts_are_bounded(library: Index) -> None:
    query = "باران^1000"
    for _ in range(14):
        query = f"({query})^1000"
    (first, *_) = library.search(query, explain=True)
    assert first.score < 1e7


def test_the_number_of_patterns_is_limited(library: Index) -> None:
    results = library.search(" ".join(f"*{letter}*" for letter in "ابپتثجچحخدذرزژسشصضطظعغف"))
    assert "only the first 20 patterns and fuzzy words are searched for" in results.notes
    assert results.total == 5


@pytest.mark.parametrize("text", ["\udcff", "doc:\udcff", "سرزمین \udcff", '"گل"~' + "9" * 5000])
def test_lone_surrogates_are_no_error(library: Index, text: str) -> None:
    """Command-line arguments that are not UTF-8 arrive as lone surrogates, which cannot be encoded."""
    with suppress(BadQuery):
        library.search(text, within=text)
    assert library.suggest(text) == library.did_you_mean(text) == []


def test_patterns_are_explained_by_words(library: Index) -> None:
    (hit,) = library.search("کتابخ* فلستین~2 doc:c", explain=True)
    assert [part.description for part in hit.explanation] == ["exact:کتابخانه"]


def test_words_that_only_removed_documents_have(index: Index) -> None:
    """Postings may have no documents left, and a field all of whose documents are deleted has no average length."""
    index.add(Document("a", "گل\u200cها باران.", title="گل"), Document("b", "گل کوه."))
    index.remove("a")
    for query in ("گل\u200cها", '"گل\u200cها باران"', "گل\u200cها~ باران*", "+گل title:گل", "(title:گل) -باران"):
        assert {hit.document for hit in index.search(query, explain=True)} <= {"b"}
    assert [hit.document for hit in index.search("گل\u200cها")] == ["b"]


def test_patterns_in_several_segments(index: Index) -> None:
    """A segment may lack some of the words that a pattern stands for, and have other words between them."""
    index.add(Document("x", "پایان."))
    index.add(Document("y", "باران."), Document("z", "برف."))
    assert {hit.document for hit in index.search("*ان")} == {"x", "y"}
    assert {hit.document for hit in index.search("برف -*ان")} == {"z"}
    assert {hit.document for hit in index.search("doc:*x OR doc:*z")} == {"x", "z"}


def test_an_unknown_document_is_reported(library: Index) -> None:
    results = library.search("سرزمین doc:d")
    assert (results.total, results.notes) == (
        0,
        ["doc:d: no document has this key; doc:*d finds keys that end with it"],
    )
    assert {hit.document for hit in library.search("سرزمین doc:*d")} == {"talks/d"}


GARBAGE = st.text(alphabet='"«»()+-~^*?:؟،۱2 \u200cگلبTANDORdoctitledate.', max_size=60)


def test_no_query_fails(library: Index) -> None:
    """Every query with any words has an answer, and the parts of its scores add up."""

    @settings(max_examples=_examples(library, 3000))
    @given(GARBAGE)
    def has_an_answer(text: str) -> None:
        try:
            results = library.search(text, explain=True, context=1)
        except BadQuery:
            return
        for hit in results:
            assert round(sum(part.score for part in hit.explanation), 6) == round(hit.score, 6)
            assert hit.highlights == sorted(hit.highlights)

    has_an_answer()


def test_no_text_makes_a_search_fail(library: Index) -> None:
    @settings(max_examples=_examples(library, 300))
    @given(st.text(max_size=200))
    def searches(text: str) -> None:
        try:
            library.search(text, by="document", sort="date", within=text)
        except BadQuery:
            return

    searches()


def _examples(library: Index, of_a_folder: int) -> int:
    """Return how many queries are tried: on OpenSearch, where each takes ten times as long, fewer of the same kinds.

    They are read by the same code, whatever the index is; what becomes of them there has fewer ways to go.
    """
    return of_a_folder // 10 if isinstance(library, RemoteIndex) else of_a_folder
