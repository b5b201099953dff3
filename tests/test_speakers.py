"""Turns of speakers, and passages that keep to them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structure_samples import PARAGRAPH, table

from jooya.indexer.document import Document
from jooya.indexer.structure.passages import cut
from jooya.indexer.structure.speakers import speaker_turns


@pytest.mark.parametrize(("expected", "_why", "label"), table("labels.tsv"))
def test_the_beginning_of_a_line(expected: str, _why: str, label: str) -> None:
    text = f"مجری: سلام و خوش آمدید.\nدکتر سروش: سلام.\n{label} این هم سخنی دیگر است.\nدکتر سروش: بله."
    start = text.index(label)
    found = [(turn.start, turn.name) for turn in speaker_turns(text, 0) if start <= turn.start < start + len(label) + 1]
    assert [name for _, name in found] == ([] if expected == "-" else [expected])


def _names(text: str) -> list[str]:
    return [turn.name for turn in speaker_turns(text, 0)]


def test_unknown_names_are_speakers_if_they_take_turns() -> None:
    assert _names("علی: کجا بودی؟\nرضا: در خانه.\nعلی: چرا؟") == ["علی", "رضا", "علی"]
    assert _names("علی: کجا بودی؟\nرضا: در خانه.") == []
    assert _names("قوه مقننه: قانون می‌گذارد.\nقوه مجریه: اجرا می‌کند.\nقوه قضاییه: داوری می‌کند.") == []


def test_a_name_that_recurs_is_a_speaker() -> None:
    text = "کجا زاده شدید؟\nسروش: در تهران.\n\nو بعد؟\nسروش: به لندن رفتم.\n\nچرا؟\nسروش: برای درس."
    assert _names(text) == ["سروش"] * 3
    assert _names("کجا زاده شدید؟\nسروش: در تهران.\n\nو بعد؟\nسروش: به لندن رفتم.") == []


def test_the_author_of_a_report_does_not_speak() -> None:
    assert _names(f"{PARAGRAPH}\nخبرنگار: علی احمدی") == []


def test_letters_are_speakers_in_pairs_and_items_otherwise() -> None:
    assert _names("س: کی؟\nج: فردا.") == ["س", "ج"]
    assert _names("الف: این یک گزینه است.\nب: این هم گزینه دوم است.\nج: این گزینه سوم است.") == []


def test_a_turn_lasts_until_the_next_one_or_a_heading() -> None:
    text = f"مجری: {PARAGRAPH}\n\n{PARAGRAPH}\nنکته: این.\n\nفصل دوم\n\n{PARAGRAPH}\nمهمان: {PARAGRAPH}"
    assert [(passage.speaker, passage.heading) for passage in cut(Document("d", text), 60)] == [
        ("مجری", None),
        (None, "فصل دوم"),
        ("مهمان", "فصل دوم"),
    ]


def test_a_name_alone_on_its_line_stays_with_the_speech() -> None:
    text = f"مجری:\n\n{'واژه ' * 79}پایان.\n\nمهمان:\n\nبله."
    assert [(passage.speaker, len(passage.text.split())) for passage in cut(Document("d", text))] == [
        ("مجری", 81),
        ("مهمان", 2),
    ]


NAMES = ["مجری", "دکتر سروش", "خبرنگار"]
SAYINGS = ["سلام.", "بله", "آیا چنین است؟", PARAGRAPH, f"{PARAGRAPH}\n\n{PARAGRAPH}", "نکته: مهم است.", "وی گفت: برو."]


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(SAYINGS)), min_size=2), st.integers(1, 60))
def test_no_passage_crosses_from_one_speaker_to_another(said: list[tuple[str, str]], words: int) -> None:
    text = "\n".join(f"{name}: {saying}" for name, saying in [*said, ("مجری", "پایان برنامه است.")])
    spoken: list[tuple[str | None, str]] = []
    for passage in cut(Document("d", text), words):
        if passage.text.startswith(tuple(f"{name}:" for name in NAMES)) or not spoken:
            spoken.append((passage.speaker, passage.text))
        else:
            assert passage.speaker == spoken[-1][0]
            spoken[-1] = (passage.speaker, f"{spoken[-1][1]} {passage.text}")
    expected = [(name, f"{name}: {saying}".split()) for name, saying in [*said, ("مجری", "پایان برنامه است.")]]
    assert [(speaker, text.split()) for speaker, text in spoken] == expected
