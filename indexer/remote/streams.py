"""Passages as actions for the engine: their texts as streams of terms, and what they add to statistics."""

import json
from array import array
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from whoosh.fields import Schema

from ..codec.inverter import NumberedTerms
from ..own_fields import split_term
from ..search.sorting import sort_key
from ..whoosh.document_buffer import DocumentAnalyzer
from .layout import JOINT, LENGTH, LONGEST_TERM, NUMBER, OWN, SINCE, SORT, STORED, engine_term
from .term_counts import TermCounts

_quoted = json.encoder.encode_basestring


class PlacedPassage(NamedTuple):
    """A passage, and where it comes in a commit.

    Attributes:
        values: The values of its fields by name, as `schema.passage_fields` gives them.
        number: Its number in its document, from 1.
        place: The number of passages that the commit has before it.
    """

    values: Mapping[str, Any]
    number: int
    place: int


class StreamMaker:
    """Makes actions of passages, and counts their terms.

    Attributes:
        counts: What the passages so far add to the statistics.
    """

    def __init__(self, schema: Schema, sortable: Sequence[str] = ()) -> None:
        """Prepare to analyze.

        Args:
            schema: The Whoosh schema of passages.
            sortable: The names of the own fields that hold texts, without what stands before the dot in segments.
        """
        self._analyzer = DocumentAnalyzer(schema)
        self._with_lengths = {name for name, field in schema.items() if field.scorable}
        self._sortable = set(sortable)
        self.counts = TermCounts()

    def count(self, values: Mapping[str, Any]) -> None:
        """Count the terms of a passage without making an action of it."""
        self._fields(values)

    def action(self, index: str, since: int, passage: PlacedPassage) -> bytes:
        """Return the two lines by which a bulk request adds a passage.

        Args:
            index: The name of the engine's index.
            since: The number of the commit that the passage is written for.
            passage: The passage.

        Raises:
            DocumentError: The passage cannot be analyzed or stored.
        """
        fields, stored = self._fields(passage.values)
        fields.append(f'"{NUMBER}":{passage.number},"{SINCE}":{since},"{STORED}":')
        does = f'{{"index":{{"_index":{_quoted(index)},"_id":"{since:x}-{passage.place:x}"}}}}\n{{'
        return b"".join((does.encode(), ",".join(fields).encode("utf-8", "surrogatepass"), stored, b"}\n"))

    def _fields(self, values: Mapping[str, Any]) -> tuple[list[str], bytes]:
        """Return the members of the object of a passage as JSON, and its stored fields."""
        analyzed = self._analyzer.analyze(values)
        members: list[str] = []
        own: dict[str, list[str]] = {}
        lengths: list[str] = []
        own_lengths: list[str] = []
        sort: list[str] = []
        for name, terms in analyzed.terms:
            part, dot, after = name.partition(".")
            into, named = (own.setdefault(part, []), _quoted(after)) if dot else (members, f'"{name}"')
            if name in self._with_lengths:
                text, length = self._stream(name, terms)
                if length:
                    into.append(f"{named}:{_quoted(text)}")
                    (own_lengths if dot else lengths).append(f"{named}:{length}")
            elif isinstance(terms, NumberedTerms) or name == "loose":
                text, _ = self._stream(name, terms)
                if text:
                    into.append(f"{named}:{_quoted(text)}")
            else:
                known = [engine_term(str(term)) for term in terms.terms]
                if known:
                    listed = ",".join(map(_quoted, known))
                    into.append(f"{named}:{listed if len(known) == 1 else f'[{listed}]'}")
                if known and dot and after in self._sortable:
                    # A local column has the last of several values, too.
                    key = sort_key(split_term(str(terms.terms[-1]).encode("utf-8", "surrogatepass"))[1])
                    sort.append(f"{named}:{_quoted(key)}")
        for name, number in analyzed.numbers:
            part, dot, after = name.partition(".")
            if number:
                into, named = (own.setdefault(part, []), _quoted(after)) if dot else (members, f'"{name}"')
                into.append(f"{named}:{number}")
        if own:
            parts = (f'"{part}":{{{",".join(within)}}}' for part, within in own.items() if within)
            members.append(f'"{OWN}":{{{",".join(parts)}}}')
        if own_lengths:
            lengths.append(f'"{OWN}":{{"text":{{{",".join(own_lengths)}}}}}')
        if lengths:
            members.append(f'"{LENGTH}":{{{",".join(lengths)}}}')
        if sort:
            members.append(f'"{SORT}":{{{",".join(sort)}}}')
        return members, analyzed.stored

    def _stream(self, name: str, terms: Any) -> tuple[str, int]:
        """Return the stream of a field of a passage, and its length; count the terms."""
        with_length = name in self._with_lengths
        if isinstance(terms, NumberedTerms):
            numbers = array("I", terms.numbers)
            self.counts.add_numbered(name, terms.vocabulary, numbers, with_length)
            words = list(map(terms.vocabulary.__getitem__, numbers))
            positions: Sequence[int] = array("I", terms.positions)
        else:
            words, positions = list(terms.terms), terms.positions
            self.counts.add(name, words, with_length)
        return stream(words, positions), len(words)


def stream(words: list[str], positions: Sequence[int]) -> str:
    """Return the stream of some terms; the list is changed.

    Args:
        words: The terms in order of position.
        positions: The position of each: 0 or one more than that before it, or the same. Empty if they have none.
    """
    if sum(map(len, words)) * 4 > LONGEST_TERM:
        words[:] = map(engine_term, words)
    if positions and positions[-1] + 1 != len(words):
        for place in range(1, len(words)):
            if positions[place] == positions[place - 1]:
                words[place] = f"{words[place - 1]}{JOINT}{words[place]}"
                words[place - 1] = ""
        return " ".join(filter(None, words))
    return " ".join(words)
