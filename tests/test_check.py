"""`jooya check` sees damage, and `--repair` saves what can be saved."""

import shutil
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command import run

from jooya.indexer import Date, Document, Index, IndexReport, IndexUnusable, ReadOptions
from jooya.indexer.codec import sections, toc
from jooya.indexer.codec.segment import PostingsRange, Segment
from jooya.indexer.codec.segment_writer import FieldWriter, SegmentWriter
from jooya.indexer.codec.snapshot import Snapshot
from jooya.indexer.codec.toc import SegmentEntry, Toc
from jooya.indexer.schema import fingerprint

DOCUMENTS = [
    Document(
        f"d{number}",
        f"باران {number} بارید. " * (1 + number % 3 * 40),
        title="هوا",
        date=Date("2005-12-13", "1384-09-22"),
    )
    for number in range(300)
]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of files, records and documents, in two segments, with deletions."""
    folder = tmp_path_factory.mktemp("built")
    (folder / "a.txt").write_bytes("سرزمين من".encode("cp1256"))
    (folder / "b.jsonl").write_text('{"id": "b", "text": "برف آمد"}\n', encoding="utf-8")
    with Index.create(folder / "index") as index:
        index.add(*DOCUMENTS)
        index.add(folder / "a.txt", folder / "b.jsonl", Document("c", "تگرگ"), options=ReadOptions(encoding="cp1256"))
        index.remove("d7", "d100")
    return folder / "index"


@pytest.fixture
def copy(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "index"))


def _flip(file: Path, place: int) -> None:
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(content)


def _section(file: Path, name: str) -> tuple[int, int]:
    """Where a section is in a segment's file: its first byte, and the one after its last."""
    section = Segment(file, *sections.stored_size_and_checksum(file), check=False).file.sections[name]
    return section._offset, section._offset + section.count * section._itemsize


def _everything(path: Path) -> dict[str, Any]:
    """All that is known of each passage, by id."""
    found = {}
    for leaf in Snapshot.open(path).leaves:
        fields = leaf.segment.fields
        for doc, stored in enumerate(leaf.segment.all_stored()):
            if leaf.live is None or leaf.live[doc]:
                numbers = [int(fields[name].numbers[doc]) for name in ("day", "fingerprint", "digest")]
                ordinals = [
                    (fields[name], int(fields[name].ordinals[doc])) for name in ("source", "encoding", "document")
                ]
                terms = [field.term(ordinal) if ordinal < field.terms else None for field, ordinal in ordinals]
                found[stored["id"]] = (stored, numbers, terms)
    return found


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


def test_what_is_no_index(tmp_path: Path) -> None:
    for command in (["check"], ["check", "--repair"]):
        assert run(*command, "-i", ".", cwd=tmp_path) == (
            2,
            "",
            "jooya: . is not an index: give the folder of an index\n",
        )
    with pytest.raises(IndexUnusable, match="not an index"):
        Index.check(tmp_path / "nope")


