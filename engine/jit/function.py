"""The callable: what :func:`engine.jit` makes of a function."""

from __future__ import annotations

import copy
import inspect
import sys
import threading
from collections.abc import Callable, Iterable
from functools import WRAPPER_ASSIGNMENTS
from types import FunctionType
from typing import Any

import numpy as np

from engine.autograd.differentiating import differentiated
from engine.autograd.grad_mode import is_grad_enabled
from engine.autograd.observers import watchers
from engine.autograd.trace_mode import as_written, is_tracing, recording, runs_as_written
from engine.errors import TraceError
from engine.jit.methods import bound_to, method_of
from engine.jit.pipeline import Lifted
from engine.jit.programs import Programs
from engine.jit.samples import mean_of
from engine.jit.trace.decisions import StandIns
from engine.jit.trace.statics import Statics
from engine.node.backend import Value
from engine.node.bulk import fused_node
from engine.ops.op import custom_op_row
from engine.pytree.arguments import Arguments, as_values, takes_gradient
from engine.pytree.samples import columns_of, one_sample
from engine.quoting import brief

__all__ = ["Jitted"]

_ROW = custom_op_row("jit")
_MOST_NESTINGS = 256

Part = tuple[Lifted | None, Any]
"""A program, or None for the function itself, and the positions of the samples it is for; None for all."""


