"""Commands whose arguments are words of a query, some of which begin with a dash."""

import re
from gettext import gettext
from typing import Any

import click

_LONG = re.compile(r"--[^\W\d_][^\s=]*(?:=.*)?", re.DOTALL)
_HIDDEN = "\0"  # no argument of a command can have this character


class QueryCommand(click.Command):
    """A command that takes words with one dash for words to leave out, and refuses long options that it does not have.

    What follows `--` is a part of the query, whatever it looks like.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Create the command; the arguments are those of click."""
        super().__init__(*args, **kwargs)
        self.ignore_unknown_options = True

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the command line.

        Raises:
            click.UsageError: A word with two dashes is no option of the command.
        """
        end = args.index("--") if "--" in args else len(args)
        flags = {name for option in self._flags() for name in option.opts if len(name) == 2}
        shown = [_HIDDEN + word if word[:2] in flags and self._is_word(word) else word for word in args[:end]]
        rest = super().parse_args(ctx, shown + args[end:])
        for parameter in self.params:
            if isinstance(parameter, click.Argument) and parameter.nargs == -1:
                words = ctx.params[parameter.name or ""] or ()
                before = len(words) - len(args[end + 1 :])
                for word in words[:before]:
                    if _LONG.fullmatch(word) and not ctx.resilient_parsing:
                        raise self._unknown(word, ctx)
                ctx.params[parameter.name or ""] = tuple(word.removeprefix(_HIDDEN) for word in words)
        return rest

    def _flags(self) -> list[click.Option]:
        return [option for option in self.params if isinstance(option, click.Option) and option.is_flag]

    def _is_word(self, word: str) -> bool:
        """Return True if `word`, such as -linux, is no group of flags of one letter, such as -lq."""
        letters = {name[1:] for option in self._flags() for name in option.opts if len(name) == 2}
        return len(word) > 2 and not set(word[1:]) <= letters

    def _unknown(self, word: str, ctx: click.Context) -> click.UsageError:
        """Return the error for an option that the command does not have."""
        import difflib  # noqa: PLC0415 - only who mistypes an option waits for it

        name = word.partition("=")[0]
        known = [option for parameter in self.params for option in parameter.opts if option.startswith("--")]
        close = difflib.get_close_matches(name, known, n=1, cutoff=0.7)
        if not name.isascii():
            message = gettext("no option {name}: to leave out a word, write it with one dash")
        elif close:
            message = gettext("no option {name}: did you mean {close}?")
        else:
            message = gettext("no option {name}")
        return click.UsageError(message.format(name=name, close=close[0] if close else None), ctx)
