"""Words never met, read by the compiled core and by Python, which is its twin: equal in all that is known of them.

`tests/faults/core_words.py` does the same with mutated words of the whole lexicon.
"""

from threading import Thread

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jooya.analyzers import split_words
from jooya.analyzers.analysis import Analysis, stop_stems
from jooya.analyzers.characters import align, fold
from jooya.analyzers.lexicon import lexicon
from jooya.analyzers.loose_terms import LooseTerms
from jooya.analyzers.word_forms import WordForm, WordForms
from jooya.core import compiled

pytestmark = pytest.mark.skipif(compiled is None, reason="the compiled core was not built")

READ_BY_CORE = [
    word
    for row in (
        "کتاب کتابها کتاب\u200cهای کتاب\u200cهایشان کتابخانه\u200cهایی خانه\u200cی خانهٔ",
        "خانه\u200cای سال\u200cهاست بزرگ\u200cتر پرندگان نویسندگانی حرکات انقلابیون گرون",
        "مردونگی کتابو سلاااام عااالی وضعیتی آزادی زندانی زنــدان كتابي ﻛﺘﺎﺏ مؤمن مسئله جزء",
        "گفت گفتن گفتنش نوشته نوشته\u200cها نوشته\u200cاند می\u200cروم نمی\u200cرفته\u200cاند",
        "میبینمش بیامد نیفتاد ببین بگو برمی\u200cگردد درآمدند برگشتن گذشته شکست شود کنه دارن",
        "مکن می\u200cخواد پرونده مردها نهادهای اشخاص دانشجویان محمدرضا دانش\u200cآموزان",
        "غیرقانونی بدلیل بعنوان بعلت باران به\u200cعلت جستجو نگاه\u200cدارنده",
        "خیابان\u200cها\u200cی\u200cمان کتَاب مِی\u200cروم «کتاب» کتاب، رفت. (خانه\u200cها)",
        "مقا فلسطی نشگاه ایرا همه\u200cی نتیجه\u200cاي ههههه چچچچ ززز",
    )
    for word in row.split()
]

OTHER_KINDS = (
    "و ه. ب\u200cرود آ\u200dب ج.ا.ا ۱۲۳ کتاب۲ iran https://isna.ir \ufdf2 #کتاب کتاب_ها کتاب/ها ڕ 五 \U0001ee00 \ud800"
)
AT_EDGES = ["", " ", "\u200cکتاب", "کتاب\u200c", "کتاب\u00adها", "کتاب\nها"]
TOO_LONG = ["ب" * 61, "م" + "\u064b" * 200]
LEFT_TO_PYTHON = [*OTHER_KINDS.split(" "), *AT_EDGES, *TOO_LONG]

LETTERS = "ابپتجخدرزسشمنوهی"
ENDINGS = ["ها", "های", "ان", "ات", "می", "نمی", "بر", "ون", "تر", "ترین", "مند"]
OTHERS = ["\u200c", "\u200c", "\u00ad", "\u0640", "\u064e", "ء", "آ", "ي", "ﻻ", "\ufdf2", " ", ".", "،", "«", "1", "a"]
PIECES = st.sampled_from([*LETTERS, "کتاب", "خانه", "دان", "رفت", "گو", *ENDINGS, *OTHERS])
WORDS = st.lists(PIECES, min_size=1, max_size=9).map("".join)


@pytest.fixture(scope="module")
def python() -> WordForms:
    return WordForms(lexicon())


@pytest.fixture(scope="module")
def core() -> WordForms:
    forms = WordForms(lexicon())
    forms.use_core()
    return forms


@pytest.fixture(scope="module")
def python_chunks() -> Analysis:
    return Analysis(lexicon())


def chunk_of(core: WordForms, text: str) -> WordForm | None:
    assert core.native is not None
    return core.native.chunk(text)


@pytest.mark.parametrize("text", READ_BY_CORE)
def test_a_word_is_the_same(text: str, core: WordForms, python_chunks: Analysis) -> None:
    assert chunk_of(core, text) == python_chunks._read_chunk(text)


@pytest.mark.parametrize("text", LEFT_TO_PYTHON)
def test_what_is_no_word_of_letters_is_left_to_python(text: str, core: WordForms) -> None:
    assert chunk_of(core, text) is None


@given(WORDS)
def test_any_text_is_the_same(core: WordForms, python: WordForms, python_chunks: Analysis, text: str) -> None:
    found = chunk_of(core, text)
    assert found is None or found == python_chunks._read_chunk(text)
    assert core.native
    form = core.native.form(align(text))
    assert form is None or form == python[align(text)]


