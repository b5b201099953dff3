"""Merging segments a range of terms at a time."""

from pathlib import Path
from random import Random

import pytest
from reference_ranker import build, files, random_docs, search

from jooya.indexer.codec import merger
from jooya.indexer.codec.segment import Field


@pytest.mark.usual_settings
@pytest.mark.parametrize("postings", [20, 60, 400])
def test_a_merge_in_many_ranges_is_one_in_a_single_range(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postings: int
) -> None:
    """Ranges have half a million postings, so that no other test has more than one."""
    docs = random_docs(Random(31), 240)
    batches = [docs[start : start + 30] for start in range(0, 240, 30)]
    gone = [doc.key for doc in docs[5:200:3]]  # more than half of no segment
    ranges: list[int] = []
    real = merger._ranges

    def counted(fields: list[Field]) -> list[list[tuple[int, int]]]:
        found = list(real(fields))
        ranges.append(len(found))
        for number, field in enumerate(fields):  # each term is in exactly one range
            assert [cut[number][0] for cut in found] == [0, *[cut[number][1] for cut in found][:-1]]
            assert found[-1][number][1] == field.terms
        return found

    monkeypatch.setattr(merger, "_ranges", counted)

    def merged(name: str) -> dict[str, bytes]:
        index = build(tmp_path / name, batches[:-1], gone)
        with index.writer() as writer:
            for doc in batches[-1]:
                writer.add_document(**doc.fields())
        assert search(index)
        return files(tmp_path / name)

    expected = merged("one")
    assert len([name for name in expected if name.endswith(".segment")]) == 1
    assert set(ranges) == {1}
    ranges.clear()
    monkeypatch.setattr(merger, "_POSTINGS", postings)
    assert {name: content for name, content in merged("many").items() if name != "toc.json"} == {
        name: content for name, content in expected.items() if name != "toc.json"
    }
    assert max(ranges) >= 3
