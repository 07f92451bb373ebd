"""How many statements programs consist of: recognition must not decay unseen."""

import random
from functools import partial

import numpy as np
import pytest

import engine
from benchmarks.libraries.scalars import plain_dot
from benchmarks.workloads import transformer
from benchmarks.workloads.moons import demo
from engine import Value, jit
from nn import MLP
from tests.engine.jit.forms import forced
from tests.engine.jit.programs import PROGRAMS
from tests.sampling import share_of

pytestmark = pytest.mark.unmeasured


@pytest.fixture(autouse=True)
def _arrays():
    with forced("arrays"):
        yield


def counts(function) -> dict[str, int]:
    return function._shown.program.counts()


def test_demo_loss_over_a_hundred_samples_is_eleven_statements() -> None:
    random.seed(1337)
    _, loss = demo(Value, 100, False)
    lifted = jit(lambda: loss()[0])
    lifted()
    assert counts(lifted) == {"matmul": 8, "gather": 0, "scatter": 0, "sum": 0, "elementwise": 3}


@pytest.mark.parametrize("samples", [8, 32])
def test_network_over_a_loop_of_samples_has_three_matrix_products_a_layer(samples) -> None:
    model = MLP(3, [5, 4], activation="tanh", rng=0)
    loss = jit(lambda X: engine.mean([engine.sum([o * o for o in model(x)]) for x in X]))
    loss(np.random.default_rng(0).normal(size=(samples, 3)))
    found = counts(loss)
    assert found["matmul"] == 2 + 3  # the inputs take no gradient
    assert found["gather"] == found["scatter"] == 0
    assert sum(found.values()) <= 14


def test_network_for_one_sample_is_what_is_taught() -> None:
    cost = PROGRAMS["network_for_one_sample"]()
    assert counts(cost) == {"matmul": 5, "gather": 0, "scatter": 0, "sum": 0, "elementwise": 5}
    for equation in ("W2 @ h1", "np.matmul(dz2, h1.T, out=dW2)", "W2.T @ dz2"):
        assert equation in cost.source


class Plain:
    """Sums of products as everybody writes them, and a softmax without a shift."""

    dot = staticmethod(plain_dot)

    @staticmethod
    def softmax(logits):
        powers = [logit.exp() for logit in logits]
        total = sum(powers)
        return [power / total for power in powers]

    @staticmethod
    def logsumexp(logits):
        return sum(logit.exp() for logit in logits).log()


@pytest.mark.parametrize(("name", "most"), share_of([("amelia", 40), ("kim", 40), ("christopher", 40)], 0))
def test_transformer_in_plain_loops_is_few_statements(name, most) -> None:
    model, _ = transformer.model_and_parameters(Value)
    loss = jit(partial(transformer.loss_of_tokens(Plain, model), transformer.encode(name)))
    loss()
    found = counts(loss)
    assert sum(found.values()) <= most
    assert found["gather"] <= 12
    assert found["matmul"] <= 60


def test_attention_heads_are_products_of_several_matrices_at_once() -> None:
    source = PROGRAMS["attention"]().source
    assert source.count("swapaxes(1, 2)") >= 3
    assert counts(PROGRAMS["attention"]())["gather"] <= 1
