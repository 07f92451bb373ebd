"""Derivatives a second way: dual numbers, carried forward along with the values, all formulas by hand.

A dual number a + a'·ε, with ε² = 0, has one a' per input, and f(a + a'·ε) = f(a) + f'(a)·a'·ε. Nothing here
comes from the engine or its table: ``math`` and school calculus only. Ties and kinks are as in docs/edges.md;
there are no careful forms for the tails, so inputs should be of moderate size.
"""

import builtins
import math
from collections.abc import Callable, Sequence

_sum, _max, _min = builtins.sum, builtins.max, builtins.min


class Dual:
    """A number and its derivative by every input."""

    def __init__(self, value: float, slopes: Sequence[float]) -> None:
        self.value = value
        self.slopes = tuple(slopes)

    def __add__(self, other):
        return _made(lambda a, b: (a + b, 1.0, 1.0), self, other)

    def __sub__(self, other):
        return _made(lambda a, b: (a - b, 1.0, -1.0), self, other)

    def __mul__(self, other):
        return _made(lambda a, b: (a * b, b, a), self, other)

    def __truediv__(self, other):
        return _made(lambda a, b: (a / b, 1.0 / b, -a / b**2), self, other)

    def __pow__(self, other):
        if not isinstance(other, Dual):
            return _made(lambda a: (a**other, other * a ** (other - 1.0)), self)
        return _made(lambda a, b: (a**b, b * a ** (b - 1.0), a**b * math.log(a)), self, other)

    def __mod__(self, other):
        return _made(lambda a, b: (a % b, 1.0, -float(math.floor(a / b))), self, other)

    def __radd__(self, other):
        return self + other

    def __rsub__(self, other):
        return -self + other

    def __rmul__(self, other):
        return self * other

    def __rtruediv__(self, other):
        return _made(lambda a: (other / a, -other / a**2), self)

    def __rpow__(self, other):
        return _made(lambda a: (other**a, other**a * math.log(other)), self)

    def __rmod__(self, other):
        return _made(lambda a: (other % a, -float(math.floor(other / a))), self)

    def __neg__(self):
        return _made(lambda a: (-a, -1.0), self)

    def __abs__(self):
        return _made(lambda a: (abs(a), (a > 0.0) - (a < 0.0)), self)


def inputs(numbers: Sequence[float]) -> list[Dual]:
    """Independent variables: each with derivative 1 by itself and 0 by the others."""
    return [Dual(x, [float(i == j) for j in range(len(numbers))]) for i, x in enumerate(numbers)]


def _made(rule: Callable[..., tuple[float, ...]], *operands) -> Dual:
    """The chain rule: a rule gives the value and the partials; numbers among the operands have no slopes."""
    value, *partials = rule(*(x.value if isinstance(x, Dual) else float(x) for x in operands))
    used = [(partial, x.slopes) for partial, x in zip(partials, operands, strict=True) if isinstance(x, Dual)]
    count = len(used[0][1])
    return Dual(value, [_sum(partial * slopes[i] for partial, slopes in used) for i in range(count)])


def _of_one(rule: Callable[[float], tuple[float, float]]) -> Callable[[Dual], Dual]:
    return lambda x: _made(rule, x)


def _density(x: float) -> float:
    return math.exp(-x * x / 2.0) / math.sqrt(2.0 * math.pi)


def _logistic(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))


def _phi(x: float) -> float:
    return (1.0 + math.erf(x / math.sqrt(2.0))) / 2.0


exp = _of_one(lambda x: (math.exp(x), math.exp(x)))
exp2 = _of_one(lambda x: (2.0**x, 2.0**x * math.log(2.0)))
expm1 = _of_one(lambda x: (math.exp(x) - 1.0, math.exp(x)))
log = _of_one(lambda x: (math.log(x), 1.0 / x))
log2 = _of_one(lambda x: (math.log(x) / math.log(2.0), 1.0 / x / math.log(2.0)))
log10 = _of_one(lambda x: (math.log(x) / math.log(10.0), 1.0 / x / math.log(10.0)))
log1p = _of_one(lambda x: (math.log(1.0 + x), 1.0 / (1.0 + x)))
sqrt = _of_one(lambda x: (math.sqrt(x), 0.5 / math.sqrt(x)))
cbrt = _of_one(lambda x: (x ** (1.0 / 3.0), x ** (-2.0 / 3.0) / 3.0))
sin = _of_one(lambda x: (math.sin(x), math.cos(x)))
cos = _of_one(lambda x: (math.cos(x), -math.sin(x)))
tan = _of_one(lambda x: (math.tan(x), 1.0 / math.cos(x) ** 2))
asin = _of_one(lambda x: (math.asin(x), 1.0 / math.sqrt(1.0 - x**2)))
acos = _of_one(lambda x: (math.acos(x), -1.0 / math.sqrt(1.0 - x**2)))
atan = _of_one(lambda x: (math.atan(x), 1.0 / (1.0 + x**2)))
sinh = _of_one(lambda x: ((math.exp(x) - math.exp(-x)) / 2.0, (math.exp(x) + math.exp(-x)) / 2.0))
cosh = _of_one(lambda x: ((math.exp(x) + math.exp(-x)) / 2.0, (math.exp(x) - math.exp(-x)) / 2.0))
tanh = _of_one(lambda x: (math.tanh(x), 1.0 - math.tanh(x) ** 2))
asinh = _of_one(lambda x: (math.asinh(x), 1.0 / math.sqrt(x**2 + 1.0)))
acosh = _of_one(lambda x: (math.acosh(x), 1.0 / math.sqrt(x**2 - 1.0)))
atanh = _of_one(lambda x: (math.atanh(x), 1.0 / (1.0 - x**2)))
erf = _of_one(lambda x: (math.erf(x), 2.0 / math.sqrt(math.pi) * math.exp(-(x**2))))
erfc = _of_one(lambda x: (1.0 - math.erf(x), -2.0 / math.sqrt(math.pi) * math.exp(-(x**2))))
ndtr = _of_one(lambda x: (_phi(x), _density(x)))
gelu = _of_one(lambda x: (x * _phi(x), _phi(x) + x * _density(x)))
sigmoid = _of_one(lambda x: (_logistic(x), _logistic(x) * (1.0 - _logistic(x))))
log_sigmoid = _of_one(lambda x: (math.log(_logistic(x)), 1.0 - _logistic(x)))
softplus = _of_one(lambda x: (math.log(1.0 + math.exp(x)), _logistic(x)))
silu = _of_one(lambda x: (x * _logistic(x), _logistic(x) * (1.0 + x * (1.0 - _logistic(x)))))
relu = _of_one(lambda x: (x, 1.0) if x > 0.0 else (0.0, 0.0))
step = _of_one(lambda x: (float(x > 0.0), 0.0))
sign = _of_one(lambda x: (float((x > 0.0) - (x < 0.0)), 0.0))
floor = _of_one(lambda x: (float(math.floor(x)), 0.0))
ceil = _of_one(lambda x: (float(math.ceil(x)), 0.0))
stop_gradient = _of_one(lambda x: (x, 0.0))


