"""Adding an operator touches one file: with a row in activations.py everything else is there."""

import os
import shutil
import subprocess
import sys

import pytest

from engine.node.backend import backend
from tests.source_tree import ROOT

ROWS = '''
def softsign(x: float) -> float:
    """The softsign of Turian and others: an S between -1 and 1 that saturates slowly.

    >>> softsign(1.0), softsign(-3.0)
    (0.5, -0.75)
    """
    return x / (1.0 + floats.minimum(abs(x), 1e308))


def logit(x: float) -> float:
    """The inverse of the sigmoid; infinite at 0 and 1.

    >>> logit(0.5), logit(0.0), logit(1.0)
    (0.0, -inf, inf)
    """
    return floats.log(x) - floats.log1p(-x)


ROWS += (
    Op(
        name="softsign",
        operands=("x",),
        forward=softsign,
        partials=(lambda m, y, x: 1.0 / ((1.0 + m.abs(x)) * (1.0 + m.abs(x))),),
        numpy=lambda np, x: x / (1.0 + np.abs(x)),
        text="x / (1 + abs(x))",
        points=((-2.0,), (0.5,), (30.0,)),
        analytic=False,
        reference="Turian, Bergstra and Bengio, 2009",
    ),
    Op(
        name="logit",
        operands=("x",),
        forward=logit,
        partials=(lambda m, y, x: 1.0 / (x * (1.0 - x)),),
        numpy=lambda np, x: np.log(x) - np.log1p(-x),
        text="log(x / (1 - x))",
        points=((0.3,), (0.9,)),
        latex=r"\\mathrm{logit}\\,#1",
        advice="compute it from the logits",
    ),
)
'''


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A copy of the sources with the rows added at the end of one file."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("engine", "nn", "viz", "chainrule", ".ci"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "tests").mkdir()
    (folder / "docs").mkdir()
    pages = ("setup.cfg", "docs/operators.md", "docs/install.md")
    helpers = (f"tests/{name}.py" for name in ("__init__", "cases", "conftest", "sampling", "source_tree"))
    for name in (*pages, *helpers):
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(ROOT / "tests/engine", folder / "tests/engine", ignore=shutil.ignore_patterns("jit"))
    with (folder / "engine/ops/rows/activations.py").open("a", encoding="utf-8") as file:
        file.write(ROWS)
    return folder


def run(checkout, *command: str, backend: str = "python") -> None:
    environment = {**os.environ, "CHAINRULE_BACKEND": backend, "PYTHONPATH": str(checkout)}
    environment.pop("PYTEST_ADDOPTS", None)
    done = subprocess.run(
        [sys.executable, *command], cwd=checkout, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


@pytest.mark.parametrize("node", ["python", backend] if backend != "python" else ["python"])
def test_rows_come_with_everything(checkout, node) -> None:
    run(checkout, "tests/engine/added_operator.py", backend=node)


def test_tests_of_the_table_are_theirs_too(checkout) -> None:
    """Values and partials against mpmath and differences, forms, edges, checks: a hundred and more each."""
    names = ("test_ops", "ops/test_row_checks", "explanation/test_formula")
    tests = [f"tests/engine/{name}.py" for name in names]
    run(checkout, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests, "-k", "softsign or logit")


def test_documentation_and_stubs_are_written(checkout) -> None:
    run(checkout, ".ci/write_tables.py")
    run(checkout, ".ci/write_stubs.py")
    page = (checkout / "docs/operators.md").read_text(encoding="utf-8")
    assert "| `softsign(x)` | `x / (1 + abs(x))` | `1 / (1 + abs(x))**2` |" in page
    for stub in ("engine/__init__.pyi", "engine/ops/methods.pyi"):
        text = (checkout / stub).read_text(encoding="utf-8")
        assert "def softsign(" in text, stub
        assert "The softsign of Turian and others" in text, stub


@pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler")
def test_kernels_are_c(checkout) -> None:
    run(checkout, "tests/engine/added_operator.py")
    compiler = ["cc", "-std=c99", "-fsyntax-only", "-Wall", "-Werror", "-Wno-unused-function"]
    done = subprocess.run([*compiler, "kernels_of_test.c"], cwd=checkout, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
