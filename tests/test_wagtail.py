"""The search backend for modelsearch in Wagtail."""

import subprocess
import sys
from pathlib import Path

import pytest
from django_packages import has

if not has("wagtail"):
    pytest.skip("Wagtail is not installed: pip install wagtail", allow_module_level=True)

WATER = "['قنات\\u200cهای کویر']"


def test_pages_are_found(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, Path(__file__).parent / "wagtail_site.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [WATER] * 4 + ["2 1", "[2]", WATER, "[]", "[]"]
    assert (tmp_path / "search" / "wagtailcore_page").is_dir()
