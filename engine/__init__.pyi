# Written by .ci/write_stubs.py from the table of operators: change a row there and run it again.

from collections.abc import Iterable
from typing import Any, overload

from numpy.typing import NDArray

from engine.autograd.grad_mode import enable_grad as enable_grad
from engine.autograd.grad_mode import is_grad_enabled as is_grad_enabled
from engine.autograd.grad_mode import no_grad as no_grad
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
from engine.graph.walks import leaves as leaves
from engine.graph.walks import parents as parents
from engine.graph.walks import topological_order as topological_order
from engine.graph.walks import zero_grad as zero_grad
from engine.graph.write_json import save_json as save_json
from engine.graph.write_json import to_json as to_json
from engine.jit import jit as jit
from engine.jit import vmap as vmap
from engine.node.backend import Value as Value
from engine.node.backend import backend as backend
from engine.node.take import take as take
from engine.ops.finite import isfinite as isfinite
from engine.ops.finite import isinf as isinf
from engine.ops.finite import isnan as isnan
from engine.ops.methods import Number
from engine.transforms.grad import grad as grad
from engine.transforms.grad import value_and_grad as value_and_grad
from engine.transforms.jacobian import jacfwd as jacfwd
from engine.transforms.jacobian import jacobian as jacobian
from engine.transforms.jacobian import jacrev as jacrev
from engine.transforms.products import hessian as hessian
from engine.transforms.products import hvp as hvp
from engine.transforms.products import jvp as jvp
from engine.transforms.products import vjp as vjp
from engine.transforms.reverse import gradients as gradients
from engine.transforms.taylor import derivatives as derivatives
from engine.transforms.taylor import taylor as taylor

__version__: str

@overload
def add(a: Number, b: Number) -> float:
    """a + b.

    Partial derivatives: 1; 1.
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
    """a - b.

    Partial derivatives: 1; -1.
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
    """a * b.

    Partial derivatives: b; a.
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
    """a / b.

    Partial derivatives: 1 / b; -y / b.
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
    """-x.

    Partial derivatives: -1.
    """
