"""Activation functions as modules, made from the operators' rows: ``nn.ReLU()``, ``nn.Tanh()``.

A class names a function of one number and its settings under PyTorch's names; text, example and reference are
those of the operator. Each applies to a number, or to each number of nested lists.

At corners the derivatives are PyTorch's: of ReLU6, Hardtanh and Hardsigmoid 0, as of ReLU.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from inspect import Parameter, Signature
from typing import Any, ClassVar

import engine
from engine.floats.validate import real
from nn.checks import flag
from nn.modules.inputs import elementwise
from nn.modules.module import Module

__all__ = [
    "CELU",
    "ELU",
    "GELU",
    "SELU",
    "Hardshrink",
    "Hardsigmoid",
    "Hardswish",
    "Hardtanh",
    "LeakyReLU",
    "LogSigmoid",
    "Mish",
    "Pointwise",
    "ReLU",
    "ReLU6",
    "SiLU",
    "Sigmoid",
    "Softplus",
    "Softshrink",
    "Softsign",
    "Tanh",
    "Tanhshrink",
    "Threshold",
]

_SELU = 1.0507009873554804934193349852946, 1.6732632423543772848170429916717


class Pointwise(Module):
    """Base of the activations: a function of one number, applied to each number of the input.

    A subclass is one line: ``class Sine(Pointwise, of=engine.sin)``, with the defaults of the function's
    further arguments by name, if it has any. ``inplace`` is accepted for those who know it from PyTorch and
    changes nothing, as no operator changes a Value.

    Args:
        settings: numbers, in order or by name; they become attributes.

    Raises:
        TypeError: a setting is not a number, or there is none of that name.

    >>> class Sine(Pointwise, of=engine.sin):
    ...     pass
    >>> Sine(), Sine()([0.0, [0.0]])
    (Sine(), [0.0, [0.0]])
    """

    function: ClassVar[Callable[..., Any]]
    settings: ClassVar[dict[str, float]] = {}

    def __init_subclass__(cls, of: Callable[..., Any] | None = None, **settings: float) -> None:
        super().__init_subclass__()
        if of is None:
            return
        cls.function, cls.settings = staticmethod(of), settings
        kind = Parameter.POSITIONAL_OR_KEYWORD
        numbers = [Parameter(name, kind, default=number) for name, number in settings.items()]
        cls.__signature__ = Signature([*numbers, Parameter("inplace", kind, default=False)])  # type: ignore[attr-defined]
        if cls.__doc__ is None or (cls.__module__ == __name__ and ">>>" not in cls.__doc__):
            cls.__doc__ = _documentation(cls)

    def __init__(self, *numbers: float, **named: Any) -> None:
        signature: Signature = type(self).__signature__  # type: ignore[attr-defined]
        try:
            given = signature.bind(*numbers, **named)
        except TypeError as error:
            raise TypeError(f"{type(self).__name__}{signature}: {error}") from None
        given.apply_defaults()
        flag("inplace", given.arguments.pop("inplace"))
        for name, number in given.arguments.items():
            setattr(self, name, real(name, number))

    def __call__(self, x: Any) -> Any:
        """The function of a number, or of each number of a nested sequence, as nested lists."""
        function, numbers = type(self).function, [getattr(self, name) for name in self.settings]
        return elementwise(lambda each: function(each, *numbers), x)

    def __repr__(self) -> str:
        numbers = ", ".join(f"{name}={getattr(self, name):g}" for name in self.settings)
        return f"{type(self).__name__}({numbers})"


def _documentation(cls: Any) -> str:
    """The docstring of a class: what it says or the operator's function, its settings, and an example."""
    written = inspect.getdoc(cls if cls.__doc__ else cls.function) or ""
    said = [part for part in written.split("\n\n") if part and not part.lstrip().startswith((">>>", "Args"))]
    attributes = "".join(f"\n    {name}: {number:g} by default." for name, number in cls.settings.items())
    if attributes:
        said.append(f"Args:{attributes}")
    module = cls()
    numbers = [float(module(x)) for x in (-1.0, 2.0)]
    said.append(f">>> {module!r}([-1.0, 2.0])\n{numbers!r}")
    return "\n\n".join(said) + "\n"


def _of_beta(x: Any, beta: float, threshold: float) -> Any:
    return engine.softplus(x) if beta == 1.0 else engine.softplus(beta * x) / beta


def _between(x: Any, low: float, high: float) -> Any:
    """x between two bounds, else the closer one; unlike that of ``clip`` its derivative at a bound is 0."""
    return engine.where(
        engine.greater_equal(low, x), low, engine.where(engine.greater_equal(x, high), high, x)
    )


def _hardsigmoid(x: Any) -> Any:
    return _between(x / 6.0 + 0.5, 0.0, 1.0)


