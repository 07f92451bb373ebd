"""Finds the names that bytecode reads: globals, attributes, modules; and whether it compares objects."""

from __future__ import annotations

import dis
import re
import sys
from collections.abc import Callable, Iterator
from functools import cache, lru_cache, reduce, wraps
from importlib.util import resolve_name
from itertools import accumulate, pairwise, takewhile
from operator import or_
from types import CodeType
from typing import Any, TypeVar

__all__ = [
    "attributes_read",
    "compares_objects",
    "globals_named",
    "globals_read",
    "imported",
    "makes_texts",
    "names_not_called",
    "names_read",
    "opens_to_read",
    "reads_any_name",
    "tells_apart",
    "used_beside_updates",
]

Found = TypeVar("Found", bool, frozenset[str])

_INDIRECT = frozenset({"globals", "vars", "eval", "exec", "modules", "__globals__", "__dict__"})
"""Names by which code may find a global under a name that is a string."""

_ANY_NAME = frozenset(
    {
        *("vars", "__dict__", "eval", "exec", "attrgetter", "methodcaller", "getmembers", "getattr_static"),
        *("asdict", "astuple", "copy", "deepcopy", "dumps", "dump", "__getattribute__"),
    }
)
"""Names by which code may find an attribute under a name that it does not hold."""

_BY_TEXT = _ANY_NAME | {"getattr"}
"""Names by which code may read an attribute under a name that is a string."""

_LOOK_UP = frozenset({"getattr", "hasattr"})
_OF_TEXTS = frozenset({"str", "repr", "ascii", "format", "print", "dir", "pprint"})
_FORMATS = frozenset(
    number
    for name, number in dis.opmap.items()
    if name.startswith(("FORMAT_", "CONVERT_VALUE", "BUILD_STRING", "BUILD_TEMPLATE", "BUILD_INTERPOLATION"))
)
_COMPARES = frozenset({dis.opmap["COMPARE_OP"], dis.opmap["CONTAINS_OP"]})
_ORDERS = frozenset(
    {*("sorted", "sort", "index", "count", "remove", "heappush", "heappop"), max.__name__, min.__name__}
)
"""Names of what compares objects."""
_BETWEEN = frozenset({"PUSH_NULL", "CACHE", "NOP", "EXTENDED_ARG", "KW_NAMES", "RESUME"})
_BY_OBJECT = frozenset(
    {"id", "is_", "is_not", "isinstance", "type", "hash", "label", "_op", "_row", "_children"}
)
"""Names of what tells Values apart by more than their numbers."""
_OTHER_USES = ("STORE_", "DELETE_", "IMPORT_NAME", "MAKE_CELL")
"""How the names of instructions start that have a name which they do not read."""
_WITH_NAME = frozenset(dis.opname[number] for number in (*dis.hasname, *dis.hasfree) if number < 256)
_READS = frozenset(
    {"LOAD_CONST"} | {name for name in _WITH_NAME if not name.startswith(_OTHER_USES)}  # also new ones
)
_ELSEWHERE = frozenset(
    number
    for name, number in dis.opmap.items()
    if name.startswith(("STORE_", "DELETE_", "IMPORT_NAME")) and not name.endswith(("_FAST", "_SUBSCR"))
)
"""Instructions with a name that they do not read."""

_LOADS = _READS.difference({"LOAD_CONST", "IMPORT_FROM", "LOAD_CLOSURE"}) | {"LOAD_FAST"}
_NAMES = ("LOAD_FAST", "LOAD_GLOBAL", "LOAD_NAME", "LOAD_DEREF")
_STORES = ("STORE_ATTR", "STORE_GLOBAL", "STORE_DEREF")
_OF_GLOBALS = ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS")
_WRITES = ("w", "a", "x", "wt", "at", "xt", "wb", "ab", "xb")
"""How a file is opened to write."""
_ENDS = ("BEFORE_WITH", "LOAD_SPECIAL", "POP_TOP", "STORE_", "RETURN_", "GET_ITER")
"""What uses the result of a call."""
_CHANGES = frozenset({"append", "add", "extend", "update", "appendleft", "clear"})


def _within(code: CodeType) -> Iterator[CodeType]:
    """The functions within a function."""
    return (constant for constant in code.co_consts if isinstance(constant, CodeType))


def _or_within(find: Callable[[CodeType], Found]) -> Callable[[CodeType], Found]:
    """Of code and the functions within it what is found in any: all names, or whether it is so."""

    @wraps(find)
    def found(code: CodeType) -> Any:
        return reduce(or_, map(known, _within(code)), find(code))

    known: Callable[[CodeType], Found] = cache(found)
    return known


@lru_cache(maxsize=64)
def _steps(code: CodeType) -> tuple[dis.Instruction, ...]:
    """The instructions of code; several readers ask for them, and ``dis`` takes 10 µs for each."""
    return tuple(dis.get_instructions(code))


def _steps_but(code: CodeType) -> list[dis.Instruction]:
    """Those that do something between what is loaded and what uses it."""
    return [step for step in _steps(code) if step.opname not in _BETWEEN]


