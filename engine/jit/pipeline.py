"""Lifts a function for arguments nested in one way: traces it, lowers the trace, and runs the program."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from functools import partial
from itertools import compress
from typing import Any

import numpy as np

from engine.errors import TraceError
from engine.jit.backends.array_program import ArrayProgram, Wanted
from engine.jit.backends.lanes import TapeOfSamples
from engine.jit.backends.outcome import Ran
from engine.jit.backends.scalar_program import ScalarProgram
from engine.jit.choices.merge import merged
from engine.jit.lower.ragged.beginning import beginning_of
from engine.jit.lower.ragged.lengths import is_of_terms
from engine.jit.lowering import Lowered, keep_freed_memory, without_collections
from engine.jit.quick import next_audit, quick_call
from engine.jit.trace.captures import Captures
from engine.jit.trace.draws import Draws
from engine.jit.trace.state import State
from engine.jit.trace.trace import Given, retraced, trace, traced_once
from engine.jit.trace.traced_graph import Trace
from engine.node.backend import Value
from engine.node.bulk import adjoints
from engine.node.unchanged import same_items
from engine.ops.op import LEAF, Op
from engine.pytree.arguments import Arguments
from engine.pytree.forms import Form
from engine.pytree.result import Result
from engine.pytree.samples import Columns
from engine.pytree.spec import NUMBER
from engine.quoting import brief

__all__ = ["Lifted"]

_REFUSALS = 3
"""After so many lengths in a row whose graph is another one, no run is spent on looking."""

_LARGE = 20_000
"""Nodes from which a program for a list is compiled in its second call: see :meth:`Lifted.compile`."""

Vector = np.ndarray[Any, np.dtype[np.float64]]


def _close(mine: Any, own: Any) -> bool:
    """Whether numbers agree up to rounding, more strictly than an audit."""
    mine, own = np.asarray(mine), np.asarray(own)
    return mine.shape == own.shape and np.allclose(mine, own, 1e-9, 1e-12 * np.abs(own).max(initial=0.0))


def _given_by(graph: Trace, operands: tuple[Value, ...]) -> tuple[float, Vector] | None:
    """The one number of a graph whose nodes are as they were made, and its gradients; None without."""
    (value,) = graph.result.values
    found = None if any(node._children for node in operands) else adjoints(value, operands)
    return None if found is None else (value._data, found)


class Lifted(Lowered):
    """A program and the Values it captured.

    Attributes:
        executable: the program made to run; None where the function itself is to run.
        values: the captured Values in the order in which it reads them.
        guards: what must come out as it was traced for this program to be the one, known before it runs.
        captured_operands: those of them that take gradients.
        wanted_places: where the numbers of the arguments stand by which gradients are wanted.
        differentiates: whether any gradient is wanted.
        is_one_number: whether the result is a Value, not several.
        form: of the arguments that it ran on last; None where they are taken apart one by one.
        state: what f reads beside its arguments, as it was.
        spec: how its arguments are nested; of one sample of many.
        is_audited: whether f itself ran beside it.
    """

    is_audited = False
    _calls = 0
    _before: State | None = None
    _own: Ran | None = None
    _quick: tuple[Any, Any] = None, None

    @without_collections()
    def __init__(
        self,
        given: Given,
        differentiate: bool = True,
        backend: str | None = None,
        merges: bool = False,
        others: Sequence[Lifted] = (),
    ) -> None:
        keep_freed_memory()
        f, arguments, numbers, _, batched = given
        self._backend, self._others, self._numbers = backend, others, numbers.copy()
        self._differentiate = differentiate
        self.state = State(f, arguments.statics)
        draws, before = Draws(self.state.generators), copy.copy(self.state)

        def look_again() -> None:
            """What f wrote once, as what it keeps for later calls, is read from now on."""
            if self.state.unloaded or not self.state.unchanged():
                self.state = State(f, arguments.statics)

        given = given._replace(arguments=arguments.without_graph(), numbers=self._numbers)
        merge = merged if merges and self._may_merge() else None
        try:
            self.beyond = self.state.beyond_lifting()
            if self.beyond is not None:
                self.changes, _ = self.beyond
                self.trace = traced = Trace(Result([]), [], batched)
            else:
                self.trace = traced = trace(
                    given, draws, look_again, merge, before.put_back, self._note_what_f_gave
                )
                self.changes = self.state.changed_and_used()
            if self.changes is None and (batched or traced.is_merged):  # what each run changes alike, too
                self.changes = before.changed_and_used(True)
        except TraceError:
            self.changes = self.state.changed_and_used(refused=True) or before.changed_and_used(True, True)
            if self.changes is not None:
                self._put_back(before, draws)
                self.trace = traced = retraced(given)  # which is not lowered
            elif batched or before.unchanged():
                raise
            else:  # it made Values that it keeps, as in a first call, and finds them there from now on
                self.state = State(f, arguments.statics)
                self.trace = traced = trace(given, draws, look_again, merge)
        self._trace_again = partial(trace, given, merge=merged) if traced.guards else None
        self.state.forget_changes()
        if self.changes is not None:
            self._put_back(before, draws)
        decided_by = [value for guard in traced.guards for value in guard.captured]
        if traced.draws_from is not None:
            self.changes = None  # it runs as written in any case
        read = [*traced.captured, *decided_by]
        self._captured = Captures(f, arguments.statics, read)
        self.state.watch(read, self._captured)
        self.guards = [guard for guard in traced.guards if not guard.is_late]
        self.late_guards = [guard for guard in traced.guards if guard.is_late]
        if traced.draws_from is None:
            traced.refuse_foreign_rows()
        traced.forget_nodes()
        may_wait = self._own is not None and self.changes is None and not self.state.asks_type()
        waits = may_wait and not self._take_over_any()
        self._own = self._own if waits else None
        self.kind = "traced" if waits else self._lower(batched)
        self._others = ()
        self._make_runnable()
        self.form: Form | None = None
        self.is_one_number = traced.result.spec == (NUMBER,) and not traced.result.floats
        self.spec = arguments.spec
        self.statics = arguments.statics  # held, so that none is taken for another by its id

    def _note_what_f_gave(self, traced: Trace) -> None:
        """Keep value and gradients of the run in which a large graph was made, if they answer the call."""
        if len(traced.kinds) < _LARGE or len(self._numbers) < 2 or not self._differentiate:
            return
        if not is_of_terms(traced) or traced.result.spec != (NUMBER,) or traced.own_operators():
            return
        of_captured = [leaf.value for leaf in traced.leaf_of.values() if leaf.wanted and not leaf.is_input]
        own = _given_by(traced, (*of_captured, *compress(traced.inputs, traced.wanted_inputs().tolist())))
        if own is not None and np.isfinite(own[0]) and np.isfinite(own[1]).all():
            self._own = [own[0]], [own[1]]

    @without_collections()
    def compile(self, others: Sequence[Lifted]) -> None:
        """The stages to a program, which wait for a second call where the graph of a list is large.

        The first is answered by what f gave when it was traced. Lists of other lengths may come by then: the
        longest is compiled, for all of them; and what is called but once is not compiled at all.
        """
        if self.kind == "traced":
            with self._or_dropped():
                self._others = others
                self.kind = self._lower(False)
                self._others = ()
                self._make_runnable()

    def _put_back(self, before: State, draws: Draws) -> None:
        """Undo what f changed as it ran, and let it draw the same random numbers again."""
        draws.put_back()
        if not before.put_back():
            raise TraceError(
                f"the function changes {brief(self.changes)} as it runs, and reads it, and that cannot be "
                "put back after the runs in which it is lifted: change it outside, or pass it as an argument"
            ) from None

    def _may_merge(self) -> bool:
        """Whether one program may be for all ways: which object a merged number is, it does not know."""
        return not self.state.tells_apart()

    def of_length(self, given: Given) -> Lifted | None:
        """The same program for arguments of another length, if one run of f shows that it is.

        The graph of that run must be known but for its weights, see :meth:`Lengths.given_alike`, and what
        the program gives must be what the run did. Else, and where f draws random numbers: None.
        """
        if self.lengths is None or self.lengths.refusals >= _REFUSALS:
            return None
        if not self.fits() or not same_items(given.arguments.statics, self.statics):
            return None
        self.lengths.refusals += 1
        if self._before is None or not self._before.is_whole():
            self._before = State(given.f, given.arguments.statics)
        before = self._before
        found = self._after_one_run(given)
        if found is None:
            before.put_back()
        else:
            self.lengths.refusals = 0
        return found

    @without_collections()
    def _after_one_run(self, given: Given) -> Lifted | None:
        assert self.lengths is not None
        draws, begin = Draws(self.state.generators), partial(beginning_of, self.lengths.trace)
        with traced_once(given, lambda: not self.state.unchanged(), begin) as run:
            if draws.first() is not None:
                draws.put_back()
                return None
            filled = None if run is None else self.lengths.given_alike(*run, given.wanted)
            if run is None or filled is None or not self.state.unchanged():
                return None
            once, begins = run
            if not set(map(id, once.captured)) <= set(map(id, self.trace.captured)):
                return None  # the places of others are not looked at
            found = copy.copy(self)
            found.trace, found._given, found._numbers = once, filled, given.numbers.copy()
            found.spec, found.statics, found.form = given.arguments.spec, given.arguments.statics, None
            found._make_runnable()
            if not found._gives_what(once, begins is None):
                return None
        once.forget_nodes()
        return found

    def _gives_what(self, once: Trace, and_gradients: bool) -> bool:
        """Whether it gives the value of a graph whose nodes are as they were made, and its gradients."""
        values, gradients = self.run(self._numbers, True)
        if values is None:
            return False
        (value,) = once.result.values
        expected: list[Any] = [value._data]
        if and_gradients:
            own = _given_by(once, self.operands_on([once.inputs]))
            if own is None:
                return False
            expected.append(own[1])
        self.is_audited = all(map(_close, [*values, *gradients], expected))
        return self.is_audited

    @property
    def calls(self) -> int:
        """How often it was called; if it is for lists of other lengths, too, for any of them."""
        return self._calls if self.lengths is None else self.lengths.calls

    @calls.setter
    def calls(self, count: int) -> None:
        if self.lengths is None:
            self._calls = count
        else:
            self.lengths.calls = count

    def merged_trace(self) -> Trace:
        """The graph; of a function that decides by numbers one for all ways, as far as they can be merged."""
        if self._trace_again is None or not self._may_merge():
            return self.trace
        traced = self._trace_again()
        traced.refuse_foreign_rows()
        return traced

    def _make_runnable(self) -> None:
        """Make the program run, and find by which Values it has gradients."""
        self._quick, self.is_audited = (None, None), False
        self._own = self._own if self.kind == "traced" else None
        traced = self.trace
        captured = (traced if self.lengths is None else self.lengths.trace).captured
        order = self.layout.captured if self.kind == "arrays" else range(len(captured))
        self.values = [captured[i] for i in order]
        _, marks, takes = traced.leaf_marks
        taking = dict(zip(marks.tolist(), takes.tolist(), strict=True))
        flags = [taking.get(id(v), False) for v in self.values]
        self.wanted_places: list[int] = np.flatnonzero(traced.wanted_inputs()).tolist()
        self.captured_operands = tuple(compress(self.values, flags))
        self._unwanted = [
            v
            for v, flag in zip(self.values, flags, strict=True)
            if not flag and id(v) in taking and not v._children and v._row is not LEAF  # else only decided by
        ]
        self.differentiates = bool(self.captured_operands or self.wanted_places)
        self.executable: Any = None
        if self.kind == "arrays":
            self.executable = self._array_program(flags)
        elif self.kind == "scalars":
            self.executable = ScalarProgram(traced)
        elif self.kind == "tape":
            assert self._tape is not None
            self.executable = self._tape
            if traced.batched:
                self.executable = TapeOfSamples(self._tape, len(self.captured_operands))
        self._tape = None

    def _array_program(self, flags: list[bool]) -> ArrayProgram:
        """The array program, ready to run.

        Args:
            flags: of each captured Value whether it takes a gradient.
        """
        inputs = np.array(self.wanted_places) if self.wanted_places else None
        wanted = Wanted(None if all(flags) else np.flatnonzero(flags), inputs)
        if self.lengths is not None:
            if self.lengths.executable is None:
                self.lengths.executable = ArrayProgram(self.program, wanted)
            return self.lengths.executable.part(wanted, self._given, len(self.trace.inputs))  # type: ignore[no-any-return]
        devices = None
        if self._backend == "jax":
            from engine.jit.backends.jax.devices import Devices

            devices = Devices(self.program, inputs is not None)
        return ArrayProgram(self.program, wanted, self.late_guards, devices)

    @property
    def looks_at_places_only(self) -> bool:
        """Whether places tell all about its state: see :class:`engine.jit.trace.places.Places`."""
        return not (self._captured.in_arrays or self._unwanted or self.state.has_others)

    def quick(self, form: Form, row: Op, is_due: Callable[[int], bool], lock: Any) -> Any:
        """What runs it again for arguments of this form, or None: see :func:`engine.jit.quick.quick_call`."""
        known, found = self._quick
        if known is not form or (found is not None and found.places is not self.state.places):
            found = quick_call(self, form, row, is_due, lock)
            self._quick = form, found
        elif found is not None:
            found.calls, found.due = self.calls, next_audit(self.calls, is_due)
        return found

    def fits(self) -> bool:
        """Whether what f reads is as it was traced: captured Values and plain data."""
        if self.is_for_one_call or not self.state.unchanged():
            return False
        if self._captured.in_arrays and not self._captured.unchanged():
            return False
        return not (self._unwanted and any(value._row is LEAF for value in self._unwanted))

    def outdated(self) -> bool:
        """Whether other Values are to be read than when this was traced, or one takes a gradient anew."""
        if self.is_for_one_call or not self._captured.unchanged():
            return True
        return any(value._row is LEAF for value in self._unwanted)

    def holds(self, numbers: Vector) -> bool:
        """Whether all decisions come out for these arguments as they were traced."""
        given = numbers.tolist()
        return all(guard.holds(given) for guard in self.guards)

    def holds_on(self, table: Vector) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """The same of each sample: an array of shape (samples, numbers)."""
        found = np.ones(len(table), bool)
        for guard in self.guards:
            if guard.by_arguments:
                found &= guard.holds_on(list(table.T), len(table))
            elif not guard.holds(()):
                found[:] = False
        if self.late_guards and self.kind == "arrays" and found.any():
            found[found] = self.executable.holds_on(self.values, table[found])
        return found

    def holds_for_all(self, columns: Sequence[Vector]) -> bool:
        """Whether it is for all these samples; False also where the program itself must tell.

        Args:
            columns: arrays of shape (samples, numbers of one argument).
        """
        if self.late_guards:
            return False
        if not self.guards:
            return True
        of_all = Columns(columns)
        for guard in self.guards:
            if not (guard.holds_for_all(of_all) if guard.by_arguments else guard.holds(())):
                return False
        return True

    def run(self, numbers: Vector, differentiate: bool) -> Ran:
        """Outputs and for each its gradient by the operands.

        None for the outputs if any is not finite; OTHERWISE where the function decides otherwise.
        """
        if self._own is not None:
            return self._own if differentiate else (self._own[0], [])
        return self.executable.run(self.values, numbers, differentiate and self.differentiates)  # type: ignore[no-any-return]

    def mean(self, samples: list[Vector], differentiate: bool) -> Ran:
        """The same for the means over samples: arrays of shape (samples, numbers of one argument)."""
        return self.executable.mean(self.values, samples, differentiate and self.differentiates)  # type: ignore[no-any-return]

    def each(self, samples: list[Vector]) -> list[Any]:
        """The outputs for every sample."""
        return self.executable.each(self.values, samples)  # type: ignore[no-any-return]

    def operands(self, arguments: Arguments) -> tuple[Value, ...]:
        """The Values that gradients are by: captured ones, then those among the arguments."""
        return self.operands_on([arguments.flat()]) if self.wanted_places else self.captured_operands

    def operands_among(self, given: tuple[Value, ...], form: Form) -> tuple[Value, ...]:
        """The same from the Values among arguments of some form, in their order."""
        if not self.wanted_places:
            return self.captured_operands
        if self.wanted_places != form.values_at:
            places = set(self.wanted_places)
            given = tuple(value for value, i in zip(given, form.values_at, strict=True) if i in places)
        return self.captured_operands + given

    def operands_on(self, given: list[Any]) -> tuple[Value, ...]:
        """The same where the arguments hold samples: the arguments of each."""
        if not self.wanted_places:
            return self.captured_operands
        return (*self.captured_operands, *(row[i] for row in given for i in self.wanted_places))

    def output(self, nodes: list[Any]) -> Any:
        """Nodes nested as the function's result is."""
        return self.trace.result.rebuild(nodes)
