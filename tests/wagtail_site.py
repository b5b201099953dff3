"""A site of Wagtail with two articles, which `test_wagtail.py` runs; it prints what searches find."""

import django
from django.apps import AppConfig
from django.conf import settings
from django.core.management import call_command
from django.db import connection


class Articles(AppConfig):
    name, label = __name__, "articles"


PARTS = ("images", "documents", "users", "sites", "search", "admin")

settings.configure(
    SECRET_KEY="tests",
    USE_TZ=True,
    STATIC_URL="/static/",
    ROOT_URLCONF=__name__,
    WAGTAIL_SITE_NAME="آزمایش",
    WAGTAILADMIN_BASE_URL="http://localhost",
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=[
        *("django.contrib.contenttypes", "django.contrib.auth", "taggit", "modelcluster", "treebeard"),
        *(f"wagtail.{part}" for part in PARTS),
        *("wagtail", f"{__name__}.Articles"),
    ],
    WAGTAILSEARCH_BACKENDS={"default": {"BACKEND": "jooya.indexer.integrations.modelsearch", "PATH": "search"}},
)
urlpatterns: list[object] = []
django.setup()

from modelsearch import index
from modelsearch.signal_handlers import register_signal_handlers
from wagtail.blocks import TextBlock
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

call_command("migrate", verbosity=0)


class Article(Page):
    body = RichTextField()
    parts = StreamField([("text", TextBlock())], blank=True)

    search_fields = [*Page.search_fields, index.SearchField("body"), index.SearchField("parts")]

    class Meta:
        app_label = "articles"


def show(pages: object) -> None:
    print([page.title for page in pages])  # type: ignore[attr-defined]


register_signal_handlers()
with connection.schema_editor() as editor:
    editor.create_model(Article)
root = Page.objects.get(depth=1)
home = root.get_children().first()
body = "<p>كتابهاي <b>تازه</b> دربارهٔ آب</p>"
parts = [{"type": "text", "value": "درختان انار"}]
water = home.add_child(instance=Article(title="قنات\u200cهای کویر", slug="a", body=body, parts=parts))
home.add_child(instance=Article(title="باغ", slug="b", body="<p>انار</p>", live=False))

show(Page.objects.search("کتاب های"))
show(Article.objects.live().search("درخت انارها"))
show(Article.objects.child_of(home).live().search("انار", operator="and"))
show(Page.objects.live().autocomplete("قنا"))
print(Article.objects.descendant_of(root).search("انار").count(), Page.objects.live().search("انار").count())
print(list(Page.objects.search("انار").facet("content_type_id").values()))
call_command("wagtail_update_index", verbosity=0)
show(Page.objects.search("قناتها"))
water.unpublish()
show(Page.objects.live().search("قناتها"))
water.delete()
show(Page.objects.search("قناتها"))
