"""Functions that spell Persian text in the ways in which real files spell it; `VARIANTS` names them."""

import random
import re
import unicodedata
from collections.abc import Callable

_MARKS = "\u064b\u064c\u064d\u064e\u064f\u0650\u0652"
_JOINING = re.compile("[\u0628-\u063a\u0641-\u064a\u067e\u0686\u0698\u06a9\u06af\u06cc](?=\\w)")


def arabic_letters(text: str) -> str:
    """Use Arabic letters, as old keyboards type them."""
    return text.translate({0x06CC: 0x064A, 0x06A9: 0x0643, 0x06C0: "ه\u0654"})


def half_space_removed(text: str) -> str:
    """Remove the half-spaces."""
    return text.replace("\u200c", "")


def half_space_as_space(text: str) -> str:
    """Replace each half-space by a space."""
    return text.replace("\u200c", " ")


def arabic_digits(text: str) -> str:
    """Use Arabic digits instead of Persian ones."""
    return text.translate({0x06F0 + n: 0x0660 + n for n in range(10)})


def vowel_marks(text: str) -> str:
    """Put a vowel mark after one letter in five."""
    chance = random.Random(7)

    def mark(letter: re.Match[str]) -> str:
        return letter[0] + (chance.choice(_MARKS) if chance.random() < 0.2 else "")

    return _JOINING.sub(mark, text)


def presentation_forms(text: str) -> str:
    """Use presentation forms, one for each shape of a letter, as the text layer of many PDFs does."""
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
    """Return the presentation forms of each letter by the name of the shape: isolated, initial, medial, final."""
    shapes: dict[str, dict[str, str]] = {}
    for code in [*range(0xFB50, 0xFE00), *range(0xFE70, 0xFF00)]:
        shape, *letters = unicodedata.decomposition(chr(code)).split() or [""]
        if len(letters) == 1 and shape:
            shapes.setdefault(chr(int(letters[0], 16)), {})[shape.strip("<>")] = chr(code)
    return shapes


_SHAPES = _shapes()


def all_but_spaces_and_forms(text: str) -> str:
    """Change the letters, half-spaces and digits, and add vowel marks."""
    return arabic_digits(vowel_marks(arabic_letters(half_space_removed(text))))


VARIANTS: dict[str, Callable[[str], str]] = {
    "Arabic letters": arabic_letters,
    "half-space removed": half_space_removed,
    "half-space as a space": half_space_as_space,
    "Arabic digits": arabic_digits,
    "vowel marks": vowel_marks,
    "presentation forms": presentation_forms,
    "all but spaces and forms": all_but_spaces_and_forms,
}
