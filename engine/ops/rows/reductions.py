"""Rows over sequences. Their single rule returns the partials of all operands, in order."""

import math
from functools import partial
from itertools import accumulate
from operator import mul
from typing import Any

from engine import floats
from engine.floats import arrays
from engine.ops.fields import Along, Masks, Series
from engine.ops.op import Op
from engine.ops.rows.parts import TINY

_POINTS = ((2.0, -3.5, 0.25), (0.7,), (1.5, 1.25, -0.5, 3.0))


def _product_of_the_others(m: Any, y: Any, xs: Any) -> Any:
    """Products of all operands but one, exact also where operands are zero."""
    before = [1.0, *accumulate(xs[:-1], mul)]
    after = [*reversed([1.0, *accumulate(reversed(xs[1:]), lambda product, x: x * product)])]
    return [left * right for left, right in zip(before, after, strict=True)]


def _shares(m: Any, y: Any, xs: Any) -> Any:
    """1 for the extreme operand, 1/k for each of k equal ones; nan where y is nan."""
    chosen = [m.equal(x, y) for x in xs]
    count = m.sum(chosen)
    return [one / count for one in chosen]


def _directions(m: Any, y: Any, xs: Any) -> Any:
    """xi / y, the unit vector; 0 at 0, which is the subgradient of least norm."""
    length = m.maximum(y, TINY)
    return [x / length for x in xs]


def _norm_of_jax(jax: Any, xs: Any) -> Any:
    """The length, by numbers that are divided by the largest; at 0 its derivative is 0."""
    np = jax.numpy
    largest = jax.lax.stop_gradient(np.max(abs(xs), axis=-1))
    some = largest > 0.0
    size = np.where(some, largest, 1.0)
    square = np.sum(np.square(xs / size[..., None]), axis=-1)
    return size * np.where(some, np.sqrt(np.where(some, square, 1.0)), 0.0)


def _softmax(m: Any, y: Any, xs: Any) -> Any:
    """exp(x - y), made to sum to one because y was rounded; where the sum is nan, it is left alone."""
    shares = [m.exp(x - y) for x in xs]
    total = m.sum(shares)
    total = m.where(m.equal(total, total), total, 1.0)
    return [share / total for share in shares]


def _log_softmax_partials(m: Any, y: Any, xs: Any) -> Any:
    """(1 - s0, -s1, -s2, …), where 1 - s0 is summed from the others so that it keeps its digits."""
    largest = m.stop_gradient(m.max(xs))
    powers = [m.exp(x - largest) for x in xs]
    total = m.sum(powers)
    others = [power / total for power in powers[1:]]
    return [m.sum(others), *(-share for share in others)]


def _swapped(m: Any, y: Any, xs: Any) -> Any:
    """For dot, whose operands are a1 … an, b1 … bn: the partners."""
    half = len(xs) // 2
    return [*xs[half:], *xs[:half]]


def _dot(xs: Any) -> float:
    half = len(xs) // 2
    return floats.dot(xs[:half], xs[half:])


_sequence = partial(Op, operands=("*xs",), points=_POINTS)

