"""The command mcp."""

from importlib.util import find_spec
from pathlib import Path

import click

from ..any_index import open as open_index
from ..errors import MissingPackage
from .line_io import say
from .shared_options import index_key, index_option, limits_of, limits_option, timeout_option


@click.command(short_help="Give agents tools to search with (MCP).")
@index_option
@timeout_option
@limits_option
def mcp(folder: Path | str, timeout: float, limits: tuple[str, ...]) -> None:
    """Answer an agent over stdin and stdout by the Model Context Protocol, until stdin ends.

    Agents start this command themselves: give it to them as the command of a server. `jooya serve --mcp` has the same
    tools at /mcp.
    """
    check_mcp()
    from ..server.endpoint import Served  # noqa: PLC0415 - no other command waits for it
    from ..server.mcp_server import serve_stdio  # noqa: PLC0415
    from ..server.server_settings import ServerSettings  # noqa: PLC0415

    with open_index(folder, key=index_key()) as opened:
        served = Served(opened, ServerSettings(limits=limits_of(timeout, limits)))
        serve_stdio(served, lambda: say(f"serving {folder} over stdin and stdout"))


def check_mcp() -> None:
    """Raise MissingPackage unless the packages for agents are installed."""
    if find_spec("mcp") is None:
        raise MissingPackage("tools for agents need mcp", "pip install 'jooya[mcp]'")
