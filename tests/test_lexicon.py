"""The lexicon that the analyzer looks words up in."""

import gzip
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from jooya.analyzers.lexicon import LEXICON_FILE, CompoundTable, WordTable, lexicon, read_lexicon
from jooya.analyzers.lexicon_compiler import _grouped_lines


def test_parts_of_speech() -> None:
    found = {word: lexicon().parts_of_speech.find(word) for word in ("ملت", "بزرگ", "افراد", "کجاست", "زغالسنجی", "")}
    assert found == {"ملت": "n", "بزرگ": "a", "افراد": "p", "کجاست": "r", "زغالسنجی": None, "": None}


def test_a_table_finds_every_word_of_its_lines_and_no_other() -> None:
    words = {"آ": "a", "اب": "n", "ابر": "n", "باران": "a", "برف": "n", "بز": "n", "و": "r"}
    table = WordTable("".join(f"{line}\n" for line in _grouped_lines(words)).encode())
    assert {word: table.find(word) for word in words} == words
    for word in ("باد", "ب", "ا", "", "یخ", "abc", "بزر", "\ud800ب"):
        assert table.find(word) is None
    assert WordTable(b"").find("اب") is None


def test_every_word_of_the_shipped_tables_is_found() -> None:
    content = gzip.decompress(LEXICON_FILE.read_bytes()).decode()
    sections = dict(section.split("]\n", 1) for section in content.split("[")[1:])
    words = [line.split("\t") for line in sections["parts_of_speech"].splitlines() if "\t" in line]
    assert len(words) > 50_000
    assert all(lexicon().parts_of_speech.find(word) == part_of_speech for word, part_of_speech in words)
    compounds = [line for line in sections["compounds"].splitlines() if "+" in line]
    assert len(compounds) > 12_000
    assert all(lexicon().compounds.find(parts.replace("+", "")) == parts for parts in compounds)


def test_a_compound_is_found_by_its_word() -> None:
    table = CompoundTable("د\n\nدا\nدانش+اموز\n\n\nو\n\nوا\nو+ا+دار\n\n\nک\n\nکت\nکتاب+خانه\n\n\n".encode())
    assert table.find("دانشاموز") == "دانش+اموز"
    assert table.find("وادار") == "و+ا+دار"
    assert table.find("کتابخانه") == "کتاب+خانه"
    assert table.find("کتاب") is table.find("") is None


@pytest.mark.parametrize(
    "damage", [lambda file: file[: len(file) // 2], lambda _file: b"", lambda file: file[:-8] + file[-4:]]
)
def test_a_damaged_lexicon_is_named_with_what_to_do(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "lexicon.txt.gz"
    path.write_bytes(damage(LEXICON_FILE.read_bytes()))
    with pytest.raises(OSError, match=r"missing or damaged: reinstall jooya.*lexicon\.txt\.gz"):
        read_lexicon(path)


def test_a_missing_lexicon_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"missing or damaged: reinstall jooya.*lexicon\.txt\.gz"):
        read_lexicon(tmp_path / "lexicon.txt.gz")


def test_the_first_use_says_nothing_and_writes_nothing(tmp_path: Path) -> None:
    code = "from jooya.analyzers import analysis; print(analysis().columns('کتاب\u200cها').stems)"
    folders = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    environment = os.environ | folders | {"PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, check=True)
    assert (done.stdout.decode(), done.stderr.decode()) == ("['کتاب']\n", "")
    assert list(tmp_path.iterdir()) == []


def test_no_heavy_module_is_imported_for_an_analysis() -> None:
    code = "import sys; from jooya.analyzers import analysis; analysis().tokens('کتاب'); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert not {"dataclasses", "inspect", "gzip", "json", "numpy", "hazm", "whoosh"} & set(done.stdout.split())
