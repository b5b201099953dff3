"""Types of option values. Their messages say what to type."""

from gettext import gettext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..options import SORTS
from ..places import is_address

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

# From click 8.4 on, ParamType is generic; before, it cannot be subscripted.


class WholeNumber(click.ParamType):  # type: ignore[type-arg]
    """A whole number of at least `least` and, if given, at most `most`."""

    name = "number"

    def __init__(self, least: int, most: int | None = None) -> None:
        self.least = least
        self.most = most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number that was typed, in digits of any script, or given in `jooya.toml`."""
        try:
            if isinstance(value, bool | float):
                raise ValueError
            number = int(value)
            if number < self.least or (self.most is not None and number > self.most):
                raise ValueError
        except (TypeError, ValueError):
            if self.most is None:
                message = gettext("{value!r} is not a whole number of {least} or more.")
            else:
                message = gettext("{value!r} is not a whole number from {least} to {most}.")
            self.fail(message.format(value=value, least=self.least, most=self.most), param, ctx)
        return number


class IndexPlace(click.Path):
    """The folder of an index, or the address of one on OpenSearch."""

    name = "place"

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path of a folder, or an address as it was typed."""
        return value if is_address(value) else super().convert(value, param, ctx)


class Seconds(click.ParamType):  # type: ignore[type-arg]
    """A number of seconds, 0 or more."""

    name = "seconds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number that was typed, or given in `jooya.toml`."""
        try:
            number = float(value)
            if isinstance(value, bool) or not number >= 0:
                raise ValueError
        except (TypeError, ValueError):
            message = gettext("{value!r} is not a number of seconds, 0 or more.")
            self.fail(message.format(value=value), param, ctx)
        return number


class SortName(click.ParamType):  # type: ignore[type-arg]
    """An order that every index has, or the name of a declared field, which is known when the index is open."""

    name = "order"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name that was typed, or given in `jooya.toml`."""
        if not isinstance(value, str) or not value:
            self.fail(f"{value!r} is neither {', '.join(SORTS)} nor the name of a declared field.", param, ctx)
        return value

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> "list[CompletionItem]":
        """Return the orders that every index has."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - only shells wait for it

        return [CompletionItem(name) for name in SORTS if name.startswith(incomplete)]
