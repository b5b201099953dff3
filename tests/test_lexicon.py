import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from jooya.analyzers import fold
from jooya.analyzers.data_tables import DATA, rows
from jooya.analyzers.lexicon import Packed, _store, lexicon, pack

CODE = "from jooya.analyzers import analysis, identity; print(analysis().columns('کتاب\u200cها').stems, identity())"


def run(cache: Path) -> tuple[str, str]:
    environment = os.environ | {"XDG_CACHE_HOME": str(cache), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run([sys.executable, "-c", CODE], env=environment, capture_output=True, check=True)
    return done.stdout.decode(), done.stderr.decode()


def test_compiled_once_and_said_so(tmp_path: Path) -> None:
    first, said = run(tmp_path)
    assert said == "jooya: compiling the Persian lexicon from hazm's dictionaries (once)\n"
    assert run(tmp_path) == (first, "")
    assert first.startswith("['کتاب'] ")
    assert [path.suffix for path in (tmp_path / "jooya").iterdir()] == [".json"]


def test_a_broken_cache_is_compiled_anew(tmp_path: Path) -> None:
    first, _ = run(tmp_path)
    (cached,) = (tmp_path / "jooya").iterdir()
    cached.write_bytes(cached.read_bytes()[:1000])
    again, said = run(tmp_path)
    assert again == first
    assert "compiling" in said


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "jooya").write_text("a file where the folder should be")
    out, said = run(tmp_path)
    assert out.startswith("['کتاب'] ")
    assert "can't be cached" in said


def test_threads_that_compile_at_once_do_not_write_in_one_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The second found its file gone, and could have put half of one in place."""
    written, write = Barrier(2, timeout=30), Path.write_text

    def write_and_wait(path: Path, text: str, encoding: str) -> int:
        size = write(path, text, encoding)
        written.wait()
        return size

    monkeypatch.setattr(Path, "write_text", write_and_wait)
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda _: _store(tmp_path / "lexicon.json", {"kinds": []}), range(2)))
    assert capsys.readouterr().err == ""
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("lexicon.json", '{"kinds": []}')]


def test_the_same_lexicon_everywhere() -> None:
    """The digest is of the content: it must not depend on the Python, on hazm's version or on hash order. Changing
    a table or the compiler changes it; then this value changes too."""
    assert lexicon().digest == (Path(__file__).parent / "data" / "lexicon-digest.txt").read_text().strip()


def test_kinds() -> None:
    kinds = {word: lexicon().kinds.find(word) for word in ("ملت", "بزرگ", "افراد", "کجاست", "زغالسنجی", "")}
    assert kinds == {"ملت": "n", "بزرگ": "a", "افراد": "p", "کجاست": "r", "زغالسنجی": None, "": None}


def test_packed_gives_back_what_was_packed() -> None:
    mapping = {"اب": "n", "باران": "a", "برف": "n"}
    packed = Packed(json.loads(json.dumps(pack(mapping))))
    assert {word: packed.find(word) for word in mapping} == mapping
    assert packed.find("باد") is packed.find("") is None


@pytest.mark.parametrize("table", sorted(path.name for path in DATA.glob("*.tsv")))
def test_tables_are_well_formed(table: str) -> None:
    found = list(rows(table))
    assert found
    assert len({len(row) for row in found}) == 1
    assert all(field == field.strip() and field for row in found for field in row)
    text = (DATA / table).read_text(encoding="utf-8")
    assert text.startswith("# ")
    if table != "characters.tsv":
        assert "\u064a" not in text.replace("ي ى", "")  # Arabic yeh, which would be folded but look wrong


@pytest.mark.parametrize("table", ["variants.tsv", "broken_plurals.tsv", "colloquial.tsv", "exceptions.tsv"])
def test_every_settled_word_is_settled_once_and_needs_it(table: str) -> None:
    seen: set[str] = set()
    for stem, words in rows(table):
        for word in words.split():
            folded = fold(stem if word == "." else word)
            assert word == "." or folded != fold(stem), f"{word} folds to its stem by itself"
            assert folded not in seen, f"{word} stands twice"
            seen.add(folded)
