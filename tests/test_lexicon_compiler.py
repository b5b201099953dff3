"""The lexicon that ships is the one that the compiler makes."""

import gzip
from pathlib import Path

import pytest

from jooya.analyzers import lexicon_compiler
from jooya.analyzers.lexicon import LEXICON_FILE
from jooya.analyzers.lexicon_compiler import compile_lexicon, hazm_data, packed


@pytest.fixture(scope="module")
def compiled() -> bytes:
    try:
        folder = hazm_data()
    except ModuleNotFoundError:
        pytest.skip("NOT TESTED: the shipped lexicon was not compared, since hazm is not installed here")
    return compile_lexicon(folder)


def test_the_shipped_lexicon_is_the_compiled_one(compiled: bytes) -> None:
    """It depends neither on the Python, nor on hazm's version, nor on the order of hashes."""
    shipped = gzip.decompress(LEXICON_FILE.read_bytes())
    if shipped != compiled:
        lines = zip(shipped.splitlines(), compiled.splitlines(), strict=False)
        old, new = next(((old, new) for old, new in lines if old != new), (b"", b""))
        pytest.fail(f"run 'make lexicon': the first line that differs is {new.decode()!r}, not {old.decode()!r}")


def test_the_file_has_the_same_bytes_each_time(
    compiled: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "lexicon.txt.gz"
    monkeypatch.setattr(lexicon_compiler, "LEXICON_FILE", path)
    monkeypatch.setattr(lexicon_compiler, "compile_lexicon", lambda _folder: compiled)
    lexicon_compiler.main()
    lexicon_compiler.main()
    assert capsys.readouterr().out == f"{path} is new\n{path} is up to date\n"
    assert path.read_bytes() == packed(compiled)
    assert path.read_bytes()[3:8] == bytes(5)  # neither flags, so no name, nor a time


def test_the_text_can_be_read_line_by_line(compiled: bytes) -> None:
    text = compiled.decode()
    assert text.startswith("# The lexicon of Jooya, compiled from hazm's")
    assert "\nکتاب\tn\n" in text
    assert "\nدانش+اموز\n" in text
