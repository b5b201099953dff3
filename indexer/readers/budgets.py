"""The limits of a document: its text, its parts and its passages.

A small file can stand for a huge document: by compression, by references that multiply, or by parts of one character.
What is beyond a limit is skipped with a line that names the limit. Each limit is far beyond what documents have, and
low enough for the process that indexes to stay below 500 MB. The limits of files, archives, time and memory are in the
modules that enforce them (`dispatch`, `archives`, `guard`).
"""

from array import array
from collections.abc import Iterator
from typing import NamedTuple

from ..document import Document, Passage
from ..errors import BadInput
from ..structure import passages

MAX_CHARACTERS = 40_000_000
"""The most characters of a document's text and headings. A book of a thousand pages has 3 million.

A character takes up to 4 bytes, so that the text and its copy in UTF-8 take up to 320 MB.
"""

MAX_NAME = 10_000
"""The most characters of a title, a key or the name of a collection. A path has up to 4,096."""

MAX_PARTS = 200_000
"""The most places, and the most sections, of a document. A day of subtitles has 30,000."""

MAX_PASSAGES = 500_000
"""The most passages of a document. 40 million characters of prose make 90,000."""

MAX_PASSAGE = 1_000_000
"""The most characters of a passage with its heading and speaker. Its analysis takes up to 300 bytes for each.

With this limit and that of names, what is stored of a passage takes less than the 16 MB that an index may have for it.
"""

MAX_REPEATED = 200_000_000
"""The most characters that the passages of a document repeat together: its key and title, headings and speakers."""

_MAX_SHOWN = 200
"""The most characters of a key that a message shows."""


class Cut(NamedTuple):
    """The passages of a document, as spans of its text.

    Attributes:
        starts: The offset of the start of each passage.
        ends: The offset of the end of each.
        headings: The heading that each stands under.
        speakers: The speaker of each.
    """

    starts: "array[int]"
    ends: "array[int]"
    headings: list[str | None]
    speakers: list[str | None]

    @classmethod
    def empty(cls) -> "Cut":
        """Return the cut of a document without passages."""
        return cls(array("q"), array("q"), [], [])

    def append(self, start: int, end: int, heading: str | None, speaker: str | None) -> None:
        """Add a passage. A name that equals the one before is kept only once."""
        self.starts.append(start)
        self.ends.append(end)
        self.headings.append(self.headings[-1] if self.headings and self.headings[-1] == heading else heading)
        self.speakers.append(self.speakers[-1] if self.speakers and self.speakers[-1] == speaker else speaker)

    def passages(self, document: Document) -> Iterator[Passage]:
        """Yield the passages of the document that this is the cut of."""
        return passages.made(document, zip(*self, strict=True))


class CutDocument(NamedTuple):
    """A long document that has been cut into passages."""

    document: Document
    cut: Cut


def check(document: Document) -> None:
    """Raise BadInput if a document is beyond a limit that can be told without cutting it into passages."""
    for name, value in (("key", document.key), ("title", document.title), ("collection", document.collection)):
        if value and len(value) > MAX_NAME:
            raise _beyond(document, f"a {name} of more than {MAX_NAME:,} characters", "shorten it")
    sections = document.sections or ()
    for name, parts in (("pages or times", document.places), ("sections", sections)):
        if len(parts) > MAX_PARTS:
            raise _beyond(document, f"more than {MAX_PARTS:,} {name}")
    named = sum(len(section.heading or "") + len(section.speaker or "") for section in sections)
    if len(document.text) + named > MAX_CHARACTERS:
        raise _beyond(document, f"more than {MAX_CHARACTERS:,} characters")
    if document.whole and len(document.text) > MAX_PASSAGE:
        raise _beyond(document, f"more than {MAX_PASSAGE:,} characters for one passage", "index it without whole")


def cut(document: Document, passage_words: int) -> Cut:
    """Return the passages of a document.

    Raises:
        BadInput: If there are too many, or one is too long.
    """
    found = Cut.empty()
    named = len(document.key) + len(document.title or "")
    repeated = 0
    for start, end, heading, speaker in passages.spans(document, passage_words):
        found.append(start, end, heading, speaker)
        repeated += named + len(heading or "") + len(speaker or "")
        if len(found.starts) > MAX_PASSAGES:
            raise _beyond(document, f"more than {MAX_PASSAGES:,} passages")
        if end - start + len(heading or "") + len(speaker or "") > MAX_PASSAGE:
            raise _beyond(document, f"a passage of more than {MAX_PASSAGE:,} characters", "make passages shorter")
        if repeated > MAX_REPEATED:
            raise _beyond(document, f"passages that repeat more than {MAX_REPEATED:,} characters of title and headings")
    return found


def _beyond(document: Document, what: str, fix: str = "cut it into several files") -> BadInput:
    """Return the error for a document that has `what`."""
    return BadInput(f"the document {document.key[:_MAX_SHOWN]!r} has {what}: {fix}")
