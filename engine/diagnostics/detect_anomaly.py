"""Finds where nan and infinities arise: the operator, its operands, and the user's line."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Literal
from weakref import WeakKeyDictionary, WeakSet, ref

from engine.autograd.context_decorator import Way
from engine.autograd.masking import masks
from engine.autograd.observers import Observer, Observing
from engine.diagnostics.anomaly import Anomaly, AnomalyReport, Operand
from engine.diagnostics.causes import Cause, Causes
from engine.errors import AnomalyError
from engine.frames.user_frame import Spot, line_of, user_spot
from engine.node.backend import Value
from engine.ops.fields import Masks
from engine.ops.op import CONSTANT, FROZEN, Op
from engine.quoting import LONGEST, abridged, brief

__all__ = ["detect_anomaly"]

_SPOTS: WeakKeyDictionary[Value, Spot | None] = WeakKeyDictionary()
"""Where each node was made whose operator was watched."""


class _Judging(Way):
    """``__exit__``: leaves the block, then reports what is still unreported.

    An interrupt may land in it before it has left the block. So nothing but ``with`` holds the latch, by way
    of this function: no frame of Python does, which a traceback would keep.
    """

    def __get__(self, block: Any, kind: Any) -> Callable[..., Any]:
        leave: Any = super().__get__(block, kind)
        if block is None:
            return leave  # type: ignore[no-any-return]
        judge: Any = partial(block.setting.left, ref(leave.__self__))
        judge.leave = leave
        return judge  # type: ignore[no-any-return]


class detect_anomaly(Observing):  # noqa: N801 - the field's name
    """A block, or a decorated function, in which nan and infinities are traced to where they arise.

    Observes operators on Values and gradients of this thread. An anomaly is reported when it *matters*:
    when ``backward()`` starts from a number that it has reached, when the gradient of a leaf has become nan
    or infinite by it, or, at the end of a block, if it is in a result that nothing was computed of since the
    last ``backward()``. A nan that ``where`` did not take, that ``max`` passed over or that is thrown away
    is none. Nor is what follows from another anomaly, nor an infinity that the data bring along, as a mask
    of ``-inf`` does.

    Open the block around the computation and ``backward()``: the anomaly of a gradient is named with the line
    of its operator only where that was watched. Where only ``backward()`` is, the graph is searched for the
    first nan. If the block ends by another exception, that gets a note of the anomalies before it.

    While a block is open somewhere, operators run at the speed of Python; when none is, this costs nothing.

    Args:
        mode: ``"raise"`` an error for the first that matters, or go on and ``"report"`` all.
        inf: whether infinities count; else only nan does.

    Raises:
        AnomalyError: by ``backward()`` or at the end of the block, with the anomaly as its ``anomaly``.
        ValueError: there is no such mode.

    >>> from engine import Value
    >>> p = Value(0.0, label="p")
    >>> with detect_anomaly(mode="report") as report:
    ...     loss = -p.log()
    >>> report.first.operator, report.first.operands[0].value, report.first.place.line
    ('log', 0.0, 2)
    """

    if not TYPE_CHECKING:
        __exit__ = _Judging("exit")

    def __init__(self, mode: Literal["raise", "report"] = "raise", inf: bool = True) -> None:
        if mode not in ("raise", "report"):
            raise ValueError(f"mode must be 'raise' or 'report', got {brief(mode)}")
        self.report = AnomalyReport()
        self.given = self.report
        self.setting = _Detector(self.report, mode == "raise", bool(inf))


class _Detector(Observer):
    """Separates what arises from what follows, and what matters from what does not."""

    def __init__(self, report: AnomalyReport, raising: bool, infinities: bool) -> None:
        self._report = report
        self._raising = raising
        self._bad = (lambda x: not math.isfinite(x)) if infinities else math.isnan
        self._causes = Causes()
        self._seen: WeakSet[Value] = WeakSet()  # bad nodes whose causes are known
        self._of_gradient: dict[Value, dict[Cause, None]] = {}  # of the sweep under way

    # -- forward ------------------------------------------------------------------------------------

    def made(self, row: Op, operands: Sequence[Value], result: Value) -> None:
        spot = _SPOTS[result] = user_spot()
        self._causes.use(operands)
        if self._bad(result.data):
            self._account(row, operands, result, spot)
            self._causes.wait(result)

    def _search(self, root: Value) -> None:
        """Find the causes of bad numbers that were computed outside of the block."""
        if root in self._seen or not root._children:
            return
        for node in root._topological_order():
            if node._children and self._bad(node.data) and node not in self._seen:
                self._account(node._row, node._children, node, _SPOTS.get(node))

    def _account(self, row: Op, operands: Sequence[Value], result: Value, spot: Spot | None) -> None:
        """Find the causes of a bad result: those of its operands, and what arose in it."""
        if result in self._seen:
            return
        self._seen.add(result)
        brought = [i for i in self._ways(row, operands, result) if self._bad(operands[i].data)]
        for i in brought:
            self._search(operands[i])
        found = dict.fromkeys(cause for i in brought for cause in self._causes.of(operands[i]))
        found |= dict.fromkeys(self._arising(row, operands, result, spot, brought))
        self._causes.put(result, found)

    @staticmethod
    def _ways(row: Op, operands: Sequence[Value], result: Value) -> Sequence[int]:
        """The positions of the operands that the result was made of: of a choice, those that were chosen."""
        every = range(len(operands))
        if row.masks not in (Masks.ALWAYS, Masks.BUT_FIRST):
            return every
        local_grads = row.local_gradients(result.data, [x.data for x in operands])
        return [i for i in every if not masks(row, i, operands, local_grads[i])]

    def _arising(
        self, row: Op, operands: Sequence[Value], result: Value, spot: Spot | None, brought: Sequence[int]
    ) -> Iterable[Cause]:
        """What arose in a bad result, or came in with an operand that is data."""
        data: list[int] = []
        if math.isnan(result.data):
            nan = [i for i in brought if math.isnan(operands[i].data)]
            data = [i for i in nan if not operands[i]._children and operands[i] not in self._seen]
            if nan and not data:
                return
        elif any(math.isinf(operands[i].data) for i in brought):
            return
        position = data[0] if data else None
        cause = Cause(
            Anomaly(
                _kind(result.data),
                "forward",
                "operator" if position is None else "operand",
                _name(row),
                _described(row, operands),
                result.data,
                position,
                place=line_of(spot),
            )
        )
        for i in data:
            self._seen.add(operands[i])
            self._causes.put(operands[i], {cause: None})
        yield cause

    # -- backward -----------------------------------------------------------------------------------

    def started(self, root: Value, gradient: float) -> None:
        self._of_gradient = {}
        self._causes.forget()
        if self._bad(gradient):
            place = line_of(user_spot())
            self._report_all(
                [Cause(Anomaly(_kind(gradient), "backward", "start", "backward", (), gradient, place=place))]
            )
        if self._bad(root.data):
            self._search(root)
            self._report_all(self._causes.of(root))

    def hooked(self, node: Value, before: float, after: float) -> None:
        if not self._bad(after):
            self._of_gradient.pop(node, None)
        elif not self._bad(before):
            self._of_gradient[node] = {self._in_gradient("hook", node, None, before, after): None}

    def sent(self, node: Value, position: int, gradient: float, part: float, total: float) -> None:
        child = node._children[position]
        if self._bad(part):
            if self._bad(gradient):
                found = self._of_gradient.get(node, {})
            else:
                found = {self._in_gradient("operator", node, position, gradient, part): None}
        elif self._bad(total + part) and not self._bad(total):
            found = {self._in_gradient("sum", node, position, gradient, total + part): None}
        else:
            return
        self._of_gradient.setdefault(child, {}).update(found)

    def finished(self, leaves: Iterable[Value]) -> None:
        """Report what has come to the gradient of a leaf that takes one."""
        found: dict[Cause, None] = {}
        for leaf in leaves:
            if leaf._row is not CONSTANT and leaf._row is not FROZEN and self._bad(leaf.grad):
                found |= self._of_gradient.get(leaf, {})
        self._of_gradient = {}
        self._report_all(found)

    def _in_gradient(
        self, origin: Any, node: Value, position: int | None, gradient: float, result: float
    ) -> Cause:
        return Cause(
            Anomaly(
                _kind(result),
                "backward",
                origin,
                _name(node._row),
                _described(node._row, node._children, node._local_grads),
                result,
                position,
                gradient,
                line_of(_SPOTS.get(node)),
            )
        )

    # -- reporting ------------------------------------------------------------------------------------

    def left(
        self, latch: Any, kind: Any = None, error: BaseException | None = None, traceback: Any = None
    ) -> None:
        """Leave the block; what waits now is in results that nothing was computed of."""
        latch().release()
        waiting = self._causes.forget()
        if error is None or not self._raising:
            self._report_all(waiting)
        elif waiting and isinstance(error, Exception) and not isinstance(error, AnomalyError):
            error.add_note(f"within detect_anomaly(): {min(waiting).anomaly}")

    def _report_all(self, causes: Iterable[Cause]) -> None:
        """Report causes, in the order in which they arose, each once; or raise the first."""
        for cause in sorted(causes):
            if not cause.reported:
                cause.reported = True
                self._report.add(cause.anomaly)
                if self._raising:
                    raise AnomalyError(cause.anomaly)


def _kind(x: float) -> str:
    return "nan" if math.isnan(x) else "inf" if x > 0 else "-inf"


def _name(row: Op) -> str:
    return abridged((row.base or row).name, LONGEST) or "an operator built by hand"


def _described(
    row: Op, operands: Sequence[Value], local_grads: Sequence[float] | None = None
) -> tuple[Operand, ...]:
    """The operands with the operator's names for them; those that are baked into the row come last."""
    baked = zip((row.base or row).operands[len(operands) :], row.baked, strict=False)
    roles = row.roles(len(operands))
    return (
        *(
            Operand(role, x.label, x.data, local_grads[i] if local_grads else None)
            for i, (role, x) in enumerate(zip(roles, operands, strict=True))
        ),
        *(Operand(name, "", value) for name, value in baked),
    )
