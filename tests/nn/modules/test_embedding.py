"""Embedding picks rows, and gives gradients to those it picked."""

import copy

import numpy as np
import pytest

import engine
import nn
from engine import Value, mean
from engine.autograd.trace_mode import tracing
from nn import SGD, Embedding, Layer, Module, cross_entropy

ROWS = np.arange(12.0).reshape(4, 3)


def data(rows):
    return [[value.data for value in row] for row in rows]


@pytest.mark.parametrize("index", [2, np.int64(2), Value(2.0), np.array(2)])
def test_a_number_picks_its_row(index) -> None:
    embedding = Embedding(4, 3, init=ROWS)
    assert embedding(index) == embedding.weight[2]
    assert data([embedding(index)]) == [[6.0, 7.0, 8.0]]


@pytest.mark.parametrize("kind", [list, tuple, np.array])
def test_numbers_pick_their_rows(kind) -> None:
    assert data(Embedding(4, 3, init=ROWS)(kind([3, 0, 3]))) == ROWS[[3, 0, 3]].tolist()


def test_in_a_trace_rows_are_picked_by_nodes() -> None:
    embedding = Embedding(4, 3, init=ROWS)
    with tracing():
        rows = embedding([Value(3.0), Value(1.0)])
    assert data(rows) == ROWS[[3, 1]].tolist()
    assert {value._op for row in rows for value in row} == {"take"}


@pytest.mark.parametrize(
    ("index", "error"), [(4, IndexError), (-1, IndexError), (0.5, TypeError), ("a", TypeError)]
)
def test_what_has_no_row_is_refused(index, error) -> None:
    with pytest.raises(error):
        Embedding(4, 3)(index)


LIFTS = {
    "as written": lambda f, i: f(i),
    "a Value": lambda f, i: f(Value(i)),
    "jit": lambda f, i: engine.jit(f)(i),
    "jit, then negative": lambda f, i: [(g := engine.jit(f))(2), g(i)][1],
    "of a computed number": lambda f, i: [(g := engine.jit(lambda j: f(j - 1)))(2), g(i + 1)][1],
    "a batch": lambda f, i: engine.jit(f, batch=True)([0, i]),
    "mapped": lambda f, i: engine.vmap(f)([0, i]),
}


@pytest.mark.parametrize("index", [-1, -4, -5, 4])
@pytest.mark.parametrize("lift", LIFTS)
def test_rows_out_of_range_are_refused_lifted_too(lift, index) -> None:
    embedding = Embedding(4, 3, init=ROWS)
    with pytest.raises(IndexError):
        LIFTS[lift](lambda i: engine.sum(embedding(i)), index)
    with engine.no_grad(), pytest.raises(IndexError):
        LIFTS[lift](lambda i: engine.sum(embedding(i)), index)


@pytest.mark.parametrize("shift", [-1, 0, 1])
@pytest.mark.parametrize("row", range(4))
def test_rows_of_computed_numbers_are_found_lifted(row, shift) -> None:
    embedding = Embedding(4, 3, init=ROWS)
    found = engine.jit(lambda i: embedding(i + shift))(row - shift)
    assert data([found]) == [ROWS[row].tolist()]


def test_sizes_must_be_whole_and_positive() -> None:
    with pytest.raises(ValueError, match="num_embeddings must be at least 1, got 0"):
        Embedding(0, 3)
    with pytest.raises(TypeError, match="embedding_dim must be an integer"):
        Embedding(4, 3.0)


def test_it_is_a_linear_layer_on_the_one_hot_vector() -> None:
    embedding = Embedding(4, 3, init=ROWS)
    layer = Layer(4, 3, activation="linear", init=ROWS.T, bias=False)
    for i in range(4):
        assert data([embedding(i)]) == data([layer([float(j == i) for j in range(4)])])


def test_rows_start_from_a_standard_normal_distribution_by_the_seed() -> None:
    numbers = np.array(data(Embedding(200, 50, rng=0).weight))
    assert abs(numbers.mean()) < 0.05
    assert abs(numbers.std() - 1.0) < 0.05
    assert data(Embedding(5, 2, rng=3).weight) == data(Embedding(5, 2, rng=3).weight)


def test_rows_are_parameters_with_names() -> None:
    embedding = Embedding(4, 3, init=ROWS)
    assert len(embedding.parameters()) == 12
    assert embedding.weight[1][2].label == "weight.1.2"
    twin = Embedding(4, 3)
    twin.load_state_dict(embedding.state_dict())
    assert data(twin.weight) == data(copy.deepcopy(embedding).weight) == ROWS.tolist()


def test_training_moves_the_rows_as_in_pytorch() -> None:
    torch = pytest.importorskip("torch")

    class Bigram(Module):
        def __init__(self) -> None:
            self.embedding = Embedding(5, 3, rng=0)
            self.head = Layer(3, 5, activation="linear", rng=1)

        def __call__(self, token):
            return self.head(self.embedding(token))

    tokens, targets = [0, 3, 3, 1, 4], [3, 3, 1, 4, 0]
    model = Bigram()
    embedding = torch.nn.Embedding(5, 3, dtype=torch.float64)
    head = torch.nn.Linear(3, 5, dtype=torch.float64)
    with torch.no_grad():
        embedding.weight.copy_(torch.tensor(data(model.embedding.weight), dtype=torch.float64))
        head.weight.copy_(
            torch.tensor(data([neuron.w for neuron in model.head.neurons]), dtype=torch.float64)
        )
        head.bias.zero_()
    ours = SGD(model.parameters(), lr=0.5)
    theirs = torch.optim.SGD([*embedding.parameters(), *head.parameters()], lr=0.5)
    for _ in range(5):
        ours.zero_grad()
        theirs.zero_grad()
        loss = cross_entropy([model(token) for token in tokens], targets)
        expected = torch.nn.functional.cross_entropy(
            head(embedding(torch.tensor(tokens))), torch.tensor(targets)
        )
        assert loss.data == pytest.approx(expected.item(), rel=1e-12)
        loss.backward()
        expected.backward()
        ours.step()
        theirs.step()
    assert np.array(data(model.embedding.weight)) == pytest.approx(
        embedding.weight.detach().numpy(), rel=1e-12
    )


def test_rows_that_were_not_picked_get_no_gradient() -> None:
    embedding = Embedding(4, 3, init=ROWS)
    mean([value for row in embedding([0, 2, 0]) for value in row]).backward()
    assert [[value.grad * 9 for value in row] for row in embedding.weight] == pytest.approx(
        np.array([[2.0] * 3, [0.0] * 3, [1.0] * 3, [0.0] * 3])
    )


def test_row_of_the_padding_is_0_and_stays_so() -> None:
    embedding = Embedding(3, 2, padding_idx=-1, rng=0)
    optimizer = nn.SGD(embedding.parameters(), lr=0.5)
    sum(value for row in embedding([0, 2, 2]) for value in row).backward()
    optimizer.step()
    assert [value.data for value in embedding(2)] == [0.0, 0.0]
    assert [value.grad for value in embedding(0)] == [1.0, 1.0]
    assert repr(embedding) == "Embedding(3, 2, padding_idx=2)"
    for wrong in (3, -4):
        with pytest.raises(ValueError, match="padding_idx must be"):
            Embedding(3, 2, padding_idx=wrong)