def _hardshrink(x: Any, lambd: float) -> Any:
    return engine.where(engine.greater_equal(lambd, engine.abs(x)), 0.0, x)  # so that nan stays nan


def _threshold(x: Any, threshold: float, value: float) -> Any:
    return engine.where(engine.greater_equal(threshold, x), value, x)  # so that nan stays nan


class Threshold(Pointwise, of=_threshold, threshold=0.0, value=0.0):
    """x where it is above ``threshold``, else ``value``."""


class ReLU(Pointwise, of=engine.relu): ...


class LeakyReLU(Pointwise, of=engine.leaky_relu, negative_slope=0.01): ...


class ELU(Pointwise, of=engine.elu, alpha=1.0): ...


class SELU(Pointwise, of=lambda x: _SELU[0] * engine.elu(x, _SELU[1])):
    """1.0507·elu(x, 1.6733), which keeps mean 0 and variance 1 from layer to layer.

    Klambauer, Unterthiner, Mayr & Hochreiter 2017, "Self-normalizing neural networks".
    """


class CELU(Pointwise, of=lambda x, alpha: alpha * engine.elu(x / alpha, 1.0), alpha=1.0):
    """max(0, x) + min(0, alpha·(exp(x / alpha) - 1)); Barron 2017, "Continuously differentiable ELUs"."""


class SiLU(Pointwise, of=engine.silu): ...


class Mish(Pointwise, of=lambda x: x * engine.tanh(engine.softplus(x))):
    """x · tanh(softplus(x)); Misra 2019, "Mish: a self regularized non-monotonic activation function"."""


class Softplus(Pointwise, of=_of_beta, beta=1.0, threshold=20.0):
    """log(1 + exp(beta·x)) / beta: the smooth relu, exact for all x.

    Dugas et al. 2000. PyTorch replaces it by x where beta·x is above ``threshold``; here that changes
    nothing.
    """


class Sigmoid(Pointwise, of=engine.sigmoid): ...


class LogSigmoid(Pointwise, of=engine.log_sigmoid): ...


class Tanh(Pointwise, of=engine.tanh): ...


class Softsign(Pointwise, of=lambda x: x / (1.0 + engine.abs(x))):
    """x / (1 + |x|); Bergstra, Desjardins, Lamblin & Bengio 2009."""


class Tanhshrink(Pointwise, of=lambda x: x - engine.tanh(x)):
    """x - tanh(x)."""


class Softshrink(Pointwise, of=lambda x, lambd: x - engine.clip(x, -lambd, lambd), lambd=0.5):
    """x drawn towards 0 by ``lambd``, and 0 where it is closer than that."""


class Hardshrink(Pointwise, of=_hardshrink, lambd=0.5):
    """x where |x| is above ``lambd``, else 0."""


class Hardtanh(Pointwise, of=_between, min_val=-1.0, max_val=1.0):
    """x between ``min_val`` and ``max_val``, else the one that is closer; Collobert 2004."""

    def __init__(self, *numbers: float, **named: Any) -> None:
        super().__init__(*numbers, **named)
        low, high = (getattr(self, name) for name in self.settings)
        if low >= high:
            raise ValueError(f"min_val must be below max_val, got {low!r} and {high!r}")


class Hardsigmoid(Pointwise, of=_hardsigmoid):
    """x/6 + 1/2 between 0 and 1, else the one that is closer: a sigmoid of three straight pieces."""


class Hardswish(Pointwise, of=lambda x: x * _hardsigmoid(x)):
    """x · hardsigmoid(x); Howard et al. 2019, "Searching for MobileNetV3"."""


class ReLU6(Pointwise, of=lambda x: _between(x, 0.0, 6.0)):
    """min(max(0, x), 6); Krizhevsky 2010, "Convolutional deep belief networks on CIFAR-10"."""


class GELU(Pointwise, of=engine.gelu):
    """x·Φ(x), Φ the normal distribution: the Gaussian error linear unit of Hendrycks & Gimpel 2016.

    Args:
        approximate: ``"none"``, or ``"tanh"`` for ½·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))).

    >>> round(GELU()(1.0), 6), round(GELU(approximate="tanh")(1.0), 6)
    (0.841345, 0.841192)
    """

    def __init__(self, approximate: str = "none") -> None:
        if approximate not in ("none", "tanh"):
            raise ValueError(f'approximate must be "none" or "tanh", got {approximate!r}')
        self.approximate = approximate

    def __call__(self, x: Any) -> Any:
        """The function of a number, or of each number of a nested sequence."""
        return elementwise(engine.gelu if self.approximate == "none" else _gelu_by_tanh, x)

    def __repr__(self) -> str:
        return f"GELU(approximate={self.approximate!r})"


def _gelu_by_tanh(x: Any) -> Any:
    return 0.5 * x * (1.0 + engine.tanh(0.7978845608028654 * (x + 0.044715 * x * x * x)))
