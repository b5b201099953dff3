"""The index as a program uses it: adding, searching, removing and errors."""

import json
from pathlib import Path
from random import Random

import pytest
from whoosh.writing import IndexingError

from jooya import (
    BadInput,
    BadQuery,
    Date,
    Document,
    Index,
    IndexBusy,
    IndexReport,
    IndexUnusable,
    Progress,
    ReadOptions,
)
from jooya.indexer.codec import toc


def _snapshot(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _ids(index: Index, query: str) -> list[str]:
    return [hit.id for hit in index.search(query)]


def test_a_hit_has_its_offsets_and_its_document(index: Index, transcript: Path) -> None:
    index.add(transcript)
    hit = index.search("راسخ").hits[0]
    text = transcript.read_text(encoding="utf-8")
    assert text[hit.start : hit.end] == hit.text
    assert [hit.text[start:end] for start, end in hit.highlights] == ["راسخ تر"]
    assert hit.title == "ديدار رئيس دفتر سياسي حماس و هيات همراه"
    assert hit.date == Date("2005-12-13", "1384-09-22")
    assert (hit.rank, hit.id, hit.document) == (1, f"{transcript}#6", str(transcript))


def test_documents_without_files(index: Index) -> None:
    assert index.add(Document("a", "کتاب\u200cها را خواندم.", title="خاطره"), Document("b", "باران")) == IndexReport(
        new=2
    )
    assert _ids(index, "کتاب") == ["a#1"]
    assert _ids(index, "خاطره\u200cها") == ["a#1"]
    assert index.add(Document("a", "باران آمد")) == IndexReport(updated=1)
    assert _ids(index, "کتاب") == []
    assert sorted(_ids(index, "باران")) == ["a#1", "b#1"]


def test_limit_and_total(index: Index) -> None:
    index.add(*(Document(str(number), f"باران {number}") for number in range(20)))
    results = index.search("باران", limit=3)
    assert (results.total, len(results), [hit.rank for hit in results]) == (20, 3, [1, 2, 3])


def test_stop_words_count_little_beside_others_but_are_found(index: Index) -> None:
    index.add(
        Document("a", "مقاومت ادامه دارد"),
        Document("b", "کار کردن کار کردن"),
        *(Document(f"filler {number}", "هوا سرد") for number in range(5)),
    )
    assert _ids(index, "مقاومت کردن") == ["a#1"]
    assert _ids(index, "کردن") == ["b#1"]


def test_question_words_count_less_than_function_words(index: Index) -> None:
    index.add(
        Document("a", "چرا زعفران گران شد؟"),
        Document("b", "زعفران از خراسان رسید."),
        *(Document(f"filler {number}", "هوا سرد") for number in range(5)),
    )
    assert _ids(index, "چرا زعفران از") == ["b#1", "a#1"]
    assert _ids(index, "چرا از") == ["a#1", "b#1"]


def test_the_index_follows_a_folder(index: Index, tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    first, second = _write(folder / "1.txt", "باران"), _write(folder / "in" / "2.txt", "برف")
    assert index.add(folder) == IndexReport(new=2)
    before = _snapshot(index.path)
    assert index.add(folder) == IndexReport(unchanged=2)
    assert _snapshot(index.path) == before
    _write(first, "تگرگ")
    second.unlink()
    assert index.add(folder) == IndexReport(updated=1, removed=1)
    assert (_ids(index, "باران برف"), _ids(index, "تگرگ")) == ([], [f"{first}#1"])


def test_other_folders_are_left_alone(index: Index, tmp_path: Path) -> None:
    one, two = _write(tmp_path / "a" / "1.txt", "باران"), _write(tmp_path / "ab" / "1.txt", "برف")
    index.add(one.parent, two.parent)
    assert index.add(one.parent) == IndexReport(unchanged=1)
    assert _ids(index, "برف") == [f"{two}#1"]


def test_a_file_keeps_its_key_from_wherever_it_is_named(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key is the path as given, so a file that was named from another folder became a second document."""
    _write(tmp_path / "a" / "1.txt", "باران")
    monkeypatch.chdir(tmp_path)
    index.add("a")
    monkeypatch.chdir(tmp_path / "a")
    assert index.add("1.txt") == IndexReport(unchanged=1)
    assert _ids(index, "باران") == ["a/1.txt#1"]


def test_files_of_one_name_in_two_working_folders_are_two_documents(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b"):
        _write(tmp_path / name / "1.txt", f"باران {name}")
        monkeypatch.chdir(tmp_path / name)
        assert index.add("1.txt") == IndexReport(new=1)
    assert sorted(_ids(index, "باران")) == sorted(["1.txt#1", "b/1.txt#1"])


def test_records(index: Index, tmp_path: Path) -> None:
    records = [{"id": str(n), "text": f"باران {n}. " * 100} for n in range(3)]
    file = _write(tmp_path / "r.jsonl", "\n".join(map(json.dumps, records)))
    assert index.add(file, options=ReadOptions(whole=True)) == IndexReport(new=3)
    assert sorted(_ids(index, "باران")) == ["0", "1", "2"]
    assert index.add(file) == IndexReport(updated=3)
    assert _ids(index, "باران")[0].startswith(("0#", "1#", "2#"))
    _write(file, "\n".join(map(json.dumps, records[:2])))
    assert index.add(file) == IndexReport(unchanged=2, removed=1)


def test_a_broken_line_does_not_remove_the_record_it_was(index: Index, tmp_path: Path) -> None:
    file = _write(tmp_path / "r.jsonl", '{"id": "a", "text": "باران"}\n{"id": "b", "text": "برف"}\n')
    index.add(file)
    _write(file, '{"id": "a", "text": "باران"}\n{"id": "b", "te\n')
    changes = index.add(file)
    assert (changes.unchanged, changes.removed, len(changes.skipped)) == (1, 0, 1)
    assert _ids(index, "برف") == ["b#1"]


def test_a_key_given_twice_is_skipped_the_second_time(index: Index, tmp_path: Path) -> None:
    """Whoosh keeps both if one document replaces another within a commit."""
    file = _write(tmp_path / "r.jsonl", '{"id": "a", "text": "باران"}\n{"id": "a", "text": "برف"}\n')
    assert index.add(file) == IndexReport(
        new=1, skipped=[f"{file}: the key 'a' occurs twice; give each document a key of its own"]
    )
    other = _write(tmp_path / "s.jsonl", '{"id": "a", "text": "برف"}\n')
    assert index.add(other) == IndexReport(new=1)
    assert _ids(index, "برف") == [f"{other}:a#1"]
    file.unlink()
    assert index.add(other) == IndexReport(updated=1, removed=1)
    assert (_ids(index, "باران"), _ids(index, "برف")) == ([], ["a#1"])


def test_half_a_character_is_replaced(index: Index, tmp_path: Path) -> None:
    """JSON can escape a lone surrogate, which UTF-8 cannot hold."""
    index.add(_write(tmp_path / "r.jsonl", r'{"id": "a", "text": "باران \ud800 تند"}'))
    assert index.search("باران").hits[0].text == "باران \ufffd تند"


def test_a_failed_run_leaves_the_index_as_it_was(index: Index, tmp_path: Path) -> None:
    index.add(Document("a", "باران"))
    before = _snapshot(index.path)

    def fail(_: Progress) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        index.add(Document("b", "برف"), _write(tmp_path / "c.txt", "تگرگ"), on_progress=fail)
    with pytest.raises(BadInput):
        index.add(Document("b", "برف"), tmp_path / "nope")
    assert _snapshot(index.path) == before
    assert index.add(Document("b", "برف")) == IndexReport(new=1)


def test_remove(index: Index) -> None:
    index.add(Document("a", "باران"), Document("b", "باران"))
    assert index.remove("a", "c", "a") == ["a"]
    assert _ids(index, "باران") == ["b#1"]
    assert index.status().documents == 1


def test_jobs_make_no_difference(tmp_path: Path) -> None:
    """With any number of processes, the same passages are found with the same scores, to the last digit."""
    words = [
        "باران",
        "برف",
        "کتاب\u200cها",
        "می\u200cخواند",
        "خانه",
        "رفت",
        "دانش",
        "آموز",
        "بود",
        "و",
        "در",
        "به",
        "که",
    ]
    documents = [
        Document(f"d{number}", " ".join(Random(number).choices(words, k=700)), title=words[number % 5])
        for number in range(900)
    ]
    found = []
    for jobs in (1, 2, 3):
        with Index.create(tmp_path / str(jobs)) as index:
            assert index.add(*documents[:2]) == IndexReport(new=2)
            assert index.add(*documents, Document("d0", "باران"), jobs=jobs).new == 898
            found.append([[(hit.id, hit.score) for hit in index.search(word, limit=50)] for word in words])
    assert found[0] == found[1] == found[2]


def test_a_failing_worker_leaves_the_index_as_it_was(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    index.add(Document("a", "باران"))
    before = _snapshot(index.path)
    monkeypatch.setattr("jooya.indexer.whoosh.workers._BATCH_CHARACTERS", 1)
    writer = index._writer(jobs=2)
    with pytest.raises(IndexingError, match="the schema has no field named 'nope'"), writer:
        writer.add_document(document="b", text="برف")
        writer.add_document(nope="x")
        for _ in range(10):
            writer.add_document(document="c", text="برف")
    assert _snapshot(index.path) == before
    assert writer._workers is not None
    assert all(process.poll() is not None for process in writer._workers._pool._processes)


def test_status(index: Index) -> None:
    assert (index.status().documents, index.status().passages, index.status().terms) == (0, 0, 0)
    index.add(Document("a", "باران و باران\u200cها. " * 40))
    status = index.status()
    assert (status.documents, status.passages, status.terms, status.format) == (1, 2, 2, toc.FORMAT)


@pytest.mark.parametrize("query", ["", " ", "؟!", "\u200c"])
def test_a_query_without_words_is_an_error(index: Index, query: str) -> None:
    with pytest.raises(BadQuery, match="give at least one word"):
        index.search(query)


def test_the_index_survives_closing(index: Index) -> None:
    index.add(Document("a", "باران"))
    index.close()
    with Index.open(index.path) as again:
        assert _ids(again, "باران") == ["a#1"]


def test_a_reader_sees_the_next_commit(index: Index) -> None:
    with Index.open(index.path) as reader:
        assert _ids(reader, "باران") == []
        index.add(Document("a", "باران"))
        assert _ids(reader, "باران") == ["a#1"]


def test_one_writer(index: Index, tmp_path: Path) -> None:
    file = _write(tmp_path / "a.txt", "باران")
    with Index.open(index.path) as second:

        def meanwhile(_: Progress) -> None:
            with pytest.raises(IndexBusy, match="being written to by process"):
                second.add(Document("b", "برف"), wait=0)

        assert index.add(file, on_progress=meanwhile) == IndexReport(new=1)


def test_a_folder_that_is_no_index_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IndexUnusable, match="no index at"):
        Index.open(tmp_path / "nope")
    with pytest.raises(IndexUnusable, match="is not an index"):
        Index.open(tmp_path)
    file = _write(tmp_path / "file", "x")
    for make in (Index.open, Index.create, Index.open_or_create):
        with pytest.raises(IndexUnusable):
            make(file)
    with pytest.raises(IndexUnusable, match="holds other files"):
        Index.create(tmp_path)
    with pytest.raises(IndexUnusable, match="is not an index"):
        Index.open_or_create(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_another_analysis_is_refused(index: Index) -> None:
    toc.write(index.path, toc.read(index.path)._replace(analysis="other"))
    with pytest.raises(IndexUnusable, match="was built with analysis other"):
        Index.open(index.path)


@pytest.mark.parametrize("found", [4, 9])
def test_another_format_is_refused(index: Index, monkeypatch: pytest.MonkeyPatch, found: int) -> None:
    state = toc.read(index.path)
    with monkeypatch.context() as patch:
        patch.setattr(toc, "FORMAT", found)
        toc.write(index.path, state)
    with pytest.raises(IndexUnusable, match=f"has format {found}, but this version of Jooya reads formats 5 to 8: "):
        Index.open(index.path)


def test_create_accepts_hidden_files(tmp_path: Path) -> None:
    """The repository keeps the default folder by a .gitignore in it."""
    _write(tmp_path / "index" / ".gitignore", "*")
    assert Index.open_or_create(tmp_path / "index").add(Document("a", "باران")) == IndexReport(new=1)
