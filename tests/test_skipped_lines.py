"""The lines that name what was skipped."""

import json
from pathlib import Path

import pytest
from command import run

from jooya.indexer.commands.skipped_lines import skipped_lines


@pytest.mark.parametrize(
    ("reasons", "lines"),
    [
        ([], []),
        (["a.jpg: unknown format", "b.jpg: unknown format"], ["a.jpg: unknown format", "b.jpg: unknown format"]),
        (
            [f"{number}.JPG: unknown format" for number in range(1200)],
            ["1,200 × .jpg: unknown format (0.JPG, 1.JPG, …)"],
        ),
        (
            [f"x/{number}.{end}: {why}" for end in ("jpg", "exe") for why in ("a", "b") for number in range(4)],
            [f"4 × .{end}: {why} (x/0.{end}, x/1.{end}, …)" for end in ("jpg", "exe") for why in ("a", "b")],
        ),
        ([f"x.y/{name}: binary file" for name in "abcd"], ["4 × without an ending: binary file (x.y/a, x.y/b, …)"]),
        (
            [f"a.csv:{row}: no text" for row in range(9)],
            ["9 × .csv: no text (a.csv:0, a.csv:1, …)"],
        ),
        (["without a reason"], ["without a reason"]),
        (["a.pdf: one: two"], ["a.pdf: one: two"]),
    ],
)  # fmt: skip
def test_files_of_one_kind_share_a_line(reasons: list[str], lines: list[str]) -> None:
    assert skipped_lines(reasons) == lines


def test_pictures_in_a_folder(tmp_path: Path) -> None:
    for number in range(300):
        (tmp_path / f"{number}.jpg").write_bytes(b"x")
    (tmp_path / "a.txt").write_text("باران", encoding="utf-8")
    code, out, err = run("index", ".", cwd=tmp_path)
    assert (code, out) == (0, "new 1, updated 0, unchanged 0, removed 0, skipped 300\n")
    assert err == "skipped 300 × .jpg: unknown format (0.jpg, 1.jpg, …)\n"
    assert "skipped     300 × .jpg: unknown format" in run("status", cwd=tmp_path)[1]
    assert len(json.loads(run("status", "--json", cwd=tmp_path)[1])["skipped"]) == 300
