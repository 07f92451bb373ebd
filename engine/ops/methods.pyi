# Written by .ci/write_stubs.py from the operators and from what is imported later: run it again.

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeAlias, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from engine.ops.op import Op

Number: TypeAlias = float | np.floating[Any] | np.integer[Any]

Result = TypeVar("Result")

BINARY: dict[str, str]
UNARY: dict[str, str]
METHODS: dict[str, Callable[..., Any]]

def is_left_to(other: Any, row: Op) -> bool: ...

class Methods(Generic[Result]):
    def _apply(self, row: Op, operands: Sequence[Any]) -> Any: ...
    def __neg__(self) -> Result: ...
    def __abs__(self) -> Result: ...
    @overload
    def __add__(self, other: Result | Number) -> Result: ...
    @overload
    def __add__(self, other: NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def __radd__(self, other: Number) -> Result: ...
    @overload
    def __radd__(self, other: NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def __sub__(self, other: Result | Number) -> Result: ...
    @overload
    def __sub__(self, other: NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def __rsub__(self, other: Number) -> Result: ...
    @overload
    def __rsub__(self, other: NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def __mul__(self, other: Result | Number) -> Result: ...
    @overload
    def __mul__(self, other: NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def __rmul__(self, other: Number) -> Result: ...
    @overload
    def __rmul__(self, other: NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def __truediv__(self, other: Result | Number) -> Result: ...
    @overload
    def __truediv__(self, other: NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def __rtruediv__(self, other: Number) -> Result: ...
    @overload
    def __rtruediv__(self, other: NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def __pow__(self, other: Result | Number) -> Result: ...
    @overload
    def __pow__(self, other: NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def __rpow__(self, other: Number) -> Result: ...
    @overload
    def __rpow__(self, other: NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def __mod__(self, other: Result | Number) -> Result: ...
    @overload
    def __mod__(self, other: NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def __rmod__(self, other: Number) -> Result: ...
    @overload
    def __rmod__(self, other: NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def __floordiv__(self, other: Result | Number) -> Result: ...
    @overload
    def __floordiv__(self, other: NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def __rfloordiv__(self, other: Number) -> Result: ...
    @overload
    def __rfloordiv__(self, other: NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def add(self, b: Result | Number) -> Result:
        """The sum of two numbers.

        Value: a + b.
        Partial derivatives: 1; 1.

        >>> from engine import add
        >>> add(2.0, 3.0)
        5.0
        """
    @overload
    def add(self, b: NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def sub(self, b: Result | Number) -> Result:
        """The difference of two numbers.

        Value: a - b.
        Partial derivatives: 1; -1.

        >>> from engine import sub
        >>> sub(2.0, 3.0)
        -1.0
        """
    @overload
    def sub(self, b: NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def mul(self, b: Result | Number) -> Result:
        """The product of two numbers.

        A factor written as the plain number 0 masks the other, whose gradient, even an infinite one,
        then contributes nothing.

        Value: a * b.
        Partial derivatives: b; a.

        >>> from engine import mul
        >>> mul(2.0, 3.0)
        6.0
        """
    @overload
    def mul(self, b: NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def div(self, b: Result | Number) -> Result:
        """The quotient ``a / b``; division by zero gives an infinity with IEEE's sign, and 0/0 nan.

        Value: a / b.
        Partial derivatives: 1 / b; -y / b.

        >>> from engine import div
        >>> div(1.0, 4.0), div(1.0, 0.0), div(1.0, -0.0), div(0.0, 0.0)
        (0.25, inf, -inf, nan)
        """
    @overload
    def div(self, b: NDArray[Any]) -> NDArray[Any]: ...
    def neg(self) -> Result:
        """The number with the opposite sign.

        Value: -x.
        Partial derivatives: -1.

        >>> from engine import neg
        >>> neg(2.5)
        -2.5
        """
    def abs(self) -> Result:
        """The absolute value. Its derivative at 0 is 0, one of the subgradients there.

        Value: |x|.
        Partial derivatives: sign(x).

        >>> from engine import abs
        >>> abs(-2.5)
        2.5
        """
    @overload
    def pow(self, n: Result | Number) -> Result:
        """The power ``x ** y`` of IEEE 754's pow: 1 for ``y = 0`` whatever x, nan instead of a complex number.

        A pole at zero keeps the sign of the zero for odd powers, as an overflow keeps that of x.

        Value: x**n.
        Partial derivatives: n * x**(n - 1); y * log(x).

        Reference: IEEE 754-2019, section 9.2.1.

        >>> from engine import pow
        >>> pow(2.0, -1.0), pow(0.0, -1.0), pow(-0.0, -1.0), pow(0.0, 0.0)
        (0.5, inf, -inf, 1.0)
        >>> pow(-8.0, 1 / 3), pow(-10.0, 309.0)
        (nan, -inf)
        """
    @overload
    def pow(self, n: NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def mod(self, b: Result | Number) -> Result:
        """The remainder of ``a / b`` with the sign of b, as Python and NumPy have it; nan for ``b = 0``.

        Value: a % b, with the sign of b.
        Partial derivatives: 1; -floor(a / b).

        Reference: Knuth, The Art of Computer Programming, volume 1, section 1.2.4.

        >>> from engine import mod
        >>> mod(7.0, 3.0), mod(-7.0, 3.0), mod(7.0, -3.0), mod(7.0, 0.0)
        (1.0, 2.0, -2.0, nan)
        """
    @overload
    def mod(self, b: NDArray[Any]) -> NDArray[Any]: ...
    def exp(self) -> Result:
        """The exponential e**x; inf above 709.78.

        Value: e**x.
        Partial derivatives: y.

        >>> from engine import exp
        >>> exp(1.0), exp(1000.0), exp(-1000.0)
        (2.718281828459045, inf, 0.0)
        """
    def exp2(self) -> Result:
        """The power 2**x; inf from 1024 on.

        Value: 2**x.
        Partial derivatives: y * log(2).

        >>> from engine import exp2
        >>> exp2(10.0), exp2(1024.0)
        (1024.0, inf)
        """
    def expm1(self) -> Result:
        """e**x - 1, without the cancellation near 0; inf above 709.78.

        Value: e**x - 1.
        Partial derivatives: exp(x).

        >>> from engine import expm1
        >>> expm1(1e-20), expm1(-40.0), expm1(1000.0)
        (1e-20, -1.0, inf)
        """
    def log(self) -> Result:
        """The natural logarithm; -inf at 0, nan below.

        Value: log(x).
        Partial derivatives: 1 / x.

        >>> from engine import log
        >>> log(1.0), log(0.0), log(-1.0)
        (0.0, -inf, nan)
        """
    def log2(self) -> Result:
        """The logarithm to base 2; -inf at 0, nan below.

        Value: log(x) / log(2).
        Partial derivatives: 1 / (log(2) * x).

        >>> from engine import log2
        >>> log2(8.0), log2(0.0), log2(-1.0)
        (3.0, -inf, nan)
        """
    def log10(self) -> Result:
        """The logarithm to base 10; -inf at 0, nan below.

        Value: log(x) / log(10).
        Partial derivatives: 1 / (log(10) * x).

        >>> from engine import log10
        >>> log10(1000.0), log10(0.0), log10(-1.0)
        (3.0, -inf, nan)
        """
    def log1p(self) -> Result:
        """log(1 + x), without the cancellation near 0; -inf at -1, nan below.

        Value: log(1 + x).
        Partial derivatives: 1 / (1 + x).

        >>> from engine import log1p
        >>> log1p(1e-20), log1p(-1.0), log1p(-2.0)
        (1e-20, -inf, nan)
        """
    def sqrt(self) -> Result:
        """The square root; nan below 0.

        Value: x**(1/2).
        Partial derivatives: 1 / (2 * y).

        >>> from engine import sqrt
        >>> sqrt(2.25), sqrt(0.0), sqrt(-1.0)
        (1.5, 0.0, nan)
        """
    def cbrt(self) -> Result:
        """The real cube root, of negative numbers too; within 0.7 ulp.

        One step of Newton's method from the C library's result, cut to 23 bits so that its square is
        exact; after FreeBSD's ``s_cbrt.c``.

        Value: x**(1/3), also of negative x.
        Partial derivatives: 1 / (3 * y**2).

        Reference: FreeBSD's s_cbrt.c.

        >>> from engine import cbrt
        >>> cbrt(27.0), cbrt(-0.001), cbrt(0.0)
        (3.0, -0.1, 0.0)
        """
    def sin(self) -> Result:
        """The sine of an angle in radians; nan at infinity.

        Value: sin(x).
        Partial derivatives: cos(x).

        >>> import math
        >>> from engine import sin
        >>> sin(0.0), sin(math.inf)
        (0.0, nan)
        """
    def cos(self) -> Result:
        """The cosine of an angle in radians; nan at infinity.

        Value: cos(x).
        Partial derivatives: -sin(x).

        >>> import math
        >>> from engine import cos
        >>> cos(0.0), cos(math.inf)
        (1.0, nan)
        """
    def tan(self) -> Result:
        """The tangent of an angle in radians; nan at infinity.

        Value: tan(x).
        Partial derivatives: 1 + y**2.

        >>> import math
        >>> from engine import tan
        >>> tan(0.0), tan(math.inf)
        (0.0, nan)
        """
    def asin(self) -> Result:
        """The angle in [-π/2, π/2] with the sine x; nan beyond 1.

        Value: arcsin(x).
        Partial derivatives: 1 / sqrt((1 - x) * (1 + x)).

        >>> from engine import asin
        >>> asin(1.0), asin(2.0)
        (1.5707963267948966, nan)
        """
    def acos(self) -> Result:
        """The angle in [0, π] with the cosine x; nan beyond 1.

        Value: arccos(x).
        Partial derivatives: -1 / sqrt((1 - x) * (1 + x)).

        >>> from engine import acos
        >>> acos(0.0), acos(2.0)
        (1.5707963267948966, nan)
        """
    def atan(self) -> Result:
        """The angle in [-π/2, π/2] with the tangent x.

        Value: arctan(x).
        Partial derivatives: 1 / (1 + x**2).

        >>> import math
        >>> from engine import atan
        >>> atan(1.0), atan(-math.inf)
        (0.7853981633974483, -1.5707963267948966)
        """
    @overload
    def atan2(self, b: Result | Number) -> Result:
        """The angle in [-π, π] of the point (b, a): the arc tangent of a / b, in the right quadrant.

        Value: the angle of the point (b, a).
        Partial derivatives: b / (a**2 + b**2); -a / (a**2 + b**2).

        Reference: IEEE 754-2019, section 9.2.1.

        >>> from engine import atan2
        >>> atan2(1.0, 1.0), atan2(1.0, -1.0), atan2(0.0, 0.0)
        (0.7853981633974483, 2.356194490192345, 0.0)
        """
    @overload
    def atan2(self, b: NDArray[Any]) -> NDArray[Any]: ...
    def sinh(self) -> Result:
        """The hyperbolic sine; infinite, with the sign of x, beyond 710.48.

        Value: sinh(x).
        Partial derivatives: cosh(x).

        >>> from engine import sinh
        >>> sinh(0.0), sinh(-1000.0)
        (0.0, -inf)
        """
    def cosh(self) -> Result:
        """The hyperbolic cosine; inf beyond 710.48.

        Value: cosh(x).
        Partial derivatives: sinh(x).

        >>> from engine import cosh
        >>> cosh(0.0), cosh(-1000.0)
        (1.0, inf)
        """
    def tanh(self) -> Result:
        """The hyperbolic tangent: an S-shaped activation between -1 and 1.

        Value: tanh(x).
        Partial derivatives: 1 - y**2.

        Reference: LeCun, Bottou, Orr and Müller, "Efficient BackProp", 1998, section 4.4.

        >>> from engine import tanh
        >>> tanh(0.0), tanh(1000.0), tanh(-1000.0)
        (0.0, 1.0, -1.0)
        """
    def asinh(self) -> Result:
        """The number with the hyperbolic sine x.

        Value: arsinh(x).
        Partial derivatives: 1 / sqrt(x**2 + 1).

        >>> import math
        >>> from engine import asinh
        >>> asinh(0.0), asinh(-math.inf)
        (0.0, -inf)
        """
    def acosh(self) -> Result:
        """The number that is not negative with the hyperbolic cosine x; nan below 1.

        Value: arcosh(x).
        Partial derivatives: 1 / sqrt(x**2 - 1).

        >>> from engine import acosh
        >>> acosh(1.0), acosh(0.0)
        (0.0, nan)
        """
    def atanh(self) -> Result:
        """The number with the hyperbolic tangent x; infinite at -1 and 1, nan beyond.

        Value: artanh(x).
        Partial derivatives: 1 / ((1 - x) * (1 + x)).

        >>> from engine import atanh
        >>> atanh(0.0), atanh(-1.0), atanh(2.0)
        (0.0, -inf, nan)
        """
    @overload
    def hypot(self, b: Result | Number) -> Result:
        """The root of a² + b², without overflow on the way; within 1 ulp.

        The root of the rounded sum, corrected; after Borges, "An improved algorithm for hypot(a, b)", 2019,
        arXiv:1904.09481, without fused operations. One infinite side makes it infinite, whatever the other is.

        Value: sqrt(a**2 + b**2).
        Partial derivatives: a / y; b / y.

        Reference: Borges, "An improved algorithm for hypot(a, b)", 2019, arXiv:1904.09481.

        >>> import math
        >>> from engine import hypot
        >>> hypot(3.0, 4.0), hypot(1e200, 1e200), hypot(math.inf, math.nan), hypot(5e-324, 0.0)
        (5.0, 1.414213562373095e+200, inf, 5e-324)
        """
    @overload
    def hypot(self, b: NDArray[Any]) -> NDArray[Any]: ...
    def erf(self) -> Result:
        """The error function, 2/sqrt(π) times the integral of exp(-t²) from 0 to x.

        Value: the error function.
        Partial derivatives: 2 / sqrt(pi) * exp(-x**2).

        Reference: DLMF, section 7.2, https://dlmf.nist.gov/7.2.

        >>> from engine import erf
        >>> erf(0.0), erf(10.0), erf(-10.0)
        (0.0, 1.0, -1.0)
        """
    def erfc(self) -> Result:
        """1 - erf(x), with all its digits where that is tiny.

        Value: 1 - erf(x).
        Partial derivatives: -2 / sqrt(pi) * exp(-x**2).

        Reference: DLMF, section 7.2, https://dlmf.nist.gov/7.2.

        >>> from engine import erfc
        >>> erfc(0.0), erfc(10.0), erfc(-10.0)
        (1.0, 2.088487583762545e-45, 2.0)
        """
    def ndtr(self) -> Result:
        """Φ(x), the normal distribution function: the probability that a standard normal variable is below x.

        Value: the normal distribution function.
        Partial derivatives: exp(-x**2 / 2) / sqrt(2 * pi).

        Reference: DLMF, section 7.20(iii), https://dlmf.nist.gov/7.20.

        >>> from engine import ndtr
        >>> ndtr(0.0), ndtr(-12.0), ndtr(12.0)
        (0.5, 1.7764821120776787e-33, 1.0)
        """
    @overload
    def gaussian(self, k: Result | Number = 1.0) -> Result:
        """The bell curve exp(-k·x²).

        Args:
            x: any number.
            k: a power of two, so that multiplying by it is exact; 0.5 for the normal density. Any other
                positive number costs digits in the tail.

        Value: exp(-k * x**2).
        Partial derivatives: -2 * k * x * y; -x**2 * y.

        >>> from engine import gaussian
        >>> gaussian(0.0), gaussian(26.0), gaussian(1e200, 0.5)
        (1.0, 2.6117417612840555e-294, 0.0)
        """
    @overload
    def gaussian(self, k: NDArray[Any]) -> NDArray[Any]: ...
    def sech2(self) -> Result:
        """1 / cosh(x)², the derivative of tanh; far out, where 1 - tanh(x)² would be 0, too.

        Value: 1 / cosh(x)**2.
        Partial derivatives: -2 * tanh(x) * y.

        >>> from engine import sech2
        >>> sech2(0.0), sech2(20.0), sech2(1000.0)
        (1.0, 1.6993417021166355e-17, 0.0)
        """
    def sigmoid(self) -> Result:
        """The logistic function 1 / (1 + e**-x).

        Value: 1 / (1 + exp(-x)).
        Partial derivatives: y * (1 - y).

        Reference: Rumelhart, Hinton and Williams, "Learning representations by back-propagating errors", 1986.

        >>> from engine import sigmoid
        >>> sigmoid(0.0), sigmoid(-740.0), sigmoid(-1000.0), sigmoid(1000.0)
        (0.5, 4.2e-322, 0.0, 1.0)
        """
    def log_sigmoid(self) -> Result:
        """The logarithm of the logistic function, also where that is 0 or 1 in floats.

        Value: log(sigmoid(x)).
        Partial derivatives: sigmoid(-x).

        >>> from engine import log_sigmoid
        >>> log_sigmoid(0.0), log_sigmoid(-1000.0), log_sigmoid(40.0)
        (-0.6931471805599453, -1000.0, -4.248354255291589e-18)
        """
    def softplus(self) -> Result:
        """log(1 + e**x), a smooth relu.

        Value: log(1 + exp(x)).
        Partial derivatives: sigmoid(x).

        Reference: Dugas et al., "Incorporating second-order functional knowledge for better option pricing", 2000.

        >>> from engine import softplus
        >>> softplus(0.0), softplus(1000.0), softplus(-40.0)
        (0.6931471805599453, 1000.0, 4.248354255291589e-18)
        """
    def relu(self) -> Result:
        """The positive part of x; nan for nan.

        Value: max(0, x).
        Partial derivatives: step(x).

        Reference: Nair and Hinton, "Rectified linear units improve restricted Boltzmann machines", 2010.

        >>> import math
        >>> from engine import relu
        >>> relu(2.5), relu(-2.5), relu(math.nan)
        (2.5, 0.0, nan)
        """
    @overload
    def leaky_relu(self, alpha: Result | Number = 0.01) -> Result:
        """x where positive, else alpha·x.

        Value: x if x > 0 else alpha * x.
        Partial derivatives: 1 if x > 0 else alpha; minimum(x, 0).

        Reference: Maas, Hannun and Ng, "Rectifier nonlinearities improve neural network acoustic models", 2013.

        >>> from engine import leaky_relu
        >>> leaky_relu(2.5), leaky_relu(-2.0, 0.1)
        (2.5, -0.2)
        """
    @overload
    def leaky_relu(self, alpha: NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def elu(self, alpha: Result | Number = 1.0) -> Result:
        """x where positive, else alpha·(e**x - 1): the exponential linear unit.

        Value: x if x > 0 else alpha * (exp(x) - 1).
        Partial derivatives: 1 if x > 0 else alpha * exp(x); expm1(minimum(x, 0)).

        Reference: Clevert, Unterthiner and Hochreiter, "Fast and accurate deep network learning by exponential linear units", 2015, arXiv:1511.07289.

        >>> from engine import elu
        >>> elu(2.5), elu(-1000.0), elu(-1e-20, 2.0)
        (2.5, -1.0, -2e-20)
        """
    @overload
    def elu(self, alpha: NDArray[Any]) -> NDArray[Any]: ...
    def gelu(self) -> Result:
        """x·Φ(x), the Gaussian error linear unit in its exact form; its limit 0 at -inf.

        Value: x * ndtr(x).
        Partial derivatives: ndtr(x) + x * exp(-x**2 / 2) / sqrt(2 * pi).

        Reference: Hendrycks and Gimpel, "Gaussian error linear units", 2016, arXiv:1606.08415.

        >>> from engine import gelu
        >>> gelu(0.0), gelu(1.0), gelu(-12.0), gelu(-1000.0)
        (0.0, 0.841344746068543, -2.1317785344932147e-32, 0.0)
        """
    def silu(self) -> Result:
        """x·sigmoid(x), also called swish; its limit 0 at -inf.

        Value: x * sigmoid(x).
        Partial derivatives: sigmoid(x) + y * sigmoid(-x).

        Reference: Elfwing, Uchibe and Doya, "Sigmoid-weighted linear units", 2017, arXiv:1702.03118.

        >>> import math
        >>> from engine import silu
        >>> silu(0.0), silu(-40.0), silu(1000.0), silu(-math.inf)
        (0.0, -1.6993417021166355e-16, 1000.0, 0.0)
        """
    @overload
    def step(self, threshold: Result | Number = 0.0) -> Result:
        """1 where x lies above the threshold, else 0: a perceptron's activation; nan for nan.

        Value: 1 if x > threshold else 0.
        Partial derivatives: 0; 0.

        Reference: Rosenblatt, "The perceptron", 1958.

        >>> from engine import step
        >>> step(0.3), step(0.0), step(0.3, 0.5)
        (1.0, 0.0, 0.0)
        """
    @overload
    def step(self, threshold: NDArray[Any]) -> NDArray[Any]: ...
    def sign(self) -> Result:
        """-1, 0 or 1 as x is negative, zero or positive; nan for nan.

        Value: -1, 0 or 1.
        Partial derivatives: 0.

        >>> from engine import sign
        >>> sign(-3.0), sign(-0.0), sign(2.5), sign(float("nan"))
        (-1.0, 0.0, 1.0, nan)
        """
    def floor(self) -> Result:
        """The largest integer not above x, as a float; infinities and nan stay.

        Value: the next integer below.
        Partial derivatives: 0.

        >>> from engine import floor
        >>> floor(2.7), floor(-2.7), floor(1e300), floor(-float("inf"))
        (2.0, -3.0, 1e+300, -inf)
        """
    def ceil(self) -> Result:
        """The smallest integer not below x, as a float; infinities and nan stay.

        Value: the next integer above.
        Partial derivatives: 0.

        >>> from engine import ceil
        >>> ceil(2.3), ceil(-2.7), ceil(1e300), ceil(float("inf"))
        (3.0, -2.0, 1e+300, inf)
        """
    def rint(self) -> Result:
        """The integer closest to x, the even one of two, as a float; infinities and nan stay.

        Value: the closest integer, the even one of two.
        Partial derivatives: 0.

        Reference: IEEE 754-2019, section 5.9: roundToIntegralTiesToEven.

        >>> from engine import rint
        >>> rint(2.4), rint(2.5), rint(-0.3), rint(1e300)
        (2.0, 2.0, -0.0, 1e+300)
        """
    @overload
    def floor_divide(self, b: Result | Number) -> Result:
        """``a // b`` as a float: the integral quotient that leaves ``mod(a, b)``; a/b for b = 0.

        Value: a // b, floor(a / b) but for rounding.
        Partial derivatives: 0; 0.

        >>> from engine import floor_divide
        >>> floor_divide(7.0, 2.0), floor_divide(-7.0, 2.0), floor_divide(1.0, 0.1), floor_divide(1.0, 0.0)
        (3.0, -4.0, 9.0, inf)
        """
    @overload
    def floor_divide(self, b: NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def greater(self, b: Result | Number) -> Result:
        """1 if ``a > b``, else 0.

        Value: 1 if a > b else 0.
        Partial derivatives: 0; 0.

        >>> from engine import greater
        >>> greater(2.0, 1.0), greater(1.0, 1.0)
        (1.0, 0.0)
        """
    @overload
    def greater(self, b: NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def greater_equal(self, b: Result | Number) -> Result:
        """1 if ``a >= b``, else 0.

        Value: 1 if a >= b else 0.
        Partial derivatives: 0; 0.

        >>> from engine import greater_equal
        >>> greater_equal(1.0, 1.0), greater_equal(1.0, 2.0)
        (1.0, 0.0)
        """
    @overload
    def greater_equal(self, b: NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def equal(self, b: Result | Number) -> Result:
        """1 if ``a == b``, else 0; nan equals nothing.

        Value: 1 if a == b else 0.
        Partial derivatives: 0; 0.

        >>> from engine import equal
        >>> equal(1.0, 1.0), equal(1.0, 2.0), equal(float("nan"), float("nan"))
        (1.0, 0.0, 0.0)
        """
    @overload
    def equal(self, b: NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def minimum(self, b: Result | Number) -> Result:
        """The smaller of two numbers; nan if either is nan, as NumPy has it.

        Value: the smaller of a and b.
        Partial derivatives: 1 if a < b else 0, 1/2 at a tie; 1 if b < a else 0, 1/2 at a tie.

        >>> from engine import minimum
        >>> minimum(2.0, -1.0), minimum(1.0, float("nan"))
        (-1.0, nan)
        """
    @overload
    def minimum(self, b: NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def maximum(self, b: Result | Number) -> Result:
        """The larger of two numbers; nan if either is nan, as NumPy has it.

        Value: the larger of a and b.
        Partial derivatives: 1 if a > b else 0, 1/2 at a tie; 1 if b > a else 0, 1/2 at a tie.

        >>> from engine import maximum
        >>> maximum(2.0, -1.0), maximum(1.0, float("nan"))
        (2.0, nan)
        """
    @overload
    def maximum(self, b: NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def clip(self, low: Result | Number, high: Result | Number) -> Result:
        """The number of the interval that is closest to x: ``minimum(maximum(x, low), high)``; nan for nan.

        Value: x within low and high.
        Partial derivatives: 1 if low <= x <= high else 0; 1 if x < low else 0; 1 if x > high else 0.

        >>> from engine import clip
        >>> clip(0.3, -1.0, 1.0), clip(-7.0, -1.0, 1.0), clip(7.0, -1.0, 1.0)
        (0.3, -1.0, 1.0)
        """
    @overload
    def clip(self, low: NDArray[Any], high: Result | Number | NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def clip(self, low: Result | Number, high: NDArray[Any]) -> NDArray[Any]: ...
    def stop_gradient(self) -> Result:
        """The number as it is, taken as a constant: no gradient passes.

        Value: x, taken as a constant.
        Partial derivatives: 0.

        >>> from engine import stop_gradient
        >>> from engine import grad
        >>> grad(lambda x: x * stop_gradient(x))(3.0)
        3.0
        """
    @overload
    def subtract(self, b: Result | Number) -> Result:
        """The difference of two numbers.

        Value: a - b.
        Partial derivatives: 1; -1.

        >>> from engine import sub
        >>> sub(2.0, 3.0)
        -1.0
        """
    @overload
    def subtract(self, b: NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def multiply(self, b: Result | Number) -> Result:
        """The product of two numbers.

        A factor written as the plain number 0 masks the other, whose gradient, even an infinite one,
        then contributes nothing.

        Value: a * b.
        Partial derivatives: b; a.

        >>> from engine import mul
        >>> mul(2.0, 3.0)
        6.0
        """
    @overload
    def multiply(self, b: NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def divide(self, b: Result | Number) -> Result:
        """The quotient ``a / b``; division by zero gives an infinity with IEEE's sign, and 0/0 nan.

        Value: a / b.
        Partial derivatives: 1 / b; -y / b.

        >>> from engine import div
        >>> div(1.0, 4.0), div(1.0, 0.0), div(1.0, -0.0), div(0.0, 0.0)
        (0.25, inf, -inf, nan)
        """
    @overload
    def divide(self, b: NDArray[Any]) -> NDArray[Any]: ...
    def negative(self) -> Result:
        """The number with the opposite sign.

        Value: -x.
        Partial derivatives: -1.

        >>> from engine import neg
        >>> neg(2.5)
        -2.5
        """
    def absolute(self) -> Result:
        """The absolute value. Its derivative at 0 is 0, one of the subgradients there.

        Value: |x|.
        Partial derivatives: sign(x).

        >>> from engine import abs
        >>> abs(-2.5)
        2.5
        """
    @overload
    def power(self, n: Result | Number) -> Result:
        """The power ``x ** y`` of IEEE 754's pow: 1 for ``y = 0`` whatever x, nan instead of a complex number.

        A pole at zero keeps the sign of the zero for odd powers, as an overflow keeps that of x.

        Value: x**n.
        Partial derivatives: n * x**(n - 1); y * log(x).

        Reference: IEEE 754-2019, section 9.2.1.

        >>> from engine import pow
        >>> pow(2.0, -1.0), pow(0.0, -1.0), pow(-0.0, -1.0), pow(0.0, 0.0)
        (0.5, inf, -inf, 1.0)
        >>> pow(-8.0, 1 / 3), pow(-10.0, 309.0)
        (nan, -inf)
        """
    @overload
    def power(self, n: NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def remainder(self, b: Result | Number) -> Result:
        """The remainder of ``a / b`` with the sign of b, as Python and NumPy have it; nan for ``b = 0``.

        Value: a % b, with the sign of b.
        Partial derivatives: 1; -floor(a / b).

        Reference: Knuth, The Art of Computer Programming, volume 1, section 1.2.4.

        >>> from engine import mod
        >>> mod(7.0, 3.0), mod(-7.0, 3.0), mod(7.0, -3.0), mod(7.0, 0.0)
        (1.0, 2.0, -2.0, nan)
        """
    @overload
    def remainder(self, b: NDArray[Any]) -> NDArray[Any]: ...
    def arcsin(self) -> Result:
        """The angle in [-π/2, π/2] with the sine x; nan beyond 1.

        Value: arcsin(x).
        Partial derivatives: 1 / sqrt((1 - x) * (1 + x)).

        >>> from engine import asin
        >>> asin(1.0), asin(2.0)
        (1.5707963267948966, nan)
        """
    def arccos(self) -> Result:
        """The angle in [0, π] with the cosine x; nan beyond 1.

        Value: arccos(x).
        Partial derivatives: -1 / sqrt((1 - x) * (1 + x)).

        >>> from engine import acos
        >>> acos(0.0), acos(2.0)
        (1.5707963267948966, nan)
        """
    def arctan(self) -> Result:
        """The angle in [-π/2, π/2] with the tangent x.

        Value: arctan(x).
        Partial derivatives: 1 / (1 + x**2).

        >>> import math
        >>> from engine import atan
        >>> atan(1.0), atan(-math.inf)
        (0.7853981633974483, -1.5707963267948966)
        """
    @overload
    def arctan2(self, b: Result | Number) -> Result:
        """The angle in [-π, π] of the point (b, a): the arc tangent of a / b, in the right quadrant.

        Value: the angle of the point (b, a).
        Partial derivatives: b / (a**2 + b**2); -a / (a**2 + b**2).

        Reference: IEEE 754-2019, section 9.2.1.

        >>> from engine import atan2
        >>> atan2(1.0, 1.0), atan2(1.0, -1.0), atan2(0.0, 0.0)
        (0.7853981633974483, 2.356194490192345, 0.0)
        """
    @overload
    def arctan2(self, b: NDArray[Any]) -> NDArray[Any]: ...
    def arcsinh(self) -> Result:
        """The number with the hyperbolic sine x.

        Value: arsinh(x).
        Partial derivatives: 1 / sqrt(x**2 + 1).

        >>> import math
        >>> from engine import asinh
        >>> asinh(0.0), asinh(-math.inf)
        (0.0, -inf)
        """
    def arccosh(self) -> Result:
        """The number that is not negative with the hyperbolic cosine x; nan below 1.

        Value: arcosh(x).
        Partial derivatives: 1 / sqrt(x**2 - 1).

        >>> from engine import acosh
        >>> acosh(1.0), acosh(0.0)
        (0.0, nan)
        """
    def arctanh(self) -> Result:
        """The number with the hyperbolic tangent x; infinite at -1 and 1, nan beyond.

        Value: artanh(x).
        Partial derivatives: 1 / ((1 - x) * (1 + x)).

        >>> from engine import atanh
        >>> atanh(0.0), atanh(-1.0), atanh(2.0)
        (0.0, -inf, nan)
        """
    def square(self) -> Result: ...
    def reciprocal(self) -> Result: ...
    def positive(self) -> Result: ...
    def conjugate(self) -> Result: ...
    def fabs(self) -> Result: ...
    def radians(self) -> Result: ...
    def deg2rad(self) -> Result: ...
    def degrees(self) -> Result: ...
    def rad2deg(self) -> Result: ...
    def trunc(self) -> Result: ...
    @overload
    def fmod(self, b: Result | Number) -> Result: ...
    @overload
    def fmod(self, b: NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def logical_xor(self, b: Result | Number) -> bool: ...
    @overload
    def logical_xor(self, b: NDArray[Any]) -> NDArray[Any]: ...
