"""The tokenizer: where words begin and end in aligned text (see `characters.align`)."""

import re
from functools import cache
from typing import NamedTuple

from .characters import align, characters


class Patterns(NamedTuple):
    """The patterns of what people type, as sources of regular expressions for aligned text.

    Attributes:
        persian_abbreviation: single letters with dots, and perhaps spaces, between them: ج.ا.ا, ه. ش.
        persian: a word in Persian letters.
        abbreviation: likewise in Latin letters: U.S.A.
        address: a URL, an e-mail address, or a host with or without a path.
        symbol: a name with a mark that belongs to it: c++, c#, .net.
        percent: a number with a percent sign.
        phone: a telephone number in groups of digits.
        number: digits with points, colons, slashes or hyphens between them, as numbers and dates have.
        coded: Latin letters, a hyphen and digits: f-35, covid-19.
        tag: a hashtag, or the name of an account.
        other: a word in any other letters and digits.
    """

    persian_abbreviation: str
    persian: str
    abbreviation: str
    address: str
    symbol: str
    percent: str
    phone: str
    number: str
    coded: str
    tag: str
    other: str


@cache
def patterns() -> Patterns:
    """Return the patterns of what people type.

    Each takes time in proportion to the text, however it fails: what repeats is possessive or bounded.
    """
    table = characters()
    letters, marks, joiners = table.letters, table.marks, table.joiners
    arabic = f"[{letters}][{letters}{marks}]*(?:[{joiners}]+[{letters}{marks}]+)*"
    # Any other letter or digit that `\w` matches; `_` joins words only inside hashtags and the like.
    other = rf"(?:(?![{letters}_])\w)"
    word = rf"{other}(?:{other}|[{marks}]|[{joiners}]+(?={other}))*"
    # After what is in ASCII letters there is no letter, and no accent: whether an accent is a character of its own
    # (NFD) or not must make no difference.
    ends = rf"(?!{other}|[{marks}])"
    begins = rf"(?<![\w{marks}])"

    # The dot is not the end of a sentence if another single letter follows. With spaces in between (ه. ش.) two dots
    # are needed, and a last letter without one is not the word و.
    single = rf"[{letters}][{marks}]*+"
    alone = rf"(?![{letters}{marks}]|[{joiners}]+[{letters}])"
    # No letter of another script is right before it, whether its accent is a character of its own (NFD) or not.
    dotted = rf"(?<![{letters}{marks}{joiners}])(?<![^\W\d_]){single}(?:[{joiners}]*+\.{single})++{alone}"
    undotted = rf"(?: (?!و){single}{alone}(?![{joiners}]*\.))?"
    spaced = rf"(?<![{letters}{marks}{joiners}.])(?<![^\W\d_]){single}\.(?: {single}\.(?![{letters}]))++{undotted}"
    latin = rf"(?<![\w{marks}.])[a-z](?:\.[a-z])++{ends}"
    latin_spaced = rf"(?<![\w{marks}.])[a-z]\.(?: [a-z]\.)++"

    # A URL ends before ≮ and ≯, which may be written as < and > with a mark, as it does before these.
    unspaced = r"[^\s<>≮≯\"«»]"
    last = r"[^\s<>≮≯\"«».,:;!?؟،؛)\]}'…]"
    host = rf"[a-z0-9-]{{1,63}}+(?:\.[a-z0-9-]{{1,63}}+){{0,9}}\.[a-z]{{2,}}+{ends}"
    url = rf"(?:https?://|www\.){unspaced}*{last}"
    # Without a bound the time would grow with the square.
    email = rf"[a-z0-9][a-z0-9._%+-]{{0,63}}+@{host}"
    site = rf"(?<![\w{marks}.@])(?=[a-z0-9]){host}(?::[0-9]{{1,5}}+)?(?:[/?]{unspaced}*{last})?"
    digits = "[0-9]++(?:[.,/][0-9]++)*+"
    return Patterns(
        persian_abbreviation=f"{spaced}|{dotted}",
        persian=arabic,
        abbreviation=f"{latin_spaced}|{latin}",
        address=f"{url}|{email}|{site}",
        symbol=rf"{begins}(?:[a-z]{{1,20}}+\+\+(?![+{marks}]|[^\W0-9])|[cfj]#(?![\w{marks}])|(?<!\.)\.net{ends})",
        percent=rf"{digits} ?%(?![\w{marks}])|(?<![0-9a-z%])%{digits}{ends}",
        phone=rf"(?<![0-9.,/:-])(?:(?:\+|00)98[ -]?|98(?=9)|0)[1-9](?:[ -]?[0-9]){{9}}(?![-./:,]?[0-9]){ends}",
        number=rf"[0-9]+(?:[.,/:-][0-9]+)+(?!{other})|[1-9][0-9]{{0,2}}+(?:،[0-9]{{3}})*?،000(?![0-9،]){ends}",
        coded=rf"{begins}(?<!-)[a-z]{{1,20}}+[-\u2010\u2011][0-9]{{1,6}}+[a-z]?{ends}(?![-./:,]?[0-9]|-)",
        tag=rf"[#@](?:{arabic}|{word})(?:_+(?:{arabic}|{word}))*",
        other=word,
    )