def _texts(constant: object) -> Iterator[str]:
    if isinstance(constant, str):
        yield constant
    elif isinstance(constant, (tuple, frozenset)):
        for part in constant:
            yield from _texts(part)


@cache
def globals_read(code: CodeType) -> frozenset[str]:
    """The names that code, and the functions within it, may read globals by.

    An attribute or a key of a dict reads none: a global of that name, as the variable of a loop, may change.
    """
    every = names_read(code)
    return every if every & _INDIRECT else globals_named(code)


@_or_within
def globals_named(code: CodeType) -> frozenset[str]:
    """The names under which code, and the functions within it, read globals."""
    return frozenset(step.argval for step in _steps(code) if step.opname in _OF_GLOBALS)


@_or_within
def names_read(code: CodeType) -> frozenset[str]:
    """The names and strings that code, and the functions within it, may read attributes and globals by."""
    names: set[Any] = {*code.co_names, *code.co_freevars, *code.co_cellvars}
    if "__class__" in names or not _ELSEWHERE.isdisjoint(code.co_code[::2]):  # not all of these are read
        names = {step.argval for step in _steps(code) if step.opname in _READS}
        names = {name for name in names if isinstance(name, str)}
    return frozenset(names).union(*map(_texts, code.co_consts))


@cache
def names_not_called(code: CodeType) -> frozenset[str]:
    """The names and strings that code may read for more than to call a method of that name at once.

    >>> def of(model, pairs):
    ...     return model.items, [key for key, _ in pairs.values()]
    >>> sorted(names_not_called(of.__code__) & {"items", "values"})
    ['items']
    """
    steps = _steps(code)
    called = {step.argval for step in steps if _is_of_method(step)}
    read = {step.argval for step in steps if step.opname in _READS and not _is_of_method(step)}
    texts = {text for constant in code.co_consts for text in _texts(constant)}
    inner = frozenset[str]().union(*map(names_not_called, _within(code)))
    return names_read(code) - (called - read - texts - inner)


def _is_of_method(step: dis.Instruction) -> bool:
    return step.opname == "LOAD_METHOD" or (
        step.opname == "LOAD_ATTR" and sys.version_info >= (3, 12) and bool((step.arg or 0) & 1)
    )


@_or_within
def attributes_read(code: CodeType) -> frozenset[str]:
    """The names that code, and the functions within it, read attributes by; those of globals aside.

    >>> import time
    >>> sorted(attributes_read((lambda: time.time() + time.sleep.x).__code__))
    ['sleep', 'time', 'x']
    """
    ends = "_ATTR", "_METHOD", "IMPORT_FROM"
    return frozenset(
        step.argval for step in _steps(code) if step.opname in _READS and step.opname.endswith(ends)
    )


@_or_within
def opens_to_read(code: CodeType) -> bool:
    """Whether code, or a function within it, opens files by ``open``, and not to write.

    >>> def log(text):
    ...     with open("log.txt", "a") as file:
    ...         file.write(text)
    >>> opens_to_read(log.__code__), opens_to_read((lambda: open("settings.txt").read()).__code__)
    (False, True)
    """
    steps = _steps(code)
    for i, step in enumerate(steps):
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME") and step.argval == "open":
            given = takewhile(lambda each: not each.opname.startswith(_ENDS), steps[i + 1 :])
            if not any(each.opname.startswith("LOAD_CONST") and each.argval in _WRITES for each in given):
                return True
    return False


@_or_within
def reads_any_name(code: CodeType) -> bool:
    """Whether code may read attributes by names that do not stand in it, as ``getattr(model, name)`` does.

    >>> def of(model, i):
    ...     return getattr(model, f"w{i}")
    >>> reads_any_name(of.__code__), reads_any_name((lambda model: getattr(model, "bias", None)).__code__)
    (True, False)
    """
    if not _ANY_NAME.isdisjoint(names_read(code)):
        return True
    steps = _steps_but(code)
    looked_up = (
        i
        for i, step in enumerate(steps)
        if step.argval in _LOOK_UP and step.opname in ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_DEREF")
    )
    return not all(_second_is_text(steps[i + 1 :]) for i in looked_up)


@_or_within
def compares_objects(code: CodeType) -> bool:
    """Whether code, or a function within it, may call what compares two objects.

    >>> compares_objects((lambda a, b: a == b).__code__), compares_objects((lambda a: a.x).__code__)
    (True, False)
    """
    return not (_COMPARES.isdisjoint(code.co_code[::2]) and _ORDERS.isdisjoint(names_read(code)))


@_or_within
def makes_texts(code: CodeType) -> bool:
    """Whether code, or a function within it, may ask objects for their texts, as ``f"{model}"`` does.

    >>> def of(model):
    ...     return f"{model}"
    >>> makes_texts(of.__code__), makes_texts((lambda model: model % 2).__code__)
    (True, False)
    """
    return (
        not _FORMATS.isdisjoint(code.co_code[::2])
        or not _OF_TEXTS.isdisjoint(names_read(code))
        or any("%" in text for constant in code.co_consts for text in _texts(constant))
    )


