"""Calls of lifted functions: which program runs, on arguments or samples, and when f itself does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np

from engine.autograd.differentiating import differentiated
from engine.autograd.grad_mode import enable_grad, is_grad_enabled
from engine.autograd.observers import OBSERVED, current_observers
from engine.autograd.trace_mode import WRITTEN, as_written, is_tracing, recording, runs_as_written
from engine.errors import TraceError
from engine.jit.audit.audit import audited, when
from engine.jit.backends.outcome import OTHERWISE, Ran
from engine.jit.methods import Wrapper
from engine.jit.pipeline import Lifted
from engine.jit.programs import Part, Programs
from engine.jit.samples import mean_of
from engine.jit.trace.decisions import StandIns
from engine.node.backend import Value
from engine.node.bulk import fused_node
from engine.ops.op import custom_op_row
from engine.pytree.arguments import Arguments, as_values, takes_gradient
from engine.pytree.forms import Form, recognised
from engine.pytree.result import without_graph
from engine.pytree.samples import columns_of, one_sample
from engine.pytree.spec import LIST, TABLE, TUPLE
from engine.pytree.static_arguments import Statics
from engine.quoting import brief

__all__ = ["Calls"]

_ROW = custom_op_row("jit")
_MOST_NESTINGS = 256
_MOST_LENGTHS = 64

Recent = tuple[Form, Lifted]
"""What the last call was like: its arguments and its program."""

Lengths = tuple[int, ...]

_OTHERS: Any = object()
"""What comes where a call is not like the last one."""


class Calls(Wrapper):
    """What a lifted function does when it is called; takes what :func:`engine.jit` does."""

    _axis_leads = True
    """Whether the samples stand on the first axis of all arguments that are not static, and of results."""

    def __init__(
        self,
        f: Callable[..., Any],
        batch: bool = False,
        static_argnums: int | Iterable[int] = (),
        audit: bool | None = None,
        static_argnames: str | Iterable[str] = (),
        backend: str | None = None,
    ) -> None:
        _check_backend(backend, batch)
        super().__init__(f)
        self._batch, self._backend = batch, backend
        self._statics = Statics(f, static_argnums, static_argnames)
        self._audits, self._when = audit, when(audit)
        self._programs = Programs(f, self._name, batch, backend)
        self._nestings: dict[Any, Arguments] = {}
        self._recent: Recent | None = None
        self._recents: dict[Lengths, Recent] = {}
        self._lock = threading.RLock()

    def _called(self, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
        recent = self._recents.get(_lengths_of(args), self._recent)
        self._leave_quick()
        if recent is not None and not WRITTEN and not OBSERVED and not _is_held_here(self._lock):
            with self._lock:
                self._leave_quick()  # another thread may be on it since
                found = self._again(recent, args, options)
            if found is not _OTHERS:
                return found
        return self._generally(args, options)

    def _leave_quick(self) -> None:
        """Stop calling the last program from the compiled node; take over its count of calls."""
        if self._quick is not None and self._recent is not None:
            self._recent[1].calls = self._quick.calls
        self._quick = None

    def _again(self, recent: Recent, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
        """The result by the program of a recent call; ``_OTHERS`` if it does not fit this call."""
        form, lifted = recent
        if self._when(lifted.calls + 1) or not lifted.is_audited:
            return _OTHERS  # which audits it
        given = recognised(args, options, form.template, form.numbers)
        if given is not None and lifted.fits():
            if form.tables is not None:
                if self._is_for_all(lifted, form.tables):
                    result, again = self._part(lifted, None, form.tables, [])
                    if again is None:
                        self._hold(recent)
                        return result
            elif not lifted.guards or lifted.holds(form.numbers):
                values, gradients = lifted.run(form.numbers, is_grad_enabled())
                if values is not None:
                    lifted.calls += 1
                    self._hold(recent)
                    return self._result(lifted, values, gradients, lifted.operands_among(given, form))
        self._recent = None
        self._recents.pop(_lengths_of(args), None)
        return _OTHERS

    def _generally(self, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
        """The result for any arguments, with a new program where none fits."""
        if is_tracing() and not self._batch:
            return self.lifts(*args, **options)  # part of what is lifted
        arguments = Arguments.of_call(
            args, options, self._statics.of_call(len(args)), self._statics.names, self._by_sample(len(args))
        )
        if arguments.foreign:  # numbers that the engine computes with but that are not Values
            return self.lifts(*args, **options)
        return self._on_batch(arguments) if self._batch else self._on_one(arguments)

    def _by_sample(self, count: int) -> bool | Sequence[bool]:
        """Whether there is an axis of samples: of all arguments, or of each of so many."""
        return self._batch

    def _remember(self, arguments: Arguments, lifted: Lifted) -> None:
        """Recognise such arguments in the next call, and try this program first."""
        form = lifted.form
        if form is None or form.spec != arguments.spec:
            form = lifted.form = Form.of(arguments, self._batch)
        if form is None:
            self._recent = self._quick = None
            return
        lengths = _lengths_in(arguments.spec)
        if lengths not in self._recents and len(self._recents) >= _MOST_LENGTHS:
            self._recents.clear()
        self._recents[lengths] = recent = form, lifted
        self._hold(recent)

    def _hold(self, recent: Recent) -> None:
        """Take the program of this call for the last one, on the quick way."""
        form, lifted = self._recent = recent
        self._programs.last = lifted
        self._quick = self._quickly(form, lifted)

    def _quickly(self, form: Form, lifted: Lifted) -> Any:
        return lifted.quick(form, _ROW, self._when, self._lock)

    def _is_eager(self) -> bool:
        """Whether f itself is to run: as part of what is being lifted, or as an observer sees operators.

        Also where a signal handler or a finalizer calls it within a call, whose numbers are in the cells.
        """
        return runs_as_written() or bool(current_observers()) or _is_held_here(self._lock)

    def _on_one(self, arguments: Arguments) -> Any:
        if not self._is_eager():
            numbers = arguments.numbers()
            with self._lock:
                self._leave_quick()
                for lifted in self._programs.fitting(arguments, numbers):
                    if lifted.kind == "eager":
                        break
                    ran = values, gradients = lifted.run(numbers, is_grad_enabled())
                    if ran is OTHERWISE:
                        continue
                    self._programs.last = lifted
                    if values is not None:
                        if lifted.kind == "traced":  # f itself gave it
                            lifted.calls += 1
                        else:
                            if self._is_due(lifted):
                                self._audit(lifted, arguments, arguments.flat(), partial(lifted.run, numbers))
                            self._remember(arguments, lifted)
                        return self._result(lifted, values, gradients, lifted.operands(arguments))
                    break
        # also where something is not finite: the engine knows what becomes of it
        return self._as_written(arguments, as_values(arguments.flat()))

    def _on_batch(self, arguments: Arguments) -> Any:
        sample, samples, given = self._samples(arguments)
        if self._is_eager():
            return self._plainly(sample, samples, given)
        with self._lock:
            parts = self._parts(sample, samples)
            ran = [self._part(lifted, sample, *_chosen(samples, given, at)) for lifted, at in parts]
            if len(parts) == 1 and parts[0][0] is not None and ran[0][1] is None:
                self._remember(arguments, parts[0][0])
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

    def _is_for_all(self, lifted: Lifted, samples: list[Any]) -> bool:
        """Whether a program is for all of these samples; False also where that takes a closer look."""
        return lifted.holds_for_all(samples)

    def _part(
        self, lifted: Lifted | None, sample: Arguments | None, samples: list[Any], given: list[Any]
    ) -> tuple[Any, Any]:
        """The result of a program for samples, and the positions of those that f itself must do, if any."""
        values = None
        if lifted is not None and lifted.kind != "eager":
            values, gradients = lifted.mean(samples, is_grad_enabled())
        if lifted is None or values is None:
            return None, np.arange(len(samples[0]) if samples else 1)
        if self._is_due(lifted) and sample is not None and samples:
            self._audit_first(lifted, sample, samples, given, lifted.mean)
        return self._result(lifted, values, gradients, lifted.operands_on(given)), None

    def _mended(self, result: Any, at: Any, again: Any) -> Any:
        """The result for samples, with those that f itself did again."""
        raise NotImplementedError  # a mean is done again as a whole

    def _together(self, parts: list[Part], results: list[Any]) -> Any:
        """The result for all samples from those for the parts."""
        return mean_of(results, [len(at) for _, at in parts])

    def _parts(self, sample: Arguments, samples: list[Any]) -> list[Part]:
        """Samples grouped by the way that the function takes with them."""
        return self._programs.parts(sample, samples)

    def _plainly(self, sample: Arguments, samples: list[Any], given: list[Any]) -> Any:
        """The result of the function itself for samples."""
        return mean_of(list(self._outputs(sample, samples, given)))

    def _outputs(self, sample: Arguments, samples: list[Any], given: list[Any]) -> Iterator[Any]:
        """What the function itself gives for each sample, which it computes when that is asked for."""
        for row in given or np.concatenate(samples, axis=1).tolist():
            values, numeric = as_values(row), [not isinstance(x, Value) for x in row]
            yield self._as_written(sample, values, numeric)

    def _as_written(
        self, arguments: Arguments, values: list[Value], numeric: list[bool] | None = None
    ) -> Any:
        """What the function itself gives for arguments nested so, with Values for all numbers."""
        args, options = arguments.rebuild(values)
        with as_written():
            if is_tracing():
                return differentiated(self.lifts, args, options, values)
            numbers = arguments.numeric if numeric is None else numeric
            recorder = StandIns(values, numbers, list(map(takes_gradient, values)))
            with recording(recorder), enable_grad():  # by the graph it is known what is computed of numbers
                output = differentiated(self.lifts, args, options, values)
            return output if is_grad_enabled() else without_graph(output)

    def _samples(self, arguments: Arguments) -> tuple[Arguments, list[Any], list[Any]]:
        """See :func:`one_sample`, whose work on the nesting is done once for arrays of one shape."""
        known = self._nestings.get(arguments.spec) if self._axis_leads else None
        if known is not None:
            columns = columns_of(arguments)
            if columns is not None:
                return known, columns, []
        found = self._parted(arguments)
        if len(self._nestings) > _MOST_NESTINGS:
            self._nestings.clear()
        self._nestings[arguments.spec] = found[0]
        return found

    def _parted(self, arguments: Arguments) -> tuple[Arguments, list[Any], list[Any]]:
        return one_sample(arguments)

    # -- audits ---------------------------------------------------------------------------------

    def _is_due(self, lifted: Lifted) -> bool:
        """Count a call of a program; whether f itself is to run beside it."""
        lifted.calls += 1
        due = self._when(lifted.calls) or (not lifted.is_audited and self._when(1))
        lifted.is_audited |= not due
        return due

    def _audit_first(
        self, lifted: Lifted, sample: Arguments, samples: list[Any], given: list[Any], run: Any
    ) -> None:
        """Audit the first of samples."""
        first = [column[:1] for column in samples]
        numbers = given[0] if given else np.concatenate(first, axis=1)[0].tolist()
        self._audit(lifted, sample, numbers, partial(run, first))

    def _audit(
        self, lifted: Lifted, arguments: Arguments, given: list[Any], run: Callable[[bool], Ran]
    ) -> None:
        """Hold what a program gives against what f gives; where they differ, forget the programs."""
        fault = audited(self, lifted, arguments, given, run)
        if fault is not None:
            self.clear_cache()
            raise TraceError(fault)
        lifted.is_audited = True  # what ends an audit, as Ctrl-C, leaves it to the next call

    def _result(self, lifted: Lifted, values: list[float], gradients: list[Any], operands: Any) -> Any:
        """The outputs as nodes whose operands are what was captured and the Values among the arguments."""
        if lifted.is_one_number and gradients:
            return fused_node(values[0], operands, gradients[0], _ROW)
        if gradients:
            nodes = [fused_node(y, operands, local, _ROW) for y, local in zip(values, gradients, strict=True)]
        else:
            nodes = [fused_node(y, (), np.zeros(0), _ROW) for y in values]
        return lifted.output(nodes)

    def clear_cache(self) -> None:
        """Forget all programs: the next call traces anew."""
        with self._lock:
            self._programs.clear()
            self._recent = self._quick = None
            self._recents.clear()


def _lengths_of(args: tuple[Any, ...]) -> Lengths:
    """Of each argument its length, if it is a list or a tuple; else -1."""
    return tuple([len(each) if isinstance(each, (list, tuple)) else -1 for each in args])


def _lengths_in(spec: Any) -> Lengths:
    """The same of arguments nested so."""
    counted = (LIST, TUPLE)
    return tuple(
        [len(part[2]) if part[0] in counted else part[1][0] if part[0] == TABLE else -1 for part in spec[0]]
    )


def _chosen(samples: list[Any], given: list[Any], at: Any) -> tuple[list[Any], list[Any]]:
    """Samples at some positions, and the Values among them."""
    if at is None:
        return samples, given
    return [column[at] for column in samples], [given[i] for i in at.tolist()] if given else []


def _is_held_here(lock: Any) -> bool:
    """Whether this thread holds a reentrant lock already."""
    return bool(lock._is_owned())


def _check_backend(backend: str | None, batch: bool) -> None:
    """Check what is to compute the programs: None or "jax".

    Raises:
        ValueError: it is neither, or there is no batch to share out.
        ImportError: there is no JAX.
    """
    if backend is None:
        return
    if backend != "jax":
        raise ValueError(f"backend must be None or 'jax', got {brief(backend)}")
    if not batch:
        raise ValueError("backend='jax' shares out samples: it needs batch=True; for one sample see to_jax()")
    if find_spec("jax") is None:
        raise ImportError("backend='jax' needs JAX: pip install 'chainrule[jax]'")
