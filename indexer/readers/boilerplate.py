"""Which blocks of a web page are its text.

What is left out: menus that are marked as such; lists of links, outside of articles; and what is called a sidebar, a
footer and the like, if it is not longer than the rest. A paragraph that has no such mark always stays: a menu that is
found is a smaller harm than a text that is not.
"""

from collections import defaultdict

from .blocks import Block, Gap, Part

_BESIDE = 0.5  # of the words: where what is called a sidebar has more, the name deceives
_LINKED = 0.8  # of the characters of a list of links are links
_LONGEST_ITEM = 20  # words
_FEWEST_LINKS = 3
_LITTLE = 30  # words: a page with so few besides its links is a list of links, and they are its text


def main_text(blocks: list[Block]) -> list[Block]:
    """Those of `blocks` that are the text of a page, in order; all, if none would be left."""
    words = [block.text.count(" ") + 1 for block in blocks]
    everything = sum(words)

    def left(out: set[int]) -> int:
        return everything - sum(words[number] for number in out)

    lists = _lists_of_links(blocks)
    sure = {number for number, block in enumerate(blocks) if block.part is Part.MENU}
    beside = {number for number, block in enumerate(blocks) if block.part is Part.BESIDE}
    if everything - left(beside - lists) <= _BESIDE * left(sure | lists):
        sure |= beside
    out = sure | lists
    out |= _headings_of_nothing(blocks, out)
    if left(out) < _LITTLE:
        out = sure
    return _without(blocks, out) if len(out) < len(blocks) else blocks


def _lists_of_links(blocks: list[Block]) -> set[int]:
    """The blocks of neighbouring boxes that hold little but short links."""
    boxes: dict[int, list[Block]] = defaultdict(list)
    for block in blocks:
        if not block.heading:
            boxes[block.box].append(block)
    listing = {number for number, inside in boxes.items() if _is_list(inside)}
    found: set[int] = set()
    run: set[int] = set()
    links = 0
    for number, block in enumerate(blocks):
        if block.heading:
            continue
        if block.box in listing and not block.within:
            run.add(number)
            links += block.links
            continue
        if links >= _FEWEST_LINKS:
            found |= run
        run, links = set(), 0
    return found | run if links >= _FEWEST_LINKS else found


def _is_list(inside: list[Block]) -> bool:
    linked = sum(block.linked for block in inside)
    return linked >= _LINKED * sum(len(block.text) for block in inside) and all(
        len(block.text.split()) <= _LONGEST_ITEM for block in inside
    )


def _headings_of_nothing(blocks: list[Block], out: set[int]) -> set[int]:
    """Headings of which all that stands under them is left out: «مطالب مرتبط»."""
    found: set[int] = set()
    heading, anything, left = -1, False, False
    for number, block in enumerate(blocks):
        if block.heading and number not in out:
            if heading >= 0 and anything and not left:
                found.add(heading)
            heading, anything, left = (number if block.heading > 1 else -1), False, False
        else:
            anything = True
            left = left or number not in out
    if heading >= 0 and anything and not left:
        found.add(heading)
    return found


def _without(blocks: list[Block], out: set[int]) -> list[Block]:
    kept: list[Block] = []
    gap = Gap.NONE
    for number, block in enumerate(blocks):
        gap = max(gap, block.gap)
        if number not in out:
            kept.append(block._replace(gap=gap))
            gap = Gap.NONE
    return kept