@cache
def token_pattern() -> re.Pattern[str]:
    """Return a pattern with one group, the token: its `split` gives gap, token, gap, token, … gap.

    Half-spaces and other joiners belong to a token if they stand between two of its letters, not at its edges.
    """
    all_patterns = patterns()
    letters = characters().letters
    # For speed: most words begin with two Persian letters, and most characters between words begin none.
    word = f"(?=[{letters}]{{2}})(?:{all_patterns.persian})"
    return re.compile(rf"({word}|(?=[\w#@%+.])(?:{'|'.join(all_patterns)}))")


# What all patterns but the plainest two need: one of these characters, or the ten digits of a telephone number.
_SPECIAL = re.compile(r"[.+#%@/:,\u060c\-\u2010\u2011]|(?:[0-9][^0-9]*){10}")

_ENDS = ".,:!\"')]}\u060c\u061b\u061f\u00bb\u2026"  # characters that no token ends with


@cache
def _plain_pattern() -> re.Pattern[str]:
    """Return the twin of `token_pattern` for text without anything special, which is compiled ten times as fast."""
    plain = patterns()
    return re.compile(rf"((?=\w)(?:{plain.persian}|{plain.other}))")


def split(text: str) -> list[str]:
    """Return gap, token, gap, token, … gap of aligned text: what the `split` of `token_pattern` returns.

    A new process that is to analyze a few words need not wait until all patterns are compiled.
    """
    is_special = _SPECIAL.search(text.rstrip(_ENDS))
    return (token_pattern() if is_special else _plain_pattern()).split(text)


@cache
def begin_after_space() -> re.Pattern[str]:
    """Return a pattern for how text begins after a space inside a token: ش. after ه., 000 after 0912."""
    table = characters()
    single = rf"[{table.letters}a-z](?![{table.letters}{table.marks}\w])"
    return re.compile(rf"[0-9%]|{single}|[{table.letters}][{table.marks}]++(?![{table.letters}])")


@cache
def dotted_letter_at_end() -> re.Pattern[str]:
    """Return a pattern for a single letter and a dot at the end of a text: ه. or j."""
    table = characters()
    before = rf"(?<![\w{table.letters}{table.marks}{table.joiners}])"
    # Looking back first makes the search fail at once inside a word.
    return re.compile(rf"{before}(?:[{table.letters}][{table.marks}]*+|[a-z])\.\Z")


def unhyphenated(text: str) -> str:
    """Return `text` without hyphens that split a word at the end of a line (مقاو-, with مت on the next line).

    The hyphens and the spaces after them become joiners, one for one, so that offsets stay the same. In a Persian word
    these are soft hyphens: they mean nothing if the whole is a word, and otherwise divide it as half-spaces do, since
    it may be a compound (علمی-پژوهشی).
    """
    if "\n" not in text or not ("-" in text or "\u00ad" in text or "\u2010" in text or "\u00ac" in text):
        return text
    aligned = "\n".join(map(align, text.split("\n")))
    return _line_hyphen().sub(_joiners, aligned)


@cache
def _line_hyphen() -> re.Pattern[str]:
    """Return a pattern for a hyphen inside a word at the end of a line, with the letter before it."""
    table = characters()
    letters, within = table.letters, table.marks + table.joiners
    other = rf"(?:(?![{letters}{within}])[^\W\d_])"  # `\w` matches the tatweel, too
    # Possessive quantifiers: with backtracking the time would grow with the square of the number of spaces.
    return re.compile(
        rf"(?P<word>(?:(?P<persian>[{letters}])|{other})[{within}]*?)(?P<hyphen>[-\u2010\u00ad\u00ac]) *+\n[ \n]*+"
        rf"(?(persian)(?=[{letters}])|(?={other}))"
    )


def _joiners(match: re.Match[str]) -> str:
    # ¬ (U+00AC) stands for a soft hyphen in some texts.
    soft = match["persian"] or match["hyphen"] in "\u00ad\u00ac"
    return match["word"] + ("\u00ad" if soft else "\u200c") * (len(match[0]) - len(match["word"]))
