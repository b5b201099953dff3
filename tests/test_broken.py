"""Words torn by extraction: hyphens at the end of a line, soft hyphens, stray spaces."""

import json
import re
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from command import run
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jooya.analyzers import analysis
from jooya.analyzers.analysis import TokenColumns
from jooya.analyzers.bloom_filter import BloomFilter, bloom, code_of
from jooya.analyzers.characters import align
from jooya.analyzers.tokenizer import unhyphenated

TABLE = (Path(__file__).parent / "data" / "torn.tsv").read_text(encoding="utf-8").replace("~", "\u200c").splitlines()
ROWS = [line.split("\t") for line in TABLE if not line.startswith("#")]


def unescaped(text: str) -> str:
    return re.sub(r"\\u(....)", lambda match: chr(int(match[1], 16)), text).replace("\\n", "\n").replace("\\r", "\r")


@pytest.mark.parametrize(("covers", "marked", "terms", "parts"), ROWS, ids=unescaped)
def test_torn_words_are_joined_and_others_are_not(covers: str, marked: str, terms: str, parts: str) -> None:
    text, spans = "", []
    for piece in re.split(r"(\[[^]]*\])", unescaped(marked)):
        if piece.startswith("["):
            spans.append((len(text), len(text) + len(piece) - 2))
        text += piece.strip("[]")
    found = analysis().tokens(text)
    starts: dict[int, int] = {}
    for token in found:  # the first at an offset is the whole word
        starts.setdefault(token.start, token.end)
    wholes = [token for token in found if (token.start, token.end) in spans and token.end == starts[token.start]]
    assert [(token.start, token.end, token.stem) for token in wholes] == [
        (*span, term) for span, term in zip(spans, terms.split(), strict=True)
    ]
    others = [token for token in found if token not in wholes]
    assert [text[token.start : token.end] for token in others] == ([] if parts == "-" else unescaped(parts).split("|"))


def test_the_table_is_long_and_says_something() -> None:
    assert len(ROWS) >= 75
    joined = [marked for _, marked, *_ in ROWS if re.search(r"\[[^]]*(?: |\\n|\\u00ad)[^]]*\]", marked)]
    assert len(joined) >= 40
    assert len(ROWS) - len(joined) >= 30


def test_positions_go_on_after_a_torn_word() -> None:
    """A phrase finds its words beside one another, though one of them was torn."""
    for text in ("جنبش مقاومت مردم", "جنبش مقا ومت مردم", "جنبش مقاو-\nمت مردم", "جنبش م ق ا و م ت مردم"):
        assert [(token.stem, token.position) for token in analysis().tokens(text)] == [
            ("جنبش", 0),
            ("مقاومت", 1),
            ("مردم", 2),
        ]


WORDS = [
    "مقاومت",
    "کتابخانه",
    "دانشگاه",
    "سرزمین",
    "فلسطین",
    "اسرائیل",
    "جمهوری",
    "اجتماعی",
    "گفتند",
    "و",
    "ی",
    "ز",
    "آن",
    "خانۀ",
]
PIECES = [
    *WORDS,
    "مقا",
    "ومت",
    "کتا",
    "بخانه",
    "فلسطی",
    "ن",
    "ا",
    "ه",
    "ت",
    "ها",
    "های",
    "می",
    "رود",
    "زانکه",
    "ناشناس",
    "ـ",
]
GAPS = [
    " ",
    " ",
    "  ",
    "\n",
    "-\n",
    "\u00ad",
    "\u00ad\n",
    "\u2010\r\n ",
    "\u00ac",
    "\u200c",
    "\u200c ",
    " \u200c ",
    " \u064e ",
    "-",
    "، ",
    "\u0654",
    "",
]
TORN_TEXT = st.lists(
    st.tuples(st.sampled_from(PIECES), st.sampled_from(GAPS)) | st.tuples(st.characters(), st.just(""))
).map(lambda pairs: "".join(piece + gap for piece, gap in pairs))


