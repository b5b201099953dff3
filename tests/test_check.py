"""`jooya check` notices damage."""

import itertools
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from command import run
from damaged_index import PASSAGE, build, flip_bit

from jooya.indexer import Document, Index, IndexReport, IndexUnusable, WorkProgress
from jooya.indexer.codec import toc
from jooya.indexer.codec.sections import SectionFile
from jooya.indexer.codec.segment import Field, PostingsRange, Segment
from jooya.indexer.codec.snapshot import Snapshot
from jooya.indexer.ingest.declaration import LAYOUTS
from jooya.indexer.integrity import check as check_module
from jooya.indexer.integrity import segment_check
from jooya.indexer.own_fields import SPEAKERS, disk_names, value_term

pytestmark = pytest.mark.usual_settings  # tests name the files of an index that all of them have in common


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("built"))


@pytest.fixture
def copy(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "index"))


def test_a_sound_index(built: Path) -> None:
    found = Index.check(built)
    assert (found.documents, found.segments, found.problems) == (301, 2, [])
    assert run("check", "-i", built, cwd=built)[:2] == (
        0,
        f"sound: {found.documents} documents, {found.passages} passages, {found.segments} segments\n",
    )
    assert Index.repair(built).report == found
    assert run("check", "--repair", cwd=built.parent)[1].startswith("sound: 301 documents")


def test_a_key_cannot_steer_the_terminal(index: Index) -> None:
    with index._writer() as writer:
        writer.add_document(**PASSAGE | {"document": "\x1b[31mred", "id": "x"})
    _, out, _ = run("check", cwd=index.path.parent)
    assert out == "document \ufffd[31mred: its passages are incomplete, or not in order\n"


def test_an_empty_index(tmp_path: Path) -> None:
    Index.create(tmp_path).close()
    assert Index.check(tmp_path).problems == []
    assert Index.check(tmp_path).documents == 0


def test_a_folder_without_an_index_is_refused(tmp_path: Path) -> None:
    for command in (["check"], ["check", "--repair"]):
        assert run(*command, "-i", ".", cwd=tmp_path) == (
            2,
            "",
            "jooya: . is not an index: give the folder of an index\n",
        )
    (tmp_path / "file.txt").touch()
    acts: list[Callable[[Path], object]] = [
        Index.check, Index.repair, Index.scrub, lambda path: Index.restore(path, 1),
        lambda path: Index.restore(path, to=tmp_path / "new"), lambda path: Index.restore(path, 1, to=tmp_path / "new"),
    ]  # fmt: skip
    for name in ("nope", "file.txt", "."):
        for act in acts:
            with pytest.raises(IndexUnusable) as raised:
                act(tmp_path / name)
            assert str(raised.value) == f"{tmp_path / name} is not an index: give the folder of an index"
    assert [path.name for path in tmp_path.iterdir()] == ["file.txt"]


