"""The analyzer: the terms and offsets of whole texts, and the identity of the analysis."""

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jooya.analyzers import Token, TokenColumns, analysis, fold, identity, question_stems, stop_stems
from jooya.analyzers.data_tables import DATA, table_rows
from jooya.analyzers.tokenizer import unhyphenated

# Arbitrary text, and text full of what the analyzer has rules for.
PIECES = [
    *[
        "می",
        "نمی",
        "ها",
        "های",
        "تر",
        "ترین",
        "ای",
        "ام",
        "اند",
        "خانه",
        "کتاب",
        "دانش",
        "آموز",
        "رود",
        "رفته",
        "گفتن",
        "بزرگ",
        "نوشته",
        "به",
        "ویژه",
        "ی",
    ],
    *["\u200c", " ", "  ", "\n", "\t", "\u00a0", "،", "؟", ".", "«", "»", "\u0640", "\u064e", "\u0654", "\u200f"],
    *["مقا", "ومت", "فلسطی", "ن", "ا", "ه", "-", "-\n", "\u00ad", "\u2010\n"],
    *["C++", "c#", ".net", "F-", "35", "%", "0912", "000", "98", "+", "U.", "ن.", "ه.", "isna", ".ir", "%d8%aa"],
    *[":", ","],
    *["ﷺ", "ﻻ", "ﷲ", "ئ", "ۀ", "é", "LCD", "۱۳۸۴", "/", "#", "_", "@", "http://a.ir", "\ud800", "\x00", "\u0338"],
]
ANY_TEXT = st.text(st.characters(codec=None)) | st.lists(st.sampled_from(PIECES)).map("".join)


def rows(text: str) -> list[tuple[str, str, int, str]]:
    """Return the tokens with the text that their offsets cut."""
    return [(token.surface, token.stem, token.position, text[token.start : token.end]) for token in tokens(text)]


def tokens(text: str) -> list[Token]:
    return analysis().tokens(text)


def only_letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text)


