"""What the package offers, as an editor and ``help()`` see it."""

import inspect
import pydoc
import re
import subprocess
import sys

import pytest

import engine
from engine import Value
from engine.node.functions import FUNCTIONS
from engine.ops import OPERATORS
from engine.ops.methods import METHODS
from engine.ops.op import Op


def test_dir_lists_what_is_offered_and_nothing_else() -> None:
    listed = {name for name in dir(engine) if not name.startswith("__")}
    assert listed == set(engine.__all__) | {"abs", "max", "min", "pow", "sum"}
    assert all(hasattr(engine, name) for name in listed)


def test_tools_are_listed_before_they_are_imported() -> None:
    program = "import engine; print('explain' in dir(engine), 'explain' in vars(engine))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False"]


def test_version_is_a_version() -> None:
    assert [part.isdigit() for part in engine.__version__.split(".")] == [True] * 3


def test_a_name_of_the_release_before_warns_in_the_line_that_uses_it() -> None:
    with pytest.warns(DeprecationWarning, match=r"engine\.parents is now engine\.consumers") as told:
        assert engine.parents is engine.consumers
    assert told[0].filename == __file__


@pytest.mark.parametrize("name", FUNCTIONS)
def test_signatures_of_functions_name_their_operands(name: str) -> None:
    named = list(inspect.signature(FUNCTIONS[name]).parameters)
    row = OPERATORS.get(name)
    assert "operands" not in named
    assert row is None or row.arity is None or named == list(row.operands)


@pytest.mark.parametrize("row", [OPERATORS[name] for name in METHODS if name in OPERATORS])
def test_signatures_of_methods_name_their_operands(row: Op) -> None:
    own, *rest = inspect.signature(getattr(Value, row.name)).parameters.values()
    assert (own.name, own.kind) == ("self", own.POSITIONAL_ONLY)
    assert [str(each) for each in rest] == [str(each) for each in [*row.signature.parameters.values()][1:]]


def test_help_lists_what_is_offered() -> None:
    text = pydoc.plain(pydoc.render_doc(engine))
    assert [name for name in engine.__all__ if not re.search(rf"^ +(class )?{name}\b", text, re.M)] == []
    assert re.search(r"^    tanh\(x\)$", text, re.M)


NOT_NEEDED = {
    *("engine.checks", "engine.diagnostics", "engine.explanation", "engine.graph", "engine.pytree"),
    *("engine.transforms", "engine.jit.function", "engine.jit.trace", "engine.jit.lower", "engine.jit.emit"),
    *("json", "numpy.random", "random", "sysconfig", "zipfile", "hashlib", "unittest", "doctest", "asyncio"),
    *("matplotlib", "scipy", "sklearn", "graphviz", "wasmtime", "hypothesis", "tqdm"),
}
"""What would make ``import engine`` slow, and is imported when it is needed."""


@pytest.mark.parametrize("package", ["engine", "nn", "chainrule"])
def test_import_loads_little(package: str) -> None:
    program = f"import sys, numpy; had = {{*sys.modules}}; import {package}; print(*{{*sys.modules}} - had)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    assert package in loaded
    assert NOT_NEEDED.intersection(loaded) == set()
    assert [name for name in loaded if name.startswith("nn.")] == []


def test_a_network_needs_neither_training_nor_files_nor_reports() -> None:
    program = "import sys; from nn import MLP, SGD, mse; MLP(2, [3, 1]); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    assert "nn.modules.mlp" in loaded
    assert {"nn.training", "nn.serialization", "nn.metrics", "nn.report"}.intersection(loaded) == set()
    assert {"numpy.random", "json", "zipfile"}.intersection(loaded) == set()
    assert {"engine.transforms", "engine.explanation", "engine.diagnostics"}.intersection(loaded) == set()