@given(TORN_TEXT)
@example("ی\u200c کتا ")  # a half-space in the gap made a part that began with the space
@example("نمی \u200c گویم")  # a half-space between two spaces was looked up as a word, and raised
@example("ـــ ها")  # tatweels were a word that endings belong to
@example("ل \u064e یقوان")  # so did a mark between two spaces, which was in a part of the compound
@settings(max_examples=500)
def test_offsets_stay_in_the_text_and_in_order(text: str) -> None:
    reached = 0
    for token in analysis().tokens(text):
        assert 0 <= token.start < token.end <= len(text)
        assert not text[token.start].isspace()
        assert not text[token.end - 1].isspace()
        if token.start >= reached:
            reached = token.end
        assert token.end <= reached


@given(TORN_TEXT)
@settings(max_examples=500)
def test_a_torn_word_cut_out_has_the_same_term(text: str) -> None:
    reached = 0
    for token in analysis().tokens(text):
        if token.start >= reached:
            again = analysis().tokens(text[token.start : token.end])[0]
            assert (again.stem, again.surface) == (token.stem, token.surface)
            reached = token.end


@given(TORN_TEXT)
@settings(max_examples=500)
def test_same_terms_for_composed_and_decomposed_text(text: str) -> None:
    composed, decomposed = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert analysis().columns(composed).stems == analysis().columns(decomposed).stems


@given(TORN_TEXT)
@settings(max_examples=500)
def test_the_fast_way_reads_what_close_reading_does(text: str) -> None:
    text = unhyphenated(text)
    closely = TokenColumns()
    analysis()._read(closely, text, 0, len(text))
    fast = analysis().columns(text)
    for name in TokenColumns.__slots__:
        assert getattr(fast, name) == getattr(closely, name)


@given(TORN_TEXT)
def test_hyphens_are_taken_out_one_for_one(text: str) -> None:
    healed = unhyphenated(text)
    assert len(healed) == len(text)
    assert unhyphenated(healed) == healed
    changed = [place for place, (old, new) in enumerate(zip(align(text), align(healed), strict=True)) if old != new]
    assert all(text[place].isspace() or text[place] in "-\u2010\u00ad\u00ac" for place in changed)


@pytest.mark.parametrize(
    "hostile",
    [
        lambda size: "مقا-" + "\n" * size,
        lambda size: "مقا-\n" * (size // 5),
        lambda size: "مقا" + "\u00ad" * size + "\n",
        lambda size: "ـ" * size + "-\n",  # took a time that grew with the square
        lambda size: "ـ" * size + " -\n",
        lambda size: "x" * size + "-\n",
        lambda size: "x-" * (size // 2),
        lambda size: "a." * (size // 2),
        lambda size: "\ufdfa" * (size // 4),
        lambda size: "ب\u064e" * (size // 2) + "\n-",
        lambda size: "ب" + "\u200c" * size + "\n-",
        lambda size: "ا " * (size // 2),
        lambda size: "و " * (size // 2),
        lambda size: "مقا ومت " * (size // 8),
    ],
)
def test_time_is_linear(hostile: Callable[[int], str]) -> None:
    """Ten times the text takes about ten times as long, not a hundred."""
    took = []
    for size in (20_000, 200_000):
        text = hostile(size)
        began = time.process_time()
        analysis().tokens(text)
        took.append(time.process_time() - began)
    assert took[1] < 30 * took[0] + 0.5


def test_a_bloom_filter_has_its_words_and_few_others() -> None:
    words = {f"واژه{number}" for number in range(1000)}
    held = BloomFilter(bloom(words))
    assert all(code_of(word) in held for word in words)
    others = sum(code_of(f"دیگر{number}") in held for number in range(10_000))
    assert 200 < others < 1000
    assert bloom(words) == bloom(sorted(words, reverse=True))
    assert code_of("واژه") == 1647055727


def test_torn_words_are_found_and_shown_as_they_stand(tmp_path: Path) -> None:
    text = "گزارشی از جنبش مقاو-\nمت در فلسطی ن و کتا بخانه‌های آن.\n"
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    assert run("index", "a.txt", cwd=tmp_path)[0] == 0
    for query, cut in (("مقاومت", "مقاو-\nمت"), ("فلسطین", "فلسطی ن"), ("کتابخانه", "کتا بخانه\u200cهای")):
        (hit,) = json.loads(run("search", "--format", "json", query, cwd=tmp_path)[1])["hits"]
        assert [hit["text"][start:end] for start, end in hit["highlights"]] == [cut]
    assert json.loads(run("search", "--format", "json", '"جنبش مقاومت"', cwd=tmp_path)[1])["hits"]
