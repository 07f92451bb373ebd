"""From groups to an array program: forward statements, and where gradients are wanted backward ones."""

from __future__ import annotations

from engine.jit.emit.backward import write_backward
from engine.jit.emit.forward import Program, write_forward
from engine.jit.lower.cells import Layout

__all__ = ["build_program"]


def build_program(layout: Layout, outputs: list[int], differentiate: bool) -> Program:
    """The statements of all groups.

    Args:
        layout: groups and cells.
        outputs: refs of the outputs.
        differentiate: whether to add the backward pass.
    """
    program = Program(layout, outputs)
    write_forward(program)
    if differentiate:
        write_backward(program)
    return program
