"""Checking an index: its files, by `segment_check`, and then whether its passages form documents."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..codec.segment import Field
from ..codec.snapshot import Leaf
from ..errors import BadArgument
from ..fingerprints import fingerprint
from ..ingest.declaration import LAYOUTS
from ..meta import meta_from_json
from ..own_fields import SPEAKERS, OwnFields, checked_fields, disk_names, is_own, own_values, value_term
from ..reports import CheckReport, OnWork
from .commits import kept_problems
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
        own: What own fields have of it: the terms of values, or the number, by name.
    """

    stored: dict[str, Any]
    document: bytes
    id: bytes
    fingerprint: int
    digest: int
    own: dict[str, set[bytes] | int]


def check(path: Path, on_progress: OnWork | None = None, key: bytes | None = None) -> CheckReport:
    """Check everything in the index in the folder `path`, with the earlier commits that are kept.

    Raises:
        IndexUnusable: If there is no index, one of another format, or one whose table of contents is not authentic.
        OSError: If the folder cannot be read. A file that cannot be read is one of the problems.
    """
    found = check_segments(path, on_progress, key)
    last = report(found, on_progress)
    try:
        kept = problems_of_kept(path, found, key)
    except OSError as error:
        line = unreadable_line(error)
        return replace(last, problems=[*last.problems, line], unreadable=[*last.unreadable, line])
    return replace(last, problems=[*last.problems, *kept.values()]) if kept else last


def problems_of_kept(path: Path, found: IndexCheck, key: bytes | None = None) -> dict[int, str]:
    """Return what is wrong with earlier commits that are kept, by their numbers.

    Args:
        path: The folder of the index.
        found: What the check of the last commit found. Files that both have are not read again.
        key: The key of the index.
    """
    if found.state is None:
        return {}
    known = {one.entry.file.name: next(iter(one.problems), None) for one in found.segments}
    return kept_problems(path, found.state, known, key)


def report(found: IndexCheck, on_progress: OnWork | None = None) -> CheckReport:
    """Return a report of what `check_segments` found, after checking the documents of the sound segments."""
    leaves = found.sound_leaves()
    problems = [*found.problems, *[problem for segment in found.segments for problem in segment.problems]]
    fields = _declared(found)
    if fields is None:
        problems.append("the table of contents declares fields that there cannot be")
    problems += [
        f"{leaf.segment.file.path} lacks the field {name}, which is declared"
        for leaf in leaves
        for name in disk_names(fields or {})
        if name not in leaf.segment.fields or leaf.segment.fields[name].layout != LAYOUTS[name.partition(".")[0]]
    ]
    passages = sum(leaf.entry.documents for leaf in leaves)
    documents = list(
        check_documents(leaves, fields or {}, on_progress and progress_of("checking documents", passages, on_progress))
    )
    problems += [f"document {key}: {problem}" for key, problem in documents if problem]
    return CheckReport(len(documents), passages, len(leaves), problems, list(map(unreadable_line, found.unreadable)))


def _declared(found: IndexCheck) -> OwnFields | None:
    """Return the declared fields of an index; None if they are none."""
    try:
        return checked_fields(dict(found.state.fields if found.state else ()))
    except BadArgument:
        return None


def check_documents(
    leaves: Iterable[Leaf], fields: OwnFields, on_count: Callable[[int], None] | None = None
) -> Iterator[CheckedDocument]:
    """Yield the documents of some segments, with the problem of each whose passages do not form a document.

    Args:
        leaves: The segments.
        fields: The declared fields of the index.
        on_count: A function that is called with the number of passages of each document.
    """
    seen: set[str] = set()
    for leaf in leaves:
        for key, group in groupby(_passages(leaf), key=lambda passage: str(passage.stored.get("document"))):
            passages = list(group)
            yield CheckedDocument(key, "occurs twice" if key in seen else _problem(key, passages, fields))
            seen.add(key)
            if on_count:
                on_count(len(passages))


def _passages(leaf: Leaf) -> Iterator[StoredPassage]:
    """Yield the passages of a segment that are not deleted, in order."""
    fields, live = leaf.segment.fields, leaf.live
    fingerprints, digests = fields["fingerprint"].numbers, fields["digest"].numbers
    terms = [fields[name].terms_between(0, fields[name].terms) for name in ("document", "id")]
    ordinals = [fields[name].ordinals for name in ("document", "id")]
    numbers = {name: field.numbers for name, field in fields.items() if is_own(name) and field.layout.numbers}
    values = {name: _values(field) for name, field in fields.items() if is_own(name) and field.layout.ordinals}
    for doc, stored in enumerate(leaf.segment.all_stored()):
        if live is None or live[doc]:
            document, identifier = (
                known[column[doc]] if column[doc] < len(known) else b""
                for known, column in zip(terms, ordinals, strict=True)
            )
            found: dict[str, set[bytes] | int] = {name: known[doc] for name, known in values.items() if doc in known}
            found |= {name: int(column[doc]) for name, column in numbers.items() if column[doc]}
            yield StoredPassage(stored, document, identifier, int(fingerprints[doc]), int(digests[doc]), found)


def _values(field: Field) -> dict[int, set[bytes]]:
    """Return the terms of a field of values by document, for the documents that have any."""
    terms = field.terms_between(0, field.terms)
    counts, docs = field.docs_between(0, field.terms)
    found: dict[int, set[bytes]] = {}
    for doc, ordinal in zip(docs.tolist(), np.arange(len(terms)).repeat(counts).tolist(), strict=True):
        found.setdefault(doc, set()).add(terms[ordinal])
    return found


def _problem(key: str, passages: list[StoredPassage], fields: OwnFields) -> str | None:
    """Return what is wrong with the document that has these passages."""
    try:
        return _document_problem(key, passages) or _metadata_problem(passages, fields)
    except (TypeError, ValueError, AttributeError):  # stored fields of other types than passages have
        return "its stored fields are not those of passages"


def _metadata_problem(passages: list[StoredPassage], fields: OwnFields) -> str | None:
    """Return what is wrong with the metadata of a document, and with what the columns have of it."""
    first, *others = [passage.stored.get("meta") for passage in passages]
    meta = {} if first is None else meta_from_json(first)
    if meta is None or any(other is not None for other in others):
        return "its metadata is none, or is not stored with its first passage alone"
    values, _ = own_values(meta, fields, len(passages))
    for passage in passages:
        expected = values
        if passage.stored.get("speaker") and SPEAKERS in passage.own:
            expected = values | {SPEAKERS: [value_term(passage.stored["speaker"])]}
        wanted = {
            name: {term.encode() for term in value} if isinstance(value, list) else value
            for name, value in expected.items()
            if not name.startswith("text.")
        }
        if passage.own != wanted:
            return f"the fields of passage {passage.stored['id']} are not those of its metadata"
    return None


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
