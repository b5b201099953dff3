"""The inverter takes terms as strings and as numbers of a vocabulary, and writes the same."""

import random
from pathlib import Path

import numpy as np
import pytest

from jooya.indexer.codec import inverter
from jooya.indexer.codec.inverter import FieldInverter, NumberedTerms
from jooya.indexer.codec.segment import Layout
from jooya.indexer.codec.segment_writer import SegmentWriter

TERMS = ["آب", "باد", "خاک", "آتش", "کتاب", "\ud800", "", "a"]
LAYOUT = Layout(frequencies=True, positions=True, lengths=True, ordinals=False, numbers=False)


def written(path: Path, adds: list[tuple[str, list[str]]]) -> bytes:
    """Return the segment of documents with these terms, added in the named ways."""
    vocabularies: dict[str, list[str]] = {"numbers": [], "other numbers": ["هیچ"]}
    with SegmentWriter(path) as writer:
        field = FieldInverter(LAYOUT)
        for doc, (way, terms) in enumerate(adds):
            writer.add_stored(b"{}")
            if way == "strings":
                field.add(doc, terms, range(len(terms)))
                continue
            vocabulary = vocabularies[way]
            vocabulary += [term for term in dict.fromkeys(terms) if term not in vocabulary]
            numbers = np.array([vocabulary.index(term) for term in terms], np.uint32)
            positions = np.arange(len(terms), dtype=np.uint32)
            field.add_numbered(doc, NumberedTerms(vocabulary, numbers.tobytes(), positions.tobytes()))
        assert field.occurrences == sum(len(terms) for _, terms in adds)
        field.write(writer, "text", len(adds))
        writer.finish()
    return path.read_bytes()


@pytest.mark.parametrize("pending", [1, 7, 1 << 15])
@pytest.mark.parametrize("ways", [("numbers",), ("numbers", "other numbers"), ("strings", "numbers", "other numbers")])
def test_numbers_are_written_as_their_terms(
    ways: tuple[str, ...], pending: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inverter, "_MAX_PENDING_TERMS", pending)
    random.seed(1384)
    adds = [(random.choice(ways), random.choices(TERMS, k=random.randrange(6))) for _ in range(60)]
    strings = written(tmp_path / "strings", [("strings", terms) for _, terms in adds])
    assert written(tmp_path / "numbers", adds) == strings