def _second_is_text(steps: list[dis.Instruction]) -> bool:
    """Whether the second argument of a call, of which these instructions come first, is a string."""
    depth, found = 0, False
    for step in steps:
        if found and step.opname in ("PRECALL", "CALL", "CALL_FUNCTION") and depth == step.arg:
            return True
        before = depth
        depth += dis.stack_effect(step.opcode, step.arg, jump=False)
        if depth < 0 or "JUMP" in step.opname:
            return False
        if depth <= 2:
            found = (before, depth) == (1, 2) and "CONST" in step.opname and isinstance(step.argval, str)
    return False


@cache
def imported(code: CodeType, package: str) -> frozenset[str]:
    """The modules that code of a package, and the functions within it, import when they run."""
    names: set[str] = set()
    steps = _steps_but(code)
    for level, _, step in zip(steps, steps[1:], steps[2:], strict=False):
        if step.opname == "IMPORT_NAME":
            dots = level.argval if isinstance(level.argval, int) else 0
            try:
                name = resolve_name("." * dots + step.argval, package)
            except ImportError:
                continue
            names.update(accumulate(name.split("."), "{}.{}".format))
    return frozenset(names).union(*(imported(inner, package) for inner in _within(code)))


@_or_within
def used_beside_updates(code: CodeType) -> frozenset[str]:
    """The names of what code reads but to change it, as it does in ``self.calls += 1`` or ``log.append(x)``.

    What it set before, in any case, it may read.

    >>> def f(model):
    ...     model.calls += 1
    ...     model.log.append(model.scale)
    >>> sorted(used_beside_updates(f.__code__))
    ['model', 'scale']
    """
    steps = [each for step in _steps_but(code) for each in _alone(step)]
    by_text = not _BY_TEXT.isdisjoint(code.co_names) or any(step.opname == "MATCH_CLASS" for step in steps)
    used = {text for constant in code.co_consts for text in _texts(constant)} if by_text else set[str]()
    changed, is_set = set[str](), set[Any]()
    caught = [range(each.start, each.end) for each in vars(dis.Bytecode(code))["exception_entries"]]
    always = True  # whether this is reached in any case
    for i, step in enumerate(steps):
        always = always and "JUMP" not in step.opname and step.opname not in ("FOR_ITER", "PUSH_EXC_INFO")
        owner = steps[i - 1].argval if i and steps[i - 1].opname in _NAMES else None
        place = (owner, step.argval) if step.opname.endswith(("_ATTR", "_METHOD")) else step.argval
        if step.opname.startswith("STORE_"):
            is_set -= {each for each in is_set if isinstance(each, tuple) and each[0] == step.argval}
        if step.opname in _STORES and always:
            is_named = place[:1] != (None,)  # in a.b.x = 1 it is not known of which object
            if is_named and not any(step.offset in each for each in caught):  # in a try it may fail
                is_set.add(place)
        elif _is_of_method(step) and step.argval in _CHANGES:
            continue
        elif step.opname in _LOADS and (place not in is_set or step.argval in changed):
            kind = changed if _is_update(step.argval, steps[i + 1 : i + 10]) else used
            kind.add(step.argval)
    return frozenset(used)


def _alone(step: dis.Instruction) -> Iterator[dis.Instruction]:
    """The instructions that one stands for: Python 3.13 loads and stores two local variables by one.

    Other ways to load one, as where it may not be set (3.12), count as the plain one.
    """
    kinds = re.findall("(?:LOAD|STORE)_FAST", step.opname)
    names = step.argval if isinstance(step.argval, tuple) else (step.argval,)
    if not kinds or len(kinds) != len(names):
        yield step
        return
    for kind, name in zip(kinds, names, strict=True):
        yield step._replace(opname=kind, argval=name)


def _is_update(name: str, steps: list[dis.Instruction]) -> bool:
    """Whether what was just loaded by a name is changed by the next instructions, and not used otherwise."""
    if not steps:
        return False
    while len(steps) > 2 and steps[0].opname.startswith("LOAD_") and steps[1].opname == "BINARY_SUBSCR":
        steps = steps[2:]  # a part of it
    if steps[0].opname in ("LOAD_METHOD", "LOAD_ATTR"):
        return steps[0].argval in _CHANGES
    names = [step.opname for step in steps]
    if not names[0].startswith("LOAD_"):
        return False
    if names[1:2] == ["STORE_SUBSCR"] or names[1:4] == ["COPY", "COPY", "BINARY_SUBSCR"]:
        return True
    after = steps[2:] if names[1:2] == ["BINARY_OP"] else []
    stored = next((step for step in after if step.opname not in ("SWAP", "LOAD_FAST")), None)
    return stored is not None and stored.opname in _STORES and stored.argval == name


@_or_within
def tells_apart(code: CodeType) -> bool:
    """Whether code asks which object something is, but for a constant such as None, or of which class."""
    asks = any(
        (b.opname == "IS_OP" and a.opname != "LOAD_CONST") or b.opname == "MATCH_CLASS"
        for a, b in pairwise(_steps(code))
    )
    return asks or not _BY_OBJECT.isdisjoint(names_read(code))
