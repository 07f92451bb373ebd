"""A traced graph as a pure function of JAX."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from math import prod
from typing import Any

import numpy as np

from engine.jit.backends.jax.statements import outputs_of
from engine.jit.emit.forward import Program
from engine.jit.trace.traced_graph import Trace
from engine.pytree.spec import DICT, STATIC, Spec, build, shape_of
from engine.pytree.statics import static_key
from engine.quoting import brief

__all__ = ["jax_function"]


def jax_function(program: Program, trace: Trace, spec: Any, name: str) -> tuple[Callable[..., Any], Any]:
    """A function ``fn(params, *args)``, and the numbers of the parameters for it.

    Args:
        program: of the graph; its forward pass is run.
        trace: the scalar graph.
        spec: how the arguments are nested; of one sample where the graph is for a batch.
        name: of the function.
    """
    try:
        jnp = import_module("jax.numpy")
    except ImportError as error:
        raise ImportError("to_jax() needs JAX: pip install 'chainrule[jax]'") from error
    layout = program.layout
    values = [trace.captured[i] for i in layout.captured]
    numbers = np.array([value.data for value in values], dtype=float)
    taking = {leaf.index for leaf in trace.leaf_of.values() if not leaf.is_input and leaf.wanted}
    wanted = np.array([i for i, number in enumerate(layout.captured) if number in taking], dtype=int)
    batched, result = trace.batched, trace.result

    def function(params: Any, *args: Any, **kwargs: Any) -> Any:
        params = jnp.asarray(params)
        if params.shape != wanted.shape:
            raise ValueError(f"{name} has {len(wanted)} parameters in a vector, got shape {params.shape}")
        inputs = _inputs(jnp, spec, args, kwargs, batched)
        dtype = jnp.result_type(params, inputs, float)
        captured = jnp.asarray(numbers, dtype)
        if len(wanted) == len(numbers):
            captured = params.astype(dtype)
        elif len(wanted):
            captured = captured.at[wanted].set(params)
        samples = len(inputs) if batched else 1
        outputs = outputs_of(program, captured, inputs.T.astype(dtype), samples)
        if batched:
            outputs = [jnp.mean(output) for output in outputs]
        return build(result.spec, iter(outputs), iter(result.statics), lambda *each: _array(jnp, *each))

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"{name} as a pure function of JAX, of a vector of parameters and its arguments."
    function.parameters = tuple(values[i] for i in wanted)  # type: ignore[attr-defined]
    return function, jnp.asarray(numbers[wanted])


def _array(jnp: Any, spec: Spec, feed: Iterator[Any], statics: Iterator[Any]) -> Any:
    """An array in a result."""
    items = [next(feed) if flag else next(statics) for flag in spec[2]]
    return jnp.stack([jnp.asarray(item) for item in items]).reshape(spec[1]) if items else jnp.zeros(spec[1])


def _inputs(jnp: Any, spec: Any, args: tuple[Any, ...], kwargs: dict[str, Any], batched: bool) -> Any:
    """The numbers of arguments in one vector; of a batch in a row for each sample.

    Raises:
        TypeError: they are nested otherwise than those that the function was lifted for.
    """
    parts, named = spec
    if len(args) != len(parts) or sorted(kwargs) != [name for name, _ in named]:
        expected = [f"{len(parts)} by position", *(f"{name}=" for name, _ in named)]
        raise TypeError(f"the function was lifted for other arguments: {', '.join(expected)}")
    found: list[Any] = []
    places = [*(f"argument {i}" for i in range(len(parts))), *(f"argument {name}" for name, _ in named)]
    given = [*args, *(kwargs[name] for name, _ in named)]
    for part, item, place in zip([*parts, *(each for _, each in named)], given, places, strict=True):
        found += _leaves(jnp, part, item, place, batched)
    if not found:
        return jnp.zeros((1, 0) if batched else 0)
    if batched and len({len(each) for each in found}) > 1:
        raise TypeError(f"the arguments have different numbers of samples: {sorted({len(x) for x in found})}")
    return jnp.concatenate(found, axis=-1)


def _leaves(jnp: Any, spec: Spec, item: Any, place: str, batched: bool) -> Iterator[Any]:
    """The numbers of a part of the arguments."""
    kind = spec[0]
    if kind == STATIC:
        if (STATIC, *static_key(item)) != spec:
            raise TypeError(f"{place} is {brief(item)}, but the function was lifted for another one")
        return
    shape = shape_of(spec)
    if shape is not None:
        array = jnp.asarray(item)
        if array.shape[batched:] != shape or array.ndim != len(shape) + batched:
            wanted = f"{'(samples, ' if batched else '('}{', '.join(map(str, shape))})"
            raise TypeError(
                f"{place} has the shape {array.shape}, but the function was lifted for {wanted}: call the "
                "lifted function with such arguments, and then to_jax() again"
            )
        yield array.reshape(len(array), prod(shape)) if batched else array.reshape(prod(shape))
        return
    keys = [key for key, _ in spec[2]] if kind == DICT else range(len(spec[2]))
    parts = [part for _, part in spec[2]] if kind == DICT else spec[2]
    if (set(item) != set(keys)) if kind == DICT else len(item) != len(parts):
        raise TypeError(f"{place} is nested otherwise than what the function was lifted for: {brief(item)}")
    for key, part in zip(keys, parts, strict=True):
        yield from _leaves(jnp, part, item[key], f"{place}[{brief(key)}]", batched)