ROWS = (
    _sequence(
        name="sum",
        forward=floats.sum,
        partials=(lambda m, y, xs: [1.0] * len(xs),),
        text="x1 + … + xn",
        numpy=lambda np, xs: np.sum(xs, axis=-1),
        mixes=True,
        arithmetic=lambda m, xs: m.sum(xs),
        advice="inf - inf is nan, and a sum beyond 1.8e308 is inf: see which term has run away",
    ),
    _sequence(
        name="prod",
        forward=floats.prod,
        partials=(_product_of_the_others,),
        text="x1 · … · xn",
        numpy=lambda np, xs: np.prod(xs, axis=-1),
        along=Along(arrays.prod, arrays.gradients_of_prod),
        neutral=1.0,
        masks=Masks.ANOTHER,
        mixes=True,
        series=Series.PRODUCT_OF_ALL,
        arithmetic=lambda m, xs: m.prod(xs),
        advice="0 · inf is nan, and a product beyond 1.8e308 is inf: factors above 1 explode",
        partial_text=("product of the others",),
    ),
    _sequence(
        name="norm",
        forward=floats.norm,
        partials=(_directions,),
        text="sqrt(x1**2 + … + xn**2)",
        numpy=lambda np, xs: np.sqrt(np.sum(np.square(xs), axis=-1)),
        along=Along(arrays.norm),
        neutral=0.0,
        jax=_norm_of_jax,
        partial_text=("xi / y, 0 at 0",),
    ),
    _sequence(
        name="mean",
        forward=floats.mean,
        partials=(lambda m, y, xs: [1.0 / len(xs)] * len(xs),),
        text="(x1 + … + xn) / n",
        numpy=lambda np, xs: np.mean(xs, axis=-1),
        mixes=True,
        arithmetic=lambda m, xs: m.mean(xs),
        partial_text=("1 / n",),
    ),
    _sequence(
        name="dot",
        forward=_dot,
        partials=(_swapped,),
        text="a1·b1 + … + an·bn",
        numpy=lambda np, xs: np.sum(np.multiply(*np.split(xs, 2, axis=-1)), axis=-1),
        points=((2.0, -3.5, 0.25, 4.0), (0.7, 1.5), (1.0, 2.0, 3.0, -1.0, 0.5, 0.25)),
        masks=Masks.PARTNER,
        operands=("*a", "*b"),
        mixes=True,
        series=Series.SUM_OF_PRODUCTS,
        arithmetic=lambda m, xs: m.dot(xs[: len(xs) // 2], xs[len(xs) // 2 :]),
        doc="The sum of products a1·b1 + … + an·bn as one node: a neuron's weighted input.",
        example=">>> dot([1.0, 2.0], [3.0, 4.0])\n11.0",
        advice="0 · inf is nan, and a sum beyond 1.8e308 is inf: see which term has run away",
        partial_text=("the partner",),
    ),
    _sequence(
        name="max",
        forward=floats.max,
        partials=(_shares,),
        text="the largest",
        numpy=lambda np, xs: np.max(xs, axis=-1),
        along=Along("maximum", arrays.shares_of_extremes),
        neutral=-math.inf,
        masks=Masks.ALWAYS,
        latex=r"\max",
        partial_text=("1/k for the k largest",),
    ),
    _sequence(
        name="min",
        forward=floats.min,
        partials=(_shares,),
        text="the smallest",
        numpy=lambda np, xs: np.min(xs, axis=-1),
        along=Along("minimum", arrays.shares_of_extremes),
        neutral=math.inf,
        masks=Masks.ALWAYS,
        latex=r"\min",
        partial_text=("1/k for the k smallest",),
    ),
    _sequence(
        name="logsumexp",
        forward=floats.logsumexp,
        partials=(_softmax,),
        text="log(exp(x1) + … + exp(xn))",
        numpy=lambda np, xs: np.log(np.sum(np.exp(xs), axis=-1)),
        along=Along(arrays.logsumexp, arrays.gradients_of_logsumexp, keeps=True),
        neutral=-math.inf,
        jax=lambda jax, xs: jax.nn.logsumexp(xs, axis=-1),
        reference=(
            'Blanchard, Higham and Higham, "Accurately computing the log-sum-exp and softmax functions", 2021'
        ),
        partial_text=("exp(xi - y)",),
    ),
    _sequence(
        name="log_softmax",
        forward=floats.log_softmax_first,
        partials=(_log_softmax_partials,),
        text="x1 - logsumexp(x1, …, xn)",
        numpy=lambda np, xs: xs[..., 0] - np.log(np.sum(np.exp(xs), axis=-1)),
        along=Along(arrays.log_softmax, arrays.gradients_of_log_softmax, keeps=True),
        neutral=-math.inf,
        jax=lambda jax, xs: jax.nn.log_softmax(xs, axis=-1)[..., 0],
        doc=(
            "The logarithm of the softmax, also where that is nearly 0 or 1; of the row, that of "
            "the first operand."
        ),
        example=">>> log_softmax([0.0, 0.0])\n[-0.6931471805599453, -0.6931471805599453]",
        reference=(
            'Blanchard, Higham and Higham, "Accurately computing the log-sum-exp and softmax functions", 2021'
        ),
        partial_text=("1 - exp(y) for x1, -softmax for the others",),
    ),
)
