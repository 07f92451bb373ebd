"""The function that a derivation is of: run at a point, with the names and numbers of all that it computes.

The names are those of its arguments and of its local variables at the moment it returns.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from engine.autograd.context_decorator import and_put_back
from engine.autograd.grad_mode import enable_grad
from engine.checks.derivation.forward import Forward, as_numbers, as_values, is_of_numbers
from engine.checks.derivation.written.arrays import arrayed
from engine.checks.derivation.written.evaluate import Scope, evaluate
from engine.checks.derivation.written.functions import seen_by, with_locals
from engine.checks.derivation.written.reading import DerivationError, Program, read_text
from engine.floats.coerce import is_real
from engine.node.backend import Value
from engine.node.bulk import write_data
from engine.pytree.maps import copied, flatten
from engine.quoting import brief

__all__ = ["Point", "Setting", "bound", "must_be_leaves", "setting_of"]

Point = dict[str, Any]
"""Numbers by the name of an argument: floats, float arrays, or lists of floats."""


class Setting:
    """A function with the names of its arguments.

    Attributes:
        names: of the arguments that hold numbers, in order.
        base: the point that was given.
        outside: what the function sees besides: its globals and closure.
        others: arguments that are not numbers, by name.
        order: the names of all arguments.
        beside: called with each run, while the numbers of captured Values are those of the point.
    """

    def __init__(
        self,
        f: Any,
        base: Point,
        run: Callable[[Point, Callable[[dict[str, Any], Any], Forward]], Forward],
        outside: Mapping[str, Any],
        others: Mapping[str, Any] | None = None,
        order: Sequence[str] | None = None,
    ) -> None:
        self.names, self.base, self._run, self.outside = [*base], base, run, outside
        self.others, self.order = dict(others or {}), [*(order if order is not None else base)]
        self.called = getattr(f, "__name__", "f")
        self.beside: Callable[[Forward], Any] | None = None

    def run(self, point: Point) -> Forward:
        """Run the function at a point.

        Raises:
            TypeError: its result is not one number.
        """

        def made(values: dict[str, Any], loss: Any) -> Forward:
            if isinstance(loss, np.ndarray) and loss.size == 1:
                loss = loss.ravel()[0]
            if not isinstance(loss, Value) and not is_real(loss):
                raise TypeError(
                    f"{self.called} must return one number, the loss that is differentiated; got "
                    f"{brief(loss)}"
                )
            forward = Forward(values, loss)
            if self.beside is not None:
                forward.beside = self.beside(forward)
            return forward

        with enable_grad():
            return self._run(point, made)


def setting_of(f: Any, args: tuple[Any, ...], wrt: Sequence[Value] | None = None) -> Setting:
    """The setting of a function, or of one that is given as text.

    Args:
        f: a function that returns a Value, or lines such as ``"y = sigmoid(w*x); E = (y - t)**2/2"``.
        args: its arguments; of a text one dict of numbers by name.
        wrt: Values that f uses besides, whose gradients are to be checked.
    """
    if isinstance(f, str):
        return _of_text(read_text(f), args)
    if not callable(f):
        raise TypeError(f"f must be a function, or lines of text that end in the loss; got {brief(f)}")
    return _of_function(f, args, wrt)


def _of_function(f: Callable[..., Any], args: tuple[Any, ...], wrt: Sequence[Value] | None) -> Setting:
    outside = seen_by(f)
    names = _argument_names(f, args)
    if wrt is not None:
        return _of_captured(f, args, wrt, outside)
    if not args:
        raise ValueError(
            "nothing to differentiate by: give the numbers at which the derivation is checked, as in "
            "check_derivation(f, formulas, 0.5, 2.0), or the Values that f uses, as wrt=[w, b]"
        )
    base = {name: as_numbers(arg) for name, arg in zip(names, args, strict=True) if is_of_numbers(arg)}
    whole = {name for name, arg in zip(names, args, strict=True) if name in base and _is_of_integers(arg)}

    def run(point: Point, made: Callable[[dict[str, Any], Any], Forward]) -> Forward:
        def attempt(kept: Collection[str]) -> tuple[dict[str, Any], Any]:
            trees = {
                name: arg if name in kept else as_values(point[name], name)
                for name, arg in zip(names, args, strict=True)
            }
            loss, found = with_locals(f, [trees[name] for name in names])
            return {**found, **trees}, loss

        try:
            found = attempt(setting.others)
        except (TypeError, IndexError):
            if not whole & {*setting.base}:
                raise
            found = attempt({*setting.others, *whole})
            for name in whole:  # an index, or a count: it is the same at all points
                setting.names.remove(name)
                setting.others[name] = args[names.index(name)]
                del setting.base[name]
        return made(*found)

    others = {name: arg for name, arg in zip(names, args, strict=True) if name not in base}
    setting = Setting(f, base, run, outside, others, names)
    return setting


def _of_captured(
    f: Callable[..., Any], args: tuple[Any, ...], wrt: Sequence[Value], outside: Mapping[str, Any]
) -> Setting:
    """The setting of a function of Values that it captures; their numbers are put back after each run."""
    known = {id(x): name for name, x in outside.items() if isinstance(x, Value)}
    names: list[str] = []
    for i, variable in enumerate(must_be_leaves(wrt)):
        name = known.get(id(variable)) or str(variable.label) or f"wrt[{i}]"
        names.append(name if name not in names else f"wrt[{i}]")
    kept = np.array([variable.data for variable in wrt])

    def run(point: Point, made: Callable[[dict[str, Any], Any], Forward]) -> Forward:
        def at_point() -> Forward:
            write_data(wrt, np.array([point[name] for name in names]))
            loss, found = with_locals(f, list(copied(args)))
            captured = {name: x for name, x in outside.items() if isinstance(x, Value)}
            forward = made({**captured, **found, **dict(zip(names, wrt, strict=True))}, loss)
            forward.adjoint(names[0])
            return forward

        return and_put_back(at_point, lambda: write_data(wrt, kept))

    return Setting(f, dict(zip(names, kept.tolist(), strict=True)), run, outside, order=())


def _of_text(program: Program, args: tuple[Any, ...]) -> Setting:
    """The setting of lines of text, whose last one is the loss."""
    if not program.lines:
        raise ValueError("f has no line: write what it computes, such as y = w*x; E = (y - t)**2/2")
    set_here = {name for line in program.lines for name in line.targets}
    used: dict[str, None] = {}
    before: set[str] = set()
    for line in program.lines:
        names = [node for node in ast.walk(line.expression) if isinstance(node, ast.Name)]
        for node in sorted(names, key=lambda node: (node.lineno, node.col_offset)):
            if node.id not in before and _is_operand(node, line.expression):
                used.setdefault(node.id)
        before |= set(line.targets)
    free = [name for name in used if name not in program.functions]
    given = args[0] if len(args) == 1 and isinstance(args[0], Mapping) else None
    if given is None:
        if len(args) != len(free):
            raise ValueError(
                f"f has {len(free)} names without a value ({', '.join(free)}): give their numbers in this "
                f"order, or as one dict; got {len(args)}"
            )
        given = dict(zip(free, args, strict=True))
    base = {str(name): as_numbers(arrayed(x)) for name, x in given.items()}
    if twice := set_here & set(base):
        raise ValueError(f"{', '.join(sorted(twice))}: set by a line of f, and given a number too")

    def run(point: Point, made: Callable[[dict[str, Any], Any], Forward]) -> Forward:
        trees = {name: as_values(point[name], name) for name in base}
        scope = Scope(trees, program.functions, {})
        found: Any = 0.0
        for line in program.lines:
            try:
                found = evaluate(line.expression, scope)
            except DerivationError as error:
                raise DerivationError(f"line {line.number} of f, {line.name}: {error}") from None
            except Exception as error:  # whatever the shapes that were given run into
                shapes = ", ".join(
                    f"{name} {np.shape(x)}" if np.ndim(x) else name for name, x in base.items()
                )
                raise ValueError(
                    f"line {line.number} of f, {line.name} = {line.text}: {error}. The numbers went to its "
                    f"open names in the order of their first use, {shapes}; give a dict to name them"
                ) from None
            scope.names.update(zip(line.targets, [found] if len(line.targets) == 1 else found, strict=True))
        return made(scope.names, found)

    return Setting(None, base, run, {})


def _is_operand(node: ast.Name, expression: ast.expr) -> bool:
    """Whether a name stands for a number, and not for a function, a module or a parameter of a lambda."""
    for each in ast.walk(expression):
        if isinstance(each, ast.Call) and each.func is node:
            return False
        if isinstance(each, ast.Attribute) and each.value is node and node.id in ("np", "numpy", "math"):
            return False
    return node.id not in ("pi",)


def bound(f: Callable[..., Any], args: Sequence[Any], advice: str = "") -> inspect.BoundArguments | None:
    """The arguments by the names of f's parameters; None of a function in C, or of what cannot be called.

    Args:
        f: the function.
        args: its arguments.
        advice: what the error says besides, of a function that takes none.

    Raises:
        TypeError: f does not take these.
    """
    try:
        signature = inspect.signature(f)
    except (TypeError, ValueError):
        return None
    try:
        return signature.bind(*args)
    except TypeError as error:
        more = "" if signature.parameters else advice
        name = getattr(f, "__name__", "f")
        raise TypeError(f"{name}{signature} does not take the {len(args)} given: {error}{more}") from None


def must_be_leaves(wrt: Iterable[Any]) -> list[Value]:
    """What is differentiated by, in a list; TypeError unless these are leaves."""
    listed = [*wrt]
    for variable in listed:
        if not isinstance(variable, Value) or variable._children:
            raise TypeError(f"wrt must be leaves (Values that no operator made), got {brief(variable)}")
    return listed


def _argument_names(f: Callable[..., Any], args: tuple[Any, ...]) -> list[str]:
    arguments = bound(f, args)
    if arguments is None:
        return [f"x{i}" for i in range(len(args))]
    names: list[str] = []
    for name, value in arguments.arguments.items():
        several = arguments.signature.parameters[name].kind is inspect.Parameter.VAR_POSITIONAL
        names += [f"{name}{i}" for i in range(len(value))] if several else [name]
    return names


def _is_of_integers(tree: Any) -> bool:
    if isinstance(tree, np.ndarray):
        return tree.dtype.kind in "iu"
    return not isinstance(tree, Value) and all(isinstance(x, int) for x in flatten(tree))
