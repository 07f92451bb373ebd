"""What stands around a line: the quantities of f, and how they are made of each other."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from itertools import permutations
from typing import Any

import numpy as np

from engine.checks.derivation.compare import as_array
from engine.checks.derivation.forward import Forward, shape_of
from engine.checks.derivation.slips.table import Surroundings
from engine.checks.derivation.trial import Trial
from engine.checks.derivation.written.evaluate import Scope
from engine.errors import ChainruleError
from engine.node.backend import Value
from engine.pytree.maps import flatten

__all__ = ["Relations", "is_number"]


class Relations:
    """How the quantities of f are made of each other, as the runs of a trial show."""

    def __init__(self, trial: Trial) -> None:
        self.trial, self.runs = trial, trial.runs
        self._named_partials: dict[str, tuple[str, str]] = {}
        self._partials: dict[tuple[str, str, int], Any] = {}
        self._activations: dict[tuple[str, str], bool] = {}

    def let_partials_be_found(self, scope: Scope, forward: Forward) -> None:
        """What the names of derivatives in a change stand for, at the numbers of a run."""

        def derivative(name: str) -> Any:
            of, by = self._named_partials[name]
            partial = self._partial(of, by, forward)
            if partial is None:
                raise KeyError(name)
            return partial if partial.ndim else float(partial)

        scope.derivative = derivative

    def around(self, j: int, names: Mapping[str, Any]) -> Surroundings:
        """What a change of a line may be made of.

        Args:
            j: the line.
            names: what there is at the given point.
        """
        forward = self.runs[0][1]
        # of two names of one thing the one that a person used
        shapes = {
            name: shape_of(x) for name, x in names.items() if is_number(x) and name.isidentifier()
        }
        gradients_of = {
            line.name: claim.by
            for line, claim in zip(self.trial.lines, self.trial.claims, strict=True)
            if claim is not None and claim.kind == "gradient"
        }
        known = [name for name in forward.values if name in shapes]
        arguments = self.trial.setting.names
        activations = {
            output: given for output, given in permutations(known, 2)
            if shapes[output] == shapes[given] and self._is_activation(output, given)
        }  # fmt: skip
        steps = [name for name in known if name not in arguments and name not in forward.loss_names]
        activations = {**activations, **{name: "" for name in steps if name not in activations}}
        biases = [name for name in known if name.casefold().startswith("b") and name in arguments]
        lengths: dict[int, dict[str, None]] = {}
        for name in arguments:
            for size in shape_of(forward.numbers[name]):
                if size > 1:
                    lengths.setdefault(size, {})[name] = None
        sizes = {size: f"a length of {' and '.join(list(of)[:4])}" for size, of in lengths.items()}
        functions = [*self.trial.by_hand.program.functions]
        claim = self.trial.claims[j]
        for line in self.trial.lines:  # out = s(a), with names of one's own
            match line.expression:
                case ast.Call(args=[ast.Name(id=given)], keywords=[]) if line.name in shapes:
                    if shapes.get(given) == shapes[line.name]:
                        activations[line.name] = given
        exponentials = [
            output for output, given in activations.items()
            if given in forward.numbers and output in forward.numbers
            and np.allclose(forward.numbers[output], np.exp(forward.numbers[given]))
        ]  # fmt: skip
        self._named_partials |= {_derivative_name(of, by): (of, by) for of in known for by in known}
        partials = {
            _derivative_name(of, by): f"d{of}/d{by}" for of, by in permutations(known, 2)
            if of not in forward.loss_names and self._has_partial(of, by)
            and (claim is None or (claim.of, claim.by) != (of, by))
        }  # fmt: skip
        return Surroundings(
            shapes, gradients_of, activations, exponentials, partials, biases, sizes, functions
        )

    def _has_partial(self, of: str, by: str) -> bool:
        """Whether there is a derivative of one by the other, element by element, other than 0 and 1."""
        forward = self.runs[-1][1]
        partial = self._partial(of, by, forward)
        return partial is not None and bool(np.any((partial != 0) & (partial != 1)))

    def _partial(self, of: str, by: str, forward: Forward) -> Any:
        kept = self._partials
        key = (of, by, id(forward))
        if key not in kept:
            found = None
            if shape_of(forward.numbers[of]) == shape_of(forward.numbers[by]):
                try:
                    found = forward.partial(of, by)
                except ChainruleError:
                    found = None
            kept[key] = None if found is None else as_array(found)
        return kept[key]

    def _is_activation(self, output: str, given: str) -> bool:
        """Whether a quantity is a function of another, element by element, that is not a mere factor."""
        kept = self._activations
        if (output, given) not in kept:
            found = []
            for _, forward in self.runs[:3]:
                partial = self._partial(output, given, forward)
                if partial is None or not _depends_on_nothing_else(forward, output, given):
                    break
                found.append(partial.ravel())
            varied = len(found) == 3 and np.ptp(np.concatenate(found)) > 1e-9
            kept[output, given] = bool(varied and all(np.any(each) for each in found))
        return bool(kept[output, given])


def _derivative_name(of: str, by: str) -> str:
    return f"(d{of}/d{by})"


def _depends_on_nothing_else(forward: Forward, output: str, given: str) -> bool:
    """Whether a quantity is computed from another alone, and from constants."""
    stop = set(flatten(forward.values[given]))
    named = {x for tree in forward.values.values() for x in flatten(tree) if isinstance(x, Value)}
    waiting, seen = [x for x in flatten(forward.values[output]) if isinstance(x, Value)][:1], set()
    while waiting:
        node = waiting.pop()
        if node in stop or node in seen:
            continue
        seen.add(node)
        if not node._children and node in named:
            return False
        waiting += node._children
    return True


def is_number(x: Any) -> bool:
    """Whether something is a number, or an array of floats."""
    if isinstance(x, (bool, str)) or x is None or callable(x):
        return False
    return isinstance(x, (int, float)) or (isinstance(x, np.ndarray) and x.dtype.kind == "f")
