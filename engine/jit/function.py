"""The callable: what :func:`engine.jit` makes of a function."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import update_wrapper
from typing import Any

import numpy as np

from engine.bulk import fused_node
from engine.differentiating import differentiating
from engine.errors import TraceError
from engine.functions import FUNCTIONS
from engine.grad_mode import is_grad_enabled
from engine.jit.lifted import Lifted
from engine.jit.tree import Tree, as_values, takes_gradient
from engine.node import Value
from engine.op import custom_op_row
from engine.tracing import as_written, is_tracing, runs_as_written
from engine.watching import watchers

__all__ = ["Jitted"]

_ROW = custom_op_row("jit")
mean = FUNCTIONS["mean"]
_MOST_NESTINGS = 256


class Jitted:
    """A function that runs as an array program; see :func:`engine.jit`.

    Attributes:
        traces: how many programs there are: one for each nesting of arguments that was met.
    """

    def __init__(
        self, f: Callable[..., Any], batch: bool = False, static_argnums: Sequence[int] = ()
    ) -> None:
        update_wrapper(self, f)
        self._f = f
        self._batch = batch
        self._static = frozenset(static_argnums)
        self._programs: dict[Any, Lifted] = {}
        self._last: Lifted | None = None
        self._differentiate = True
        self._nestings: dict[Any, Tree] = {}
        self._lock = threading.RLock()
        self._bound_from: Jitted | None = None

    # -- as a method ----------------------------------------------------------------------------

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        name = getattr(self._f, "__name__", "")
        held = getattr(instance, "__dict__", {})
        bound = held.get(name)
        if bound is not None and not self._is_of_another(bound, instance):
            return bound
        bound = self._like_this(self._f.__get__(instance, owner), [i - 1 for i in self._static])
        bound._bound_from = self
        if name and hasattr(instance, "__dict__"):
            held[name] = bound  # found there from now on, with its programs
        return bound

    def __set__(self, instance: Any, value: Any) -> None:
        # there is a setter so that __get__ is asked before the object's attributes: a shallow copy of an
        # object has the method of the first in them
        instance.__dict__[self.__name__] = value  # type: ignore[attr-defined]

    def __delete__(self, instance: Any) -> None:
        del instance.__dict__[self.__name__]  # type: ignore[attr-defined]

    def _is_of_another(self, bound: Any, instance: Any) -> bool:
        if not isinstance(bound, Jitted) or bound._bound_from is not self:
            return False
        return getattr(bound._f, "__self__", None) is not instance

    def _like_this(self, f: Callable[..., Any], static_argnums: Sequence[int]) -> Jitted:
        return Jitted(f, self._batch, static_argnums)

    def __reduce__(self) -> Any:
        """Copied and pickled as a function is: by its name; as a method, by its object and its name."""
        if self._bound_from is not None:
            return getattr, (self._f.__self__, self.__name__)  # type: ignore[attr-defined]
        return self.__qualname__  # type: ignore[attr-defined]

    # -- the call -------------------------------------------------------------------------------

    @staticmethod
    def _is_eager() -> bool:
        """Whether f itself is to run: as part of what is being lifted, or as somebody watches operators."""
        return runs_as_written() or bool(watchers())

    def __call__(self, *args: Any, **options: Any) -> Any:
        if is_tracing() and not self._batch:
            return self._f(*args, **options)  # part of what is being lifted
        tree = Tree.of_arguments(args, options, self._static)
        with self._lock:
            if self._batch:
                return self._on_batch(tree)
            if self._is_eager():
                return self._plainly(tree)
            lifted = self._program(tree, tree.spec)
            if lifted.kind == "eager":
                return self._plainly(tree)
            values, rows = lifted.run(tree.numbers(), is_grad_enabled())
            if (
                values is None
            ):  # not finite: what an infinite slope makes of an adjoint of zero, the engine knows
                return self._plainly(tree)
            return self._result(lifted, values, rows, tree)

    def _on_batch(self, tree: Tree) -> Any:
        sample, samples, given = self._samples(tree)
        if self._is_eager():
            return self._mean_plainly(sample, samples, given)
        lifted = self._program(sample, sample.spec)
        if lifted.kind == "eager":
            return self._mean_plainly(sample, samples, given)
        differentiate = is_grad_enabled()
        values, rows = lifted.run_on(samples, differentiate)
        if values is None:
            return self._mean_plainly(sample, samples, given)
        operands = lifted.operands_on(given)
        nodes = [
            fused_node(value, operands, slopes, _ROW)
            for value, slopes in zip(values, rows or [np.zeros(0)] * len(values), strict=True)
        ]
        return lifted.output(nodes)

    def _samples(self, tree: Tree) -> tuple[Tree, list[Any], list[Any]]:
        """See :meth:`Tree.of_samples`, whose work on the nesting is done once for arrays of one shape."""
        known = self._nestings.get(tree.spec)
        if known is not None:
            columns = tree.columns()
            if columns is not None:
                return known, columns, []
        found = tree.of_samples()
        if len(self._nestings) > _MOST_NESTINGS:
            self._nestings.clear()
        self._nestings[tree.spec] = found[0]
        return found

    def _mean_plainly(self, sample: Tree, samples: Any, given: list[Any]) -> Any:
        """The mean of what the function itself gives for each sample."""
        outputs = []
        for row in given or np.concatenate(samples, axis=1).tolist():
            args, options = sample.rebuild(as_values(row))
            with as_written(), differentiating():
                outputs.append(Tree.of_output(self._f(*args, **options)))
        means = [mean(column) for column in zip(*(output.values for output in outputs), strict=True)]
        return means[0] if outputs[0].single else outputs[0].rebuild_output(means)

    # -- programs -------------------------------------------------------------------------------

    def _program(self, tree: Tree, key: Any) -> Lifted:
        wanted = tuple(map(takes_gradient, tree.leaves))
        key = (key, wanted)
        lifted = self._programs.get(key)
        if lifted is None or lifted.outdated():
            flags = [flag for flag, size in zip(wanted, tree.sizes, strict=True) for _ in range(size)]
            numbers = tree.numbers()
            lifted = Lifted(self._f, tree, numbers, flags, self._batch, self._differentiate)
            self._programs[key] = lifted
        self._last = lifted
        return lifted

    def _result(self, lifted: Lifted, values: list[float], rows: list[Any], tree: Tree) -> Any:
        """The outputs as nodes whose operands are what was captured and the Values among the arguments."""
        operands = lifted.operands(tree)
        if not rows:
            rows = [None] * len(values)
        nodes = [
            fused_node(value, operands, slopes, _ROW) if slopes is not None else _constant(value)
            for value, slopes in zip(values, rows, strict=True)
        ]
        return lifted.output(nodes)

    def _plainly(self, tree: Tree) -> Any:
        """What the function itself gives."""
        args, options = tree.rebuild_given()
        with as_written(), differentiating():
            return self._f(*args, **options)

    # -- looking inside -------------------------------------------------------------------------

    @property
    def traces(self) -> int:
        return len(self._programs)

    def clear_cache(self) -> None:
        """Forget all programs: the next call traces anew."""
        with self._lock:
            self._programs.clear()
            self._last = None

    @property
    def _shown(self) -> Lifted:
        if self._last is None:
            raise TraceError(
                "nothing is lifted yet: call the function once with arguments of the kind it is for"
            )
        return self._last

    @property
    def source(self) -> str:
        """The program of the last call, as NumPy source."""
        return self._shown.source

    @property
    def graph(self) -> Any:
        """The scalar graph that was traced for the last call."""
        return self._shown.trace

    @property
    def stages(self) -> dict[str, Any]:
        """What each stage made of the last call's program: print them one by one."""
        return self._shown.stages()

    def to_numpy_source(self) -> str:
        """The last call's program as a file of its own that needs NumPy only."""
        return self._shown.standalone()

    def __repr__(self) -> str:
        name = getattr(self._f, "__qualname__", repr(self._f))
        return f"<engine.jit of {name}, {self.traces} programs>"


def _constant(number: float) -> Value:
    return fused_node(number, (), np.zeros(0), _ROW)
