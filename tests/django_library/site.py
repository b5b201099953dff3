"""Setting Django up for tests: this app, a database in memory, and the adapters whose hosts are installed."""

import importlib.util
import tempfile

import django
from django.conf import settings
from django.core.management import call_command
from django_packages import has

FOLDER = tempfile.TemporaryDirectory(prefix="jooya-django-")


def set_up() -> None:
    """Configure Django and make its tables, once for a process."""
    if settings.configured:
        return
    others = ["modelsearch"] if importlib.util.find_spec("modelsearch") else []
    others += ["haystack"] if has("django-haystack") else []
    settings.configure(
        SECRET_KEY="tests",
        USE_TZ=True,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=["django.contrib.contenttypes", *others, "django_library"],
        MODELSEARCH_BACKENDS={
            "default": {"BACKEND": "jooya.indexer.integrations.modelsearch", "PATH": f"{FOLDER.name}/modelsearch"}
        },
        HAYSTACK_CONNECTIONS={
            "default": {
                "ENGINE": "jooya.indexer.integrations.django_haystack.JooyaEngine",
                "PATH": f"{FOLDER.name}/haystack",
                "INCLUDE_SPELLING": True,
            }
        },
    )
    django.setup()
    call_command("migrate", run_syncdb=True, verbosity=0)
