"""Readers of other packages, which Jooya finds by their entry points."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parent.parent / "examples" / "reader_package"
BIB = "@book{hafez,\n  title = {دیوان حافظ},\n  author = {حافظ},\n  year = {1367},\n  abstract = {غزل‌های شیراز}\n}\n"
BAD = "def read(source, content, encoding):\n    raise KeyError('x')\n    yield\n"
HANGS = "def read(source, content, encoding):\n    import os; os._exit(3)\n    yield\n"


def jooya(*arguments: str, cwd: Path, packages: list[Path]) -> tuple[int, str, str]:
    """Run Jooya with these packages installed."""
    path = os.pathsep.join([*map(str, packages), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-m", "jooya", *arguments],
        cwd=cwd, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def installed(folder: Path, name: str, entry: str) -> Path:
    """Return a folder that has the entry point of an installed package."""
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[jooya.readers]\n{entry}\n")
    return folder


def test_the_example(tmp_path: Path) -> None:
    entry = next(line for line in (EXAMPLE / "pyproject.toml").read_text().split("\n") if line.startswith("bib = "))
    packages = [EXAMPLE, installed(tmp_path / "site", "jooya_bib", entry.replace('"', ""))]
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "a.bib").write_text(BIB, encoding="utf-8")
    (tmp_path / "f" / "b.BIB").write_text("nothing", encoding="utf-8")
    code, out, err = jooya("index", "f", cwd=tmp_path, packages=packages)
    assert (code, out) == (0, "new 1, updated 0, unchanged 0, removed 0, skipped 1\n")
    assert err == "skipped f/b.BIB: no entries in it\n"
    (hit,) = json.loads(jooya("search", "--format", "json", "غزل", cwd=tmp_path, packages=packages)[1])["hits"]
    assert (hit["document"], hit["title"]) == ("f/a.bib:hafez", "دیوان حافظ")


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (BAD, "f/a.bib: can't be read (KeyError: 'x')"),
        (HANGS, "f/a.bib: crashes its reader, or needs more than 4,096 MB of memory; it may be damaged"),
        ("raise ImportError('no')", "f/a.bib: can't be read (ImportError: no)"),
    ],
)
def test_a_reader_that_fails_costs_its_file_alone(tmp_path: Path, code: str, why: str) -> None:
    site = installed(tmp_path / "site", "bad", "bib = bad_reader:read")
    (site / "bad_reader.py").write_text(code)
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "a.bib").write_text(BIB, encoding="utf-8")
    (tmp_path / "f" / "b.txt").write_text("باران", encoding="utf-8")
    _, out, err = jooya("index", "f", cwd=tmp_path, packages=[site])
    assert (out, err) == ("new 1, updated 0, unchanged 0, removed 0, skipped 1\n", f"skipped {why}\n")