@pytest.mark.parametrize("name", ["toc.json", "1.segment", "2.segment", "1.3.deleted"])
def test_damage_and_loss_of_each_file_are_noticed(copy: Path, name: str) -> None:
    flip_bit(copy / name, (copy / name).stat().st_size // 2)
    code, out, err = run("check", cwd=copy.parent)
    hint = "restore a copy of the index, or save what can be read with 'jooya check --repair'\n"
    assert (code, out, err) == (2, f"index/{name} is damaged\n", hint)
    (copy / name).unlink()
    assert Index.check(copy).problems == [f"{copy / name} is missing"]


def test_another_format_is_not_taken_for_damage(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(toc, "FORMAT", 4)
        toc.write(copy, toc.Toc(3, "other"))
    for act in (Index.check, Index.repair):
        with pytest.raises(IndexUnusable, match="has format 4"):
            act(copy)


@pytest.mark.parametrize(
    ("passages", "problem"),
    [
        ([PASSAGE], None),
        ([PASSAGE | {"id": "k"}], None),
        ([PASSAGE | {"id": "k#2"}], "its passages are incomplete, or not in order"),
        ([PASSAGE | {"digest": 0}], "its record is not stored with its first passage alone"),
        ([PASSAGE | {"end": 6}], "the offsets of passage k#1 are wrong"),
        ([PASSAGE | {"start": 1, "end": 6}], None),
        ([PASSAGE | {"_stored_start": -1, "_stored_end": 4}], "the offsets of passage k#1 are wrong"),
        ([PASSAGE | {"_stored_text": "برف"}], "the offsets of passage k#1 are wrong"),
        ([PASSAGE | {"fingerprint": 1}], "the fingerprint of passage k#1 is not that of its text"),
        ([PASSAGE | {"_stored_text": 5}], "its stored fields are not those of passages"),
        (
            [PASSAGE, PASSAGE | {"id": "k#3", "digest": 0, "start": 5, "end": 10}],
            "its passages are incomplete, or not in order",
        ),
        (
            [PASSAGE, PASSAGE | {"id": "k#2", "start": 5, "end": 10}],
            "its record is not stored with its first passage alone",
        ),
        ([PASSAGE, PASSAGE | {"id": "k#2", "digest": 0, "start": 4, "end": 9}], "the offsets of passage k#2 are wrong"),
        (
            [PASSAGE | {"id": "k"}, PASSAGE | {"digest": 0, "start": 5, "end": 10}],
            "its passages are incomplete, or not in order",
        ),
        ([PASSAGE, PASSAGE | {"id": "k#2", "digest": 0}], "the offsets of passage k#2 are wrong"),
        ([PASSAGE, PASSAGE | {"id": "k#2", "digest": 0, "start": 5, "end": 10}], None),
        ([PASSAGE, PASSAGE | {"document": "l", "id": "l#1"}, PASSAGE], "occurs twice"),
        ([PASSAGE | {"_stored_start": "0"}], "its stored fields are not those of passages"),
        ([PASSAGE | {"_stored_id": "m"}], "its passages are incomplete, or not in order"),
        ([PASSAGE | {"_stored_document": "m", "_stored_id": "m"}], "passage m is indexed under another id or document"),
    ],
)
def test_problems_of_documents(index: Index, passages: list[dict[str, Any]], problem: str | None) -> None:
    with index._writer() as writer:
        for passage in passages:
            writer.add_document(**passage)
    problems = Index.check(index.path).problems
    assert [found.partition(": ")[2] for found in problems] == [problem] * (problem is not None)


def test_a_check_goes_on_while_a_writer_commits(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It starts again if a commit removed a file before it was opened."""
    found: list[IndexReport] = []
    with Index.open(copy) as index:

        def opened(*arguments: Any, digest: str | None) -> Segment:
            if len(found) < 3:
                found.append(index.add(Document("c", f"باران {len(found)}")))
            return Segment(*arguments, digest=digest)

        monkeypatch.setattr("jooya.indexer.integrity.segment_check.Segment", opened)
        assert Index.check(copy).problems == []
    assert found == [IndexReport(updated=1)] * 3


OWN: dict[str, Any] = {"topic": "keyword", "n": "number", "d": "date", "author": "text"}
META: dict[str, Any] = {"topic": ["آب", "خاک"], "n": 5, "d": "1400/02/03", "author": "علی رضا"}
TALK = "احمدی: باران آمد و رفت.\n\nپارسا: باران نیامد و دیگر نمی‌آید.\n\nاحمدی: باران خواهد آمد فردا.\n"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Make an index with declared fields, speakers, and a deleted document."""
    with Index.create(tmp_path / "index", fields=OWN) as index:
        index.add(Document("gone", "باران", meta={"topic": "رفته"}))
        index.add(
            Document("a", "برف", meta=META),
            Document("talk", TALK, meta=META),
            Document("b", "برف"),
            *(Document(f"m{number}", "تگرگ", meta={"topic": f"t{number}", "n": number}) for number in range(9)),
        )
        index.remove("gone", "m3")
    return tmp_path / "index"


def test_declared_fields_are_those_of_the_metadata(own: Path) -> None:
    found = Index.check(own)
    assert (found.documents, found.passages, found.segments, found.problems) == (11, 13, 1, [])


@pytest.mark.parametrize("name", ["value.topic", "value.speaker", "number.n", "day.d"])
def test_other_values_than_the_metadata_has_are_found(own: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    fields = {field: read for leaf in Snapshot.open(own).leaves for field, read in leaf.segment.fields.items()}
    if name.startswith("value."):
        real = check_module._values
        found = real(fields[name])
        others = found | {max(found): {b"other"}}
        assert sum(map(len, found.values())) >= 3
        monkeypatch.setattr(
            check_module, "_values", lambda field: real(field) if field.name != name else others
        )  # fmt: skip
    else:
        monkeypatch.setattr(Field, "numbers", property(lambda field: field._column("numbers") + (field.name == name)))
    problems = Index.check(own).problems
    assert problems
    assert all(
        re.fullmatch(r"document \S+: the fields of passage \S+ are not those of its metadata", one) for one in problems
    )


def test_metadata_is_stored_with_the_first_passage_alone(index: Index) -> None:
    second = PASSAGE | {"id": "k#2", "digest": 0, "start": 5, "end": 10}
    for passages, sound in (
        ([PASSAGE | {"meta": {"x": "y"}}, second], True),
        ([PASSAGE, second | {"meta": {"x": "y"}}], False),
        ([PASSAGE | {"meta": ["x"]}, second], False),
    ):
        with index._writer() as writer:
            writer.delete_by_term("document", "k")
            for passage in passages:
                writer.add_document(**passage)
        wrong = "document k: its metadata is none, or is not stored with its first passage alone"
        assert Index.check(index.path).problems == ([] if sound else [wrong])


def test_declared_fields_must_be_there_and_must_be_some(own: Path) -> None:
    state = toc.read(own)
    toc.write(own, state._replace(fields=(*state.fields, ("other", "keyword"))))
    segment = own / state.segments[0].file.name
    assert Index.check(own).problems == [f"{segment} lacks the field value.other, which is declared"]
    toc.write(own, state._replace(fields=(("x", "nothing"),)))
    assert Index.check(own).problems[0] == "the table of contents declares fields that there cannot be"


def test_the_progress_of_a_check(copy: Path) -> None:
    """Of a segment, each field counts as much, and so do the stored fields; of documents, each has its passages."""
    told: list[WorkProgress] = []
    found = Index.check(copy, on_progress=told.append)
    size = sum(entry.file.size for entry in toc.read(copy).segments)
    sums, passages = [], []
    done = count = 0
    for leaf in Snapshot.open(copy).leaves:
        share = leaf.entry.file.size // (len(leaf.segment.fields) + 1)
        sums += [done + share * number for number in range(1, len(leaf.segment.fields) + 1)]
        sums.append(done := done + leaf.entry.file.size)
        live = (
            leaf.segment.all_stored() if leaf.live is None else itertools.compress(leaf.segment.all_stored(), leaf.live)
        )
        for _, group in itertools.groupby(live, key=lambda stored: stored["document"]):
            passages.append(count := count + len(list(group)))
    assert told == [
        *(WorkProgress("checking files", done, size, "bytes") for done in sums),
        *(WorkProgress("checking documents", done, found.passages, "passages") for done in passages),
    ]


def test_an_index_that_changes_all_the_time_is_not_called_damaged(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Path] = []
    real = segment_check._open_all

    def open_all(folder: Path, key: bytes | None) -> segment_check.IndexCheck:
        opened.append(folder)
        return real(folder, key)

    monkeypatch.setattr(segment_check, "_open_all", open_all)
    with (
        monkeypatch.context() as patch,
        pytest.raises(IndexUnusable, match="changes faster than it can"),
    ):
        patch.setattr(segment_check, "_ATTEMPTS", 3)
        patch.setattr(segment_check, "_read_again", lambda _folder: None)
        Index.check(copy)
    assert opened == [copy] * 3
    opened.clear()
    again = iter([None, toc.read(copy)])
    monkeypatch.setattr(segment_check, "_read_again", lambda _folder: next(again))
    assert Index.check(copy).problems == []
    assert opened == [copy] * 2


def test_a_speaker_counts_only_where_the_index_has_speakers() -> None:
    """Older indexes have them among the stored fields alone."""
    passage = check_module.StoredPassage({"id": "k#1"}, b"k", b"k#1", 1, 7, {})
    for stored, own, sound in (
        ({"speaker": "علی"}, {}, True),
        ({"speaker": "علی"}, {SPEAKERS: {value_term("علی").encode()}}, True),
        ({"speaker": "علی"}, {SPEAKERS: {b"other"}}, False),
        ({}, {SPEAKERS: {value_term("علی").encode()}}, False),
        ({}, {}, True),
    ):
        one = passage._replace(stored=passage.stored | stored, own=dict[str, set[bytes] | int](own))
        problem = check_module._metadata_problem([passage, one], {})
        assert problem == (None if sound else "the fields of passage k#1 are not those of its metadata")


@pytest.mark.parametrize(
    ("found", "problem"),
    [
        ({}, None),
        ({"counts": [0, 3]}, "the documents of a term are not in order"),
        ({"docs": [0, 4, 1]}, "the documents of a term are not in order"),
        ({"docs": [-1, 2, 1]}, "the documents of a term are not in order"),
        ({"docs": [2, 2, 1]}, "the documents of a term are not in order"),
        ({"docs": [0, 3, 3]}, None),
        ({"freqs": [1, 0, 2]}, "a posting has the frequency 0"),
        ({"positions": [5, 1, 4]}, "the positions of a term are not in order"),
        ({"positions": [5, 1, 4, 3]}, "the positions of a term are not in order"),
        ({"positions": [5, 1, 3, 3]}, None),
        ({"positions": [5, 1, 4, 3], "with_positions": False}, None),
    ],
)
def test_problems_of_postings(found: dict[str, Any], problem: str | None) -> None:
    """Two terms of a segment of four documents: the first is in documents 0 and 2, the second twice in document 1."""
    values = {"counts": [2, 1], "docs": [0, 2, 1], "freqs": [1, 1, 2], "positions": [5, 1, 3, 4]} | found
    with_positions = bool(values.pop("with_positions", True))
    postings = PostingsRange(**{name: np.array(value) for name, value in values.items()})
    assert segment_check._postings_problem(postings, 4, with_positions=with_positions) == problem


def test_ranges_have_as_many_postings_as_are_checked_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A range ends with the term with which it has so many."""
    for most, frequencies, ranges in (
        (4, [3, 1, 1, 5, 1], [(0, 2), (2, 4), (4, 5)]),
        (4, [4, 4, 4], [(0, 1), (1, 2), (2, 3)]),
        (4, [9], [(0, 1)]),
        (100, [3, 1, 1, 5, 1], [(0, 5)]),
        (11, [3, 1, 1, 5, 1], [(0, 5)]),
        (4, [], []),
    ):
        field = SimpleNamespace(
            terms=len(frequencies), doc_frequencies=lambda first, last, all=frequencies: np.array(all[first:last])
        )
        monkeypatch.setattr(segment_check, "_POSTINGS", most)
        assert list(segment_check._ranges(field)) == ranges  # type: ignore[arg-type]


def test_problems_of_stored_fields(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Faults of the program that wrote them, and whatever reading them raises, are told with the file."""
    entry = toc.read(copy).segments[0].file
    path = copy / entry.name
    docs = Segment(path, entry.size, entry.checksum).block_docs().tolist()
    assert len(docs) > 3
    real = Segment.check_block

    def check_block(segment: Segment, number: int) -> None:
        if segment.file.path == path and number == 1:
            raise segment.file.damaged()
        real(segment, number)

    def fail(segment: Segment, *_arguments: object) -> Any:
        raise segment.file.damaged() if segment.file.path == path else KeyError(7)

    with monkeypatch.context() as patch:
        patch.setattr(Segment, "check_block", check_block)
        incomplete = f"{path}: the stored fields of documents {docs[1]} to {docs[2] - 1} are incomplete"
        assert Index.check(copy).problems == [incomplete]
    monkeypatch.setattr(Segment, "block_docs", fail)
    assert Index.check(copy).problems == [
        f"{path}: the blocks of stored fields do not cover the documents",
        f"{copy / '2.segment'}: can't be read: KeyError: 7",
    ]


def test_fields_must_be_stored_as_they_are_declared(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LAYOUTS, "value", LAYOUTS["text"])
    segment = own / toc.read(own).segments[0].file.name
    names = [name for name in disk_names({"topic": "keyword", "author": "text"}) if name.startswith("value.")]
    assert set(Index.check(own).problems) == {f"{segment} lacks the field {name}, which is declared" for name in names}


ACTS: dict[str, Callable[[Path, Path], object]] = {
    "check": lambda index, _: Index.check(index),
    "scrub": lambda index, _: Index.scrub(index),
    "backup": lambda index, other: Index.open(index).backup(other),
    "backup again": lambda index, other: [Index.open(index).backup(other) for _ in range(2)],
    "backup without paths": lambda index, other: Index.open(index).backup(other, paths=False),
    "return": lambda index, _: Index.restore(index, 2),
    "seal": lambda index, _: Index.seal(index, b"0123456789abcdef"),
    "declare": lambda index, _: Index.open(index).declare({"topic": "keyword"}),
    "merge": lambda index, _: _merge(index),
}


def _merge(path: Path) -> None:
    with Index.open(path)._writer() as writer:
        writer.optimize = True


@pytest.mark.parametrize("act", ACTS)
def test_the_memory_of_files_that_are_read_whole_is_released(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    with Index.create(tmp_path / "index", keep=5) as index:
        index.add(Document("a", "باران"))
        index.add(Document("b", "برف"))
        index.keep(4)
    released: list[Path] = []
    real = SectionFile.release

    def release(file: SectionFile) -> None:
        released.append(file.path)
        real(file)

    monkeypatch.setattr(SectionFile, "release", release)
    ACTS[act](tmp_path / "index", tmp_path / "other")
    expected = {tmp_path / "index" / name for name in ("1.segment", "2.segment")}
    if act.startswith("backup") and "without" not in act:  # the copies are checked
        expected |= {tmp_path / "other" / f"{path.name}.spill" for path in expected}
    if act == "backup again":
        expected |= {tmp_path / "other" / name for name in ("1.segment", "2.segment")}
    assert expected <= set(released)
