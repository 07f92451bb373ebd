"""Write what editors read of the operators from the table: ``python .ci/write_stubs.py``.

``engine/ops/methods.pyi`` holds the operators and methods of Value and of every other number type,
``engine/__init__.pyi`` the functions of ``engine``, and where everything else that it offers comes from;
``nn/__init__.pyi`` the same of ``nn``, which imports its parts when they are asked for; and
``viz/__init__.pyi`` where what ``viz`` offers comes from.
"""

import inspect
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ARRAY = "NDArray[Any]"
WRITTEN = "# Written by .ci/write_stubs.py from the operators and from what is imported later: run it again."

METHODS_HEAD = f"""{WRITTEN}

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeAlias, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from engine.ops.op import Op

Number: TypeAlias = float | np.floating[Any] | np.integer[Any]

Result = TypeVar("Result")

BINARY: dict[str, str]
UNARY: dict[str, str]
METHODS: dict[str, Callable[..., Any]]

def is_left_to(other: Any, row: Op) -> bool: ...

class Methods(Generic[Result]):
    def _apply(self, row: Op, operands: Sequence[Any]) -> Any: ...
"""

ENGINE_HEAD = f"""{WRITTEN}

from collections.abc import Iterable
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from engine.ops.methods import Number
"""

NN_HEAD = f"""{WRITTEN}

from collections.abc import Iterable
from typing import Any, TypeAlias, overload

from engine import Value
from nn import functional as functional
from nn import init as init
from nn import losses as losses
from nn import optim as optim
from nn import utils as utils
"""
"""The modules are found as attributes where nobody imported them, as those of ``torch.nn`` are."""

Parameters = list[tuple[str, str]]
"""The parameters of a function as text: name and default, empty where there is none."""


def definition(
    name: str, parameters: list[str], result: str, doc: str = "", overloaded: bool = False
) -> Iterator[str]:
    """The lines of one stub."""
    if overloaded:
        yield "@overload"
    head = f"def {name}({', '.join(parameters)}) -> {result}:{'' if doc else ' ...'}"
    # a sequence of numbers is one of Values and numbers, too, of which there are just no Values
    overlap = "float" in result and parameters[0].startswith(("xs: Iterable", "a: Iterable", "*"))
    yield f"{head}  # type: ignore[overload-overlap]" if overlap else head
    if doc:
        first, *rest = doc.strip().splitlines()
        begin, end = 'r"""' if "\\" in doc else '"""', '"""' if not rest else ""
        yield f"    {begin}{first}{end}"
        yield from (f"    {line}".rstrip() for line in rest)
        if rest:
            yield '    """'


def stub(name: str, forms: list[tuple[list[str], str]], doc: str = "") -> list[str]:
    """The lines of a function of several forms: parameters and result of each; the first is documented."""
    return [
        line
        for i, (parameters, result) in enumerate(forms)
        for line in definition(name, parameters, result, "" if i else doc, len(forms) > 1)
    ]


def of_kinds(parameters: Parameters, kinds: list[str]) -> list[str]:
    """Parameters with their types and defaults."""
    return [
        f"{name}: {kind}" + (f" = {default}" if default else "")
        for (name, default), kind in zip(parameters, kinds, strict=True)
    ]


def forms_with(parameters: Parameters, other: str, special: str, rest: str, result: str) -> Iterator[Any]:
    """One form for each parameter that may be the first of a special kind; those after it are of any.

    Args:
        parameters: all that there are.
        other: the type of those before it.
        special: its type.
        rest: the type of those after it.
        result: what is returned then.
    """
    for i in range(len(parameters)):
        kinds = [*[other] * i, special, *[rest] * (len(parameters) - i - 1)]
        needed = [(name, "") for name, _ in parameters[: i + 1]]
        yield of_kinds([*needed, *parameters[i + 1 :]], kinds), result


def parameters_of(function: Callable[..., Any] | inspect.Signature) -> Parameters:
    """Names and defaults of a function's parameters."""
    signature = function if isinstance(function, inspect.Signature) else inspect.signature(function)
    return [
        (name, "" if each.default is each.empty else repr(each.default))
        for name, each in signature.parameters.items()
    ]


