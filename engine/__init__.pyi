# Written by .ci/write_stubs.py from the operators and from what is imported later: run it again.

from collections.abc import Iterable
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from engine.ops.methods import Number
from engine.autograd.grad_mode import enable_grad as enable_grad
from engine.autograd.grad_mode import is_grad_enabled as is_grad_enabled
from engine.autograd.grad_mode import no_grad as no_grad
from engine.checks.derivation.check import DerivationReport as DerivationReport
from engine.checks.derivation.check import check_derivation as check_derivation
from engine.checks.derivation.written.reading import DerivationError as DerivationError
from engine.checks.gradcheck import GradcheckReport as GradcheckReport
from engine.checks.gradcheck import gradcheck as gradcheck
from engine.custom import custom_op as custom_op
from engine.diagnostics.anomaly import AnomalyReport as AnomalyReport
from engine.diagnostics.detect_anomaly import detect_anomaly as detect_anomaly
from engine.diagnostics.report import Report as Report
from engine.diagnostics.report import report as report
from engine.errors import AnomalyError as AnomalyError
from engine.errors import ChainruleError as ChainruleError
from engine.errors import GradientError as GradientError
from engine.errors import GraphError as GraphError
from engine.errors import LostGradientWarning as LostGradientWarning
from engine.errors import TraceError as TraceError
from engine.explanation.explain import Explanation as Explanation
from engine.explanation.explain import explain as explain
from engine.explanation.paths import Path as Path
from engine.explanation.paths import Paths as Paths
from engine.explanation.paths import paths as paths
from engine.graph.read_json import GraphFormatError as GraphFormatError
from engine.graph.read_json import from_json as from_json
from engine.graph.read_json import load_json as load_json
from engine.graph.walks import consumers as consumers
from engine.graph.walks import leaves as leaves
from engine.graph.walks import topological_order as topological_order
from engine.graph.walks import zero_grad as zero_grad
from engine.graph.write_json import save_json as save_json
from engine.graph.write_json import to_json as to_json
from engine.jit import jit as jit
from engine.jit import vmap as vmap
from engine.jit.backends.threads import get_num_threads as get_num_threads
from engine.jit.backends.threads import set_num_threads as set_num_threads
from engine.node.backend import Value as Value
from engine.node.backend import backend as backend
from engine.node.take import take as take
from engine.transforms.grad import grad as grad
from engine.transforms.grad import value_and_grad as value_and_grad
from engine.transforms.hessian import hessian as hessian
from engine.transforms.hessian import hvp as hvp
from engine.transforms.jacobian import jacfwd as jacfwd
from engine.transforms.jacobian import jacobian as jacobian
from engine.transforms.jacobian import jacrev as jacrev
from engine.transforms.products import elementwise_grad as elementwise_grad
from engine.transforms.products import jvp as jvp
from engine.transforms.products import linearize as linearize
from engine.transforms.products import vjp as vjp
from engine.transforms.reverse import gradients as gradients
from engine.transforms.taylor import derivatives as derivatives
from engine.transforms.taylor import taylor as taylor

__version__: str

@overload
def add(a: Number, b: Number) -> float:
    """The sum of two numbers.

    Value: a + b.
    Partial derivatives: 1; 1.

    >>> from engine import add
    >>> add(2.0, 3.0)
    5.0
    """
@overload
def add(a: Value, b: Value | Number) -> Value: ...
@overload
def add(a: Number, b: Value) -> Value: ...
@overload
def add(a: NDArray[Any], b: Value | Number | NDArray[Any]) -> NDArray[Any]: ...
@overload
def add(a: Value | Number, b: NDArray[Any]) -> NDArray[Any]: ...
@overload
def sub(a: Number, b: Number) -> float:
    """The difference of two numbers.

    Value: a - b.
    Partial derivatives: 1; -1.

    >>> from engine import sub
    >>> sub(2.0, 3.0)
    -1.0
    """
@overload
def sub(a: Value, b: Value | Number) -> Value: ...
@overload
def sub(a: Number, b: Value) -> Value: ...
@overload
def sub(a: NDArray[Any], b: Value | Number | NDArray[Any]) -> NDArray[Any]: ...
@overload
def sub(a: Value | Number, b: NDArray[Any]) -> NDArray[Any]: ...
@overload
def mul(a: Number, b: Number) -> float:
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
def mul(a: Value, b: Value | Number) -> Value: ...
@overload
def mul(a: Number, b: Value) -> Value: ...
@overload
def mul(a: NDArray[Any], b: Value | Number | NDArray[Any]) -> NDArray[Any]: ...
@overload
def mul(a: Value | Number, b: NDArray[Any]) -> NDArray[Any]: ...
@overload
def div(a: Number, b: Number) -> float:
    """The quotient ``a / b``; division by zero gives an infinity with IEEE's sign, and 0/0 nan.

    Value: a / b.
    Partial derivatives: 1 / b; -y / b.

    >>> from engine import div
    >>> div(1.0, 4.0), div(1.0, 0.0), div(1.0, -0.0), div(0.0, 0.0)
    (0.25, inf, -inf, nan)
    """
@overload
def div(a: Value, b: Value | Number) -> Value: ...
@overload
def div(a: Number, b: Value) -> Value: ...
@overload
def div(a: NDArray[Any], b: Value | Number | NDArray[Any]) -> NDArray[Any]: ...
@overload
def div(a: Value | Number, b: NDArray[Any]) -> NDArray[Any]: ...
@overload
def neg(x: Number) -> float:
    """The number with the opposite sign.

    Value: -x.
    Partial derivatives: -1.

    >>> from engine import neg
    >>> neg(2.5)
    -2.5
    """
