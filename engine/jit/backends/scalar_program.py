"""Programs line by line on Python's floats, for graphs too small or too irregular for arrays.

A statement on arrays costs as much as some twenty on floats, so a network of a few neurons, or a formula in
which nothing repeats, runs faster so. The lines follow the scalar graph as it was traced, in the engine's own
order, and call the table's functions: the numbers are the engine's to the last bit but for partials in far
tails.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from engine.floats.arrays import PARTIALS_OF_NUMBERS
from engine.jit.backends.outcome import OTHERWISE, Ran, if_finite
from engine.jit.emit.expression import Rows, is_closed
from engine.jit.emit.source import compiled
from engine.jit.emit.trees import Expression, Name, as_expression
from engine.jit.trace.guards import Computed, Position
from engine.jit.trace.traced_graph import CONSTANT, OPERATOR, Trace, is_own
from engine.node.backend import Value
from engine.ops.namespaces import Arithmetic
from engine.ops.op import Op
from engine.pytree.forms import Form

__all__ = ["ScalarProgram"]

Vector = np.ndarray[Any, np.dtype[np.float64]]

_LONGEST = 128  # operands of a sum that is written out


class ScalarProgram:
    """A program on floats.

    Attributes:
        source: its text.
        constants: functions of the table, and numbers, by name.
    """

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.guards = [guard for guard in trace.guards if guard.is_late]
        self.constants: dict[str, Any] = {}
        self._functions: dict[Op, str] = {}
        kinds, data = trace.kinds.tolist(), trace.data.tolist()
        self.names = [
            as_expression(data[i]) if kind == CONSTANT else Name(f"v{i}") for i, kind in enumerate(kinds)
        ]
        positions = {(leaf.is_input, leaf.index): i for i, leaf in trace.leaf_of.items()}
        for (is_input, index), i in positions.items():
            self.names[i] = Name(f"x{index}" if is_input else f"w{index}")
        # all captured Values are read, but not all inputs
        captured = [positions[False, i] for i in range(len(trace.captured))]
        self.leaves = [i for i in captured if trace.leaf_of[i].wanted]
        self.leaves += [positions[True, i] for i in np.flatnonzero(trace.wanted_inputs()).tolist()]
        offsets, operands = trace.offsets.tolist(), trace.operands.tolist()
        self.operands = [operands[a:b] for a, b in pairwise(offsets)]
        self.rows = [trace.rows[i] for i in trace.row_of.tolist()]
        self.wanted = self._wanted(kinds)
        self.source = self._source(kinds)

    @functools.cached_property
    def _compiled(self) -> Any:
        return compiled(self.source, self.constants)

    def run(self, values: Sequence[Value], numbers: Vector, differentiate: bool) -> Ran:
        """Outputs and gradients for these arguments, with what the captured Values hold now."""
        captured, inputs = [value.data for value in values], numbers.tolist()
        try:
            found = self._compiled["both" if differentiate else "forward"](captured, inputs)
        except (ZeroDivisionError, OverflowError):  # where the engine has an infinity
            return None, []
        if found is None:
            return OTHERWISE
        if not differentiate:
            return if_finite(found, [], sum(found))
        outputs, rows = found
        total = sum(map(sum, (outputs, *rows)))
        return if_finite(outputs, [np.array(row, dtype=float) for row in rows], total)

    def quick(self, form: Form, lock: Any) -> None:
        """There is no quick call."""

    def _wanted(self, kinds: list[int]) -> list[bool]:
        wanted = [False] * len(kinds)
        for i, kind in enumerate(kinds):
            if kind == OPERATOR:
                wanted[i] = any(wanted[x] for x in self.operands[i])
            elif i in self.trace.leaf_of:
                wanted[i] = self.trace.leaf_of[i].wanted
        return wanted

    # -- writing ----------------------------------------------------------------------------------

    def _source(self, kinds: list[int]) -> str:
        trace = self.trace
        forward = []
        checks_at = self._checks()
        for i, kind in enumerate(kinds):
            if kind == OPERATOR:
                forward.append(f"{self.names[i].text} = {self._value(i)}")
            forward += checks_at.get(i, ())
        outputs = ", ".join(self.names[i].text for i in trace.outputs)
        lines = ["def forward(captured, inputs):", *self._unpacking(), *forward, f"return [{outputs}]"]
        text = _function(lines)
        gradients: list[str] = []
        both = ["def both(captured, inputs):", *self._unpacking(), *forward]
        for output in trace.outputs:
            lines, found = self._backward(output)
            both += lines
            name = f"gradients{len(gradients)}"
            both.append(f"{name} = [{', '.join(found)}]")
            gradients.append(name)
        both.append(f"return [{outputs}], [{', '.join(gradients)}]")
        return f"{text}\n\n{_function(both)}"

    def _checks(self) -> dict[int, list[str]]:
        """Lines that stop where a decision comes out otherwise, by the node after which they can look."""
        found: dict[int, list[str]] = {}
        watched, inputs = self.trace.watched, len(self.trace.inputs)
        for k, guard in enumerate(self.guards):
            sides, after = [], 0
            for name in ("left", "right"):
                side = getattr(guard, name)
                if isinstance(side, Computed):
                    node = watched[side - inputs]
                    after = max(after, node)
                    sides.append(self.names[node].text)
                elif isinstance(side, Position):
                    sides.append(f"x{int(side)}")
                else:
                    self.constants[f"{name}{k}"] = side
                    sides.append(f"{name}{k}._data" if isinstance(side, Value) else f"{name}{k}")
            self.constants[f"holds{k}"] = guard.holds_between
            found.setdefault(after, []).append(f"if not holds{k}({', '.join(sides)}): return None")
        return found

    def _unpacking(self) -> list[str]:
        captured = [f"w{i}" for i in range(len(self.trace.captured))]
        inputs = [f"x{i}" for i in range(len(self.trace.inputs))]
        given = {"captured": captured, "inputs": inputs}
        return [f"{', '.join(names)}, = {of}" for of, names in given.items() if names]

    def _call(self, row: Op) -> str:
        """The name of a row's function on floats."""
        if row not in self._functions:
            number = len(self._functions)
            name = f"f_own{number}" if is_own(row) else f"f_{row.name}{number if row.baked else ''}"
            self._functions[row] = name
            self.constants[name] = row.forward
        return str(self._functions[row])

    def _value(self, i: int) -> str:
        row, xs = self.rows[i], [self.names[x] for x in self.operands[i]]
        if len(xs) <= _LONGEST and not row.baked:  # x**2 is the math module's pow, to the last bit
            value = row.in_arithmetic(_SUMS, xs)
            if value is not NotImplemented:
                return str(as_expression(value).text)
        return self.called(row, xs)

    def called(self, row: Op, operands: Sequence[Any]) -> str:
        """A row's function on floats, called."""
        given = ", ".join(as_expression(x).text for x in operands)
        return f"{self._call(row)}([{given}])" if row.arity is None else f"{self._call(row)}({given})"

    def _backward(self, output: int) -> tuple[list[str], list[str]]:
        """The lines from one output to the leaves, and the names of the leaves' gradients."""
        lines: list[str] = []
        gradient: dict[int, str] = {output: "1.0"}
        for i in range(output, -1, -1):
            g = gradient.get(i)
            if g is None or not self.wanted[i] or not self.operands[i] or i in self.trace.leaf_of:
                continue
            for x, partial in zip(self.operands[i], self._partials(i), strict=True):
                if not self.wanted[x] or is_closed(self.rows[i], partial):
                    continue
                value = as_expression(1.0) * partial if g == "1.0" else Name(g) * partial
                text = as_expression(value).text
                name = f"d{self.names[x].text}"
                lines.append(f"{name} = {text}" if x not in gradient else f"{name} = {gradient[x]} + {text}")
                gradient[x] = name
        return lines, [gradient.get(i, "0.0") for i in self.leaves]

    def _partials(self, i: int) -> Any:
        row, xs = self.rows[i], [self.names[x] for x in self.operands[i]]
        if is_own(row):  # asked as it runs
            partials = f"partials_of_{self._call(row)}"
            self.constants[partials] = row.local_gradients
            called = f"{partials}({self.names[i].text}, [{', '.join(x.text for x in xs)}])"
            return [Name(f"{called}[{j}]") for j in range(len(xs))]
        y, forms = self.names[i], _Forms(self)
        if row.arity is None:
            return row.partials[0](forms, y, xs)
        return [rule(forms, y, *xs) for rule in row.array_partials or row.partials]


class _Sums(Arithmetic):
    """Sums written out, from 0 as the engine computes them."""

    def sum(self, xs: Iterable[Expression]) -> Expression:
        return Name(" + ".join(["0.0", *(x.beside(1) for x in xs)]), level=1)

    def prod(self, xs: Iterable[Any]) -> Any:
        return NotImplemented


_SUMS = _Sums()


class _Forms(Rows):
    """The rows on floats: calls of their functions, and choices of which one side is computed."""

    def __init__(self, program: ScalarProgram) -> None:
        self._program = program

    def value(self, row: Op, operands: Sequence[Any]) -> Any:
        return Name(self._program.called(row, operands))

    def other(self, name: str) -> Any:
        return functools.partial(PARTIALS_OF_NUMBERS[name], self)

    def choose(self, condition: Any, usual: Any, other: Any) -> Any:
        return Name(f"({usual.text} if {condition.text} else {other.text})")

    def between(self, low: float, y: Any, high: float) -> Any:
        return Name(f"{low} < {y.text} < {high}")


def _function(lines: list[str]) -> str:
    head, *body = lines
    return "\n".join([head, *(f"    {line}" for line in body)])
