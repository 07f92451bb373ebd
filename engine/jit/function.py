"""The callable that :func:`engine.jit` returns."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

from engine.autograd.differentiating import differentiated
from engine.autograd.grad_mode import enable_grad, is_grad_enabled
from engine.autograd.observers import OBSERVED, current_observers
from engine.autograd.trace_mode import WRITTEN, as_written, is_tracing, recording, runs_as_written
from engine.display.html import paragraph
from engine.display.texts import Stages, Text
from engine.errors import TraceError
from engine.jit import written
from engine.jit.audit import AsWritten, found_fault, is_at_edge, stand_ins, when
from engine.jit.backends.outcome import OTHERWISE, Ran
from engine.jit.methods import Wrapper
from engine.jit.pipeline import Lifted
from engine.jit.programs import Programs
from engine.jit.samples import mean_of
from engine.jit.trace.decisions import StandIns
from engine.jit.trace.statics import Statics
from engine.node.backend import Value
from engine.node.bulk import fused_node, spoil
from engine.ops.op import custom_op_row
from engine.pytree.arguments import Arguments, as_values, takes_gradient
from engine.pytree.forms import Form, recognised
from engine.pytree.result import Result, as_nodes, without_graph
from engine.pytree.samples import columns_of, one_sample
from engine.quoting import brief

__all__ = ["Jitted", "Part"]

_ROW = custom_op_row("jit")
_MOST_NESTINGS = 256
_OTHERWISE = (
    "one program was made for all ways of its decisions, and one of them changes more than a number, or it "
    "reads what a program cannot see; choose by engine.where, or call the function without engine.jit"
)

Output = TypeVar("Output")
"""The type of what the function returns."""

Recent = tuple[Form, Lifted]
"""What the last call was like: its arguments and its program."""

_OTHERS: Any = object()
"""What comes where a call is not like the last one."""

Part = tuple[Lifted | None, Any]
"""A program, or None for the function itself, and the positions of the samples it is for; None for all."""


class Jitted(Wrapper, Generic[Output]):
    """A function that runs as an array program; see :func:`engine.jit`.

    Attributes:
        traces: how many programs there are.
    """

    _kind = "jit"
    _axis_leads = True
    """Whether the samples stand on the first axis of all arguments that are not static, and of results."""

    def __init__(
        self,
        f: Callable[..., Output],
        batch: bool = False,
        static_argnums: int | Iterable[int] = (),
        audit: bool | None = None,
        static_argnames: str | Iterable[str] = (),
        backend: str | None = None,
    ) -> None:
        super().__init__(f)
        self._backend = checked_backend(backend, batch)
        self._audits, self._when = audit, when(audit)
        self._batch = batch
        self._statics = Statics(f, static_argnums, static_argnames)
        self._programs = Programs()
        self._last: Lifted | None = None
        self._differentiate = True
        self._draws = False  # whether it was said that it draws random numbers, or reads what it changes
        self._nestings: dict[Any, Arguments] = {}
        self._recent: Recent | None = None
        self._lock = threading.RLock()

    # -- the call -------------------------------------------------------------------------------

    if TYPE_CHECKING:

        def __call__(self, *args: Any, **options: Any) -> Output: ...

    def _called(self, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
        recent = self._recent
        self._leave_quick()
        if recent is not None and not WRITTEN and not OBSERVED and not _is_held_here(self._lock):
            with self._lock:
                self._leave_quick()  # another thread may be on it since
                found = self._again(recent, args, options)
            if found is not _OTHERS:
                return found
        return self._generally(args, options)

    def _leave_quick(self) -> None:
        """Take the program of the last call back from the quick way, with its count of calls."""
        if self._quick is not None and self._recent is not None:
            self._recent[1].calls = self._quick.calls
        self._quick = None

    def _again(self, recent: Recent, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
        """The result by the program of the last call; ``_OTHERS`` where that is not the one."""
        form, lifted = recent
        if self._when(lifted.calls + 1):
            return _OTHERS  # which audits it
        given = recognised(args, options, form.template, form.numbers)
        if given is not None and lifted.fits():
            if form.tables is not None:
                if self._is_for_all(lifted, form.tables):
                    result, again = self._part(lifted, None, form.tables, [])
                    if again is None:
                        self._quick = self._quickly(form, lifted)
                        return result
            elif not lifted.guards or lifted.holds(form.numbers):
                values, gradients = lifted.run(form.numbers, is_grad_enabled())
                if values is not None:
                    lifted.calls += 1
                    self._quick = self._quickly(form, lifted)
                    return self._result(lifted, values, gradients, lifted.operands_among(given, form))
        self._recent = None
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
        self._recent = None if form is None else (form, lifted)
        self._quick = None if form is None else self._quickly(form, lifted)

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
                for lifted in self._fitting(arguments, numbers):
                    if lifted.kind == "eager":
                        break
                    ran = values, gradients = lifted.run(numbers, is_grad_enabled())
                    if ran is OTHERWISE:
                        continue
                    self._last = lifted
                    if values is not None:
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
        first, lifted.is_audited = not lifted.is_audited, True
        return self._when(lifted.calls) or (first and self._when(1))

    def _audit_first(
        self, lifted: Lifted, sample: Arguments, samples: list[Any], given: list[Any], run: Any
    ) -> None:
        """Audit the first of samples."""
        first = [column[:1] for column in samples]
        self._audit(
            lifted,
            sample,
            given[0] if given else np.concatenate(first, axis=1)[0].tolist(),
            partial(run, first),
        )

    def _audit(
        self, lifted: Lifted, arguments: Arguments, given: list[Any], run: Callable[[bool], Ran]
    ) -> None:
        """Hold what a program gives against what f gives; where they differ, forget the programs.

        Args:
            lifted: the program.
            arguments: how its arguments are nested.
            given: what stands in them.
            run: runs the program on them, with gradients or without.

        Raises:
            TraceError: they differ.
        """
        inputs, numeric = stand_ins(given), [not isinstance(x, Value) for x in given]
        operands, differentiate = lifted.operands_on([inputs]), is_grad_enabled()
        numbers = np.array([value._data for value in inputs])
        like = lifted.trace.result if lifted.trace.is_merged else None
        try:
            for _ in range(3):  # other threads may have changed a parameter in between
                f = partial(self._as_written, arguments, inputs, numeric)
                own = AsWritten(f, operands, differentiate, like)
                values, gradients = run(differentiate)
                if values is None or own.agrees(lifted.trace.result, values, gradients):
                    if lifted.state.asks_type():
                        self._refuse_types(arguments, given, own)
                    return
            if values and is_at_edge(lifted.trace, inputs, operands, own, values, gradients):
                return
        finally:
            spoil(inputs)  # the function may have kept them
        fault = _OTHERWISE
        if like is None:
            fault = found_fault(self.lifts, lifted.trace, arguments, numbers, self._batch)
        self.clear_cache()
        calls = f"in call {lifted.calls} of a program of {self._name}"
        raise TraceError(f"{calls} {own.against(values)}: {fault}")

    def _refuse_types(self, arguments: Arguments, given: list[Any], own: AsWritten) -> None:
        """Raise where f gives another result for numbers than for the Values in their place."""
        args, options = arguments.rebuild(given)
        try:
            with as_written():
                found = Result(as_nodes(self.lifts(*args, **options), own.result))
        except Exception:  # as of a division by the number 0, which a Value may be
            return
        if not own.agrees_in_numbers(found):
            self.clear_cache()
            given = [x._data for x in found.values]
            raise TraceError(
                f"{self._name} gives {brief(given)} for numbers, and {brief(own.numbers)} for "
                "the Values that stand for them where it is lifted: it asks for their type, by isinstance or "
                "type; decide by what the numbers are, or name the argument in static_argnums"
            )

    # -- programs -------------------------------------------------------------------------------

    def _key(self, arguments: Arguments) -> Any:
        kinds = tuple(
            (2 if takes_gradient(leaf) else 1) if isinstance(leaf, Value) else 0 for leaf in arguments.leaves
        )
        return arguments.spec, kinds

    def _fitting(self, arguments: Arguments, numbers: np.ndarray[Any, Any]) -> Iterator[Lifted]:
        """The programs that may be for these arguments, at last a new one, if there may be more."""
        key = self._key(arguments)
        for lifted in self._programs.of(key):
            if not lifted.guards or lifted.holds(numbers):
                yield lifted
        new = self._new(key, arguments, numbers)
        if new is not None:
            yield new

    def _new(self, key: Any, arguments: Arguments, numbers: np.ndarray[Any, Any]) -> Lifted | None:
        if not self._programs.takes_more(key, self._name):
            return None
        wanted = [kind == 2 for kind, size in zip(key[1], arguments.sizes, strict=True) for _ in range(size)]
        merges = self._programs.multiply(key)
        lifted = None if merges else self._of_length(arguments, numbers, wanted)
        if lifted is None:
            lifted = Lifted(
                *(self.lifts, arguments, numbers, wanted, self._batch, self._differentiate, self._backend),
                *(merges, self._programs.latest()),
            )
        self._programs.add(key, lifted, merges)
        self._last = lifted
        if (lifted.trace.draws_from is not None or lifted.changes is not None) and not self._draws:
            self._draws = True
            what, remedy = "repeat them", "Draw outside and pass what was drawn as an argument"
            if lifted.changes is not None:
                what, remedy = "leave it as it is", "Change it outside, or pass it as an argument"
            warnings.warn(
                f"{self._name} {lifted.reason.removeprefix('it ')}: a program would {what}, so it runs as "
                f"written, on Values: right, and slow. {remedy}",
                RuntimeWarning,
                stacklevel=5,
            )
        return lifted

    def _of_length(
        self, arguments: Arguments, numbers: np.ndarray[Any, Any], wanted: list[bool]
    ) -> Lifted | None:
        """The program of longer arguments, if one is known that is for these, too."""
        for other in self._programs.latest():
            shares = other.lengths is not None and other.kind == "arrays"
            if shares and len(numbers) < len(other.trace.inputs):
                return other.of_length(self.lifts, arguments, numbers, wanted)
        return None

    def _parts(self, sample: Arguments, samples: list[Any]) -> list[Part]:
        """Samples grouped by the way that the function takes with them."""
        key = self._key(sample)
        for lifted in self._programs.of(key):
            if lifted.holds_always:
                self._last = lifted
                return [(lifted, None)]
        if not samples:
            found = next(self._fitting(sample, sample.numbers()), None)
            return [(found if found is None or not found.late_guards else None, None)]
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
            if lifted.changes is not None:  # as written, one sample after the other
                self._last = lifted
                return [(lifted, None)]
            mask = lifted.holds_on(table[rest])
            if new is not None and not mask[0]:  # rounded otherwise than by the engine, it decides otherwise
                parts.append((None, rest[:1]))
                rest, mask = rest[1:], mask[1:]
            if mask.any():
                self._last = lifted
                parts.append((lifted, rest[mask]))
                rest = rest[~mask]
        return [(parts[0][0], None)] if len(parts) == 1 else parts

    def _result(self, lifted: Lifted, values: list[float], gradients: list[Any], operands: Any) -> Any:
        """The outputs as nodes whose operands are what was captured and the Values among the arguments."""
        if lifted.is_one_number and gradients:
            return fused_node(values[0], operands, gradients[0], _ROW)
        if gradients:
            nodes = [fused_node(y, operands, local, _ROW) for y, local in zip(values, gradients, strict=True)]
        else:
            nodes = [fused_node(y, (), np.zeros(0), _ROW) for y in values]
        return lifted.output(nodes)

    # -- looking inside -------------------------------------------------------------------------

    @property
    def traces(self) -> int:
        return len(self._programs)

    @property
    def has_given_up(self) -> bool:
        """Whether it runs as written for some arguments, and said so."""
        return self._draws or self._programs.has_given_up

    def clear_cache(self) -> None:
        """Forget all programs: the next call traces anew."""
        with self._lock:
            self._programs.clear()
            self._last = self._recent = self._quick = None

    @property
    def _shown(self) -> Lifted:
        if self._last is None:
            raise TraceError(
                "nothing is lifted yet: call the function once with arguments of the kind it is for"
            )
        return self._last

    @property
    def source(self) -> Text:
        """The program of the last call, as NumPy source."""
        return Text(written.source(self._shown))

    @property
    def graph(self) -> Any:
        """The scalar graph that was traced for the last call."""
        return self._shown.trace

    @property
    def stages(self) -> Stages:
        """What each stage made of the last call's program: texts by name, which print one after the other."""
        return written.stages(self._shown)

    def to_numpy_source(self) -> Text:
        """The last call's program as a file of its own that needs NumPy only.

        Raises:
            TraceError: the function has custom operators, or decides by numbers more than which number to
                take.
        """
        return Text(written.as_numpy(self._shown))

    def to_c_source(self) -> Text:
        """The last call's program as one file of C99 that needs the C library only.

        It has one function, ``int NAME_value_and_grad(parameters, arguments, value, by_parameters,
        by_arguments, workspace)``, NAME being that of this function; all is on pointers to double, nothing
        is allocated, and calls with memory of their own may run at the same time. With ``batch=True`` it
        takes ``size_t samples`` behind the arguments, one sample after the other, and gives means. The
        comment at its top tells all.

        Raises:
            TraceError: the function has custom operators, draws random numbers, or decides by numbers more
                than which number to take.
        """
        return Text(written.as_c(self._shown, self._name))

    def to_jax(self) -> tuple[Callable[..., Any], Any]:
        """The last call's program as a pure function of JAX, which differentiates it itself.

        Needs JAX (``pip install 'chainrule[jax]'``). It computes in the precision of what it is given: JAX's
        is single, unless ``jax.config.update("jax_enable_x64", True)`` was called. Where a number is not
        finite, and at kinks other than those of ``relu``, ``elu``, ``clip``, ``abs``, ``maximum``,
        ``minimum``, ``max`` and ``min``, derivatives are as JAX has them; an index for ``take`` that is none
        gives nan.

        Returns:
            ``fn, params``: ``fn(params, *args)`` gives what this function gives for arguments nested as those
            of the last call, lists and arrays of one shape being the same; with ``batch=True`` the mean over
            samples. ``params``, a vector, are the numbers of the captured Values that take gradients, which
            are ``fn.parameters`` in its order; other captured numbers are constants.

        Raises:
            ImportError: there is no JAX.
            TraceError: the function has custom operators, draws random numbers, or decides by numbers more
                than which number to take.
        """
        return written.as_jax(self._shown, self._name)

    def __repr__(self) -> str:
        count = self.traces
        return f"<engine.{self._kind} of {self._name}, {count} program{'' if count == 1 else 's'}>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))

    def _repr_html_(self) -> str:
        """Its name and, folded, what each stage made of the last call's program."""
        shown = [paragraph(repr(self).strip("<>"), strong=True)]
        if self._last is None:
            return "".join([*shown, paragraph("Call it once, then its stages are shown here.")])
        return "".join([*shown, self.stages._repr_html_()])

    def _of(self, f: Callable[..., Any], statics: Statics) -> Jitted[Any]:
        positions, names = statics.given()
        return Jitted(f, self._batch, positions, self._audits, names, self._backend)

    def _recipe(self) -> tuple[Any, ...]:
        positions, names = self._statics.given()
        return self.lifts, self._batch, positions, self._audits, names, self._backend


def checked_backend(backend: str | None, batch: bool) -> str | None:
    """What computes the programs: None or "jax".

    Raises:
        ValueError: it is neither, or there is no batch to share out.
        ImportError: there is no JAX.
    """
    if backend is None:
        return None
    if backend != "jax":
        raise ValueError(f"backend must be None or 'jax', got {brief(backend)}")
    if not batch:
        raise ValueError("backend='jax' shares out samples: it needs batch=True; for one sample see to_jax()")
    if find_spec("jax") is None:
        raise ImportError("backend='jax' needs JAX: pip install 'chainrule[jax]'")
    return backend


def _chosen(samples: list[Any], given: list[Any], at: Any) -> tuple[list[Any], list[Any]]:
    """Samples at some positions, and the Values among them."""
    if at is None:
        return samples, given
    return [column[at] for column in samples], [given[i] for i in at.tolist()] if given else []


def _is_held_here(lock: Any) -> bool:
    """Whether this thread holds a reentrant lock already."""
    return bool(lock._is_owned())