@overload
def neg(x: Value) -> Value: ...
@overload
def neg(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def abs(x: Number) -> float:
    """|x|.

    Partial derivatives: sign(x).
    """
@overload
def abs(x: Value) -> Value: ...
@overload
def abs(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def pow(x: Number, n: Number) -> float:
    """x**n.

    Partial derivatives: n * x**(n - 1); y * log(x).
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
    """a % b, with the sign of b.

    Partial derivatives: 1; -floor(a / b).
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
    """e**x.

    Partial derivatives: y.
    """
@overload
def exp(x: Value) -> Value: ...
@overload
def exp(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def exp2(x: Number) -> float:
    """2**x.

    Partial derivatives: y * log(2).
    """
@overload
def exp2(x: Value) -> Value: ...
@overload
def exp2(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def expm1(x: Number) -> float:
    """e**x - 1.

    Partial derivatives: exp(x).
    """
@overload
def expm1(x: Value) -> Value: ...
@overload
def expm1(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def log(x: Number) -> float:
    """log(x).

    Partial derivatives: 1 / x.
    """
@overload
def log(x: Value) -> Value: ...
@overload
def log(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def log2(x: Number) -> float:
    """log(x) / log(2).

    Partial derivatives: 1 / (x * log(2)).
    """
@overload
def log2(x: Value) -> Value: ...
@overload
def log2(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def log10(x: Number) -> float:
    """log(x) / log(10).

    Partial derivatives: 1 / (x * log(10)).
    """
@overload
def log10(x: Value) -> Value: ...
@overload
def log10(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def log1p(x: Number) -> float:
    """log(1 + x).

    Partial derivatives: 1 / (1 + x).
    """
@overload
def log1p(x: Value) -> Value: ...
@overload
def log1p(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def sqrt(x: Number) -> float:
    """x**(1/2).

    Partial derivatives: 1 / (2 * y).
    """
@overload
def sqrt(x: Value) -> Value: ...
@overload
def sqrt(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def cbrt(x: Number) -> float:
    """x**(1/3), also of negative x.

    Partial derivatives: 1 / (3 * y**2).
    """
@overload
def cbrt(x: Value) -> Value: ...
@overload
def cbrt(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def sin(x: Number) -> float:
    """sin(x).

    Partial derivatives: cos(x).
    """
@overload
def sin(x: Value) -> Value: ...
@overload
def sin(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def cos(x: Number) -> float:
    """cos(x).

    Partial derivatives: -sin(x).
    """
@overload
def cos(x: Value) -> Value: ...
@overload
def cos(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def tan(x: Number) -> float:
    """tan(x).

    Partial derivatives: 1 + y**2.
    """
@overload
def tan(x: Value) -> Value: ...
@overload
def tan(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def asin(x: Number) -> float:
    """arcsin(x).

    Partial derivatives: 1 / sqrt((1 - x) * (1 + x)).
    """
@overload
def asin(x: Value) -> Value: ...
@overload
def asin(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def acos(x: Number) -> float:
    """arccos(x).

    Partial derivatives: -1 / sqrt((1 - x) * (1 + x)).
    """
@overload
def acos(x: Value) -> Value: ...
@overload
def acos(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def atan(x: Number) -> float:
    """arctan(x).

    Partial derivatives: 1 / (1 + x**2).
    """
@overload
def atan(x: Value) -> Value: ...
@overload
def atan(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def atan2(a: Number, b: Number) -> float:
    """the angle of the point (b, a).

    Partial derivatives: b / (a**2 + b**2); -a / (a**2 + b**2).
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
    """sinh(x).

    Partial derivatives: cosh(x).
    """
@overload
def sinh(x: Value) -> Value: ...
@overload
def sinh(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def cosh(x: Number) -> float:
    """cosh(x).

    Partial derivatives: sinh(x).
    """
@overload
def cosh(x: Value) -> Value: ...
@overload
def cosh(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def tanh(x: Number) -> float:
    """tanh(x).

    Partial derivatives: 1 - y**2.
    """
@overload
def tanh(x: Value) -> Value: ...
@overload
def tanh(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def asinh(x: Number) -> float:
    """arsinh(x).

    Partial derivatives: 1 / sqrt(x**2 + 1).
    """
@overload
def asinh(x: Value) -> Value: ...
@overload
def asinh(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def acosh(x: Number) -> float:
    """arcosh(x).

    Partial derivatives: 1 / sqrt(x**2 - 1).
    """
@overload
def acosh(x: Value) -> Value: ...
@overload
def acosh(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def atanh(x: Number) -> float:
    """artanh(x).

    Partial derivatives: 1 / (1 - x**2).
    """
@overload
def atanh(x: Value) -> Value: ...
@overload
def atanh(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def hypot(a: Number, b: Number) -> float:
    """sqrt(a**2 + b**2).

    Partial derivatives: a / y; b / y.
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
    """the error function.

    Partial derivatives: 2 / sqrt(pi) * exp(-x**2).
    """
@overload
def erf(x: Value) -> Value: ...
@overload
def erf(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def erfc(x: Number) -> float:
    """1 - erf(x).

    Partial derivatives: -2 / sqrt(pi) * exp(-x**2).
    """
@overload
def erfc(x: Value) -> Value: ...
@overload
def erfc(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def ndtr(x: Number) -> float:
    """the normal distribution function.

    Partial derivatives: exp(-x**2 / 2) / sqrt(2 * pi).
    """
@overload
def ndtr(x: Value) -> Value: ...
@overload
def ndtr(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def gaussian(x: Number, k: Number = 1.0) -> float:
    """exp(-k * x**2).

    Partial derivatives: -2 * k * x * y; -x**2 * y.
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
    """1 / cosh(x)**2.

    Partial derivatives: -2 * tanh(x) * y.
    """
@overload
def sech2(x: Value) -> Value: ...
@overload
def sech2(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def sigmoid(x: Number) -> float:
    """1 / (1 + exp(-x)).

    Partial derivatives: y * (1 - y).
    """
@overload
def sigmoid(x: Value) -> Value: ...
@overload
def sigmoid(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def log_sigmoid(x: Number) -> float:
    """log(sigmoid(x)).

    Partial derivatives: sigmoid(-x).
    """
@overload
def log_sigmoid(x: Value) -> Value: ...
@overload
def log_sigmoid(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def softplus(x: Number) -> float:
    """log(1 + exp(x)).

    Partial derivatives: sigmoid(x).
    """
@overload
def softplus(x: Value) -> Value: ...
@overload
def softplus(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def relu(x: Number) -> float:
    """max(0, x).

    Partial derivatives: step(x), 0 at 0.
    """
@overload
def relu(x: Value) -> Value: ...
@overload
def relu(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def leaky_relu(x: Number, alpha: Number = 0.01) -> float:
    """x if x > 0 else alpha * x.

    Partial derivatives: 1 if x > 0 else alpha; min(x, 0).
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
    """x if x > 0 else alpha * (exp(x) - 1).

    Partial derivatives: 1 if x > 0 else alpha * exp(x); exp(min(x, 0)) - 1.
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
    """x * ndtr(x).

    Partial derivatives: ndtr(x) + x * exp(-x**2 / 2) / sqrt(2 * pi).
    """
@overload
def gelu(x: Value) -> Value: ...
@overload
def gelu(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def silu(x: Number) -> float:
    """x * sigmoid(x).

    Partial derivatives: sigmoid(x) + y * sigmoid(-x).
    """
@overload
def silu(x: Value) -> Value: ...
@overload
def silu(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def step(x: Number, threshold: Number = 0.0) -> float:
    """1 if x > threshold else 0.

    Partial derivatives: 0; 0.
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
    """-1, 0 or 1.

    Partial derivatives: 0.
    """
@overload
def sign(x: Value) -> Value: ...
@overload
def sign(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def floor(x: Number) -> float:
    """the next whole number below.

    Partial derivatives: 0.
    """
@overload
def floor(x: Value) -> Value: ...
@overload
def floor(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def ceil(x: Number) -> float:
    """the next whole number above.

    Partial derivatives: 0.
    """
@overload
def ceil(x: Value) -> Value: ...
@overload
def ceil(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def rint(x: Number) -> float:
    """the closest whole number, of two the even one.

    Partial derivatives: 0.
    """
@overload
def rint(x: Value) -> Value: ...
@overload
def rint(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def floor_divide(a: Number, b: Number) -> float:
    """a // b, floor(a / b) but for rounding.

    Partial derivatives: 0; 0.
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
    """1 if a > b else 0.

    Partial derivatives: 0; 0.
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
    """1 if a >= b else 0.

    Partial derivatives: 0; 0.
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
    """1 if a == b else 0.

    Partial derivatives: 0; 0.
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
    """the smaller of a and b.

    Partial derivatives: 1 if a < b else 0, 1/2 at a tie; 1 if b < a else 0, 1/2 at a tie.
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
    """the larger of a and b.

    Partial derivatives: 1 if a > b else 0, 1/2 at a tie; 1 if b > a else 0, 1/2 at a tie.
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
    """x within low and high.

    Partial derivatives: 1 if low <= x <= high else 0; 1 if x < low else 0; 1 if x > high else 0.
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
    """a where the condition holds, else b.

    Partial derivatives: 0; 1 if condition else 0; 0 if condition else 1.
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
    """x, taken as a constant.

    Partial derivatives: 0.
    """
@overload
def stop_gradient(x: Value) -> Value: ...
@overload
def stop_gradient(x: NDArray[Any]) -> NDArray[Any]: ...
@overload
def sum(xs: Iterable[Number], start: Number = 0.0) -> float:  # type: ignore[overload-overlap]
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
def sum(xs: Iterable[Value | Number], start: Value | Number = 0.0) -> Value: ...
@overload
def prod(xs: Iterable[Number], /) -> float:  # type: ignore[overload-overlap]
    """x1 · … · xn, over a sequence of Values and numbers, or over several arguments.

    Partial derivatives: product of the others.
    """
@overload
def prod(xs: Iterable[Value | Number], /) -> Value: ...
@overload
def prod(*xs: Number) -> float: ...  # type: ignore[overload-overlap]
@overload
def prod(*xs: Value | Number) -> Value: ...
@overload
def norm(xs: Iterable[Number], /) -> float:  # type: ignore[overload-overlap]
    """sqrt(x1**2 + … + xn**2), over a sequence of Values and numbers, or over several arguments.

    Partial derivatives: xi / y, 0 at 0.
    """
@overload
def norm(xs: Iterable[Value | Number], /) -> Value: ...
@overload
def norm(*xs: Number) -> float: ...  # type: ignore[overload-overlap]
@overload
def norm(*xs: Value | Number) -> Value: ...
@overload
def mean(xs: Iterable[Number], /) -> float:  # type: ignore[overload-overlap]
    """(x1 + … + xn) / n, over a sequence of Values and numbers, or over several arguments.

    Partial derivatives: 1 / n.
    """
@overload
def mean(xs: Iterable[Value | Number], /) -> Value: ...
@overload
def mean(*xs: Number) -> float: ...  # type: ignore[overload-overlap]
@overload
def mean(*xs: Value | Number) -> Value: ...
@overload
def dot(a: Iterable[Number], b: Iterable[Number]) -> float:  # type: ignore[overload-overlap]
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
def dot(a: Iterable[Value | Number], b: Iterable[Value | Number]) -> Value: ...
@overload
def max(xs: Iterable[Number], /) -> float:  # type: ignore[overload-overlap]
    """the largest, over a sequence of Values and numbers, or over several arguments.

    Partial derivatives: 1/k for the k largest.
    """
@overload
def max(xs: Iterable[Value | Number], /) -> Value: ...
@overload
def max(*xs: Number) -> float: ...  # type: ignore[overload-overlap]
@overload
def max(*xs: Value | Number) -> Value: ...
@overload
def min(xs: Iterable[Number], /) -> float:  # type: ignore[overload-overlap]
    """the smallest, over a sequence of Values and numbers, or over several arguments.

    Partial derivatives: 1/k for the k smallest.
    """
@overload
def min(xs: Iterable[Value | Number], /) -> Value: ...
@overload
def min(*xs: Number) -> float: ...  # type: ignore[overload-overlap]
@overload
def min(*xs: Value | Number) -> Value: ...
@overload
def logsumexp(xs: Iterable[Number], /) -> float:  # type: ignore[overload-overlap]
    """log(exp(x1) + … + exp(xn)), over a sequence of Values and numbers, or over several arguments.

    Partial derivatives: exp(xi - y).
    """
@overload
def logsumexp(xs: Iterable[Value | Number], /) -> Value: ...
@overload
def logsumexp(*xs: Number) -> float: ...  # type: ignore[overload-overlap]
@overload
def logsumexp(*xs: Value | Number) -> Value: ...
@overload
def log_softmax(xs: Iterable[Number]) -> list[float]:  # type: ignore[overload-overlap]
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
def log_softmax(xs: Iterable[Value | Number]) -> list[Value]: ...
@overload
def softmax(xs: Iterable[Number]) -> list[float]:  # type: ignore[overload-overlap]
    """Positive numbers that sum to one, in proportion e^x1 : e^x2 : …

    Computed relative to the largest operand, so that nothing overflows. The largest is no constant: what it
    passes back makes the derivative of a probability near 1 precise, as 1 - p alone could not be.

    Args:
        xs: Values and numbers, usually called logits.

    Returns:
        A list as long as ``xs``.

    >>> from engine import softmax
    >>> [round(p, 3) for p in softmax([1.2, 0.9, 0.4])]
    [0.457, 0.338, 0.205]
    """
@overload
def softmax(xs: Iterable[Value | Number]) -> list[Value]: ...
@overload
def var(xs: Iterable[Number], ddof: int = 0) -> float:  # type: ignore[overload-overlap]
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
def var(xs: Iterable[Value | Number], ddof: int = 0) -> Value: ...
@overload
def std(xs: Iterable[Number], ddof: int = 0) -> float:  # type: ignore[overload-overlap]
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
def std(xs: Iterable[Value | Number], ddof: int = 0) -> Value: ...

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
    "clip",
    "cos",
    "cosh",
    "custom_op",
    "derivatives",
    "detect_anomaly",
    "div",
    "dot",
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
    "parents",
    "paths",
    "prod",
    "relu",
    "report",
    "rint",
    "save_json",
    "sech2",
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
