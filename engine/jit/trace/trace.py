"""Stage one: traces a function. It runs on Values, and its graph is read off.

A graph that depends on the numbers would be frozen as it is for these. So comparisons, and numbers that are
read out, are recorded (see ``decisions.py``), and the function runs again, with other numbers in
its arguments and the same decisions: the graphs must be the same, operator by operator, operand by operand,
constant by constant. What is captured is found by identity: a node that stands in both graphs was there
before. It is never changed, as other threads may be using it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from engine.autograd.differentiating import differentiated
from engine.autograd.grad_mode import enable_grad
from engine.autograd.trace_mode import recording, tracing
from engine.errors import TraceError
from engine.jit.trace.decisions import Decisions, Replay
from engine.jit.trace.draws import Draws
from engine.jit.trace.guards import computed_by, settled
from engine.jit.trace.identity import made_arrays
from engine.jit.trace.retrace_check import (
    changes_for,
    dealt_anew,
    is_same_run,
    lowered,
    nearby,
    refuse_differences,
)
from engine.jit.trace.traced_graph import Places, Trace
from engine.node.backend import Value
from engine.node.bulk import nodes_made, spoil
from engine.pytree.arguments import Arguments
from engine.pytree.result import Result

__all__ = ["Given", "retraced", "trace", "traced_once"]


class Given(NamedTuple):
    """What is traced, and on what.

    Attributes:
        f: the function.
        arguments: how its arguments are nested.
        numbers: the numbers in them.
        wanted: of each whether it takes a gradient.
        batched: whether f computes one sample of many.
    """

    f: Callable[..., Any]
    arguments: Arguments
    numbers: np.ndarray[Any, Any]
    wanted: Sequence[bool]
    batched: bool

    def output(
        self, numbers: np.ndarray[Any, Any], recorder_for: Callable[[list[Value]], Any]
    ) -> tuple[Any, Any]:
        """What f returns on numbers, and who recorded its decisions."""
        inputs = [Value(number) for number in numbers.tolist()]
        recorder = recorder_for(inputs)
        args, options = self.arguments.rebuild(inputs)
        with enable_grad(), tracing(), recording(recorder):
            return differentiated(self.f, args, options, inputs), recorder

    def run(self) -> tuple[Result, Decisions]:
        """The result on its own numbers, and who recorded the decisions."""
        of_all = self.arguments.numeric, self.wanted
        output, decided = self.output(self.numbers, lambda inputs: Decisions(inputs, *of_all))
        return Result(output), decided

    def run_again(self, numbers: np.ndarray[Any, Any], decided: Decisions) -> tuple[Result, Replay]:
        """The result on other numbers, where f goes the way that it went."""
        of_all = self.arguments.numeric, self.wanted, decided.made
        output, again = self.output(numbers, lambda inputs: Replay(inputs, *of_all))
        return Result(output), again


def trace(
    given: Given,
    draws: Draws | None = None,
    after_first: Callable[[], Any] = bool,
    merge: Callable[..., Any] | None = None,
    start_over: Callable[[], Any] = bool,
    at_last: Callable[[Trace], Any] = bool,
) -> Trace:
    """Run f on Values in place of the numbers of its arguments, and on others to see that nothing changes.

    Args:
        given: the function, and what it is run on.
        draws: the states of generators before. Where f draws from one, this is put back, and the trace only
            names the generator in ``draws_from``.
        after_first: called when f ran once, before it runs again.
        merge: finds one graph for all ways that short decisions may take, see
            :func:`engine.jit.choices.merge.merged`; None for the graph of this way.
        start_over: puts back what f changed, called before it is tried without ``merge``.
        at_last: is given the graph of f itself while its nodes are as f made them on these numbers.

    Raises:
        TraceError: its graph depends on the numbers in a way that no guard can check.
    """
    if merge is not None:
        try:
            return _traced(given, draws, after_first, merge, at_last)
        except Exception:  # f is lifted for each way then, or fails for that, too
            if draws is not None:
                draws.put_back()
            start_over()
    return _traced(given, draws, after_first, None, at_last)


def _traced(
    given: Given,
    draws: Draws | None,
    after_first: Callable[[], Any],
    merge: Callable[..., Any] | None,
    at_last: Callable[[Trace], Any],
) -> Trace:
    arguments, numbers, wanted, batched = given[1:]
    with nodes_made() as kept:
        result, decided = given.run()
    first = Trace(result, decided.held, batched)
    first.draws_from = draws.first() if draws is not None else None
    if draws is not None and first.draws_from is not None:
        draws.put_back()
        return first
    after_first()

    run_again = partial(given.run_again, decided=decided)
    found = None if merge is None else merge(given.output, arguments.numeric, wanted, numbers)
    if found is not None and found.result.floats and batched:
        raise TraceError("the function returns numbers that it reads out, of which there is no mean")
    if found is not None:
        spoil(kept)
        result, decided, kept, run_again = found.result, found.decided, found.made, found.again
        first = Trace(result, decided.held, batched)
    known = None if decided.made else made_arrays(kept)
    integers = arguments.integers
    rng = np.random.default_rng(0)
    agreed, failure = False, None
    ways = [(change, dealt_anew) for change in changes_for(len(first.operands), len(numbers))]
    for change, integers_for in (*ways, (nearby, lowered)):
        if agreed and integers_for is lowered:
            break  # it is for functions that all other ways take out of what they allow
        with np.errstate(all="ignore"):
            other = change(numbers, rng)
        if integers.any():  # indices and labels stay such
            other[integers] = integers_for(numbers[integers], rng)
        with nodes_made() as made:
            try:
                result, again = run_again(other)
            except TraceError:
                raise
            except Exception as error:
                failure = error
            else:
                agreed = True
                if known is not None and is_same_run(first.result, kept, known, result, made, len(numbers)):
                    shared, guards = None, []
                    continue
                mine, others = computed_by(decided, again)
                if mine and not first.decides_by(mine):
                    first = Trace(first.result, first.inputs, batched, mine)
                second = Trace(result, again.held, batched, others)
                shared = first.shared_with(second)
                guards = settled(decided, again, first.settle_decisions(shared))
                refuse_differences(first, second, shared)
            finally:
                spoil(made)
    if not agreed:
        raise TraceError(
            f"on other numbers than these the function raised {type(failure).__name__}: {failure}; "
            "what it checks or chooses by the numbers would be frozen as it is now"
        ) from failure
    first.guards, first.is_merged = guards, found is not None
    first.left_open = decided.left_open
    outside = first.find_made(kept)
    first.settle(outside if shared is None else shared, wanted)
    made_by_f = [*first.inputs, *first.results_in(kept)]
    if not batched and len(numbers) > 1 and len(first.outputs) == 1:
        first.made = known
    if found is None:
        at_last(first)
    spoil(made_by_f)
    return first


def retraced(given: Given) -> Trace:
    """What f computes on these numbers now, once, with none of it checked."""
    with nodes_made() as made:
        result, decided = given._replace(wanted=[True] * len(given.numbers)).run()
        found = Trace(result, decided.held, given.batched)
    spoil([node for node in made if node._children])
    return found


@contextmanager
def traced_once(
    given: Given,
    keeps: Callable[[], bool],
    begin: Callable[[Result, Sequence[Value], Sequence[Value]], tuple[Trace, Places, list[Value]] | None],
) -> Iterator[tuple[Trace, Places | None] | None]:
    """What f computes on these numbers, from one run, to be held against a graph that is known.

    Its nodes are as the function made them until the block ends. None where f decides by numbers, or fails.
    With it come the positions of its first nodes in the graph that is known, if it is found to begin so.

    Args:
        given: the function, and what it is run on.
        keeps: whether f keeps something of it for other calls.
        begin: finds that from its result, its inputs, and what it made; it gives all results in it, too.
    """
    made: list[Value] = []
    results: list[Value] | None = None
    try:
        with nodes_made() as made:
            try:
                result, decided = given.run()
            except Exception:  # it is for the general way to tell
                result = None
        if result is None or decided.made or decided.left_open:
            yield None
        elif (begins := begin(result, decided.held, made)) is not None:
            once, places, results = begins
            yield once, places
        else:
            found = Trace(result, decided.held, False)
            found.tell_apart(made)
            results = found.results_in(made)
            yield found, None
    finally:
        if not keeps():
            spoil([node for node in made if node._children] if results is None else results)
