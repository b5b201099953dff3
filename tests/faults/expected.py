"""Assertions that must hold for any output, whatever the input was."""

from jooya.indexer import BadInput, Document
from jooya.indexer.dates.parsing import Date
from jooya.indexer.readers.source import Item
from jooya.indexer.structure.passages import cut


def assert_one_line(error: Exception) -> None:
    """Assert that the message of an error is one line."""
    assert len(str(error).splitlines()) == 1, f"not one line: {error!r}"


def assert_day(day: Date | None) -> None:
    """Assert that both forms of a date are complete."""
    if day:
        assert (len(day.gregorian), len(day.jalali)) == (10, 10), day


def assert_cut(document: Document, words: int = 80) -> int:
    """Assert that the passages of a document are spans of its text, in order; return the end of the last one."""
    reached = 0
    for passage in cut(document, words):
        assert reached <= passage.start < passage.end <= len(document.text)
        assert passage.text == document.text[passage.start : passage.end] and passage.text.strip()
        reached = passage.end
    return reached


def assert_items(items: list[Item]) -> bool:
    """Assert that what a reader yielded is valid; return True if there is any document."""
    assert items
    for item in items:
        if isinstance(item, BadInput):
            assert_one_line(item)
            continue
        assert isinstance(item, Document)
        assert item.key and item.text.strip() and 0 <= item.body <= len(item.text)
        assert_day(item.date)
        for parts in (item.places, item.sections or ()):
            starts = [part.start for part in parts]
            assert starts == sorted(starts) and all(0 <= start <= len(item.text) for start in starts)
        assert_cut(item)
    return any(isinstance(item, Document) for item in items)
