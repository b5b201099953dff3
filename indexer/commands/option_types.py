"""Types of option values whose messages say what to type."""

from typing import Any

import click


class WholeNumber(click.IntRange):
    """A whole number of at least `min` and, if given, at most `max`."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number that was typed, in digits of any script, or given in `jooya.toml`."""
        try:
            if isinstance(value, bool | float):
                raise ValueError
            number = int(value)
        except (TypeError, ValueError):
            self.fail(f"{value!r} is not a whole number {self._range()}.", param, ctx)
        if number < (self.min or 0) or (self.max is not None and number > self.max):
            self.fail(f"{number} is not a whole number {self._range()}.", param, ctx)
        return number

    def _range(self) -> str:
        return f"of {self.min:g} or more" if self.max is None else f"from {self.min:g} to {self.max:g}"


class Seconds(click.FloatRange):
    """A number of seconds, 0 or more."""

    def __init__(self) -> None:
        super().__init__(0)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number that was typed, or given in `jooya.toml`."""
        try:
            number = -1.0 if isinstance(value, bool) else float(value)
        except (TypeError, ValueError):
            number = -1.0
        if not number >= 0:
            self.fail(f"{value!r} is not a number of seconds of 0 or more.", param, ctx)
        return number
