"""The site that docs/ makes: built without a warning, complete, and readable from disk.

The environment variable CHAINRULE_SITE names one that the gate has built already, without a warning.
"""

import json
import os
import re
import subprocess
import sys
from html import unescape
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from engine.ops import OPERATORS
from tests.source_tree import ROOT

PACKAGES = ("engine", "nn", "viz", "playground")


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    if built := os.environ.get("CHAINRULE_SITE"):
        return Path(built)
    if missing := [name for name in ("sphinx", "furo", "myst_parser") if find_spec(name) is None]:
        pytest.skip(f'{", ".join(missing)} not installed: python -m pip install -e ".[docs]"')
    folder = tmp_path_factory.mktemp("site")
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-q",
        "-W",
        "--keep-going",
        "-d",
        folder / "read",
        ROOT / "docs",
    ]
    done = subprocess.run([*command, folder / "html"], capture_output=True, text=True, timeout=900)
    assert (done.returncode, done.stderr.strip()) == (0, "")
    return folder / "html"


def test_every_public_name_and_operator_has_its_entry(site) -> None:
    anchors = {
        anchor
        for page in ("engine", "nn", "viz", "playground", "operators")
        for anchor in re.findall(
            r'<dt [^>]*id="([\w.]+)"', (site / f"reference/{page}.html").read_text("utf-8")
        )
    }
    public = {f"{package}.{name}" for package in PACKAGES for name in import_module(package).__all__}
    public |= {f"engine.{name}" for name in OPERATORS} | {"engine.Value.backward", "nn.Module.state_dict"}
    assert public - anchors == set()


def test_an_operator_is_documented_with_its_row(site) -> None:
    text = re.sub(r"<[^>]*>", "", (site / "reference/operators.html").read_text(encoding="utf-8"))
    text = re.sub(r"\s+", " ", unescape(text))
    for row in OPERATORS.values():
        assert re.sub(r"\s+", " ", row.text) in text
        assert re.sub(r"\s+", " ", "; ".join(row.partial_formulas)) in text


def test_examples_are_shown_as_they_are_written(site) -> None:
    pages = {
        each.stem: re.sub(r"<[^>]*>", "", each.read_text("utf-8")) for each in site.glob("reference/*.html")
    }
    assert {name: re.findall(r".{0,30}\\[*|].{9}", text) for name, text in pages.items()} == {
        name: [] for name in pages
    }
    assert "= exp(sin(x**2)) · cos(x**2) · 2·x" in unescape(pages["engine"])


def test_every_page_is_reached_and_found_from_disk_and_nothing_comes_from_elsewhere(site) -> None:
    index = (site / "searchindex.js").read_text(encoding="utf-8")
    found = set(json.loads(re.search(r'"?docnames"?:(\[[^\]]*\])', index)[1]))
    pages = {
        path.relative_to(ROOT / "docs").with_suffix("").as_posix() for path in (ROOT / "docs").rglob("*.md")
    }
    assert pages - found == set()
    assert index.startswith("Search.setIndex(")  # a script, which a page read from disk may load
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert re.findall(r'<(?:script|link|img)[^>]*(?:src|href)="(?:https?:)?//[^"]*"', text) == []


def test_links_between_pages_hold(site) -> None:
    ids: dict[Path, set[str]] = {}
    broken = []
    for page in site.rglob("*.html"):
        for target in re.findall(r'<a [^>]*href="([^"]*)"', page.read_text(encoding="utf-8")):
            name, _, anchor = unescape(target).partition("#")
            if "://" in target or target.startswith("mailto:"):
                continue
            other = (page.parent / name).resolve() if name else page
            if other not in ids and other.is_file():
                ids[other] = set(
                    re.findall(r'\bid="([^"]*)"', other.read_text(encoding="utf-8", errors="replace"))
                )
            if other not in ids or (anchor and anchor not in ids[other]):
                broken.append(f"{page.name}: {target}")
    assert broken == []
