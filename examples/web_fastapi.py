"""A search box in FastAPI: a page, and JSON for programs, at the same addresses.

    FOLDER=talks uvicorn web_fastapi:app

One index is open for all requests; each is answered in a thread, so that the event loop goes on meanwhile.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import escape
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse

from jooya import BadQuery, Index, Limits, Results

LIMITS = Limits(words=50, seconds=2)

PAGE = """<!doctype html><html lang="fa" dir="rtl"><meta charset="utf-8"><title>جست‌وجو</title>
<form><input name="q" value="{query}" dir="auto" autofocus><button>بگرد</button></form>
<p>{message}</p>{hits}</html>"""


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open the index when the program starts, and close it when it ends."""
    async with Index.open_or_create("index") as index:
        if folder := os.environ.get("FOLDER"):
            index.add(folder)
        app.state.index = index
        yield


app = FastAPI(lifespan=lifespan)


async def found(request: Request, query: str) -> Results:
    """Return the answer to a query, or the error that a browser understands."""
    try:
        return await request.app.state.index.asearch(query, limits=LIMITS)
    except BadQuery as error:
        raise HTTPException(400, str(error)) from None


@app.get("/search.json")
async def search_json(request: Request, q: str) -> dict[str, Any]:
    """Return the JSON of `jooya search --json`."""
    return (await found(request, q)).to_dict()


@app.get("/suggest.json")
async def suggest_json(request: Request, q: str) -> list[str]:
    """Complete what is being typed."""
    return await request.app.state.index.asuggest(q, 5)


@app.get("/", response_class=HTMLResponse)
async def page(request: Request, q: str = "") -> str:
    """Return the page with the search box and the hits."""
    if not q.strip():
        return PAGE.format(query="", message="", hits="")
    results = await found(request, q)
    hits = "".join(
        f"<article><h2><bdi>{escape(hit.title or hit.document)}</bdi></h2>"
        f"<p>{hit.highlighted(part='snippet')}</p></article>"
        for hit in results
    )
    other = " ".join(f"<bdi>{escape(text)}</bdi>" for text in results.did_you_mean)
    message = f"{results.total} بند" + (f" · شاید منظورتان: {other}" if other else "")
    return PAGE.format(query=escape(q), message=message, hits=hits)
