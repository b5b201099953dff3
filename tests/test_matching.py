"""Finding passages: stop words beside other words find nothing, fields filter, and exclusions leave all others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jooya.analyzers import analysis
from jooya.indexer import Document, Index, Section
from jooya.indexer.query.query_words import query_words


def _interview() -> Document:
    turns = [
        ("مینا کاویانی", "زنبورها از باغ به کوه می\u200cروند و عسل می\u200cآورند."),
        ("بهرام طاهری", "عسل کوه در بازار کمیاب است."),
        ("مینا کاویانی", "برف دیر آمد."),
        ("بهرام طاهری", "کندوها را در باغ می\u200cگذاریم."),
    ]
    text = "\n\n".join(f"{name}: {said}" for name, said in turns)
    return Document("talk", text, "گفت\u200cوگو با زنبورداران")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Build an index of two segments."""
    index = Index.create(tmp_path_factory.mktemp("library") / "index")
    index.add(
        Document("snow", "برف در کوه نشست", "زمستان", "1400-10-05", whole=True),
        Document("garden", "درختان را در باغ کاشتند", "بهار", "1401-01-20", whole=True, collection="farm"),
        Document("road", "راه را از دره به ده کشیدند", "جاده", "1402-05-01", whole=True),
    )
    text = "کندو\nکندو را از چوب می\u200cسازند.\nعسل\nعسل را در پاییز می\u200cگیرند."
    sections = [Section(0, "کندو"), Section(text.index("\nعسل") + 1, "عسل")]
    index.add(
        Document("guide", text, "راهنمای زنبورداری", "1399-02-02", sections=sections),
        Document("echo", "برف در کوه نشست", "بهار", "1398-01-01", whole=True),
    )
    index.add(_interview())
    return index


def ids(index: Index, query: str, **options: object) -> list[str]:
    return [hit.id for hit in index.search(query, **options)]  # type: ignore[arg-type]


STOP_WORDS = [
    # A passage that shares only در, را or از with the query is not found.
    ("برف در کوه", {"snow", "echo", "talk#1", "talk#2", "talk#3"}),
    ("درختان را", {"garden"}),
    ("چرا دره را", {"road"}),
    ("زنبور در آسمان", {"talk#1"}),
    ("پلنگ در باران را", set()),
    # A word in the title is enough.
    ("جاده در", {"road"}),
    # Stop words by themselves are found.
    ("را", {"garden", "road", "guide#1", "guide#2", "talk#4"}),
    ("را از", {"garden", "road", "guide#1", "guide#2", "talk#1", "talk#4"}),
    # And so they are where their marks say that the word itself is meant.
    ("+را درختان", {"garden", "road", "guide#1", "guide#2", "talk#4"}),
    ("درختان OR را", {"garden", "road", "guide#1", "guide#2", "talk#4"}),
    ('درختان "را از"', {"garden", "road", "guide#1"}),
    # In brackets and in titles.
    ("درختان (را از)^2", {"garden"}),
    ("درختان OR (دره را)", {"garden", "road"}),
    ("+(درختان را)", {"garden"}),
    ("کوه -(درختان در)", {"snow", "echo", "talk#1", "talk#2"}),
    ("title:(با جاده)", {"road"}),
    ("title:(با در)", {"talk#1", "talk#2", "talk#3", "talk#4"}),
    # Beside a filter they are found as by themselves.
    ("را collection:farm", {"garden"}),
    ("را doc:talk", {"talk#4"}),
    ("باغ را collection:farm", {"garden"}),
]


@pytest.mark.parametrize(("query", "found"), STOP_WORDS)
def test_stop_words_beside_others_find_nothing(library: Index, query: str, found: set[str]) -> None:
    results = library.search(query, collapse=False)
    assert {hit.id for hit in results} == found
    assert results.total == len(found)
    for sort in ("date", "document"):
        assert set(ids(library, query, sort=sort, collapse=False)) == found
    documents = library.search(query, by="document")
    assert {hit.document for hit in documents} == {one.split("#")[0] for one in found}
    assert documents.total == len(documents.hits)
    assert {passage for passage, _ in library.rank(query)} == found
    assert set(ids(library, "را از در به برف کوه".replace(" ", " OR "), within=query, collapse=False)) <= found


WORDS = [
    "برف",
    "در",
    "کوه",
    "را",
    "درختان",
    "باغ",
    "از",
    "به",
    "عسل",
    "کندو",
    "چرا",
    "دره",
    "بهار",
    "زمستان",
    "پلنگ",
    "می\u200cرود",
    "نشستند",
    "است",
    "کرد",
]


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6))
def test_plain_words_find_the_passages_with_any_word_of_content(library: Index, words: list[str]) -> None:
    query = " ".join(words)
    sought = query_words(query)
    content = [word for word in sought if not word.is_stop_word] or sought
    stems = {stem for word in content for stem in (*word.stems, *word.parts)}
    passages = library.search("-ناموجود", 100, collapse=False).hits
    expected = {
        hit.id for hit in passages if stems.intersection(analysis().columns(f"{hit.text}\n\n{hit.title}").stems)
    }
    assert set(ids(library, query, collapse=False)) == expected
    assert library.search(query).total == len(expected)