# -- methods ---------------------------------------------------------------------------------------------


def method(name: str, parameters: Parameters, doc: str = "", result: str = "Result") -> list[str]:
    """A method for numbers, and for arrays, whose result is an array."""
    operand = "Result | Number"
    forms = [(of_kinds(parameters, [operand] * len(parameters)), result)]
    forms += forms_with(parameters, operand, ARRAY, f"{operand} | {ARRAY}", ARRAY)
    return stub(name, [(["self", *texts], returned) for texts, returned in forms], doc)


def methods_stub() -> str:
    """The text of engine/ops/methods.pyi."""
    from engine.ops import OPERATORS
    from engine.ops.composed import CALLED
    from engine.ops.methods import BINARY, METHODS, UNARY

    lines = []
    for name in UNARY:
        lines += stub(f"__{name}__", [(["self"], "Result")])
    for name in BINARY:
        lines += method(f"__{name}__", [("other", "")])
        lines += stub(
            f"__r{name}__", [(["self", "other: Number"], "Result"), (["self", f"other: {ARRAY}"], ARRAY)]
        )
    for name, row in OPERATORS.items():
        if name in METHODS:
            lines += method(name, parameters_of(row.signature)[1:], METHODS[name].__doc__ or "")
    for name, function in METHODS.items():
        if name not in OPERATORS:
            lines += method(name, parameters_of(function)[1:], function.__doc__ or "")
    for name, function in CALLED.items():
        if name not in METHODS:
            result = "bool" if name.startswith("logical") else "Result"
            others = list(inspect.signature(function).parameters)[1:]
            lines += method(name, [(other, "") for other in others], result=result)
    return METHODS_HEAD + "".join(f"    {line}".rstrip() + "\n" for line in lines)


# -- functions -------------------------------------------------------------------------------------------


def function(name: str, parameters: Parameters, doc: str) -> list[str]:
    """A function of numbers, which gives a float, of Values and of arrays."""
    forms = [(of_kinds(parameters, ["Number"] * len(parameters)), "float")]
    forms += forms_with(parameters, "Number", "Value", "Value | Number", "Value")
    forms += forms_with(parameters, "Value | Number", ARRAY, f"Value | Number | {ARRAY}", ARRAY)
    return stub(name, forms, doc)


def sequence_forms(parameters: Parameters, kinds: list[str], result: str) -> list[tuple[list[str], str]]:
    """The forms of a function of iterables, whose types have Any for what its operands may be.

    Checkers that know little of an argument take the first form that fits: so arrays and Values come first.
    """
    iterables = [i for i, kind in enumerate(kinds) if kind == "Iterable[Any]"]
    mixed = [kind.replace("Any", "Value | Number") for kind in kinds]
    arrays = [[*kinds[:i], ARRAY, *kinds[i + 1 :]] for i in iterables]
    values = [[*mixed[:i], "Iterable[Value]", *mixed[i + 1 :]] for i in iterables]
    numbers = [kind.replace("Any", "Number") for kind in kinds]
    return [
        *((of_kinds(parameters, each), result) for each in arrays),
        *((of_kinds(parameters, each), result.replace("Any", "Value")) for each in values),
        (of_kinds(parameters, numbers), result.replace("Any", "float")),
        (of_kinds(parameters, mixed), result.replace("Any", "Value")),
    ]


def sequence_function(name: str, doc: str) -> list[str]:
    """A function of an iterable, or of as many numbers as there are."""
    forms = sequence_forms([("xs", "")], ["Iterable[Any]"], "Any")
    forms = [([*parameters, "/"], result) for parameters, result in forms]
    return stub(name, [*forms, (["*xs: Number"], "float"), (["*xs: Value | Number"], "Value")], doc)


