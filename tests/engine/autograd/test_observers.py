"""Observers are called with the results and gradients of their own thread, the outermost first."""

import threading

import pytest

from engine import Value
from engine.autograd.observers import OBSERVED, Observer, Observing, current_observers


class Recorder(Observer):
    """Notes what it is called with."""

    def __init__(self) -> None:
        self.seen: list[tuple] = []

    def made(self, row, operands, result) -> None:
        self.seen.append(("made", row.name, [x.data for x in operands], result.data))

    def started(self, root, gradient) -> None:
        self.seen.append(("started", root.data, gradient))

    def hooked(self, node, before, after) -> None:
        self.seen.append(("hooked", before, after))

    def sent(self, node, position, gradient, part, total) -> None:
        self.seen.append(("sent", position, gradient, part, total))

    def finished(self, leaves) -> None:
        self.seen.append(("finished", sorted(leaf.data for leaf in leaves)))


class observing(Observing):  # noqa: N801 - reads as a block
    """A block with an observer."""

    def __init__(self, observer: Observer) -> None:
        self.setting = observer


def test_an_observer_sees_results_and_the_sweep_step_by_step() -> None:
    recorder = Recorder()
    x, w = Value(2.0), Value(-3.0)
    with observing(recorder):
        y = x * w
        with y.register_hook(lambda gradient: 10.0 * gradient):
            y.backward()
    assert recorder.seen == [
        ("made", "mul", [2.0, -3.0], -6.0),
        ("started", -6.0, 1.0),
        ("hooked", 1.0, 10.0),
        ("sent", 0, 10.0, -30.0, 0.0),
        ("sent", 1, 10.0, 20.0, 0.0),
        ("finished", [-3.0, 2.0]),
    ]
    assert (x.grad, w.grad) == (-30.0, 20.0)


def test_observers_are_those_of_the_thread_and_the_outermost_comes_first() -> None:
    outer, inner = Recorder(), Recorder()
    elsewhere: list = []
    with observing(outer), observing(inner):
        assert current_observers() == [outer, inner]
        thread = threading.Thread(target=lambda: elsewhere.append((current_observers(), Value(1.0) + 1.0)))
        thread.start()
        thread.join()
    assert elsewhere[0][0] == []
    assert outer.seen == inner.seen == []
    assert not OBSERVED


def test_what_an_observer_raises_stops_the_operator() -> None:
    class Strict(Recorder):
        def made(self, row, operands, result) -> None:
            raise ArithmeticError(row.name)

    x = Value(1.0)
    with observing(Strict()), pytest.raises(ArithmeticError, match="exp"):
        x.exp()
    assert x.exp().data > 2.7