def test_stop_words_add_to_scores(library: Index) -> None:
    without, with_stop_word = (dict(library.rank(query)) for query in ("کوه", "در کوه"))
    assert with_stop_word["snow"] > without["snow"]
    assert with_stop_word["talk#1"] == without["talk#1"]
    (hit,) = library.search("درختان را", explain=True)
    assert "text:را" in [part.description for part in hit.explanation]


def test_copies_have_a_content_word(library: Index) -> None:
    (hit,) = library.search("برف در نشست", 1)
    assert (hit.id, hit.copies) == ("echo", 1)


FILTERS = [
    ("speaker:کاویانی", {"talk#1", "talk#3"}),
    ("speaker:کاویانی عسل", {"talk#1"}),
    ("عسل speaker:کاویانی", {"talk#1"}),
    ("+speaker:کاویانی عسل", {"talk#1"}),
    ('speaker:"بهرام طاهری" کندو عسل', {"talk#2", "talk#4"}),
    ('speaker:"طاهری بهرام" عسل', set()),
    ("speaker:(کاویانی طاهری) باغ", {"talk#1", "talk#4"}),
    ("speaker:طاهر* عسل", {"talk#2"}),
    ("-speaker:کاویانی عسل", {"talk#2", "guide#2"}),
    ("speaker:کاویانی -عسل", {"talk#3"}),
    ("speaker:ناشناس عسل", set()),
    ("speaker:کاویانی doc:talk برف", {"talk#3"}),
    ("speaker:کاویانی speaker:طاهری", set()),
    ("speaker:کاویانی را", set()),
    ("title:بهار کوه", {"echo"}),
    ('title:"راهنمای زنبورداری" عسل چوب', {"guide#1", "guide#2"}),
    ("heading:عسل پاییز چوب", {"guide#2"}),
    ("heading:عسل heading:کندو", set()),
    # As alternatives.
    ("speaker:کاویانی OR چوب", {"talk#1", "talk#3", "guide#1"}),
    ("(speaker:کاویانی OR heading:کندو)", {"talk#1", "talk#3", "guide#1"}),
    ("(speaker:طاهری OR heading:عسل) عسل", {"talk#2", "guide#2"}),
    ("doc:snow OR doc:road کوه ده", {"snow", "road"}),
    ("date:1400 OR date:1402 کوه ده", {"snow", "road"}),
    # In brackets, and where a passage must or must not match.
    ("(speaker:کاویانی عسل) OR چوب", {"talk#1", "guide#1"}),
    ("باغ +(speaker:کاویانی عسل)", {"talk#1"}),
    ("باغ -(speaker:کاویانی عسل)", {"garden", "talk#4"}),
]


@pytest.mark.parametrize(("query", "found"), FILTERS)
def test_fields_filter(library: Index, query: str, found: set[str]) -> None:
    results = library.search(query, collapse=False)
    assert {hit.id for hit in results} == found
    assert results.total == len(found)


def test_fields_do_not_change_the_scores_of_words(library: Index) -> None:
    plain = {hit.id: hit.score for hit in library.search("عسل کوه")}
    for query in ("speaker:کاویانی عسل کوه", "title:زنبورداران عسل کوه", 'doc:talk speaker:"مینا کاویانی" عسل کوه'):
        found = library.search(query).hits
        assert found
        assert [hit.score for hit in found] == [plain[hit.id] for hit in found]


def test_fields_are_scored_by_themselves_or_with_a_boost(library: Index) -> None:
    assert all(hit.score > 0 for hit in library.search("speaker:کاویانی"))
    assert all(hit.score > 0 for hit in library.search("speaker:کاویانی doc:talk -برف"))
    (plain,), (boosted,) = library.search("speaker:کاویانی برف"), library.search("speaker:کاویانی^2 برف")
    assert boosted.score > plain.score
    assert boosted.id == plain.id


@pytest.mark.parametrize(
    ("query", "notes"),
    [
        ("speaker:ناشناس عسل", ["speaker:ناشناس: this word is in no speaker"]),
        ("title:پلنگ", ["title:پلنگ: this word is in no title"]),
        ("-title:پلنگ عسل", []),
        ("speaker:طاهری باران", []),
    ],
)
def test_a_word_that_no_field_has_is_reported(library: Index, query: str, notes: list[str]) -> None:
    assert library.search(query).notes == notes


def test_within_filters_by_fields_and_content_words(library: Index) -> None:
    assert ids(library, "عسل", within="speaker:کاویانی باغ در") == ["talk#1"]
    assert ids(library, "کوه", within="دره در کندو") == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("-عسل", {"echo", "garden", "guide#1", "road", "snow", "talk#3", "talk#4"}),
        ("NOT عسل", {"echo", "garden", "guide#1", "road", "snow", "talk#3", "talk#4"}),
        ("-عسل -کندو -برف", {"garden", "road"}),
        ("-doc:talk -doc:guide", {"echo", "garden", "road", "snow"}),
        ("-title:بهار -doc:talk -doc:guide", {"road", "snow"}),
        ("-speaker:کاویانی doc:talk", {"talk#2", "talk#4"}),
        ("collection:farm -برف", {"garden"}),
    ],
)
def test_exclusions_by_themselves_leave_all_other_passages(library: Index, query: str, found: set[str]) -> None:
    results = library.search(query, collapse=False)
    assert [hit.id for hit in results] == sorted(found)
    assert {hit.score for hit in results} == {0}
    assert results.total == len(found)
