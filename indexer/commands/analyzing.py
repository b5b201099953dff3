"""analyze: what becomes of a text."""

import json
import sys
from collections.abc import Iterable, Iterator

import click

from ...analyzers import analysis
from . import presentation
from .common import decoded_lines, print_lines


@click.command()
@click.option("--json", "as_json", is_flag=True, help="A JSON object for each text.")
@click.argument("texts", nargs=-1, required=True, metavar="TEXT...")
def analyze(texts: tuple[str, ...], as_json: bool) -> None:
    """Show what the analyzer makes of each TEXT; `-` reads them from stdin, one a line."""
    print_lines(_analyzed(texts, as_json))


def _analyzed(texts: Iterable[str], as_json: bool) -> Iterator[str]:
    for argument in texts:
        for text in decoded_lines(sys.stdin.buffer, "stdin") if argument == "-" else [argument]:
            tokens = analysis().tokens(text)
            if as_json:
                answer = {"text": text, "tokens": [presentation.token_dict(token) for token in tokens]}
                yield json.dumps(answer, ensure_ascii=False)
            else:
                yield from (presentation.token_text(token, text) for token in tokens)
