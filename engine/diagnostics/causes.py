"""The causes of nan and infinities, by node, and the bad results that nothing has used yet."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from itertools import count, islice
from weakref import WeakKeyDictionary

from engine.diagnostics.anomaly import Anomaly
from engine.node.backend import Value

__all__ = ["Cause", "Causes"]

_MOST = 100
"""How many causes of one node are kept: as many as a report has room for."""

_numbers = count()


class Cause:
    """An anomaly, and how many unused results it is in. Ordered by when it arose."""

    __slots__ = ("anomaly", "number", "reported", "results")

    def __init__(self, anomaly: Anomaly) -> None:
        self.anomaly = anomaly
        self.number = next(_numbers)
        self.results = 0
        self.reported = False

    def __lt__(self, other: Cause) -> bool:
        return self.number < other.number


class _Waiting(threading.local):
    """The unused results of a thread with their causes; and these causes."""

    def __init__(self) -> None:
        self.results: WeakKeyDictionary[Value, Sequence[Cause]] = WeakKeyDictionary()
        self.causes: set[Cause] = set()


class Causes:
    """The causes of bad numbers, by node; a node that is gone is forgotten, not the cause that waits in it.

    >>> from engine.diagnostics.anomaly import Anomaly
    >>> causes, x = Causes(), Value(1.0)
    >>> causes.put(x, [Cause(Anomaly("nan", "forward", "operator", "log", (), 0.0))])
    >>> causes.wait(x)
    >>> causes.use([x])
    >>> len(causes.of(x)), len(causes.forget())
    (1, 0)
    """

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[Value, Sequence[Cause]] = WeakKeyDictionary()
        self._waiting = _Waiting()

    def of(self, node: Value) -> Sequence[Cause]:
        """The causes of a node, the first hundred."""
        return self._known.get(node, ())

    def put(self, node: Value, causes: Iterable[Cause]) -> None:
        """Set the causes of a node."""
        self._known[node] = tuple(islice(causes, _MOST))

    def wait(self, node: Value) -> None:
        """Note a result that nothing has used yet."""
        own = self._waiting
        if node not in own.results:
            own.results[node] = self.of(node)
            for cause in own.results[node]:
                cause.results += 1
                own.causes.add(cause)

    def use(self, operands: Iterable[Value]) -> None:
        """Note that these were used."""
        own = self._waiting
        if not own.causes:
            return
        for operand in operands:
            for cause in own.results.pop(operand, ()):
                cause.results -= 1
                if not cause.results:
                    own.causes.discard(cause)

    def forget(self) -> set[Cause]:
        """Drop this thread's unused results; returns their causes."""
        own = self._waiting
        waiting, own.causes = own.causes, set()
        own.results.clear()
        for cause in waiting:
            cause.results = 0
        return waiting
