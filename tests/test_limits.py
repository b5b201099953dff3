"""Limits on the size of a query, and on the time that it takes."""

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from command import run
from ranking_twin import twin

from jooya.analyzers import analysis
from jooya.indexer import BadQuery, BeyondLimit, Document, Index, Limits
from jooya.indexer import index as index_module
from jooya.indexer.codec.arrays import Array
from jooya.indexer.commands.cli import cli
from jooya.indexer.defaults import CACHE_MEMORY
from jooya.indexer.limits import check, deadline, left
from jooya.indexer.options import ReadOptions
from jooya.indexer.query.highlight_terms import HighlightTerms
from jooya.indexer.query.parser import parse
from jooya.indexer.query.scanner import scan
from jooya.indexer.ranking.postings import Postings
from jooya.indexer.search import chunked_analysis
from jooya.indexer.search.chunked_analysis import analyze_in_chunks
from jooya.indexer.search.highlight import highlight

LETTERS = "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
WORDS = [f"گ{first}{second}" for first in LETTERS for second in LETTERS]  # 1,024 words, all of which match گ*
LONG = "the query takes longer than 0 seconds: ask for less, or allow more with"
OVER = f"{LONG} --timeout"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build an index of a passage of very many words, one of very many repetitions, and many copies of a passage."""
    folder = tmp_path_factory.mktemp("limits")
    with Index.create(folder / "index") as index:
        index.add(
            Document("many", " ".join(WORDS), title="همه"),
            Document("same", "گل " * 20_000),
            *(Document(f"copies/{number}", "همان باران تکراری") for number in range(200)),
            options=ReadOptions(whole=True),
        )
    return folder


@pytest.fixture(scope="module")
def adversarial(folder: Path) -> Index:
    return Index.open(folder / "index")


def notes_of(folder: Path, *arguments: str) -> list[str]:
    code, _, err = run("search", *arguments, cwd=folder)
    assert code in (0, 1)
    return [line for line in err.splitlines() if line.startswith("note: ")]


def test_default_limits() -> None:
    limits = Limits()
    assert (limits.words, limits.characters, limits.nesting) == (500, 10_000, 20)
    assert (limits.patterns, limits.expansions, limits.depth, limits.seconds) == (20, 1_000, 10_000, 10.0)
    assert CACHE_MEMORY == 128


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"words": 0}, "words cannot be 0: give an integer of 1 or more"),
        ({"depth": -1}, "depth cannot be -1: give an integer of 1 or more"),
        ({"nesting": 51}, "nesting cannot be 51: give an integer from 1 to 50"),
        ({"seconds": -0.5}, "seconds cannot be -0.5: give a number of 0 or more"),
        ({"seconds": float("nan")}, "seconds cannot be nan: give a number of 0 or more"),
    ],
)
def test_invalid_limits(arguments: dict[str, int], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        Limits(**arguments)


@pytest.mark.parametrize(
    ("option", "query", "default", "limited"),
    [
        (
            "words=3",
            "باران برف باد ابر",
            [],
            ["the query is too long: only its first 13 characters are used"],
        ),
        ("words=3", '"باران""برف"(باد)ابر', [], ["the query is too long: only its first 16 characters are used"]),
        ("characters=9", "باران برف باد", [], ["the query is too long: only its first 9 characters are used"]),
        ("nesting=2", "(((باران)))", [], ["read as plain words: parentheses are nested more than 2 deep"]),
        ("patterns=1", "همان* تکرار* باران", [], ["only the first 1 patterns and fuzzy words are searched for"]),
        ("patterns=1", "همان~1 doc:copies* باران", [], ["only the first 1 patterns and fuzzy words are searched for"]),
        (
            "expansions=10",
            "گ*",
            ["گ*: stands for 1,025 words; only the 1,000 most common are searched for"],
            ["گ*: stands for 1,025 words; only the 10 most common are searched for"],
        ),
    ],
)
def test_exceeded_limits_are_reported(
    folder: Path, adversarial: Index, option: str, query: str, default: list[str], limited: list[str]
) -> None:
    name, _, number = option.partition("=")
    assert adversarial.search(query).notes == default
    # A pattern that is not searched for is read as words, which is reported, too.
    assert adversarial.search(query, limits=Limits(**{name: int(number)})).notes[: len(limited)] == limited
    assert notes_of(folder, "--limit", option, query)[: len(limited)] == [f"note: {note}" for note in limited]


def test_limits_can_be_raised(adversarial: Index) -> None:
    assert adversarial.search(" ".join(WORDS[:600]), limits=Limits(words=600)).notes == []
    assert adversarial.search("گ*", limits=Limits(expansions=2000)).notes == []
    assert parse("(" * 50 + "گل" + ")" * 50, Limits(nesting=50)).notes == ()
    deep = "+title:(گل -" * 50 + "گل" + ")" * 50
    assert adversarial.search(deep, limits=Limits(nesting=50), explain=True).notes == []


def test_the_depth_is_limited(folder: Path, adversarial: Index) -> None:
    message = ("hit {} is beyond the last that may be asked for, {}: narrow the query, or allow more with {}").format
    assert len(adversarial.search("باران", limit=1, first=10_000)) == 0
    for ask in (
        lambda: adversarial.search("باران", limit=2, first=10_000),
        lambda: adversarial.rank("باران", 10_001),
        lambda: adversarial.similar("same", 10_001),
    ):
        with pytest.raises(BeyondLimit, match=f"^{re.escape(message('10,001', '10,000', 'Limits(depth=10001)'))}$"):
            ask()
    assert run("search", "--limit", "depth=5", "-k", "3", "--from", "4", "باران", cwd=folder) == (
        2,
        "",
        f"jooya: {message(6, 5, '--limit depth=6')}\n",
    )
    assert run("search", "--limit", "depth=6", "-k", "3", "--from", "4", "--copies", "باران", cwd=folder)[0] == 0


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("words", "'words' is not NAME=N with one of {names} and a number."),
        ("word=3", "'word=3' is not NAME=N with one of {names} and a number."),
        ("seconds=3", "'seconds=3' is not NAME=N with one of {names} and a number."),
        ("words=-3", "'words=-3' is not NAME=N with one of {names} and a number."),
        ("words=۳", "'words=۳' is not NAME=N with one of {names} and a number."),
        ("words=0", "words cannot be 0: give an integer of 1 or more."),
        ("nesting=1000", "nesting cannot be 1000: give an integer from 1 to 50."),
    ],
)
def test_invalid_limit_options(folder: Path, option: str, message: str) -> None:
    names = "words, characters, nesting, patterns, expansions, depth"
    expected = f"jooya: Invalid value for '--limit': {message.format(names=names)} (see 'jooya search --help')\n"
    assert run("search", "--limit", option, "باران", cwd=folder) == (2, "", expected)


def test_limits_in_the_configuration_file(folder: Path, tmp_path: Path) -> None:
    (folder / "index").rename(tmp_path / "index")
    try:
        toml = '[search]\ntimeout = 5\nmemory = 64\nlimit = ["words=2", "nesting=3"]\n[similar]\ntimeout = 0\n'
        (tmp_path / "jooya.toml").write_text(toml, encoding="utf-8")
        shown = json.loads(run("status", "--json", cwd=tmp_path)[1])["settings"]["search"]
        assert (shown["timeout"], shown["memory"], shown["limit"]) == (5.0, 64, ["words=2", "nesting=3"])
        note = "note: the query is too long: only its first 9 characters are used"
        assert notes_of(tmp_path, "باران برف باد") == [note]
        assert notes_of(tmp_path, "--limit", "words=3", "باران برف باد") == []
        assert run("similar", "same", cwd=tmp_path) == (2, "", f"jooya: {OVER}\n")
        (tmp_path / "jooya.toml").write_text('[search]\nlimit = ["x=2"]\n', encoding="utf-8")
        assert run("search", "باران", cwd=tmp_path)[2].startswith("jooya: Invalid value for '--limit': 'x=2' is not")
    finally:
        (tmp_path / "index").rename(folder / "index")


def test_the_time_is_limited(folder: Path, adversarial: Index) -> None:
    at_once = Limits(seconds=0)
    for ask in (
        lambda: adversarial.search("باران", limits=at_once),
        lambda: adversarial.search("*ا*", limits=at_once),
        lambda: adversarial.search("date:1384", sort="date", limits=Limits(seconds=0)),
        lambda: adversarial.rank("باران", limits=at_once),
        lambda: adversarial.similar("same", limits=at_once),
        lambda: adversarial.did_you_mean("بارران", limits=at_once),
        lambda: adversarial.suggest("با", limits=at_once),
    ):
        with pytest.raises(BeyondLimit) as caught:
            ask()
        assert str(caught.value) == f"{LONG} Limits(seconds=…)"
    assert isinstance(caught.value, BadQuery)
    for command in (["search", "باران"], ["similar", "same"], ["suggest", "با"]):
        assert run(*command, "--timeout", "0", cwd=folder) == (2, "", f"jooya: {OVER}\n")
    # Each of several queries has its own time, and the others are still answered.
    (folder / "q.tsv").write_text("a\tباران\nb\tبرف\n", encoding="utf-8")
    arguments = ["search", "--queries", "q.tsv", "--format", "trec"]
    assert run(*arguments, "--timeout", "0", cwd=folder) == (1, "", f"query a: {OVER}\nquery b: {OVER}\n")
    assert run(*arguments, cwd=folder)[0] == 0
    negative = run("search", "--timeout", "-1", "باران", cwd=folder)
    assert negative[0] == 2 and "'-1' is not a number of seconds, 0 or more." in negative[2]


def test_the_earlier_of_two_deadlines_counts() -> None:
    with deadline(100):
        with deadline(1000):
            assert 0 < left() <= 100
        with deadline(0), pytest.raises(BeyondLimit, match="than 0 seconds"):
            check()
        check()
        assert 0 < left() <= 100
    assert left() == float("inf")
    with deadline(1), deadline(1000), pytest.raises(BeyondLimit, match="than 1 second:"):
        time.sleep(1)
        check()


def test_each_thread_has_its_own_deadline(adversarial: Index) -> None:
    over, searched = Event(), Event()

    def hurried() -> None:
        with deadline(0):
            with pytest.raises(BeyondLimit):
                check()
            over.set()
            assert searched.wait(60)

    def patient() -> int:
        assert over.wait(60)
        try:
            return adversarial.search("باران").total
        finally:
            searched.set()

    with ThreadPoolExecutor(2) as threads:
        first, second = threads.submit(hurried), threads.submit(patient)
        assert second.result() == 200
        first.result()


def test_hits_are_shown_even_if_there_is_no_time_for_suggestions(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def late(*_: object, **__: object) -> list[str]:
        with deadline(0):
            check()
        return []

    monkeypatch.setattr(index_module.Index, "did_you_mean", late)
    assert not cli.main(["search", "-i", str(folder / "index"), "باران"], standalone_mode=False)
    shown = capsys.readouterr()
    assert shown.out.startswith("1. copies/0")
    assert shown.err == "note: no time to look for other spellings of the query; allow more with --timeout\n"


def test_long_texts_are_neither_completed_nor_corrected(folder: Path, adversarial: Index) -> None:
    assert adversarial.did_you_mean("بارران تکراری") == ["باران تکراری"]
    assert adversarial.did_you_mean("بارران تکراری", limits=Limits(words=1)) == []
    message = "a text of more than 2 words or 10,000 characters is not completed: give its end alone"
    with pytest.raises(BeyondLimit, match=f"^{message}$"):
        adversarial.suggest("باران تکراری و", limits=Limits(words=2))
    assert run("suggest", "--limit", "words=2", "باران تکراری و", cwd=folder) == (2, "", f"jooya: {message}\n")


def test_the_cache_is_limited(folder: Path) -> None:
    with Index.open(folder / "index", memory=0) as index:
        for word in WORDS[:50]:
            index.search(word)
        assert len(index._searcher()._postings) == 1
    with Index.open(folder / "index") as index:
        for word in WORDS[:50]:
            index.search(word)
        assert len(index._searcher()._postings) >= 100


ADVERSARIAL = [
    *[mark * 10_000 for mark in '("«)*~^?:-_'],
    *[mark * 5_000 for mark in ("+-", "a^", "a~", "a:", "()", '""', "«»", "_*", "*!", "?*", "[a", "-(")],
    "ab:" * 3_333,
    "*" * 5_000 + "ا" + "*" * 4_998 + "!",
    "_" * 5_000 + "*" + "_" * 4_998 + "!",
    "*" + "*".join(LETTERS * 30) + "*",
    "گ" + "*ا" * 4_000 + "*ب",
    "ا" * 9_990 + "~2",
    " ".join(f"*{letter}*" for letter in LETTERS),
    " OR ".join(f"{first}{second}*" for first in LETTERS for second in LETTERS),
    " OR ".join(f"doc:*{number}*" for number in range(240)),
    " ".join(f"گ{first}{second}~2" for first, second in zip(LETTERS, LETTERS[5:], strict=False)),
    '"' + "گل " * 499 + '"',
    '"' + "گل " * 499 + '"~1000',
    '"گل گل گل" ' * 100,
    '"گل گاب"~1000 ' * 160,
    '"' + " ".join(WORDS[:499]) + '"~1000',
    " ".join(WORDS[:500]),
    "گل " * 500,
    '"گل"' * 3_000,
    ",".join(WORDS),
    "+(گل " * 20 + ")" * 20,
    "گل -(باران " * 20 + ")" * 20,
    "NOT " * 501 + "گل",
    "(" * 20 + "گل^1000" + ")^1000" * 20,
    "گل " * 400_000,
]


@pytest.mark.parametrize("query", ADVERSARIAL, ids=range(len(ADVERSARIAL)))
def test_adversarial_queries_take_little_time(adversarial: Index, query: str) -> None:
    """Some of these took minutes before they were guarded against. The bound leaves room for slow machines."""
    began = time.process_time()
    try:
        shown = adversarial.search(query, limit=5, explain=True, limits=Limits(seconds=100))
        for hit in shown:
            assert hit.snippet <= (len(hit.text), len(hit.text))
    except BadQuery as error:
        assert str(error).startswith("nothing to search for in ")
        assert len(str(error)) < 200
    adversarial.did_you_mean(query)
    assert time.process_time() - began < 5


def test_matching_a_phrase_stops_as_soon_as_no_document_is_left(
    adversarial: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The positions of each of the 499 words used to be read in every passage that has the first one."""
    looked: list[int] = []
    positions = Postings.positions

    def counted(postings: Postings, docs: Array) -> tuple[Array, Array]:
        looked.append(len(docs))
        return positions(postings, docs)

    monkeypatch.setattr(Postings, "positions", counted)
    with twin():
        assert adversarial.search('"' + "باران " * 499 + '"').total == 0
    assert 2 <= len(looked) < 20


