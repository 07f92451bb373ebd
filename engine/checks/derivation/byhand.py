"""A derivation as it is run: formulas, lines of text, or a function, at the numbers of one point."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.checks.derivation.forward import Forward, as_numbers, as_values, is_of_numbers
from engine.checks.derivation.setting import Setting
from engine.checks.derivation.written.arrays import arrayed
from engine.checks.derivation.written.claims import claims_of_lines, finals
from engine.checks.derivation.written.evaluate import Scope, evaluate
from engine.checks.derivation.written.functions import (
    defaults_of,
    last_lines,
    parameters_of,
    seen_by,
    signature_of,
    with_locals,
)
from engine.checks.derivation.written.reading import (
    DerivationError,
    Line,
    Program,
    read_formulas,
    read_function,
    read_text,
)
from engine.pytree.maps import copied
from engine.quoting import brief

__all__ = ["ByHand", "Trace"]

NUMBERS = ast.Constant(0.0)


@dataclass
class Trace:
    """What the lines gave at one point.

    Attributes:
        values: of each line; None of those not reached.
        error: the line that could not be computed and what it said, if any.
        names: all that was set, by name.
        decided: whether a comparison was met, whose outcome holds at this point only.
    """

    values: list[Any]
    error: tuple[int, Exception] | None = None
    names: dict[str, Any] = field(default_factory=dict)
    decided: bool = False


class ByHand:
    """A derivation, its lines, and what each of them is said to be.

    Args:
        backward: a dict of formulas, lines of text, or a function.
        setting: the function it is of.
        forward: a run of that, for the names of what it computes.
        wrt: the names of the arguments whose gradients are asked for; None for those that the lines name.

    Attributes:
        program: the lines; of a function that cannot be read, its local variables.
        claims: what each line is said to be, or None.
        finals: by the name of an argument the line that is its gradient.
        is_read: whether the lines can be computed one by one, with others in place of some.
    """

    def __init__(
        self, backward: Any, setting: Setting, forward: Forward, wrt: Sequence[str] | None = None
    ) -> None:
        self.setting, self.wrt = setting, wrt
        self.outside = dict(setting.outside)
        self.function: Callable[..., Any] | None = None
        self.renamed: dict[str, str] = {}
        self.is_read, self.fails, self.by_name = True, False, False
        if isinstance(backward, Mapping):
            self.program = read_formulas(backward)
        elif isinstance(backward, str):
            self.program = read_text(backward)
        elif callable(backward):
            self._take_function(backward, forward)
        else:
            raise TypeError(
                "a derivation is a dict of formulas such as {'dw': '(y - t)*x'}, lines of text, or a "
                f"function that returns the gradients; got {brief(backward)}"
            )
        if not self.program.lines and self.function is None:
            raise DerivationError("the derivation has no line")
        known = {*forward.values} | {*self.renamed}
        self.claims = claims_of_lines(self, known, forward.constants, forward.loss_names)
        self.finals = finals(self)

    # -- functions ------------------------------------------------------------------------------------

    def _take_function(self, function: Callable[..., Any], forward: Forward) -> None:
        self.function = function
        self.outside |= seen_by(function)
        self.by_name = self._binding(function, forward)
        if not self.by_name:
            self.renamed = dict(zip(parameters_of(function), self.setting.order, strict=False))
        read = read_function(function)
        try:
            result, local = self._called(forward)
        except Exception as error:  # of a function that was handed over
            if read is None or not read.lines:
                name = getattr(function, "__name__", "backward")
                raise DerivationError(f"{name} raised {type(error).__name__}: {error}") from error
            self.program, self.fails = read, True
            return
        self.is_read = read is not None and self._gives(read, result, forward)
        if not self.is_read:
            self.program = self._from_locals(function, result, local)

    def _gives(self, read: Program, result: Any, forward: Forward) -> bool:
        """Whether lines that were read, which are taken then, give what the function returned."""
        self.program, slots = read, _slots(result, read)
        if len(self.setting.names) > 1 and self._is_several(result) and not read.is_tuple:
            return False  # a list of several gradients
        try:
            trace = self.run(forward)
            return slots.keys() == read.returned.keys() and all(
                _equal(trace.names.get(read.returned[slot]), item) for slot, item in slots.items()
            )
        except (TypeError, ValueError):
            return False

    def _binding(self, function: Callable[..., Any], forward: Forward) -> bool:
        """Whether a function takes quantities by their names; else it takes the arguments of f in order."""
        if signature_of(function) is None:
            return False
        parameters = parameters_of(function)
        known = {*forward.numbers, *self.setting.others}
        if all(name in known for name in parameters):
            return True
        if len(parameters) == len(self.setting.order):
            return False
        name = getattr(function, "__name__", "backward")
        unknown = ", ".join(each for each in parameters if each not in known)
        raise TypeError(
            f"{name} takes {', '.join(parameters)}, but f has nothing of the name {unknown}: take the "
            f"arguments of f in their order ({', '.join(self.setting.order)}), or by their names any of "
            f"{', '.join(sorted(known))}"
        )

    def _called(self, forward: Forward) -> tuple[Any, dict[str, Any]]:
        """The result and the local variables of the function, on numbers; on Values where it needs them."""
        parameters = parameters_of(self.function)
        names = parameters if self.by_name else self.setting.order
        known = {**self.setting.others, **forward.numbers}
        given = [copied(known[name]) for name in names]
        assert self.function is not None
        try:
            with np.errstate(all="ignore"):
                return with_locals(self.function, given, helpers=False)
        except AttributeError:  # it asks a number for a method of Values
            given = [
                as_values(x, n) if n in forward.numbers else x for x, n in zip(given, names, strict=True)
            ]
            return with_locals(self.function, given, helpers=False)

    def _from_locals(self, function: Callable[..., Any], result: Any, local: dict[str, Any]) -> Program:
        """Lines for the local variables of a function that cannot be read line by line."""
        numbers = last_lines(function)
        parameters = parameters_of(function)
        program = Program(is_tuple=isinstance(result, tuple) or self._is_several(result))
        for name in local:
            if name not in parameters and numbers.get(name) != (0, ""):  # the counter of a loop is no line
                number, text = numbers.get(name, (0, ""))
                program.lines.append(Line((name,), NUMBERS, text, number))
        lines = {line.name for line in program.lines}
        for slot, item in _slots(result, program).items():
            same = [name for name, value in local.items() if value is item and name in lines]
            name = same[-1] if same else f"return {slot}"
            if not same:
                program.lines.append(Line((name,), NUMBERS, "", 0, slot))
            program.returned[slot] = name
        return program

    def _is_several(self, result: Any) -> bool:
        """Whether a list is several gradients, and not one of a list of weights."""
        if isinstance(result, list) and any(x is None for x in result):
            return True
        first = self.setting.base[self.setting.names[0]]
        try:
            return isinstance(result, list) and (np.shape(result) != np.shape(first) or not np.ndim(first))
        except ValueError:  # parts of different lengths
            return True

    # -- runs -------------------------------------------------------------------------------------------

    def run(self, forward: Forward, instead: Mapping[int, Any] | None = None,
            lines: Sequence[Line] | None = None, values: bool = False) -> Trace:  # fmt: skip
        """Compute the lines one after the other at the numbers of a run of f.

        Args:
            forward: the run.
            instead: by the position of a line what is taken for its result by those after it.
            lines: in place of those of the derivation.
            values: compute with Values in place of floats.
        """
        lines = self.program.lines if lines is None else lines
        names = {**self.setting.others, **(forward.values if values else forward.numbers)}
        if self.function is not None:
            known = names
            taken = {k: k for k in parameters_of(self.function)} if self.by_name else self.renamed
            names = {**defaults_of(self.function), **{mine: known[his] for mine, his in taken.items()}}
        scope = Scope({k: arrayed(v) for k, v in names.items()}, self.program.functions, self.outside)
        trace = Trace([None] * len(lines))
        for i, line in enumerate(lines):
            try:
                found = evaluate(line.expression, scope)
                if len(line.targets) > 1:
                    found = dict(zip(line.targets, found, strict=True))
                trace.values[i] = found
            except DerivationError as error:
                raise DerivationError(f"{self.called(i)}: {error}") from None
            except Exception as error:  # whatever the shapes and numbers of a person's formula run into
                trace.error = trace.error or (i, error)
                if not instead or i not in instead:
                    break
                found = None
            if instead and i in instead:
                found = instead[i]
            scope.names.update(found if isinstance(found, dict) else {line.name: found})
        trace.names, trace.decided = scope.names, scope.decided
        return trace

    def results(self, forward: Forward) -> Trace:
        """What the derivation gives at the numbers of a run of f; a function is called as it is."""
        if self.function is None or self.fails:
            return self.run(forward)
        trace = Trace([None] * len(self.program.lines))
        try:
            result, local = self._called(forward)
        except Exception as error:  # of the function that was handed over
            trace.error = (0, error)
            return trace
        slots = _slots(result, self.program)
        returned = self.program.returned
        trace.names = {**local, **{returned[s]: v for s, v in slots.items() if s in returned}}
        for i, line in enumerate(self.program.lines):
            value = trace.names.get(line.name)
            trace.values[i] = as_numbers(value) if is_of_numbers(value) else value
        return trace

    def called(self, i: int) -> str:
        """The name of a line in messages."""
        line = self.program.lines[i]
        if self.program.unit == "formula":
            return f"formula {line.name!r}"
        name = "" if line.slot is not None or line.name.startswith("return ") else f", {line.name}"
        return f"line {line.number}{name}" if line.number else f"result{name}"


def _equal(a: Any, b: Any) -> bool:
    with np.errstate(invalid="ignore"):
        return np.allclose(np.asarray(as_numbers(a), float), np.asarray(as_numbers(b), float), equal_nan=True)


def _slots(result: Any, program: Program) -> dict[int | str, Any]:
    if result is None:
        return {}
    if isinstance(result, Mapping):
        return {key: item for key, item in result.items() if item is not None}
    if isinstance(result, tuple) or (isinstance(result, list) and program.is_tuple):
        return {i: item for i, item in enumerate(result) if item is not None}
    return {0: result}
