"""Fingerprints: made of a text chunk by chunk, they are those of the text folded as a whole."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jooya.analyzers import fold
from jooya.core import compiled
from jooya.indexer import fingerprints
from jooya.indexer.fingerprints import fingerprint
from jooya.indexer.hashing import stable_hash

PERSIAN = "کتاب\u200cهای خوب\nآمد مي\u0640شود ﷺ ﻻ ۱۲٫۵ É é\u0301 ß ΟΔΟΣ 가각 か\u3099 \u00a0\u2003\t…"


def whole(text: str) -> int:
    """Return the hash of a text's letters and digits, without a division into chunks."""
    letters = "".join(re.findall(r"\w+", fold(text)))
    return stable_hash(letters) if letters else 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("کتاب های خوب", "كتاب\u200cهاي\nخوب!"),
        ("مدرسه", "مَدْرَسَه"),
        ("CAFÉ باز", "cafe\u0301 باز"),
    ],
)
def test_copies_have_the_same(one: str, other: str) -> None:
    assert fingerprint(one) == fingerprint(other) != 0


@pytest.mark.parametrize("text", ["", " \n", "!؟", "\u200c\u064b", "\u0640" * 100])
def test_nothing_but_marks_has_none(text: str) -> None:
    assert fingerprint(text) == whole(text) == 0


def test_one_of_a_known_text_stays_the_same() -> None:
    assert fingerprint("باران آمد") == whole("باران آمد") == 8694103670802209682


@pytest.fixture(autouse=True, params=["core", "twin"])
def letters(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "twin":
        monkeypatch.setattr(fingerprints, "_core_letters", lambda: None)
    elif compiled is None:
        pytest.skip("the compiled core is not there")


def test_each_character_has_its_letters() -> None:
    for code in (*range(0x2200), *range(0x2200, 0xD800, 89), *range(0xE000, 0x10FFFF, 997)):
        assert fingerprint(f"ا{chr(code)}ب") == whole(f"ا{chr(code)}ب")


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.one_of(st.sampled_from(PERSIAN), st.characters()), max_size=80))
def test_any_text_has_that_of_the_whole(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    assert fingerprint(text) == whole(text)
