"""Every import between the project's modules is a path that can be followed, and none of them form a cycle."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("jooya", "analyzers", "indexer")
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def imports(tree: ast.AST) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    """Yield the imports of a module, each with True if only type checkers see it."""
    waiting = [(tree, False)]
    while waiting:
        node, typing = waiting.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node, typing
        waiting += [(child, typing or is_type_checking(node)) for child in ast.iter_child_nodes(node)]


def targets(path: Path, node: ast.ImportFrom) -> Iterator[tuple[Path, str]]:
    """Yield the file that each name of a relative import comes from, found by walking as the dots say."""
    folder = path.parent
    for _ in range(node.level - 1):
        folder = folder.parent
    for part in node.module.split(".") if node.module else []:
        folder /= part
    for alias in node.names:
        modules = (folder.with_suffix(".py"), folder.with_suffix(".pyi"), folder / f"{alias.name}.py")
        choices = (*modules, folder / alias.name / "__init__.py")
        yield next((choice for choice in choices if choice.is_file()), folder / "__init__.py"), alias.name


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_import_of_the_project_resolves_by_path(path: Path) -> None:
    for node, _ in imports(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            assert not any(alias.name.split(".")[0] in PACKAGES for alias in node.names), ast.unparse(node)
        elif node.level == 0:
            assert node.module and node.module.split(".")[0] not in PACKAGES, ast.unparse(node)
        else:
            for target, name in targets(path, node):
                assert target.is_file(), f"{ast.unparse(node)}: there is no {target}"
                known = name in defined(target) or name in (target.stem, target.parent.name)
                assert known, f"{ast.unparse(node)}: {target} does not define {name}"


def defined(path: Path) -> set[str]:
    """Return the names that a module defines or imports at its top level."""
    names = {"__doc__"}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in node.names}
    return names


def test_there_are_no_import_cycles() -> None:
    graph: dict[Path, set[Path]] = {}
    for path in FILES:
        found = graph.setdefault(path.resolve(), set())
        for node, typing in imports(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level and not typing:
                found |= {target.resolve() for target, _ in targets(path, node)} - {path.resolve()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail("import cycle: " + " → ".join(str(path.relative_to(ROOT)) for path in error.args[1]))


def test_no_two_modules_have_one_name() -> None:
    names = [path.stem for path in FILES if not path.stem.startswith("__")]
    assert sorted({name for name in names if names.count(name) > 1}) == []
