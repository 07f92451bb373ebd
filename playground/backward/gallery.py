"""The examples of the menu: formulas, and programs of this project, each with what to look at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playground.backward.made import ProgramError

__all__ = ["examples", "program_of"]

_FORMULAS = [
    ("chain", "The chain rule", "x = 1.2\nv = x**2\nu = sin(v)\ny = exp(u)",
     "Three factors, one after the other: step and watch them multiply."),
    ("neuron", "One neuron",
     "x1 = 2\nx2 = 0\nw1 = -3\nw2 = 1\nb = 6.8814\nz = w1*x1 + w2*x2 + b\na = tanh(z)",
     "Click w1: its one path to the result. Drag b until the neuron saturates."),
    ("shared", "One variable, two ways", "x = 0.8\na = x**2\nb = sin(x)\nL = a*b + x",
     "Three terms meet in x: the gradient is their sum."),
    ("kinks", "Kinks", "x = 0\na = relu(x)\nb = abs(x - 1)\nL = a + b + max([x, 0.5])",
     "At a kink there is no derivative: check x, then drag it off 0."),
    ("infinite", "A nan and its line", "p = 0\nq = 0.5\ng = p*log(p)\nL = g + q**2",
     "The logarithm of 0: the warning names the line."),
]  # fmt: skip

_PROGRAMS = [
    ("xor", "An XOR network", "Four samples, one loss. Open a layer, then a neuron."),
    ("deep_sigmoid", "A deep sigmoid network", "Why does it not learn? Look at the warnings and the shares."),
    ("exploding", "Exploding gradients", "Each layer multiplies the gradient once more."),
    ("dead_relu", "Dead relu", "All gradients of the first layer are 0: find out why."),
    ("digits", "A large network", "5,000 nodes and 59,000 steps of the sweep, folded."),
]


def examples() -> list[dict[str, Any]]:
    """All examples in the order of the menu.

    >>> examples()[0]["name"]
    'chain'
    """
    formulas = [
        {"name": name, "title": title, "text": text, "language": "formula", "note": note}
        for name, title, text, note in _FORMULAS
    ]
    programs = [
        {"name": name, "title": title, "text": program_of(name), "language": "python", "note": note}
        for name, title, note in _PROGRAMS
    ]
    return [*formulas, *programs]


def program_of(name: str) -> str:
    """The text of a program among the examples.

    Raises:
        ProgramError: there is none of that name.
    """
    if name not in {each[0] for each in _PROGRAMS}:
        raise ProgramError(f"there is no example {name!r}")
    return (Path(__file__).parent / "examples" / f"{name}.py").read_text(encoding="utf-8")
