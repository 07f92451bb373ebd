import numpy as np
import pytest

from benchmarks.workloads import one_call
from tests.benchmarks.workloads.oracle import Differences, agree, lifted, ours


def test_network_is_the_textbooks_and_its_gradient_that_of_differences() -> None:
    def network(parameters):
        W, v = parameters[0][:9].reshape(3, 3), parameters[0][9:]
        return v[:3] @ np.tanh(W @ [*one_call.INPUTS, 1.0]) + v[3]

    value, (gradient,) = Differences().value_and_gradients(network)([np.array(one_call.start())])
    for program in (one_call.scalars(ours()), one_call.by_hand(np)):
        agree(program.check(), {"loss": [value], "gradients": gradient}, rtol=1e-6, atol=1e-9)


def test_lifted_call_is_the_eager_one() -> None:
    agree(one_call.scalars(lifted()).check(), one_call.scalars(ours()).check())


def test_time_is_that_of_one_call(monkeypatch) -> None:
    ticks = iter([1.0, 3.0])
    monkeypatch.setattr(one_call, "perf_counter", lambda: next(ticks))
    assert one_call.by_hand(np).run() == {"call": pytest.approx(2.0 / one_call.CALLS)}
