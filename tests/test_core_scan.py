"""The scanner of the compiled core, which gives what its twin in Python gives."""

from concurrent.futures import ThreadPoolExecutor
from itertools import chain

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jooya.analyzers.analysis import Analysis
from jooya.analyzers.lexicon import lexicon
from jooya.analyzers.loose_terms import loose_terms
from jooya.core import compiled

if compiled is None:
    pytest.skip("the compiled core is not there", allow_module_level=True)

CORE = Analysis(lexicon(), pure=False)
FORGETFUL = Analysis(lexicon(), pure=False, most=8)
TWIN = Analysis(lexicon(), pure=True)

WORDS = (
    *("کتاب", "كتابهاي", "می", "نمی", "روم", "رود", "ها", "های", "ای", "تر", "و", "به", "بدلیل", "است", "آب", "دانه"),
    *("محمد", "رضا", "غیر", "قانونی", "مقا", "ومت", "فلسطی", "ن", "د", "ا", "ن", "ش", "سودوکوی", "نویسنده", "گفت و گو"),
    *("ه.", "ش.", "ق.م", "ج.ا.ا", "U.S.A.", "۱۳۸۴/۹/۲۲", "۵۰۰/۰۰۰", "0912", "000", "1111", "۱۲", "%", "12%", "٪۵"),
    *("https://www.isna.ir/news/a-b?q=%D8%AA", "a@b.ir", "#سرزمین_اشغالی", "c++", "f-35", "iphone15", "کتاب‌خانه", "ﷺ"),
    *(
        "ـــ",
        "مـــن",
        "سَلام",
        "(سلام",
        "دنیا)",
        "«آیا»",
        "؟",
        "،",
        "…",
        "-",
        "É",
        "e\u0301",
        "か\u3099",
        "가",
        "ΟΔΟΣ",
        "😀",
    ),
    *(
        "\u200c",
        "\u200f",
        "(می",
        "می)",
        "«د",
        "ن.",
        "آن\xa0ها",
        "كتاب\xa0",
        "\xa0 ",
        "است،تا",
        "»",
        "(ها",
        "رضا)",
        "\ud800",
        "\x00",
        "\t",
        "\xa0",
        "مقاو-\nمت",
        "علمی-\nپژوهشی",
        "ﻻ",
        "لله",
        "ئ",
        "ۀ",
        "خانه ی",
    ),
)
SEPARATORS = (" ", " ", " ", " ", "\n", "", "  ", "\u200c", "، ", " \n ", ". ")
TEXTS = st.lists(
    st.tuples(st.one_of(st.sampled_from(WORDS), st.text(max_size=4)), st.sampled_from(SEPARATORS)), max_size=24
).map(lambda pieces: "".join(chain.from_iterable(pieces)))


def columns(analysis: Analysis, text: str) -> list[object]:
    found = analysis.columns(text)
    return [*(getattr(found, name) for name in found.__slots__)]


@settings(deadline=None, max_examples=300)
@given(TEXTS)
def test_tokens_are_those_of_the_twin(text: str) -> None:
    expected = columns(TWIN, text)
    assert columns(CORE, text) == expected  # with what is new
    assert columns(CORE, text) == expected  # from the tables
    assert columns(FORGETFUL, text) == expected
    assert CORE.tokens(text) == TWIN.tokens(text)


@settings(deadline=None, max_examples=100)
@given(TEXTS)
def test_numbers_are_those_of_the_terms(text: str) -> None:
    expected = TWIN.columns(text)
    for analysis in (CORE, FORGETFUL):
        scan = analysis.scan(text)
        assert scan is not None
        assert len(scan) == len(expected.stems)
        numbers = (scan.stem_bytes(), scan.surface_bytes(), scan.loose_bytes(loose_terms().find))
        stems, surfaces, loose = ([scan.vocabulary[n] for n in np.frombuffer(found, np.uint32)] for found in numbers)
        assert stems == expected.stems
        assert surfaces == expected.surfaces
        assert loose == loose_terms().of_text(expected)
        assert np.frombuffer(scan.position_bytes(), np.uint32).tolist() == expected.positions


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n",
        "\n \n",
        "و",
        "۱",
        "(",
        "( )",
        "می",
        " می رود ",
        "۶ % های",
        "۶  ها",
        "د  ا ن ش",
        "(می رود",
        "می (رود",
        "کتاب - ها",
        "\ufc37ی. ه.",
    ],
)
def test_the_edges_of_texts(text: str) -> None:
    assert columns(CORE, text) == columns(TWIN, text)


@pytest.mark.parametrize("text", ["کتاب " * 10_000, "ا" * 100_000, "د ا ن ش " * 5_000, "(سلام" * 5_000, "می‌" * 20_000])
def test_long_texts(text: str) -> None:
    assert columns(CORE, text) == columns(TWIN, text)


