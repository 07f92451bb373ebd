"""Rows of the activation functions of neurons."""

from typing import Any

from engine import floats
from engine.floats import arrays
from engine.ops.fields import Masks
from engine.ops.op import Op
from engine.ops.rows.comparisons import flat

_POINTS = ((-2.0,), (-0.3,), (0.4,), (3.0,))


def _gelu_partial(m: Any, y: Any, x: Any) -> Any:
    # beyond |x| = 100 the density is 0: clipping there keeps 0·inf out of it
    return m.ndtr(x) + m.clip(x, -100.0, 100.0) * 0.3989422804014327 * m.gaussian(x, 0.5)


ROWS = (
    Op(
        name="sigmoid",
        operands=("x",),
        forward=floats.sigmoid,
        partials=(lambda m, y, x: y * m.sigmoid(-x),),
        array_partials=(lambda m, y, x: m.sigmoid_partial(y, x),),
        numpy=lambda np, x: 1.0 / (1.0 + np.exp(-x)),
        jax=lambda jax, x: jax.nn.sigmoid(x),
        array=arrays.sigmoid,
        text="1 / (1 + exp(-x))",
        partial_text=("y * (1 - y)",),
        points=(*_POINTS, (40.0,)),
        latex=r"\sigma",
        reference=(
            'Rumelhart, Hinton and Williams, "Learning representations by back-propagating errors", 1986'
        ),
    ),
    Op(
        name="log_sigmoid",
        operands=("x",),
        forward=floats.log_sigmoid,
        partials=(lambda m, y, x: m.sigmoid(-x),),
        numpy=lambda np, x: -np.logaddexp(0.0, -x),
        jax=lambda jax, x: jax.nn.log_sigmoid(x),
        text="log(sigmoid(x))",
        points=(*_POINTS, (40.0,)),
        analytic=False,
    ),
    Op(
        name="softplus",
        operands=("x",),
        forward=floats.softplus,
        partials=(lambda m, y, x: m.sigmoid(x),),
        numpy=lambda np, x: np.logaddexp(0.0, x),
        jax=lambda jax, x: jax.nn.softplus(x),
        text="log(1 + exp(x))",
        points=(*_POINTS, (-40.0,)),
        analytic=False,
        reference=(
            'Dugas et al., "Incorporating second-order functional knowledge for better option pricing", 2000'
        ),
    ),
    Op(
        name="relu",
        operands=("x",),
        forward=floats.relu,
        partials=(lambda m, y, x: m.step(x),),
        array_partials=(lambda m, y, x: y > 0.0,),
        numpy=lambda np, x: np.maximum(x, 0.0),
        jax=lambda jax, x: jax.nn.relu(x),
        text="max(0, x)",
        points=_POINTS,
        symbol="ReLU",
        masks=Masks.ALWAYS,
        reference='Nair and Hinton, "Rectified linear units improve restricted Boltzmann machines", 2010',
    ),
    Op(
        name="leaky_relu",
        operands=("x", "alpha"),
        forward=floats.leaky_relu,
        partials=(
            lambda m, y, x, alpha: m.where(m.step(x), 1.0, alpha),
            lambda m, y, x, alpha: m.minimum(x, 0.0),
        ),
        array_partials=(
            lambda m, y, x, alpha: m.where(x > 0.0, 1.0, alpha),
            lambda m, y, x, alpha: m.minimum(x, 0.0),
        ),
        numpy=lambda np, x, alpha: np.where(x > 0.0, x, alpha * x),
        text="x if x > 0 else alpha * x",
        points=((-2.0, 0.01), (0.4, 0.01), (-1.5, 0.3)),
        static=1,
        defaults=(0.01,),
        masks=Masks.BUT_FIRST,
        reference=(
            'Maas, Hannun and Ng, "Rectifier nonlinearities improve neural network acoustic models", 2013'
        ),
    ),
    Op(
        name="elu",
        operands=("x", "alpha"),
        forward=floats.elu,
        partials=(
            lambda m, y, x, alpha: m.where(m.step(x), 1.0, alpha * m.exp(m.minimum(x, 0.0))),
            lambda m, y, x, alpha: m.expm1(m.minimum(x, 0.0)),
        ),
        array_partials=(
            lambda m, y, x, alpha: m.where(x > 0.0, 1.0, alpha * m.exp(m.minimum(x, 0.0))),
            lambda m, y, x, alpha: m.expm1(m.minimum(x, 0.0)),
        ),
        numpy=lambda np, x, alpha: np.where(x > 0.0, x, alpha * np.expm1(np.minimum(x, 0.0))),
        jax=lambda jax, x, alpha: jax.nn.elu(x, alpha),
        text="x if x > 0 else alpha * (exp(x) - 1)",
        partial_text=("1 if x > 0 else alpha * exp(x)", ""),
        points=((-2.0, 1.0), (0.4, 1.0), (-1.5, 0.3)),
        static=1,
        defaults=(1.0,),
        masks=Masks.BUT_FIRST,
        reference=(
            'Clevert, Unterthiner and Hochreiter, "Fast and accurate deep network learning by '
            'exponential linear units", 2015, arXiv:1511.07289'
        ),
    ),
    Op(
        name="gelu",
        operands=("x",),
        forward=floats.gelu,
        partials=(_gelu_partial,),
        numpy=lambda np, x: x * np.ndtr(x),
        text="x * ndtr(x)",
        partial_text=("ndtr(x) + x * exp(-x**2 / 2) / sqrt(2 * pi)",),
        points=(*_POINTS, (-12.0,)),
        analytic=False,
        reference='Hendrycks and Gimpel, "Gaussian error linear units", 2016, arXiv:1606.08415',
    ),
    Op(
        name="silu",
        operands=("x",),
        forward=floats.silu,
        # the bound keeps inf * 0 out of the partial at infinity
        partials=(lambda m, y, x: m.sigmoid(x) + m.minimum(y, 1e300) * m.sigmoid(-x),),
        numpy=lambda np, x: x / (1.0 + np.exp(-x)),
        jax=lambda jax, x: jax.nn.silu(x),
        array=arrays.silu,
        text="x * sigmoid(x)",
        points=(*_POINTS, (-40.0,)),
        reference='Elfwing, Uchibe and Doya, "Sigmoid-weighted linear units", 2017, arXiv:1702.03118',
    ),
    Op(
        name="step",
        operands=("x", "threshold"),
        forward=floats.step,
        partials=(flat, flat),
        array_partials=(lambda m, y, x, threshold: 0.0, lambda m, y, x, threshold: 0.0),
        numpy=lambda np, x, threshold: np.heaviside(x - threshold, 0.0),
        text="1 if x > threshold else 0",
        points=((-2.0, 0.0), (0.4, 0.0), (0.4, 0.5)),
        static=1,
        defaults=(0.0,),
        analytic=False,
        masks=Masks.ALWAYS,
        reference='Rosenblatt, "The perceptron", 1958',
    ),
)
