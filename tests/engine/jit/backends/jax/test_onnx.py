"""A lifted function as a file of ONNX, by way of JAX: its runtime computes what the engine does."""

import numpy as np
import pytest

import engine
from engine import jit
from nn import LSTM, MLP

jax = pytest.importorskip("jax", reason="JAX is not installed: pip install 'chainrule[jax]'")
jax2onnx = pytest.importorskip("jax2onnx", reason="jax2onnx is not installed")
runtime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")

MLP_, LSTM_ = MLP(3, [4, 2], rng=0), LSTM(1, 2, rng=0)
FUNCTIONS = {
    "a network": lambda xs: engine.softmax(MLP_(xs)),
    "a recurrence": lambda xs: LSTM_([[x] for x in xs])[0][-1],
    "functions": lambda xs: [engine.erf(xs[0]) + xs[1].relu(), engine.norm(xs), engine.softplus(xs[2])],
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_runtime_computes_what_the_engine_does(name) -> None:
    numbers = [0.3, -0.8, 0.5]
    lifted = jit(FUNCTIONS[name])
    expected = [y.data for y in lifted(numbers)]
    fn, params = lifted.to_jax()
    model = jax2onnx.to_onnx(
        lambda x: fn(params, [x[0], x[1], x[2]]), inputs=[jax.ShapeDtypeStruct((3,), "float32")]
    )
    session = runtime.InferenceSession(model.SerializeToString())
    found = session.run(None, {session.get_inputs()[0].name: np.array(numbers, np.float32)})
    assert np.ravel(found) == pytest.approx(expected, rel=2e-6)