def test_patterns_are_scanned_in_linear_time() -> None:
    """With a mark at the end, the pattern used to be tried again from each star."""
    began = time.process_time()
    for end in ("!", "", "x!x"):
        list(scan("*" * 500_000 + "ا" + "*" * 499_000 + end, []))
    assert time.process_time() - began < 3


def test_a_repeated_phrase_is_highlighted_in_linear_time() -> None:
    text = "گل " * 50_000
    phrase = ("گل",) * 400
    began = time.process_time()
    assert highlight(text, HighlightTerms(phrases=(phrase,))) == [(0, len(text) - 1)]
    assert time.process_time() - began < 5
    assert highlight("گل " * 399, HighlightTerms(phrases=(phrase,))) == []
    assert highlight("گل باغ گل باغ گل", HighlightTerms(phrases=(("گل", "باغ", "گل"),))) == [(0, 16)]


@pytest.mark.parametrize("size", [40, 200, 5_000])
def test_long_texts_are_analyzed_in_chunks(transcript: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    text = transcript.read_text(encoding="utf-8")
    text = text[:20_000]
    whole = analysis().columns(text)
    monkeypatch.setattr(chunked_analysis, "_CHUNK", size)
    parts = analyze_in_chunks(text)
    assert [text[start:end] for start, end in zip(parts.starts, parts.ends, strict=True)][:3] == [
        text[start:end] for start, end in zip(whole.starts, whole.ends, strict=True)
    ][:3]
    assert parts.next_position >= whole.next_position
    if size == 5_000:  # each chunk has a mark to end at
        for name in parts.__slots__:
            assert getattr(parts, name) == getattr(whole, name)
    with deadline(0), pytest.raises(BeyondLimit):
        analyze_in_chunks(text)


@pytest.mark.parametrize(
    ("text", "chunks"),
    [
        ("", [""]),
        ("0123456789", ["0123456789"]),
        ("0123456789x", ["0123456789", "x"]),
        ("012! 45 789x", ["012! ", "45 789x"]),  # after the last mark with a space
        ("012! 4! 789x", ["012! 4! ", "789x"]),
        ("012!456 89x", ["012!456 ", "89x"]),  # a mark without one is none
        ("01 34\n6789x", ["01 34\n", "6789x"]),  # after the last space
        ("01 34 6789x", ["01 34 ", "6789x"]),
        ("ab. d. 789x", ["ab. ", "d. 789x"]),  # single letters with dots may be one token
        ("012345678! x", ["0123456789"[:9] + "!", " x"]),
    ],
)
def test_where_chunks_end(monkeypatch: pytest.MonkeyPatch, text: str, chunks: list[str]) -> None:
    monkeypatch.setattr(chunked_analysis, "_CHUNK", 10)
    assert [text[start:end] for start, end in chunked_analysis._chunks(text)] == chunks


def test_a_text_without_marks_or_spaces_is_cut_between_any_letters() -> None:
    columns = analyze_in_chunks("گ" * 120_000)
    assert list(zip(columns.starts, columns.ends, columns.positions, strict=True)) == [
        (0, 50_000, 0),
        (50_000, 100_000, 1),
        (100_000, 120_000, 2),
    ]


def test_many_copies_are_counted(adversarial: Index) -> None:
    (first, *_) = adversarial.search("همان باران تکراری", limit=5)
    assert first.copies == 199
    assert [hit.copies for hit in adversarial.search("باران", limit=3, collapse=False)] == [0, 0, 0]
