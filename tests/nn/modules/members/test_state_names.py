"""States in PyTorch's form, in and out."""

import numpy as np
import pytest

import nn
from nn import BatchNorm1d, Conv1d, Embedding, Linear, Module, Sequential, Tanh


class Net(Module):
    def __init__(self) -> None:
        super().__init__()
        self.embedding = Embedding(3, 2, rng=0)
        self.body = Sequential(Linear(2, 3, rng=1), BatchNorm1d(3), Tanh(), Sequential(Linear(3, 1, rng=2)))
        self.conv = Conv1d(1, 2, 3, rng=3)
        self.scale = nn.Parameter(1.5)


NAMES = {
    "embedding.weight": (3, 2),
    "body.0.weight": (3, 2),
    "body.0.bias": (3,),
    "body.1.weight": (3,),
    "body.1.bias": (3,),
    "body.3.0.weight": (1, 3),
    "body.3.0.bias": (1,),
    "conv.weight": (2, 1, 3),
    "conv.bias": (2,),
    "scale": (),
    "body.1.running_mean": (3,),
    "body.1.running_var": (3,),
    "body.1.num_batches_tracked": (),
}


def test_arrays_under_torchs_names_go_out_and_in() -> None:
    model, other = Net(), Net()
    for i, parameter in enumerate(model.parameters()):
        parameter.data = 0.5 + i
    model.body[1].running_mean = [1.0, 2.0, 3.0]
    arrays = model.state_dict(arrays=True)
    assert {name: array.shape for name, array in arrays.items()} == NAMES
    assert arrays["conv.weight"][1, 0, 2] == model.conv.weight[1][0][2].data
    for form in (lambda a: a, lambda a: a.tolist(), lambda a: a.astype(np.float32)):
        given = {name: form(array) for name, array in arrays.items()}
        assert other.load_state_dict(given) == ([], [])
        assert other.state_dict() == model.state_dict()
    assert other.body[1].running_mean == [1.0, 2.0, 3.0]


def test_wrong_shapes_and_names_are_named_and_nothing_changes() -> None:
    model = Net()
    before, arrays = model.state_dict(), model.state_dict(arrays=True)
    for name, wrong, message in (
        (
            "body.0.weight",
            np.ones((2, 3)),
            r"state_dict\['body\.0\.weight'\] must have shape \(3, 2\), got .* \(2, 3\)",
        ),
        ("body.0.bias", 1.0, r"must have shape \(3,\), got shape \(\)"),
        ("body.0.bias", None, r"must have shape \(3,\)"),
        ("layers.0.bias", np.ones(3), r"1 unexpected: 'layers\.0\.bias'"),
        ("body.layers.0.bias", np.ones(3), r"has 'body\.layers\.0\.bias\.0' twice"),
    ):
        with pytest.raises(ValueError, match=message):
            model.load_state_dict({**arrays, name: wrong})
        assert model.state_dict() == before
    del arrays["body.0.weight"]
    with pytest.raises(ValueError, match=r"6 missing: 'body\.layers\.0\.weight\.0\.0'"):
        model.load_state_dict(arrays)
    assert len(model.load_state_dict(arrays, strict=False).missing_keys) == 6


def test_rows_of_different_lengths_are_no_array() -> None:
    class Ragged(Module):
        def __init__(self) -> None:
            self.rows = [[nn.Parameter(1.0)], [nn.Parameter(2.0), nn.Parameter(3.0)]]

    with pytest.raises(ValueError, match="the numbers of 'rows' are no array"):
        Ragged().state_dict(arrays=True)
    with pytest.raises(ValueError, match="must have numbers by name"):
        Ragged().load_state_dict({"rows": [[1.0, 2.0], [3.0, 4.0]]})


def test_a_model_of_torch_gives_and_takes_its_numbers() -> None:
    torch = pytest.importorskip("torch")
    theirs = torch.nn.Sequential(
        torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3), torch.nn.Linear(3, 1)
    ).double()
    ours = Sequential(Linear(2, 3), BatchNorm1d(3), Linear(3, 1))
    ours.load_state_dict(theirs.state_dict())
    X = [[0.5, -1.0], [2.0, 0.25], [1.0, 1.0]]
    assert np.array(nn.functional.linear(X, [[1.0, 1.0]])).shape == (3, 1)
    expected = theirs(torch.tensor(X, dtype=torch.float64)).tolist()
    assert [[y.data for y in row] for row in ours(X)] == [pytest.approx(row, rel=1e-12) for row in expected]
    back = {name: torch.as_tensor(array) for name, array in ours.state_dict(arrays=True).items()}
    theirs.load_state_dict(back)
