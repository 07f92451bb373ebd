"""Training steps without nodes: a lifted function's mean, and its gradient set on captured leaves.

So a training takes its steps: of a node that is swept at once and thrown away nothing remains but the
gradients.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.autograd.grad_mode import is_grad_enabled
from engine.autograd.hooks import ATTENTION
from engine.autograd.observers import OBSERVED
from engine.autograd.trace_mode import WRITTEN
from engine.jit.backends.array_program import ArrayProgram
from engine.jit.pipeline import Lifted
from engine.jit.trace.guards import Guard
from engine.jit.trace.places import Places
from engine.node.backend import Value
from engine.node.bulk import trainable
from engine.node.unchanged import taken_anew
from engine.pytree.forms import Form, recognised

if TYPE_CHECKING:
    from engine.jit.function import Jitted

__all__ = ["Descent", "program_of"]


def program_of(function: Jitted[Any]) -> Lifted | None:
    """The program of a lifted function that its last call ran; None where that ran another way."""
    recent = function._recent
    return None if recent is None else recent[1]


class Descent:
    """Runs the last program of a function lifted with ``batch=True``, and sets gradients.

    Args:
        function: the lifted function.

    Attributes:
        function: this.
        leaves: the Values whose gradients were set by the last call.
    """

    def __init__(self, function: Jitted[Any]) -> None:
        self.function = function
        self._token = object()
        self._recent: Any = None
        self._numbers = np.zeros(0)  # of the arguments last looked at
        self._held = False  # whether the program is for these
        self._by_captured: list[Guard] = []
        self._program: ArrayProgram | None = None
        self.leaves: list[Value] = []

    def __call__(self, args: tuple[Any, ...] | None, scale: float = 1.0, look: bool = True) -> float | None:
        """The mean over samples; its gradient times ``scale`` is set on the ``leaves``, not added.

        Args:
            args: the arguments; None for those of the last call.
            scale: a factor of the gradient, not of the mean.
            look: whether anybody else's code has run since the last call, so that more than the numbers of
                the leaves may have changed.

        Returns:
            The mean. None where the function itself is to be called, and its result swept: it has not been
            called with such arguments, it decides otherwise, an audit is due, something is not finite, a hook
            or an observer looks on. Then nothing has changed.
        """
        if ATTENTION or not is_grad_enabled():
            return None
        with self.function._lock:
            ready = self._ready(args, look)
            if ready is None or not self.leaves or (look and not trainable(self.leaves)):
                return None
            program, form, lifted = ready
            mean = program.descend(lifted.values, self.leaves, form.tables, self._token, scale)  # type: ignore[arg-type]
            lifted.calls += mean is not None
            return mean

    def measure(self, args: tuple[Any, ...], look: bool = True) -> float | None:
        """The mean over samples, and no gradient.

        Args:
            args: the arguments.
            look: as in a call.

        Returns:
            The mean; None where the function itself is to be called, as in a call.
        """
        with self.function._lock:
            ready = self._ready(args, look)
            if ready is None:
                return None
            program, form, lifted = ready
            mean = program.measure(lifted.values, form.tables, self._token)  # type: ignore[arg-type]
            lifted.calls += mean is not None
            return mean

    @property
    def places(self) -> Places | None:
        """All that a look goes by; None where that is more, or there is no program."""
        recent = self.function._recent
        if recent is None or recent is not self._recent or self._program is None:
            return None
        lifted: Lifted = recent[1]
        return lifted.state.places if lifted.looks_at_places_only else None

    def _ready(self, args: tuple[Any, ...] | None, look: bool) -> tuple[ArrayProgram, Form, Lifted] | None:
        """The program of the last call, if it is for these arguments; a call says what they are."""
        function = self.function
        function._leave_quick()
        recent = function._recent
        if recent is None or WRITTEN or OBSERVED:
            return None
        if recent is not self._recent:
            self._begin(*recent)
            self._recent, look = recent, True
            if args is None:
                return None
        form, lifted = recent
        program = self._program
        if program is None or function._when(lifted.calls + 1):
            return None
        if args is not None and recognised(args, {}, form.template, form.numbers) is None:
            return None
        if taken_anew(form.numbers, self._numbers):
            program.forget_samples()
            self._held = False
            if args is None:
                return None
        if (look and not lifted.fits()) or not self._holds(lifted, form):
            return None
        return program, form, lifted

    def _begin(self, form: Form, lifted: Lifted) -> None:
        """Take up another program."""
        self.leaves = [] if lifted.wanted_places else list(lifted.captured_operands)
        usable = lifted.is_one_number and lifted.kind == "arrays" and not lifted.late_guards
        self._program = lifted.executable if usable and form.tables is not None else None
        self._by_captured = [guard for guard in lifted.guards if not guard.by_arguments]
        self._numbers, self._held = np.full(len(form.numbers), np.nan), False

    def _holds(self, lifted: Lifted, form: Form) -> bool:
        """Whether what the function decides comes out as it did; by arguments looked at before it does."""
        if self._held:
            return not self._by_captured or all(guard.holds(()) for guard in self._by_captured)
        self._held = lifted.holds_for_all(form.tables)  # type: ignore[arg-type]
        return self._held
