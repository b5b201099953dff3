"""Documents of several parts, such as slides and sheets, whose texts stand one after another."""

from collections.abc import Iterable
from typing import NamedTuple

from ..document import Place, Section
from ..errors import BadInput
from .blocks import RenderedText
from .budgets import MAX_CHARACTERS


class JoinedParts(NamedTuple):
    """The text of all parts, and where each begins.

    Attributes:
        rendered: The text with its sections.
        places: A place for each part that has text, with its number as the page.
    """

    rendered: RenderedText
    places: tuple[Place, ...]


def join_parts(parts: Iterable[RenderedText]) -> JoinedParts:
    """Return the texts of parts as one, with a blank line between them; a section begins at each.

    Raises:
        BadInput: If they are too long together.
    """
    pieces: list[str] = []
    sections: list[Section] = []
    places: list[Place] = []
    offset = body = 0
    for number, part in enumerate(parts, 1):
        if not part.text:
            continue
        if offset + len(part.text) > MAX_CHARACTERS:
            raise BadInput(f"has more than {MAX_CHARACTERS:,} characters: split it")
        body = body if pieces else part.body
        offset += 2 * bool(pieces)
        places.append(Place(offset, page=number))
        if pieces and (not part.sections or part.sections[0].start):
            sections.append(Section(offset))
        sections += (Section(offset + section.start, section.heading) for section in part.sections)
        pieces.append(part.text)
        offset += len(part.text)
    return JoinedParts(RenderedText("\n\n".join(pieces), tuple(sections), body), tuple(places))