def test_a_subclass_of_str_is_a_text() -> None:
    class Text(str):
        __slots__ = ()

        def __str__(self) -> str:
            return "چیز دیگر"

    assert columns(CORE, Text("کتاب‌ها")) == columns(TWIN, Text("کتاب‌ها"))


@pytest.mark.parametrize("text", [None, 1, b"bytes"])
def test_what_is_no_text_is_refused_as_by_the_twin(text: object) -> None:
    errors = []
    for analysis in (CORE, TWIN):
        with pytest.raises((TypeError, AttributeError)) as raised:
            analysis.columns(text)  # type: ignore[arg-type]
        errors.append(raised.type)
    assert errors[0] is errors[1]


def test_an_error_of_a_callback_is_raised_and_leaves_the_tables_sound() -> None:
    broken = True

    def read_chunk(chunk: str) -> object:
        if broken and chunk == "بد":
            raise KeyError(chunk)
        return TWIN._chunks[chunk]

    scanner = compiled.Scanner(read_chunk, TWIN._read_several, TWIN._are_one, TWIN._read_group, 100)
    with pytest.raises(KeyError):
        scanner.scan("خوب بد خوب")
    broken = False
    scan = scanner.scan("خوب بد خوب")
    assert [scan.vocabulary[n] for n in np.frombuffer(scan.surface_bytes(), np.uint32)] == ["خوب", "بد", "خوب"]


def test_threads_share_an_analysis() -> None:
    texts = [" ".join(WORDS[(start + 7 * step) % len(WORDS)] for step in range(40)) for start in range(60)] * 2
    expected = [columns(TWIN, text) for text in texts]
    for most in (5, 1000):
        shared = Analysis(lexicon(), pure=False, most=most)
        with ThreadPoolExecutor(4) as threads:
            assert list(threads.map(lambda text: columns(shared, text), texts)) == expected  # noqa: B023


def reading(most: int) -> Analysis:
    """Return an analysis that reads words by the core, which it does after some hundred chunks."""
    found = Analysis(lexicon(), pure=False, most=most)
    found.columns(" ".join(map(str, range(400))))
    assert found.native
    return found


READERS = (reading(1 << 18), reading(8))

TORN = (
    *(
        "کتاب",
        "کتابهای",
        "كتا",
        "ب",
        "بخانه",
        "خانه",
        "خانهٔ",
        "می",
        "نمی",
        "روم",
        "رود",
        "توانسته",
        "اند",
        "رفته",
        "ام",
    ),
    *(
        "ها",
        "های",
        "هایی",
        "هایشان",
        "ترین",
        "تر",
        "تری",
        "بزرگ",
        "بزرگ،",
        "ای",
        "ی",
        "شان",
        "محمد",
        "رضا",
        "غیر",
        "قانونی",
    ),
    *("مقا", "ومت", "فلسطی", "نی", "دا", "نشگاه", "دانش", "گاه", "می‌", "می‌روم", "خانه‌ی", "خانه‌های", "نویسند", "گان"),
    *(
        "به",
        "بدلیل",
        "گفت",
        "و",
        "گو",
        "سه",
        "شنبه",
        "جمهو",
        "ری",
        "اسلا",
        "می",
        "اسلامی،",
        "«کتاب",
        "آن",
        "چنان",
        "که",
    ),
    *(
        "قسطنطنیه" * 4,
        "قسطنطنیه" * 7,
        "مَدرسه",
        "مـدرسه",
        "بچه",
        "هایم",
        "سخن",
        "رانی",
        "پیش",
        "بینی",
        "تصمیم",
        "گیری",
        "١٢",
    ),
)


@given(
    st.lists(
        st.tuples(st.sampled_from(TORN), st.sampled_from([" ", " ", " ", "\n", "  ", " \u200c", "، "])), max_size=12
    )
)
@settings(max_examples=600)
def test_what_a_space_has_torn_is_joined_as_by_the_twin(pieces: list[tuple[str, str]]) -> None:
    text = "".join(chain.from_iterable(pieces))
    for reader in READERS:
        assert columns(reader, text) == columns(TWIN, text)


@pytest.mark.parametrize(
    "text",
    ["کتاب های", "می روم", "نمی توانسته اند", "بزرگ تر", "خانه ای", "کتا بخانه", "می\nروم"],
)
def test_the_core_joins_words_without_python(text: str) -> None:
    analysis = reading(1 << 18)
    known = len(analysis._chunks)
    assert columns(analysis, text) == columns(TWIN, text)
    assert analysis.columns(text).starts[0] == 0
    assert analysis.columns(text).ends[0] == len(text)
    assert len(analysis._chunks) == known


def test_words_read_before_the_core_are_joined_by_it() -> None:
    analysis = Analysis(lexicon(), pure=False)
    analysis.columns("می روند کتاب بزرگ")
    analysis.columns(" ".join(map(str, range(400))))
    known = len(analysis._chunks)
    assert columns(analysis, "می بزرگ ها می روم") == columns(TWIN, "می بزرگ ها می روم")
    assert len(analysis._chunks) == known
