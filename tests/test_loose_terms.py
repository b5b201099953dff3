"""Loose terms: the words that they join, those that stay apart, and how a search uses them."""

from pathlib import Path
from random import Random

import pytest
from index_maker import MakeIndex

from jooya import Document, Index
from jooya.analyzers import analysis, stop_stems
from jooya.analyzers.loose_terms import loose_terms
from jooya.indexer.query.loose_words import LOOSE_WEIGHT

TOGETHER = {
    "the ی of ezafe, of a word that no dictionary has": "سودوکوی سودوکو وبلاگی وبلاگ",
    "the indefinite ی": "زمستانی زمستان رباتی ربات",
    "the ی of an adjective": "کاغذی کاغذ زغالی زغال سنگی سنگ اروپایی اروپا دارویی دارو مرغی مرغ",
    "the ی of an abstract noun": "زندگی زنده خستگی خسته گردشگری گردشگر",
    "a plural that has become a word": "عملیات عمل انتخاباتی انتخاب جهانیان جهان",
    "a superlative of a compound": "کوتاه\u200cقدترین کوتاه\u200cقد",
    "possessives": "عشقت عشق مادربزرگمان مادربزرگ تلگرامشان تلگرام اینستاگرامش اینستاگرام",
    "a verb with an object": "گرفتندشان گرفتن",
    "a copula, as poets write it": "جهانست جهان",
    "a noun of a verb": "نویسنده نوشتن راننده راندن آموزش آموختن",
    "an ordinal": "هفتم هفت هفتمین هفت سوم سه",
    "the Arabic article, and what is written to it": "البصره بصره البغدادی بغداد للانسان انسان والقمر قمر",
    "ب, written to a noun": "بدلیل دلیل بصورت صورت",
    "a word read in two ways": "هستهای هسته هسته\u200cای هسته هفتهای هفته پرونده\u200cای پرونده",
}

APART = {
    "of two letters, or little more": "ما ماه ماهای ماه پری پر علی عل سنی سن",
    "another word": "کتاب کتابت شهر شهریار علی عالی باران بار پروانه پرو دستور دست خانه خان جنگی جنه فرمان فرم",
    "ی of the root": "ماهی ماه کشتی کشت بازی باز بینی بین کاشی کاش صندلی صندل بستنی بستن",
    "ات and ان of the root": "شکلات شکل تورات تور زبان زب زمان زم تهران تهر",
    "names": "مهدی مهد رازی راز گرگان گرگ",
    "foreign words": "سیستم سیست آلبوم بوم پارلمان پارل کیلومتر کیلوم",
    "ا, ش and نده of another word": "دانا دان روش رفتن خوش خوردن بالش بال آینده آمدن",
    "a beginning of another word": "الهام هام الماس ماس برنج رنج بلوط لوط بالا لا",
    "stop words": "دیگری دیگر بعضی بعض بسیاری بسیار",
}


def _cases(kinds: dict[str, str]) -> list[object]:
    words = [(kind, text.split()) for kind, text in kinds.items()]
    return [
        pytest.param(*pair, id=f"{kind}: {pair[0]}")
        for kind, some in words
        for pair in zip(some[::2], some[1::2], strict=True)
    ]


def _terms(word: str) -> set[str]:
    """Return the loose terms of a word, which are two if it has two stems, without those of its parts."""
    tokens = analysis().tokens(word)
    return {loose_terms().find(token.surface, token.stem) for token in tokens if token.end == tokens[0].end}


@pytest.mark.parametrize(("word", "other"), _cases(TOGETHER))
def test_meet_loosely(word: str, other: str) -> None:
    assert _terms(word) & _terms(other)


@pytest.mark.parametrize(("word", "other"), _cases(APART))
def test_stay_apart(word: str, other: str) -> None:
    assert not _terms(word) & _terms(other)


def _known_words() -> list[str]:
    text = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    return [*" ".join([*TOGETHER.values(), *APART.values(), text]).split()]


def test_a_loose_term_is_its_own() -> None:
    find = loose_terms().find
    letters = "ابتدرسشلمنوهی"
    random = Random(7)
    made = ["".join(random.choices(letters, k=random.randint(1, 9))) for _ in range(3000)]
    for word in _known_words() + made:
        for token in analysis().tokens(word):
            loose = find(token.surface, token.stem)
            assert find(loose, loose) == loose, word
            assert loose == token.stem or len(loose) >= 2, word


@pytest.mark.parametrize("word", ["", "12", "1403.5", "iphone", "covid19", "گفت#گو", "از", "ی" * 500])
def test_what_has_no_endings_stays(word: str) -> None:
    assert loose_terms().find(word, word) == word


def test_stop_words_have_no_other_loose_terms() -> None:
    assert all(loose_terms().find(stem, stem) == stem for stem in stop_stems())


def _index(make_index: MakeIndex, folder: Path, *texts: str) -> Index:
    index = make_index(folder / "index")
    index.add(*[Document(str(number), text, whole=True) for number, text in enumerate(texts)])
    return index


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("سودوکو", ["0", "1"]),
        ("سودوکوی", ["1", "0"]),
        ("+سودوکو", ["0"]),
        ('"سودوکو"', ["0"]),
        ("شرکت -سودوکو", ["1"]),
        ("نوشتن", ["2", "3"]),
        ("نویسنده", ["3", "2"]),
        ("بغداد", ["4"]),
    ],
)
def test_the_word_itself_is_first(make_index: MakeIndex, tmp_path: Path, query: str, found: list[str]) -> None:
    with _index(
        make_index,
        tmp_path,
        "سودوکو را شرکت پسندید",
        "سودوکوی شرکت تازه است",
        "نامه را دیروز نوشتند",
        "نویسنده سفر کرد",
        "روزنامه\u200cی البغدادی",
    ) as index:
        assert [hit.id for hit in index.search(query).hits] == found


def test_a_loose_word_never_beats_the_word_itself(make_index: MakeIndex, tmp_path: Path) -> None:
    rare = ["سودوکوی ارزان"]  # shares the loose term alone, and is in one passage of many
    common = [f"سودوکو شماره {number} میان واژه\u200cهای دیگر این متن نسبتا بلند است" for number in range(30)]
    with _index(make_index, tmp_path, *rare, *common) as index:
        hits = index.search("سودوکو", limit=40).hits
        assert [hit.id for hit in hits][-1] == "0"
        assert hits[-1].score < LOOSE_WEIGHT * 2 * hits[-2].score


def test_what_matched_loosely_is_highlighted(make_index: MakeIndex, tmp_path: Path) -> None:
    with _index(make_index, tmp_path, "طرح سودوکوی شرکت", "البصره العربی") as index:
        (hit,) = index.search("سودوکو").hits
        assert [hit.text[start:end] for start, end in hit.highlights] == ["سودوکوی"]
        (hit,) = index.search("بصره").hits
        assert [hit.text[start:end] for start, end in hit.highlights] == ["البصره"]
        assert index.search("+بصره").hits == []


def test_the_explanation_names_the_loose_term(make_index: MakeIndex, tmp_path: Path) -> None:
    with _index(make_index, tmp_path, "طرح سودوکوی شرکت") as index:
        (hit,) = index.search("سودوکو", explain=True).hits
        assert [part.description for part in hit.explanation or ()] == ["loose:سودوکو"]
