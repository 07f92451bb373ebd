"""What holds for all of jit: it names no operator, as rows carry what it needs of them."""

import ast

import numpy as np
import pytest

from engine.floats.arrays import ARRAY_FUNCTIONS
from engine.ops import OPERATORS
from tests.source_tree import ROOT, source_files

KINDS = {"sum", "dot", "take"}
"""Kinds of runs, nodes and statements, which happen to be called as operators are."""

UFUNCS = {"abs", "add", "greater", "greater_equal", "sqrt"}
"""NumPy's ufuncs of which ``emit`` makes trees of arithmetic, which happen to be called as operators are."""

ASKED = {("chains.py", "mean")}
"""What a rule for arrays asks its ``m`` for."""

SETS = {("names.py", "add")}
"""Methods of sets."""

JOINED = {("samples.py", "mean")}
"""The function by which results of samples are made one."""


MERGED = {("builder.py", name) for name in ("greater", "greater_equal", "where")} | {
    *(("extrema.py", name) for name in ("max", "min", "stop_gradient", "where")),
    *(("read_out.py", name) for name in ("div", "floor_divide", "mod", "pow")),
}
"""Operators that stand for decisions of Python's; those for which floats raise an error."""

TIMED = {("costs.py", name) for name in ("exp", "norm", "tanh")}
"""Functions that stand for all in measuring what one costs."""

COMPARED = {("known.py", "equal")}
"""No finite number equals an infinity: known of no other comparison, whatever the number."""


def is_on_arrays(word: str) -> bool:
    """Whether it is a function of NumPy's, or of ours on arrays: of these instructions are made."""
    return hasattr(np, word) or word in ARRAY_FUNCTIONS


def strings_in(source: str) -> set[str]:
    """The string constants of a source but for docstrings."""
    tree = ast.parse(source)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
    }


@pytest.mark.unmeasured
def test_no_operator_is_named() -> None:
    names = (set(OPERATORS) | {"same", "take"}) - KINDS
    found = {
        (path.name, word)
        for path in source_files("engine")
        if path.is_relative_to(ROOT / "engine" / "jit")
        for word in strings_in(path.read_text(encoding="utf-8")) & names
        if not (path.parent.name in ("emit", "fusion", "repeats") and word in UFUNCS)
        and not (path.parent.name in ("native", "c", "jax") and is_on_arrays(word))
    }
    assert found == ASKED | SETS | JOINED | MERGED | TIMED | COMPARED


def test_strings_are_found_and_docstrings_are_not() -> None:
    assert strings_in('"""tanh"""\nx = row.name == "exp"\ndef f():\n    "relu"\n    return "max"\n') == {
        "exp",
        "max",
    }