@overload
def neg(x: Value) -> Value: ...
@overload
def neg(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def abs(x: Number) -> float:
    """The absolute value. Its derivative at 0 is 0, one of the subgradients there.

    Value: |x|.
    Partial derivatives: sign(x).

    >>> from engine import abs
    >>> abs(-2.5)
    2.5
    """
@overload
def abs(x: Value) -> Value: ...
@overload
def abs(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def pow(x: Number, n: Number) -> float:
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
def pow(x: Value, n: Value | Number) -> Value: ...
@overload
def pow(x: Number, n: Value) -> Value: ...
@overload
def pow(x: NDArray[Any], n: Value | Number | NDArray[Any]) -> NDArray[Any]: ...
@overload
def pow(x: Value | Number, n: NDArray[Any]) -> NDArray[Any]: ...
@overload
def mod(a: Number, b: Number) -> float:
    """The remainder of ``a / b`` with the sign of b, as Python and NumPy have it; nan for ``b = 0``.

    Value: a % b, with the sign of b.
    Partial derivatives: 1; -floor(a / b).

    Reference: Knuth, The Art of Computer Programming, volume 1, section 1.2.4.

    >>> from engine import mod
    >>> mod(7.0, 3.0), mod(-7.0, 3.0), mod(7.0, -3.0), mod(7.0, 0.0)
    (1.0, 2.0, -2.0, nan)
    """
@overload
def mod(a: Value, b: Value | Number) -> Value: ...
@overload
def mod(a: Number, b: Value) -> Value: ...
@overload
def mod(a: NDArray[Any], b: Value | Number | NDArray[Any]) -> NDArray[Any]: ...
@overload
def mod(a: Value | Number, b: NDArray[Any]) -> NDArray[Any]: ...
@overload
def exp(x: Number) -> float:
    """The exponential e**x; inf above 709.78.

    Value: e**x.
    Partial derivatives: y.

    >>> from engine import exp
    >>> exp(1.0), exp(1000.0), exp(-1000.0)
    (2.718281828459045, inf, 0.0)
    """
@overload
def exp(x: Value) -> Value: ...
@overload
def exp(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def exp2(x: Number) -> float:
    """The power 2**x; inf from 1024 on.

    Value: 2**x.
    Partial derivatives: y * log(2).

    >>> from engine import exp2
    >>> exp2(10.0), exp2(1024.0)
    (1024.0, inf)
    """
@overload
def exp2(x: Value) -> Value: ...
@overload
def exp2(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def expm1(x: Number) -> float:
    """e**x - 1, without the cancellation near 0; inf above 709.78.

    Value: e**x - 1.
    Partial derivatives: exp(x).

    >>> from engine import expm1
    >>> expm1(1e-20), expm1(-40.0), expm1(1000.0)
    (1e-20, -1.0, inf)
    """
@overload
def expm1(x: Value) -> Value: ...
@overload
def expm1(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def log(x: Number) -> float:
    """The natural logarithm; -inf at 0, nan below.

    Value: log(x).
    Partial derivatives: 1 / x.

    >>> from engine import log
    >>> log(1.0), log(0.0), log(-1.0)
    (0.0, -inf, nan)
    """
@overload
def log(x: Value) -> Value: ...
@overload
def log(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def log2(x: Number) -> float:
    """The logarithm to base 2; -inf at 0, nan below.

    Value: log(x) / log(2).
    Partial derivatives: 1 / (log(2) * x).

    >>> from engine import log2
    >>> log2(8.0), log2(0.0), log2(-1.0)
    (3.0, -inf, nan)
    """
@overload
def log2(x: Value) -> Value: ...
@overload
def log2(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def log10(x: Number) -> float:
    """The logarithm to base 10; -inf at 0, nan below.

    Value: log(x) / log(10).
    Partial derivatives: 1 / (log(10) * x).

    >>> from engine import log10
    >>> log10(1000.0), log10(0.0), log10(-1.0)
    (3.0, -inf, nan)
    """
@overload
def log10(x: Value) -> Value: ...
@overload
def log10(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def log1p(x: Number) -> float:
    """log(1 + x), without the cancellation near 0; -inf at -1, nan below.

    Value: log(1 + x).
    Partial derivatives: 1 / (1 + x).

    >>> from engine import log1p
    >>> log1p(1e-20), log1p(-1.0), log1p(-2.0)
    (1e-20, -inf, nan)
    """
@overload
def log1p(x: Value) -> Value: ...
@overload
def log1p(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def sqrt(x: Number) -> float:
    """The square root; nan below 0.

    Value: x**(1/2).
    Partial derivatives: 1 / (2 * y).

    >>> from engine import sqrt
    >>> sqrt(2.25), sqrt(0.0), sqrt(-1.0)
    (1.5, 0.0, nan)
    """
@overload
def sqrt(x: Value) -> Value: ...
@overload
def sqrt(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def cbrt(x: Number) -> float:
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
@overload
def cbrt(x: Value) -> Value: ...
@overload
def cbrt(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def sin(x: Number) -> float:
    """The sine of an angle in radians; nan at infinity.

    Value: sin(x).
    Partial derivatives: cos(x).

    >>> import math
    >>> from engine import sin
    >>> sin(0.0), sin(math.inf)
    (0.0, nan)
    """
@overload
def sin(x: Value) -> Value: ...
@overload
def sin(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def cos(x: Number) -> float:
    """The cosine of an angle in radians; nan at infinity.

    Value: cos(x).
    Partial derivatives: -sin(x).

    >>> import math
    >>> from engine import cos
    >>> cos(0.0), cos(math.inf)
    (1.0, nan)
    """
@overload
def cos(x: Value) -> Value: ...
@overload
def cos(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def tan(x: Number) -> float:
    """The tangent of an angle in radians; nan at infinity.

    Value: tan(x).
    Partial derivatives: 1 + y**2.

    >>> import math
    >>> from engine import tan
    >>> tan(0.0), tan(math.inf)
    (0.0, nan)
    """
@overload
def tan(x: Value) -> Value: ...
@overload
def tan(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def asin(x: Number) -> float:
    """The angle in [-π/2, π/2] with the sine x; nan beyond 1.

    Value: arcsin(x).
    Partial derivatives: 1 / sqrt((1 - x) * (1 + x)).

    >>> from engine import asin
    >>> asin(1.0), asin(2.0)
    (1.5707963267948966, nan)
    """
@overload
def asin(x: Value) -> Value: ...
@overload
def asin(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def acos(x: Number) -> float:
    """The angle in [0, π] with the cosine x; nan beyond 1.

    Value: arccos(x).
    Partial derivatives: -1 / sqrt((1 - x) * (1 + x)).

    >>> from engine import acos
    >>> acos(0.0), acos(2.0)
    (1.5707963267948966, nan)
    """
@overload
def acos(x: Value) -> Value: ...
@overload
def acos(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def atan(x: Number) -> float:
    """The angle in [-π/2, π/2] with the tangent x.

    Value: arctan(x).
    Partial derivatives: 1 / (1 + x**2).

    >>> import math
    >>> from engine import atan
    >>> atan(1.0), atan(-math.inf)
    (0.7853981633974483, -1.5707963267948966)
    """
@overload
def atan(x: Value) -> Value: ...
@overload
def atan(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def atan2(a: Number, b: Number) -> float:
    """The angle in [-π, π] of the point (b, a): the arc tangent of a / b, in the right quadrant.

    Value: the angle of the point (b, a).
    Partial derivatives: b / (a**2 + b**2); -a / (a**2 + b**2).

    Reference: IEEE 754-2019, section 9.2.1.

    >>> from engine import atan2
    >>> atan2(1.0, 1.0), atan2(1.0, -1.0), atan2(0.0, 0.0)
    (0.7853981633974483, 2.356194490192345, 0.0)
    """
@overload
def atan2(a: Value, b: Value | Number) -> Value: ...
@overload
def atan2(a: Number, b: Value) -> Value: ...
@overload
def atan2(a: NDArray[Any], b: Value | Number | NDArray[Any]) -> NDArray[Any]: ...
@overload
def atan2(a: Value | Number, b: NDArray[Any]) -> NDArray[Any]: ...
@overload
def sinh(x: Number) -> float:
    """The hyperbolic sine; infinite, with the sign of x, beyond 710.48.

    Value: sinh(x).
    Partial derivatives: cosh(x).

    >>> from engine import sinh
    >>> sinh(0.0), sinh(-1000.0)
    (0.0, -inf)
    """
@overload
def sinh(x: Value) -> Value: ...
@overload
def sinh(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def cosh(x: Number) -> float:
    """The hyperbolic cosine; inf beyond 710.48.

    Value: cosh(x).
    Partial derivatives: sinh(x).

    >>> from engine import cosh
    >>> cosh(0.0), cosh(-1000.0)
    (1.0, inf)
    """
@overload
def cosh(x: Value) -> Value: ...
@overload
def cosh(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def tanh(x: Number) -> float:
    """The hyperbolic tangent: an S-shaped activation between -1 and 1.

    Value: tanh(x).
    Partial derivatives: 1 - y**2.

    Reference: LeCun, Bottou, Orr and Müller, "Efficient BackProp", 1998, section 4.4.

    >>> from engine import tanh
    >>> tanh(0.0), tanh(1000.0), tanh(-1000.0)
    (0.0, 1.0, -1.0)
    """
@overload
def tanh(x: Value) -> Value: ...
@overload
def tanh(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def asinh(x: Number) -> float:
    """The number with the hyperbolic sine x.

    Value: arsinh(x).
    Partial derivatives: 1 / sqrt(x**2 + 1).

    >>> import math
    >>> from engine import asinh
    >>> asinh(0.0), asinh(-math.inf)
    (0.0, -inf)
    """
@overload
def asinh(x: Value) -> Value: ...
@overload
def asinh(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def acosh(x: Number) -> float:
    """The number that is not negative with the hyperbolic cosine x; nan below 1.

    Value: arcosh(x).
    Partial derivatives: 1 / sqrt(x**2 - 1).

    >>> from engine import acosh
    >>> acosh(1.0), acosh(0.0)
    (0.0, nan)
    """
@overload
def acosh(x: Value) -> Value: ...
@overload
def acosh(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def atanh(x: Number) -> float:
    """The number with the hyperbolic tangent x; infinite at -1 and 1, nan beyond.

    Value: artanh(x).
    Partial derivatives: 1 / ((1 - x) * (1 + x)).

    >>> from engine import atanh
    >>> atanh(0.0), atanh(-1.0), atanh(2.0)
    (0.0, -inf, nan)
    """
@overload
def atanh(x: Value) -> Value: ...
@overload
def atanh(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def hypot(a: Number, b: Number) -> float:
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
def hypot(a: Value, b: Value | Number) -> Value: ...
@overload
def hypot(a: Number, b: Value) -> Value: ...
@overload
def hypot(a: NDArray[Any], b: Value | Number | NDArray[Any]) -> NDArray[Any]: ...
@overload
def hypot(a: Value | Number, b: NDArray[Any]) -> NDArray[Any]: ...
@overload
def erf(x: Number) -> float:
    """The error function, 2/sqrt(π) times the integral of exp(-t²) from 0 to x.

    Value: the error function.
    Partial derivatives: 2 / sqrt(pi) * exp(-x**2).

    Reference: DLMF, section 7.2, https://dlmf.nist.gov/7.2.

    >>> from engine import erf
    >>> erf(0.0), erf(10.0), erf(-10.0)
    (0.0, 1.0, -1.0)
    """
@overload
def erf(x: Value) -> Value: ...
@overload
def erf(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def erfc(x: Number) -> float:
    """1 - erf(x), with all its digits where that is tiny.

    Value: 1 - erf(x).
    Partial derivatives: -2 / sqrt(pi) * exp(-x**2).

    Reference: DLMF, section 7.2, https://dlmf.nist.gov/7.2.

    >>> from engine import erfc
    >>> erfc(0.0), erfc(10.0), erfc(-10.0)
    (1.0, 2.088487583762545e-45, 2.0)
    """
@overload
def erfc(x: Value) -> Value: ...
@overload
def erfc(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def ndtr(x: Number) -> float:
    """Φ(x), the normal distribution function: the probability that a standard normal variable is below x.

    Value: the normal distribution function.
    Partial derivatives: exp(-x**2 / 2) / sqrt(2 * pi).

    Reference: DLMF, section 7.20(iii), https://dlmf.nist.gov/7.20.

    >>> from engine import ndtr
    >>> ndtr(0.0), ndtr(-12.0), ndtr(12.0)
    (0.5, 1.7764821120776787e-33, 1.0)
    """
@overload
def ndtr(x: Value) -> Value: ...
@overload
def ndtr(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def gaussian(x: Number, k: Number = 1.0) -> float:
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
def gaussian(x: Value, k: Value | Number = 1.0) -> Value: ...
@overload
def gaussian(x: Number, k: Value) -> Value: ...
@overload
def gaussian(x: NDArray[Any], k: Value | Number | NDArray[Any] = 1.0) -> NDArray[Any]: ...
@overload
def gaussian(x: Value | Number, k: NDArray[Any]) -> NDArray[Any]: ...
@overload
def sech2(x: Number) -> float:
    """1 / cosh(x)², the derivative of tanh; far out, where 1 - tanh(x)² would be 0, too.

    Value: 1 / cosh(x)**2.
    Partial derivatives: -2 * tanh(x) * y.

    >>> from engine import sech2
    >>> sech2(0.0), sech2(20.0), sech2(1000.0)
    (1.0, 1.6993417021166355e-17, 0.0)
    """
@overload
def sech2(x: Value) -> Value: ...
@overload
def sech2(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def sigmoid(x: Number) -> float:
    """The logistic function 1 / (1 + e**-x).

    Value: 1 / (1 + exp(-x)).
    Partial derivatives: y * (1 - y).

    Reference: Rumelhart, Hinton and Williams, "Learning representations by back-propagating errors", 1986.

    >>> from engine import sigmoid
    >>> sigmoid(0.0), sigmoid(-740.0), sigmoid(-1000.0), sigmoid(1000.0)
    (0.5, 4.2e-322, 0.0, 1.0)
    """
@overload
def sigmoid(x: Value) -> Value: ...
@overload
def sigmoid(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def log_sigmoid(x: Number) -> float:
    """The logarithm of the logistic function, also where that is 0 or 1 in floats.

    Value: log(sigmoid(x)).
    Partial derivatives: sigmoid(-x).

    >>> from engine import log_sigmoid
    >>> log_sigmoid(0.0), log_sigmoid(-1000.0), log_sigmoid(40.0)
    (-0.6931471805599453, -1000.0, -4.248354255291589e-18)
    """
@overload
def log_sigmoid(x: Value) -> Value: ...
@overload
def log_sigmoid(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def softplus(x: Number) -> float:
    """log(1 + e**x), a smooth relu.

    Value: log(1 + exp(x)).
    Partial derivatives: sigmoid(x).

    Reference: Dugas et al., "Incorporating second-order functional knowledge for better option pricing", 2000.

    >>> from engine import softplus
    >>> softplus(0.0), softplus(1000.0), softplus(-40.0)
    (0.6931471805599453, 1000.0, 4.248354255291589e-18)
    """
@overload
def softplus(x: Value) -> Value: ...
@overload
def softplus(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def relu(x: Number) -> float:
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
def relu(x: Value) -> Value: ...
@overload
def relu(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def leaky_relu(x: Number, alpha: Number = 0.01) -> float:
    """x where positive, else alpha·x.

    Value: x if x > 0 else alpha * x.
    Partial derivatives: 1 if x > 0 else alpha; minimum(x, 0).

    Reference: Maas, Hannun and Ng, "Rectifier nonlinearities improve neural network acoustic models", 2013.

    >>> from engine import leaky_relu
    >>> leaky_relu(2.5), leaky_relu(-2.0, 0.1)
    (2.5, -0.2)
    """
@overload
def leaky_relu(x: Value, alpha: Value | Number = 0.01) -> Value: ...
@overload
def leaky_relu(x: Number, alpha: Value) -> Value: ...
@overload
def leaky_relu(x: NDArray[Any], alpha: Value | Number | NDArray[Any] = 0.01) -> NDArray[Any]: ...
@overload
def leaky_relu(x: Value | Number, alpha: NDArray[Any]) -> NDArray[Any]: ...
@overload
def elu(x: Number, alpha: Number = 1.0) -> float:
    """x where positive, else alpha·(e**x - 1): the exponential linear unit.

    Value: x if x > 0 else alpha * (exp(x) - 1).
    Partial derivatives: 1 if x > 0 else alpha * exp(x); expm1(minimum(x, 0)).

    Reference: Clevert, Unterthiner and Hochreiter, "Fast and accurate deep network learning by exponential linear units", 2015, arXiv:1511.07289.

    >>> from engine import elu
    >>> elu(2.5), elu(-1000.0), elu(-1e-20, 2.0)
    (2.5, -1.0, -2e-20)
    """
@overload
def elu(x: Value, alpha: Value | Number = 1.0) -> Value: ...
@overload
def elu(x: Number, alpha: Value) -> Value: ...
@overload
def elu(x: NDArray[Any], alpha: Value | Number | NDArray[Any] = 1.0) -> NDArray[Any]: ...
@overload
def elu(x: Value | Number, alpha: NDArray[Any]) -> NDArray[Any]: ...
@overload
def gelu(x: Number) -> float:
    """x·Φ(x), the Gaussian error linear unit in its exact form; its limit 0 at -inf.

    Value: x * ndtr(x).
    Partial derivatives: ndtr(x) + x * exp(-x**2 / 2) / sqrt(2 * pi).

    Reference: Hendrycks and Gimpel, "Gaussian error linear units", 2016, arXiv:1606.08415.

    >>> from engine import gelu
    >>> gelu(0.0), gelu(1.0), gelu(-12.0), gelu(-1000.0)
    (0.0, 0.841344746068543, -2.1317785344932147e-32, 0.0)
    """
@overload
def gelu(x: Value) -> Value: ...
@overload
def gelu(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def silu(x: Number) -> float:
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
def silu(x: Value) -> Value: ...
@overload
def silu(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def step(x: Number, threshold: Number = 0.0) -> float:
    """1 where x lies above the threshold, else 0: a perceptron's activation; nan for nan.

    Value: 1 if x > threshold else 0.
    Partial derivatives: 0; 0.

    Reference: Rosenblatt, "The perceptron", 1958.

    >>> from engine import step
    >>> step(0.3), step(0.0), step(0.3, 0.5)
    (1.0, 0.0, 0.0)
    """
@overload
def step(x: Value, threshold: Value | Number = 0.0) -> Value: ...
@overload
def step(x: Number, threshold: Value) -> Value: ...
@overload
def step(x: NDArray[Any], threshold: Value | Number | NDArray[Any] = 0.0) -> NDArray[Any]: ...
@overload
def step(x: Value | Number, threshold: NDArray[Any]) -> NDArray[Any]: ...
@overload
def sign(x: Number) -> float:
    """-1, 0 or 1 as x is negative, zero or positive; nan for nan.

    Value: -1, 0 or 1.
    Partial derivatives: 0.

    >>> from engine import sign
    >>> sign(-3.0), sign(-0.0), sign(2.5), sign(float("nan"))
    (-1.0, 0.0, 1.0, nan)
    """
@overload
def sign(x: Value) -> Value: ...
@overload
def sign(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def floor(x: Number) -> float:
    """The largest integer not above x, as a float; infinities and nan stay.

    Value: the next integer below.
    Partial derivatives: 0.

    >>> from engine import floor
    >>> floor(2.7), floor(-2.7), floor(1e300), floor(-float("inf"))
    (2.0, -3.0, 1e+300, -inf)
    """
@overload
def floor(x: Value) -> Value: ...
@overload
def floor(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def ceil(x: Number) -> float:
    """The smallest integer not below x, as a float; infinities and nan stay.

    Value: the next integer above.
    Partial derivatives: 0.

    >>> from engine import ceil
    >>> ceil(2.3), ceil(-2.7), ceil(1e300), ceil(float("inf"))
    (3.0, -2.0, 1e+300, inf)
    """
@overload
def ceil(x: Value) -> Value: ...
@overload
def ceil(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def rint(x: Number) -> float:
    """The integer closest to x, the even one of two, as a float; infinities and nan stay.

    Value: the closest integer, the even one of two.
    Partial derivatives: 0.

    Reference: IEEE 754-2019, section 5.9: roundToIntegralTiesToEven.

    >>> from engine import rint
    >>> rint(2.4), rint(2.5), rint(-0.3), rint(1e300)
    (2.0, 2.0, -0.0, 1e+300)
    """
@overload
def rint(x: Value) -> Value: ...
@overload
def rint(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def floor_divide(a: Number, b: Number) -> float:
    """``a // b`` as a float: the integral quotient that leaves ``mod(a, b)``; a/b for b = 0.

    Value: a // b, floor(a / b) but for rounding.
    Partial derivatives: 0; 0.

    >>> from engine import floor_divide
    >>> floor_divide(7.0, 2.0), floor_divide(-7.0, 2.0), floor_divide(1.0, 0.1), floor_divide(1.0, 0.0)
    (3.0, -4.0, 9.0, inf)
    """
@overload
def floor_divide(a: Value, b: Value | Number) -> Value: ...
@overload
def floor_divide(a: Number, b: Value) -> Value: ...
@overload
def floor_divide(a: NDArray[Any], b: Value | Number | NDArray[Any]) -> NDArray[Any]: ...
@overload
def floor_divide(a: Value | Number, b: NDArray[Any]) -> NDArray[Any]: ...
@overload
def greater(a: Number, b: Number) -> float:
    """1 if ``a > b``, else 0.

    Value: 1 if a > b else 0.
    Partial derivatives: 0; 0.

    >>> from engine import greater
    >>> greater(2.0, 1.0), greater(1.0, 1.0)
    (1.0, 0.0)
    """
@overload
def greater(a: Value, b: Value | Number) -> Value: ...
@overload
def greater(a: Number, b: Value) -> Value: ...
@overload
def greater(a: NDArray[Any], b: Value | Number | NDArray[Any]) -> NDArray[Any]: ...
@overload
def greater(a: Value | Number, b: NDArray[Any]) -> NDArray[Any]: ...
@overload
def greater_equal(a: Number, b: Number) -> float:
    """1 if ``a >= b``, else 0.

    Value: 1 if a >= b else 0.
    Partial derivatives: 0; 0.

    >>> from engine import greater_equal
    >>> greater_equal(1.0, 1.0), greater_equal(1.0, 2.0)
    (1.0, 0.0)
    """
@overload
def greater_equal(a: Value, b: Value | Number) -> Value: ...
@overload
def greater_equal(a: Number, b: Value) -> Value: ...
@overload
def greater_equal(a: NDArray[Any], b: Value | Number | NDArray[Any]) -> NDArray[Any]: ...
@overload
def greater_equal(a: Value | Number, b: NDArray[Any]) -> NDArray[Any]: ...
@overload
def equal(a: Number, b: Number) -> float:
    """1 if ``a == b``, else 0; nan equals nothing.

    Value: 1 if a == b else 0.
    Partial derivatives: 0; 0.

    >>> from engine import equal
    >>> equal(1.0, 1.0), equal(1.0, 2.0), equal(float("nan"), float("nan"))
    (1.0, 0.0, 0.0)
    """
@overload
def equal(a: Value, b: Value | Number) -> Value: ...
@overload
def equal(a: Number, b: Value) -> Value: ...
@overload
def equal(a: NDArray[Any], b: Value | Number | NDArray[Any]) -> NDArray[Any]: ...
@overload
def equal(a: Value | Number, b: NDArray[Any]) -> NDArray[Any]: ...
@overload
def minimum(a: Number, b: Number) -> float:
    """The smaller of two numbers; nan if either is nan, as NumPy has it.

    Value: the smaller of a and b.
    Partial derivatives: 1 if a < b else 0, 1/2 at a tie; 1 if b < a else 0, 1/2 at a tie.

    >>> from engine import minimum
    >>> minimum(2.0, -1.0), minimum(1.0, float("nan"))
    (-1.0, nan)
    """
@overload
def minimum(a: Value, b: Value | Number) -> Value: ...
@overload
def minimum(a: Number, b: Value) -> Value: ...
@overload
def minimum(a: NDArray[Any], b: Value | Number | NDArray[Any]) -> NDArray[Any]: ...
@overload
def minimum(a: Value | Number, b: NDArray[Any]) -> NDArray[Any]: ...
@overload
def maximum(a: Number, b: Number) -> float:
    """The larger of two numbers; nan if either is nan, as NumPy has it.

    Value: the larger of a and b.
    Partial derivatives: 1 if a > b else 0, 1/2 at a tie; 1 if b > a else 0, 1/2 at a tie.

    >>> from engine import maximum
    >>> maximum(2.0, -1.0), maximum(1.0, float("nan"))
    (2.0, nan)
    """
@overload
def maximum(a: Value, b: Value | Number) -> Value: ...
@overload
def maximum(a: Number, b: Value) -> Value: ...
@overload
def maximum(a: NDArray[Any], b: Value | Number | NDArray[Any]) -> NDArray[Any]: ...
@overload
def maximum(a: Value | Number, b: NDArray[Any]) -> NDArray[Any]: ...
@overload
def clip(x: Number, low: Number, high: Number) -> float:
    """The number of the interval that is closest to x: ``minimum(maximum(x, low), high)``; nan for nan.

    Value: x within low and high.
    Partial derivatives: 1 if low <= x <= high else 0; 1 if x < low else 0; 1 if x > high else 0.

    >>> from engine import clip
    >>> clip(0.3, -1.0, 1.0), clip(-7.0, -1.0, 1.0), clip(7.0, -1.0, 1.0)
    (0.3, -1.0, 1.0)
    """
@overload
def clip(x: Value, low: Value | Number, high: Value | Number) -> Value: ...
@overload
def clip(x: Number, low: Value, high: Value | Number) -> Value: ...
@overload
def clip(x: Number, low: Number, high: Value) -> Value: ...
@overload
def clip(x: NDArray[Any], low: Value | Number | NDArray[Any], high: Value | Number | NDArray[Any]) -> NDArray[Any]: ...
@overload
def clip(x: Value | Number, low: NDArray[Any], high: Value | Number | NDArray[Any]) -> NDArray[Any]: ...
@overload
def clip(x: Value | Number, low: Value | Number, high: NDArray[Any]) -> NDArray[Any]: ...
@overload
def where(condition: Number, a: Number, b: Number) -> float:
    """The number a where the condition is not zero, else b.

    Value: a where the condition holds, else b.
    Partial derivatives: 0; 1 if condition else 0; 0 if condition else 1.

    >>> from engine import where
    >>> where(1.0, 2.0, 3.0), where(0.0, 2.0, 3.0)
    (2.0, 3.0)
    """
@overload
def where(condition: Value, a: Value | Number, b: Value | Number) -> Value: ...
@overload
def where(condition: Number, a: Value, b: Value | Number) -> Value: ...
@overload
def where(condition: Number, a: Number, b: Value) -> Value: ...
@overload
def where(condition: NDArray[Any], a: Value | Number | NDArray[Any], b: Value | Number | NDArray[Any]) -> NDArray[Any]: ...
@overload
def where(condition: Value | Number, a: NDArray[Any], b: Value | Number | NDArray[Any]) -> NDArray[Any]: ...
@overload
def where(condition: Value | Number, a: Value | Number, b: NDArray[Any]) -> NDArray[Any]: ...
@overload
def stop_gradient(x: Number) -> float:
    """The number as it is, taken as a constant: no gradient passes.

    Value: x, taken as a constant.
    Partial derivatives: 0.

    >>> from engine import stop_gradient
    >>> from engine import grad
    >>> grad(lambda x: x * stop_gradient(x))(3.0)
    3.0
    """
@overload
def stop_gradient(x: Value) -> Value: ...
@overload
def stop_gradient(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def sum(xs: NDArray[Any], start: Any = 0.0) -> Any:
    """The sum of a sequence as one node, where the builtin makes a node for each ``+``.

    Args:
        xs: Values and numbers.
        start: added to the sum, as in the builtin.

    >>> from engine import Value, sum
    >>> a, b = Value(1.0), Value(2.0)
    >>> sum([a, b, 3]).data
    6.0
    """
@overload
def sum(xs: Iterable[Value], start: Value | Number = 0.0) -> Value: ...
@overload
def sum(xs: Iterable[Number], start: Number = 0.0) -> float: ...  # type: ignore[overload-overlap]
@overload
def sum(xs: Iterable[Value | Number], start: Value | Number = 0.0) -> Value: ...
@overload
def prod(xs: NDArray[Any], /) -> Any:
    """The product; 1 of none. No partial product overflows or underflows if the whole does not.

    Takes one sequence of Values and numbers, or several arguments.

    Value: x1 · … · xn.
    Partial derivatives: product of the others.

    >>> from engine import prod
    >>> prod((2.0, 3.0, 0.5)), prod((1e200, 1e200, 1e-200, 1e-100)), prod(())
    (3.0, 1e+100, 1.0)
    """
@overload
def prod(xs: Iterable[Value], /) -> Value: ...
@overload
def prod(xs: Iterable[Number], /) -> float: ...  # type: ignore[overload-overlap]
@overload
def prod(xs: Iterable[Value | Number], /) -> Value: ...
@overload
def prod(*xs: Number) -> float: ...  # type: ignore[overload-overlap]
@overload
def prod(*xs: Value | Number) -> Value: ...
@overload
def norm(xs: NDArray[Any], /) -> Any:
    """The length sqrt(x1**2 + … + xn**2); 0 of none. No square overflows or underflows on the way.

    As with ``hypot``, an infinite number makes it inf, also beside nan. At 0 its second derivatives are
    infinite, so that those of a squared norm are nan there: write ``dot(xs, xs)``.

    Takes one sequence of Values and numbers, or several arguments.

    Value: sqrt(x1**2 + … + xn**2).
    Partial derivatives: xi / y, 0 at 0.

    >>> from engine import norm
    >>> norm((3.0, 4.0, 12.0)), norm((3e-200, 4e-200)), norm((-1e308,)), norm(())
    (13.0, 5e-200, 1e+308, 0.0)
    """
@overload
def norm(xs: Iterable[Value], /) -> Value: ...
@overload
def norm(xs: Iterable[Number], /) -> float: ...  # type: ignore[overload-overlap]
@overload
def norm(xs: Iterable[Value | Number], /) -> Value: ...
@overload
def norm(*xs: Number) -> float: ...  # type: ignore[overload-overlap]
@overload
def norm(*xs: Value | Number) -> Value: ...
@overload
def mean(xs: NDArray[Any], /) -> Any:
    """The arithmetic mean.

    Raises:
        ValueError: there are no numbers.

    Takes one sequence of Values and numbers, or several arguments.

    Value: (x1 + … + xn) / n.
    Partial derivatives: 1 / n.

    >>> from engine import mean
    >>> mean((1.0, 2.0, 4.5)), mean((1e308, 1e308))
    (2.5, 1e+308)
    """
@overload
def mean(xs: Iterable[Value], /) -> Value: ...
@overload
def mean(xs: Iterable[Number], /) -> float: ...  # type: ignore[overload-overlap]
@overload
def mean(xs: Iterable[Value | Number], /) -> Value: ...
@overload
def mean(*xs: Number) -> float: ...  # type: ignore[overload-overlap]
@overload
def mean(*xs: Value | Number) -> Value: ...
@overload
def dot(a: NDArray[Any], b: Iterable[Any]) -> Any:
    """The sum of products a1·b1 + … + an·bn as one node: a neuron's weighted input.

    Args:
        a: Values and numbers.
        b: as many Values and numbers.

    Raises:
        ValueError: the lengths differ.

    >>> from engine import Value, dot
    >>> w = [Value(0.5), Value(-1.0)]
    >>> dot(w, [2.0, 3.0]).data
    -2.0
    """
@overload
def dot(a: Iterable[Any], b: NDArray[Any]) -> Any: ...
@overload
def dot(a: Iterable[Value], b: Iterable[Value | Number]) -> Value: ...
@overload
def dot(a: Iterable[Value | Number], b: Iterable[Value]) -> Value: ...
@overload
def dot(a: Iterable[Number], b: Iterable[Number]) -> float: ...  # type: ignore[overload-overlap]
@overload
def dot(a: Iterable[Value | Number], b: Iterable[Value | Number]) -> Value: ...
@overload
def max(xs: NDArray[Any], /) -> Any:
    """The largest number; nan if any is nan.

    Raises:
        ValueError: there are no numbers.

    Takes one sequence of Values and numbers, or several arguments.

    Value: the largest.
    Partial derivatives: 1/k for the k largest.

    >>> import math
    >>> from engine import max
    >>> max((2.0, -3.0, 0.5)), max((1.0, math.nan))
    (2.0, nan)
    """
@overload
def max(xs: Iterable[Value], /) -> Value: ...
@overload
def max(xs: Iterable[Number], /) -> float: ...  # type: ignore[overload-overlap]
@overload
def max(xs: Iterable[Value | Number], /) -> Value: ...
@overload
def max(*xs: Number) -> float: ...  # type: ignore[overload-overlap]
@overload
def max(*xs: Value | Number) -> Value: ...
@overload
def min(xs: NDArray[Any], /) -> Any:
    """The smallest number; nan if any is nan.

    Raises:
        ValueError: there are no numbers.

    Takes one sequence of Values and numbers, or several arguments.

    Value: the smallest.
    Partial derivatives: 1/k for the k smallest.

    >>> import math
    >>> from engine import min
    >>> min((2.0, -3.0, 0.5)), min((1.0, math.nan))
    (-3.0, nan)
    """
@overload
def min(xs: Iterable[Value], /) -> Value: ...
@overload
def min(xs: Iterable[Number], /) -> float: ...  # type: ignore[overload-overlap]
@overload
def min(xs: Iterable[Value | Number], /) -> Value: ...
@overload
def min(*xs: Number) -> float: ...  # type: ignore[overload-overlap]
@overload
def min(*xs: Value | Number) -> Value: ...
@overload
def logsumexp(xs: NDArray[Any], /) -> Any:
    """log(e**x1 + … + e**xn), computed as the largest x plus what the others add to it.

    Raises:
        ValueError: there are no numbers.

    Takes one sequence of Values and numbers, or several arguments.

    Value: log(exp(x1) + … + exp(xn)).
    Partial derivatives: exp(xi - y).

    Reference: Blanchard, Higham and Higham, "Accurately computing the log-sum-exp and softmax functions", 2021.

    >>> from engine import logsumexp
    >>> logsumexp((0.0, 0.0)), logsumexp((1000.0, 0.0)), logsumexp((0.0, -40.0))
    (0.6931471805599453, 1000.0, 4.248354255291589e-18)
    """
@overload
def logsumexp(xs: Iterable[Value], /) -> Value: ...
@overload
def logsumexp(xs: Iterable[Number], /) -> float: ...  # type: ignore[overload-overlap]
@overload
def logsumexp(xs: Iterable[Value | Number], /) -> Value: ...
@overload
def logsumexp(*xs: Number) -> float: ...  # type: ignore[overload-overlap]
@overload
def logsumexp(*xs: Value | Number) -> Value: ...
@overload
def log_softmax(xs: NDArray[Any]) -> list[Any]:
    """Logarithms of the softmax, precise also where a probability is nearly 0 or 1.

    Args:
        xs: Values and numbers, usually called logits.

    Returns:
        A list as long as ``xs``.

    >>> from engine import log_softmax
    >>> [round(x, 4) for x in log_softmax([1000.0, 0.0])]
    [0.0, -1000.0]
    """
@overload
def log_softmax(xs: Iterable[Value]) -> list[Value]: ...
@overload
def log_softmax(xs: Iterable[Number]) -> list[float]: ...  # type: ignore[overload-overlap]
@overload
def log_softmax(xs: Iterable[Value | Number]) -> list[Value]: ...
@overload
def softmax(xs: NDArray[Any]) -> list[Any]:
    """Positive numbers that sum to one, in proportion e^x1 : e^x2 : …

    Computed relative to the largest operand, so that nothing overflows. The largest is not a constant:
    what it passes back makes the derivative of a probability near 1 precise, as 1 - p alone could not be.

    Args:
        xs: Values and numbers, usually called logits.

    Returns:
        A list as long as ``xs``.

    >>> from engine import softmax
    >>> [round(p, 3) for p in softmax([1.2, 0.9, 0.4])]
    [0.457, 0.338, 0.205]
    """
@overload
def softmax(xs: Iterable[Value]) -> list[Value]: ...
@overload
def softmax(xs: Iterable[Number]) -> list[float]: ...  # type: ignore[overload-overlap]
@overload
def softmax(xs: Iterable[Value | Number]) -> list[Value]: ...
@overload
def var(xs: NDArray[Any], ddof: int = 0) -> Any:
    """The variance: the mean squared distance from the mean.

    Args:
        xs: Values and numbers.
        ddof: taken from their number in the divisor, as NumPy has it: 1 for the estimate from a sample.

    Raises:
        ValueError: there are not more than ``ddof`` numbers.

    >>> var([1.0, 2.0, 6.0]), var([1.0, 2.0, 6.0], ddof=1)
    (4.666666666666667, 7.0)
    """
@overload
def var(xs: Iterable[Value], ddof: int = 0) -> Value: ...
@overload
def var(xs: Iterable[Number], ddof: int = 0) -> float: ...  # type: ignore[overload-overlap]
@overload
def var(xs: Iterable[Value | Number], ddof: int = 0) -> Value: ...
@overload
def std(xs: NDArray[Any], ddof: int = 0) -> Any:
    """The standard deviation, the root of the variance; of equal numbers it is 0, and so is its gradient.

    ``np.std`` of an array of Values takes the root of a number that may be 0, where the gradient is nan.

    Args and errors are those of ``var``.

    >>> from engine import Value
    >>> xs = [Value(2.0), Value(2.0)]
    >>> deviation = std(xs)
    >>> deviation.backward()
    >>> deviation.data, [x.grad for x in xs]
    (0.0, [0.0, 0.0])
    """
@overload
def std(xs: Iterable[Value], ddof: int = 0) -> Value: ...
@overload
def std(xs: Iterable[Number], ddof: int = 0) -> float: ...  # type: ignore[overload-overlap]
@overload
def std(xs: Iterable[Value | Number], ddof: int = 0) -> Value: ...
@overload
def isfinite(x: Value | Number) -> bool:
    """Whether a Value or number is neither infinite nor nan; see :func:`isnan`.

    >>> from engine import Value, isfinite
    >>> isfinite(np.array([Value(1.0), np.inf, np.nan]))
    array([ True, False, False])
    """
@overload
def isfinite(x: NDArray[Any]) -> NDArray[np.bool_]: ...
@overload
def isinf(x: Value | Number) -> bool:
    """Whether a Value or number is infinite, of either sign; see :func:`isnan`.

    >>> from engine import Value, isinf
    >>> isinf(Value(0.0).log()), isinf(Value(1.0))
    (True, False)
    """
@overload
def isinf(x: NDArray[Any]) -> NDArray[np.bool_]: ...
@overload
def isnan(x: Value | Number) -> bool:
    """Whether a Value or number is nan: a plain boolean, which carries no gradient.

    Args:
        x: a Value or a number; or an array of either.

    Returns:
        A bool; for an array, an array of them.

    Raises:
        TypeError: it is none of these.

    >>> from engine import Value, isnan
    >>> isnan(Value(0.0) * float("inf")), isnan(Value(1.0)), isnan(float("nan"))
    (True, False, True)
    """
@overload
def isnan(x: NDArray[Any]) -> NDArray[np.bool_]: ...

__all__ = [
    "AnomalyError",
    "ChainruleError",
    "GradientError",
    "GraphError",
    "LostGradientWarning",
    "TraceError",
    "Value",
    "backend",
    "enable_grad",
    "is_grad_enabled",
    "jit",
    "no_grad",
    "vmap",
    "AnomalyReport",
    "DerivationError",
    "DerivationReport",
    "Explanation",
    "GradcheckReport",
    "GraphFormatError",
    "Path",
    "Paths",
    "Report",
    "acos",
    "acosh",
    "add",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "cbrt",
    "ceil",
    "check_derivation",
    "clip",
    "consumers",
    "cos",
    "cosh",
    "custom_op",
    "derivatives",
    "detect_anomaly",
    "div",
    "dot",
    "elementwise_grad",
    "elu",
    "equal",
    "erf",
    "erfc",
    "exp",
    "exp2",
    "explain",
    "expm1",
    "floor",
    "floor_divide",
    "from_json",
    "gaussian",
    "gelu",
    "get_num_threads",
    "grad",
    "gradcheck",
    "gradients",
    "greater",
    "greater_equal",
    "hessian",
    "hvp",
    "hypot",
    "isfinite",
    "isinf",
    "isnan",
    "jacfwd",
    "jacobian",
    "jacrev",
    "jvp",
    "leaky_relu",
    "leaves",
    "linearize",
    "load_json",
    "log",
    "log10",
    "log1p",
    "log2",
    "log_sigmoid",
    "log_softmax",
    "logsumexp",
    "maximum",
    "mean",
    "minimum",
    "mod",
    "mul",
    "ndtr",
    "neg",
    "norm",
    "paths",
    "prod",
    "relu",
    "report",
    "rint",
    "save_json",
    "sech2",
    "set_num_threads",
    "sigmoid",
    "sign",
    "silu",
    "sin",
    "sinh",
    "softmax",
    "softplus",
    "sqrt",
    "std",
    "step",
    "stop_gradient",
    "sub",
    "take",
    "tan",
    "tanh",
    "taylor",
    "to_json",
    "topological_order",
    "value_and_grad",
    "var",
    "vjp",
    "where",
    "zero_grad",
]
