"""Checking an index: its files, by `segment_check`, and then whether its passages form documents."""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from ..codec.snapshot import Leaf
from ..results import CheckReport, OnWork
from ..schema import fingerprint
from .progress import progress_of
from .segment_check import IndexCheck, check_segments, unreadable_line


class CheckedDocument(NamedTuple):
    """A document that was checked.

    Attributes:
        key: Its key.
        problem: A description of what is wrong with it; None if it is sound.
    """

    key: str
    problem: str | None


class StoredPassage(NamedTuple):
    """A passage as an index has it.

    Attributes:
        stored: Its stored fields.
        document: The term of the field `document`, the key of its document.
        id: The term of the field `id`.
        fingerprint: The number in the column `fingerprint`.
        digest: The number in the column `digest`; 0 unless it is the first passage of its document.
    """

    stored: dict[str, Any]
    document: bytes
    id: bytes
    fingerprint: int
    digest: int


def check(path: Path, on_progress: OnWork | None = None) -> CheckReport:
    """Check everything in the index in the folder `path`.

    Raises:
        IndexUnusable: If there is no index, or one of another format.
        OSError: If the folder cannot be read. A file that cannot be read is one of the problems.
    """
    return report(check_segments(path, on_progress), on_progress)


def report(found: IndexCheck, on_progress: OnWork | None = None) -> CheckReport:
    """Return a report of what `check_segments` found, after checking the documents of the sound segments."""
    leaves = found.sound_leaves()
    problems = [*found.problems, *[problem for segment in found.segments for problem in segment.problems]]
    passages = sum(leaf.entry.documents for leaf in leaves)
    documents = list(check_documents(leaves, on_progress and progress_of("checking documents", passages, on_progress)))
    problems += [f"document {key}: {problem}" for key, problem in documents if problem]
    return CheckReport(len(documents), passages, len(leaves), problems, list(map(unreadable_line, found.unreadable)))


def check_documents(leaves: Iterable[Leaf], on_count: Callable[[int], None] | None = None) -> Iterator[CheckedDocument]:
    """Yield the documents of some segments, with the problem of each whose passages do not form a document.

    Args:
        leaves: The segments.
        on_count: A function that is called with the number of passages of each document.
    """
    seen: set[str] = set()
    for leaf in leaves:
        for key, group in groupby(_passages(leaf), key=lambda passage: str(passage.stored.get("document"))):
            passages = list(group)
            yield CheckedDocument(key, "occurs twice" if key in seen else _problem(key, passages))
            seen.add(key)
            if on_count:
                on_count(len(passages))


def _passages(leaf: Leaf) -> Iterator[StoredPassage]:
    """Yield the passages of a segment that are not deleted, in order."""
    fields, live = leaf.segment.fields, leaf.live
    fingerprints, digests = fields["fingerprint"].numbers, fields["digest"].numbers
    terms = [fields[name].terms_between(0, fields[name].terms) for name in ("document", "id")]
    ordinals = [fields[name].ordinals for name in ("document", "id")]
    for doc, stored in enumerate(leaf.segment.all_stored()):
        if live is None or live[doc]:
            document, own = (
                known[column[doc]] if column[doc] < len(known) else b""
                for known, column in zip(terms, ordinals, strict=True)
            )
            yield StoredPassage(stored, document, own, int(fingerprints[doc]), int(digests[doc]))


def _problem(key: str, passages: list[StoredPassage]) -> str | None:
    """Return what is wrong with the document that has these passages."""
    try:
        return _document_problem(key, passages)
    except (TypeError, ValueError, AttributeError):  # stored fields of other types than passages have
        return "its stored fields are not those of passages"


def _document_problem(key: str, passages: list[StoredPassage]) -> str | None:
    if [bool(passage.digest) for passage in passages] != [True, *[False] * (len(passages) - 1)]:
        return "its record is not stored with its first passage alone"
    ids = [passage.stored.get("id") for passage in passages]
    if ids not in ([key], [f"{key}#{number}" for number in range(1, len(ids) + 1)]):
        return "its passages are incomplete, or not in order"
    end = 0
    for passage in passages:
        stored = passage.stored
        start, text = stored.get("start", -1), stored.get("text", "")
        if start < end or stored.get("end") != start + len(text):
            return f"the offsets of passage {stored['id']} are wrong"
        end = stored["end"]
        if (passage.document, passage.id) != (key.encode(), stored["id"].encode()):
            return f"passage {stored['id']} is indexed under another id or document"
        if passage.fingerprint != fingerprint(text):
            return f"the fingerprint of passage {stored['id']} is not that of its text"
    return None
