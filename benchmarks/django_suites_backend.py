"""modelsearch's tests of backends, with Jooya's; `django_suites.py` runs them.

They are those of every backend, and those that its backends for search servers have in common.
"""

from typing import Any

from django.test import TestCase
from modelsearch.test.testapp import models
from modelsearch.tests.elasticsearch_common_tests import ElasticsearchCommonSearchBackendTests


class JooyaBackendTests(ElasticsearchCommonSearchBackendTests, TestCase):  # type: ignore[misc]
    backend_path = "jooya.indexer.integrations.modelsearch"

    @classmethod
    def setUpTestData(cls) -> None:
        """Make the objects that the fixtures of version 1.1 lack, and later tests look for."""
        super().setUpTestData()
        for tree in filter(None, (getattr(models, name, None) for name in ("MPAnimal", "NSAnimal"))):
            if not tree.objects.exists():
                _grow(tree)
        items: Any = getattr(models, "AgendaItem", None)
        if items is not None and not items.objects.exists():
            item = items.objects.create(topic="Plans", meeting=models.Meeting.objects.get(name="Stand-up meeting"))
            item.speakers.create(name="Doyle")


def _grow(tree: Any) -> None:
    root = tree.add_root(name="Animal")
    for name, kinds in {"Mammal": ["Dog", "Cat"], "Reptile": ["Snake"]}.items():
        branch = tree.objects.get(pk=root.pk).add_child(name=name)
        for kind in kinds:
            tree.objects.get(pk=branch.pk).add_child(name=kind)
