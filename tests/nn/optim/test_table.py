"""The table of optimisers in the docstring of nn.optim."""

import inspect
import re

import pytest

import nn
from nn import optim

ROWS = [
    row.groups()
    for row in re.finditer(r"^(.+?)  +(\d{4})  (\w+)\((.*)\)  +(.+)$", optim.__doc__ or "", re.MULTILINE)
]


def default_texts(name: str) -> dict[str, str]:
    parameters = inspect.signature(getattr(optim, name)).parameters.values()
    return {each.name: repr(each.default) for each in parameters if each.name != "params"}


def test_every_optimiser_has_its_row() -> None:
    kinds = {
        name
        for name, kind in vars(optim).items()
        if isinstance(kind, type) and issubclass(kind, optim.Optimizer) and kind is not optim.Optimizer
    }
    assert {name for _, _, name, _, _ in ROWS} == kinds
    assert kinds <= set(optim.__all__)
    assert all(getattr(nn, name) is getattr(optim, name) for name in kinds)
    assert {year for _, year, *_ in ROWS} >= {"1964", "2011", "2012", "2013", "2014", "2015", "2018"}


@pytest.mark.parametrize(("variant", "year", "name", "shown", "torch"), ROWS)
def test_defaults_of_the_table_are_those_of_the_class(variant, year, name, shown, torch) -> None:
    defaults = default_texts(name)
    settings = dict(pair.split("=") for pair in re.split(r", (?=\w+=)", shown))
    assert set(settings) <= set(defaults)
    differing = {key: value for key, value in settings.items() if defaults[key] != value}
    # momentum and look-ahead are settings of SGD, which are named instead of defaults
    assert differing == (settings if variant in ("momentum", "Nesterov") and name == "SGD" else {})


@pytest.mark.parametrize(("variant", "year", "name", "shown", "torch"), ROWS)
def test_docstring_of_each_class_names_the_paper(variant, year, name, shown, torch) -> None:
    if (variant, name) != ("gradient descent", "SGD"):
        assert year in inspect.getdoc(getattr(optim, name))
