"""Tools for agents by the Model Context Protocol: over stdin and stdout, and at an address of the server."""

import json
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import quote, unquote

import anyio
from mcp import MCPError
from mcp.server import Server, ServerRequestContext
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from mcp.types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListResourcesResult,
    ListResourceTemplatesResult,
    ListToolsResult,
    PaginatedRequestParams,
    ReadResourceRequestParams,
    ReadResourceResult,
    ResourceTemplate,
    TextContent,
    TextResourceContents,
    Tool,
    ToolAnnotations,
)

from ..context import cited
from ..limits import deadline
from .endpoint import Served, found_passage
from .mcp_tools import INSTRUCTIONS, TOOLS, AgentTool
from .problems import problem_of
from .worker_threads import WorkerThreads

Context = ServerRequestContext[Any, Any]
Page = PaginatedRequestParams | None

SCHEME = "jooya://passage/"
"""The beginning of the address of a passage as a resource."""


def mcp_server(served: Served, threads: WorkerThreads) -> Server[Any]:
    """Return the server of the protocol for an index.

    Args:
        served: The index.
        threads: The threads that answer.
    """
    tools = {tool.name: tool for tool in TOOLS}

    async def list_tools(_context: Context, _page: Page) -> ListToolsResult:
        annotations = ToolAnnotations(read_only_hint=True, open_world_hint=False)
        return ListToolsResult(
            tools=[
                Tool(name=one.name, description=one.description, input_schema=one.schema(), annotations=annotations)
                for one in TOOLS
            ]
        )

    async def call_tool(_context: Context, asked: CallToolRequestParams) -> CallToolResult:
        tool = tools.get(asked.name)
        if tool is None:
            raise MCPError(INVALID_PARAMS, f"no tool {asked.name[:80]!r}: there are {', '.join(tools)}")
        try:
            found = await threads.run(partial(_answer, tool, served, asked.arguments or {}))
        except Exception as error:  # an agent can do something about it only if it is told
            problem = problem_of(error)
            text = f"{problem.detail}: {problem.fix}"
            return CallToolResult(content=[TextContent(type="text", text=text)], is_error=True)
        text = json.dumps(found, ensure_ascii=False)
        return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=found)

    async def list_templates(_context: Context, _page: Page) -> ListResourceTemplatesResult:
        template = ResourceTemplate(
            uri_template=SCHEME + "{id}",
            name="passage",
            description="A passage by its percent-encoded id, with its citation.",
            mime_type="text/plain",
        )
        return ListResourceTemplatesResult(resource_templates=[template])

    async def read_resource(_context: Context, asked: ReadResourceRequestParams) -> ReadResourceResult:
        uri = str(asked.uri)
        if not uri.startswith(SCHEME):
            raise MCPError(INVALID_PARAMS, f"no resource {uri[:80]!r}: there are {SCHEME}ID")
        try:
            hit = await threads.run(partial(found_passage, served, unquote(uri.removeprefix(SCHEME))))
        except Exception as error:
            problem = problem_of(error)
            raise MCPError(INVALID_PARAMS, f"{problem.detail}: {problem.fix}") from None
        text = f"{cited(hit)}\n\n{hit.text}"
        return ReadResourceResult(contents=[TextResourceContents(uri=uri, mime_type="text/plain", text=text)])

    async def list_resources(_context: Context, _page: Page) -> ListResourcesResult:
        return ListResourcesResult(resources=[])  # there are as many as passages: the template names them

    return Server(
        "jooya",
        version=sys.modules[__name__.partition(".")[0]].__version__,
        title="Jooya",
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_list_resource_templates=list_templates,
        on_read_resource=read_resource,
    )


def _answer(tool: AgentTool, served: Served, arguments: Mapping[str, Any]) -> dict[str, Any]:
    with deadline(served.settings.limits.seconds):
        return tool.answer(served, tool.values(arguments))


def resource_address(passage_id: str) -> str:
    """Return the address of a passage as a resource."""
    return SCHEME + quote(passage_id, safe="")


def session_manager(server: Server[Any]) -> StreamableHTTPSessionManager:
    """Return what answers requests over HTTP: each by itself, so that any process may answer the next one."""
    # The guard of the server has looked at the host and the origin already.
    security = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    return StreamableHTTPSessionManager(app=server, json_response=True, stateless=True, security_settings=security)


def serve_stdio(served: Served, on_ready: Callable[[], None]) -> None:
    """Answer over stdin and stdout until stdin ends.

    Args:
        served: The index.
        on_ready: A function that is called before the first answer.
    """

    async def run() -> None:
        server = mcp_server(served, WorkerThreads(served.settings.threads, served.settings.waiting))
        async with stdio_server() as (incoming, outgoing):
            on_ready()
            await server.run(incoming, outgoing, server.create_initialization_options())

    anyio.run(run)