def columns(columns: TokenColumns) -> list[list[str] | list[int]]:
    return [columns.surfaces, columns.stems, columns.positions, columns.starts, columns.ends]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("كتاب\u200cهايِ من.", [("کتابهای", "کتاب", 0, "كتاب\u200cهايِ"), ("من", "من", 1, "من")]),
        ("می  رود", [("میرود", "رفت#رو", 0, "می  رود")]),
        ("می\nرود", [("میرود", "رفت#رو", 0, "می\nرود")]),
        ("می، رود", [("می", "می", 0, "می"), ("رود", "رود", 1, "رود")]),
        ("خانه ها، ها", [("خانهها", "خانه", 0, "خانه ها"), ("ها", "ها", 1, "ها")]),
        ("راسخ تر شد", [("راسختر", "راسخ", 0, "راسخ تر"), ("شد", "شد#شو", 1, "شد")]),
        ("هوای تر", [("هوای", "هوا", 0, "هوای"), ("تر", "تر", 1, "تر")]),
        ("ای ایران", [("ای", "ای", 0, "ای"), ("ایران", "ایران", 1, "ایران")]),
        (
            "دانش\u200cآموزان آمدند",
            [
                ("دانشاموزان", "دانشاموز", 0, "دانش\u200cآموزان"),
                ("دانش", "دانش", 0, "دانش"),
                ("اموزان", "اموز", 1, "آموزان"),
                ("امدند", "امد#ا", 2, "آمدند"),
            ],
        ),
        (
            "دانشآموز",
            [("دانشاموز", "دانشاموز", 0, "دانشآموز"), ("دانش", "دانش", 0, "دانش"), ("اموز", "اموز", 1, "آموز")],
        ),
        ("گفتن", [("گفتن", "گفتن", 0, "گفتن"), ("گفتن", "گفت#گو", 0, "گفتن")]),
        (
            "ﷺ ﷲ",
            [
                ("صلیاللهعلیهوسلم", "صلیاللهعلیهوسلم", 0, "ﷺ"),
                ("صلی", "صلی", 0, "ﷺ"),
                ("الله", "الله", 1, "ﷺ"),
                ("علیه", "علیه", 2, "ﷺ"),
                ("وسلم", "وسلم", 3, "ﷺ"),
                ("الله", "الله", 4, "ﷲ"),
            ],
        ),
        ("LCD\u200cها", [("lcdها", "lcd", 0, "LCD\u200cها")]),
        (
            "در 1384/9/22 و ۳٫۱۴",
            [
                ("در", "در", 0, "در"),
                ("1384/9/22",) * 2 + (1, "1384/9/22"),
                ("1384", "1384", 1, "1384"),
                ("9", "9", 2, "9"),
                ("22", "22", 3, "22"),
                ("و", "و", 4, "و"),
                ("3.14", "3.14", 5, "۳٫۱۴"),
            ],
        ),
        (
            "#سرزمین_اشغالی",
            [
                ("#سرزمین_اشغالی",) * 2 + (0, "#سرزمین_اشغالی"),
                ("سرزمین", "سرزمین", 0, "سرزمین"),
                ("اشغالی", "اشغال", 1, "اشغالی"),
            ],
        ),
        # بینم and از together are spelled like بی‌نماز, but they are not a compound.
        ("بینم از\u00a0او", [("بینم", "دید#بین", 0, "بینم"), ("از", "از", 1, "از"), ("او", "او", 2, "او")]),
        (
            "a@b.ir",
            [
                ("a@b.ir", "a@b.ir", 0, "a@b.ir"),
                ("a", "a", 0, "a"),
                ("b.ir", "b.ir", 1, "b.ir"),
                ("b", "b", 1, "b"),
            ],
        ),
        ("؟! \u200c", []),
        ("", []),
    ],
)
def test_terms_and_offsets(text: str, expected: list[tuple[str, str, int, str]]) -> None:
    assert rows(text) == expected


@given(ANY_TEXT)
@settings(max_examples=500)
def test_offsets_are_in_order_inside_the_text_and_on_the_right_characters(text: str) -> None:
    whole: Token | None = None
    for token in tokens(text):
        assert 0 <= token.start < token.end <= len(text)
        written = text[token.start : token.end]
        assert not written[0].isspace()
        assert not written[-1].isspace()
        if "%" not in text and "98" not in fold(text):  # a percent sign is a word, or encodes letters; +98 is read as 0
            assert only_letters(token.surface) in only_letters(fold(unhyphenated(written)))
        if whole is None or token.start >= whole.end:
            assert whole is None or token.position > whole.position
            whole = token
        else:  # a part of the word before
            assert token.end <= whole.end
            assert token.position >= whole.position


@given(ANY_TEXT)
@settings(max_examples=500)
def test_a_whole_word_cut_out_has_the_same_term(text: str) -> None:
    reached = 0
    for token in tokens(text):
        if token.start >= reached:  # parts come after their whole
            again = tokens(text[token.start : token.end])[0]
            assert (again.stem, again.surface) == (token.stem, token.surface)
            reached = token.end


@given(ANY_TEXT)
@settings(max_examples=500)
@example("≠b")
@example("ۀ هٔ آ أ ؤ ئ é 한글 क़")
@example("ヷ0")  # a mark that no table names divided the word
@example("ᾳ")  # its iota was a letter in one form and a mark in the other
@example("a@b.irà http://a≮b")  # where an address ends
@example("Àؠ.ؠ À\u0647. \u0634.")  # an abbreviation after an accent
def test_same_terms_for_composed_and_decomposed_text(text: str) -> None:
    composed, decomposed = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert analysis().columns(composed).stems == analysis().columns(decomposed).stems