@pytest.mark.parametrize("name", ["toc.json", "1.segment", "2.segment", "1.3.deleted"])
def test_damage_and_loss_of_each_file_are_seen(copy: Path, name: str) -> None:
    _flip(copy / name, (copy / name).stat().st_size // 2)
    code, out, err = run("check", cwd=copy.parent)
    assert (code, err) == (2, "")
    assert out.startswith(f"index/{name} is damaged: restore a copy of the index, or save what can be by 'jooya check")
    (copy / name).unlink()
    (problem,) = Index.check(copy).problems
    assert problem.startswith((f"{copy / name} is missing: ", f"{copy / name}: No such file or directory"))


def test_a_damaged_attachment(copy: Path) -> None:
    with Index.open(copy)._writer() as writer:
        writer.set_commit_user_data(b"beside the documents")
    _flip(copy / "4.attachment", 3)
    (problem,) = Index.check(copy).problems
    assert problem.startswith(f"{copy / '4.attachment'} is damaged")
    done = Index.repair(copy)
    assert (done.rebuilt, done.lost, done.losses) == (0, [], ["the list of indexed files"])
    assert Snapshot.open(copy).commit_user_data() == b""
    assert not (copy / "4.attachment").exists()


def test_another_format_is_not_damage(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(toc, "FORMAT", 4)
        toc.write(copy, toc.Toc(3, "other"))
    for act in (Index.check, Index.repair):
        with pytest.raises(IndexUnusable, match="has format 4"):
            act(copy)


def test_another_analysis_is_not_mended(copy: Path) -> None:
    toc.write(copy, toc.read(copy)._replace(analysis="other"))
    assert Index.check(copy).problems == []
    _flip(copy / "1.segment", 5000)
    with pytest.raises(IndexUnusable, match="was built with analysis other"):
        Index.repair(copy)


def test_postings_that_cannot_be_read_are_made_again(copy: Path) -> None:
    """Everything is as it was, to the last digit of the scores."""
    before = _everything(copy)
    with Index.open(copy) as index:
        ranked = index.rank("باران 12")
    _flip(copy / "1.segment", _section(copy / "1.segment", "text.docs")[0])
    done = Index.repair(copy)
    assert (done.lost, done.losses, done.report.problems) == ([], [], [])
    assert done.rebuilt == len(before) - 3
    assert _everything(copy) == before
    with Index.open(copy) as index:
        assert index.rank("باران 12") == ranked
        assert index.add(*DOCUMENTS[:5]).unchanged == 5


def test_stored_values_that_cannot_be_read_cost_their_documents(copy: Path) -> None:
    begin, end = _section(copy / "1.segment", "stored")
    _flip(copy / "1.segment", (begin + end) // 2)
    code, out, err = run("check", "--repair", cwd=copy.parent)
    rebuilt, lost, again, sound = out.splitlines()
    keys = lost.removeprefix(f"lost {len(lost.split(','))} documents: ").split(", ")
    assert (code, err) == (0, "")
    assert set(keys) < {document.key for document in DOCUMENTS}
    assert again == "run 'jooya index' on their sources again"
    assert sound.startswith(f"sound: {301 - len(keys)} documents, ")
    assert rebuilt.startswith("rebuilt ")
    with Index.open(copy) as index:
        live = {passage.partition("#")[0] for passage in index.ids()}
        assert live.isdisjoint(keys)
        lacking = [document for document in DOCUMENTS if document.key in keys]
        left = [document for document in DOCUMENTS if document.key in live]
        assert index.add(*lacking, *left) == IndexReport(new=len(lacking), unchanged=len(left))


@pytest.mark.parametrize("names", [["document.ordinals", "stored"], ["document.ordinals", "document.terms", "stored"]])
def test_where_columns_are_lost_too_whole_documents_are_kept(copy: Path, names: list[str]) -> None:
    """Of a document of which a passage may be gone no part stays."""
    before = _everything(copy)
    for name in names:
        begin, end = _section(copy / "1.segment", name)
        _flip(copy / "1.segment", (begin + end) // 2)
    done = Index.repair(copy)
    assert done.losses == ["1.segment: documents whose keys can't be read"]
    assert not done.report.problems
    after = _everything(copy)
    whole = {key for key, _ in groupby(sorted(passage.partition("#")[0] for passage in after))}
    assert all(after[passage][0] == before[passage][0] for passage in after)
    assert [passage for passage in before if passage.partition("#")[0] in whole and passage not in after] == []
    assert 0 < len(after) < len(before)


def test_what_is_not_remembered_is_taken_in_anew(copy: Path) -> None:
    _flip(copy / "2.segment", _section(copy / "2.segment", "digest.numbers")[0])
    assert Index.repair(copy).lost == []
    with Index.open(copy) as index:
        assert index.add(Document("c", "تگرگ")) == IndexReport(updated=1)
        assert index.add(Document("c", "تگرگ")) == IndexReport(unchanged=1)


def test_a_segment_that_was_cut_is_lost(copy: Path) -> None:
    file = copy / "1.segment"
    file.write_bytes(file.read_bytes()[:-1])
    passages = toc.read(copy).segments[0].documents
    code, out, err = run("check", "--repair", cwd=copy.parent)
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        f"lost 1.segment: the whole segment, which had {passages} passages",
        "run 'jooya index' on their sources again",
        "sound: 3 documents, 3 passages, 1 segments",
    ]
    assert sorted(path.name for path in copy.iterdir()) == ["2.segment", "toc.json", "write.lock"]


def test_what_a_repair_could_not_save_is_read_in_again(built: Path, copy: Path) -> None:
    """An unchanged file is not read: what was lost of it would have stayed lost."""
    file = copy / "2.segment"
    file.write_bytes(file.read_bytes()[:-1])
    paths = [built.parent / "a.txt", built.parent / "b.jsonl"]
    with Index.open_or_create(copy.parent / "whole") as index:
        index.add(*paths, options=ReadOptions(encoding="cp1256"))
        whole = index.ids()
    Index.repair(copy)
    with Index.open(copy) as index:
        assert not whole & index.ids()
        assert index.add(*paths, options=ReadOptions(encoding="cp1256")) == IndexReport(new=2)
        assert whole <= index.ids()


@pytest.mark.parametrize("content", [None, b"", b"{}", b"nonsense"])
def test_a_lost_table_of_contents(copy: Path, content: bytes | None) -> None:
    """All is taken in again from the segments, deleted documents left out. What a writer that was interrupted left is
    there twice, and taken in once."""
    before = _everything(copy)
    shutil.copy(copy / "2.segment", copy / "9.segment")
    if content is None:
        (copy / "toc.json").unlink()
    else:
        (copy / "toc.json").write_bytes(content)
    assert Index.check(copy).problems
    done = Index.repair(copy)
    assert done.losses == ["the table of contents; documents that were removed lately may be back"]
    assert (done.rebuilt, done.lost) == (len(before), [])
    assert _everything(copy) == before
    assert sorted(path.name for path in copy.iterdir()) == ["10.segment", "toc.json", "write.lock"]


def test_lost_deletions(copy: Path) -> None:
    """Removed documents come back; of a replaced one the last version stays."""
    with Index.open(copy) as index:
        index.add(Document("d1", "سیل"))
    assert toc.read(copy).segments[0].deletions
    (copy / "1.4.deleted").unlink()
    done = Index.repair(copy)
    assert done.losses == ["1.segment: the list of deleted passages; some of them may be back"]
    assert done.report.documents == 303
    with Index.open(copy) as index:
        assert [hit.document for hit in index.search("سیل")] == ["d1"]
        assert index.search("doc:d1").total == 1


def test_an_interrupted_repair_changes_nothing(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _flip(copy / "1.segment", 5000)
    before = {path.name: path.read_bytes() for path in copy.iterdir()}
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(toc, "write", _interrupt)
        Index.repair(copy)
    assert {path.name: path.read_bytes() for path in copy.iterdir()} == before
    assert Index.repair(copy).report.problems == []


def _interrupt(*_arguments: Any) -> None:
    raise KeyboardInterrupt


def _altered(name: str, part: str, alter: Callable[[Any], Any]) -> Callable[[pytest.MonkeyPatch], None]:
    """Has a program write a column otherwise."""

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        real = SegmentWriter.add_column

        def add_column(writer: SegmentWriter, field: str, what: str, values: Any) -> None:
            real(writer, field, what, alter(values.copy()) if (field, what) == (name, part) else values)

        monkeypatch.setattr(SegmentWriter, "add_column", add_column)

    return patch


def _postings(name: str, alter: Callable[[list[bytes], PostingsRange], Any]) -> Callable[[pytest.MonkeyPatch], None]:
    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        real = FieldWriter.add

        def add(writer: FieldWriter, terms: list[bytes], postings: PostingsRange) -> None:
            real(writer, *(alter(list(terms), postings) if writer.name == name else (terms, postings)))

        monkeypatch.setattr(FieldWriter, "add", add)

    return patch


def _finished(alter: Callable[[FieldWriter], None]) -> Callable[[pytest.MonkeyPatch], None]:
    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        real = FieldWriter.finish

        def finish(writer: FieldWriter) -> None:
            if writer.name == "text":
                alter(writer)
            real(writer)

        monkeypatch.setattr(FieldWriter, "finish", finish)

    return patch


def _add_to_first(values: Any) -> Any:
    values[0] += 1
    return values


def _add_to_list(name: str) -> Callable[[FieldWriter], None]:
    def alter(writer: FieldWriter) -> None:
        _add_to_first(getattr(writer, name)[0])

    return alter


def _table(alter: Callable[[SegmentEntry], SegmentEntry]) -> Callable[[pytest.MonkeyPatch], None]:
    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        real = toc.write

        def write(folder: Path, state: Toc) -> None:
            real(folder, state._replace(segments=tuple(map(alter, state.segments))))

        monkeypatch.setattr(toc, "write", write)

    return patch


WRONG = {
    "field text: the terms are not in order": _postings("text", lambda terms, found: (terms[::-1], found)),
    "field text: the documents of a term are not in order": _postings(
        "text", lambda terms, found: (terms, found._replace(docs=np.zeros_like(found.docs)))
    ),
    "field text: the positions of a term are not in order": _postings(
        "text", lambda terms, found: (terms, found._replace(positions=found.positions[::-1].copy()))
    ),
    "field text: the greatest frequencies do not match the postings": _finished(_add_to_list("_max_frequencies")),
    "field text: the shortest lengths do not match the postings": _finished(_add_to_list("_min_lengths")),
    "field title: the lengths of documents are not the sums of their frequencies": _altered(
        "title", "lengths", _add_to_first
    ),
    "field id: the column of terms does not match the postings": _altered("id", "ordinals", np.flip),
    "field document: the column of terms does not match the postings": _altered(
        "document", "ordinals", lambda values: np.full_like(values, 0xFFFFFFFF)
    ),
    "field digest: the column of numbers does not have a value for each document": _altered(
        "digest", "numbers", lambda values: values[:-1]
    ),
    "field text: a column does not have a value for each document": _altered(
        "text", "lengths", lambda values: values[:-1]
    ),
    "the table of contents has a wrong number of documents": _table(lambda entry: entry._replace(deleted=1)),
    "the table of contents has wrong totals for the field text": _table(
        lambda entry: entry._replace(lengths=entry.lengths | {"text": (3, 1)})
    ),
    "document d0: the fingerprint of passage d0#1 is not that of its text": _altered(
        "fingerprint", "numbers", _add_to_first
    ),
    "document d0: its record is not stored with its first passage alone": _altered("digest", "numbers", np.flip),
}


@pytest.mark.parametrize("problem", WRONG)
def test_what_a_faulty_program_wrote_is_seen_and_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, problem: str
) -> None:
    """Its checksums are right."""
    with Index.create(tmp_path / "index") as index, monkeypatch.context() as patch:
        WRONG[problem](patch)
        index.add(*DOCUMENTS[:5])
    found = Index.check(index.path).problems
    assert problem in {line.removeprefix(f"{index.path / '1.segment'}: ") for line in found}, found
    done = Index.repair(index.path)
    assert not done.report.problems
    lost = [] if "document d" not in problem else done.lost
    assert (done.lost, done.losses) == (lost, [])
    assert done.report.documents == 5 - len(lost)


PASSAGE = {"document": "k", "id": "k#1", "text": "باران", "exact": "باران", "start": 0, "end": 5, "digest": 7}
PASSAGE |= {"fingerprint": fingerprint("باران")}


@pytest.mark.parametrize(
    ("passages", "wrong"),
    [
        ([PASSAGE], None),
        ([PASSAGE | {"id": "k"}], None),
        ([PASSAGE | {"id": "k#2"}], "its passages are incomplete, or not in order"),
        ([PASSAGE | {"digest": 0}], "its record is not stored with its first passage alone"),
        ([PASSAGE | {"end": 6}], "the offsets of passage k#1 are wrong"),
        ([PASSAGE, PASSAGE | {"id": "k#2", "digest": 0}], "the offsets of passage k#2 are wrong"),
        ([PASSAGE, PASSAGE | {"id": "k#2", "digest": 0, "start": 5, "end": 10}], None),
        ([PASSAGE, PASSAGE | {"document": "l", "id": "l#1"}, PASSAGE], "occurs twice"),
        ([PASSAGE | {"_stored_start": "0"}], "its stored fields are not those of passages"),
        ([PASSAGE | {"_stored_id": "m"}], "its passages are incomplete, or not in order"),
        ([PASSAGE | {"_stored_document": "m", "_stored_id": "m"}], "passage m is indexed under another id or document"),
    ],
)
def test_documents_and_passages(index: Index, passages: list[dict[str, Any]], wrong: str | None) -> None:
    with index._writer() as writer:
        for passage in passages:
            writer.add_document(**passage)
    problems = Index.check(index.path).problems
    assert [problem.partition(": ")[2] for problem in problems] == [wrong] * (wrong is not None)


def test_a_repair_refuses_what_a_faulty_program_stored(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stored fields that are not those of a passage raised errors of other kinds, up to Whoosh's."""
    faulty: list[dict[str, Any]] = [
        {"_stored_text": 5},
        {"_stored_id": None},
        {"gregorian": "nonsense"},
        {"_stored_title": 5, "title": "x"},
    ]
    with monkeypatch.context() as patch, index._writer() as writer:
        WRONG["the table of contents has a wrong number of documents"](patch)
        writer.add_document(**PASSAGE)
        for number, change in enumerate(faulty):
            writer.add_document(**PASSAGE | {"document": f"f{number}", "id": f"f{number}#1"} | change)
    done = Index.repair(index.path)
    assert (done.rebuilt, done.lost, done.report.problems) == (1, [f"f{n}" for n in range(len(faulty))], [])


def test_a_check_goes_on_while_a_writer_commits(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It starts again where a file was gone too soon."""
    found: list[IndexReport] = []
    with Index.open(copy) as index:

        def opened(*arguments: Any) -> Segment:
            if len(found) < 3:
                found.append(index.add(Document("c", f"باران {len(found)}")))
            return Segment(*arguments)

        monkeypatch.setattr("jooya.indexer.integrity.segment_check.Segment", opened)
        assert Index.check(copy).problems == []
    assert found == [IndexReport(updated=1)] * 3
