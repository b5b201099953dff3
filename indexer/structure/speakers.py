"""Who says what: lines that begin with a name and a colon (مجری: …).

Much else stands before a colon (وی گفت: …, نکته: …), so that a name alone is not believed: what it consists of, and how
the lines of the whole text begin, have to speak for a conversation.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from .words import ends_sentence, folded, is_verb, table

_LONGEST = 70
"""Characters of a label, with all that stands around the name."""
_MOST_WORDS = 5
_SPEECH = 5
"""So many words after a label are something said, and not the value of a field (نام: علی)."""

_COLON = re.compile("[:：]")
_LABEL = re.compile(
    r"""
    [\u200e\u200f\ufeff]*+ [^\S\n]*+ [\u200e\u200f]*+          # marks of direction, indentation
    (?P<label>
      (?:[-–—•][^\S\n]*+)?+ [*_]{0,3}+ [\[(«"]?+ [^\S\n]*+          # a dash, bold letters, brackets
      (?P<name>[^\W\d_][^\n:：\[\](){}<>«»"!?؟.،,;؛…*=/|]{0,39}+)
      [\])»"]?+ [^\S\n]*+ [*_]{0,3}+ [^\S\n]*+
      (?:[(\[][^()\[\]\n:：]{1,40}+[)\]])?+ [^\S\n]*+ [\])»"]?+ [*_]{0,3}+ [^\S\n]*+  # with a laugh; peace be upon him
      [:：][*_]{0,3}+
    )
    (?![/\d])
    """,
    re.VERBOSE,
)
_DATELINE = re.compile(r"\s[-–—]\s")  # تهران - ایرنا
_SENTENCE_MARK = re.compile(r"[.!?؟۔…]")


class Turn(NamedTuple):
    """What a speaker says begins here. start, end: of the label. name: without what stands around it."""

    start: int
    end: int
    name: str


class _Label(NamedTuple):
    """What may be a speaker's label. words: of the name, folded. clean: whether it begins a line after the end of
    another sentence. speaks: whether what follows looks like something said."""

    turn: Turn
    words: tuple[str, ...]
    clean: bool
    speaks: bool


def turns(text: str, begin: int) -> list[Turn]:
    """Where in `text`, from `begin` on, a speaker begins to speak, in order; none if it is no conversation."""
    known: dict[str, tuple[str, ...]] = {}
    labels: list[_Label] = []
    last = -1  # where the line after the last label begins
    for match in _candidates(text, begin):
        name = " ".join(match["name"].split()).strip("_ -–—\u200e\u200f")
        if name not in known:
            known[name] = _name(name)
        if not known[name]:
            continue
        end = match.end("label")
        line_end = text.find("\n", end)
        line_end = len(text) if line_end < 0 else line_end
        turn = Turn(match.start("label"), end, name)
        clean = match.start() == last or _is_clean(text, begin, match.start())
        labels.append(_Label(turn, known[name], clean, _speaks(text[end : min(line_end, end + 200)])))
        last = line_end + 1
    speakers = _speakers(labels) if labels else set()
    return [label.turn for label in labels if label.words in speakers]


def _candidates(text: str, begin: int) -> Iterator[re.Match[str]]:
    """Lines that begin with something like a name, and a colon."""
    last = -1
    for colon in _COLON.finditer(text, begin):
        start = text.rfind("\n", max(begin, colon.start() - _LONGEST), colon.start()) + 1
        if start == 0 and colon.start() > begin + _LONGEST:
            continue
        start = max(start, begin)
        if start > last and (match := _LABEL.match(text, start)):
            yield match
        last = start


def _name(name: str) -> tuple[str, ...]:
    """The words of `name`, folded; none if it can't be a speaker's."""
    known = table("speakers.tsv")
    words = tuple(folded(name))
    if len(words) == 2 and len(words[0]) == 1 and words[1].isdigit():  # س ۱
        words = words[:1]
    ruled_out = (
        not 0 < len(words) <= _MOST_WORDS
        or words[0] in known["nobody"]
        or words[0] in table("headings.tsv")["numbered"]
        or _DATELINE.search(name) is not None
        or not known["within"].isdisjoint(words)
        or is_verb(words[-1])
    )
    return () if ruled_out else words


def _is_clean(text: str, begin: int, start: int) -> bool:
    """Whether the line at `start` follows a blank line, or the end of a sentence."""
    before = text[max(begin, start - 200) : start]
    gap = before[len(before.rstrip()) :]
    return gap == before or gap.count("\n") > 1 or "\f" in gap or ends_sentence(before) or before.rstrip()[-1] in ":："


def _speaks(said: str) -> bool:
    """Whether what follows a label on its line is a sentence; it may also follow on the next lines."""
    return not said.strip() or len(said.split()) >= _SPEECH or _SENTENCE_MARK.search(said) is not None


# ---- Who is a speaker


def _speakers(labels: list[_Label]) -> set[tuple[str, ...]]:
    """The names, folded, that are speakers'."""
    clean = [label for label in labels if label.clean]
    initials = {label.words for label in clean if len(label.words) == 1 and len(label.words[0]) == 1}
    if not (_of(initials, "asks") and _of(initials, "answers")):
        clean = [label for label in clean if label.words not in initials]
        initials = set()
    counts = Counter(label.words for label in clean)
    roles = {words for words in counts if words in initials or _is_role(words)}
    titled = {words for words in counts if _is_titled(words)}
    speaking = [label for label in clean if label.speaks]
    if not any(label.words in roles for label in speaking):
        if 2 * len(speaking) < len(clean):
            return set()
        if sum(counts[words] for words in titled) < 2 and not _alternate([label.words for label in clean], counts):
            return set()
    again = {words for words, count in counts.items() if count > 1}
    sure = roles | titled | again
    return set(counts) if sum(counts[words] for words in sure) > 1 else sure


def _alternate(names: list[tuple[str, ...]], counts: Counter[tuple[str, ...]]) -> bool:
    """Whether names that nothing else is known of take turns; or one alone comes back, whose partner has no label.

    Fields of records come back, too, always in the same order: نام, سن, شغل, نام, سن, شغل.
    """
    several = len(counts)
    if several < 2:
        return len(names) > 2
    if max(counts.values()) < 2 or 2 * sum(one != other for one, other in pairwise(names)) < len(names) - 1:
        return False
    cyclic = all(one == other for one, other in zip(names, names[several:], strict=False))
    return several == 2 or len(names) < 2 * several or not cyclic


def _is_role(words: tuple[str, ...]) -> bool:
    known = table("speakers.tsv")
    return words[0] in known["role"] or (words[0] in known["title"] and words[-1] in known["role"])


def _is_titled(words: tuple[str, ...]) -> bool:
    return len(words) > 1 and words[0] in table("speakers.tsv")["title"]


def _of(initials: Iterable[tuple[str, ...]], kind: str) -> bool:
    return any(words[0] in table("speakers.tsv")[kind] for words in initials)
