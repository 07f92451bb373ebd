"""Context managers that also decorate functions, generators, coroutines and asynchronous generators.

A block holds for the thread it is in. Of a function that stops in between, as a generator does at ``yield``
and a coroutine at ``await``, it holds while the function runs and not while it waits.

**An interrupt never leaves a block open.** Ctrl-C raises between any two instructions of Python, so an
``__enter__`` or ``__exit__`` written in Python can be cut off before it has done, or undone, its work. So
neither is: ``with`` is handed two functions of C, each of which does all there is to do. A block is open
while

- it stands in its thread's list, where ``list.append`` puts it,
- its latch is locked, which the latch's own ``__exit__`` ends,
- and its latch exists: ``with`` alone holds it, and lets it go however it is left.

Nothing is put back, so nothing can be put back wrongly: what a thread is in is read from what is open.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Generator
from functools import partial, wraps
from itertools import chain, compress
from types import coroutine
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from weakref import ref

__all__ = ["OPEN", "Block", "Openings", "Places", "Way", "and_put_back"]

Result = TypeVar("Result")

Latch = Any
"""A lock of ``threading``, whose methods are C."""


Opening = tuple[Any, Any]
"""One time that a block was entered: a weak reference to its latch, and what the block is for."""


def and_put_back(action: Callable[[], Result], put_back: Callable[[], Any]) -> Result:
    """Run an action, then put things back as they were, even if Ctrl-C lands in between.

    An interrupt in doing so leads to its being done again.

    Args:
        action: what to do.
        put_back: sets what the action may have changed to what it was before, however far the action came.

    >>> numbers = [1, 2]
    >>> def restore():
    ...     numbers[:] = [1, 2]
    >>> and_put_back(lambda: numbers.pop(), restore), numbers
    (2, [1, 2])
    """
    try:
        try:
            return action()
        finally:
            put_back()
    except BaseException:
        put_back()
        raise


Places = set[Any]
"""References to latches, each of which takes itself out when its latch goes: empty while nothing is open, in
any thread. It says only when to ask."""

OPEN: Places = set()
"""Of the blocks that operators must know of."""


class _Own(threading.local):
    """A thread's openings, outermost first, and latches that wait for the other half of ``with``."""

    def __init__(self) -> None:
        self.entered: list[Opening] = []
        self.waiting: list[tuple[Block, str, Opening, Latch]] = []


class Openings:
    """The open blocks of one kind, for each thread.

    Args:
        places: sets that are not empty while any thread has one open.
    """

    def __init__(self, *places: Places) -> None:
        self._own = _Own()
        self._places = places
        self._listeners: list[Callable[[], None]] = []

    def on_open(self, listener: Callable[[], None]) -> None:
        """Call a function before a block is opened, in any thread."""
        self._listeners.append(listener)

    def settings(self) -> list[Any]:
        """The settings of this thread's open blocks, outermost first."""
        entered = self._own.entered
        if len(entered) == 1 and _is_locked(entered[0][0]):  # nearly always, and asked at each node
            return [entered[0][1]]
        self.innermost()
        return [setting for latch, setting in entered if _is_locked(latch)]

    def innermost(self, default: Any = None) -> Any:
        """The setting of this thread's innermost open block; blocks that are over are taken off."""
        entered = self._own.entered
        while entered:
            reference, setting = entered[-1]
            latch = reference()  # not by a call, as operators ask for each of their results
            if latch is not None and latch.locked():
                return setting
            entered.pop()
        return default

    def is_open(self) -> bool:
        """Whether this thread is in such a block."""
        return bool(self._own.entered) and bool(self.settings())

    def way(self, block: Block, side: str) -> Callable[..., Any]:
        """The function of C that enters a block, or leaves it.

        Both are asked for at once, one after the other, in an order that differs between versions of Python;
        whoever comes second finds the latch of the first. Called by hand, ``__exit__`` finds that of
        the last ``__enter__``.
        """
        own = self._own
        opening, latch = self._mate(own, block, side) or self._new(own, block, side)
        if side == "exit":
            return latch.__exit__  # type: ignore[no-any-return]
        if block.given is None:
            return partial(own.entered.append, opening)
        # the second of: entering it, which gives None; what is given
        steps = chain(map(own.entered.append, [opening]), [block.given])
        return partial(next, compress(steps, (False, True)))

    @staticmethod
    def _mate(own: _Own, block: Block, side: str) -> tuple[Opening, Latch] | None:
        for place in range(len(own.waiting) - 1, -1, -1):
            other, its_side, opening, latch = own.waiting[place]
            if other is block and its_side != side:
                del own.waiting[place]
                return opening, latch
            if all(opening is not each for each in own.entered):  # an interrupt came between the two
                del own.waiting[place]
        return None

    def _new(self, own: _Own, block: Block, side: str) -> tuple[Opening, Latch]:
        self.innermost()  # takes off what was left since anybody asked
        for listener in self._listeners:
            listener()
        latch = threading.Lock()
        latch.acquire()
        opening = ref(latch), block.setting
        for place in self._places:
            place.add(ref(latch, place.discard))
        own.waiting.append((block, side, opening, latch))
        return opening, latch