def leaky_relu(x: Dual, alpha: float = 0.01) -> Dual:
    return _made(lambda x: (x, 1.0) if x > 0.0 else (alpha * x, alpha), x)


def elu(x: Dual, alpha: float = 1.0) -> Dual:
    def rule(x: float) -> tuple[float, float]:
        return (x, 1.0) if x > 0.0 else (alpha * (math.exp(x) - 1.0), alpha * math.exp(x))

    return _made(rule, x)


def gaussian(x: Dual, k: float = 1.0) -> Dual:
    return _made(lambda x: (math.exp(-k * x * x), -2.0 * k * x * math.exp(-k * x * x)), x)


def atan2(a, b) -> Dual:
    def rule(a: float, b: float) -> tuple[float, float, float]:
        square = a * a + b * b
        return math.atan2(a, b), b / square if square else 0.0, -a / square if square else 0.0

    return _made(rule, a, b)


def hypot(a, b) -> Dual:
    def rule(a: float, b: float) -> tuple[float, float, float]:
        root = math.sqrt(a * a + b * b)
        return root, a / root if root else 0.0, b / root if root else 0.0

    return _made(rule, a, b)


def clip(x: Dual, low: float, high: float) -> Dual:
    return _made(lambda x: (_min(_max(x, low), high), float(low <= x <= high)), x)


def where(condition, a, b) -> Dual:
    held = condition.value if isinstance(condition, Dual) else condition
    return _made(lambda a, b: (a, 1.0, 0.0) if held else (b, 0.0, 1.0), a, b)


def _over(rule: Callable[[Sequence[float]], tuple[float, Sequence[float]]], xs: Sequence) -> Dual:
    def flat(*numbers: float) -> tuple[float, ...]:
        value, partials = rule(numbers)
        return value, *partials

    return _made(flat, *xs)


def _extreme(choose: Callable[[Sequence[float]], float]):
    """The largest or the smallest of some numbers, its slope shared equally at a tie."""

    def rule(xs: Sequence[float]) -> tuple[float, Sequence[float]]:
        return choose(xs), [(x == choose(xs)) / xs.count(choose(xs)) for x in xs]

    return lambda xs: _over(rule, xs)


def _shares(xs: Sequence[float]) -> list[float]:
    total = _sum(math.exp(x) for x in xs)
    return [math.exp(x) / total for x in xs]


def prod(xs: Sequence) -> Dual:
    return _over(lambda xs: (math.prod(xs), [math.prod(xs[:i] + xs[i + 1 :]) for i in range(len(xs))]), xs)


def sum(xs: Sequence) -> Dual:
    return _over(lambda xs: (_sum(xs), [1.0] * len(xs)), xs)


def mean(xs: Sequence) -> Dual:
    return _over(lambda xs: (_sum(xs) / len(xs), [1.0 / len(xs)] * len(xs)), xs)


def dot(a: Sequence, b: Sequence) -> Dual:
    return _sum((x * y for x, y in zip(a, b, strict=True)), 0.0)


def logsumexp(xs: Sequence) -> Dual:
    return _over(lambda xs: (math.log(_sum(math.exp(x) for x in xs)), _shares(xs)), xs)


def softmax(xs: Sequence) -> list[Dual]:
    def one(chosen: int) -> Dual:
        def rule(xs: Sequence[float]) -> tuple[float, Sequence[float]]:
            shares = _shares(xs)
            return shares[chosen], [
                shares[chosen] * ((i == chosen) - share) for i, share in enumerate(shares)
            ]

        return _over(rule, xs)

    return [one(i) for i in range(len(xs))]


def log_softmax(xs: Sequence) -> list[Dual]:
    return [log(share) for share in softmax(xs)]


max = _extreme(_max)
min = _extreme(_min)


def maximum(a, b) -> Dual:
    return max([a, b])


def minimum(a, b) -> Dual:
    return min([a, b])
