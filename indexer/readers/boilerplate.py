"""Removal of boilerplate: finding the main text among the blocks of a web page.

Three kinds of blocks are left out: menus that are marked as such; lists of links outside of articles; and regions that
are named as a sidebar, a footer and the like, unless they are longer than the rest. A paragraph without any such mark
always stays, since a menu among the results does less harm than a text that can't be found.
"""

from collections import defaultdict

from .blocks import Block, Break, Region

_MAX_SIDEBARS = 0.5  # share of the words; if sidebars have more, their names are misleading
_MIN_LINKED = 0.8  # share of the characters of a list of links that are in links
_MAX_ITEM_WORDS = 20
_MIN_LINKS = 3
_MIN_WORDS = 30  # if a page has fewer words besides its links, it is a list of links, and they are its text


def main_text(blocks: list[Block]) -> list[Block]:
    """Return the blocks that are the main text of a page, in order; all of them if none would be left."""
    words = [block.text.count(" ") + 1 for block in blocks]
    total = sum(words)

    def words_without(left_out: set[int]) -> int:
        return total - sum(words[number] for number in left_out)

    lists = _lists_of_links(blocks)
    certain = {number for number, block in enumerate(blocks) if block.region is Region.NAVIGATION}
    sidebars = {number for number, block in enumerate(blocks) if block.region is Region.SIDEBAR}
    if total - words_without(sidebars - lists) <= _MAX_SIDEBARS * words_without(certain | lists):
        certain |= sidebars
    left_out = certain | lists
    left_out |= _emptied_headings(blocks, left_out)
    if words_without(left_out) < _MIN_WORDS:
        left_out = certain
    return _without(blocks, left_out) if len(left_out) < len(blocks) else blocks


def _lists_of_links(blocks: list[Block]) -> set[int]:
    """Return the numbers of the blocks in runs of containers that hold little but short links."""
    containers: dict[int, list[Block]] = defaultdict(list)
    for block in blocks:
        if not block.heading:
            containers[block.container].append(block)
    link_lists = {number for number, content in containers.items() if _is_link_list(content)}
    found: set[int] = set()
    run: set[int] = set()
    links = 0
    for number, block in enumerate(blocks):
        if block.heading:
            continue
        if block.container in link_lists and not block.in_main:
            run.add(number)
            links += block.links
            continue
        if links >= _MIN_LINKS:
            found |= run
        run, links = set(), 0
    return found | run if links >= _MIN_LINKS else found


def _is_link_list(content: list[Block]) -> bool:
    link_chars = sum(block.link_chars for block in content)
    return link_chars >= _MIN_LINKED * sum(len(block.text) for block in content) and all(
        len(block.text.split()) <= _MAX_ITEM_WORDS for block in content
    )


def _emptied_headings(blocks: list[Block], left_out: set[int]) -> set[int]:
    """Return the numbers of headings («مطالب مرتبط») under which everything is left out."""
    found: set[int] = set()
    heading, has_blocks, has_text = -1, False, False
    for number, block in enumerate(blocks):
        if block.heading and number not in left_out:
            if heading >= 0 and has_blocks and not has_text:
                found.add(heading)
            heading, has_blocks, has_text = (number if block.heading > 1 else -1), False, False
        else:
            has_blocks = True
            has_text = has_text or number not in left_out
    if heading >= 0 and has_blocks and not has_text:
        found.add(heading)
    return found


def _without(blocks: list[Block], left_out: set[int]) -> list[Block]:
    """Return the other blocks; each takes over the strongest of the breaks before those left out in front of it."""
    kept: list[Block] = []
    strongest = Break.NONE
    for number, block in enumerate(blocks):
        strongest = max(strongest, block.break_before)
        if number not in left_out:
            kept.append(block._replace(break_before=strongest))
            strongest = Break.NONE
    return kept
