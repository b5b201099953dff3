"""The tokenizer: where words begin and end in aligned text (see `characters.align`)."""

import re
from functools import cache

from .characters import align, characters


@cache
def token_pattern() -> re.Pattern[str]:
    """Return a pattern with one group, the token: its `split` gives gap, token, gap, token, … gap.

    Half-spaces and other joiners belong to a token if they stand between two of its letters, not at its edges.
    """
    table = characters()
    letters, marks, joiners = table.letters, table.marks, table.joiners
    arabic = f"[{letters}][{letters}{marks}]*(?:[{joiners}]+[{letters}{marks}]+)*"
    # Any other letter or digit that `\w` matches; `_` joins words only inside hashtags and the like.
    other = rf"(?:(?![{letters}_])\w)"
    word = rf"{other}(?:{other}|[{marks}]|[{joiners}]+(?={other}))*"
    # A name whose last letter has an accent is no host, whether the accent is a character of its own or not. Likewise ≮
    # and ≯, which may be written as < and > with a mark, end a URL as < and > do.
    host = rf"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{{2,}}+(?!{other}|[{marks}])"
    url = r"(?:https?://|www\.)[^\s<>≮≯\"«»]*[^\s<>≮≯\"«».,:;!?؟،؛)\]}'…]"
    email = rf"[a-z0-9][a-z0-9._%+-]{{0,63}}+@{host}"  # without a bound the time would grow with the square
    tag = rf"[#@](?:{arabic}|{word})(?:_+(?:{arabic}|{word}))*"
    number = rf"[0-9]+(?:[.,/:-][0-9]+)+(?!{other})"
    return re.compile(f"({arabic}|{url}|{email}|{number}|{tag}|{word})")


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
