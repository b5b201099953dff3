"""What a text is made of, and that passages keep to it."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from command import run
from hypothesis import given
from hypothesis import strategies as st

from jooya.analyzers.data_tables import table_rows
from jooya.indexer import ReadOptions
from jooya.indexer.document import Document, Passage, Place, Section
from jooya.indexer.readers.reader import read
from jooya.indexer.readers.source import Source
from jooya.indexer.structure.headings import headings
from jooya.indexer.structure.passages import cut
from jooya.indexer.structure.running_headers import furniture
from jooya.indexer.structure.speakers import turns
from jooya.indexer.structure.verse import stanzas

DATA = Path(__file__).parent / "data"
SAMPLES = sorted((DATA / "passages").glob("*.txt"))
PARAGRAPH = "این بند از چند جمله است تا روشن باشد که نثر است. جمله دوم هم همین را می‌گوید."

PROSE = (
    "کاروان پیش از برآمدن آفتاب به راه افتاد و مردان در کنار شترها پیاده می‌رفتند. راه از میان تپه‌های شنی می‌گذشت و "
    "باد گرم شن را به چهره مسافران می‌زد. پیرمردی که راهنمای ما بود می‌گفت که تا چاه آب سه روز راه است و باید آب را نگه "
    "داشت. شب که شد آتش افروختند و نان پختند و ستاره‌ها چنان نزدیک بودند که گویی می‌شد آنها را چید. سحرگاه باز به راه "
    "افتادیم و روز دوم هم چنین گذشت. در راه کاروان دیگری دیدیم که از شهر می‌آمد و بار پارچه داشت."
)


def _wrapped(text: str, width: int) -> str:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return "\n".join(lines)


def _document(sample: Path) -> Document:
    (document,) = read(Source(sample, sample.name), ReadOptions(), lambda _: None)
    assert isinstance(document, Document)
    return document


def _expected(sample: Path) -> tuple[int, list[tuple[str, str, str]]]:
    """The size, and for each passage its heading, its speaker and its text."""
    first, *blocks = sample.with_suffix(".cut").read_text(encoding="utf-8").split("\n--- ")
    passages = []
    for block in blocks:
        about, _, text = block.partition("\n")
        heading, _, speaker = about.partition(" | ")
        passages.append((heading, speaker, text.removesuffix("\n")))
    return int(first.removeprefix("words ")), passages


def _shown(passages: Iterator[Passage]) -> list[tuple[str, str, str]]:
    return [(passage.heading or "-", passage.speaker or "-", passage.text) for passage in passages]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_a_text_of_its_kind(sample: Path) -> None:
    document = _document(sample)
    words, expected = _expected(sample)
    passages = list(cut(document, words))
    assert _shown(iter(passages)) == expected
    assert all(document.text[passage.start : passage.end] == passage.text for passage in passages)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_line_ends_of_windows_make_no_difference(sample: Path) -> None:
    document = _document(sample)
    words, expected = _expected(sample)
    text = document.text.replace("\n", "\r\n")
    body = document.body + document.text.count("\n", 0, document.body)
    passages = list(cut(replace(document, text=text, body=body), words))
    assert [(*about, text.replace("\r\n", "\n")) for *about, text in _shown(iter(passages))] == expected
    assert all(text[passage.start : passage.end] == passage.text for passage in passages)


# ---- Headings


def _table(name: str) -> list[list[str]]:
    signs = str.maketrans("~^", "\u200c\u200f")
    return [[field.translate(signs) for field in row] for row in table_rows(name, DATA)]


@pytest.mark.parametrize(("expected", "_why", "line"), _table("headings.tsv"))
def test_a_line_alone(expected: str, _why: str, line: str) -> None:
    text = f"{PARAGRAPH}\n\n{line}\n\n{PARAGRAPH}"
    found = headings(text, 0, [], prose=True)
    assert [heading.text for heading in found] == ([] if expected == "-" else [expected])
    assert all(text[heading.start : heading.end] == line for heading in found)


def test_a_line_alone_in_mid_sentence_is_no_heading() -> None:
    """Text pulled out of a PDF has blank lines anywhere."""
    text = "این جمله در میان صفحه شکسته شده است و تا اینجا\n\nادامه دارد و\n\n" + PARAGRAPH
    assert headings(text, 0, [], prose=True) == []


def test_a_heading_with_a_number_needs_no_blank_line() -> None:
    text = f"{PARAGRAPH}\nفصل دوم\n{PARAGRAPH}"
    assert [passage.heading for passage in cut(Document("d", text), 20)] == [None, "فصل دوم"]


@pytest.mark.parametrize("underline", ["===", "--------"])
def test_an_underlined_heading(underline: str) -> None:
    text = f"{PARAGRAPH}\n\nکودکی در تبریز\n{underline}\n{PARAGRAPH}\n{PARAGRAPH}"
    assert [(passage.heading, passage.text) for passage in cut(Document("d", text), 60)] == [
        (None, PARAGRAPH),
        ("کودکی در تبریز", f"کودکی در تبریز\n{underline}\n{PARAGRAPH}\n{PARAGRAPH}"),
    ]


def test_a_heading_with_nothing_under_it_is_a_passage() -> None:
    text = f"فصل اول\n\nفصل دوم\n\n{PARAGRAPH}"
    assert [(passage.heading, passage.text) for passage in cut(Document("d", text))] == [
        ("فصل اول", "فصل اول"),
        ("فصل دوم", f"فصل دوم\n\n{PARAGRAPH}"),
    ]


def test_sections_of_the_source_are_taken_as_they_are() -> None:
    text = f"پیش از همه. {PARAGRAPH}\nنخست\n{PARAGRAPH}\nفصل اول\n\n{PARAGRAPH}\nبی‌نام {PARAGRAPH}"
    first, second = text.index("نخست"), text.index("بی‌نام")
    document = Document("d", text, sections=(Section(first, "نخست"), Section(second)))
    passages = list(cut(document, 200))
    assert [(passage.start, passage.heading) for passage in passages] == [(0, None), (first, "نخست"), (second, None)]


def test_all_passages_of_a_section_carry_its_heading_and_the_first_begins_with_it() -> None:
    text = f"{PARAGRAPH}\n\nفصل اول\n\n" + f"{PARAGRAPH} " * 5
    before, *section = cut(Document("d", text), 20)
    assert before.heading is None
    assert [passage.heading for passage in section] == ["فصل اول"] * 5
    assert [passage.text.startswith("فصل اول") for passage in section] == [True, *[False] * 4]


# ---- Speakers


@pytest.mark.parametrize(("expected", "_why", "label"), _table("labels.tsv"))
def test_the_beginning_of_a_line(expected: str, _why: str, label: str) -> None:
    text = f"مجری: سلام و خوش آمدید.\nدکتر سروش: سلام.\n{label} این هم سخنی دیگر است.\nدکتر سروش: بله."
    start = text.index(label)
    found = [(turn.start, turn.name) for turn in turns(text, 0) if start <= turn.start < start + len(label) + 1]
    assert [name for _, name in found] == ([] if expected == "-" else [expected])


def _names(text: str) -> list[str]:
    return [turn.name for turn in turns(text, 0)]


def test_names_nobody_knows_are_speakers_when_they_take_turns() -> None:
    assert _names("علی: کجا بودی؟\nرضا: در خانه.\nعلی: چرا؟") == ["علی", "رضا", "علی"]
    assert _names("علی: کجا بودی؟\nرضا: در خانه.") == []
    assert _names("قوه مقننه: قانون می‌گذارد.\nقوه مجریه: اجرا می‌کند.\nقوه قضاییه: داوری می‌کند.") == []


def test_one_name_that_comes_back_is_a_speaker() -> None:
    text = "کجا زاده شدید؟\nسروش: در تهران.\n\nو بعد؟\nسروش: به لندن رفتم.\n\nچرا؟\nسروش: برای درس."
    assert _names(text) == ["سروش"] * 3
    assert _names("کجا زاده شدید؟\nسروش: در تهران.\n\nو بعد؟\nسروش: به لندن رفتم.") == []


def test_the_author_of_a_report_does_not_speak() -> None:
    assert _names(f"{PARAGRAPH}\nخبرنگار: علی احمدی") == []


def test_letters_are_speakers_in_pairs_and_items_otherwise() -> None:
    assert _names("س: کی؟\nج: فردا.") == ["س", "ج"]
    assert _names("الف: این یک گزینه است.\nب: این هم گزینه دوم است.\nج: این گزینه سوم است.") == []


def test_a_speaker_goes_on_until_the_next_one_or_a_heading() -> None:
    text = f"مجری: {PARAGRAPH}\n\n{PARAGRAPH}\nنکته: این.\n\nفصل دوم\n\n{PARAGRAPH}\nمهمان: {PARAGRAPH}"
    assert [(passage.speaker, passage.heading) for passage in cut(Document("d", text), 60)] == [
        ("مجری", None),
        (None, "فصل دوم"),
        ("مهمان", "فصل دوم"),
    ]


def test_a_name_alone_on_its_line_stays_with_what_is_said() -> None:
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


# ---- Pages


def test_headers_and_numbers_of_pages_are_left_out() -> None:
    page = "این سطر از متن صفحه است و جمله در آن به پایان نمی‌رسد بلکه در صفحه دیگر\n"
    text = "".join(f"تاریخ ایران\n{page}{'روز و شب '[number % 3 :]}\n- {number} -\n\f" for number in range(5, 9))
    left = [text[start:end] for start, end in furniture(text, 0)]
    assert left == ["تاریخ ایران", "- 5 -", "تاریخ ایران", "- 6 -", "تاریخ ایران", "- 7 -", "تاریخ ایران", "- 8 -"]
    passages = list(cut(Document("d", text)))
    assert len(passages) == 4
    assert not any("تاریخ" in passage.text or "-" in passage.text for passage in passages)


def test_chapters_at_the_tops_of_pages_are_not_left_out() -> None:
    """Their numbers go on, but not with the pages."""
    pages = ["فصل 1", "متن", "فصل 2", "متن دیگر", "باز متن", "فصل 3", "پایان"]
    text = "\f".join(f"{first}\n{PARAGRAPH} {number}\n" for number, first in enumerate(pages))
    assert furniture(text, 0) == []
    assert list(dict.fromkeys(passage.heading for passage in cut(Document("d", text)))) == ["فصل 1", "فصل 2", "فصل 3"]


def test_the_heading_of_a_chapter_stays_where_its_pages_repeat_it() -> None:
    text = "\f".join(f"فصل دوم\n\n{PARAGRAPH} {word}\n" for word in ("یک.", "دو.", "سه.", "چهار."))
    assert len(furniture(text, 0)) == 3
    passages = list(cut(Document("d", text)))
    assert passages[0].text.startswith("فصل دوم")
    assert [passage.heading for passage in passages] == ["فصل دوم"] * 4


@pytest.mark.parametrize("form", ["{}", "- {} -", "({})", "تاریخ ایران {}", "صفحه {}"])
def test_numbers_that_go_on_in_mid_sentence_are_left_out(form: str) -> None:
    page = "این سطر از متن است و جمله در آن به پایان نمی‌رسد بلکه می‌ماند\n" * 5
    text = page.join(f"{form.format(number)}\n" for number in range(11, 16))
    # The first stands at the beginning, where it may be anything.
    assert len(furniture(text, 0)) in (3, 4)
    assert all(str(number) not in passage.text for passage in cut(Document("d", text)) for number in (12, 13, 14))


@pytest.mark.parametrize("form", ["{}", "- {} -", "فصل {}"])
def test_numbers_of_chapters_and_poems_stay(form: str) -> None:
    chapters = "".join(f"{form.format(number)}\n{PARAGRAPH}\n{PARAGRAPH}\n{PARAGRAPH}\n" for number in range(1, 6))
    assert furniture(chapters, 0) == []
    couplet = "به بوی نافه‌ای کاخر صبا زان طره بگشاید\nز تاب جعد مشکینش چه خون افتاد در دل‌ها\n"
    poems = "".join(f"{form.format(number)}\n{couplet * 5}" for number in range(1, 6)).replace("- 5 -", "")
    assert furniture(poems, 0) == []


def test_what_is_half_of_a_text_is_not_left_out() -> None:
    assert furniture("الف\n\f" * 10, 0) == []
    assert [passage.text for passage in cut(Document("d", "\nصفحه ۱۲\nصفحه ۱۳\n"))] == ["صفحه ۱۲\nصفحه ۱۳"]


# ---- Verse

HAFEZ = _expected(DATA / "passages" / "hafez.txt")[1]
COUPLETS = [text.split("\n") for _, _, text in HAFEZ]
LAYOUTS = {
    "lines": ("\n", "\n"),
    "couplets parted": ("\n", "\n\n"),
    "hemistichs parted": ("\n\n", "\n\n"),
    "indented": ("\n        ", "\n"),
    "gap": ("      ", "\n"),
    "gap, couplets parted": ("      ", "\n\n"),
    "tab": ("\t", "\n"),
    "star": (" * ", "\n"),
    "stars": (" *** ", "\n"),
    "slash": (" / ", "\n"),
    "dots": (" ... ", "\n"),
    "ellipsis": ("…", "\n"),
}


@pytest.mark.parametrize(("inside", "between"), LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("words", [5, 16, 20, 40, 80])
def test_couplets_are_kept(inside: str, between: str, words: int) -> None:
    poem = between.join(inside.join(couplet) for couplet in COUPLETS)
    wrapped = _wrapped(PROSE, 66)
    for text in (poem, f"{PARAGRAPH}\n\n{poem}\n\n{PARAGRAPH} {PARAGRAPH}", f"{wrapped}\n\n{poem}\n"):
        found = [couplet for stanza in stanzas(text, 0, len(text)) for couplet in stanza]
        assert [text[slice(*couplet)].strip() for couplet in found] == [inside.join(couplet) for couplet in COUPLETS]
        passages = list(cut(Document("d", text), words))
        for first, second in COUPLETS:
            (holding,) = [passage.text for passage in passages if first in passage.text]
            assert second in holding


def test_a_poem_that_begins_with_the_end_of_a_couplet() -> None:
    text = "\n".join(line for couplet in COUPLETS for line in couplet).partition("\n")[2]
    ((first, *others),) = stanzas(text, 0, len(text))
    assert [text[slice(*couplet)].split("\n") for couplet in others] == COUPLETS[2:]
    assert text[slice(*first)].split("\n") == [COUPLETS[0][1], *COUPLETS[1]]


@pytest.mark.parametrize("width", range(24, 110, 3))
def test_wrapped_prose_is_not_verse(width: int) -> None:
    text = _wrapped(PROSE, width)
    blank = "\n".join(line + "\n" * (number % 3 == 2) for number, line in enumerate(text.split("\n")))
    assert stanzas(text, 0, len(text)) == stanzas(blank, 0, len(blank)) == []


# ---- Through the command


def test_hits_know_their_heading_and_their_speaker(tmp_path: Path) -> None:
    shutil.copy(DATA / "passages" / "interview.txt", tmp_path / "interview.txt")
    assert run("index", "interview.txt", cwd=tmp_path)[:2] == (0, "new 1, updated 0, unchanged 0, removed 0\n")
    hit = json.loads(run("search", "--format", "json", "ادامه دادن", cwd=tmp_path)[1])["hits"][0]
    assert (hit["heading"], hit["speaker"]) == ("بخش دوم: آینده", "خبرنگار ایسنا")
    assert hit["text"].startswith("بخش دوم: آینده\n\n**خبرنگار ایسنا:** آیا")
    hit = json.loads(run("search", "--format", "json", "موسیقی", cwd=tmp_path)[1])["hits"][0]
    assert (hit["heading"], hit["speaker"]) == (None, "دکتر سروش")


# ---- Recordings


def test_lines_of_subtitles_are_neither_headings_nor_verse() -> None:
    cues = [*["- به نام خداوند جان و خرد", "- کزین برتر اندیشه برنگذرد"] * 3, "", "فصل اول", "", PARAGRAPH, "۱۲"]
    text = "\n".join(cues)
    starts = [text.index(cue) for cue in ("- به", "فصل", "این بند", "۱۲")]
    places = tuple(Place(start, time=f"00:00:0{number}") for number, start in enumerate(starts))
    document = Document("d", text, places=places)
    passages = list(cut(document, 16))
    assert {passage.heading for passage in passages} == {None}
    assert "".join("".join(passage.text.split()) for passage in passages) == "".join(text.split())
    assert passages[0].place == places[0]
    assert [passage.place for passage in passages if passage.start == starts[2]] in ([], [places[2]])


# ---- Anything

ALPHABET = ["ا", "ب", "علی: ", "مجری:", "فصل اول", "۱۲", "- 3 -", "===", ".", "؟", "»", ":"]
ALPHABET += ["   ", " / ", " ", "\n", "\n\n", "\f"]


@given(st.lists(st.sampled_from([*ALPHABET, "\r\n", PARAGRAPH, *COUPLETS[0]])).map("".join), st.integers(1, 90))
def test_passages_keep_all_but_the_furniture(text: str, words: int) -> None:
    passages = list(cut(Document("d", text), words))
    assert all(text[p.start : p.end] == p.text == p.text.strip() for p in passages)
    assert all(a.end <= b.start for a, b in pairwise(passages))
    plain = text.replace("\r\n", "\n")
    for start, end in reversed(furniture(plain, 0)):
        plain = plain[:start] + plain[end:]
    assert "".join("".join(p.text.split()) for p in passages) == "".join(plain.split())


@given(st.lists(st.sampled_from([*ALPHABET, PARAGRAPH, *COUPLETS[0], *COUPLETS[1]])).map("".join), st.integers(1, 90))
def test_line_ends_make_no_difference(text: str, words: int) -> None:
    other = text.replace("\n", "\r\n")
    one, two = cut(Document("d", text), words), cut(Document("d", other), words)
    assert _shown(one) == [(*about, said.replace("\r\n", "\n")) for *about, said in _shown(two)]


@pytest.mark.parametrize(
    "text",
    [
        "ا" * 2_000_000,
        "\n" * 1_000_000,
        ":" * 300_000,
        "واژه " * 200_000,
        "." * 1_000_000 + "x",
        "(" * 1_000_000,
        "ا" + " " * 1_000_000 + "ا",
        "سلام\n\n" * 20_000,
        "ا: " * 100_000,
        "\n\f" * 50_000,
        "ا" + "\r" * 100_000 + "\nب\r\n",
        ("سلام بر تو باد " * 4 + "\n۱۲\n") * 2_000,
    ],
    ids=lambda text: ascii(text[:12]),
)
def test_hostile_text_takes_no_longer(text: str) -> None:
    """Hung before where a pattern, or looking at what follows a blank line, took time by the square of the length."""
    size = sum(len(passage.text.split()) for passage in cut(Document("d", text)))
    assert size == len(text.split())
