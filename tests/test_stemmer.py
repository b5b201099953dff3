"""Lists of words: families of forms that share a term, words that share none, and single words with their stems."""

from itertools import combinations
from pathlib import Path

import pytest

from jooya.analyzers import analysis

DATA = Path(__file__).parent / "data"


def _lists(name: str) -> list[tuple[str, list[str]]]:
    lines = (DATA / name).read_text(encoding="utf-8").replace("~", "\u200c").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return [(covers, words.split(" | ")) for covers, words in rows]


FAMILIES, APART = _lists("families.tsv"), _lists("apart.tsv")


def terms(text: str) -> set[str]:
    return set(analysis().columns(text).stems)


@pytest.mark.parametrize(("covers", "forms"), FAMILIES, ids=lambda value: value if isinstance(value, str) else None)
def test_forms_meet(covers: str, forms: list[str]) -> None:
    apart = [form for form in forms if not terms(form) & terms(forms[0])]
    assert not apart, f"{covers}: {apart} of {forms[0]}"


@pytest.mark.parametrize(("why", "words"), APART, ids=lambda value: value if isinstance(value, str) else None)
def test_words_stay_apart(why: str, words: list[str]) -> None:
    met = [(one, two) for one, two in combinations(words, 2) if terms(one) & terms(two)]
    assert not met, f"{why}: {met}"


def test_the_lists_are_long() -> None:
    assert len(FAMILIES) + len(APART) >= 300
    assert all(len(set(words)) == len(words) > 1 for _, words in FAMILIES + APART)


@pytest.mark.parametrize(
    ("word", "stem", "why"),
    [
        ("کتاب\u200cهایشان", "کتاب", "ending هایشان"),
        ("می\u200cرود", "رفت#رو", "verb می-…-د"),
        ("برنمی\u200cگشتند", "گشت#گرد", "verb بر-نمی-…-ند"),
        ("کتب", "کتاب", "settled"),
        ("ایران", "ایران", "lexicon"),
        ("زغالسنجی", "زغالسنجی", "unknown"),
        ("فلانستان\u200cهایی", "فلانستان", "ending هایی"),
        ("نگرانی\u200cهایشان", "نگرانی", "ending هایشان"),
    ],
)
def test_stems_and_why(word: str, stem: str, why: str) -> None:
    token = analysis().tokens(word)[0]
    assert (token.stem, token.why) == (stem, why)


def test_words_of_any_length_are_bounded() -> None:
    """Endings were once looked for under endings without a bound, at a cost that doubled with each letter."""
    for word in ("ها" * 5000, "ی" * 5000, "ان" * 25, "\u200c".join(["ها"] * 5000), " ".join(["ها"] * 5000)):
        assert analysis().columns(word).stems
