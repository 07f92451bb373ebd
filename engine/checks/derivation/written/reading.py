"""Reads a derivation into lines: from formulas in a dict, from text, or from the source of a function.

Text is parsed into Python's own tree and never executed; what the lines hold is computed by ``evaluate.py``.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import CodeType
from typing import Any

from engine.checks.derivation.written.functions import code_of, text_of
from engine.formulas import repairs
from engine.node.functions import FUNCTIONS
from engine.quoting import abridged, brief

__all__ = ["DerivationError", "Line", "Program", "read_formulas", "read_function", "read_text"]


class DerivationError(ValueError):
    """A derivation that cannot be read; the message names its line and what to write instead."""


@dataclass(frozen=True)
class Line:
    """One line of a derivation: names, and the expression that they are set to.

    Attributes:
        targets: the names that are set; several where a tuple is taken apart.
        expression: the tree of the right side.
        text: the right side as written.
        number: of the line, counted from 1.
        slot: what of the result it is, where it stands behind ``return``: a position or a key.
    """

    targets: tuple[str, ...]
    expression: ast.expr
    text: str
    number: int
    slot: int | str | None = None

    @property
    def name(self) -> str:
        """The name it sets; of several the first."""
        return self.targets[0]

    def with_expression(self, expression: ast.expr, text: str) -> Line:
        """The line with another right side."""
        return replace(self, expression=expression, text=text)


@dataclass
class Program:
    """The lines of a derivation in order.

    Attributes:
        lines: what is computed.
        functions: helpers that it defines, by name.
        returned: by position or key the name of what is returned; of a function only.
        unit: what its parts are called: "line", or "formula".
        is_tuple: whether a function returns several results.
    """

    lines: list[Line] = field(default_factory=list)
    functions: dict[str, ast.Lambda] = field(default_factory=dict)
    returned: dict[int | str, str] = field(default_factory=dict)
    unit: str = "line"
    is_tuple: bool = False


SIGNS = str.maketrans({"·": "*", "×": "*", "⊙": "*", "∘": "*", "−": "-", "²": "**2", "³": "**3", "∂": "d"})
"""Signs of mathematics, and how Python writes them."""


def in_ascii(text: str) -> str:
    """A formula with the signs of mathematics as Python writes them.

    >>> in_ascii("(y − t)·σ'(z)·W2ᵀ")
    '(y - t)*σ_prime(z)*W2.T'
    """
    text = re.sub(r"(\w)['’′]\s*\(", r"\1_prime(", text.translate(SIGNS))
    return text.replace("ᵀ", ".T")


def read_formulas(formulas: Mapping[str, Any]) -> Program:
    """The lines of a dict from names to formulas, which may use those before them.

    >>> [line.name for line in read_formulas({"dz": "y - t", "dw": "dz*x"}).lines]
    ['dz', 'dw']

    Raises:
        DerivationError: a formula cannot be read.
        TypeError: a name or a formula is not a text or a number.
    """
    program = Program(unit="formula")
    for number, (name, formula) in enumerate(formulas.items(), start=1):
        if not isinstance(name, str):
            raise TypeError(f"the formulas of a derivation have names, such as 'dw'; got {brief(name)}")
        if formula is None:
            continue  # no gradient of that one
        if isinstance(formula, (int, float)) and not isinstance(formula, bool):
            formula = repr(formula)
        if not isinstance(formula, str):
            raise TypeError(f"the formula {name!r} must be a text, such as '(y - t)*x'; got {brief(formula)}")
        tree = _parsed(in_ascii(formula).strip(), f"formula {name!r}", "eval")
        program.lines.append(Line((in_ascii(name).strip(),), tree.body, formula.strip(), number))
    return program


def read_text(text: str) -> Program:
    """The lines of a text in the style of NumPy: assignments, a line or a semicolon each.

    >>> [line.text for line in read_text("dz2 = (y_hat - y)*s(z2); dW2 = dz2 @ h1.T").lines]
    ['(y_hat - y)*s(z2)', 'dz2 @ h1.T']

    Raises:
        DerivationError: a line is not an assignment that can be read.
    """
    source = in_ascii(textwrap.dedent(text)).strip("\n")
    program = _program(_parsed(source, "line", "exec").body, source)
    if "_prime(" not in text:  # they are shown as they were written
        program.lines = [replace(line, text=line.text.replace("_prime(", "'(")) for line in program.lines]
    return program


def read_function(function: Callable[..., Any]) -> Program | None:
    """The lines of a function, where its source is there and does nothing but compute; else None.

    >>> def backward(y, t, x):
    ...     dz = y - t
    ...     return dz * x, dz
    >>> read_function(backward).returned
    {0: 'return 0', 1: 'dz'}
    """
    code = code_of(function)
    if code is None:
        return None
    try:
        if code.co_name == "<lambda>":
            return _of_lambda(code)
        source = textwrap.dedent(inspect.getsource(code))
        tree = _parsed(source, "line", "exec")
        bodies = [node.body for node in tree.body if isinstance(node, ast.FunctionDef)]
        return _program(bodies[0], source) if bodies else None
    except (OSError, TypeError, DerivationError, SyntaxError):
        return None


def _of_lambda(code: CodeType) -> Program | None:
    """The lambda that a code was compiled from, found by the place of its body in the source."""
    lines, _ = inspect.findsource(code)
    source = "".join(lines)
    places = {(line, column) for line, _, column, _ in code.co_positions()}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Lambda) and (node.body.lineno, node.body.col_offset) in places:
            text = f"({ast.get_source_segment(source, node)})"
            body = next(each.body for each in ast.walk(ast.parse(text)) if isinstance(each, ast.Lambda))
            return _program([ast.copy_location(ast.Return(body), body)], text)
    return None


def _parsed(source: str, what: str, mode: str) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the parser's remarks on style
            return ast.parse(source, mode=mode)
    except (RecursionError, MemoryError):
        raise DerivationError(f"{what}: nested too deeply to be read") from None
    except SyntaxError as error:
        line = (error.text or source).strip()
        where = f"{what} {error.lineno}" if mode == "exec" else what
        raise DerivationError(f"{where}: {error.msg} in {abridged(line, 80)!r}{_advice(line)}") from None
    except ValueError as error:
        raise DerivationError(f"{what}: {error}") from None


def _advice(line: str) -> str:
    found = repairs.repair(re.sub(r"^\w+\s*=\s*", "", line), FUNCTIONS)
    return f"; {found}" if found else "; a line sets a name to an expression, as in: dw = (y - t)*x"


def _program(body: list[ast.stmt], source: str) -> Program:
    """Statements as lines; DerivationError for one that is not an assignment."""
    program = Program()
    for statement in body:

        def add(*targets: ast.expr, value: ast.expr, text: str = "", number: int = statement.lineno) -> None:
            names = tuple(target.id for target in targets if isinstance(target, ast.Name))
            program.lines.append(Line(names, value, text or text_of(value, source), number))

        match statement:
            case ast.Expr(value=ast.Constant(value=str())) | ast.Pass():
                continue
            case ast.Import(names=[ast.alias(name="numpy" | "math" | "engine")]):
                continue
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda() as function):
                program.functions[name] = function
            case ast.Assign(targets=targets, value=value) if _are_names(targets):
                for target in targets:
                    add(target, value=value)
            case ast.Assign([ast.Tuple(elts=items)], ast.Tuple(elts=values)) if _independent(items, values):
                for target, value in zip(items, values, strict=True):
                    add(target, value=value)
            case ast.Assign(targets=[ast.Tuple(elts=items)], value=value) if _are_names(items):
                add(*items, value=value)
            case ast.AnnAssign(target=ast.Name() as target, value=ast.expr() as value):
                add(target, value=value)
            case ast.AugAssign(target=ast.Name(id=name) as target, op=op, value=value):
                whole = ast.copy_location(ast.BinOp(ast.Name(name, ast.Load()), op, value), value)
                add(target, value=ast.fix_missing_locations(whole), text=ast.unparse(whole))
            case ast.FunctionDef(
                name=name, args=parameters, body=[*before, ast.Return(value=ast.expr() as value)]
            ) if all(isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant) for each in before):
                program.functions[name] = ast.copy_location(ast.Lambda(parameters, value), statement)
            case ast.Return(value=ast.expr() as value) if statement is body[-1]:
                _add_return(program, value, source)
            case _:
                part = abridged((ast.get_source_segment(source, statement) or "").splitlines()[0], 60)
                raise DerivationError(
                    f"line {statement.lineno}: {part!r} is not an assignment. A derivation in text is lines "
                    "such as dw = (y - t)*x; for one with loops or conditions give a Python function"
                )
    return program


def _add_return(program: Program, value: ast.expr, source: str) -> None:
    slots: list[tuple[Any, ast.expr]] = [(0, value)]
    match value:
        case ast.Tuple(elts=items):
            slots, program.is_tuple = [*enumerate(items)], True
        case ast.Dict(keys=keys, values=values) if all(
            isinstance(key, ast.Constant) and isinstance(key.value, str) for key in keys
        ):
            slots = [(getattr(key, "value", key), item) for key, item in zip(keys, values, strict=True)]
    set_before = {name for line in program.lines for name in line.targets}
    for slot, item in slots:
        if isinstance(item, ast.Constant) and item.value is None:
            continue  # no gradient of that one
        if isinstance(item, ast.Name) and item.id in set_before:
            program.returned[slot] = item.id
        else:
            name = f"return {slot}"
            program.returned[slot] = name
            program.lines.append(Line((name,), item, text_of(item, source), item.lineno, slot))


def _are_names(targets: list[ast.expr]) -> bool:
    return all(isinstance(target, ast.Name) for target in targets)


def _independent(items: list[ast.expr], values: list[ast.expr]) -> bool:
    """Whether names are set to expressions that use none of them: then the order makes no difference."""
    names = {item.id for item in items if isinstance(item, ast.Name)}
    used = {node.id for value in values for node in ast.walk(value) if isinstance(node, ast.Name)}
    return len(names) == len(items) == len(values) and not names & used
