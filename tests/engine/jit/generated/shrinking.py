"""A failing program made as small as it gets while it fails in the same way."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from tests.engine.jit.generated.description import Program, Result, Step
from tests.engine.jit.generated.expressions import smaller_expressions

__all__ = ["shrink", "smaller_programs"]

_PLAIN: dict[str, Any] = {
    "width": 1,
    "size": 1,
    "stride": 1,
    "channels": 1,
    "height": 1,
    "bias": False,
    "style": "sum",
    "activation": "none",
    "affine": False,
    "by_hand": False,
    "causal": False,
    "cell": "simple",
    "shared": True,
}
"""The simplest choice for each option of a block."""


def shrink(program: Program, fails: Callable[[Program], bool], most: int = 1_000) -> Program:
    """The smallest program found that still fails, by leaving out what can be left out.

    Args:
        fails: whether a program fails as the first does.
        most: how many programs are tried.
    """
    tried = 0
    again = True
    while again:
        again = False
        for smaller in smaller_programs(program):
            tried += 1
            if tried > most:
                return program
            if fails(smaller):
                program, again = smaller, True
                break
    return program


def smaller_programs(program: Program) -> Iterator[Program]:
    """Programs with one thing less, the largest cuts first."""
    for i in range(len(program.calls)):
        yield from _without(program, "calls", i)
    for i in range(len(program.steps)):
        if program.steps:
            yield replace(program, steps=program.steps[:i] + program.steps[i + 1 :])
    for i in range(len(program.results)):
        yield from _without(program, "results", i)
    for field, simple in (
        ("outside", ()),
        ("frozen", ""),
        ("holder", "closure"),
        ("layout", "positional"),
        ("given", "numbers"),
        ("given", "Values"),
        ("nesting", "bare"),
        ("nesting", "list"),
        ("mode", "plain"),
        ("mode", "batch"),
        ("width", 1),
        ("width", 2),
        ("numbers", "common"),
        ("numbers", "round"),
    ):
        smaller = replace(program, **{field: simple})
        if smaller != program and _is_simpler(program, smaller) and _is_possible(smaller):
            yield smaller
    for i, step in enumerate(program.steps):
        for other in _smaller_steps(step):
            yield replace(program, steps=(*program.steps[:i], other, *program.steps[i + 1 :]))
    for i, result in enumerate(program.results):
        for one in _smaller_results(result):
            yield replace(program, results=(*program.results[:i], one, *program.results[i + 1 :]))
    for i, call in enumerate(program.calls):
        for change in ({"length": 1}, {"length": 2}, {"before": "nothing"}, {"together": True}):
            smaller_call = replace(call, **change)
            if smaller_call != call and smaller_call.length <= call.length:
                yield replace(program, calls=(*program.calls[:i], smaller_call, *program.calls[i + 1 :]))


_ORDERS: dict[str, list[Any]] = {
    "given": ["numbers", "Values"],
    "nesting": ["bare", "list"],
    "mode": ["plain", "batch"],
    "width": [1, 2],
    "numbers": ["round", "common", "hostile"],
}


def _is_simpler(program: Program, smaller: Program) -> bool:
    """Whether a choice was replaced by a simpler one, so that shrinking ends."""
    for field, order in _ORDERS.items():
        old, new = getattr(program, field), getattr(smaller, field)
        if old != new and old in order and order.index(new) > order.index(old):
            return False
    return True


def _is_possible(program: Program) -> bool:
    if program.nesting == "bare" and len(program.results) > 1:
        return False
    return not ("map" in program.mode and "Values" in program.given) and not (
        program.mode == "derivative" and "Values" not in program.given
    )


def _without(program: Program, field: str, i: int) -> Iterator[Program]:
    parts = getattr(program, field)
    if len(parts) > 1:
        yield replace(program, **{field: parts[:i] + parts[i + 1 :]})


def _smaller_steps(step: Step) -> Iterator[Step]:
    if step.others != 1:
        yield replace(step, others=1)
    if step.group != "A":
        yield replace(step, group="A")
    for name, value in step.options.items():
        if name == "expression":
            for expression in smaller_expressions(value, "awt" if step.block == "formula" else "aw"):
                yield replace(step, options={**step.options, name: expression})
        elif name in _PLAIN and value != _PLAIN[name]:
            yield replace(step, options={**step.options, name: _PLAIN[name]})


def _smaller_results(result: Result) -> Iterator[Result]:
    for i in range(len(result.penalties)):
        yield replace(result, penalties=result.penalties[:i] + result.penalties[i + 1 :])
    for i, (kind, group, scale) in enumerate(result.penalties):
        for simpler in (("squares", group, scale), (kind, "A", scale), (kind, group, 1.0)):
            if simpler != result.penalties[i] and (
                kind == "squares" or simpler[0] == "squares" or simpler[0] == kind
            ):
                yield replace(result, penalties=(*result.penalties[:i], simpler, *result.penalties[i + 1 :]))
    for kind in ("entry", "sum"):
        if result.kind not in ("entry", kind) and not (result.kind == "sum" and kind == "sum"):
            yield replace(result, kind=kind)
    if result.group != "A":
        yield replace(result, group="A")
    if result.back:
        yield replace(result, back=0)
