"""Recording the calls of the compiled core, and changing what they were given.

`Recorder` stands in for the module: what uses it works as before, and each function, constructor and method keeps some
of the arguments that it got. `changed` makes something like them that nobody would pass, so that one call after another
looks for a place where the core trusts its arguments.
"""

import ast
from collections.abc import Callable
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

STUB = Path(__file__).parents[2] / "core" / "_compiled.pyi"

KEPT = 24
"""Calls that are kept of each function; after so many, one takes the place of another now and then."""

MOST_BEFORE = 6
"""Calls of methods before a call that are kept with it."""

NUMBERS = (
    0,
    1,
    -1,
    2,
    3,
    7,
    63,
    64,
    255,
    256,
    65_535,
    65_536,
    2**31 - 1,
    -(2**31),
    2**32 - 1,
    2**40,
    2**63 - 1,
    -(2**63),
)
TEXTS = ("", "\u200c", "\u0647\u200c", "\x00", "\ud800", "\U0001f600", "آب" * 300, "ي\u0654", "a" * 70)


class Call(NamedTuple):
    """A call of the core.

    Attributes:
        name: The function, or CLASS.METHOD.
        maker: The call of the class that made the object, whose method this is; None for functions and classes.
        before: The calls of methods that change the object, which came before.
        arguments: What it was given.
        keywords: What it was given by name.
    """

    name: str
    maker: "Call | None"
    before: tuple["Call", ...]
    arguments: tuple[Any, ...]
    keywords: dict[str, Any]


class Made(NamedTuple):
    """Stands for an object of a class of the core in the arguments of a call."""

    maker: Call
    before: tuple[Call, ...]


