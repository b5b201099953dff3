"""Verse, told apart from wrapped prose, and passages that keep couplets whole."""

import pytest
from structure_samples import COUPLETS, PARAGRAPH

from jooya.indexer.document import Document
from jooya.indexer.structure.passages import cut
from jooya.indexer.structure.verse import find_stanzas

PROSE = (
    "کاروان پیش از برآمدن آفتاب به راه افتاد و مردان در کنار شترها پیاده می‌رفتند. راه از میان تپه‌های شنی می‌گذشت و "
    "باد گرم شن را به چهره مسافران می‌زد. پیرمردی که راهنمای ما بود می‌گفت که تا چاه آب سه روز راه است و باید آب را نگه "
    "داشت. شب که شد آتش افروختند و نان پختند و ستاره‌ها چنان نزدیک بودند که گویی می‌شد آنها را چید. سحرگاه باز به راه "
    "افتادیم و روز دوم هم چنین گذشت. در راه کاروان دیگری دیدیم که از شهر می‌آمد و بار پارچه داشت."
)
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


def _wrap(text: str, width: int) -> str:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return "\n".join(lines)


@pytest.mark.parametrize(("inside", "between"), LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("words", [5, 16, 20, 40, 80])
def test_couplets_are_kept(inside: str, between: str, words: int) -> None:
    poem = between.join(inside.join(couplet) for couplet in COUPLETS)
    wrapped = _wrap(PROSE, 66)
    for text in (poem, f"{PARAGRAPH}\n\n{poem}\n\n{PARAGRAPH} {PARAGRAPH}", f"{wrapped}\n\n{poem}\n"):
        found = [couplet for stanza in find_stanzas(text, 0, len(text)) for couplet in stanza]
        assert [text[slice(*couplet)].strip() for couplet in found] == [inside.join(couplet) for couplet in COUPLETS]
        passages = list(cut(Document("d", text), words))
        for first, second in COUPLETS:
            (holding,) = [passage.text for passage in passages if first in passage.text]
            assert second in holding


def test_a_poem_that_begins_with_the_end_of_a_couplet() -> None:
    text = "\n".join(line for couplet in COUPLETS for line in couplet).partition("\n")[2]
    ((first, *others),) = find_stanzas(text, 0, len(text))
    assert [text[slice(*couplet)].split("\n") for couplet in others] == COUPLETS[2:]
    assert text[slice(*first)].split("\n") == [COUPLETS[0][1], *COUPLETS[1]]


@pytest.mark.parametrize("width", range(24, 110, 3))
def test_wrapped_prose_is_not_verse(width: int) -> None:
    text = _wrap(PROSE, width)
    blank = "\n".join(line + "\n" * (number % 3 == 2) for number, line in enumerate(text.split("\n")))
    assert find_stanzas(text, 0, len(text)) == find_stanzas(blank, 0, len(blank)) == []
