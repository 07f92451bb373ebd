"""The operations of the Backward pass tab: what the page may ask for, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from engine.floats.validate import integer
from playground.backward import gallery, questions, quiz
from playground.backward.formulas import from_formula
from playground.backward.lines import Lines
from playground.backward.made import Made, ProgramError
from playground.backward.programs import from_program
from playground.backward.scene import Scene
from playground.backward.statements import statements as lifted_statements
from playground.limits import time_limit

__all__ = ["OPERATIONS"]

LONGEST_TEXT = 200_000

LARGE = 20_000
"""Nodes beyond which the page draws a graph before its backward pass has been run."""

_SCENES: WeakKeyDictionary[Any, Scene] = WeakKeyDictionary()


def scene_of(session: Any) -> Scene:
    """The graph that a session shows.

    Raises:
        ProgramError: none was opened.
    """
    if session not in _SCENES:
        raise ProgramError("no graph is open", hint="Type a formula or choose an example.")
    return _SCENES[session]


def swept_scene_of(session: Any) -> Scene:
    """The same, after its backward pass, which leaves gradients in the nodes."""
    scene = scene_of(session)
    with time_limit():
        scene.sweep  # noqa: B018 - now it is there
    return scene


def node_of(session: Any, node: Any) -> tuple[Scene, int]:
    scene = swept_scene_of(session)
    i = integer("node", node, 0)
    if i >= len(scene.graph.nodes):
        raise ProgramError(f"there is no node {i}: the graph has {len(scene.graph.nodes)}")
    return scene, i


def start(session: Any) -> dict[str, Any]:
    """The examples, and the program named on the command line, if there is one."""
    program = session.program
    given = None
    if program is not None:
        given = {"name": program.name, "text": program.read_text(encoding="utf-8")}
    return {
        "examples": gallery.examples(),
        "given": given,
        "python": bool(session.in_tab),
        "handed": "loss" in session.given,
        "open": session in _SCENES,
    }


def open_text(
    session: Any, text: str = "", language: str = "formula", values: Mapping[str, float] | None = None,
    example: str | None = None, first: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Make a graph of a formula, a program, or an example of that name; returns all that is drawn.

    Whole programs run in the tab alone; on a server only the file that was named on the command line, and
    the examples. With ``first`` a large graph comes without gradients and steps, which ``backward_numbers``
    then brings: so it is seen before its backward pass has been run.
    """
    if len(text) > LONGEST_TEXT:
        raise ProgramError(f"the text has {len(text):,} characters; at most {LONGEST_TEXT:,} are read")
    if language == "python":
        made = _program(session, text, example)
    else:
        with time_limit():
            made = from_formula(text, values)
    with time_limit():
        scene = Scene(made, text, language)
        answer = all_of(scene, swept=not first or len(scene.graph.nodes) <= LARGE)
    session.done()
    _SCENES[session] = scene  # now that nothing can fail: else the page goes on with the graph that it shows
    return answer


def _program(session: Any, text: str, example: str | None) -> Any:
    is_example = example is not None and text.strip() == gallery.program_of(example).strip()
    named = session.program
    is_named = named is not None and text.strip() == named.read_text(encoding="utf-8").strip()
    if not (session.in_tab or is_example or is_named):
        raise ProgramError(
            "this server computes formulas; of programs it runs only the file it was started with",
            hint="Save the program and start: python -m playground FILE.py",
        )
    return from_program(text, named.name if is_named else "<program>")


def open_given(session: Any) -> dict[str, Any]:
    """Show the loss that a notebook handed on."""
    if "loss" not in session.given:
        raise ProgramError("no loss was handed to this page")
    root = session.given["loss"]
    _SCENES[session] = scene = Scene(Made(root, Lines()), "", "given")
    return all_of(scene)


def all_of(scene: Scene, *, swept: bool = True) -> dict[str, Any]:
    return {
        **scene.described(),
        **scene.view.shown(),
        "names": scene.names,
        "lines": np.array(scene.lines, np.int32),
        **(scene.numbers() if swept else scene.data()),
    }


def read_numbers(session: Any) -> dict[str, Any]:
    """The numbers and steps of the graph: see :meth:`Scene.numbers`."""
    return dict(swept_scene_of(session).numbers())


def change_view(
    session: Any,
    level: str | None = None,
    box: int | None = None,
    up: int | None = None,
    node: int | None = None,
) -> dict[str, Any]:
    """Fold and open: go to a level, open a box, go back up, or open what hides a node. One of them."""
    scene = scene_of(session)
    if level is not None:
        scene.view.set_level(level)
    elif box is not None:
        scene.view.open(integer("box", box, 0))
    elif up is not None:
        scene.view.up(integer("up", up, 0))
    elif node is not None:
        scene.view.reveal(node_of(session, node)[1])
    return scene.view.shown()


def set_leaves(session: Any, values: Mapping[str, float]) -> dict[str, Any]:
    """Set leaves by position and replay everything; returns the numbers and steps."""
    scene = scene_of(session)
    with time_limit():
        scene.change({int(node): x for node, x in values.items()})
    return dict(scene.numbers())


def describe_node(session: Any, node: int) -> dict[str, Any]:
    """What is to be said of a node: see :func:`playground.backward.questions.describe`."""
    return questions.describe(*node_of(session, node))


def step_arithmetic(session: Any, node: int, slot: int) -> dict[str, Any]:
    """The formula of one local gradient: of a node by one of its operands."""
    scene, i = node_of(session, node)
    slot = integer("slot", slot, 0)
    if slot >= len(scene.graph.nodes[i]._local_grads):
        raise ProgramError(f"{scene.names[i]} has no operand {slot}")
    return scene.arithmetic(i, slot)


def node_paths(session: Any, node: int, k: int = 8) -> dict[str, Any]:
    """The paths from a node to the root."""
    scene, i = node_of(session, node)
    return questions.find_paths(scene, i, integer("k", k))


def check_node(session: Any, node: int) -> dict[str, Any]:
    """A gradient beside finite differences."""
    with time_limit():
        return questions.check(*node_of(session, node))


def find_warnings(session: Any) -> dict[str, Any]:
    """What is wrong with the graph's gradients, where and why."""
    return questions.warnings(swept_scene_of(session))


def list_statements(session: Any) -> dict[str, Any]:
    """The statements of the lifted program, with the nodes that each of them computes."""
    return {"statements": lifted_statements(swept_scene_of(session))}


def judge_answer(session: Any, node: int, answer: float) -> dict[str, Any]:
    """Whether a gradient that was filled in is right, or which factor is wrong."""
    if not isinstance(answer, int | float):
        raise ProgramError(f"the answer must be a number, got {answer!r}")
    scene, i = node_of(session, node)
    return quiz.judge(scene, i, float(answer))


OPERATIONS: dict[str, Callable[..., dict[str, Any]]] = {
    "backward_start": start,
    "backward_open": open_text,
    "backward_given": open_given,
    "backward_numbers": read_numbers,
    "backward_view": change_view,
    "backward_set": set_leaves,
    "backward_node": describe_node,
    "backward_arithmetic": step_arithmetic,
    "backward_paths": node_paths,
    "backward_check": check_node,
    "backward_warnings": find_warnings,
    "backward_statements": list_statements,
    "backward_judge": judge_answer,
}
