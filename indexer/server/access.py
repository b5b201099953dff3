"""The token: who may read, who may write, and the form in which a person gives it to a browser."""

import hashlib
import hmac
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from .allowed_hosts import Headers
from .problems import Problem
from .server_settings import ServerSettings

COOKIE = "jooya_access"

AGENTS = "/mcp"
"""The path at which agents have tools, all of which read, whatever the method is."""

OPEN = ("/health", "/ready", "/login")
"""The paths that need no token."""

_FORM = """<!doctype html>
<html lang="fa" dir="rtl">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>جویا</title>
<h1>جویا</h1>
<form method="post" action="/login">
<p><label>رمز این نمایه را بنویسید <span lang="en" dir="ltr">(token)</span>:
<input type="password" name="token" dir="ltr" required autofocus autocomplete="current-password"></label>
<button>ورود</button></p>
</form>
</html>
"""


def check_access(method: str, path: str, headers: Headers, settings: ServerSettings) -> None:
    """Raise Problem unless a request may read, or write, what it asks for.

    Writing needs the header: a cookie comes by itself, whoever made the browser send the request.
    """
    reads = method in ("GET", "HEAD", "OPTIONS") or path == AGENTS
    if not settings.token or path in OPEN or (reads and settings.public_read) or _has_token(headers, settings.token):
        return
    if reads and _has_cookie(headers, settings.token):
        return
    raise Problem(
        "unauthorized",
        "the request has no token, or a wrong one",
        "send the header 'Authorization: Bearer TOKEN'" + (", or sign in at /login" if reads else ""),
        {"WWW-Authenticate": 'Bearer realm="jooya"'},
    )


async def login(settings: ServerSettings, request: Request) -> Response:
    """Return the form for the token, or take it and let the browser in."""
    if request.method != "POST":
        return HTMLResponse(_FORM)
    given = parse_qs((await request.body()).decode("utf-8", "replace")).get("token", [""])[0]
    if not settings.token or not _is_same(given, settings.token):
        return HTMLResponse(_FORM, 401)
    response = RedirectResponse("/", 303)
    response.set_cookie(
        COOKIE, _pass(settings.token), httponly=True, samesite="strict", secure=request.url.scheme == "https"
    )
    return response


def login_form() -> Response:
    """Return the form for a browser that asks for a page without the token."""
    return HTMLResponse(_FORM, 401, {"Cache-Control": "no-store"})


def _has_token(headers: Headers, token: str) -> bool:
    scheme, _, given = headers.get("authorization", "").partition(" ")
    # Headers are read as Latin-1, in which each byte of a token of other letters is a letter.
    return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode("latin-1"), _bytes(token))


def _has_cookie(headers: Headers, token: str) -> bool:
    try:
        cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return False
    return cookie is not None and _is_same(cookie.value, _pass(token))


def _pass(token: str) -> str:
    """Return the value of the cookie, from which nobody can tell the token."""
    return hmac.new(_bytes(token), b"jooya cookie", hashlib.sha256).hexdigest()


def _is_same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(_bytes(given), _bytes(wanted))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
