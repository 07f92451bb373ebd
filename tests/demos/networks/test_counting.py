"""S-352: a 3-5-2 network has 32 parameters, by the formula and counted."""

import pytest

from demos.networks import counting
from demos.runner.account import Account
from demos.runner.options import Options
from demos.runner.pictures import Pictures
from nn import MLP
from tests.demos.running import svg_texts


def test_s_352_prints_32_and_draws_every_weight(out_dir, capsys) -> None:
    options, account = Options(out=out_dir), Account()
    assert counting.show(options, account, Pictures(options, account))
    out = capsys.readouterr().out
    assert "(3*5 + 5*2) + (5 + 2) = 32." in out
    assert "25 weights and 7 biases are 32 parameters" in out
    texts = svg_texts(out_dir / "networks_352.svg")
    assert texts.count("sigmoid") == 5
    assert {"x0", "x1", "x2"} <= set(texts)


@pytest.mark.parametrize(("i", "h", "o"), [(3, 5, 2), (1, 1, 1), (7, 2, 4)])
def test_formula_counts_what_there_is(i, h, o) -> None:
    assert counting.by_formula(i, h, o) == MLP(i, [h, o]).num_parameters()


def test_wrong_formula_is_told(out_dir, capsys, monkeypatch) -> None:
    monkeypatch.setattr(counting, "by_formula", lambda i, h, o: i * h + h * o)
    options, account = Options(out=out_dir), Account(quiet=True)
    assert not counting.show(options, account, Pictures(options, account))
    assert "has 32 parameters, the formula says 25" in capsys.readouterr().err