@given(ANY_TEXT)
@settings(max_examples=500)
@example("به به0")  # a compound with a digit behind its last part was not seen
def test_the_fast_path_reads_what_close_reading_does(text: str) -> None:
    text = unhyphenated(text)
    closely = TokenColumns()
    analysis()._append_text(closely, text, 0, len(text))
    assert columns(analysis().columns(text)) == columns(closely)


def test_the_identity_is_that_of_existing_indexes() -> None:
    """An index records it and is refused under another one, so it may change only if the analysis does.

    It is of the content: it depends neither on the Python nor on the version of hazm. To change a table or the code
    so that some text gets other terms changes it; then this value changes, too.
    """
    assert identity() == "5-bee58fa9"


def test_the_identity_does_not_depend_on_comments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def with_change(old: str, new: str) -> str:
        for table in DATA.glob("*.tsv"):
            (tmp_path / table.name).write_text(table.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
        # The package's `analysis` is the function; its module is not an attribute.
        monkeypatch.setitem(analysis.__wrapped__.__globals__, "table_rows", lambda name: table_rows(name, tmp_path))
        return identity.__wrapped__()

    assert with_change("#", "# Another comment.\n#") == identity()
    assert with_change("plural: ", "the plural: ") == identity()  # the last column says why a row is there
    assert with_change("هایمان", "هایمون") != identity()


def stems_of(words: str) -> set[str]:
    return {stem for word in words.split() for stem in analysis().columns(word).stems[:1]}


@pytest.mark.parametrize(
    "words",
    [
        "از به را که در برای درباره توسط به\u200cعنوان",
        "اگرچه همچنین بنابراین اینکه",
        "این آنها همین\u200cها خودشان کسی چیزی",
        "چه چیست کجاست کدامیک چندمین چطور آیا کیه چیکار",
        "است نیست می\u200cباشد بودند خواهد باید می\u200cتوان",
        "کردن می\u200cکنند دادند گرفته می\u200cگویند نامیده",
        "اون\u200cها رو اینا میشه واسه",
        "اینو خودتم همینه چیزیه مارو اونارو",
    ],
)
def test_stop_words_are_words_of_closed_classes_and_verbs_with_little_meaning(words: str) -> None:
    assert stems_of(words) <= stop_stems()


@pytest.mark.parametrize(
    "words",
    [
        # Of negation and lack.
        "نه بی بدون بجز جز غیر هیچ هرگز",
        # Of content, also where a function word is spelled alike or has it inside.
        "مقاومت کتاب تنها حدود جهت نسبت دم مال خیر علت دلیل عنوان وسیله خاطر اساس گونه جا",
        "رفتن می\u200cرود خوردند ساختن می\u200cنویسد ایستادن بایستی زن گیره نام معنی",
        "دو سه صد اول دوم",
    ],
)
def test_words_that_say_what_is_sought_are_no_stop_words(words: str) -> None:
    assert not stems_of(words) & stop_stems()


def test_question_words_are_stop_words_that_nothing_else_is() -> None:
    assert stems_of("چه چیست کجاست کدام چندم چرا چگونه چطور آیا مگر کیست") <= question_stems() <= stop_stems()
    assert not stems_of("که را اگر است گفت تا") & question_stems()


@pytest.mark.parametrize("joint", ["\u200c", " ", "", "  ", "\n"])
def test_the_fast_path_on_real_text(transcript: Path, joint: str) -> None:
    """Neighbours read alike on both paths, with and without spaces between them.

    A compound was once seen in two words whose letters together are those of another word (بینم از, بی‌نماز).
    """
    text = transcript.read_text(encoding="utf-8").replace("\u0647\u0627\u064a", f"{joint}\u0647\u0627\u064a")
    for spaced in (text, text.replace(" ", joint or " ")):
        closely = TokenColumns()
        analysis()._append_text(closely, spaced, 0, len(spaced))
        assert columns(analysis().columns(spaced)) == columns(closely)
