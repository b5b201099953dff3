"""A search box in Django, in one file: a page, JSON, and an index that follows a model.

    FOLDER=talks python web_django.py runserver

In a project of your own, `index` is a module-level object of an application, and `follow` a receiver of the signals
`post_save` and `post_delete` of a model.
"""

import os
import sys
from typing import Any

import django
from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from jooya import BadQuery, Document, Index, Limits

LIMITS = Limits(words=50, seconds=2)

if not settings.configured:
    settings.configure(
        DEBUG=False,
        SECRET_KEY=os.environ.get("SECRET_KEY", "only for this example"),
        ALLOWED_HOSTS=["localhost", "127.0.0.1", "testserver"],
        ROOT_URLCONF=__name__,
        USE_TZ=True,
    )
    django.setup()

index = Index.open_or_create("index")
if os.environ.get("FOLDER"):
    index.add(os.environ["FOLDER"])

PAGE = """<!doctype html><html lang="fa" dir="rtl"><meta charset="utf-8"><title>جست‌وجو</title>
<form><input name="q" value="{}" dir="auto" autofocus><button>بگرد</button></form>{}</html>"""


def follow(instance: Any, *, is_deleted: bool = False) -> None:
    """Bring the index up to date with an object of a model that has `pk`, `title` and `text`."""
    key = f"{type(instance).__name__.lower()}/{instance.pk}"
    if is_deleted:
        index.remove(key)
    else:
        index.add(Document(key, instance.text, title=instance.title))


def page(request: HttpRequest) -> HttpResponse:
    """Return the page with the search box and the hits."""
    query = request.GET.get("q", "")
    if not query.strip():
        return HttpResponse(format_html(PAGE, "", ""))
    try:
        results = index.search(query, limits=LIMITS)
    except BadQuery as error:
        return HttpResponse(format_html(PAGE, query, str(error)), status=400)
    hits = format_html_join(
        "",
        "<article><h2><bdi>{}</bdi></h2><p>{}</p></article>",
        ((hit.title or hit.document, mark_safe(hit.highlighted(part="snippet"))) for hit in results),
    )
    return HttpResponse(format_html(PAGE, query, hits))


def search_json(request: HttpRequest) -> JsonResponse:
    """Return the JSON of `jooya search --json`."""
    try:
        return JsonResponse(index.search(request.GET.get("q", ""), limits=LIMITS).to_dict())
    except BadQuery as error:
        return JsonResponse({"error": str(error)}, status=400)


urlpatterns = [path("", page), path("search.json", search_json)]

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
