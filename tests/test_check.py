"""`jooya check` notices damage."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from command import run
from damaged_index import PASSAGE, build, flip_bit

from jooya.indexer import Document, Index, IndexReport, IndexUnusable
from jooya.indexer.codec import toc
from jooya.indexer.codec.segment import Segment


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
    with pytest.raises(IndexUnusable, match="not an index"):
        Index.check(tmp_path / "nope")


@pytest.mark.parametrize("name", ["toc.json", "1.segment", "2.segment", "1.3.deleted"])
def test_damage_and_loss_of_each_file_are_noticed(copy: Path, name: str) -> None:
    flip_bit(copy / name, (copy / name).stat().st_size // 2)
    code, out, err = run("check", cwd=copy.parent)
    hint = "restore a copy of the index, or save what can be read with 'jooya check --repair'\n"
    assert (code, out, err) == (2, f"index/{name} is damaged\n", hint)
    (copy / name).unlink()
    (problem,) = Index.check(copy).problems
    assert problem.startswith((f"{copy / name} is missing", f"{copy / name}: No such file or directory"))


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
