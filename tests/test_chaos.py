"""A small part of the suite under `--chaos`, as it is and with faults that it must find."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent

TESTS = """
import pytest

from jooya import Document, Index


@pytest.mark.parametrize("number", range(6))
def test_commits(tmp_path, number):
    with Index.create(tmp_path / "index", fields={"tag": "keyword"}, keep=1 + number % 3) as index:
        index.add(*(Document(f"d{each}", f"باران {each} برف", meta={"tag": "شهر"}) for each in range(3 * number)))
        index.remove("d1")
        index.add(Document("d0", "تگرگ"))
"""
"""Tests that pass by themselves."""

PROGRAM = """
import sys
from contextlib import nullcontext

here, tests = sys.argv[1:3]
sys.path[:0] = [here, f"{here}/faults", f"{here}/simulation"]

import pytest
from planted_faults import PLANTS, Plant, function_of, planted

from jooya.indexer.codec import toc

plants = PLANTS | {
    "a file is left open": Plant(toc, "sync", "        os.close(handle)\\n", "        pass\\n"),
}
functions = {name: function_of(plant) for name, plant in plants.items()}
for name in sys.argv[3:]:
    print(f"## {name}", flush=True)
    with planted(name, plants, functions) if name in plants else nullcontext():
        pytest.main(["-p", "conftest", "-p", "no:cacheprovider", "-c", "/dev/null", "--chaos", "7", "--tb=line", tests])
"""
"""A program that runs tests with one fault after the other."""

FAULTS = {
    "a segment is not synced": "not synced: ",
    "all files are removed when the table cannot be read": " is missing: ",
    "a file is left open": "open after the test: ",
}
"""Faults, and what is said of each."""


def test_it_succeeds_and_finds_faults(tmp_path: Path) -> None:
    (tmp_path / "test_commits.py").write_text(TESTS, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, HERE, tmp_path / "test_commits.py", "nothing", *FAULTS],
        capture_output=True, text=True, timeout=300, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    sound, *found = done.stdout.split("## ")[1:]
    assert "6 passed" in sound
    assert "chaos: seed 7, 6 tests: 6 indexes checked; " in sound
    assert ", 0 calls failed" not in sound
    for (name, said), output in zip(FAULTS.items(), found, strict=True):
        assert output.startswith(f"{name}\n")
        assert said in output, output
