"""Commits: merging, deletions, and the removal of files that are no longer used."""

from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import cast

import pytest
from reference_ranker import build, files, keys, random_docs, search, segment_sizes

from jooya.indexer.codec import committer, merge_policy, toc
from jooya.indexer.codec.merge_policy import Merging
from jooya.indexer.codec.merger import MergeSource
from jooya.indexer.codec.snapshot import Snapshot


def test_results_do_not_depend_on_segments_or_the_order_of_commits(tmp_path: Path) -> None:
    """Scores are exactly equal, since they are summed in the order of the query, whatever the segments are."""
    docs = random_docs(Random(1), 400)
    other = random_docs(Random(2), 40, first=400)
    expected = None
    for number, cuts in enumerate([[], [200], [10, 20, 300], [1, 2, 3, 4, 5]]):
        for order in (1, -1):
            batches = [docs[start:end] for start, end in zip([0, *cuts], [*cuts, 400], strict=True)][::order]
            index = build(tmp_path / f"{number}{order}", [*batches, other], [doc.key for doc in other])
            expected = expected or search(index)
            assert expected and search(index) == expected


@pytest.mark.usual_settings
def test_merging_drops_deleted_documents(tmp_path: Path) -> None:
    docs = random_docs(Random(4), 300)
    all_keys = [doc.key for doc in docs]
    deleted = all_keys[:30] + all_keys[120:140]
    index = build(tmp_path / "a", [docs[:100], docs[100:250], docs[250:]], deleted)
    fresh = build(tmp_path / "b", [[doc for doc in docs if doc.key not in deleted]], [])
    before = search(index)
    assert before == search(fresh)
    for number in range(merge_policy.MERGE_FACTOR):  # enough for a merge
        with index.writer() as writer:
            writer.add_document(key=f"z{number}", text="zz")
    with index.writer() as writer:
        for number in range(merge_policy.MERGE_FACTOR):
            writer.delete_by_term("key", f"z{number}")
    assert search(index) == before
    assert len(segment_sizes(tmp_path / "a")) < merge_policy.MERGE_FACTOR


@pytest.mark.usual_settings
def test_many_commits_leave_few_segments(tmp_path: Path) -> None:
    docs = random_docs(Random(5), 60)
    index = build(tmp_path, [[doc] for doc in docs], [])
    assert len(segment_sizes(tmp_path)) <= merge_policy.MERGE_FACTOR
    assert keys(index) == [doc.key for doc in docs]


def test_a_segment_with_mostly_deleted_documents_is_rewritten(tmp_path: Path) -> None:
    docs = random_docs(Random(6), 100)
    build(tmp_path, [docs], [doc.key for doc in docs[:60]])
    (entry,) = toc.read(tmp_path).segments
    assert (entry.documents, entry.deleted, entry.deletions) == (40, 0, None)
    assert sorted(files(tmp_path)) == ["2-0.segment", "toc.json"]


def test_deleting_everything(tmp_path: Path) -> None:
    docs = random_docs(Random(7), 20)
    index = build(tmp_path, [docs], [doc.key for doc in docs])
    assert index.is_empty()
    assert sorted(files(tmp_path)) == ["toc.json"]


@pytest.mark.usual_settings
def test_files_of_an_interrupted_writer_are_removed(tmp_path: Path) -> None:
    index = build(tmp_path, [random_docs(Random(10), 30)], [])
    (tmp_path / "0.spill").write_bytes(b"incomplete")
    (tmp_path / "2.segment").write_bytes(b"incomplete")
    with index.writer() as writer:
        writer.add_document(key="a", text="ax")
    assert sorted(files(tmp_path)) == ["1.segment", "2.segment", "toc.json"]


def test_a_segment_of_which_half_is_deleted_stays(tmp_path: Path) -> None:
    docs = random_docs(Random(8), 100)
    build(tmp_path, [docs], [doc.key for doc in docs[:50]])
    (entry,) = toc.read(tmp_path).segments
    assert (entry.documents, entry.deleted) == (50, 50)


def source_of(documents: int, live: object = None) -> MergeSource:
    """Return what stands for a segment with so many live documents."""
    return cast(MergeSource, SimpleNamespace(documents=documents, live=live))


@pytest.mark.parametrize(
    ("sources", "new", "merging", "first"),
    [
        ([source_of(5)], 0, "all", 1),  # there is nothing to merge it with, nor to leave out of it
        ([source_of(5)], 1, "all", 0),
        ([source_of(5, live="some")], 0, "all", 0),
        ([source_of(5), source_of(3)], 0, "all", 0),
        ([], 0, "all", 0),
        ([source_of(1), source_of(1)], 9, "none", 2),
        ([source_of(1), source_of(1)], 0, "policy", 2),
        ([source_of(10**6), *[source_of(1)] * 7], 1, "policy", 1),
        ([source_of(10**6), *[source_of(1)] * 6], 1, "policy", 7),
    ],
)
@pytest.mark.usual_settings
def test_which_segments_are_merged(sources: list[MergeSource], new: int, merging: Merging, first: int) -> None:
    assert committer._first_to_merge(sources, new, merging) == first


@pytest.mark.parametrize(
    ("sizes", "new", "segments", "first"),
    [
        ([5, 4, 3], 3, 2, 1), ([5, 4, 3], 4, 2, 2), ([5, 4, 3], 8, 2, 3), ([5, 4, 3], 7, 2, 2), ([5, 4, 3], 3, 0, 3),
        ([5, 4, 3], 0, 1, 3), ([5, 4, 3], 0, 2, 1), ([5, 4, 3], 0, 3, 1), ([1, 1, 1], 1, 3, 0), ([], 1, 0, 0),
    ],
)  # fmt: skip
def test_the_segments_of_a_run_are_merged_up_to_a_size(
    monkeypatch: pytest.MonkeyPatch, sizes: list[int], new: int, segments: int, first: int
) -> None:
    """One alone, without new documents, stays as it is."""
    monkeypatch.setattr(committer, "MAX_MERGE_DOCS", 10)
    assert committer._first_of_run(list(map(source_of, sizes)), new, segments) == first


@pytest.mark.parametrize(
    ("names", "run", "count"),
    [(["1", "3", "4"], 2, 2), (["1", "3", "4"], 3, 1), (["1", "3", "4"], 4, 0), (["1", "3", "4"], 0, 3), ([], 0, 0),
     (["5", "4-1"], 2, 0), (["4-1", "5"], 2, 1), (["9", "10"], 8, 2)],
)  # fmt: skip
def test_the_segments_of_a_run_are_those_at_the_end(names: list[str], run: int, count: int) -> None:
    """One that was rewritten without its deletions is older than the run."""
    leaves = [SimpleNamespace(segment=SimpleNamespace(name=name)) for name in names]
    assert committer.run_segments(cast(Snapshot, SimpleNamespace(leaves=leaves)), run) == count
