"""The callable that :func:`engine.vmap` returns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from math import isfinite
from types import MethodType
from typing import Any

import numpy as np

from engine.autograd.differentiating import variables_around
from engine.autograd.grad_mode import is_grad_enabled
from engine.autograd.trace_mode import is_tracing
from engine.display.texts import Text
from engine.jit.function import Jitted
from engine.jit.pipeline import Lifted
from engine.jit.programs import Part
from engine.jit.samples import scattered, stacked
from engine.node.backend import Value
from engine.node.bulk import graph_arrays, nodes_made
from engine.ops.op import LEAF
from engine.pytree.arguments import Arguments, takes_gradient
from engine.pytree.axes import checked_axes, in_axes_of_call, moved
from engine.pytree.forms import Form
from engine.pytree.result import Result
from engine.pytree.samples import one_sample
from engine.pytree.static_arguments import Statics
from engine.pytree.statics import equal_statics
from engine.quoting import brief

__all__ = ["Mapped"]


class Mapped(Jitted[Any]):
    """A function that maps over an axis of its arguments; see :func:`engine.vmap`."""

    _kind = "vmap"

    def __init__(
        self,
        f: Callable[..., Any],
        in_axes: Any = 0,
        out_axes: Any = 0,
        static_argnums: int | Iterable[int] = (),
        audit: bool | None = None,
        static_argnames: str | Iterable[str] = (),
    ) -> None:
        super().__init__(f, True, static_argnums, audit, static_argnames)
        self._in_axes, self._out_axes = checked_axes("in_axes", in_axes), checked_axes("out_axes", out_axes)
        if in_axes is None:
            raise ValueError("in_axes=None maps over no axis: at least one argument needs an integer")
        if isinstance(in_axes, dict):
            raise TypeError(
                "in_axes must be an integer or a tuple with an entry for each positional argument, which may "
                f"be a dict; got {brief(in_axes)}"
            )
        self._axis_leads = self._in_axes == 0 and self._out_axes == 0
        self._programs.differentiates = False

    def to_c_source(self) -> Text:
        raise self._maps("as C")

    def to_jax(self) -> tuple[Callable[..., Any], Any]:
        raise self._maps("as JAX; jax.vmap maps it there")

    def _maps(self, how: str) -> TypeError:
        return TypeError(
            f"{self._name} is a function that maps over samples: lift the function of one sample by "
            f"engine.jit, or the mean by jit(f, batch=True), and write that {how}"
        )

    def _recipe(self, f: Callable[..., Any], statics: Statics) -> tuple[Any, ...]:
        axes = self._in_axes
        if isinstance(f, MethodType) and not isinstance(self.lifts, MethodType) and not isinstance(axes, int):
            axes = axes[1:]  # without that of the object
        positions, names = statics.given()
        return f, axes, self._out_axes, positions, self._audits, names

    def _by_sample(self, count: int) -> bool | Sequence[bool]:
        axes = in_axes_of_call(self._in_axes, count)
        return all(isinstance(each, int) for each in axes) or [isinstance(each, int) for each in axes]

    def _remember(self, arguments: Arguments, lifted: Lifted) -> None:
        if self._axis_leads:
            super()._remember(arguments, lifted)

    def _quickly(self, form: Form, lifted: Lifted) -> Any:
        return None  # it gives arrays

    def _parted(self, arguments: Arguments) -> tuple[Arguments, list[Any], list[Any]]:
        return one_sample(arguments, in_axes_of_call(self._in_axes, len(arguments.spec[0])))

    def _on_batch(self, arguments: Arguments) -> Any:
        if is_grad_enabled() and any(map(takes_gradient, arguments.leaves)):  # gradients go through
            found = stacked(list(self._outputs(*self._samples(arguments))), as_graph=True)
        else:
            found = super()._on_batch(arguments)
        return found if self._out_axes == 0 else moved(found, self._out_axes, partial(_shared, arguments))

    def _is_eager(self) -> bool:
        return bool(variables_around()) or super()._is_eager()

    def _is_for_all(self, lifted: Lifted, samples: list[Any]) -> bool:
        reached = lifted.captured_operands and is_grad_enabled()
        return not reached and not variables_around() and super()._is_for_all(lifted, samples)

    def _parts(self, sample: Arguments, samples: list[Any]) -> list[Part]:
        parts = super()._parts(sample, samples)
        if is_grad_enabled() and any(lifted is None or lifted.captured_operands for lifted, _ in parts):
            return [(None, None)]  # all samples by f itself: gradients are to go to what it captured
        return parts

    def _part(
        self, lifted: Lifted | None, sample: Arguments | None, samples: list[Any], given: list[Any]
    ) -> tuple[Any, Any]:
        count = len(samples[0]) if samples else 1
        if lifted is None or lifted.kind == "eager":
            return None, np.arange(count)
        columns = lifted.each(samples)
        if self._is_due(lifted) and sample is not None and samples:
            self._audit_first(lifted, sample, samples, given, partial(_on_first, lifted))
        result = lifted.trace.result.over_samples(columns, count)
        with np.errstate(all="ignore"):
            if all(isfinite(column.dot(column)) for column in columns):
                return result, None
        at = np.flatnonzero(~np.isfinite(columns).all(axis=0))  # those by f itself, for the zero rule
        return result, at if len(at) else None

    def _mended(self, result: Any, at: Any, again: Any) -> Any:
        return scattered([result, again], [slice(None), at])

    def _together(self, parts: list[Part], results: list[Any]) -> Any:
        return scattered(results, [at for _, at in parts])

    def _plainly(self, sample: Arguments, samples: list[Any], given: list[Any]) -> Any:
        outputs = self._outputs(sample, samples, given)
        results, reaches = [], is_tracing() or bool(variables_around())
        for _ in range(len(given) or len(samples[0])):
            with nodes_made() as made:  # also what stands for the numbers of the sample
                results.append(next(outputs))
            reaches = reaches or _reach_others(results[-1:], made)
        return stacked(results, reaches)


def _on_first(lifted: Lifted, first: list[Any], differentiate: bool) -> Any:
    """What a program gives for one sample; None where not all is finite, as f itself is asked there."""
    numbers = [float(column[0]) for column in lifted.each(first)]
    return (numbers if all(map(isfinite, numbers)) else None), []


def _shared(arguments: Arguments, results: np.ndarray[Any, Any], place: str) -> Any:
    """The one result of all samples where ``out_axes`` is None; raises if they differ."""
    columns = list(results.reshape(len(results), -1).T)
    numbers = np.array([[getattr(item, "_data", item) for item in column] for column in columns])
    differs = any(not equal_statics(column, np.full_like(column, column[0])) for column in numbers)
    given = {leaf for leaf in arguments.flat() if isinstance(leaf, Value)}
    if not differs and given and len(results) > 1:
        for column in columns:
            reached = [
                given.intersection(x._topological_order() if isinstance(x, Value) else ()) for x in column
            ]
            differs |= any(each != reached[0] for each in reached)
    if differs:
        raise ValueError(
            f"out_axes is None for {place}, but it differs from sample to sample: give the axis on which the "
            "samples shall stand, usually 0"
        )
    return results[0]


def _reach_others(results: list[Any], made: list[Value]) -> bool:
    """Whether results depend on Values that take gradients, other than those that were made for them."""
    values = Result(results).values
    if not values or not is_grad_enabled():
        return False
    own = set(map(id, made))
    return any(node._row is LEAF and id(node) not in own for node in graph_arrays(values)[0])
