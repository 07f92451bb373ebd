"""Every demo there is can be run, and says of itself what the command line shows."""

import ast
import inspect
import re

import pytest

from demos.program.catalog import DEMOS
from demos.runner.account import Account
from demos.runner.options import Options
from tests.source_tree import ROOT


def defines_run(source: str) -> bool:
    return any(isinstance(node, ast.FunctionDef) and node.name == "run" for node in ast.parse(source).body)


def test_every_module_that_is_a_demo_is_listed() -> None:
    sources = {path.stem: path.read_text("utf-8") for path in (ROOT / "demos").glob("*.py")}
    sources |= {path.parent.name: path.read_text("utf-8") for path in (ROOT / "demos").glob("*/demo.py")}
    demos = {name for name, source in sources.items() if "TITLE = " in source}
    assert demos == set(DEMOS)
    assert all(defines_run(sources[name]) for name in demos)


def test_every_demo_has_a_test_of_its_own() -> None:
    tests = ROOT / "tests" / "demos"
    places = {name: (tests / f"test_{name}.py", tests / name / "test_demo.py") for name in DEMOS}
    assert [name for name, paths in places.items() if not any(path.exists() for path in paths)] == []


@pytest.mark.parametrize("name", DEMOS)
def test_demo_says_what_it_is(name) -> None:
    demo = DEMOS[name]
    assert demo.__doc__
    assert re.fullmatch(r"\S.{20,90}", demo.TITLE), "one line, not too long"
    assert demo.EPOCHS >= 0


@pytest.mark.parametrize("name", DEMOS)
def test_demo_is_run_with_options_and_account(name) -> None:
    signature = inspect.signature(DEMOS[name].run)
    assert [parameter.annotation for parameter in signature.parameters.values()] == [Options, Account]
    assert signature.return_annotation is bool
