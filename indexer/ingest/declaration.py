"""Declaring the fields of an index anew: the segments are written again with other own fields, from what is stored.

Texts are not analyzed again: all that does not depend on the declaration is copied. Only the words of own fields are
analyzed.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ...analyzers import PersianAnalyzer
from ..boundary import reading
from ..codec import toc
from ..codec.committer import next_state, remove_unused_files, segment_entry
from ..codec.inverter import FieldInverter
from ..codec.lock import WriteLock
from ..codec.merger import MergeSource, copy_stored, merge_fields, new_numbers
from ..codec.segment import NO_TERM, Layout
from ..codec.segment_writer import SegmentWriter
from ..codec.snapshot import Leaf, Snapshot
from ..codec.toc import SegmentEntry
from ..own_fields import SPEAKERS, FieldProblems, OwnFields, disk_names, is_own, own_values, value_term
from ..stored_passages import stored_passages

LAYOUTS = {
    "text": Layout(frequencies=True, positions=True, lengths=True),
    "value": Layout(ordinals=True),
    "number": Layout(numbers=True),
    "day": Layout(numbers=True),
}
"""What a segment stores of a part of an own field, by what stands before the dot in its name.

`whoosh.passage_schema` says the same to Whoosh.
"""


def declare(folder: Path, fields: OwnFields, wait: float, key: bytes | None = None) -> list[str]:
    """Make `fields` the declared fields of the index in `folder`, which is authenticated by `key` if it has one.

    Returns:
        The values that are not of the kind of their field, a line for each field.

    Raises:
        IndexBusy: If there is another writer after `wait` seconds.
        IndexDamaged: If the index is damaged.
        OSError: If the index cannot be written; it is as it was.
    """
    problems = FieldProblems()
    with WriteLock(folder, wait):
        with reading(folder):
            snapshot = Snapshot.open(folder, key=key)
        toc.check_writable(folder, snapshot.toc, key)
        remove_unused_files(folder)
        generation = snapshot.toc.generation + 1
        try:
            entries: list[SegmentEntry] = []
            for number, leaf in enumerate(snapshot.leaves):
                with reading(folder):
                    entries += _written_again(folder, f"{generation}-{number}", leaf, fields, problems)
            state = next_state(snapshot.toc, generation, tuple(entries))._replace(fields=tuple(fields.items()))
            toc.write(folder, state, key)
        finally:
            remove_unused_files(folder)
    return problems.lines()


def _written_again(
    folder: Path, name: str, leaf: Leaf, fields: OwnFields, problems: FieldProblems
) -> list[SegmentEntry]:
    """Write the live documents of a segment with other own fields, and return the entry of the new one."""
    source = MergeSource(leaf.segment, leaf.live)
    if not source.documents:
        return []
    persian = PersianAnalyzer()
    inverters = {own: FieldInverter(LAYOUTS[own.partition(".")[0]]) for own in (*disk_names(fields), SPEAKERS)}
    for doc, values in enumerate(_own_values(leaf, fields, problems)):
        for own, value in values.items():
            if isinstance(value, int):
                inverters[own].add_number(doc, value)
            elif own.startswith("text."):
                inverters[own].add(doc, *persian.terms(value))
            else:
                inverters[own].add(doc, value, ())
    path = folder / f"{name}.segment"
    with SegmentWriter(path) as writer:
        copy_stored(source, writer)
        merge_fields([source], new_numbers([source]), [own for own in leaf.segment.fields if not is_own(own)], writer)
        for own, inverter in inverters.items():
            inverter.write(writer, own, source.documents)
        size, checksum = writer.finish()
    leaf.segment.file.release()
    return [segment_entry(path, size, checksum)]


def _own_values(leaf: Leaf, fields: OwnFields, problems: FieldProblems) -> Iterator[dict[str, Any]]:
    """Yield the values of own fields of each live passage of a segment, by their names in segments."""
    column = leaf.segment.fields["document"].ordinals
    live = column if leaf.live is None else column[leaf.live]
    passages = np.bincount(live[live != NO_TERM].astype(np.int64))
    document: str | None = None
    of_document: dict[str, Any] = {}
    for stored, ordinal in zip(stored_passages(leaf.segment, leaf.live), live.tolist(), strict=True):
        if stored.document != document:
            document = stored.document
            of_document, found = own_values(stored.meta, fields, int(passages[ordinal]))
            problems.add(found)
        speaker = value_term(stored.speaker) if stored.speaker else ""
        yield of_document | ({SPEAKERS: [speaker]} if speaker else {})