def composed_function(name: str, function: Callable[..., Any]) -> list[str]:
    """A function of iterables that is written by hand, with types."""
    signature = inspect.signature(function)
    kinds = [each.annotation for each in signature.parameters.values()]
    forms = sequence_forms(parameters_of(signature), kinds, signature.return_annotation)
    return stub(name, forms, inspect.getdoc(function) or "")


def engine_stub() -> str:
    """The text of engine/__init__.pyi."""
    import engine
    from engine.node import functions
    from engine.ops import OPERATORS, finite

    modules = {"Value": "engine.node.backend", "backend": "engine.node.backend"}
    for name in engine.__all__:
        if name not in modules and name not in functions.FUNCTIONS:
            modules[name] = engine._LATER.get(name) or getattr(engine, name).__module__
    for name in finite.__all__:
        del modules[name]
    lines = ["", "__version__: str", ""]
    for name, found in functions.FUNCTIONS.items():
        written = (
            found if inspect.isfunction(found) else vars(functions).get(name)
        )  # which C may call in its place
        if inspect.isfunction(written) and written.__module__ == functions.__name__:
            lines += composed_function(name, written)
        elif OPERATORS[name].arity is None:
            lines += sequence_function(name, inspect.getdoc(found) or "")
        else:
            lines += function(name, parameters_of(OPERATORS[name].signature), inspect.getdoc(found) or "")
    for name in finite.__all__:
        forms = [(["x: Value | Number"], "bool"), ([f"x: {ARRAY}"], "NDArray[np.bool_]")]
        lines += stub(name, forms, inspect.getdoc(getattr(engine, name)) or "")
    return ENGINE_HEAD + "\n".join([*imports(modules), *lines, "", *offered(engine.__all__)])


# -- what is imported later ------------------------------------------------------------------------------


def imports(modules: Mapping[str, str]) -> list[str]:
    """The lines that offer names of modules, of a package that offers all of them."""
    lines = [f"from {module} import {name} as {name}" for name, module in modules.items()]
    return sorted(lines, key=lambda line: line.split()[1::2])


def offered(names: list[str]) -> list[str]:
    """The lines of ``__all__``; the last is empty."""
    return ["__all__ = [", *(f'    "{name}",' for name in names), "]", ""]


def loss_function(name: str, function: Callable[..., Any]) -> list[str]:
    """A loss: of predictions that are Values it is a Value."""
    predictions, *others = parameters_of(function)
    kinds = [["_Values", *("Any" for _ in others)], ["Any", *("Any" for _ in others)]]
    forms = [
        (of_kinds([predictions, *others], kind), result)
        for kind, result in zip(kinds, ("Value", "Any"), strict=True)
    ]
    return stub(name, forms, inspect.getdoc(function) or "")


def nn_stub() -> str:
    """The text of nn/__init__.pyi."""
    import nn

    modules = {name: module for name, module in nn._LATER.items() if name not in nn.LOSSES}
    losses = {name: getattr(nn, name) for name in nn.LOSSES if name in nn._LATER}
    lines = [line for name, found in losses.items() for line in loss_function(name, found)]
    values = "_Values: TypeAlias = Value | Iterable[Value] | Iterable[Iterable[Value]]"
    return NN_HEAD + "\n".join([*imports(modules), "", values, "", *lines, "", *offered(nn.__all__)])


def viz_stub() -> str:
    """The text of viz/__init__.pyi."""
    import viz

    return "\n".join([WRITTEN, "", *imports(viz._LATER), "", *offered(viz.__all__)])


STUBS = {
    "engine/ops/methods.pyi": methods_stub,
    "engine/__init__.pyi": engine_stub,
    "nn/__init__.pyi": nn_stub,
    "viz/__init__.pyi": viz_stub,
}
"""The files below the checkout, and what makes their text."""


def main() -> None:
    """Replace each file in one step."""
    sys.path.insert(0, str(ROOT))
    for name, text in STUBS.items():
        fresh = ROOT / f"{name}.new"
        fresh.write_text(text(), encoding="utf-8")
        os.replace(fresh, ROOT / name)


if __name__ == "__main__":
    main()
