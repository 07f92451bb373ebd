"""Parameters and lists of modules as a program for PyTorch makes them."""

import numpy as np
import pytest

import nn
from engine import Value


class Deep(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(2, 2, rng=i) for i in range(3)])
        self.heads = nn.ModuleDict({"one": nn.Linear(2, 1, rng=0)})
        self.scale = nn.Parameter(np.ones((2, 2)))
        self.frozen = nn.Parameter(0.5, requires_grad=False)
        self.more = nn.ParameterList([nn.Parameter([1.0]), 2.0])


def test_all_of_them_are_found_under_torchs_names() -> None:
    model = Deep()
    names = [name for name, _ in model.named_parameters()]
    assert names[0] == "layers.0.weight.0.0"
    assert [name for name in names if name.startswith("heads")] == [
        *("heads.one.weight.0.0", "heads.one.weight.0.1", "heads.one.bias.0")
    ]
    assert names[-7:] == [*(f"scale.{i}.{j}" for i in (0, 1) for j in (0, 1)), "frozen", "more.0.0", "more.1"]
    assert [p.requires_grad for p in model.parameters()][-3:] == [False, True, True]
    assert len(model.modules()) == 5


def test_a_parameter_is_a_leaf_of_its_own() -> None:
    x = Value(2.0) * 3.0
    made = nn.Parameter(x)
    assert (made.data, made._children, made is x) == (6.0, (), False)
    with pytest.raises(TypeError):
        nn.Parameter(["a"])
    with pytest.raises(TypeError, match=r"modules\[0\] must be a Module, got 'relu'"):
        nn.ModuleList(["relu"])
    with pytest.raises(TypeError, match=r"modules\['a'\] must be a Module"):
        nn.ModuleDict({"a": 3})
