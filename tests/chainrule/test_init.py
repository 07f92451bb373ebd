"""The namespace chainrule: what it offers is what the packages offer, and the same objects."""

import importlib
import subprocess
import sys

import pytest

import chainrule
import engine

NAMES = [name for name in dir(engine) if not name.startswith("__")]


@pytest.mark.parametrize("name", NAMES)
def test_what_engine_offers_is_offered(name: str) -> None:
    assert getattr(chainrule, name) is getattr(engine, name)
    assert name in dir(chainrule)
    assert (name in chainrule.__all__) is (name in engine.__all__)


@pytest.mark.parametrize("package", ["engine", "nn", "viz"])
def test_packages_are_offered(package: str) -> None:
    ours, part = importlib.import_module(package), importlib.import_module(f"chainrule.{package}")
    assert package in chainrule.__all__
    assert dir(part) == dir(ours)
    assert [name for name in ours.__all__ if getattr(part, name) is not getattr(ours, name)] == []
    assert part.__all__ == ours.__all__


def test_demos_are_offered() -> None:
    assert chainrule.demos is importlib.import_module("demos")


def test_version_is_that_of_engine() -> None:
    assert chainrule.__version__ == engine.__version__


def test_no_module_has_two_names() -> None:
    with pytest.raises(ModuleNotFoundError, match=r"'chainrule\.nn' is not a package"):
        importlib.import_module("chainrule.nn.modules")


@pytest.mark.parametrize("name", ["sinn", "_LATER", "parents"])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(AttributeError, match=f"module 'chainrule' has no attribute '{name}'"):
        getattr(chainrule, name)


def test_packages_are_imported_when_asked_for() -> None:
    program = "import sys, chainrule; chainrule.Value; print({'nn', 'viz', 'demos'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
