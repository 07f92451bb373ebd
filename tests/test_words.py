"""One word for one thing: words that were given up stand in no source and on no page any more."""

import pkgutil
import re
from pathlib import Path

import pytest

from tests.source_tree import ROOT

RETIRED = {
    r"(?<!negative_)slope": (  # PyTorch's argument
        "partial for an operator's rule, local_grad for its number on a node, else derivative"
    ),
    r"\bverdicts?\b": "findings",
    r"\btelling\b": "render",
    r"\b(is|are) no Values?\b": "is not a Value",
    r"\bno whole number": "not an integer",
    r"\boperators? of one's own\b": "custom operator",
    r"\bengine\.parents\b": "engine.consumers",
    r"\b[Tt]he door\b": "what it does",
    r"\b[Ww]atchers?\b": "observer",
    r"\bWatch\b": "captures",
}
"""What is no longer said, as a pattern, and what is said instead."""

CLEAN = (
    *("benchmarks", "chainrule", "demos", "docs", "engine", "nn", "playground", "viz"),
    *("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"),
)
"""The folders and files that keep to it."""

ALLOWED = {
    ("engine/__init__.py", "engine.parents"),  # which warns
    ("engine/diagnostics/entries.py", "slope"),  # an attribute that warns
}


FILE_NAME = re.compile(r"``([\w/]+\.(?:py|pyx|pxi|h))``")
"""A file as docstrings name one."""

REFERENCE = re.compile(r":(?:mod|class|func|meth):`~?((?:engine|nn|viz|demos)[\w.]*)`")
"""A module, class or function as docstrings refer to one."""


def resolves(name: str) -> bool:
    """Whether a dotted name leads to a module or what it holds.

    >>> resolves("engine.ops.fields.Masks"), resolves("engine.attic")
    (True, False)
    """
    try:
        pkgutil.resolve_name(name)
    except (ImportError, AttributeError):
        return False
    return True


def texts(place: str) -> list[Path]:
    """The sources and pages in a folder, or a file."""
    path = ROOT / place
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    return [each for each in files if each.suffix in {".py", ".pyi", ".pyx", ".pxi", ".h", ".md"}]


def retired_words(source: str) -> list[tuple[int, str, str]]:
    """The lines with retired words: line number, word, and what to say instead.

    >>> retired_words("x = 1  # the slope\\n")
    [(1, 'slope', "partial for an operator's rule, local_grad for its number on a node, else derivative")]
    """
    return [
        (source.count("\n", 0, found.start()) + 1, found[0], instead)
        for pattern, instead in RETIRED.items()
        for found in re.finditer(pattern, source)
    ]


def test_retired_words_stand_nowhere() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}, line {line}: {word!r}; say: {instead}"
        for place in CLEAN
        for path in texts(place)
        for line, word, instead in retired_words(path.read_text(encoding="utf-8"))
        if (path.relative_to(ROOT).as_posix(), word) not in ALLOWED
    ]
    assert wrong == []


def test_files_named_in_sources_exist() -> None:
    known = {path.name for place in (*CLEAN, "setup.py", "tests") for path in texts(place)}
    wrong = [
        f"{path.relative_to(ROOT)}: {found[1]}"
        for place in CLEAN
        for path in texts(place)
        for found in FILE_NAME.finditer(path.read_text(encoding="utf-8"))
        if found[1].rpartition("/")[2] not in known
    ]
    assert wrong == []


def test_names_that_docstrings_refer_to_exist() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {found[1]}"
        for place in ("engine", "nn", "viz", "demos")
        for path in texts(place)
        if path.suffix == ".py"
        for found in REFERENCE.finditer(path.read_text(encoding="utf-8"))
        if not resolves(found[1])
    ]
    assert wrong == []


@pytest.mark.parametrize("place", CLEAN)
def test_what_is_clean_exists(place) -> None:
    assert texts(place)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("slopes of a tanh", ["slope"]),
        ("verdicts, the telling", ["verdicts", "telling"]),
        ("x is no Value", ["is no Value"]),
        ("k is no whole number", ["no whole number"]),
        ("engine.parents(x)", ["engine.parents"]),
        ("a partial, a local_grad, the path's parents, an integer", []),
    ],
)
def test_reader_finds_retired_words(source, words) -> None:
    assert [word for _, word, _ in retired_words(source)] == words
