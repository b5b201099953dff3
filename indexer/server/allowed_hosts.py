"""The names and origins that a server answers to: a page of another server is not to reach it through a browser.

Such a page may even give its own name the address of this server (DNS rebinding), so names are checked first.
"""

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from .problems import Problem
from .server_settings import ServerSettings

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_ANY = ("0.0.0.0", "::", "")

Headers = Mapping[str, str]
"""The headers of a request; names are in small letters."""


def check_host(host: str | None, settings: ServerSettings) -> None:
    """Raise Problem unless a server answers to the name in a `Host` header."""
    name = _name(host or "")
    if name is None or not _is_known(name, settings):
        raise Problem(
            "other-host",
            f"the server does not answer to the name {(host or '')[:100]!r}",
            "whoever runs the server can allow the name (allow-host)",
        )


def check_origin(method: str, headers: Headers, settings: ServerSettings) -> None:
    """Raise Problem if a browser says that a request comes from a page of another server.

    A link to this server may be followed from anywhere.
    """
    origin = headers.get("origin")
    if origin in settings.origins:
        return
    is_link = headers.get("sec-fetch-mode") == "navigate" and method in ("GET", "HEAD")
    is_foreign = headers.get("sec-fetch-site") in ("cross-site", "same-site") and not is_link
    if is_foreign or (origin is not None and not _is_own(origin, headers.get("host", ""))):
        raise Problem(
            "other-origin",
            "the request comes from a page of another server",
            "whoever runs the server can allow the page (allow-origin)",
        )


def _name(host: str) -> str | None:
    """Return the name or address in a `Host` header, without its port; None if there is none."""
    try:
        parts = urlsplit(f"//{host}")
        parts.port  # noqa: B018 - reading it checks it
    except ValueError:
        return None
    return None if parts.username or parts.path or parts.query or parts.fragment else parts.hostname


def _is_known(name: str, settings: ServerSettings) -> bool:
    own = settings.host.strip("[]").lower()
    if name == own or name in [host.lower() for host in settings.hosts]:
        return True
    if settings.is_loopback or own in _ANY:
        # A page can give its own name another address, but not a name that is an address.
        return name in _LOOPBACK or (own in _ANY and _is_address(name))
    return False


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_own(origin: str, host: str) -> bool:
    parts = urlsplit(origin)
    return parts.scheme in ("http", "https") and parts.netloc.lower() == host.lower()
