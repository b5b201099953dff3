"""Reading forms of verbs."""

import pytest

from jooya.analyzers import analysis, fold
from jooya.analyzers.lexicon import lexicon
from jooya.analyzers.lexicon_compiler import hazm_data
from jooya.analyzers.verbs import Rank, VerbForm, VerbReader


def test_readings() -> None:
    verbs = VerbReader(lexicon())
    assert verbs.read("میروند") == VerbForm("رفت#رو", "می", Rank.ENDING, ending="ند")
    assert verbs.read("نگفتهاند") == VerbForm("گفت#گو", "ن", Rank.WORD, ending="هاند")
    assert verbs.read("گفتن") == VerbForm("گفت#گو", "", Rank.WORD, nominal=True, ending="ن")
    assert verbs.read("برنمیگردد") == VerbForm("گشت#گرد", "نمی", Rank.ENDING, preverb="بر", ending="د")
    assert verbs.read("میبینمش") == VerbForm("دید#بین", "می", Rank.LAST, ending="مش")
    assert verbs.read("بیفتد") == VerbForm("افتاد#افت", "ب", Rank.ENDING, ending="د")
    assert verbs.read("میالفنجد") == VerbForm("الفنجید#الفنج", "می", Rank.ARCHAIC, ending="د")
    assert verbs.read("کتاب") is None
    assert verbs.read("") is None


def test_the_commonest_of_two_verbs_and_written_before_spoken() -> None:
    """می‌روند was once read as a colloquial form of راندن (می‌رونن)."""
    verbs = VerbReader(lexicon())
    names = {word: form.verb for word in ("میرود", "میروند", "میخواند", "میخواد") if (form := verbs.read(word))}
    assert names == {"میرود": "رفت#رو", "میروند": "رفت#رو", "میخواند": "خواند#خوان", "میخواد": "خواست#خواه"}


def test_hazm_conjugates_what_jooya_reads() -> None:
    """Nearly all forms that hazm makes of the verbs of verbs.tsv are read as forms of these verbs.

    The others are spelled like a form of another verb or a commoner noun (شست, نشست), or are not used (گشام).
    """
    pytest.importorskip("hazm")
    from hazm.lemmatizer import Conjugation  # noqa: PLC0415 - takes seconds

    forms = missed = 0
    for verb in (hazm_data() / "verbs.dat").read_text(encoding="utf-8").split():
        past, _, present = verb.partition("#")
        if present and fold(past) in lexicon().past:
            terms = set(analysis().columns(past + "ن").stems)
            for form in Conjugation().get_all(verb):
                forms += 1
                missed += not terms & set(analysis().columns(form).stems)
    assert forms > 190_000
    assert missed / forms < 0.025
