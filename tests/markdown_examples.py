"""The examples in Markdown pages: finding them, and running them in order, as a reader of the page would.

The `console` blocks of a page have commands after `$ `, each followed by what it prints; a line `…` stands for any
lines. The `python` blocks share one namespace; a `text` block right after one has what it prints. A comment
`<!-- setup: COMMAND -->` runs a command that the page takes for granted. A comment `<!-- needs: PACKAGE -->` says that
the next block runs only where a package is installed. Blocks of other languages do not run.
"""

import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "README.fa.md", *sorted((ROOT / "docs").glob("*.md"))]

_BLOCK = re.compile(
    r"^<!-- (?P<comment>setup|needs): (?P<what>.+?) -->$|"
    r"^(?P<indent> *)```(?P<language>\w*)[^\n]*\n(?P<body>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)


class Block(NamedTuple):
    """A block of a page.

    Attributes:
        language: The language of the block; `setup` for a command that the page takes for granted, `needs` for a
            package that the next block needs.
        body: Its content.
        line: The number of the line at which it begins, from 1.
    """

    language: str
    body: str
    line: int


def blocks(page: Path) -> list[Block]:
    """Return the blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    found = []
    for match in _BLOCK.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        if match["comment"]:
            found.append(Block(match["comment"], match["what"], line))
        else:
            body = re.sub(rf"^{match['indent']}", "", match["body"], flags=re.MULTILINE)
            found.append(Block(match["language"], body, line))
    return found


def commands(block: Block) -> Iterator[tuple[str, str]]:
    """Yield the commands of a `console` block, each with the output that is shown."""
    for example in re.split(r"^\$ ", block.body, flags=re.MULTILINE)[1:]:
        command, _, shown = re.sub(r"\\\n", "", example).partition("\n")
        yield command, shown.strip("\n")


def prepare(page: Path, folder: Path) -> Path:
    """Copy the data that the examples use to `folder`, and return the folder in which the page's examples run."""
    shutil.copytree(ROOT / "examples" / "data", folder / "examples" / "data")
    shutil.copytree(ROOT / "indexer" / "samples", folder / "indexer" / "samples")
    return folder if page.parent == ROOT else folder / "examples" / "data"


def run(page: Path, folder: Path, replace: tuple[str, str] = ("", "")) -> int:
    """Run the examples of a page.

    Args:
        page: The page.
        folder: The folder in which they run.
        replace: A text in the examples, and what stands for it in the runs, such as an address.

    Returns:
        How many examples there were.

    Raises:
        AssertionError: An output is not as it is shown.
    """
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    environment = {name: value for name, value in environment.items() if not name.startswith("JOOYA_")}
    namespace: dict[str, Any] = {"__name__": "__main__"}
    count = 0
    done = [block._replace(body=block.body.replace(*replace)) for block in blocks(page)]
    for number, block in enumerate(done):
        where = f"{page.name}:{block.line}"
        if block.language == "setup":
            subprocess.run(["bash", "-c", block.body], cwd=folder, env=environment, check=True, capture_output=True)
        elif block.language == "console":
            for command, shown in commands(block):
                ran = subprocess.run(
                    ["bash", "-c", command],
                    cwd=folder,
                    env=environment,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    check=False,
                    timeout=60,
                )
                _compare(f"{where}: $ {command}", shown, ran.stdout.decode().strip("\n"))
                count += 1
        elif block.language == "python" and not _misses_package(done, number):
            following = done[number + 1] if number + 1 < len(done) else None
            expected = following.body.strip("\n") if following and following.language == "text" else None
            printed = _execute(block, folder, namespace, where)
            if expected is not None:
                _compare(where, expected, printed.strip("\n"))
            count += 1
    return count


def _misses_package(all_blocks: list[Block], number: int) -> bool:
    """Return True if a block needs a package that is not installed."""
    before = all_blocks[number - 1] if number else None
    return before is not None and before.language == "needs" and find_spec(before.body) is None


def _execute(block: Block, folder: Path, namespace: dict[str, Any], where: str) -> str:
    with contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(block.body, where, "exec"), namespace)
    return printed.getvalue()


def _compare(where: str, shown: str, printed: str) -> None:
    """Raise AssertionError if what was printed is not what is shown, white space at the ends of lines aside."""
    shown, printed = (re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE) for text in (shown, printed))
    pattern = "".join(r"(?:.*\n)*?" if line == "…" else re.escape(line) + "\n" for line in shown.split("\n"))
    assert re.fullmatch(pattern, printed + "\n"), f"{where}\n--- shown\n{shown}\n--- printed\n{printed}"
