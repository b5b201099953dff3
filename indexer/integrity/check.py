"""Whether an index is sound: its files, and how passages and documents go together."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from ..codec.snapshot import Leaf
from ..results import CheckReport
from ..schema import fingerprint
from .segment_check import Examination, examine


class Found(NamedTuple):
    """A document of an index. wrong: what is wrong with it; None if nothing is."""

    key: str
    wrong: str | None


class Passage(NamedTuple):
    """A passage as it is stored, and what the columns say of it."""

    stored: dict[str, Any]
    document: bytes
    id: bytes
    fingerprint: int
    digest: int


def check(path: Path) -> CheckReport:
    """Looks at all of the index in the folder `path`. Raises IndexUnusable if there is none."""
    return report(examine(path))


def report(found: Examination) -> CheckReport:
    """What was found, counted."""
    leaves = found.sound_leaves()
    problems = [*found.problems, *[what for part in found.parts for what in part.problems]]
    documents = list(documents_of(leaves))
    problems += [f"document {key}: {wrong}" for key, wrong in documents if wrong]
    passages = sum(leaf.entry.documents for leaf in leaves)
    return CheckReport(len(documents), passages, len(leaves), problems)


def documents_of(leaves: Iterable[Leaf]) -> Iterator[Found]:
    """The documents of some segments, and whether the passages of each go together."""
    seen: set[str] = set()
    for leaf in leaves:
        for key, group in groupby(_passages(leaf), key=lambda passage: str(passage.stored.get("document"))):
            passages = list(group)
            yield Found(key, "is there twice" if key in seen else _wrong(key, passages))
            seen.add(key)


def _passages(leaf: Leaf) -> Iterator[Passage]:
    """The passages of a segment that are not deleted, in order."""
    fields, live = leaf.segment.fields, leaf.live
    prints, digests = fields["fingerprint"].numbers, fields["digest"].numbers
    terms = [fields[name].terms_between(0, fields[name].terms) for name in ("document", "id")]
    ordinals = [fields[name].ordinals for name in ("document", "id")]
    for doc, stored in enumerate(leaf.segment.all_stored()):
        if live is None or live[doc]:
            document, own = (
                known[column[doc]] if column[doc] < len(known) else b""
                for known, column in zip(terms, ordinals, strict=True)
            )
            yield Passage(stored, document, own, int(prints[doc]), int(digests[doc]))


def _wrong(key: str, passages: list[Passage]) -> str | None:
    """What is wrong with a document of these passages."""
    if [bool(passage.digest) for passage in passages] != [True, *[False] * (len(passages) - 1)]:
        return "what is remembered of it is not with its first passage, and there alone"
    ids = [passage.stored.get("id") for passage in passages]
    if ids not in ([key], [f"{key}#{number}" for number in range(1, len(ids) + 1)]):
        return "its passages are not all there, or not in order"
    end = 0
    for passage in passages:
        stored = passage.stored
        begin, text = stored.get("start", -1), stored.get("text", "")
        if begin < end or stored.get("end") != begin + len(text):
            return f"the passage {stored['id']} is not where it says in the text"
        end = stored["end"]
        if (passage.document, passage.id) != (key.encode(), stored["id"].encode()):
            return f"the passage {stored['id']} is found by another name"
        if passage.fingerprint != fingerprint(text):
            return f"the passage {stored['id']} has another fingerprint than its text"
    return None
