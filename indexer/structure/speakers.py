"""Speakers in a transcript: lines that begin with a name and a colon (مجری: …).

Much else stands before a colon (وی گفت: …, نکته: …), so that a name alone is no proof. The words of the name, and the
beginnings of lines in the whole text, have to show that the text is a conversation.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from .cue_words import cue_words, folded_words, is_verb
from .text_spans import ends_sentence

_MAX_LABEL = 70
"""The longest label, in characters, with everything around the name."""
_MAX_WORDS = 5
_MIN_SPOKEN_WORDS = 5
"""The number of words after a label from which on they are speech, and not the value of a field (نام: علی)."""

_COLON = re.compile("[:：]")
_LABEL = re.compile(
    r"""
    [\u200e\u200f\ufeff]*+ [^\S\n]*+ [\u200e\u200f]*+          # marks of direction, indentation
    (?P<label>
      (?:[-–—•][^\S\n]*+)?+ [*_]{0,3}+ [\[(«"]?+ [^\S\n]*+          # a dash, bold letters, brackets
      (?P<name>[^\W\d_][^\n:：\[\](){}<>«»"!?؟.،,;؛…*=/|]{0,39}+)
      [\])»"]?+ [^\S\n]*+ [*_]{0,3}+ [^\S\n]*+
      (?:[(\[][^()\[\]\n:：]{1,40}+[)\]])?+ [^\S\n]*+ [\])»"]?+ [*_]{0,3}+ [^\S\n]*+  # a remark: (با خنده), (ره)
      [:：][*_]{0,3}+
    )
    (?![/\d])
    """,
    re.VERBOSE,
)
_DATELINE = re.compile(r"\s[-–—]\s")  # of news: تهران - ایرنا
_SENTENCE_MARK = re.compile(r"[.!?؟۔…]")


class Turn(NamedTuple):
    """A turn of a speaker.

    Attributes:
        start: The offset of the start of the label.
        end: The offset of its end, at which the speech begins.
        name: The speaker's name, without what stands around it.
    """

    start: int
    end: int
    name: str


class _Label(NamedTuple):
    """A candidate for the label of a speaker.

    Attributes:
        turn: The turn that it begins.
        words: The words of the name, folded.
        follows_sentence: True if the line before is blank or ends a sentence.
        is_spoken: True if the text after the label looks like speech.
    """

    turn: Turn
    words: tuple[str, ...]
    follows_sentence: bool
    is_spoken: bool


def speaker_turns(text: str, begin: int) -> list[Turn]:
    """Return the turns of speakers in `text` from `begin` on, in order; none if the text is no conversation."""
    known: dict[str, tuple[str, ...]] = {}
    labels: list[_Label] = []
    last = -1  # the start of the line after the last label
    for match in _candidates(text, begin):
        name = " ".join(match["name"].split()).strip("_ -–—\u200e\u200f")
        if name not in known:
            known[name] = _name_words(name)
        if not known[name]:
            continue
        end = match.end("label")
        line_end = text.find("\n", end)
        line_end = len(text) if line_end < 0 else line_end
        turn = Turn(match.start("label"), end, name)
        follows_sentence = match.start() == last or _follows_sentence(text, begin, match.start())
        labels.append(_Label(turn, known[name], follows_sentence, _looks_spoken(text[end : min(line_end, end + 200)])))
        last = line_end + 1
    speakers = _speakers(labels) if labels else set()
    return [label.turn for label in labels if label.words in speakers]


def _candidates(text: str, begin: int) -> Iterator[re.Match[str]]:
    """Yield the matches of lines that begin with something like a name, and a colon."""
    last = -1
    for colon in _COLON.finditer(text, begin):
        start = text.rfind("\n", max(begin, colon.start() - _MAX_LABEL), colon.start()) + 1
        if start == 0 and colon.start() > begin + _MAX_LABEL:
            continue
        start = max(start, begin)
        if start > last and (match := _LABEL.match(text, start)):
            yield match
        last = start


def _name_words(name: str) -> tuple[str, ...]:
    """Return the words of `name`, folded; none if it can't be the name of a speaker."""
    known = cue_words("speakers.tsv")
    words = tuple(folded_words(name))
    if len(words) == 2 and len(words[0]) == 1 and words[1].isdigit():  # س ۱
        words = words[:1]
    ruled_out = (
        not 0 < len(words) <= _MAX_WORDS
        or words[0] in known["no-speaker"]
        or words[0] in cue_words("headings.tsv")["numbered"]
        or _DATELINE.search(name) is not None
        or not known["not-in-name"].isdisjoint(words)
        or is_verb(words[-1])
    )
    return () if ruled_out else words


def _follows_sentence(text: str, begin: int, start: int) -> bool:
    """Return True if the line at `start` follows a blank line, or the end of a sentence."""
    before = text[max(begin, start - 200) : start]
    gap = before[len(before.rstrip()) :]
    return gap == before or gap.count("\n") > 1 or "\f" in gap or ends_sentence(before) or before.rstrip()[-1] in ":："


def _looks_spoken(said: str) -> bool:
    """Return True if the rest of a label's line is a sentence, or empty: speech may also begin on the next line."""
    return not said.strip() or len(said.split()) >= _MIN_SPOKEN_WORDS or _SENTENCE_MARK.search(said) is not None


# ---- Deciding which names are speakers'


def _speakers(labels: list[_Label]) -> set[tuple[str, ...]]:
    """Return the names, folded, that are names of speakers."""
    candidates = [label for label in labels if label.follows_sentence]
    initials = {label.words for label in candidates if len(label.words) == 1 and len(label.words[0]) == 1}
    if not (_has_initial(initials, "question-initial") and _has_initial(initials, "answer-initial")):
        candidates = [label for label in candidates if label.words not in initials]
        initials = set()
    counts = Counter(label.words for label in candidates)
    roles = {words for words in counts if words in initials or _is_role(words)}
    titled = {words for words in counts if _is_titled(words)}
    speaking = [label for label in candidates if label.is_spoken]
    if not any(label.words in roles for label in speaking):
        if 2 * len(speaking) < len(candidates):
            return set()
        if sum(counts[words] for words in titled) < 2 and not _take_turns(
            [label.words for label in candidates], counts
        ):
            return set()
    recurring = {words for words, count in counts.items() if count > 1}
    certain = roles | titled | recurring
    return set(counts) if sum(counts[words] for words in certain) > 1 else certain


def _take_turns(names: list[tuple[str, ...]], counts: Counter[tuple[str, ...]]) -> bool:
    """Return True if names of which nothing else is known take turns, or if one recurs and the other has no label.

    The fields of records recur, too, but always in the same order: نام, سن, شغل, نام, سن, شغل.
    """
    several = len(counts)
    if several < 2:
        return len(names) > 2
    if max(counts.values()) < 2 or 2 * sum(one != other for one, other in pairwise(names)) < len(names) - 1:
        return False
    cyclic = all(one == other for one, other in zip(names, names[several:], strict=False))
    return several == 2 or len(names) < 2 * several or not cyclic


def _is_role(words: tuple[str, ...]) -> bool:
    known = cue_words("speakers.tsv")
    return words[0] in known["role"] or (words[0] in known["title"] and words[-1] in known["role"])


def _is_titled(words: tuple[str, ...]) -> bool:
    return len(words) > 1 and words[0] in cue_words("speakers.tsv")["title"]


def _has_initial(initials: Iterable[tuple[str, ...]], kind: str) -> bool:
    return any(words[0] in cue_words("speakers.tsv")[kind] for words in initials)
