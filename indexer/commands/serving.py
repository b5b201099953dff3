"""The command serve."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from ..any_index import open as open_index
from ..defaults import (
    BODY_SIZE,
    MOST_REQUESTS,
    PATIENCE,
    SERVER_HOST,
    SERVER_PORT,
    SERVER_PROCESSES,
    SERVER_THREADS,
    WAITING_REQUESTS,
)
from ..errors import BadArgument, MissingPackage
from .agents import check_mcp
from .line_io import say
from .option_types import Seconds
from .shared_options import index_key, index_option, limits_of, limits_option, number_option, timeout_option

_FIXES = {
    "host": "give a token (--token), or say that anyone may read it (--public-read)",
    "writable": "give a token (--token)",
    "metrics": "leave out --metrics, or --processes",
}
"""What to do about a setting, in options of the command."""


@click.command(short_help="Serve a page to search with, and an API for programs.")
@index_option
@click.option(
    "--host",
    default=SERVER_HOST,
    show_default=True,
    metavar="ADDRESS",
    help="Listen on this address. Others than those of this machine need --token or --public-read.",
)
@number_option(
    "--port",
    least=0,
    most=65_535,
    default=SERVER_PORT,
    metavar=None,
    what="Listen on this port, or on a free one (0).",
)
@click.option(
    "--token",
    envvar="JOOYA_TOKEN",
    show_envvar=True,
    metavar="SECRET",
    help="Answer only requests with this secret. In the environment, other users of the machine do not see it.",
)
@click.option("--public-read", is_flag=True, help="Let anyone who reaches the server read; writing needs the token.")
@click.option("--writable", is_flag=True, help="Let those who have the token put and delete documents.")
@click.option(
    "--allow-host",
    "hosts",
    multiple=True,
    metavar="NAME",
    help="Answer to this name, too, such as that of a proxy before the server. Give it again for more.",
)
@click.option(
    "--allow-origin",
    "origins",
    multiple=True,
    metavar="ORIGIN",
    help="Let pages of this origin (https://example.org) call the API. Give it again for more.",
)
@click.option(
    "--sources",
    multiple=True,
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Hand out the files in DIR that documents were read from, to open a PDF at its page. Give it again for more.",
)
@click.option("--mcp", is_flag=True, help="Give agents tools to search with at /mcp.")
@click.option("--metrics", is_flag=True, help="Serve /metrics for Prometheus.")
@timeout_option
@limits_option
@number_option(
    "--memory",
    default=None,
    metavar="MB",
    what="Keep this many megabytes of the index in memory from one query to the next. "
    "The default grows with the index.",
)
@number_option("--max-body", "body", default=BODY_SIZE, metavar="MB", what="Refuse larger bodies.")
@number_option("--threads", most=1_000, default=SERVER_THREADS, what="Answer N requests at a time in each process.")
@number_option("--processes", most=1_000, default=SERVER_PROCESSES, what="Answer with N processes, such as one a core.")
@number_option(
    "--waiting",
    least=0,
    most=100_000,
    default=WAITING_REQUESTS,
    what="Let N requests wait for their turn; others are refused at once.",
)
@click.option(
    "--rate",
    type=Seconds(),
    metavar="N",
    help="Refuse more than N requests a second from one address; 0 refuses none.  "
    f"[default: 0 here, else {MOST_REQUESTS:g}]",
)
@click.option(
    "--patience",
    type=Seconds(),
    default=PATIENCE,
    metavar="SECONDS",
    help=f"End a connection whose client takes longer to send a request or to take an answer.  [default: {PATIENCE:g}]",
)
def serve(
    folder: Path | str,
    host: str,
    port: int,
    token: str | None,
    timeout: float,
    limits: tuple[str, ...],
    memory: int | None,
    body: int,
    **others: Any,  # settings of the server, by their names there
) -> None:
    """Serve the index: a page to search with in a browser, and an API for programs at /api.

    Whatever is indexed meanwhile is found at once. Stop the server with Ctrl+C.
    """
    for package in ("starlette", "uvicorn"):
        if find_spec(package) is None:
            raise MissingPackage(f"serving needs {package}", "pip install 'jooya[server]'")
    if others["mcp"]:
        check_mcp()
    from ..server.server_settings import ServerSettings  # noqa: PLC0415 - no other command waits for it

    try:
        settings = ServerSettings(
            host=host,
            port=port,
            token=token or None,
            body=body << 20,
            limits=limits_of(timeout, limits),
            **others,
        )
    except BadArgument as error:
        raise click.UsageError(f"{error.problem}: {_FIXES.get(error.argument, error.fix)}") from None
    with open_index(folder, memory=memory, key=index_key()) as opened:
        from ..server.serving_process import serve as run  # noqa: PLC0415

        try:
            run(opened, settings, lambda address: say(f"serving {folder} at {address} (Ctrl+C stops)"))
        except OSError as error:
            raise click.UsageError(
                f"can't listen on {host}, port {port} ({error.strerror or error}); choose another --host or --port"
            ) from None
