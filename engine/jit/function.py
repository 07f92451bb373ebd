"""The callable that :func:`engine.jit` returns."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from engine.display.html import paragraph
from engine.display.texts import Stages, Text
from engine.errors import TraceError
from engine.jit import written
from engine.jit.calling import Calls
from engine.jit.pipeline import Lifted
from engine.pytree.static_arguments import Statics

__all__ = ["Jitted"]

Output = TypeVar("Output")
"""The type of what the function returns."""


class Jitted(Calls, Generic[Output]):
    """A function that runs as an array program; see :func:`engine.jit`.

    Attributes:
        traces: how many programs there are.
    """

    _kind = "jit"

    if TYPE_CHECKING:

        def __call__(self, *args: Any, **options: Any) -> Output: ...

    @property
    def traces(self) -> int:
        return len(self._programs)

    @property
    def has_given_up(self) -> bool:
        """Whether it runs as written for some arguments, and said so."""
        return self._programs.has_given_up

    @property
    def _shown(self) -> Lifted:
        if self._programs.last is None:
            raise TraceError(
                "nothing is lifted yet: call the function once with arguments of the kind it is for"
            )
        with self._lock:
            self._programs.last.compile(self._programs.latest())
        return self._programs.last

    @property
    def source(self) -> Text:
        """The program of the last call, as NumPy source."""
        return Text(written.source(self._shown))

    @property
    def graph(self) -> Any:
        """The scalar graph that was traced for the last call."""
        return self._shown.trace

    @property
    def stages(self) -> Stages:
        """What each stage made of the last call's program: texts by name, which print one after the other."""
        return written.stages(self._shown)

    def to_numpy_source(self) -> Text:
        """The last call's program as a file of its own that needs NumPy only.

        It computes the Values of the result; a plain number beside them, as a count, is not in the file.

        Raises:
            TraceError: the function has custom operators, returns no Value, or decides by numbers more than
                which number to take.
        """
        return Text(written.as_numpy(self._shown))

    def to_c_source(self) -> Text:
        """The last call's program as one file of C99 that needs the C library only.

        It has one function, ``int NAME_value_and_grad(parameters, arguments, value, by_parameters,
        by_arguments, workspace)``, NAME being that of this function; all is on pointers to double, nothing
        is allocated, and calls with memory of their own may run at the same time. With ``batch=True`` it
        takes ``size_t samples`` behind the arguments, one sample after the other, and gives means. The
        comment at its top tells all.

        Raises:
            TraceError: the function has custom operators, draws random numbers, returns no Value, or decides
                by numbers more than which number to take.
        """
        return Text(written.as_c(self._shown, self._name))

    def to_jax(self) -> tuple[Callable[..., Any], Any]:
        """The last call's program as a pure function of JAX, which differentiates it itself.

        Needs JAX (``pip install 'chainrule[jax]'``). It computes in the precision of what it is given: JAX's
        is single, unless ``jax.config.update("jax_enable_x64", True)`` was called. Where a number is not
        finite, and at kinks other than those of ``relu``, ``elu``, ``clip``, ``abs``, ``maximum``,
        ``minimum``, ``max`` and ``min``, derivatives are as JAX has them; an index for ``take`` that is none
        gives nan.

        Returns:
            ``fn, params``: ``fn(params, *args)`` gives what this function gives for arguments nested as those
            of the last call, lists and arrays of one shape being the same; with ``batch=True`` the mean over
            samples. ``params``, a vector, are the numbers of the captured Values that take gradients, which
            are ``fn.parameters`` in its order; other captured numbers are constants.

        Raises:
            ImportError: there is no JAX.
            TraceError: the function has custom operators, draws random numbers, or decides by numbers more
                than which number to take.
        """
        return written.as_jax(self._shown, self._name)

    def __repr__(self) -> str:
        count = self.traces
        return f"<engine.{self._kind} of {self._name}, {count} program{'' if count == 1 else 's'}>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))

    def _repr_html_(self) -> str:
        """Its name and, folded, what each stage made of the last call's program."""
        shown = [paragraph(repr(self).strip("<>"), strong=True)]
        if self._programs.last is None:
            return "".join([*shown, paragraph("Call it once, then its stages are shown here.")])
        return "".join([*shown, self.stages._repr_html_()])

    def _recipe(self, f: Callable[..., Any], statics: Statics) -> tuple[Any, ...]:
        positions, names = statics.given()
        return f, self._batch, positions, self._audits, names, self._backend
