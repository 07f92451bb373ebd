"""Errors for attributes of PyTorch and NumPy that a Value lacks: they say what to write instead."""

from __future__ import annotations

from typing import Any

from engine.ops.methods import METHODS

__all__ = ["ENGINE_INSTEAD", "VALUE_INSTEAD", "Instead"]


class Instead:
    """An attribute that is missing: reading it raises AttributeError and says what to write.

    >>> class Number:
    ...     numpy = Instead("use .data")
    >>> hasattr(Number(), "numpy")
    False
    >>> Number().numpy
    Traceback (most recent call last):
    AttributeError: a Number has no 'numpy': use .data
    """

    def __init__(self, advice: str) -> None:
        self._advice = advice

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, node: Any, kind: type) -> Any:
        if node is None:  # asked of the class, as by tools that list it
            return self
        for base in kind.__mro__:  # a class that was mixed in may have it
            found = vars(base).get(self._name, self)
            if not isinstance(found, Instead):
                return found.__get__(node, kind) if hasattr(found, "__get__") else found
        raise AttributeError(f"a {kind.__name__} has no {self._name!r}: {self._advice}")


def _each(names: str, advice: str) -> dict[str, str]:
    """Advice for several names, each of which it may name."""
    return {name: advice.format(name=name) for name in names.split()}


_ONE = "a Value is one number; arrays and lists of Values have shapes"

_OF_VALUES = {
    "numpy": "its number is .data; np.array of a list of Values is an array of Values",
    "clone": "no operator changes a Value, so that the Value itself will do; .detach() cuts it off",
    "tolist": "its number is .data; of several, [v.data for v in values]",
    "clamp": "take .clip(low, high)",
    "ln": "take .log(), which is the natural logarithm",
    **_each("max min", "take .{name}imum(other) of two; engine.{name} takes a list of them"),
    "rsqrt": "take value**-0.5, or 1 / value.sqrt()",
    "logit": "take (value / (1 - value)).log()",
    "detach_": "take .detach(), which makes a Value of its own",
    **{
        name: f"compare with {sign}, which is True or False"
        for name, sign in (("gt", ">"), ("ge", ">="), ("lt", "<"), ("le", "<="))
    },
    "eq": "take engine.equal(a, b); == of two Values asks whether they are one node",
    "grad_fn": "what made it is in ._op, its operands in ._children",
    **_each("shape size ndim dim view reshape squeeze numel T unsqueeze flatten", _ONE),
    **_each("transpose permute expand argmax argmin", _ONE),
    **_each(
        "mean sum std var norm prod softmax log_softmax logsumexp",
        _ONE + "; engine.{name} takes a list of them",
    ),
    **_each("isnan isinf isfinite", "take engine.{name}(value)"),
    **_each(
        "add_ sub_ mul_ div_ copy_ fill_ zero_",
        "operators make new Values; a parameter is changed by setting .data",
    ),
    **_each(
        "to cpu cuda double float", "every Value is a float64 in Python's memory; leave the call out"
    ),
}

VALUE_INSTEAD = {name: Instead(advice) for name, advice in _OF_VALUES.items() if name not in METHODS}
"""The attributes of tensors and arrays that a Value has not, unless a row adds one."""

ENGINE_INSTEAD = {
    "tensor": "engine.Value(number)",
    "Tensor": "engine.Value",
    "set_grad_enabled": "engine.no_grad() or engine.enable_grad()",
    "inference_mode": "engine.no_grad()",
    "stack": "a list of Values, or np.stack",
    "cat": "list + list, or np.concatenate",
    "logsigmoid": "engine.log_sigmoid",
    **_each("matmul mm mv bmm", "a @ b of arrays of Values"),
    **_each(
        "all allclose any argmax argmin argsort cumprod cumsum diff einsum flip isclose median outer reshape "
        "roll sort split squeeze tril triu",
        "np.{name}, of an array of Values",
    ),
    **_each(
        "arange eye full linspace meshgrid ones zeros",
        "np.{name}; a number becomes a Value where it is to have a gradient",
    ),
    "rand": "np.random.default_rng(seed).random(shape)",
    "randn": "np.random.default_rng(seed).normal(size=shape)",
    "randint": "np.random.default_rng(seed).integers(low, high, shape)",
    "manual_seed": "rng=0 of layers and of nn.fit, or random.seed(0) for those without",
    "from_numpy": "the array itself",
    **_each("custom_vjp custom_jvp custom_gradient Function", "engine.custom_op(value, derivative)"),
    **_each("cond switch select", "Python's if, or engine.where"),
    **_each("fori_loop while_loop scan lax", "Python's own for, while and if"),
    "grad_and_value": "engine.value_and_grad, which returns the value first",
    "vhp": "engine.hvp: a Hessian is symmetric",
    "make_jaxpr": "print(f.source) of f = engine.jit(function), once it was called",
    **_each("debug_nans set_detect_anomaly", "engine.detect_anomaly()"),
    "pmap": "engine.vmap, or engine.jit(function, batch=True, backend='jax')",
    **_each("device_put block_until_ready", "the numbers as they are, in Python's memory"),
    "save": "model.save(path)",
    "load": "model.load(path)",
    "compile": "engine.jit",
    "topk": "sorted(values)[-k:]",
    "clamp": "engine.clip",
    "rsqrt": "1 / engine.sqrt(x)",
    "square": "x**2",
    "power": "engine.pow",
    "ln": "engine.log",
    "arctan2": "engine.atan2",
    "heaviside": "engine.step",
    "absolute": "engine.abs",
    "reciprocal": "1 / x",
    "array": "np.array of a list of Values",
    "logaddexp": "engine.logsumexp([a, b])",
    **{f"arc{name}": f"engine.a{name}" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
    "nn": "the package nn",
    "optim": "nn.optim",
}
"""What PyTorch has and engine calls otherwise."""
