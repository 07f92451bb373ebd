"""Data sets come from scikit-learn; where it is missing, an error says how to install it."""

import sys

import pytest

from demos.data.scikit import load
from demos.runner.page import Page


@pytest.mark.parametrize(("name", "shape"), [("iris", (150, 4)), ("digits", (1797, 64))])
def test_data_set_is_the_one_of_the_name(name, shape) -> None:
    pytest.importorskip("sklearn.datasets")
    assert load(name, Page()).data.shape == shape


def test_without_scikit_learn_there_is_none_and_an_error_says_what_to_install(capsys, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    assert load("iris", Page(quiet=True)) is None
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("iris needs its data set")
    assert 'pip install "chainrule[demos]"' in err
