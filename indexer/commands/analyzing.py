"""The command analyze, which shows how the analyzer reads a text."""

import sys
from collections.abc import Iterable, Iterator

import click

from ...analyzers import analysis
from .json_output import json_line, token_dict
from .line_io import decoded_lines, print_lines
from .output_options import json_option
from .text_output import token_text


@click.command(short_help="Show how the analyzer reads a text.")
@json_option("Print a JSON object for each text.")
@click.argument("texts", nargs=-1, required=True, metavar="TEXT...")
def analyze(texts: tuple[str, ...], as_json: bool) -> None:
    """Show how the analyzer reads each TEXT: its words, their stems, and the reason for each stem.

    Use this to find out why a query finds a passage, or does not. `-` reads texts from standard input, one on each
    line.
    """
    print_lines(_analyzed(texts, as_json))


def _analyzed(texts: Iterable[str], as_json: bool) -> Iterator[str]:
    for argument in texts:
        for text in decoded_lines(sys.stdin.buffer, "stdin") if argument == "-" else [argument]:
            tokens = analysis().tokens(text)
            if as_json:
                yield json_line({"text": text, "tokens": [token_dict(token) for token in tokens]})
            else:
                yield from (token_text(token, text) for token in tokens)
