"""Mutants of a module: its functions with one small fault each, such as `<` in the place of `<=`."""

import ast
import copy
from collections.abc import Collection, Iterator
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.FloorDiv: ast.Mult, ast.Div: ast.Mult, ast.Mod: ast.Mult,
    ast.LShift: ast.RShift, ast.RShift: ast.LShift, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitOr,
}  # fmt: skip

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Mutant(NamedTuple):
    """A module with a fault.

    Attributes:
        number: The place of the mutant among those of the module.
        line: The line at which the statement that has the fault begins.
        last: The last line of this statement, without the statements within it.
        function: The name of the function that stands outermost, by which its code is found; methods have their class.
        first: The line at which the code of this function begins.
        before: The statement as it was.
        after: The statement with the fault.
    """

    number: int
    line: int
    last: int
    function: str
    first: int
    before: str
    after: str


def mutants(path: Path) -> list[Mutant]:
    """Return the mutants of a module: one fault in each."""
    return [mutant for mutant, _tree in _planted(path)]


def compiled(path: Path, numbers: Collection[int]) -> dict[int, CodeType]:
    """Return the code of a module with each of some faults, by the numbers of the mutants."""
    return {
        mutant.number: compile(ast.fix_missing_locations(tree), str(path), "exec")
        for mutant, tree in _planted(path)
        if mutant.number in numbers
    }


def _planted(path: Path) -> Iterator[tuple[Mutant, ast.Module]]:
    """Yield the mutants of a module, each with the tree that has its fault until the next is asked for."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    number = 0
    for name, function in _functions(tree, ""):
        first = min([function.lineno, *(each.lineno for each in function.decorator_list)])
        for statement in _statements(function):
            before = _shown(statement)
            for node in _own_nodes(statement):
                for change in _changes(node):
                    saved = copy.copy(node.__dict__)
                    node.__dict__.update(change)
                    after = _shown(statement)
                    if after != before:
                        yield Mutant(number, statement.lineno, _last(statement), name, first, before, after), tree
                        number += 1
                    node.__dict__.clear()
                    node.__dict__.update(saved)


def _last(statement: ast.stmt) -> int:
    """Return the last line of a statement, without the statements within it."""
    within = getattr(statement, "body", None) or getattr(statement, "cases", None)
    if not isinstance(within, list):
        return statement.end_lineno or statement.lineno
    first = within[0].pattern.lineno if isinstance(within[0], ast.match_case) else within[0].lineno
    return max(statement.lineno, first - 1)


def _functions(parent: ast.Module | ast.ClassDef, prefix: str) -> Iterator[tuple[str, Function]]:
    """Yield the functions of a module and the methods of its classes, which others may stand within, by name."""
    for node in parent.body:
        if isinstance(node, Function):
            yield prefix + node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node, f"{prefix}{node.name}.")


def _statements(function: Function) -> Iterator[ast.stmt]:
    """Yield the statements within a function, without definitions, documentation and what raises errors."""
    for node in ast.walk(function):
        if not isinstance(node, ast.stmt) or isinstance(node, Function | ast.ClassDef | ast.Raise | ast.Assert):
            continue
        if isinstance(node, ast.Import | ast.ImportFrom | ast.Pass | ast.Global | ast.Nonlocal | ast.Try | ast.With):
            continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        yield node


def _own_nodes(statement: ast.stmt) -> Iterator[ast.AST]:
    """Yield a statement and the expressions that belong to it, but not the statements within it."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.JoinedStr):  # the words of messages
            continue
        if (
            isinstance(node, ast.keyword) and node.arg == "strict"
        ):  # that `zip` sees what must hold, as an assertion does
            continue
        for name, value in ast.iter_fields(node):
            if name == "annotation":
                continue
            children = value if isinstance(value, list) else [value]
            waiting += [child for child in children if isinstance(child, ast.AST) and not isinstance(child, ast.stmt)]


def _changes(node: ast.AST) -> Iterator[dict[str, Any]]:
    """Yield what changes a node: attributes with other values."""
    match node:
        case ast.Compare(ops=ops):
            for place, compared in enumerate(ops):
                yield {"ops": [*ops[:place], _COMPARED[type(compared)](), *ops[place + 1 :]]}
        case ast.BinOp(op=computed) | ast.AugAssign(op=computed) if type(computed) in _COMPUTED:
            yield {"op": _COMPUTED[type(computed)]()}
        case ast.BoolOp(op=joined, values=values):
            yield {"op": ast.Or() if isinstance(joined, ast.And) else ast.And()}
            # Without the last one: `a and a` stands for `a`, since there are two at least.
            yield {"values": [*values[:-1], values[-2]]}
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield {"operand": ast.UnaryOp(ast.Not(), operand)}
        case ast.UnaryOp(op=ast.USub()):
            yield {"op": ast.UAdd()}
        case ast.Constant(value=constant):
            if isinstance(constant, bool):
                yield {"value": not constant}
            elif isinstance(constant, int):
                yield {"value": constant + 1}
            elif isinstance(constant, str) and constant:
                yield {"value": f"{constant}XX"}
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test) if not isinstance(test, ast.Compare):
            yield {"test": ast.UnaryOp(ast.Not(), test)}
        case ast.comprehension(ifs=[_, *_]):
            yield {"ifs": []}
        case ast.Return(value=ast.AST() as returned) if not _is_none(returned):
            yield {"value": ast.Constant(None)}
        case ast.Expr(value=ast.Call()):
            yield {"value": ast.Constant(...)}
        case ast.Slice(lower=ast.AST()):
            yield {"lower": None}


def _is_none(value: ast.AST) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _shown(statement: ast.stmt) -> str:
    """Return a statement in one line, without the statements within it."""
    shallow = copy.copy(statement)
    for name in ("body", "orelse", "finalbody", "handlers", "cases"):
        if isinstance(getattr(shallow, name, None), list):
            setattr(shallow, name, [ast.Expr(ast.Constant(...))] if name == "body" else [])
    return " ".join(ast.unparse(ast.fix_missing_locations(copy.deepcopy(shallow))).split())
