"""What the README shows is what happens."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from jooya.indexer.commands.cli import cli
from jooya.indexer.commands.searching import search

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_command_is_in_the_readme() -> None:
    assert [name for name in cli.commands if f"jooya {name}" not in README] == []


def test_the_help_tells_the_same_of_the_query_language_as_the_readme() -> None:
    table = README.partition("## Queries")[2].partition("\n\nPersian punctuation")[0]
    forms = [form for row in table.splitlines()[4:] for form in re.findall(r"`([^`]+)`", row.split("|")[1])]
    assert len(forms) == 15
    assert [form for form in forms if form.split()[0] not in (search.epilog or "")] == []


def test_the_examples_print_what_is_shown(tmp_path: Path) -> None:
    examples = [
        (command, shown.strip())
        for block in re.findall(r"^```\n(\$ jooya .*?)^```", README, re.MULTILINE | re.DOTALL)
        for command, _, shown in (example.partition("\n") for example in re.split(r"^\$ ", block, flags=re.M)[1:])
    ]
    assert [command.split()[1] for command, _ in examples] == ["index", "search", "search", "suggest", "analyze"]
    for command, shown in examples:
        done = subprocess.run(
            [Path(sys.executable).parent / "jooya", *shlex.split(command)[1:]],
            cwd=ROOT,
            env=os.environ | {"JOOYA_INDEX": str(tmp_path / "index")},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        assert done.stdout.decode().strip() == shown


def test_the_python_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "speeches").mkdir()
    blocks = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        exec(block, {})