def _is_locked(reference: Any) -> bool:
    latch = reference()
    return latch is not None and latch.locked()


class Way:
    """A descriptor for ``__enter__`` or ``__exit__``, which gives the function in C."""

    def __init__(self, side: str) -> None:
        self._side = side

    def __get__(self, block: Block | None, kind: type[Block]) -> Callable[..., Any]:
        if block is not None:
            return kind.openings.way(block, self._side)
        # contextlib.ExitStack takes them off the class
        return Block._enter if self._side == "enter" else Block._exit


class Block:
    """A context manager that can be entered any number of times, and decorates functions.

    Attributes:
        openings: of the class: the list that its blocks are entered in.
        setting: what the block is for, to be read from that list.
        given: what ``with ... as`` gives.
    """

    openings: ClassVar[Openings]
    setting: Any = None
    given: Any = None

    if TYPE_CHECKING:

        def __enter__(self) -> Any: ...

        def __exit__(self, *exception: Any) -> None: ...

    else:
        __enter__, __exit__ = Way("enter"), Way("exit")

    def _enter(self) -> Any:
        return self.__enter__()

    def _exit(self, *exception: Any) -> None:
        self.__exit__(*exception)

    def __call__(self, function: Callable[..., Any]) -> Any:
        """A function that runs within this block."""
        if inspect.isgeneratorfunction(function):

            @wraps(function)
            def stepwise(*args: Any, **options: Any) -> Any:
                return (yield from self._steps(function(*args, **options)))

            return stepwise
        if inspect.iscoroutinefunction(function):

            @wraps(function)
            async def awaited(*args: Any, **options: Any) -> Any:
                return await self._steps(function(*args, **options))

            return awaited
        if inspect.isasyncgenfunction(function):

            @wraps(function)
            async def asynchronous(*args: Any, **options: Any) -> Any:
                generator = function(*args, **options)
                resume = generator.asend(None)
                while True:
                    try:
                        item = await self._steps(resume)
                    except StopAsyncIteration:
                        return
                    try:
                        resume = generator.asend((yield item))
                    except GeneratorExit:
                        await self._steps(generator.aclose())
                        raise
                    except BaseException as error:
                        resume = generator.athrow(error)

            return asynchronous

        @wraps(function)
        def within(*args: Any, **options: Any) -> Any:
            with self:
                return function(*args, **options)

        return within

    @coroutine
    def _steps(self, steps: Any) -> Generator[Any, Any, Any]:
        """A generator, a coroutine or another awaitable, each step of it within this block."""
        resume, given = steps.send, None
        while True:
            with self:
                try:
                    item = resume(given)
                except StopIteration as end:
                    return end.value
            try:
                resume, given = steps.send, (yield item)
            except GeneratorExit:
                with self:
                    steps.close()
                raise
            except BaseException as error:
                resume, given = steps.throw, error