class Jitted:
    """A function that runs as an array program; see :func:`engine.jit`.

    Attributes:
        lifts: the function as it is written.
        traces: how many programs there are.
    """

    def __init__(
        self, f: Callable[..., Any], batch: bool = False, static_argnums: int | Iterable[int] = ()
    ) -> None:
        if not callable(f):
            advice = ""
            if isinstance(f, (property, classmethod)):
                advice = f"; write @{type(f).__name__} above engine.jit, not below"
            raise TypeError(f"engine.jit lifts functions, got {brief(f)}{advice}")
        _describe(self, f)
        self.lifts = f
        self._batch = batch
        self._statics = Statics(f, static_argnums)
        self._programs = Programs()
        self._last: Lifted | None = None
        self._differentiate = True
        self._nestings: dict[Any, Arguments] = {}
        self._lock = threading.RLock()
        self._as_method_of: Jitted | None = None

    # -- as a method, copied, pickled -----------------------------------------------------------

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else bound_to(self, instance, owner)

    def as_method(self, method: Any) -> Jitted:
        """This function as a method of an object, with programs of its own."""
        lifted = self._of(method, self._statics.without_self())
        lifted._as_method_of = self
        return lifted

    def _of(self, f: Callable[..., Any], static_argnums: Iterable[int]) -> Jitted:
        return Jitted(f, self._batch, static_argnums)

    def __copy__(self) -> Jitted:
        return self  # as functions are

    def __deepcopy__(self, memo: dict[int, Any]) -> Jitted:
        f = copy.deepcopy(
            self.lifts, memo
        )  # a function is its own copy, the method of an object that of its copy
        if f is self.lifts:
            return self
        if self._as_method_of is not None:
            return method_of(self._as_method_of, f.__self__)  # type: ignore[no-any-return, attr-defined]
        return self._of(f, self._statics)

    def __reduce__(self) -> Any:
        if self._as_method_of is not None:
            return method_of, (self._as_method_of, self.lifts.__self__)  # type: ignore[attr-defined]
        name = self._name
        if _found(self.__dict__.get("__module__"), name) is self:
            return name  # it has the function's place, as decorators give it: so functions are pickled
        return type(self), self._recipe()

    def _recipe(self) -> tuple[Any, ...]:
        return self.lifts, self._batch, tuple(self._statics)

    # -- the call -------------------------------------------------------------------------------

    def __call__(self, *args: Any, **options: Any) -> Any:
        if is_tracing() and not self._batch:
            return self.lifts(*args, **options)  # part of what is being lifted
        tree = Arguments.of_call(
            args, options, self._statics.of_call(len(args)), self._statics.names, self._batch
        )
        if tree.foreign:  # numbers that the engine computes with, and that are no Values
            return self.lifts(*args, **options)
        return self._on_batch(tree) if self._batch else self._on_one(tree)

    def _is_eager(self) -> bool:
        """Whether f itself is to run: as part of what is being lifted, or as somebody watches operators."""
        return runs_as_written() or bool(watchers())

    def _on_one(self, tree: Arguments) -> Any:
        if not self._is_eager():
            numbers = tree.numbers()
            with self._lock:
                lifted = self._program(tree, numbers)
                if lifted is not None and lifted.kind != "eager":
                    values, rows = lifted.run(numbers, is_grad_enabled())
                    if values is not None:
                        return self._result(lifted, values, rows, lifted.operands(tree))
        # also where something is not finite: the engine knows what becomes of it
        return self._as_written(tree, as_values(tree.flat()))

    def _on_batch(self, tree: Arguments) -> Any:
        sample, samples, given = self._samples(tree)
        if self._is_eager():
            return self._plainly(sample, samples, given)
        with self._lock:
            parts = self._parts(sample, samples)
            ran = [self._part(lifted, *_chosen(samples, given, at)) for lifted, at in parts]
        results = []
        for (_, at), (done, again) in zip(parts, ran, strict=True):
            chosen = _chosen(samples, given, at)
            if again is None:
                results.append(done)
            elif len(again) == len(chosen[0][0]) if chosen[0] else True:
                results.append(self._plainly(sample, *chosen))
            else:
                results.append(self._mended(done, again, self._plainly(sample, *_chosen(*chosen, again))))
        return results[0] if len(parts) == 1 else self._together(parts, results)

    def _part(self, lifted: Lifted | None, samples: list[Any], given: list[Any]) -> tuple[Any, Any]:
        """The result of a program for samples, and None; or the positions of those that f itself must do."""
        values = None
        if lifted is not None and lifted.kind != "eager":
            values, rows = lifted.run_on(samples, is_grad_enabled())
        if lifted is None or values is None:
            return None, np.arange(len(samples[0]) if samples else 1)
        return self._result(lifted, values, rows, lifted.operands_on(given)), None

    def _mended(self, result: Any, at: Any, again: Any) -> Any:
        """The result for samples of which some were done again."""
        raise NotImplementedError  # a mean is done again as a whole

    def _together(self, parts: list[Part], results: list[Any]) -> Any:
        """The result for all samples from those for the parts."""
        return mean_of(results, [len(at) for _, at in parts])

    def _plainly(self, sample: Arguments, samples: list[Any], given: list[Any]) -> Any:
        """The result of the function itself for samples."""
        return mean_of(list(self._outputs(sample, samples, given)))

    def _outputs(
        self, sample: Arguments, samples: list[Any], given: list[Any], stand_ins: list[Value] | None = None
    ) -> Any:
        """What the function itself gives for each sample; with the Values put in the place of numbers."""
        for row in given or np.concatenate(samples, axis=1).tolist():
            values, numeric = as_values(row), [not isinstance(x, Value) for x in row]
            if stand_ins is not None:
                stand_ins += [value for value, flag in zip(values, numeric, strict=True) if flag]
            yield self._as_written(sample, values, numeric)

    def _as_written(self, tree: Arguments, values: list[Value], numeric: list[bool] | None = None) -> Any:
        """What the function itself gives for arguments nested so, with Values for all numbers."""
        args, options = tree.rebuild(values)
        with as_written():
            if is_tracing():
                return differentiated(self.lifts, args, options)
            numbers = tree.numeric if numeric is None else numeric
            with recording(StandIns(values, numbers, list(map(takes_gradient, values)))):
                return differentiated(self.lifts, args, options)

    def _samples(self, tree: Arguments) -> tuple[Arguments, list[Any], list[Any]]:
        """See :func:`one_sample`, whose work on the nesting is done once for arrays of one shape."""
        known = self._nestings.get(tree.spec)
        if known is not None:
            columns = columns_of(tree)
            if columns is not None:
                return known, columns, []
        found = one_sample(tree)
        if len(self._nestings) > _MOST_NESTINGS:
            self._nestings.clear()
        self._nestings[tree.spec] = found[0]
        return found

    # -- programs -------------------------------------------------------------------------------

    def _key(self, tree: Arguments) -> Any:
        kinds = tuple(
            (2 if takes_gradient(leaf) else 1) if isinstance(leaf, Value) else 0 for leaf in tree.leaves
        )
        return tree.spec, kinds

    def _program(self, tree: Arguments, numbers: np.ndarray[Any, Any]) -> Lifted | None:
        """The program for these arguments; None where the function itself must run."""
        key = self._key(tree)
        for lifted in self._programs.of(key):
            if not lifted.guards or lifted.holds(numbers):
                self._last = lifted
                return lifted
        return self._new(key, tree, numbers)

    def _new(self, key: Any, tree: Arguments, numbers: np.ndarray[Any, Any]) -> Lifted | None:
        if not self._programs.takes_more(key, self._name):
            return None
        wanted = [kind == 2 for kind, size in zip(key[1], tree.sizes, strict=True) for _ in range(size)]
        lifted = Lifted(self.lifts, tree, numbers, wanted, self._batch, self._differentiate)
        self._programs.add(key, lifted)
        self._last = lifted
        return lifted

    def _parts(self, sample: Arguments, samples: list[Any]) -> list[Part]:
        """Samples parted by the way that the function takes with them."""
        key = self._key(sample)
        for lifted in self._programs.of(key):
            if not lifted.guards:
                self._last = lifted
                return [(lifted, None)]
        if not samples:
            return [(self._program(sample, sample.numbers()), None)]
        table = samples[0] if len(samples) == 1 else np.concatenate(samples, axis=1)
        table = table.astype(float, copy=False)
        rest, parts = np.arange(len(table)), list[Part]()
        known = list(self._programs.of(key))
        while len(rest):
            new = None if known else self._new(key, sample, table[rest[0]])
            if not known and new is None:
                parts.append((None, rest))
                break
            lifted = new or known.pop(0)
            mask = lifted.holds_on(table[rest])
            if new is not None:
                mask[0] = True  # it is the one that was traced
            if mask.any():
                self._last = lifted
                parts.append((lifted, rest[mask]))
                rest = rest[~mask]
        return [(parts[0][0], None)] if len(parts) == 1 else parts

    def _result(self, lifted: Lifted, values: list[float], rows: list[Any], operands: Any) -> Any:
        """The outputs as nodes whose operands are what was captured and the Values among the arguments."""
        none = np.zeros(0)
        nodes = [
            fused_node(value, () if slopes is None else operands, none if slopes is None else slopes, _ROW)
            for value, slopes in zip(values, rows or [None] * len(values), strict=True)
        ]
        return lifted.output(nodes)

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
        """The last call's program as a file of its own that needs NumPy only.

        Raises:
            TraceError: the function has operators of one's own, or decides by numbers.
        """
        return self._shown.standalone()

    def __repr__(self) -> str:
        return f"<engine.jit of {self._name}, {self.traces} programs>"

    @property
    def _name(self) -> str:
        return str(self.__dict__.get("__qualname__", type(self.lifts).__name__))


def _describe(lifted: Jitted, f: Callable[..., Any]) -> None:
    """Give a lifted function name, documentation and attributes of the function, as far as it has them."""
    lifted.__dict__.update(f.__dict__ if isinstance(f, FunctionType) else {})
    for name in WRAPPER_ASSIGNMENTS:
        try:
            found = getattr(f, name)
        except Exception:  # an object may answer to names as it likes
            continue
        if isinstance(found, (str, dict)):
            lifted.__dict__[name] = found
    lifted.__wrapped__ = f  # type: ignore[attr-defined]


def _chosen(samples: list[Any], given: list[Any], at: Any) -> tuple[list[Any], list[Any]]:
    """Samples at some positions, and the Values among them."""
    if at is None:
        return samples, given
    return [column[at] for column in samples], [given[i] for i in at.tolist()] if given else []


def _found(module: Any, name: str) -> Any:
    """What a module has under a dotted name; None where there is nothing."""
    found = sys.modules.get(module) if isinstance(module, str) else None
    for part in name.split("."):
        found = inspect.getattr_static(found, part, None)
    return found
