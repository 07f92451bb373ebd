"""A mapped function: a function of one sample for all samples at once, as arrays of numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from engine.autograd.differentiating import variables_around
from engine.autograd.grad_mode import is_grad_enabled
from engine.autograd.trace_mode import is_tracing
from engine.jit.function import Jitted, Part
from engine.jit.pipeline import Lifted
from engine.jit.samples import scattered, stacked
from engine.node.backend import Value
from engine.node.bulk import graph_arrays, read_data
from engine.ops.op import LEAF
from engine.pytree.arguments import Arguments, takes_gradient
from engine.pytree.result import Result
from engine.pytree.samples import one_sample

__all__ = ["Mapped"]


class Mapped(Jitted):
    """A function that maps over the leading axis of its arguments; see :func:`engine.vmap`."""

    def __init__(self, f: Callable[..., Any], static_argnums: int | Iterable[int] = ()) -> None:
        super().__init__(f, batch=True, static_argnums=static_argnums)
        self._differentiate = False

    def _of(self, f: Callable[..., Any], static_argnums: Iterable[int]) -> Mapped:
        return Mapped(f, static_argnums)

    def _recipe(self) -> tuple[Any, ...]:
        return self.lifts, tuple(self._statics)

    def _on_batch(self, tree: Arguments) -> Any:
        if is_grad_enabled() and any(map(takes_gradient, tree.leaves)):  # then a gradient is to go through
            return stacked(list(self._outputs(*one_sample(tree))), as_graph=True)
        return super()._on_batch(tree)

    def _is_eager(self) -> bool:
        return bool(variables_around()) or super()._is_eager()

    def _parts(self, sample: Arguments, samples: list[Any]) -> list[Part]:
        parts = super()._parts(sample, samples)
        if is_grad_enabled() and any(lifted is None or lifted.takes_gradients for lifted, _ in parts):
            return [(None, None)]  # all samples by f itself: gradients are to go to what it captured
        return parts

    def _part(self, lifted: Lifted | None, samples: list[Any], given: list[Any]) -> tuple[Any, Any]:
        count = len(samples[0]) if samples else 1
        if lifted is None or lifted.kind == "eager":
            return None, np.arange(count)
        read_data(lifted.values, lifted.array.parameters)
        with np.errstate(all="ignore"):
            columns = lifted.array.each(samples)
            total = sum(float(column.sum()) for column in columns)
        result = lifted.trace.result.over_samples(columns, count)
        if total - total == 0.0:
            return result, None
        return result, np.flatnonzero(~np.isfinite(np.sum(columns, axis=0)))  # by f itself, for the zero rule

    def _mended(self, result: Any, at: Any, again: Any) -> Any:
        return scattered([result, again], [slice(None), at])

    def _together(self, parts: list[Part], results: list[Any]) -> Any:
        return scattered(results, [at for _, at in parts])

    def _plainly(self, sample: Arguments, samples: list[Any], given: list[Any]) -> Any:
        stand_ins: list[Value] = []
        results = list(self._outputs(sample, samples, given, stand_ins))
        as_graph = is_tracing() or bool(variables_around()) or _reach_others(results, stand_ins)
        return stacked(results, as_graph)


def _reach_others(results: list[Any], stand_ins: list[Value]) -> bool:
    """Whether gradients would go from results to other Values than those in the place of the samples."""
    values = Result(results).values
    if not values or not is_grad_enabled():
        return False
    own = set(map(id, stand_ins))
    return any(node._row is LEAF and id(node) not in own for node in graph_arrays(values)[0])
