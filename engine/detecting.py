"""Where the first nan or infinity of a computation arose: in which operator, of what, in whose line."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal
from weakref import WeakKeyDictionary, WeakSet

from engine.anomaly import Anomaly, AnomalyReport, Operand
from engine.errors import AnomalyError
from engine.node import Value
from engine.op import Op
from engine.places import Spot, place_of, users_spot
from engine.watching import Watcher, Watching

__all__ = ["detect_anomaly"]

_SPOTS: WeakKeyDictionary[Value, Spot | None] = WeakKeyDictionary()
"""Where each node was made whose operator was watched."""


class detect_anomaly(Watching):  # noqa: N801 - the field's name
    """A block, or a decorated function, in which the first nan or infinity is found where it arises.

    Watches the operators on Values and the gradients of this thread. What follows from an anomaly is
    none, nor is an infinity that the data bring along, as a mask of ``-inf`` does. Open the block around the
    computation and around ``backward()``: a gradient's anomaly is named with the line of its operator only
    where that was watched. Where only ``backward()`` is, the graph is searched for the first nan.

    While a block is open somewhere, operators run at the speed of Python; when none is, this costs nothing.

    Args:
        mode: ``"raise"`` an error at once, or go on and ``"report"`` all.
        inf: whether infinities count; else only nan does.

    Raises:
        AnomalyError: in the block, with the anomaly as its ``anomaly``.
        ValueError: there is no such mode.

    >>> from engine import Value
    >>> p = Value(0.0, label="p")
    >>> with detect_anomaly(mode="report") as report:
    ...     loss = -p.log()
    >>> report.first.operator, report.first.operands[0].value, report.first.place.line
    ('log', 0.0, 2)
    """

    def __init__(self, mode: Literal["raise", "report"] = "raise", inf: bool = True) -> None:
        if mode not in ("raise", "report"):
            raise ValueError(f"mode must be 'raise' or 'report', got {mode!r}")
        self.report = AnomalyReport()
        self.given = self.report
        self.setting = _Detector(self.report, mode == "raise", bool(inf))


class _Detector(Watcher):
    """Tells what arises from what follows."""

    def __init__(self, report: AnomalyReport, raising: bool, infinities: bool) -> None:
        self._report = report
        self._raising = raising
        self._bad = _is_unusual if infinities else math.isnan
        self._known: WeakSet[Value] = WeakSet()  # nodes that brought a nan in, which is told once

    def made(self, row: Op, operands: Sequence[Value], result: Value) -> None:
        spot = users_spot()
        _SPOTS[result] = spot
        if self._bad(result.data):
            self._judge(row, operands, result, spot)

    def started(self, root: Value, gradient: float) -> None:
        if self._bad(gradient):
            self._tell("backward", "start", "backward", (), gradient, spot=users_spot())
        if self._bad(root.data):
            self._search(root)

    def hooked(self, node: Value, before: float, after: float) -> None:
        if self._bad(after) and not self._bad(before):
            self._tell(
                "backward", "hook", _name(node._row), _operands(node), after, gradient=before, node=node
            )

    def sent(self, node: Value, position: int, gradient: float, part: float, total: float) -> None:
        if self._bad(part):
            if not self._bad(gradient):
                self._tell_gradient("operator", node, position, gradient, part)
        elif self._bad(total + part) and not self._bad(total):
            self._tell_gradient("sum", node, position, gradient, total + part)

    def _search(self, root: Value) -> None:
        """Judge what was computed unwatched and a bad number was made of."""
        if root in _SPOTS or root in self._known:
            return
        for node in root._topological_order():
            if node._children and self._bad(node.data) and node not in _SPOTS and node not in self._known:
                self._known.add(node)
                self._judge(node._row, node._children, node, None)

    def _judge(self, row: Op, operands: Sequence[Value], result: Value, spot: Spot | None) -> None:
        """Tell of a bad result unless it follows from another one."""
        position = None
        if math.isnan(result.data):
            brought = [i for i, x in enumerate(operands) if math.isnan(x.data)]
            for i in brought:
                self._search(operands[i])
            data = [i for i in brought if not operands[i]._children and operands[i] not in _SPOTS]
            new = [i for i in data if operands[i] not in self._known]
            if brought and not new:
                return
            position = new[0] if new else None
            self._known.update(operands[i] for i in new)
        elif any(math.isinf(x.data) for x in operands):
            return
        self._tell(
            "forward",
            "operator" if position is None else "operand",
            _name(row),
            _described(row, operands),
            result.data,
            position=position,
            spot=spot,
        )

    def _tell_gradient(self, origin: Any, node: Value, position: int, gradient: float, result: float) -> None:
        self._tell(
            "backward",
            origin,
            _name(node._row),
            _operands(node),
            result,
            position=position,
            gradient=gradient,
            node=node,
        )

    def _tell(
        self,
        phase: Any,
        origin: Any,
        operator: str,
        operands: tuple[Operand, ...],
        result: float,
        *,
        position: int | None = None,
        gradient: float | None = None,
        spot: Spot | None = None,
        node: Value | None = None,
    ) -> None:
        place = place_of(spot if node is None else _SPOTS.get(node))
        anomaly = Anomaly(_kind(result), phase, origin, operator, operands, result, position, gradient, place)
        self._report.add(anomaly)
        if self._raising:
            raise AnomalyError(anomaly)


def _is_unusual(x: float) -> bool:
    return not math.isfinite(x)


def _kind(x: float) -> str:
    return "nan" if math.isnan(x) else "inf" if x > 0 else "-inf"


def _name(row: Op) -> str:
    return (row.base or row).name or "an operator built by hand"


def _operands(node: Value) -> tuple[Operand, ...]:
    """The operands of a node with its local gradients."""
    return _described(node._row, node._children, node._local_grads)


def _described(
    row: Op, operands: Sequence[Value], slopes: Sequence[float] | None = None
) -> tuple[Operand, ...]:
    """The operands with the operator's names for them; those that are baked into the row come last."""
    baked = zip((row.base or row).operands[len(operands) :], row.baked, strict=False)
    return (
        *(
            Operand(_role(row, i, len(operands)), x.label, x.data, slopes[i] if slopes else None)
            for i, x in enumerate(operands)
        ),
        *(Operand(name, "", value) for name, value in baked),
    )


def _role(row: Op, i: int, count: int) -> str:
    """The operator's name for its operand number i."""
    if row.name == "dot":
        return f"a[{i}]" if i < count // 2 else f"b[{i - count // 2}]"
    return row.operands[i] if row.arity else f"xs[{i}]"
