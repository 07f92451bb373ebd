# Written by .ci/write_stubs.py from the table of operators: change a row there and run it again.

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
        """a + b; the derivative is 1."""
    @overload
    def add(self, b: NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def sub(self, b: Result | Number) -> Result:
        """a - b; the derivative is 1."""
    @overload
    def sub(self, b: NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def mul(self, b: Result | Number) -> Result:
        """a * b; the derivative is b."""
    @overload
    def mul(self, b: NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def div(self, b: Result | Number) -> Result:
        """a / b; the derivative is 1 / b."""
    @overload
    def div(self, b: NDArray[Any]) -> NDArray[Any]: ...
    def neg(self) -> Result:
        """-x; the derivative is -1."""
    def abs(self) -> Result:
        """|x|; the derivative is sign(x)."""
    @overload
    def pow(self, n: Result | Number) -> Result:
        """x**n; the derivative is n * x**(n - 1)."""
    @overload
    def pow(self, n: NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def mod(self, b: Result | Number) -> Result:
        """a % b, with the sign of b; the derivative is 1."""
    @overload
    def mod(self, b: NDArray[Any]) -> NDArray[Any]: ...
    def exp(self) -> Result:
        """e**x; the derivative is y."""
    def exp2(self) -> Result:
        """2**x; the derivative is y * log(2)."""
    def expm1(self) -> Result:
        """e**x - 1; the derivative is exp(x)."""
    def log(self) -> Result:
        """log(x); the derivative is 1 / x."""
    def log2(self) -> Result:
        """log(x) / log(2); the derivative is 1 / (x * log(2))."""
    def log10(self) -> Result:
        """log(x) / log(10); the derivative is 1 / (x * log(10))."""
    def log1p(self) -> Result:
        """log(1 + x); the derivative is 1 / (1 + x)."""
    def sqrt(self) -> Result:
        """x**(1/2); the derivative is 1 / (2 * y)."""
    def cbrt(self) -> Result:
        """x**(1/3), also of negative x; the derivative is 1 / (3 * y**2)."""
    def sin(self) -> Result:
        """sin(x); the derivative is cos(x)."""
    def cos(self) -> Result:
        """cos(x); the derivative is -sin(x)."""
    def tan(self) -> Result:
        """tan(x); the derivative is 1 + y**2."""
    def asin(self) -> Result:
        """arcsin(x); the derivative is 1 / sqrt((1 - x) * (1 + x))."""
    def acos(self) -> Result:
        """arccos(x); the derivative is -1 / sqrt((1 - x) * (1 + x))."""
    def atan(self) -> Result:
        """arctan(x); the derivative is 1 / (1 + x**2)."""
    @overload
    def atan2(self, b: Result | Number) -> Result:
        """the angle of the point (b, a); the derivative is b / (a**2 + b**2)."""
    @overload
    def atan2(self, b: NDArray[Any]) -> NDArray[Any]: ...
    def sinh(self) -> Result:
        """sinh(x); the derivative is cosh(x)."""
    def cosh(self) -> Result:
        """cosh(x); the derivative is sinh(x)."""
    def tanh(self) -> Result:
        """tanh(x); the derivative is 1 - y**2."""
    def asinh(self) -> Result:
        """arsinh(x); the derivative is 1 / sqrt(x**2 + 1)."""
    def acosh(self) -> Result:
        """arcosh(x); the derivative is 1 / sqrt(x**2 - 1)."""
    def atanh(self) -> Result:
        """artanh(x); the derivative is 1 / (1 - x**2)."""
    @overload
    def hypot(self, b: Result | Number) -> Result:
        """sqrt(a**2 + b**2); the derivative is a / y."""
    @overload
    def hypot(self, b: NDArray[Any]) -> NDArray[Any]: ...
    def erf(self) -> Result:
        """the error function; the derivative is 2 / sqrt(pi) * exp(-x**2)."""
    def erfc(self) -> Result:
        """1 - erf(x); the derivative is -2 / sqrt(pi) * exp(-x**2)."""
    def ndtr(self) -> Result:
        """the normal distribution function; the derivative is exp(-x**2 / 2) / sqrt(2 * pi)."""
    @overload
    def gaussian(self, k: Result | Number = 1.0) -> Result:
        """exp(-k * x**2); the derivative is -2 * k * x * y."""
    @overload
    def gaussian(self, k: NDArray[Any]) -> NDArray[Any]: ...
    def sech2(self) -> Result:
        """1 / cosh(x)**2; the derivative is -2 * tanh(x) * y."""
    def sigmoid(self) -> Result:
        """1 / (1 + exp(-x)); the derivative is y * (1 - y)."""
    def log_sigmoid(self) -> Result:
        """log(sigmoid(x)); the derivative is sigmoid(-x)."""
    def softplus(self) -> Result:
        """log(1 + exp(x)); the derivative is sigmoid(x)."""
    def relu(self) -> Result:
        """max(0, x); the derivative is step(x), 0 at 0."""
    @overload
    def leaky_relu(self, alpha: Result | Number = 0.01) -> Result:
        """x if x > 0 else alpha * x; the derivative is 1 if x > 0 else alpha."""
    @overload
    def leaky_relu(self, alpha: NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def elu(self, alpha: Result | Number = 1.0) -> Result:
        """x if x > 0 else alpha * (exp(x) - 1); the derivative is 1 if x > 0 else alpha * exp(x)."""
    @overload
    def elu(self, alpha: NDArray[Any]) -> NDArray[Any]: ...
    def gelu(self) -> Result:
        """x * ndtr(x); the derivative is ndtr(x) + x * exp(-x**2 / 2) / sqrt(2 * pi)."""
    def silu(self) -> Result:
        """x * sigmoid(x); the derivative is sigmoid(x) + y * sigmoid(-x)."""
    @overload
    def step(self, threshold: Result | Number = 0.0) -> Result:
        """1 if x > threshold else 0; the derivative is 0."""
    @overload
    def step(self, threshold: NDArray[Any]) -> NDArray[Any]: ...
    def sign(self) -> Result:
        """-1, 0 or 1; the derivative is 0."""
    def floor(self) -> Result:
        """the next whole number below; the derivative is 0."""
    def ceil(self) -> Result:
        """the next whole number above; the derivative is 0."""
    def rint(self) -> Result:
        """the closest whole number, of two the even one; the derivative is 0."""
    @overload
    def floor_divide(self, b: Result | Number) -> Result:
        """a // b, floor(a / b) but for rounding; the derivative is 0."""
    @overload
    def floor_divide(self, b: NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def greater(self, b: Result | Number) -> Result:
        """1 if a > b else 0; the derivative is 0."""
    @overload
    def greater(self, b: NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def greater_equal(self, b: Result | Number) -> Result:
        """1 if a >= b else 0; the derivative is 0."""
    @overload
    def greater_equal(self, b: NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def equal(self, b: Result | Number) -> Result:
        """1 if a == b else 0; the derivative is 0."""
    @overload
    def equal(self, b: NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def minimum(self, b: Result | Number) -> Result:
        """the smaller of a and b; the derivative is 1 if a < b else 0, 1/2 at a tie."""
    @overload
    def minimum(self, b: NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def maximum(self, b: Result | Number) -> Result:
        """the larger of a and b; the derivative is 1 if a > b else 0, 1/2 at a tie."""
    @overload
    def maximum(self, b: NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def clip(self, low: Result | Number, high: Result | Number) -> Result:
        """x within low and high; the derivative is 1 if low <= x <= high else 0."""
    @overload
    def clip(self, low: NDArray[Any], high: Result | Number | NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def clip(self, low: Result | Number, high: NDArray[Any]) -> NDArray[Any]: ...
    def stop_gradient(self) -> Result:
        """x, taken as a constant; the derivative is 0."""
    @overload
    def subtract(self, b: Result | Number) -> Result:
        """a - b; the derivative is 1."""
    @overload
    def subtract(self, b: NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def multiply(self, b: Result | Number) -> Result:
        """a * b; the derivative is b."""
    @overload
    def multiply(self, b: NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def divide(self, b: Result | Number) -> Result:
        """a / b; the derivative is 1 / b."""
    @overload
    def divide(self, b: NDArray[Any]) -> NDArray[Any]: ...
    def negative(self) -> Result:
        """-x; the derivative is -1."""
    def absolute(self) -> Result:
        """|x|; the derivative is sign(x)."""
    @overload
    def power(self, n: Result | Number) -> Result:
        """x**n; the derivative is n * x**(n - 1)."""
    @overload
    def power(self, n: NDArray[Any]) -> NDArray[Any]: ...
    @overload
    def remainder(self, b: Result | Number) -> Result:
        """a % b, with the sign of b; the derivative is 1."""
    @overload
    def remainder(self, b: NDArray[Any]) -> NDArray[Any]: ...
    def arcsin(self) -> Result:
        """arcsin(x); the derivative is 1 / sqrt((1 - x) * (1 + x))."""
    def arccos(self) -> Result:
        """arccos(x); the derivative is -1 / sqrt((1 - x) * (1 + x))."""
    def arctan(self) -> Result:
        """arctan(x); the derivative is 1 / (1 + x**2)."""
    @overload
    def arctan2(self, b: Result | Number) -> Result:
        """the angle of the point (b, a); the derivative is b / (a**2 + b**2)."""
    @overload
    def arctan2(self, b: NDArray[Any]) -> NDArray[Any]: ...
    def arcsinh(self) -> Result:
        """arsinh(x); the derivative is 1 / sqrt(x**2 + 1)."""
    def arccosh(self) -> Result:
        """arcosh(x); the derivative is 1 / sqrt(x**2 - 1)."""
    def arctanh(self) -> Result:
        """artanh(x); the derivative is 1 / (1 - x**2)."""
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
