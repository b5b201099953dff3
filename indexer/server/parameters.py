"""The parameters of the addresses of the API: how they are read from a query string, and how OpenAPI describes them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ..errors import BadArgument

Pair = tuple[str, str]
"""A name and a value of a query string."""

_WHOLE = re.compile(r"\d{1,9}")
_FLAGS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an address.

    Attributes:
        name: Its name in the query string, or in the path.
        description: What it is for.
        kind: `"text"`, `"count"` (a whole number), `"flag"`, or `"texts"`, which may be given several times.
        default: Its value if it is not given.
        required: True if it must be given.
        least: The least value of a count.
        most: The greatest value of a count, or the greatest number of texts.
        choices: The values that a text may have, if not any.
        place: `"path"` if it is a part of the path.
        example: A value for the description.
    """

    name: str
    description: str
    kind: Literal["text", "count", "flag", "texts"] = "text"
    default: Any = None
    required: bool = False
    least: int = 0
    most: int | None = None
    choices: tuple[str, ...] = ()
    place: Literal["query", "path"] = "query"
    example: str | tuple[str, ...] | None = None

    def schema(self) -> dict[str, Any]:
        """Return the JSON schema of the value."""
        match self.kind:
            case "count":
                found: dict[str, Any] = {"type": "integer", "minimum": self.least}
                if self.most is not None:
                    found["maximum"] = self.most
            case "flag":
                found = {"type": "boolean"}
            case "texts":
                found = {"type": "array", "items": {"type": "string"}}
                if self.most is not None:
                    found["maxItems"] = self.most
            case _:
                found = {"type": "string"}
                if self.choices:
                    found["enum"] = list(self.choices)
                if self.required:
                    found["minLength"] = 1
        if self.default not in (None, ()):
            found["default"] = self.default
        return found

    def value(self, given: Sequence[str]) -> Any:
        """Return the value that the texts of a query string are.

        Raises:
            BadArgument: They are no value of this parameter.
        """
        if self.kind == "texts":
            if self.most is not None and len(given) > self.most:
                raise self._bad(f"{len(given)} values", f"at most {self.most}", given)
            return tuple(given)
        if len(given) > 1:
            raise self._bad("several values", "one", given)
        text = given[0]
        match self.kind:
            case "count":
                wanted = f"of {self.least} or more" if self.most is None else f"from {self.least} to {self.most}"
                if not _WHOLE.fullmatch(text) or not self.least <= int(text) <= (self.most or int(text)):
                    raise self._bad(repr(text[:80]), f"a whole number {wanted}", text)
                return int(text)
            case "flag":
                if text not in _FLAGS:
                    raise self._bad(repr(text[:80]), "true or false", text)
                return _FLAGS[text]
        if self.choices and text not in self.choices:
            raise self._bad(repr(text[:80]), ", ".join(self.choices), text)
        return text

    def _bad(self, given: str, wanted: str, value: object) -> BadArgument:
        return BadArgument(f"{self.name} has {given}", f"give {wanted}", argument=self.name, value=value)


def read_parameters(parameters: Iterable[Parameter], pairs: Iterable[Pair]) -> dict[str, Any]:
    """Return the values of the parameters of an address.

    Args:
        parameters: The parameters.
        pairs: The query string.

    Raises:
        BadArgument: A parameter is unknown, missing, or has a wrong value.
    """
    known = {one.name: one for one in parameters if one.place == "query"}
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        if name not in known:
            raise BadArgument(
                f"there is no parameter {name[:80]!r}", f"there are {', '.join(known) or 'none'}", argument=name[:80]
            )
        given.setdefault(name, []).append(value)
    values = {}
    for name, one in known.items():
        if name in given:
            values[name] = one.value(given[name])
        elif one.required:
            raise BadArgument(f"{name} is missing", f"give {name}=…", argument=name)
        else:
            values[name] = one.default
    return values
