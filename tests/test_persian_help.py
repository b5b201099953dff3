"""The help in Persian: nothing of it is missing, and the compiled catalog is that of its source."""

import io
import re
from gettext import GNUTranslations
from pathlib import Path

import pytest
from babel.messages import mofile, pofile
from command import run

from jooya.indexer.commands import persian_help
from jooya.indexer.commands.cli import cli

CATALOG = persian_help.LOCALES / "fa" / "LC_MESSAGES" / "messages.po"


def known() -> dict[str, str]:
    with CATALOG.open("rb") as file:
        return {str(message.id): str(message.string) for message in pofile.read_po(file) if message.id}


def test_the_compiled_catalog_is_that_of_its_source() -> None:
    with CATALOG.open("rb") as file:
        compiled = io.BytesIO()
        mofile.write_mo(compiled, pofile.read_po(file))
    assert CATALOG.with_suffix(".mo").read_bytes() == compiled.getvalue()


def test_all_help_is_translated() -> None:
    assert sorted(persian_help.texts(cli) - set(known())) == []


def test_translations_have_the_options_and_names_of_their_originals() -> None:
    for original, translated in known().items():
        assert re.search("[\u0600-\u06ff]", translated), original
        assert not re.search("[كيى٠-٩]", translated), original
        names = r"\{\w+(?:!r)?\}|--[a-z]+|\b[A-Z]{2,}\b(?<!JSON)(?<!TREC)(?<!HTML)(?<!PDF)|[a-z]+:[A-Z]+"
        assert set(re.findall(names, original)) <= set(re.findall(names, translated)), original


@pytest.mark.parametrize("environment", [{"LANG": "fa_IR.UTF-8"}, {"LANGUAGE": "fa"}, {"LC_ALL": "fa"}])
def test_help_in_persian(tmp_path: Path, environment: dict[str, str]) -> None:
    clean = {"LANG": "", "LANGUAGE": "", "LC_ALL": "", "LC_MESSAGES": ""} | environment
    code, out, err = run("--help", cwd=tmp_path, stdin=b"", **clean)
    assert (code, err) == (0, "")
    assert out.startswith("شیوهٔ کاربرد: jooya")
    assert "یافتن بندها، بهترین‌ها در آغاز" in out
    assert "زبان پرسش:" in run("search", "--help", cwd=tmp_path, stdin=b"", **clean)[1]
    assert run("search", "-k", "x", "آب", cwd=tmp_path, stdin=b"", **clean)[2] == (
        "jooya: مقدار نادرست برای '-k': 'x' عددی صحیح از 1 به بالا نیست. (see 'jooya search --help')\n"
    )
    assert "گزینه‌ای به نام --jsn نیست" in run("search", "--jsn", cwd=tmp_path, stdin=b"", **clean)[2]


@pytest.mark.parametrize("language", ["", "C", "C.UTF-8", "en_US.UTF-8", "de_DE.UTF-8"])
def test_help_in_english(tmp_path: Path, language: str) -> None:
    clean = {"LANG": language, "LANGUAGE": "", "LC_ALL": "", "LC_MESSAGES": ""}
    assert run("--help", cwd=tmp_path, stdin=b"", **clean)[1].startswith("Usage: jooya")


def test_the_catalog_is_one_of_gettext() -> None:
    with CATALOG.with_suffix(".mo").open("rb") as file:
        assert GNUTranslations(file).gettext("Give a new index on OpenSearch N shards.").startswith("به نمایهٔ تازه")
