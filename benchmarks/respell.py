"""Re-spelling Persian text the ways real files arrive; the kinds are the keys of `KINDS`."""

import random
import re
import unicodedata
from collections.abc import Callable

_MARKS = "\u064b\u064c\u064d\u064e\u064f\u0650\u0652"
_JOINING = re.compile("[\u0628-\u063a\u0641-\u064a\u067e\u0686\u0698\u06a9\u06af\u06cc](?=\\w)")


def arabic(text: str) -> str:
    """Arabic letters, as old keyboards give them."""
    return text.translate({0x06CC: 0x064A, 0x06A9: 0x0643, 0x06C0: "ه\u0654"})


def half_space_lost(text: str) -> str:
    return text.replace("\u200c", "")


def half_space_spaced(text: str) -> str:
    return text.replace("\u200c", " ")


def digits(text: str) -> str:
    return text.translate({0x06F0 + n: 0x0660 + n for n in range(10)})


def vowel_marks(text: str) -> str:
    """A mark after one letter in five."""
    chance = random.Random(7)

    def mark(letter: re.Match[str]) -> str:
        return letter[0] + (chance.choice(_MARKS) if chance.random() < 0.2 else "")

    return _JOINING.sub(mark, text)


def presentation_forms(text: str) -> str:
    """What the text layer of many PDFs holds: each letter in the shape it has there."""
    shaped = []
    for before, letter, after in zip(" " + text, text, text[1:] + " ", strict=False):
        shapes = _SHAPES.get(letter, {})
        from_right = "initial" in _SHAPES.get(before, {})
        to_left = "initial" in shapes and after in _SHAPES
        shape = {(True, True): "medial", (True, False): "final", (False, True): "initial"}.get(
            (from_right, to_left), "isolated"
        )
        shaped.append(shapes.get(shape, letter))
    return "".join(shaped)


def _shapes() -> dict[str, dict[str, str]]:
    shapes: dict[str, dict[str, str]] = {}
    for code in [*range(0xFB50, 0xFE00), *range(0xFE70, 0xFF00)]:
        shape, *letters = unicodedata.decomposition(chr(code)).split() or [""]
        if len(letters) == 1 and shape:
            shapes.setdefault(chr(int(letters[0], 16)), {})[shape.strip("<>")] = chr(code)
    return shapes


_SHAPES = _shapes()


def everything(text: str) -> str:
    return digits(vowel_marks(arabic(half_space_lost(text))))


KINDS: dict[str, Callable[[str], str]] = {
    "Arabic letters": arabic,
    "half-space lost": half_space_lost,
    "half-space a space": half_space_spaced,
    "Arabic digits": digits,
    "vowel marks": vowel_marks,
    "presentation forms": presentation_forms,
    "all but spaces and forms": everything,
}
