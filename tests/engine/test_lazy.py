"""Attributes that are imported when first asked for."""

import importlib
import subprocess
import sys

import pytest

import engine
import nn
from engine import lazy


@pytest.mark.parametrize(
    ("package", "name", "module"),
    [(package, *entry) for package in (engine, nn) for entry in package._LATER.items()],
)
def test_each_name_is_in_its_module(package, name, module) -> None:
    assert getattr(package, name) is getattr(importlib.import_module(module), name)
    assert name in vars(package)  # __getattr__ is asked once
    assert name in dir(package)
    assert name in {*package.__all__, *getattr(package, "_OF_EXTRAS", ())}


@pytest.mark.parametrize("package", [engine, nn])
def test_what_there_is_not_is_refused(package) -> None:
    with pytest.raises(AttributeError, match=rf"^module '{package.__name__}' has no attribute 'sinn'$"):
        package.sinn  # noqa: B018
    with pytest.raises(AttributeError, match="_nothing"):
        package._nothing  # noqa: B018
    assert not hasattr(package, "__wrapped__")


def test_packages_within_a_package_are_imported_too() -> None:
    asked = "nn.optim.SGD, nn.optim.lr_scheduler.StepLR, engine.transforms.__name__"
    program = f"import nn, engine; print({asked})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == (
        "<class 'nn.optim.sgd.SGD'> <class 'nn.optim.lr_scheduler.schedules.StepLR'> engine.transforms\n"
    )


def test_advice_ends_the_message() -> None:
    with pytest.raises(AttributeError, match=r"has no attribute 'cat'; take list \+ list$"):
        lazy.attribute("engine", {}, "cat", "; take list + list")
