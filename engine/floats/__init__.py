"""The values of operators on Python floats, by IEEE 754 where Python would raise.

For any floats, infinities, nan, signed zeros and subnormals included, these functions return a float
and raise nothing (but for the mean, the extremes and logsumexp of no numbers at all). They are accurate
to 2 ulp over the whole range, tails included, or 2.5 for a few (tanh, acosh, erfc, ndtr, gelu, silu, sech2),
so that gradients made of a few of them stay within 4.

>>> exp(1000.0), log(0.0), divide(1.0, -0.0), power(-8.0, 1 / 3)
(inf, -inf, -inf, nan)
"""

# Each star stands for the ``__all__`` of that file: no list of the functions is kept here besides.
from engine.floats.activations import *
from engine.floats.arithmetic import *
from engine.floats.elementary import *
from engine.floats.sums import *
from engine.floats.tails import *
