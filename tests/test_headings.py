"""Headings of plain text, and the sections that they begin."""

import pytest
from structure_samples import PARAGRAPH, table

from jooya.indexer.document import Document, Section
from jooya.indexer.structure.headings import find_headings
from jooya.indexer.structure.passages import cut


@pytest.mark.parametrize(("expected", "_why", "line"), table("headings.tsv"))
def test_a_line_alone(expected: str, _why: str, line: str) -> None:
    text = f"{PARAGRAPH}\n\n{line}\n\n{PARAGRAPH}"
    found = find_headings(text, 0, [], in_prose=True)
    assert [heading.text for heading in found] == ([] if expected == "-" else [expected])
    assert all(text[heading.start : heading.end] == line for heading in found)


def test_a_line_alone_in_mid_sentence_is_no_heading() -> None:
    """Text that was extracted from a PDF has blank lines anywhere."""
    text = "این جمله در میان صفحه شکسته شده است و تا اینجا\n\nادامه دارد و\n\n" + PARAGRAPH
    assert find_headings(text, 0, [], in_prose=True) == []


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


def test_sections_of_the_document_are_used_as_they_are() -> None:
    text = f"پیش از همه. {PARAGRAPH}\nنخست\n{PARAGRAPH}\nفصل اول\n\n{PARAGRAPH}\nبی‌نام {PARAGRAPH}"
    first, second = text.index("نخست"), text.index("بی‌نام")
    document = Document("d", text, sections=(Section(first, "نخست"), Section(second)))
    passages = list(cut(document, 200))
    assert [(passage.start, passage.heading) for passage in passages] == [(0, None), (first, "نخست"), (second, None)]


def test_all_passages_of_a_section_have_its_heading_and_the_first_begins_with_it() -> None:
    text = f"{PARAGRAPH}\n\nفصل اول\n\n" + f"{PARAGRAPH} " * 5
    before, *section = cut(Document("d", text), 20)
    assert before.heading is None
    assert [passage.heading for passage in section] == ["فصل اول"] * 5
    assert [passage.text.startswith("فصل اول") for passage in section] == [True, *[False] * 4]
