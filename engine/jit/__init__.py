"""jit: lifts scalar code to array programs, at the speed of hand-written matrices.

A function written in scalars runs once on Values; the graph it leaves is lifted to a short program of NumPy,
forward and backward, which runs from then on. The stages stand in files of their own and each has a printable
result (``f.stages``):

=========  =========================================================================================
trace      the scalar graph and what was decided by numbers (``trace/``), checked by a second trace
rewrite    chains of arithmetic as sums of products, equal work once (``lower/rewrite.py``)
layout     nodes of one form in groups, in cells such that most operands are views (``lower/``)
program    statements, forward and backward: data over views (``statements.py``, ``trees.py``),
           made by ``forward.py`` and ``backward.py``, all in ``emit/``
source     the text (``emit/source.py``), and the text made to run (``backends/array_program.py``)
=========  =========================================================================================

Where nothing repeats, or there is little to compute, the traced graph runs as it is: as a tape in the
compiled core (``backends/tape.py``), or line by line on floats without one (``backends/scalar_program.py``).
What is quickest is found by costs measured on this machine (``costs.py``). ``pipeline.py`` and
``lowering.py`` run the stages, ``function.py`` and ``mapped.py`` hold the callables, ``calling.py`` what a
call does, and ``programs.py`` which programs there are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, overload

if TYPE_CHECKING:
    from engine.jit.function import Jitted
    from engine.jit.mapped import Mapped

__all__ = ["jit", "vmap"]

Output = TypeVar("Output")


@overload
def jit(
    f: Callable[..., Output],
    *,
    batch: bool = False,
    static_argnums: int | Sequence[int] = (),
    static_argnames: str | Sequence[str] = (),
    audit: bool | None = None,
    backend: str | None = None,
) -> Jitted[Output]: ...


@overload
def jit(
    f: None = None,
    *,
    batch: bool = False,
    static_argnums: int | Sequence[int] = (),
    static_argnames: str | Sequence[str] = (),
    audit: bool | None = None,
    backend: str | None = None,
) -> Callable[[Callable[..., Output]], Jitted[Output]]: ...


def jit(
    f: Callable[..., Any] | None = None,
    *,
    batch: bool = False,
    static_argnums: int | Sequence[int] = (),
    static_argnames: str | Sequence[str] = (),
    audit: bool | None = None,
    backend: str | None = None,
) -> Any:
    """The function lifted to an array program: same arguments, same results, same gradients, much faster.

    The first call runs f on Values (twice or more, on changed arguments, to see that its graph does not
    depend on them) and lifts what it did; each new nesting of arguments is traced once. Side effects of f,
    such as printing, happen while it is traced and while it is audited, and only then.

    What f decides by the numbers of its arguments, of Values that it captured, or by what it computes of
    them (``if x > 0``, ``t == 1``, ``int(x)``, ``x.data``, ``range(n)``), is looked at again in each call;
    where it comes out otherwise, f is traced anew. So a program holds for one way through f; with more than
    16 of them f runs as it is written, and a warning says why. No captured Value is changed while f is
    traced.

    A call returns a Value, or Values nested as f's result is, each one node: its operands are the Values that
    f captured (the parameters of a model, say) and those among the arguments, its local gradients what the
    program computed. So ``backward()``, optimisers, ``no_grad`` and further arithmetic work as with f itself,
    and changed parameters are seen.

    Arguments may be numbers, Values, NumPy arrays of them, and lists, tuples and dicts of these: their
    numbers are read at each call. Integers too reach f as Values; as the index of a list of Values one
    program picks for all, as a count each has a program of its own. Anything else (models, strings, booleans,
    None) is static: part of what was traced, and another one is traced anew. Plain data is another one if it
    is not equal; other objects if they are not the same.

    What is captured is read at each call: parameters, and other Values whose ``data`` is set. Plain data that
    f finds beside its arguments (numbers in a list, a flag of an object, an array) is compared at each call
    with what it was; where it is another, f is traced anew, with more than 16 states it runs as it is
    written: make arguments of what keeps changing. If a list or an attribute that held a captured Value holds
    another one, or more of them, the function is traced anew.

    Where a result or gradient is not finite, f itself is called: nan, infinities and the rule of zero
    come out as the engine has them. So it is inside ``detect_anomaly()``, which then names f's own
    lines. Results of several Values have their Jacobian computed, a backward pass for each.

    Args:
        f: a function that computes on Values; without it, a decorator is returned.
        batch: f takes one sample, and the lifted function many: every argument that is not static gains a
            leading axis (a NumPy array or list), and the result is the mean over the samples. It is traced
            for one sample, so compiling does not depend on their number, and it works for any. Samples are
            parted by the way that f takes with them.
        static_argnums: positions of arguments that are static although they are numbers, also where they are
            given by keyword; negative ones count from the last.
        static_argnames: names of such arguments, also where they are given by position. A static argument
            that cannot be hashed is allowed: plain data counts by what it holds.
        audit: whether f itself runs beside its program, on one sample with ``batch``, and both are compared:
            in each call (True), in none (False), or in the calls 1, 10, 100, … of each program (None), unless
            the environment variable ``CHAINRULE_AUDIT`` says ``always`` or ``never``.
        backend: what computes means of a batch: None for the compiled core, or NumPy; "jax" for XLA, in
            double precision, the samples shared out among all devices that JAX has. It needs JAX
            (``pip install 'chainrule[jax]'``) and ``batch=True``, and compiles for each number of samples.


    Returns:
        A function with the attributes ``source`` (the NumPy program), ``graph``, ``stages``, ``traces`` (how
        many programs there are; of more than 128 the one used least recently is forgotten), and the methods
        ``to_numpy_source()``, ``to_c_source()``, ``to_jax()`` and ``clear_cache()``. It can be a method,
        copied, and pickled if f can.

    Raises:
        TypeError: f is not a function, a position is not an integer, or a name not a string. (When called)
            an argument cannot be parted into samples.
        ValueError: f has no such position or name, or one is named twice; backend is another, or there is no
            batch to share out.
        ImportError: JAX is asked for, and not there.
        TraceError: (when called) f changes Values, or reads gradients of what it computes; or what it
            computes differs from run to run, or, as an audit finds, from what it was when it was traced.

    >>> from engine import Value, jit
    >>> w = [Value(0.5), Value(-1.0)]
    >>> @jit
    ... def loss(x, t):
    ...     return (sum(wi * xi for wi, xi in zip(w, x)) - t) ** 2
    >>> y = loss([2.0, 3.0], 1.0)
    >>> y.backward()
    >>> y.data, w[0].grad
    (9.0, -12.0)

    The same for many samples:

    >>> from engine import zero_grad
    >>> zero_grad(w)
    >>> mean_loss = jit(lambda x, t: (sum(wi * xi for wi, xi in zip(w, x)) - t) ** 2, batch=True)
    >>> mean_loss([[2.0, 3.0], [1.0, 0.0]], [1.0, 0.5]).data
    4.5
    """
    from engine.jit.function import Jitted

    if f is None:
        return lambda function: Jitted(function, batch, static_argnums, audit, static_argnames, backend)
    return Jitted(f, batch, static_argnums, audit, static_argnames, backend)


def vmap(
    f: Callable[..., Any],
    in_axes: int | Sequence[Any] = 0,
    out_axes: Any = 0,
    *,
    static_argnums: int | Sequence[int] = (),
    static_argnames: str | Sequence[str] = (),
    audit: bool | None = None,
) -> Mapped:
    """A function of one sample for many: arrays in, arrays of its results out, as in JAX.

    f is lifted as by :func:`jit` with ``batch=True``, but nothing is averaged, and results are NumPy arrays
    of numbers. Where f captured Values that take gradients, or such are among the arguments, or in a function
    that :func:`engine.grad` or another transform differentiates, f runs sample by sample, results are arrays
    of Values, and gradients go through; under ``no_grad()`` they are numbers there too, and quick. For
    derivatives at every sample, map a function that computes them.

    Args:
        f: a function of numbers; every argument that is not static gains an axis, of the samples.
        in_axes: which axis that is: 0, the first, unless said. One integer for all arguments, or a tuple
            with an entry for each positional one: an integer, None where all samples share the argument, or
            the like nested as the argument is, for its parts: ``({"w": None, "x": 0}, 1)``. Negative ones
            count from the last. A list of lists of equal lengths has axes as an array has. Of arguments
            by keyword it is always the first.
        out_axes: which axis the samples have in the results, an integer or the like nested as the result is.
            None: all samples have the same there, and it comes once.
        static_argnums, static_argnames: positions and names of arguments that are static although they are
            numbers.
        audit: as for :func:`jit`.

    Raises:
        TypeError: as :func:`jit` does; in_axes or out_axes hold something else; (when called) an argument
            is a number and has no axes.
        ValueError: as :func:`jit` does; (when called) in_axes do not fit the arguments, or out_axes the
            result; the axes mapped over have different lengths, or there are none.
        TraceError: as :func:`jit` does; and (when called) what f returns differs from sample to sample in
            what is not a number.

    >>> import numpy as np
    >>> from engine import value_and_grad, vmap
    >>> values, derivatives = vmap(value_and_grad(lambda x: x * x))(np.array([1.0, 2.0, 3.0]))
    >>> values, derivatives
    (array([1., 4., 9.]), array([2., 4., 6.]))

    One argument for all samples, and samples in columns:

    >>> weighted = lambda w, x: w[0] * x[0] + w[1] * x[1]
    >>> X = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    >>> vmap(weighted, in_axes=(None, 1))([10.0, 1.0], X)
    array([14., 25., 36.])

    With a parameter, and without its gradient:

    >>> from engine import Value, no_grad
    >>> w = Value(2.0)
    >>> scaled = vmap(lambda x: w * x)
    >>> scaled(np.array([1.0, 2.0])).sum().backward()
    >>> w.grad
    3.0
    >>> with no_grad():
    ...     scaled(np.array([1.0, 2.0]))
    array([2., 4.])
    """
    from engine.jit.mapped import Mapped

    return Mapped(f, in_axes, out_axes, static_argnums, audit, static_argnames)