class Recorder(ModuleType):
    """The module of the core, which keeps calls of it by name in `calls`."""

    def __init__(self, real: ModuleType, random: Random) -> None:
        super().__init__(real.__name__)
        self.calls: dict[str, list[Call]] = {}
        self._real = real
        self._seen: dict[str, int] = {}
        self._random = random
        for name, methods in public_names().items():
            what = getattr(real, name)
            setattr(
                self, name, self._class(name, what, methods) if isinstance(what, type) else self._function(name, what)
            )

    def __getattr__(self, name: str) -> Any:
        """Return what is not recorded."""
        return getattr(self._real, name)

    def keep(self, call: Call) -> None:
        """Keep a call, perhaps in place of another."""
        kept = self.calls.setdefault(call.name, [])
        self._seen[call.name] = seen = self._seen.get(call.name, 0) + 1
        if len(kept) < KEPT:
            kept.append(call)
        elif self._random.randrange(seen) < KEPT:
            kept[self._random.randrange(KEPT)] = call

    def _function(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def recorded(*arguments: Any, **keywords: Any) -> Any:
            self.keep(Call(name, None, (), copied(arguments), copied(keywords)))
            return function(*arguments, **keywords)

        return recorded

    def _class(self, name: str, base: type, methods: list[str]) -> type:
        """Return a subclass that remembers how each object was made, and what was done with it."""
        recorder = self
        base_initialize = vars(base).get("__init__", object.__init__)

        def initialize(self: Any, *arguments: Any, **keywords: Any) -> None:
            self.maker = Call(name, None, (), copied(arguments), copied(keywords))
            self.before = ()
            recorder.keep(self.maker)
            if base_initialize is not object.__init__:  # else `__cinit__` has got the arguments already
                base_initialize(self, *arguments, **keywords)

        def method(own: str, function: Callable[..., Any]) -> Callable[..., Any]:
            def recorded(self: Any, *arguments: Any, **keywords: Any) -> Any:
                call = Call(f"{name}.{own}", self.maker, self.before, copied(arguments), copied(keywords))
                recorder.keep(call)
                self.before = (*self.before[-MOST_BEFORE:], call)
                return function(self, *arguments, **keywords)

            return recorded

        recorded = {own: method(own, getattr(base, own)) for own in methods}
        return type(name, (base,), {"__init__": initialize, **recorded})


def public_names() -> dict[str, list[str]]:
    """Return the functions and classes that the core has for others, by its stub; those of a class with its methods."""
    found: dict[str, list[str]] = {}
    for node in ast.parse(STUB.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = []
        elif isinstance(node, ast.ClassDef) and "__init__" in _functions(node):
            found[node.name] = [name for name in _functions(node) if not name.startswith("_")]
    return found


def made_by_the_core() -> dict[str, list[str]]:
    """Return the classes whose objects the core alone makes, with those of their methods that take no arguments."""
    classes = [node for node in ast.parse(STUB.read_text(encoding="utf-8")).body if isinstance(node, ast.ClassDef)]
    return {
        node.name: [name for name, each in _functions(node).items() if len(each.args.args) == 1]
        for node in classes
        if "__init__" not in _functions(node)
    }


def _functions(node: ast.ClassDef) -> dict[str, ast.FunctionDef]:
    return {each.name: each for each in node.body if isinstance(each, ast.FunctionDef) and not each.decorator_list}


def copied(value: Any) -> Any:
    """Return a copy of arguments, in which objects of the core are replaced by how they were made."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, dict):
        return {name: copied(each) for name, each in value.items()}
    if isinstance(value, list | tuple) and type(value) in (list, tuple):
        return type(value)(map(copied, value))
    return Made(value.maker, value.before) if hasattr(value, "maker") else value


class Changer:
    """Changes arguments.

    Args:
        real: The module of the core.
        random: Decides what is changed.
        rate: The share of values that are changed.
    """

    def __init__(self, real: ModuleType, random: Random, rate: float) -> None:
        self._real = real
        self._random = random
        self._rate = rate

    def run(self, call: Call) -> Any:
        """Make a call with changed arguments, and return what it returns."""
        target: Any = self._real
        if call.maker is not None:
            target = self._made(Made(call.maker, call.before))
        function = getattr(target, call.name.rpartition(".")[2])
        return function(*map(self.changed, call.arguments), **{k: self.changed(v) for k, v in call.keywords.items()})

    def _made(self, made: Made) -> Any:
        target = self.run(made.maker)
        for call in made.before:
            function = getattr(target, call.name.rpartition(".")[2])
            function(*map(self.changed, call.arguments), **{k: self.changed(v) for k, v in call.keywords.items()})
        return target

    def changed(self, value: Any) -> Any:
        """Return a value or something like it."""
        random = self._random
        change = random.random() < self._rate
        if isinstance(value, Made):
            return self._made(value)
        if isinstance(value, np.ndarray):
            return self._changed_array(value) if change else value.copy()
        if isinstance(value, bool):
            return not value if change else value
        if isinstance(value, int):
            return random.choice([value + 1, value - 1, -value, *NUMBERS]) if change else value
        if isinstance(value, float):
            return random.choice([-value, 0.0, float("nan"), float("inf"), -float("inf"), 5e-324]) if change else value
        if isinstance(value, str):
            return self._changed_text(value) if change else value
        if isinstance(value, bytes):
            return self._changed_array(np.frombuffer(value, np.uint8)).tobytes() if change else value
        if type(value) in (list, tuple):
            return type(value)(self._changed_list(list(map(self.changed, value)), change))
        if isinstance(value, dict):
            return {key: self.changed(each) for key, each in value.items()}
        if callable(value) and not isinstance(value, type):
            return lambda *arguments: self.changed(value(*arguments))
        return None if change and random.random() < 0.1 else value

    def _changed_array(self, array: Any) -> Any:
        random = self._random
        array = array.copy()
        match random.randrange(5):
            case 0:  # fewer values
                return array[: random.randrange(len(array) + 1)].copy()
            case 1:  # more
                return np.concatenate([array, array[: random.randrange(len(array) + 1)], np.zeros(1, array.dtype)])
            case 2 if len(array):  # in another order
                return array[np.array(random.choices(range(len(array)), k=len(array)))]
        for _ in range(random.choice([1, 1, 2, 8]) if len(array) else 0):
            place = random.randrange(len(array))
            chosen = random.choice([*NUMBERS, int(array[random.randrange(len(array))]), len(array), len(array) - 1])
            array[place] = np.array([chosen & (2**64 - 1)], np.uint64).astype(array.dtype)[0]
        return array

    def _changed_text(self, text: str) -> str:
        random = self._random
        place = random.randrange(len(text) + 1)
        return random.choice([text[:place], text[:place] + random.choice(TEXTS) + text[place:], random.choice(TEXTS)])

    def _changed_list(self, values: list[Any], change: bool) -> list[Any]:
        if change and values and self._random.random() < 0.3:
            values.pop(self._random.randrange(len(values)))
        elif change and values and self._random.random() < 0.3:
            values.insert(self._random.randrange(len(values)), self._random.choice(values))
        return values
