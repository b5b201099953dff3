"""Measure the page of `jooya serve` in headless Chromium: the first search on a slow network, and what follows a key.

    python benchmarks/page.py index queries.tsv [--queries 20]

queries.tsv has lines of `id<TAB>words`. On slow 4G (150 ms there and back, 1.6 Mbit/s), with nothing in the cache, the
time of a first search is the one at which its results are painted. Completions and results are timed from a key to
the change of the page, on a network without delay.
"""

import argparse
import os
import shutil
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Browser, Page, sync_playwright
from server import server

LATENCY, DOWN, UP = 150, 1_600_000 / 8, 750_000 / 8  # ms; bytes a second

_PAINTED = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
_SIZE = """[...performance.getEntriesByType('resource'), ...performance.getEntriesByType('navigation')]
    .reduce((sum, one) => sum + one.transferSize, 0)"""
_WATCH = """() => {
    window.times = {completions: [], results: []};
    let key = 0, completed = false;
    const box = document.getElementById('query');
    box.addEventListener('input', () => { key = performance.now(); completed = false; }, true);
    new MutationObserver(() => {
        if (!completed && key) window.times.completions.push(performance.now() - key);
        completed = true;
    }).observe(document.getElementById('completions'), {childList: true});
    document.addEventListener('jooya:shown', () => window.times.results.push(performance.now() - key));
}"""


def first_search(browser: Browser, address: str, query: str) -> tuple[float, int]:
    """Return the milliseconds until the results of a first search are painted, and the bytes of all that is loaded."""
    context = browser.new_context()
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    slow = {"offline": False, "latency": LATENCY, "downloadThroughput": DOWN, "uploadThroughput": UP}
    devtools.send("Network.emulateNetworkConditions", slow)
    page.goto(f"{address}/?q={quote(query)}")
    page.wait_for_load_state("networkidle")
    painted, size = page.evaluate(_PAINTED), page.evaluate(_SIZE)
    assert page.locator(".hit").count(), query
    context.close()
    return painted, size


def typed(page: Page, queries: list[str]) -> dict[str, Any]:
    """Return the milliseconds from a key to the completions, and to the results, while queries are typed."""
    page.evaluate(_WATCH)
    box = page.locator("#query")
    for query in queries:
        box.fill("")
        box.press_sequentially(query, delay=150)
        page.wait_for_timeout(500)
    found: dict[str, Any] = page.evaluate("window.times")
    return found


def line(name: str, times: list[float]) -> str:
    """Return the median, the 95th percentile and the maximum of some times."""
    ordered = sorted(times)
    at = [ordered[min(int(len(ordered) * part), len(ordered) - 1)] for part in (0.5, 0.95, 1)]
    return f"{name:<40} median {at[0]:7.1f} ms, p95 {at[1]:7.1f} ms, at most {at[2]:7.1f} ms ({len(ordered)})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index")
    parser.add_argument("queries", type=Path)
    parser.add_argument("--queries", dest="most", type=int, default=20, help="How many queries to type.")
    arguments = parser.parse_args()
    lines = arguments.queries.read_text("utf-8").splitlines()
    queries = [row.partition("\t")[2].strip() for row in lines if row.strip()][: arguments.most]
    path = os.environ.get("JOOYA_CHROMIUM") or shutil.which("chromium")
    if path is None:
        sys.exit("no Chromium: apt-get install chromium")
    with server(arguments.index) as (port, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        address = f"http://127.0.0.1:{port}"
        first = [first_search(browser, address, query) for query in queries]
        print(line("first search shown, slow 4G, cold", [painted for painted, _ in first]))
        print(f"{'loaded, at most':<40} {max(size for _, size in first):,} bytes")
        page = browser.new_page()
        page.goto(address)
        times = typed(page, queries)
        print(line("from a key to completions", times["completions"]))
        print(line("from a key to results (120 ms of waiting)", times["results"]))
        browser.close()


if __name__ == "__main__":
    main()