@given(st.text())
def test_text_in_any_characters_does_no_harm(core: WordForms, python_chunks: Analysis, text: str) -> None:
    found = chunk_of(core, text)
    assert found is None or found == python_chunks._read_chunk(text)


@pytest.mark.parametrize(
    "text",
    [
        "کتاب ها",
        "می روم",
        "نمی رفته اند",
        "خانه ی",
        "بزرگ تر",
        "مقا ومت",
        "فلسطی ن",
        "کتاب\u00adها",
        "د ا ن ش",
        "دانش مند ان",
    ],
)
def test_words_to_read_as_one_are_the_same(text: str, core: WordForms, python: WordForms) -> None:
    assert core[align(text)] == python[align(text)]


@given(WORDS, WORDS, st.integers(1, 63))
def test_pieces_of_a_split_word_are_the_same(
    core: WordForms, python: WordForms, first: str, second: str, shared: int
) -> None:
    assert core.native
    found = core.native.are_split(first, second, shared & split_words.SPLIT or 2)
    assert found is None or found is python._split_words.are_one(first, second, shared & split_words.SPLIT or 2)


@given(WORDS, WORDS)
@example("می", "رود")
@example("نمی", "رفته")
@example("می", "کتاب")
@example("بر", "میگردد")
@example("ن", "می" * 30)
def test_verbs_with_a_prefix_apart_are_the_same(core: WordForms, python: WordForms, prefix: str, rest: str) -> None:
    assert core.native
    found = core.native.is_verb_with(prefix, rest)
    assert found is None or found is python.stemmer.is_verb_with(prefix, rest)


@pytest.fixture(scope="module")
def loose_by_both(core: WordForms) -> tuple[LooseTerms, LooseTerms]:
    """Return the loose terms by the core and by Python."""
    of_core, of_python = (lambda: core.native), (lambda: None)
    both = [LooseTerms(lexicon(), core.stemmer, stop_stems(), native) for native in (of_core, of_python)]
    return both[0], both[1]


@given(WORDS)
@example("نویسنده")
@example("سودوکوی")
@example("آموزش")
@example("زندگی")
@example("البصره")
@example("عملیات")
@example("دانههای")
@example("گرفتندشان")
@example("بازی")
@example("ب" * 61)
@example("")
def test_loose_terms_are_the_same(loose_by_both: tuple[LooseTerms, LooseTerms], python: WordForms, text: str) -> None:
    core, pure = loose_by_both
    stem = python.stemmer.stem(fold(text)).term
    assert core._compute(fold(text), stem) == pure._compute(fold(text), stem)
    assert core._compute(fold(text) + "های", fold(text)) == pure._compute(fold(text) + "های", fold(text))


def test_words_of_one_reason_share_its_string(core: WordForms) -> None:
    first, second = (chunk_of(core, text) for text in ("کتابها", "درختها"))
    assert first and second
    assert first.why == "ending ها"
    assert first.why is second.why


def test_a_plain_word_is_its_own_surface_form(core: WordForms) -> None:
    text = "".join(["درخت", "زار"])
    form = chunk_of(core, text)
    assert form is not None
    assert form.surface is text
    assert form.stem is text


def test_an_analysis_begins_with_python_and_goes_on_with_the_core() -> None:
    analysis = Analysis(lexicon())
    words = [f"{first}{second}" for first in "بپتجچحخدرز" for second in "ابپتجچحخدرزسشعغفقکگلمنوهی"]
    analysis.columns("کتاب")
    assert analysis._forms.native is None
    analysis.columns(" ".join([*words, *[word + "ان" for word in words]]))
    assert analysis._forms.native is not None
    assert analysis.columns("کتاب‌هایشان را می‌خوانم").stems == ["کتاب", "را", "خواند#خوان"]


def test_threads_share_a_reader(core: WordForms, python: WordForms) -> None:
    words = [first + second for first in READ_BY_CORE for second in ("ان", "هایی", "م")]
    expected = [python[align(word)] if chunk_of(core, word) else None for word in words]
    found: list[list[WordForm | None]] = [[] for _ in range(4)]

    def read(place: int) -> None:
        for _ in range(20):
            found[place] = [chunk_of(core, word) for word in words]

    threads = [Thread(target=read, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(forms) for forms in found] == [len(expected)] * 4
    assert found[0] == found[1] == found[2] == found[3]
