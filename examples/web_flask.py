"""A search box in Flask: a page, and JSON for programs.

    FOLDER=talks flask --app web_flask run

Threads share the index. The template gets HTML of which Jooya has escaped every piece.
"""

import os

from flask import Flask, Response, jsonify, render_template_string, request
from markupsafe import Markup

from jooya import BadQuery, Index, Limits

LIMITS = Limits(words=50, seconds=2)

PAGE = """<!doctype html><html lang="fa" dir="rtl"><meta charset="utf-8"><title>جست‌وجو</title>
<form><input name="q" value="{{ query }}" dir="auto" autofocus><button>بگرد</button></form>
{% if error %}<p>{{ error }}</p>{% endif %}
{% for hit in results %}
<article><h2><bdi>{{ hit.title or hit.document }}</bdi></h2><p>{{ marked(hit) }}</p></article>
{% endfor %}</html>"""


def create_app(folder: str | None = None) -> Flask:
    """Create the application, with the files of a folder in its index."""
    app = Flask(__name__)
    index = Index.open_or_create("index")
    if folder:
        index.add(folder)

    @app.get("/")
    def page() -> tuple[str, int]:
        query = request.args.get("q", "")
        results, error = None, None
        if query.strip():
            try:
                results = index.search(query, limits=LIMITS)
            except BadQuery as problem:
                error = str(problem)
        html = render_template_string(
            PAGE,
            query=query,
            results=results or [],
            error=error,
            marked=lambda hit: Markup(hit.highlighted(part="snippet")),
        )
        return html, 400 if error else 200

    @app.get("/search.json")
    def search_json() -> Response | tuple[Response, int]:
        try:
            return jsonify(index.search(request.args.get("q", ""), limits=LIMITS).to_dict())
        except BadQuery as problem:
            return jsonify({"error": str(problem)}), 400

    return app


if __name__ != "__main__" and os.environ.get("FOLDER"):
    app = create_app(os.environ["FOLDER"])
