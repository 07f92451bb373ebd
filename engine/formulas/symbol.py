"""Symbols, a number type that writes down what is computed with it, as a tree.

A rule of the operator table is made of arithmetic and of other rows, so running it on symbols, with
:data:`SYMBOLS` for its namespace ``m``, leaves its formula. Nothing is simplified here: the compiled node's
kernels are written from these trees, operation for operation.

>>> x = name("x")
>>> rule = lambda m, x: 1.0 / m.sqrt(x)
>>> rule(SYMBOLS, x)
Symbol('/', Symbol('number', 1.0), Symbol('call', 'sqrt', Symbol('name', 'x')))
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

__all__ = ["BINARY", "SYMBOLS", "Symbol", "as_symbol", "name", "number", "parse"]

BINARY = {
    "+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "**": "pow",
}  # fmt: skip
"""Python's operators of two numbers, with the name within ``__add__`` and ``__radd__``."""


class Symbol:
    """One node of a formula; equal ones are equal.

    Attributes:
        kind: ``"name"`` or ``"number"``; ``"neg"``, or one of :data:`BINARY`; ``"call"`` of a row;
            ``"where"``, a choice; or ``"compare"``.
        parts: the operands. A name and a number are themselves, a call begins with its name, and a comparison
            has its signs between the operands.
        size: how many names, numbers and operators there are in the formula.
    """

    __slots__ = ("_hash", "kind", "parts", "size")

    def __init__(self, kind: str, *parts: Any) -> None:
        self.kind = kind
        self.parts = parts
        self.size: int = 1 + (kind == "call") + sum(part.size for part in parts if isinstance(part, Symbol))
        self._hash = hash((kind, *map(_key, parts)))

    @property
    def operands(self) -> list[Symbol]:
        """The symbols among the parts."""
        return [part for part in self.parts if isinstance(part, Symbol)]

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Symbol) or (self._hash, self.kind) != (other._hash, other.kind):
            return False
        return [*map(_key, self.parts)] == [*map(_key, other.parts)]

    def __repr__(self) -> str:
        return f"Symbol({', '.join(map(repr, (self.kind, *self.parts)))})"

    if TYPE_CHECKING:  # made below

        def __add__(self, other: Any) -> Symbol: ...

        __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __add__
        __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __pow__ = __rpow__ = __add__
        __lt__ = __le__ = __gt__ = __ge__ = __add__

    def __neg__(self) -> Symbol:
        return Symbol("neg", self)

    def __bool__(self) -> bool:
        raise TypeError("a symbol has no number to decide by: rules do not branch, they use m.where")

    def names(self) -> set[str]:
        """The names in the formula.

        >>> sorted(parse("x * y + exp(x)").names())
        ['x', 'y']
        """
        return {self.parts[0]} if self.kind == "name" else set().union(*(x.names() for x in self.operands))

    def with_parts(self, change: Callable[[Symbol], Symbol]) -> Symbol:
        """The same node of changed operands."""
        return Symbol(self.kind, *(change(part) if isinstance(part, Symbol) else part for part in self.parts))

    def put(self, meaning: Mapping[str, Symbol]) -> Symbol:
        """The formula with others in place of names.

        >>> (name("x") + 1).put({"x": name("z")}) == name("z") + 1
        True
        """
        if self.kind == "name":
            return meaning.get(self.parts[0], self)
        return self.with_parts(lambda part: part.put(meaning)) if self.operands else self


def _key(part: Any) -> Any:
    return repr(part) if isinstance(part, float) else part  # which tells -0.0 from 0.0, and knows nan again


def _binary(sign: str, reflected: bool) -> Callable[[Symbol, Any], Symbol]:
    def method(self: Symbol, other: Any) -> Symbol:
        if sign == "*" and isinstance(other, float) and other != other:
            return number(other)  # nan times anything
        pair = (self, as_symbol(other))
        return Symbol(sign, *(pair[::-1] if reflected else pair))

    return method


for _sign, _name in BINARY.items():
    setattr(Symbol, f"__{_name}__", _binary(_sign, False))
    setattr(Symbol, f"__r{_name}__", _binary(_sign, True))


def _compared(sign: str) -> Callable[[Symbol, Any], Symbol]:
    return lambda self, other: Symbol("compare", self, sign, as_symbol(other))


for _sign, _name in {"<": "lt", "<=": "le", ">": "gt", ">=": "ge"}.items():
    setattr(Symbol, f"__{_name}__", _compared(_sign))


@lru_cache(maxsize=1024)
def name(text: str) -> Symbol:
    """The symbol of a name, or of any text that stands for itself."""
    return Symbol("name", text)


def number(value: float) -> Symbol:
    """The symbol of a number."""
    return Symbol("number", float(value))


def as_symbol(x: Any) -> Symbol:
    """A symbol as it is, a number as the symbol of that number."""
    return x if isinstance(x, Symbol) else number(x)


class _Symbols:
    """The rows of the table on symbols: the namespace ``m`` of the rules."""

    def __getattr__(self, name: str) -> Callable[..., Symbol]:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *xs: Symbol("call", name, *(map(as_symbol, _listed(xs))))

    def where(self, condition: Any, a: Any, b: Any) -> Symbol:
        return Symbol("where", as_symbol(condition), as_symbol(a), as_symbol(b))


def _listed(xs: tuple[Any, ...]) -> Any:
    """The operands of a row, or of a row over a sequence."""
    return xs[0] if len(xs) == 1 and isinstance(xs[0], (list, tuple)) else xs


SYMBOLS = _Symbols()
"""The rows on symbols."""


_OPERATORS = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip


@lru_cache(maxsize=1024)
def parse(text: str) -> Symbol | None:
    """A text as a formula; None where it is prose.

    What follows a comma outside of parentheses is a remark, such as ", 0 at 0".

    >>> parse("x if x > 0 else alpha * x").kind, parse("the largest")
    ('where', None)
    """
    try:
        tree = ast.parse(text, mode="eval").body
        return _read(tree.elts[0] if isinstance(tree, ast.Tuple) else tree)
    except (SyntaxError, ValueError, KeyError):
        return parse(text[: text.index(", ")]) if ", " in text else None


def _read(tree: ast.expr) -> Symbol:
    match tree:
        case ast.Name(id=text):
            return name(text)
        case ast.Constant(value=int() | float() as value):
            return number(value)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_read(operand)
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _OPERATORS:
            return Symbol(_OPERATORS[type(operator)], _read(left), _read(right))
        case ast.Call(func=ast.Name(id=text), args=arguments, keywords=[]):
            return Symbol("call", text, *map(_read, arguments))
        case ast.IfExp(test=test, body=body, orelse=other):
            return Symbol("where", _read(test), _read(body), _read(other))
        case ast.Compare(left=left, ops=signs, comparators=others):
            pairs = zip(signs, others, strict=True)
            rest = [part for sign, other in pairs for part in (_OPERATORS[type(sign)], _read(other))]
            return Symbol("compare", _read(left), *rest)
    raise ValueError("no formula")
